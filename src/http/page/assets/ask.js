// The pasted text: what is found in it, and when it is read.

import { byId, make } from './dom.js';
import { findLinks, MOST } from './links.js';
import { asLines, splitNames } from './names.js';
import { readPeople, stopReading } from './reading.js';
import { onChange, readable, state, update, USUAL } from './state.js';
import { forget, keepText } from './storage.js';
import { words } from './words.js';

/** Words and lines named that are no links; more are only counted. */
const NAMED = 3;
/** Shortest text that comes from a clipboard in one piece, where a keyboard does not say that it pasted. */
const PASTED = 20;
/** A link and what was pasted behind it without a space. */
const RUN_TOGETHER = /(everytime\.kr\/(?:app\/)?@[A-Za-z0-9]{20})(?=https?:|www\.|everytime|[가-힣])/giu;
/** Lines of Everytime's own message, which stand above its link. */
const MESSAGE = /에브리타임에서.*시간표/u;

const field = byId('links');

/** Gives the form its work. */
export function startAsk() {
  field.addEventListener('input', (event) => (isPaste(event) ? takePasted() : changed()));
  field.addEventListener('change', () => drawFound());
  field.addEventListener('keydown', submitByKey);
  byId('ask').addEventListener('submit', (event) => {
    event.preventDefault();
    if (state.phase !== 'loading') submit();
  });
  byId('clear').addEventListener('click', clear);
  onChange((names) => names.has('phase') && drawFound());
}

/** Puts a text into the field, as if it had been typed there. */
export function writeText(text) {
  field.value = text;
  changed();
}

/** Puts the links and names of everyone there. */
export function writePeople() {
  writeText(`${asLines(state.people, state.names)}\n`);
}

/** Says what is in the text. */
export function drawFound() {
  byId('clear').hidden = field.value === '' && state.people.length === 0;
  byId('found').replaceChildren(...foundLines().map((line) => make('p', {}, line)));
}

/** Says that a reading was ended by its button. */
export function sayStopped() {
  byId('found').replaceChildren(make('p', {}, words().stopped));
  byId('go').focus();
}

function changed() {
  keepText(field.value);
  drawFound();
}

function isPaste({ inputType, data }) {
  return ['insertFromPaste', 'insertFromDrop'].includes(inputType) || (data?.length ?? 0) >= PASTED;
}

/** A text with a link is read at once. The next one may be pasted behind it. */
function takePasted() {
  const text = field.value.replace(RUN_TOGETHER, '$1\n');
  const { identifiers } = found(text);
  const atEnd = field.selectionEnd === field.value.length;
  if (identifiers.length > 0) field.value = atEnd ? `${text.trimEnd()}\n` : text;
  changed();
  if (identifiers.length > 0) read(text, readable());
}

/** Ctrl and Enter read any text; Enter alone a single line. */
function submitByKey(event) {
  if (event.key !== 'Enter' || event.isComposing || event.shiftKey) return;
  if (!event.ctrlKey && !event.metaKey && field.value.includes('\n')) return;
  event.preventDefault();
  byId('ask').requestSubmit();
}

function submit() {
  if (found(field.value).identifiers.length > 0) return read(field.value, []);
  if (field.value.trim() === '') byId('found').replaceChildren(make('p', {}, words().nothingPasted));
  field.focus();
}

/** Forgets links, names, answers and conditions. */
function clear() {
  stopReading();
  const nothing = { people: [], names: {}, missed: [], shown: 0, common: null, commonFault: null };
  update({ phase: 'idle', ...nothing, question: USUAL });
  field.value = '';
  forget();
  drawFound();
  field.focus();
}

/** Names that the text gives replace those given before. */
function read(text, known) {
  const { identifiers, names } = found(text);
  update({ names: { ...state.names, ...names } });
  return readPeople(identifiers, { known });
}

/** What `links.js` finds in a text, and the names that stand there. */
function found(text) {
  const { text: links, names } = splitNames(text);
  return { ...findLinks(links), names };
}

function foundLines() {
  if (field.value.trim() === '') return [];
  const { identifiers, repeated, beyond, own, strangers } = found(field.value);
  const count = identifiers.length;
  if (count === 0 && !own && strangers.length === 0) return [words().noneFound];
  const without = linesWithoutLink();
  return [
    count > 0 && words().found(count + beyond),
    repeated > 0 && words().repeated(repeated),
    beyond > 0 && words().beyond(beyond, MOST),
    own && words().ownAddress,
    ...strangers.slice(0, NAMED).map(words().stranger),
    strangers.length > NAMED && words().strangersMore(strangers.length - NAMED),
    ...without.slice(0, NAMED).map(words().withoutLink),
    without.length > NAMED && words().withoutLinkMore(without.length - NAMED),
  ].filter(Boolean);
}

/** Lines in which nothing even looks like a link; not the one that is being written. */
function linesWithoutLink() {
  const { text } = splitNames(field.value);
  const writing = document.activeElement === field ? lineAt(field.selectionEnd) : -1;
  return text.split('\n').map((line) => line.trim()).filter((line, index) => {
    const { identifiers, own, strangers } = findLinks(line);
    return line && index !== writing && !MESSAGE.test(line) && identifiers.length === 0 && !own && strangers.length === 0;
  });
}

function lineAt(position) {
  return field.value.slice(0, position).split('\n').length - 1;
}
