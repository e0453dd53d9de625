// What is shown, as a text for a chat and as JSON.

import { freeOf, freeOfAll, rangeText } from './free.js';
import { headingOf, nameOf } from './people.js';
import { readable, shownPerson, state } from './state.js';
import { classesOn, shownDays } from './time.js';
import { words } from './words.js';

/** The answers of the service, without names. */
export function asJson() {
  return JSON.stringify(shownPerson()?.timetable ?? state.common, null, 2);
}

/** The week or the common free time, line by line. */
export function asText() {
  const person = shownPerson();
  return (person ? oneText(person) : commonText(state.common)).join('\n');
}

function commonText(common) {
  const isNamed = readable().some(({ identifier }) => state.names[identifier]);
  const names = isNamed ? [readable().map(nameOf).join(', ')] : [];
  return [words().textCommon(common.people), ...names, ...free(freeOfAll(common)), ...warning(common)];
}

function oneText(person) {
  const { timetable } = person;
  return [
    `[${headingOf(person)}]`,
    ...shownDays(timetable).flatMap((day) => classes(timetable, day)),
    '',
    words().textFree,
    ...free(freeOf(timetable)),
    ...warning(timetable),
  ];
}

function warning({ incomplete }) {
  return incomplete ? ['', words().incomplete] : [];
}

function classes(timetable, day) {
  return classesOn(timetable, day).map((one) => {
    const where = one.place ? ` (${one.place})` : '';
    return `${words().days[day]} ${one.start}–${one.end} ${one.name.trim() || words().unnamed}${where}`;
  });
}

function free(days) {
  const text = (ranges) => ranges.map(rangeText).join(', ') || words().noFree;
  return days.map(({ day, ranges }) => `${words().days[day]} ${text(ranges)}`);
}
