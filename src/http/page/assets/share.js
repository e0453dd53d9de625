// Taking it along: what each button of the card gives, and how it reaches its owner.

import { askCalendar } from './api.js';
import { byId } from './dom.js';
import { wordsOf } from './fault.js';
import { copy, save } from './handover.js';
import { headingOf } from './people.js';
import { savePicture } from './picture.js';
import { shownPerson } from './state.js';
import { asJson, asText } from './texts.js';
import { words } from './words.js';

/** Gives the buttons their work. */
export function startShare() {
  byId('picture').addEventListener('click', () => making(savePicture));
  byId('copy-text').addEventListener('click', () => copy(asText(), byId('told')));
  byId('copy-json').addEventListener('click', () => copy(asJson(), byId('told')));
  byId('copy-close').addEventListener('click', () => byId('copy-dialog').close());
}

/** The calendar of classes is one person's; everyone's meeting is made from the list of free time. */
export function drawActions() {
  byId('calendar').hidden = shownPerson() === null;
  byId('told').textContent = '';
}

/** Has the service make a calendar file of the timetable shown, and saves it. */
export function saveCalendar(parameters) {
  const person = shownPerson();
  return making(async () => save(await askCalendar(person.identifier, parameters), `${headingOf(person)}.ics`));
}

let busy = false;

/** Does `work`, which saves a file, and says how it went. A second press changes nothing. */
async function making(work) {
  if (busy) return;
  busy = true;
  byId('told').textContent = words().making;
  try {
    await work();
    byId('told').textContent = words().saved;
  } catch (fault) {
    const { title, advice } = wordsOf(fault);
    byId('told').textContent = `${title}. ${advice}`;
  } finally {
    busy = false;
  }
}
