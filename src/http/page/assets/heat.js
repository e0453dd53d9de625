// Common free time as a table: a row a slot, a column a day, "k of n" in each cell.

import { explains } from './detail.js';
import { make } from './dom.js';
import { classesOn, clock, minutes } from './time.js';
import { words } from './words.js';

/** Steps of colour between nobody and everybody. */
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
  table.querySelector('td button')?.setAttribute('tabindex', '0');
  table.addEventListener('keydown', rove);
  table.addEventListener('focusin', (event) => stay(table, event.target));
  return make('div', { class: 'card sheet' }, warning(answer, people), table, legend(answer.people));
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
  const busy = people.filter(({ timetable }) => isBusy(timetable, day, slot.start, answer.granularity));
  const count = slot.free === answer.people ? words().allFree : words().kOfN(slot.free, answer.people);
  const names = busy.map(({ name }) => name);
  return [count, `${words().fullDays[day]} ${when}`, names.length ? words().busyPeople(names) : ''];
}

function isBusy(timetable, day, start, length) {
  const [from, to] = [minutes(start), minutes(start) + length];
  return classesOn(timetable, day).some((one) => one.from < to && one.to > from);
}

function level(free, people) {
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

/** One stop for the Tab key; arrows go on from there. */
function stay(table, target) {
  if (!target.closest('td')) return;
  for (const button of table.querySelectorAll('td button')) button.tabIndex = button === target ? 0 : -1;
}

function rove(event) {
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const step = steps[event.key];
  const here = event.target.closest('td');
  if (!step || !here) return;
  event.preventDefault();
  const there = here.parentElement.parentElement.rows[here.parentElement.sectionRowIndex + step[0]];
  there?.cells[here.cellIndex + step[1]]?.querySelector('button')?.focus();
}
