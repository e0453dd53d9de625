// Reading several timetables, a few at a time, with word after each.

import { askTimetable, Fault } from './api.js';

/** At a time: enough to keep the service busy, few enough to leave room for others. */
const AT_ONCE = 4;

/**
 * One person for each identifier, in their order. `tell` hears how many were read and how many are done. A wrong
 * key ends it all, for it would be wrong for every link.
 */
export async function load(identifiers, signal, tell) {
  const people = identifiers.map((identifier) => ({ identifier }));
  const waiting = people.values();
  const done = [];
  const work = async () => {
    for (const person of waiting) {
      await read(person, signal);
      done.push(person);
      tell(done.filter(({ timetable }) => timetable).length, done.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return people;
}

async function read(person, signal) {
  try {
    person.timetable = await askTimetable(person.identifier, signal);
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault('internal');
    if (['unauthorized', 'stopped'].includes(fault.code)) throw fault;
    person.fault = fault;
  }
}
