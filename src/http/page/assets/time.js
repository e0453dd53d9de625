// Times of day as minutes, and what is left of a day between its classes. No DOM, no clock.

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** `"09:30"` → 570. */
export function minutes(text) {
  const [hours, rest] = text.split(':').map(Number);
  return hours * 60 + rest;
}

/** 570 → `"09:30"`. */
export function clock(total) {
  const two = (number) => String(number).padStart(2, '0');
  return `${two(Math.floor(total / 60))}:${two(total % 60)}`;
}

/** A day's classes in order of their start. */
export function classesOn(timetable, day) {
  return timetable.classes
    .filter((one) => one.day === day)
    .map((one) => ({ ...one, from: minutes(one.start), to: minutes(one.end) }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
}

/** The days worth a column: those the page shows, and any other with a class. */
export function shownDays(timetable) {
  const used = new Set([...timetable.days, ...timetable.classes.map((one) => one.day)]);
  return DAYS.filter((day) => used.has(day));
}

/** The free ranges of a day between two times, at least so long, in minutes. */
export function freeOn(timetable, day, [open, close], atLeast) {
  const free = [];
  let from = open;
  for (const one of [...classesOn(timetable, day), { from: close, to: close }]) {
    const to = Math.min(one.from, close);
    if (to > from && to - from >= atLeast) free.push({ from, to });
    from = Math.max(from, one.to);
  }
  return free;
}

/** The breaks between the first and the last class of a day. */
export function breaksOn(timetable, day) {
  const classes = classesOn(timetable, day);
  if (classes.length === 0) return [];
  const end = Math.max(...classes.map((one) => one.to));
  return freeOn(timetable, day, [classes[0].from, end], 1);
}

/** Whole hours that hold every class, and the usual day. */
export function hoursOf(timetable) {
  const starts = timetable.classes.map((one) => Math.floor(minutes(one.start) / 60));
  const ends = timetable.classes.map((one) => Math.ceil(minutes(one.end) / 60));
  return [Math.min(9, ...starts), Math.max(18, ...ends)];
}

/**
 * Columns for classes that overlap: each gets its `lane` and how `many` lanes its group has.
 * Takes them in order of their start.
 */
export function inLanes(classes) {
  const placed = classes.map((one) => ({ ...one, lane: 0, many: 1 }));
  let group = [];
  for (const one of placed) {
    if (group.every((other) => other.to <= one.from)) group = [];
    const taken = group.filter((other) => other.to > one.from).map((other) => other.lane);
    while (taken.includes(one.lane)) one.lane += 1;
    group.push(one);
    const many = Math.max(...group.map((other) => other.lane + 1));
    for (const other of group) other.many = many;
  }
  return placed;
}
