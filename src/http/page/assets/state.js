// What the page knows, in one place. `storage.js` keeps it for as long as the tab lives.

import { DAYS } from './time.js';

/** What is asked about until somebody changes it. */
export const USUAL = {
  granularity: 30,
  /** The days chosen by hand; `null` leaves the choice to `daysAsked`. */
  days: null,
  between: ['09:00', '22:00'],
  at_least_minutes: 30,
};

/** Days that are asked about even if there is no class. */
const WORKING_DAYS = 5;

export const state = {
  /** `idle`, `loading` or `done`. */
  phase: 'idle',
  /** While loading: how many timetables are `read` and how many are `done` (faults too), of `all`. */
  progress: { read: 0, done: 0, all: 0 },
  /** One for each link: its `identifier`, its `number` from 1, and its `timetable` or its `fault`. */
  people: [],
  /** What people are called, by identifier. */
  names: {},
  /** Those of another semester that could not be read, while `people` stays as it was. */
  missed: [],
  /** Which of `people` is drawn, or `common`. */
  shown: 0,
  /** The answer about common free time, once there is one. */
  common: null,
  /** Why there is none. */
  commonFault: null,
  /** Which hours are asked about. */
  question: USUAL,
};

const listeners = [];

/** Calls `listener` after every change with the names of what changed. */
export function onChange(listener) {
  listeners.push(listener);
}

/** Changes the state and tells everyone who draws it. */
export function update(change) {
  Object.assign(state, change);
  const names = new Set(Object.keys(change));
  for (const listener of listeners) listener(names);
}

/** Those whose timetable was read. */
export function readable() {
  return state.people.filter((person) => person.timetable);
}

/** Whose timetable is drawn; none where it is everyone's. */
export function shownPerson() {
  return state.shown === 'common' ? null : state.people[state.shown];
}

/** The days chosen, else Monday to Friday and each other day on which somebody has a class. */
export function daysAsked() {
  const used = new Set(readable().flatMap(({ timetable }) => timetable.classes.map((one) => one.day)));
  return state.question.days ?? DAYS.filter((day, index) => index < WORKING_DAYS || used.has(day));
}

/** The question as `/v1/free` takes it. */
export function asked() {
  return { ...state.question, days: daysAsked() };
}
