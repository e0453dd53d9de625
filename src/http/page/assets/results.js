// What was read: whose it is, the drawing, and the free time beside it.

import { writePeople } from './ask.js';
import { clearDetail } from './detail.js';
import { byId, make } from './dom.js';
import { drawFault } from './fault.js';
import { drawFree, freeOf, freeOfAll } from './free.js';
import { drawHeat } from './heat.js';
import { askMeeting } from './meeting.js';
import { drawMixed } from './mixed.js';
import { cleanName } from './names.js';
import { drawChoice, drawFaults, drawNames, drawOne, headingOf, markShown, nameOf } from './people.js';
import { drawQuestion } from './question.js';
import { readFaults, readPeople } from './reading.js';
import { drawActions } from './share.js';
import { onChange, readable, shownPerson, state, update } from './state.js';
import { identifierFor } from './term.js';
import { drawWeek } from './week.js';
import { words } from './words.js';

/** Reads the other semester again that could not be read. */
let retry = () => {};

/** Draws after each change. */
export function startResults() {
  onChange((names) => {
    if (names.has('progress') || names.has('phase')) drawProgress();
    if (names.has('phase')) drawPhase();
    if (names.has('people')) drawResults();
    else if (['shown', 'common', 'commonFault'].some((name) => names.has(name))) drawShown();
    else if (names.has('names')) drawCalled();
    else if (names.has('question')) drawFreeTime();
    if (names.has('missed')) drawMissed();
  });
}

/** Draws everything, in the words of the moment. */
export function drawResults() {
  drawHeading();
  drawChoice();
  drawFaults(readFaults, retry);
  drawShown();
}

/** After a change of names: all but the field in which one is written. */
function drawCalled() {
  drawHeading();
  drawNames();
  drawFaults(readFaults, retry);
  drawDrawing();
}

/** What to do to see more of what is drawn. */
export function hint() {
  return state.shown === 'common' ? words().heatHint : words().detailHint;
}

/** Has the results seen and heard. */
export function goToResults() {
  byId('results-heading').focus({ preventScroll: true });
  byId('results').scrollIntoView();
}

export function drawProgress() {
  const { read, done, all } = state.progress;
  byId('progress-text').textContent = words().reading(read, all);
  const bar = byId('progress-bar');
  bar.max = Math.max(all, 1);
  // How far the reading of a single page is cannot be known.
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
  const [read, all] = [readable(), state.people.length];
  const title = all === 1 && read.length === 1 ? headingOf(read[0]) : words().resultsMany(read.length, all);
  byId('results-heading').textContent = read.length === 0 ? words().resultsNone : title;
  byId('team').hidden = read.length === 0;
}

function drawShown() {
  const none = readable().length === 0;
  document.querySelector('.panes').hidden = none;
  drawOne(rename, open);
  markShown();
  if (none) return;
  drawQuestion(state.shown === 'common');
  drawDrawing();
  drawFreeTime();
}

/** The menu of semesters shows again what is drawn. */
function drawMissed() {
  drawFaults(readFaults, retry);
  drawOne(rename, open);
}

function drawDrawing() {
  if (readable().length === 0) return;
  const isCommon = state.shown === 'common';
  byId('drawing').replaceChildren(...(isCommon ? drawTogether() : [drawWeek(shownPerson().timetable)]));
  byId('actions').hidden = isCommon && !state.common;
  clearDetail(hint());
  drawActions();
}

function drawTogether() {
  const { common, commonFault } = state;
  if (commonFault) return [make('div', { class: 'card' }, drawFault(commonFault))];
  if (!common) return [make('div', { class: 'card' })];
  const people = readable().map((person) => ({ name: nameOf(person), timetable: person.timetable }));
  return [drawMixed(sameTerm), drawHeat(common, people)].filter(Boolean);
}

function drawFreeTime() {
  if (readable().length === 0) return;
  const isCommon = state.shown === 'common';
  byId('free-heading').textContent = isCommon ? words().commonTitle : words().freeTitle;
  byId('free-list').replaceChildren();
  if (isCommon && !state.common) return;
  const free = isCommon ? freeOfAll(state.common) : freeOf(shownPerson().timetable);
  const none = isCommon && free.every(({ ranges }) => ranges.length === 0);
  byId('free-list').append(none ? make('p', {}, words().noneFree) : drawFree(free, isCommon ? askMeeting : null));
}

// --- what the controls do ---

function rename({ identifier }, text) {
  update({ names: { ...state.names, [identifier]: cleanName(text) } });
}

/** Reads another timetable of a person; the others stay. */
function open(person, identifier) {
  return exchange((one) => (one === person ? identifier : one.identifier), state.shown);
}

/** Reads the same term of everyone. */
function sameTerm(term) {
  return exchange((one) => (one.timetable ? identifierFor(one, term) : one.identifier), 'common');
}

/** Reads for each person the timetable that `choose` gives, under the same name, and shows `shown`. */
async function exchange(choose, shown) {
  retry = () => exchange(choose, shown);
  const { people, names } = state;
  const moved = people.map((person) => [choose(person), names[person.identifier]]).filter(([, name]) => name);
  update({ names: { ...Object.fromEntries(moved), ...names } });
  if (!(await readPeople(people.map(choose), { known: readable(), standing: true }))) return;
  writePeople();
  if (state.people[shown]?.timetable) update({ shown });
}
