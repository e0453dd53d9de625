// A picture to send: one week, or the hours that a group has free, with names and terms.

import { save } from './handover.js';
import { headingOf, nameOf, titleOf } from './people.js';
import { commonDrawing } from './picture.common.js';
import { weekDrawing } from './picture.week.js';
import { readable, shownPerson, state } from './state.js';
import { toPng } from './svg.js';
import { termsOf } from './term.js';
import { words } from './words.js';

/** Saves a picture of what is shown. */
export async function savePicture() {
  const { drawing, name } = shownDrawing();
  save(await toPng(drawing), `${name}.png`);
}

/** What is shown as an SVG drawing, and what to call it. */
export function shownDrawing() {
  const person = shownPerson();
  if (person) return { drawing: weekDrawing(person.timetable, headingOf(person)), name: headingOf(person) };
  const people = readable();
  const name = words().pictureTitle(people.length);
  return { drawing: commonDrawing(state.common, { title: name, names: people.map(nameOf), term: term(people) }), name };
}

function term(people) {
  const timetables = people.map(({ timetable }) => timetable);
  if (termsOf(timetables).length > 1) return words().mixedShort;
  return titleOf(timetables.find(titleOf) ?? {});
}
