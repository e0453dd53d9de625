// The page's story: a text is pasted, its links are read, the answer is drawn.

import { askCommon, Fault, useKey } from './api.js';
import { startCalendar } from './calendar.js';
import { clearDetail, startDetail } from './detail.js';
import { byId, make } from './dom.js';
import { drawFault } from './fault.js';
import { drawFree, freeOf, freeOfAll } from './free.js';
import { drawHeat } from './heat.js';
import { findLinks, MOST } from './links.js';
import { load } from './load.js';
import { drawPeople, markShown, nameOf } from './people.js';
import { drawQuestion } from './question.js';
import { drawActions, startShare } from './share.js';
import { onChange, readable, shownPerson, state, update } from './state.js';
import { drawWeek } from './week.js';
import { language, speak, switchLanguage, words } from './words.js';

/** Words named that are no links; more are only counted. */
const NAMED = 3;

/** Ends what is under way: the reading of timetables, and the question about common time. */
let reading = new AbortController();
let asking = new AbortController();
/** What to read again once there is a key. */
let refused = [];
/** How many timetables are read, of how many. */
let progress = [0, 0];

// --- asking ---

async function run(identifiers, known = []) {
  reading.abort();
  asking.abort();
  reading = new AbortController();
  const { signal } = reading;
  const missing = identifiers.filter((one) => !known.some((person) => person.identifier === one));
  const tell = (done) => { if (!signal.aborted) drawProgress(done, missing.length); };
  update({ phase: 'loading' });
  drawProgress(0, missing.length);
  try {
    const read = await load(missing, signal, tell);
    if (signal.aborted) return;
    await show(identifiers.map((one) => [...known, ...read].find((person) => person.identifier === one)));
  } catch (fault) {
    // Whoever was stopped by a newer question has nothing to say any more.
    if (signal === reading.signal) interrupted(fault, identifiers);
  }
}

function interrupted(fault, identifiers) {
  // One refused key is enough; the others need not be tried.
  reading.abort();
  update({ phase: state.people.length > 0 ? 'done' : 'idle' });
  if (fault.code === 'unauthorized') askForKey(identifiers);
  else sayStopped();
}

function sayStopped() {
  byId('found').replaceChildren(make('p', {}, words().stopped));
  byId('go').focus();
}

async function show(people) {
  refused = [];
  const first = people.findIndex((person) => person.timetable);
  update({ people, common: null, commonFault: null, shown: Math.max(first, 0) });
  if (readable().length > 1) await compare('common');
  update({ phase: 'done' });
  byId('results-heading').focus({ preventScroll: true });
  byId('results').scrollIntoView();
}

/** Asks for the common time of those that were read; the newest question wins. */
async function compare(shown = state.shown) {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const identifiers = readable().map((person) => person.identifier);
  try {
    const common = await askCommon(identifiers, state.question, signal);
    if (!signal.aborted) update({ common, commonFault: null, shown });
  } catch (error) {
    if (signal.aborted) return;
    const commonFault = error instanceof Fault ? error : new Fault('internal');
    update({ common: null, commonFault, shown });
  }
}

function askForKey(identifiers) {
  const asked = refused.length > 0;
  refused = identifiers;
  byId('key').hidden = false;
  byId('key').querySelector('p').textContent = asked ? words().keyWrong : words().keyText;
  byId('key-text').focus();
}

// --- drawing ---

function drawFound() {
  const text = byId('links').value;
  byId('clear').hidden = text === '';
  byId('found').replaceChildren(...foundLines(text).map((line) => make('p', {}, line)));
}

function foundLines(text) {
  if (text.trim() === '') return [];
  const { identifiers, repeated, beyond, own, strangers } = findLinks(text);
  const count = identifiers.length;
  if (count === 0 && !own && strangers.length === 0) return [words().noneFound];
  return [
    count > 0 && words().found(count + beyond),
    repeated > 0 && words().repeated(repeated),
    beyond > 0 && words().beyond(beyond, MOST),
    own && words().ownAddress,
    ...strangers.slice(0, NAMED).map((word) => words().stranger(short(word))),
    strangers.length > NAMED && words().strangersMore(strangers.length - NAMED),
  ].filter(Boolean);
}

function short(word) {
  return word.length > 40 ? `${word.slice(0, 40)}…` : word;
}

