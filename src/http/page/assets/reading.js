// Reading timetables and what they have in common. The newest question wins.

import { askCommon, Fault } from './api.js';
import { load } from './load.js';
import { asked, onChange, readable, state, update } from './state.js';

/** Ends what is under way: the reading of timetables, and the question about common time. */
let reading = new AbortController();
let asking = new AbortController();
/** What others do when a reading ends. */
let hooks;

/** Sets what is called at the end of a reading: `shown()`, `stopped()`, or `needsKey(again)`. */
export function startReading(given) {
  hooks = given;
  onChange((names) => {
    const isNew = names.has('question') && !names.has('people');
    if (isNew && state.phase === 'done' && readable().length > 1) compare();
  });
}

/** Ends what is under way. */
export function stopReading() {
  reading.abort();
  asking.abort();
}

/**
 * Reads the timetables of `wanted` identifiers, but for those of `known` people, and shows them; true where it did.
 * With `standing`, what was shown stays unless all of them can be read.
 */
export async function readPeople(wanted, { known = [], standing = false } = {}) {
  const identifiers = [...new Set(wanted)];
  stopReading();
  reading = new AbortController();
  const { signal } = reading;
  const missing = identifiers.filter((one) => known.every((person) => person.identifier !== one));
  const [all, here] = [identifiers.length, identifiers.length - missing.length];
  const tell = (read, done) => {
    if (!signal.aborted) update({ progress: { read: here + read, done: here + done, all } });
  };
  update({ phase: 'loading', missed: [] });
  tell(0, 0);
  try {
    const read = await load(missing, signal, tell);
    return !signal.aborted && (await show(inOrder(identifiers, [...known, ...read]), standing));
  } catch (fault) {
    // A reading that a newer one stopped has nothing to say any more.
    if (signal === reading.signal) interrupted(fault, () => readPeople(wanted, { known, standing }));
    return false;
  }
}

/** Reads again what could not be read. */
export function readFaults() {
  return readPeople(state.people.map((person) => person.identifier), { known: readable() });
}

function inOrder(identifiers, people) {
  const person = (identifier) => people.find((one) => one.identifier === identifier);
  return identifiers.map((identifier, index) => ({ ...person(identifier), number: index + 1 }));
}

async function show(people, standing) {
  const missed = people.filter((person) => person.fault);
  const stands = standing && missed.length > 0;
  if (stands) update({ missed });
  else await replace(people);
  update({ phase: 'done' });
  hooks.shown();
  return !stands;
}

async function replace(people) {
  const first = people.findIndex((person) => person.timetable);
  update({ people, common: null, commonFault: null, shown: Math.max(first, 0) });
  if (readable().length > 1) await compare('common');
}

function interrupted(fault, again) {
  // One refused key is enough; the others need not be tried.
  reading.abort();
  update({ phase: state.people.length > 0 ? 'done' : 'idle' });
  if (fault.code === 'unauthorized') hooks.needsKey(again);
  else hooks.stopped();
}

/** Asks for the common time where there is none yet. */
export function completeCommon() {
  return readable().length > 1 && !state.common ? compare() : undefined;
}

/** Asks for the common time of those that were read. */
async function compare(shown = state.shown) {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const identifiers = readable().map((person) => person.identifier);
  try {
    const common = await askCommon(identifiers, asked(), signal);
    if (!signal.aborted) update({ common, commonFault: null, shown });
  } catch (error) {
    if (signal.aborted) return;
    const commonFault = error instanceof Fault ? error : new Fault('internal');
    update({ common: null, commonFault, shown });
  }
}
