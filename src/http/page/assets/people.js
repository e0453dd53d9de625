// Whose timetable is shown: everyone's together, one person's, or why there is none.

import { byId, make } from './dom.js';
import { drawFault } from './fault.js';
import { readable, state, update } from './state.js';
import { words } from './words.js';

/** What a person is called: the links say no more than their order. */
export function nameOf(person) {
  return words().person(state.people.indexOf(person) + 1);
}

/** Draws the choice, then what could not be read. `again` and `open` are what their buttons do. */
export function drawPeople({ again, open }) {
  byId('people').replaceChildren(...[choice(), semesters(open), faults(again)].filter(Boolean));
}

/** Marks the one that is shown. */
export function markShown() {
  for (const button of byId('people').querySelectorAll('[data-shown]')) {
    button.setAttribute('aria-pressed', String(button.dataset.shown === String(state.shown)));
  }
}

function choice() {
  if (readable().length < 2) return null;
  const everyone = option('common', words().everyone, '');
  const each = readable().map((person) => {
    return option(state.people.indexOf(person), nameOf(person), note(person.timetable));
  });
  return make('div', { class: 'choice', role: 'group', 'aria-label': words().whose }, everyone, ...each);
}

/** How many classes there are, unless the times of the only ones are not known. */
function note({ classes, incomplete }) {
  return classes.length === 0 && incomplete ? '' : words().classesCount(classes.length);
}

function option(shown, name, note) {
  const small = note ? make('small', {}, note) : null;
  const pick = () => update({ shown });
  return make('button', { type: 'button', 'data-shown': shown, onclick: pick }, name, small && ' ', small);
}

/** The owner's other semesters, where there is one owner only. */
function semesters(open) {
  const [person, ...others] = state.people;
  const all = person?.timetable?.semesters ?? [];
  if (others.length > 0 || all.length < 2) return null;
  const options = all.map(({ label, identifier }) =>
    make('option', { value: identifier, selected: identifier === person.identifier }, label),
  );
  const select = make('select', { id: 'semester', onchange: () => open(select.value) }, ...options);
  return make('p', { class: 'semester' }, make('label', { for: 'semester' }, words().semester), select);
}

function faults(again) {
  const failed = state.people.filter((person) => person.fault);
  if (failed.length === 0) return null;
  const alone = state.people.length === 1;
  const cards = failed.map((person) => drawFault(person.fault, alone ? '' : nameOf(person)));
  const button = make('button', { type: 'button', id: 'again', onclick: again }, words().again);
  const title = alone ? null : make('h3', { class: 'faults-title' }, words().faultsTitle(failed.length));
  return make('div', { class: 'card faults' }, title, ...cards, button);
}
