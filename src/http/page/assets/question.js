// The controls: which days and hours, how long, and in which steps.

import { byId, make } from './dom.js';
import { daysAsked, state, update } from './state.js';
import { clock, DAYS, minutes } from './time.js';
import { words } from './words.js';

const LENGTHS = [0, 30, 60, 90, 120, 180];
const SLOTS = [10, 15, 30, 60];
const HOURS = [...Array(25).keys()].map((hour) => clock(hour * 60));

/** Draws the controls as the state has them. Slots matter only to several people. */
export function drawQuestion(isCommon) {
  const form = byId('question');
  const open = form.querySelector('details')?.open ?? false;
  const summary = make('summary', {}, words().conditions);
  const parts = [days(), between(), length(), isCommon ? slot() : null];
  form.replaceChildren(make('details', { open }, summary, ...parts));
}

function ask(change) {
  update({ question: { ...state.question, ...change } });
}

function days() {
  const boxes = DAYS.map((day) => {
    const checked = daysAsked().includes(day);
    const box = make('input', { type: 'checkbox', checked, onchange: () => toggle(box, day) });
    const name = make('span', { 'aria-hidden': 'true' }, words().days[day]);
    const whole = make('span', { class: 'hidden' }, words().fullDays[day]);
    return make('label', { class: 'day-box' }, box, name, whole);
  });
  return make('fieldset', {}, make('legend', {}, words().questionDays), make('div', { class: 'boxes' }, ...boxes));
}

/** At least one day is asked about: the last one stays. */
function toggle(box, day) {
  const chosen = DAYS.filter((one) => (one === day ? box.checked : daysAsked().includes(one)));
  if (chosen.length === 0) box.checked = true;
  else ask({ days: chosen });
}

function between() {
  const [open, close] = state.question.between;
  const from = select(words().betweenFrom, HOURS.slice(0, -1), open, (text) => text, (value) => {
    const later = minutes(close) > minutes(value) ? close : '24:00';
    ask({ between: [value, later] });
    until.value = later;
  });
  const until = select(words().betweenUntil, HOURS.slice(1), close, (text) => text, (value) => {
    const [start] = state.question.between;
    const earlier = minutes(start) < minutes(value) ? start : '00:00';
    ask({ between: [earlier, value] });
    from.value = earlier;
  });
  const legend = make('legend', {}, words().between);
  return make('fieldset', {}, legend, make('div', { class: 'boxes' }, from, '–', until));
}

function length() {
  const text = (value) => (value === 0 ? words().anyLength : words().atLeastFor(value));
  const chosen = state.question.at_least_minutes;
  const pick = (value) => ask({ at_least_minutes: Number(value) });
  return labelled(words().atLeast, select(words().atLeast, LENGTHS, chosen, text, pick));
}

function slot() {
  const pick = (value) => ask({ granularity: Number(value) });
  return labelled(words().slot, select(words().slot, SLOTS, state.question.granularity, words().hours, pick));
}

function labelled(text, control) {
  return make('p', { class: 'control' }, make('span', { 'aria-hidden': 'true' }, text), control);
}

function select(name, values, chosen, text, pick) {
  const options = values.map((value) =>
    make('option', { value, selected: String(value) === String(chosen) }, text(value)),
  );
  return make('select', { 'aria-label': name, onchange: (event) => pick(event.target.value) }, ...options);
}
