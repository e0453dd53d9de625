// Common free time as a table: a row a slot, a column a day, "k of n" in each cell.

import { explains } from './detail.js';
import { make, place } from './dom.js';
import { reachable } from './grid.js';
import { clock, minutes } from './time.js';
import { whoIsFree } from './who.js';
import { words } from './words.js';

/** Steps of colour between no one and everyone. */
const LEVELS = 4;

/** The table of an answer about `people`, each with its `name` and `timetable`. */
export function drawHeat(answer, people) {
  const days = answer.days.map(({ day }) => day);
  const head = days.map((day) =>
    make(
      'th',
      { scope: 'col' },
      make('span', { 'aria-hidden': 'true' }, words().days[day]),
      make('span', { class: 'hidden' }, words().fullDays[day]),
    ),
  );
  const corner = make('th', { scope: 'col' }, make('span', { class: 'hidden' }, words().heatTime));
  const rows = answer.days[0].slots.map((_, index) => row(answer, people, index));
  const table = make(
    'table',
    { class: 'heat', role: 'grid' },
    make('caption', {}, words().heat),
    make('thead', {}, make('tr', {}, corner, ...head)),
    make('tbody', {}, ...rows),
  );
  reachable(table);
  const scrolled = make('div', { class: 'scrolled' }, place(table, { days: days.length }));
  return make('div', { class: 'card sheet' }, warning(answer, people), scrolled, legend(answer.people));
}

/** Says whose hours may be taken though they look free. */
function warning({ links }, people) {
  const names = people.filter((_, index) => links[index].incomplete).map(({ name }) => name);
  return names.length ? make('p', { class: 'incomplete' }, words().incompleteOf(names)) : null;
}

function row(answer, people, index) {
  const { start } = answer.days[0].slots[index];
  // A slot that begins the hour carries its name; the others only tell it.
  const name = start.endsWith(':00')
    ? make('span', {}, String(Number(start.slice(0, 2))))
    : make('span', { class: 'hidden' }, start);
  const cells = answer.days.map((day) => cell(day.slots[index], day.day, answer, people));
  const kind = start.endsWith(':00') ? 'hour' : null;
  return make('tr', { class: kind }, make('th', { scope: 'row' }, name), ...cells);
}

function cell(slot, day, answer, people) {
  const when = `${slot.start}–${clock(minutes(slot.start) + answer.granularity)}`;
  const button = make(
    'button',
    { type: 'button', tabindex: '-1' },
    `${slot.free}/${answer.people}`,
    make('span', { class: 'hidden' }, `, ${words().fullDays[day]} ${when}`),
  );
  explains(button, () => story(slot, day, when, answer, people));
  return make('td', { 'data-level': level(slot.free, answer.people) }, button);
}

function story(slot, day, when, answer, people) {
  const { free, busy } = whoIsFree(answer, people, day, slot);
  const named = (some, text) => (some.length ? text(some.map(({ name }) => name)) : '');
  return [
    words().kOfN(slot.free, answer.people),
    `${words().fullDays[day]} ${when}`,
    named(free, words().freePeople),
    named(busy, words().busyPeople),
  ];
}

/** How green a slot is: 0 to 3, or `all`. */
export function level(free, people) {
  if (free === people) return 'all';
  return Math.floor((free / people) * LEVELS);
}

function legend(people) {
  const steps = [...Array(LEVELS).keys()].filter((step) => step < people);
  const boxes = [...steps, 'all'].map((step) => make('i', { 'data-level': step }));
  return make(
    'p',
    { class: 'legend', 'aria-hidden': 'true' },
    words().legendNone, ...boxes, words().legendAll,
  );
}
