// Whose timetable is shown: everyone's together, one person's with a name to give, or why there is none.

import { byId, make } from './dom.js';
import { drawFault } from './fault.js';
import { LONGEST } from './names.js';
import { readable, shownPerson, state, update } from './state.js';
import { termOf, termOfLabel } from './term.js';
import { words } from './words.js';

/** What a person is called: by name, else by the order of the links. */
export function nameOf({ identifier, number }) {
  return state.names[identifier] || words().person(number);
}

/** The term of a timetable, else its title; `''` where its page names neither. */
export function titleOf(timetable) {
  const term = termOf(timetable);
  return term ? words().term(term) : (timetable.title ?? '');
}

/** What stands over the drawing of one person's week. */
export function headingOf({ identifier, timetable }) {
  return [state.names[identifier], titleOf(timetable)].filter(Boolean).join(' · ') || words().timetable;
}

/** Draws whom to choose from. */
export function drawChoice() {
  byId('choice').replaceChildren(...(readable().length > 1 ? choice() : []));
}

/** Draws what is asked about the person shown: a name, and the semester. `rename` and `open` take them. */
export function drawOne(rename, open) {
  const person = shownPerson();
  const parts = person?.timetable ? [nameField(person, rename), semesters(person, open)] : [];
  byId('one').replaceChildren(...parts.filter(Boolean));
}

/** Draws what could not be read; `again` reads it again, `retry` the other semester. */
export function drawFaults(again, retry) {
  byId('faults').replaceChildren(...[missed(retry), faults(again)].filter(Boolean));
}

/** Calls everyone as they are called now, and leaves the rest as it is. */
export function drawNames() {
  for (const person of state.people) {
    const name = byId('choice').querySelector(`[data-shown="${person.number - 1}"] span`);
    if (name) name.textContent = nameOf(person);
  }
}

/** Marks the one that is shown. */
export function markShown() {
  for (const button of byId('choice').querySelectorAll('[data-shown]')) {
    button.setAttribute('aria-pressed', String(button.dataset.shown === String(state.shown)));
  }
}

function choice() {
  const everyone = option('common', words().everyone, words().peopleCount(readable().length));
  const each = readable().map((person) => {
    return option(person.number - 1, nameOf(person), note(person.timetable));
  });
  return [make('div', { class: 'choice', role: 'group', 'aria-label': words().whose }, everyone, ...each)];
}

/** The term, and how many classes there are unless the times of the only ones are not known. */
function note(timetable) {
  const { classes, incomplete } = timetable;
  const count = classes.length === 0 && incomplete ? '' : words().classesCount(classes.length);
  return [titleOf(timetable), count].filter(Boolean).join(' · ');
}

function option(shown, name, note) {
  const small = note ? make('small', {}, note) : null;
  const pick = () => update({ shown });
  return make('button', { type: 'button', 'data-shown': shown, onclick: pick }, make('span', {}, name), small && ' ', small);
}

/** Each letter counts at once: a name taken on leaving the field would redraw what is being pressed. */
function nameField(person, rename) {
  const take = () => rename(person, input.value);
  const properties = { id: 'person-name', maxlength: LONGEST, autocomplete: 'off', placeholder: words().nameHint };
  const input = make('input', { ...properties, value: state.names[person.identifier], oninput: take });
  return make('p', { class: 'labelled' }, make('label', { for: input.id }, words().name), input);
}

/** The owner's menu; a timetable that is not in it stands above. */
function semesters(person, open) {
  const { semesters: all } = person.timetable;
  if (all.length < 2) return null;
  const options = all.map(({ label, identifier }) =>
    make('option', { value: identifier, selected: identifier === person.identifier }, labelText(label)),
  );
  const other = all.every(({ identifier }) => identifier !== person.identifier);
  const own = other ? make('option', { value: person.identifier, selected: true }, titleOf(person.timetable)) : null;
  const pick = () => open(person, select.value);
  const select = make('select', { id: 'semester', onchange: pick }, own, ...options);
  return make('p', { class: 'labelled' }, make('label', { for: 'semester' }, words().semester), select);
}

function labelText(label) {
  const term = termOfLabel(label);
  return term ? words().term(term) : label;
}

/** Another semester that cannot be read leaves the last one standing, below why. */
function missed(retry) {
  if (state.missed.length === 0) return null;
  const cards = state.missed.map((person) => drawFault(person.fault, state.people.length > 1 ? nameOf(person) : ''));
  const title = make('h3', { class: 'faults-title' }, words().missedTitle);
  const button = make('button', { type: 'button', onclick: retry }, words().again);
  return make('div', { class: 'card faults missed' }, title, ...cards, button);
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
