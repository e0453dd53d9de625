// What the page knows, in one place. It lives as long as the page is open and is kept nowhere.

export const state = {
  /** `idle`, `loading` or `done`. */
  phase: 'idle',
  /** One for each link: its `identifier`, and its `timetable` or its `fault`. */
  people: [],
  /** Which of them is drawn, or `common`. */
  shown: 0,
  /** The answer about common free time, once there is one. */
  common: null,
  /** Why there is none. */
  commonFault: null,
  /** Which hours are asked about; sent to `/v1/free` as it is. */
  question: {
    granularity: 30,
    days: ['mon', 'tue', 'wed', 'thu', 'fri'],
    between: ['09:00', '22:00'],
    at_least_minutes: 30,
  },
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
