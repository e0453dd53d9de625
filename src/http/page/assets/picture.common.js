// The hours that a group has free as an SVG drawing: how many at each time, and when all are.

import { freeOfAll, rangeText } from './free.js';
import { level } from './heat.js';
import { color, draw, line, sheet, wrapped } from './svg.js';
import { words } from './words.js';

const [MARGIN, AXIS] = [16, 24];
/** Width of a day's column, by how many days there are. */
const COLUMN = { few: 84, many: 68 };
const TITLE = { size: 20, weight: 700 };
const NAMES = { size: 12.5, fill: 'faint' };
const DAY = { size: 12, weight: 600, fill: 'faint', anchor: 'middle' };
const HOUR_NAME = { size: 10.5, fill: 'faint', anchor: 'end' };
const COUNT = { size: 10.5, anchor: 'middle' };
const LIST_TITLE = { size: 14, weight: 700 };
const LIST = { size: 13 };
/** Height of a row by the minutes it stands for; the lowest have no room for numbers. */
const ROW = { 10: 8, 15: 11, 30: 19, 60: 30 };
const NUMBERED = 15;

/** The drawing of an answer, with `title`, `names` and `term` over it. */
export function commonDrawing(answer, { title, names, term }) {
  const column = answer.days.length > 5 ? COLUMN.many : COLUMN.few;
  const width = 2 * MARGIN + AXIS + column * Math.max(answer.days.length, 4);
  const room = width - 2 * MARGIN;
  const under = [names.join(', '), term].filter(Boolean).flatMap((text) => wrapped(text, room, 3, NAMES));
  const top = 58 + under.length * 18 + 26;
  const row = ROW[answer.granularity];
  const bottom = top + answer.days[0].slots.length * row;
  const list = freeLines(answer, room);
  const height = bottom + 44 + list.length * 21 + MARGIN;
  return sheet(
    width,
    height,
    title,
    line(wrapped(title, room, 1, TITLE)[0], MARGIN, 36, TITLE),
    ...under.map((text, index) => line(text, MARGIN, 58 + index * 18, NAMES)),
    ...hours(answer, top, row),
    ...answer.days.flatMap((day, index) => cells(day, answer, { x: MARGIN + AXIS + index * column, top, row, column })),
    line(words().commonTitle, MARGIN, bottom + 32, LIST_TITLE),
    ...list.map((text, index) => line(text, MARGIN, bottom + 54 + index * 21, LIST)),
  );
}

function hours(answer, top, row) {
  const named = answer.days[0].slots.map(({ start }, index) => [start, index]).filter(([start]) => start.endsWith(':00'));
  return named.map(([start, index]) => line(String(Number(start.slice(0, 2))), MARGIN + AXIS - 6, top + index * row + 11, HOUR_NAME));
}

function cells({ day, slots }, answer, { x, top, row, column }) {
  return [
    line(words().days[day], x + column / 2, top - 9, DAY),
    ...slots.map((slot, index) => cell(slot, answer.people, { x: x + 1, y: top + index * row, width: column - 2, height: row - 1 })),
  ];
}

function cell({ start, free }, people, box) {
  const step = level(free, people);
  // The hour begins with a little space, as in the page's table.
  const inset = start.endsWith(':00') ? 1.5 : 0;
  const rect = { ...box, y: box.y + inset, height: box.height - inset, rx: 3 };
  const fill = color(step === 'all' ? 'all' : `l${step}`);
  const text = { ...COUNT, fill: step === 'all' ? 'on-all' : 'on-level', weight: step === 'all' ? 700 : 400 };
  const number = box.height >= NUMBERED ? line(`${free}/${people}`, rect.x + rect.width / 2, rect.y + rect.height / 2 + 4, text) : null;
  return draw('g', {}, draw('rect', { ...rect, fill }), number);
}

function freeLines(answer, room) {
  const free = freeOfAll(answer).filter(({ ranges }) => ranges.length > 0);
  const lines = free.map(({ day, ranges }) => `${words().days[day]}  ${ranges.map(rangeText).join(', ')}`);
  const all = [...(lines.length ? lines : [words().noneFreeShort]), answer.incomplete ? words().incomplete : ''];
  return all.filter(Boolean).flatMap((text) => wrapped(text, room, 3, LIST));
}
