// One week as an SVG drawing.

import { color, draw, line, sheet, wrapped } from './svg.js';
import { breaksOn, classesOn, hoursOf, inLanes, shownDays } from './time.js';
import { colorOf } from './week.js';
import { words } from './words.js';

const [MARGIN, AXIS, TOP, HOUR] = [16, 22, 78, 50];
/** Width of a day's column, by how many days there are. */
const COLUMN = { few: 84, many: 68 };
const TITLE = { size: 20, weight: 700 };
const DAY = { size: 12, weight: 600, fill: 'faint', anchor: 'middle' };
const HOUR_NAME = { size: 10.5, fill: 'faint', anchor: 'end' };
const NAME = { size: 11.5, weight: 600 };
const PLACE = { size: 10.5, fill: 'soft-ink' };
const BREAK = { size: 10.5, weight: 600, fill: 'on-accent-soft', anchor: 'middle' };
const NOTE = { size: 11.5, fill: 'faint' };
/** From one line of a block to the next, and around them. */
const [LINE, PADDING] = [14, 5];
/** Shortest break that has room for its name, in minutes. */
const NAMED_BREAK = 30;

/** The drawing, with this title over it. */
export function weekDrawing(timetable, title) {
  const days = shownDays(timetable);
  const [first, last] = hoursOf(timetable);
  const column = days.length > 5 ? COLUMN.many : COLUMN.few;
  const frame = { first, last, column, x: (index) => MARGIN + AXIS + index * column };
  const width = frame.x(days.length) + MARGIN;
  const bottom = TOP + (last - first) * HOUR;
  const notes = notesOf(timetable).flatMap((text) => wrapped(text, width - 2 * MARGIN, 3, NOTE));
  const height = Math.ceil(bottom + MARGIN + notes.length * 17 + (notes.length ? 8 : 0));
  return sheet(
    width,
    height,
    title,
    line(wrapped(title, width - 2 * MARGIN, 1, TITLE)[0], MARGIN, 36, TITLE),
    ...grid(frame, days, width),
    ...days.flatMap((day, index) => meetings(timetable, day, index, frame)),
    ...notes.map((text, index) => line(text, MARGIN, bottom + 24 + index * 17, NOTE)),
  );
}

function notesOf({ untimed, classes, incomplete }) {
  const names = untimed.map(({ name }) => name?.trim() || words().unnamed).join(', ');
  return [
    names && `${words().untimed}: ${names}`,
    classes.length === 0 && !incomplete && words().noClasses,
    incomplete && words().incomplete,
  ].filter(Boolean);
}

function grid({ first, last, column, x }, days, width) {
  const right = width - MARGIN;
  const hours = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const y = (hour) => TOP + (hour - first) * HOUR;
  const stroke = { stroke: color('line'), 'stroke-width': 1 };
  return [
    ...hours.map((hour) => draw('line', { x1: x(0), x2: right, y1: y(hour), y2: y(hour), ...stroke })),
    ...[...days, 'end'].map((_, index) => draw('line', { x1: x(index), x2: x(index), y1: TOP, y2: y(last), ...stroke })),
    ...hours.slice(0, -1).map((hour) => line(String(hour), x(0) - 6, y(hour) + 12, HOUR_NAME)),
    ...days.map((day, index) => line(words().days[day], x(index) + column / 2, TOP - 10, DAY)),
  ];
}

function meetings(timetable, day, index, frame) {
  const { first, column, x } = frame;
  const y = (minute) => TOP + (minute / 60 - first) * HOUR;
  const box = ({ from, to, lane = 0, many = 1 }) => ({
    x: x(index) + (column / many) * lane + 1.5,
    y: y(from) + 1.5,
    width: column / many - 3,
    height: y(to) - y(from) - 3,
  });
  return [
    ...breaksOn(timetable, day).map((gap) => pause(gap, box(gap))),
    ...inLanes(classesOn(timetable, day)).map((one) => block(one, box(one))),
  ];
}

function block(one, box) {
  const name = one.name.trim() || words().unnamed;
  const room = box.width - 2 * PADDING;
  const most = Math.max(1, Math.floor((box.height - PADDING) / LINE));
  const names = wrapped(name, room, Math.max(1, most - (one.place ? 1 : 0)), NAME);
  const places = most > names.length && one.place ? wrapped(one.place, room, most - names.length, PLACE) : [];
  const at = (index) => [box.x + PADDING, box.y + PADDING + 9.5 + index * LINE];
  return draw(
    'g',
    {},
    draw('rect', { ...box, rx: 6, fill: color(colorOf(one.color)) }),
    ...names.map((text, index) => line(text, ...at(index), NAME)),
    ...places.map((text, index) => line(text, ...at(names.length + index), PLACE)),
  );
}

function pause(gap, box) {
  const dashed = { fill: color('accent-soft'), stroke: color('accent'), 'stroke-dasharray': '3 3' };
  const text = words().break(gap.to - gap.from);
  const lines = gap.to - gap.from < NAMED_BREAK ? [] : wrapped(text, box.width - 6, box.height > 34 ? 2 : 1, BREAK);
  const middle = box.y + box.height / 2 + 4 - (lines.length - 1) * 7;
  return draw(
    'g',
    {},
    draw('rect', { ...box, rx: 6, ...dashed }),
    ...lines.map((one, index) => line(one, box.x + box.width / 2, middle + index * LINE, BREAK)),
  );
}
