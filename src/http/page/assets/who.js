// Who is free in a slot of an answer about common time, and who is not.

import { classesOn, minutes } from './time.js';

/**
 * `{free, busy}` of `people`, who are in the order of the answer's links. A person whom the service could not read
 * for this answer is in neither.
 */
export function whoIsFree(answer, people, day, slot) {
  const counted = people.filter((_, index) => !answer.links[index].fault);
  const named = slot.links?.map((index) => people[index]);
  const free = named ?? counted.filter((person) => !isBusy(person.timetable, day, slot.start, answer.granularity));
  return { free, busy: counted.filter((person) => !free.includes(person)) };
}

/** For an answer that only counts. */
function isBusy(timetable, day, start, length) {
  const [from, to] = [minutes(start), minutes(start) + length];
  return classesOn(timetable, day).some((one) => one.from < to && one.to > from);
}
