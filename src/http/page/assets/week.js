// One timetable as its owner knows it: a column a day, a colour a class, and the breaks between.

import { explains } from './detail.js';
import { make, place } from './dom.js';
import { breaksOn, classesOn, clock, hoursOf, inLanes, shownDays } from './time.js';
import { words } from './words.js';

/** Colours there are; the page's thirty numbers repeat them. */
const COLORS = 10;
/** Shortest break that has room for its name, in minutes. */
const NAMED_BREAK = 30;
/** As `week.css` has them, in rem: an hour, a line of text, and what a block keeps free around it. */
const [HOUR, LINE, PADDING] = [3.4, 0.95, 0.5];

/** The week, and below it what no grid can show. */
export function drawWeek(timetable) {
  const { incomplete } = timetable;
  const none = timetable.classes.length === 0 && !incomplete;
  return make(
    'div',
    { class: 'card sheet' },
    none ? make('p', { class: 'celebrate' }, words().noClasses) : null,
    incomplete ? make('p', { class: 'incomplete' }, words().incomplete) : null,
    make('div', { class: 'scrolled' }, grid(timetable)),
    beside(words().untimed, timetable.untimed),
    beside(words().notDrawn, timetable.not_drawn),
  );
}

function grid(timetable) {
  const days = shownDays(timetable);
  const [first, last] = hoursOf(timetable);
  const week = make(
    'div',
    { class: 'week', role: 'group', 'aria-label': words().week },
    hourNames(first, last),
    ...days.map((day) => column(timetable, day)),
  );
  return place(week, { days: days.length, first: first * 60, hours: last - first });
}

function hourNames(first, last) {
  const names = Array.from({ length: last - first }, (_, index) => make('span', {}, `${first + index}`));
  return make('div', { class: 'hours', 'aria-hidden': 'true' }, ...names);
}

function column(timetable, day) {
  const heading = make(
    'h3',
    { id: `day-${day}` },
    make('span', { 'aria-hidden': 'true' }, words().days[day]),
    make('span', { class: 'hidden' }, words().fullDays[day]),
  );
  const classes = inLanes(classesOn(timetable, day)).map((one) => [one, block(one, day)]);
  const breaks = breaksOn(timetable, day).map((gap) => [gap, pause(gap)]);
  const items = [...classes, ...breaks].sort(([a], [b]) => a.from - b.from).map(([, item]) => item);
  const list = items.length
    ? make('ol', { class: 'column' }, ...items)
    : make('p', { class: 'column' }, make('span', { class: 'hidden' }, words().noClassesThatDay));
  return make('section', { class: 'day', 'aria-labelledby': heading.id }, heading, list);
}

function block(one, day) {
  const name = one.name.trim() || words().unnamed;
  const when = `${one.start}–${one.end}`;
  const text = make(
    'span',
    { class: 'text' },
    make('span', { class: 'name' }, name),
    make('span', { class: 'hidden' }, `, ${when}, `),
    make('br'),
    make('span', { class: 'place' }, one.place),
  );
  const button = make('button', { type: 'button' }, text, make('span', { class: 'hidden' }, ` ${one.professor}`));
  const color = colorOf(one.color);
  const length = words().hours(one.to - one.from);
  const lines = () => [name, `${words().fullDays[day]} ${when} · ${length}`, one.place, one.professor];
  explains(button, lines, color);
  return place(make('li', { class: `class ${color}` }, button), {
    from: one.from, to: one.to, lane: one.lane, many: one.many, lines: linesIn(one.to - one.from),
  });
}

/** Whole lines that fit: half of one cannot be read. */
function linesIn(length) {
  return Math.max(1, Math.floor(((length / 60) * HOUR - PADDING) / LINE));
}

function pause({ from, to }) {
  const length = to - from;
  const named = length >= NAMED_BREAK ? '' : 'hidden';
  const text = make('span', { class: named }, words().break(length));
  const when = make('span', { class: 'hidden' }, ` ${clock(from)}–${clock(to)}`);
  return place(make('li', { class: 'break' }, text, when), { from, to, lane: 0, many: 1 });
}

/** The name of a class's colour. */
export function colorOf(number) {
  return number ? `c${((number - 1) % COLORS) + 1}` : 'c0';
}

function beside(heading, classes) {
  if (classes.length === 0) return null;
  const names = classes.map(({ name, place: where }) => {
    const shown = name?.trim() || words().unnamed;
    return make('li', {}, where ? `${shown} (${where})` : shown);
  });
  return make('div', { class: 'beside' }, make('h3', {}, heading), make('ul', {}, ...names));
}
