// Taking it along: as a picture, as text for a chat, as JSON.

import { askFile } from './api.js';
import { byId, make } from './dom.js';
import { wordsOf } from './fault.js';
import { freeOf, freeOfAll, rangeText } from './free.js';
import { shownPerson, state } from './state.js';
import { classesOn, shownDays } from './time.js';
import { words } from './words.js';

/** Gives the buttons their work. */
export function startShare() {
  byId('picture').addEventListener('click', () => saveFile('svg'));
  byId('copy-text').addEventListener('click', () => copy(asText()));
  byId('copy-json').addEventListener('click', () => copy(asJson()));
  byId('copy-close').addEventListener('click', () => byId('copy-dialog').close());
}

/** A file is one person's: for everyone's time there are only the texts. */
export function drawActions() {
  const alone = shownPerson() !== null;
  byId('calendar').hidden = byId('picture').hidden = !alone;
  byId('told').textContent = '';
}

let saving = false;

/** Has the service make a file of the timetable shown, and saves it. A second press changes nothing. */
export async function saveFile(form, parameters) {
  if (saving) return;
  saving = true;
  byId('told').textContent = words().making;
  const { identifier, timetable } = shownPerson();
  try {
    const file = await askFile(identifier, form, parameters);
    save(file, `${[words().fileName, timetable.title].filter(Boolean).join(' ')}.${form}`);
    byId('told').textContent = words().saved;
  } catch (fault) {
    const { title, advice } = wordsOf(fault);
    byId('told').textContent = `${title}. ${advice}`;
  } finally {
    saving = false;
  }
}

function save(file, download) {
  const href = URL.createObjectURL(file);
  make('a', { href, download }).click();
  // The browser has to have begun with it before it goes.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** Where the clipboard is closed to pages, the text is shown to be copied by hand. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    byId('told').textContent = words().copied;
  } catch {
    byId('copy-area').value = text;
    byId('copy-dialog').showModal();
    byId('copy-area').select();
  }
}

function asJson() {
  return JSON.stringify(shownPerson()?.timetable ?? state.common, null, 2);
}

function asText() {
  const person = shownPerson();
  if (!person) {
    const { common } = state;
    return lines([words().textCommon(common.people), ...free(freeOfAll(common)), ...warning(common)]);
  }
  const { timetable } = person;
  return lines([
    words().textTitle(timetable.title),
    ...shownDays(timetable).flatMap((day) => classes(timetable, day)),
    '',
    words().textFree,
    ...free(freeOf(timetable)),
    ...warning(timetable),
  ]);
}

function warning({ incomplete }) {
  return incomplete ? ['', words().incomplete] : [];
}

function classes(timetable, day) {
  return classesOn(timetable, day).map((one) => {
    const where = one.place ? ` (${one.place})` : '';
    return `${words().days[day]} ${one.start}–${one.end} ${one.name.trim() || words().unnamed}${where}`;
  });
}

function free(days) {
  const text = (ranges) => ranges.map(rangeText).join(', ') || words().noFree;
  return days.map(({ day, ranges }) => `${words().days[day]} ${text(ranges)}`);
}

function lines(all) {
  return all.join('\n');
}
