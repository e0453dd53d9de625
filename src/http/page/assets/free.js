// Free time as a list: of one person, or of everyone.

import { make, withTimes } from './dom.js';
import { asked, state } from './state.js';
import { clock, freeOn, minutes } from './time.js';
import { words } from './words.js';

/** The free ranges of each day asked about, as `[{day, ranges: [{from, to}]}]`. */
export function freeOf(timetable) {
  const { days, between, at_least_minutes: atLeast } = asked();
  const open = between.map(minutes);
  return days.map((day) => ({ day, ranges: freeOn(timetable, day, open, atLeast) }));
}

/** The same of an answer about common free time. */
export function freeOfAll(answer) {
  const range = ({ start, end }) => ({ from: minutes(start), to: minutes(end) });
  return answer.days.map(({ day, everyone }) => ({ day, ranges: everyone.map(range) }));
}

/** The list; with `pick`, each range is a button that calls it with the day and the range. */
export function drawFree(free, pick) {
  const day = ({ day: name, ranges }) =>
    make('div', {}, make('dt', {}, words().fullDays[name]), make('dd', {}, ...chips(name, ranges, pick)));
  return make('dl', { class: 'free' }, ...free.map(day));
}

/** `10:00–13:00`, or that it is all of the day asked about. */
export function rangeText(range) {
  const text = `${clock(range.from)}–${clock(range.to)}`;
  return isAllDay(range) ? words().allDay(text) : text;
}

function isAllDay({ from, to }) {
  const [open, close] = state.question.between.map(minutes);
  return from === open && to === close;
}

function chips(day, ranges, pick) {
  if (ranges.length === 0) return [make('span', { class: 'none' }, words().noFree)];
  return ranges.map((range) => {
    const length = isAllDay(range) ? '' : words().hours(range.to - range.from);
    const texts = [...withTimes(rangeText(range)), ' ', make('small', {}, length)];
    if (!pick) return make('span', { class: 'chip' }, ...texts);
    const title = words().meetingTitle;
    return make('button', { type: 'button', class: 'chip', title, onclick: () => pick(day, range) }, ...texts);
  });
}