function drawProgress(done, all) {
  progress = [done, all];
  byId('progress-text').textContent = words().reading(done, all);
  const bar = byId('progress-bar');
  bar.max = Math.max(all, 1);
  // Of a single page nobody knows how far it is.
  if (all > 1) bar.value = done;
  else bar.removeAttribute('value');
}

function drawPhase() {
  const loading = state.phase === 'loading';
  byId('progress').hidden = !loading;
  // Still to be reached by key, where a disabled button would not be.
  byId('go').setAttribute('aria-disabled', String(loading));
  byId('results').hidden = loading || state.phase === 'idle';
}

function drawHeading() {
  const [read, all] = [readable().length, state.people.length];
  const title = all === 1 ? words().resultsOne(readable()[0]?.timetable.title) : words().resultsMany(read, all);
  byId('results-heading').textContent = read === 0 ? words().resultsNone : title;
}

function drawShown() {
  const nobody = readable().length === 0;
  document.querySelector('.panes').hidden = nobody;
  markShown();
  if (nobody) return;
  const isCommon = state.shown === 'common';
  byId('drawing').replaceChildren(isCommon ? drawTogether() : drawWeek(shownPerson().timetable));
  byId('actions').hidden = isCommon && !state.common;
  clearDetail(hint());
  drawActions();
  drawFreeTime();
}

function drawTogether() {
  const { common, commonFault } = state;
  if (commonFault) return make('div', { class: 'card' }, drawFault(commonFault));
  if (!common) return make('div', { class: 'card' });
  const people = readable().map((person) => ({ name: nameOf(person), timetable: person.timetable }));
  return drawHeat(common, people);
}

function drawFreeTime() {
  const isCommon = state.shown === 'common';
  byId('free-heading').textContent = isCommon ? words().commonTitle : words().freeTitle;
  byId('free-list').replaceChildren();
  if (isCommon && !state.common) return;
  const free = isCommon ? freeOfAll(state.common) : freeOf(shownPerson().timetable);
  const none = isCommon && free.every(({ ranges }) => ranges.length === 0);
  byId('free-list').append(none ? make('p', {}, words().noneFree) : drawFree(free));
}

function hint() {
  return state.shown === 'common' ? words().heatHint : words().detailHint;
}

function drawWords() {
  speak();
  const other = byId('language');
  other.textContent = words().otherLanguage;
  other.lang = words().otherLanguageTag;
  byId('links').placeholder = words().linksHint;
  byId('help').replaceChildren(...words().help.map((step) => make('li', {}, step)));
  drawFound();
  drawProgress(...progress);
}

function drawResults() {
  drawHeading();
  drawPeople({
    again: () => run(state.people.map((person) => person.identifier), readable()),
    open: (identifier) => run([identifier]),
  });
  drawQuestion(state.shown === 'common');
  drawShown();
}

onChange((names) => {
  if (names.has('phase')) drawPhase();
  if (names.has('people')) drawResults();
  else if (names.has('shown') || names.has('common') || names.has('commonFault')) drawShown();
  if (names.has('shown')) drawQuestion(state.shown === 'common');
  if (names.has('question')) {
    drawFreeTime();
    if (readable().length > 1) compare();
  }
});

// --- listening ---

byId('links').addEventListener('input', drawFound);
byId('clear').addEventListener('click', () => {
  byId('links').value = '';
  drawFound();
  byId('links').focus();
});
byId('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  if (state.phase === 'loading') return;
  const { identifiers } = findLinks(byId('links').value);
  if (identifiers.length > 0) return void run(identifiers);
  if (byId('links').value.trim() === '') byId('found').replaceChildren(make('p', {}, words().nothingPasted));
  byId('links').focus();
});
byId('stop').addEventListener('click', () => {
  reading.abort();
  asking.abort();
});
byId('key').addEventListener('submit', (event) => {
  event.preventDefault();
  useKey(byId('key-text').value.trim());
  byId('key-text').value = '';
  byId('key').hidden = true;
  run(refused);
});
byId('language').addEventListener('click', () => {
  switchLanguage();
  drawWords();
  if (state.people.length > 0) drawResults();
  byId('language').focus();
});

startCalendar();
startDetail(hint);
startShare();
drawWords();
document.documentElement.dataset.ready = language();
