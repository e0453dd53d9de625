// A meeting in a time when everyone is free: asks when exactly and how often, and gives a calendar file.

import { byId, make } from './dom.js';
import { meetingFile } from './ics.js';
import { nameOf } from './people.js';
import { save } from './handover.js';
import { readable, state } from './state.js';
import { usualTerm } from './term.js';
import { clock, DAYS } from './time.js';
import { words } from './words.js';

/** Minutes between the times to choose from, and the length proposed. */
const [STEP, USUAL_LENGTH] = [10, 60];
const DAY = 24 * 60 * 60 * 1000;

let weekday = 'mon';

/** Gives the dialog its work. */
export function startMeeting() {
  const dialog = byId('meeting-dialog');
  byId('meeting-cancel').addEventListener('click', () => dialog.close());
  byId('meeting-weekly').addEventListener('change', drawRepeat);
  byId('meeting-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const fault = faultOf();
    byId('meeting-fault').textContent = fault;
    if (!fault) give();
  });
}

/** Asks about a meeting on `day` within `range`. */
export function askMeeting(day, { from, to }) {
  weekday = day;
  const name = words().fullDays[day];
  byId('meeting-text').replaceChildren(`${name} `, make('span', { class: 'whole' }, `${clock(from)}–${clock(to)}`));
  byId('meeting-name').value = words().meeting;
  fillTimes('meeting-from', from, to - STEP, from);
  fillTimes('meeting-to', from + STEP, to, Math.min(to, from + Math.max(USUAL_LENGTH, state.question.at_least_minutes)));
  const next = nextDate(day);
  byId('meeting-date').value = next;
  const { until } = usualTerm(readable()[0].timetable);
  byId('meeting-until').value = until < next ? next : until;
  byId('meeting-weekly').checked = false;
  byId('meeting-fault').textContent = '';
  drawRepeat();
  byId('meeting-dialog').showModal();
}

function fillTimes(id, first, last, chosen) {
  const times = [];
  for (let time = first; time < last; time += STEP) times.push(time);
  const options = [...times, last].map((time) => make('option', { value: time, selected: time === chosen }, clock(time)));
  byId(id).replaceChildren(...options);
  byId(id).value = options.some(({ value }) => value === String(chosen)) ? chosen : last;
}

/** The first day of that name from today on, as a date. */
function nextDate(day, today = new Date()) {
  const ahead = (DAYS.indexOf(day) - ((today.getDay() + 6) % 7) + 7) % 7;
  const date = new Date(today.getTime() + ahead * DAY);
  const two = (number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function drawRepeat() {
  byId('meeting-until').parentElement.hidden = !byId('meeting-weekly').checked;
}

function faultOf() {
  const [date, until] = [byId('meeting-date').value, byId('meeting-until').value];
  if (Number(byId('meeting-from').value) >= Number(byId('meeting-to').value)) return words().meetingTimes;
  if (date === '' || weekdayOf(date) !== weekday) return words().meetingDay(words().fullDays[weekday]);
  const isWeekly = byId('meeting-weekly').checked;
  return isWeekly && until < date ? words().meetingUntil : '';
}

function weekdayOf(date) {
  return DAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7];
}

function give() {
  byId('meeting-dialog').close();
  const summary = byId('meeting-name').value.trim() || words().meeting;
  const file = meetingFile({
    summary,
    description: readable().map(nameOf).join(', '),
    date: byId('meeting-date').value,
    from: Number(byId('meeting-from').value),
    to: Number(byId('meeting-to').value),
    until: byId('meeting-weekly').checked ? byId('meeting-until').value : null,
    uid: random(),
    now: new Date(),
  });
  save(new Blob([file], { type: 'text/calendar' }), `${summary}.ics`);
  byId('told').textContent = words().saved;
}

/** Not `randomUUID`, which only pages over https have. */
function random() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
