// The calendar file: asks between which days classes meet, for the page does not say.

import { byId } from './dom.js';
import { saveCalendar } from './share.js';
import { shownPerson } from './state.js';
import { usualTerm } from './term.js';
import { words } from './words.js';

/** Gives the dialog its work. */
export function startCalendar() {
  const dialog = byId('calendar-dialog');
  byId('calendar').addEventListener('click', ask);
  byId('calendar-cancel').addEventListener('click', () => dialog.close());
  byId('calendar-form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (!isTerm()) byId('calendar-fault').textContent = words().calendarFault;
    else save();
  });
}

function ask() {
  const { from, until } = usualTerm(shownPerson().timetable);
  byId('from').value = from;
  byId('until').value = until;
  byId('calendar-fault').textContent = '';
  byId('calendar-dialog').showModal();
}

function isTerm() {
  const [from, until] = [byId('from').value, byId('until').value];
  return from !== '' && until !== '' && from <= until;
}

function save() {
  byId('calendar-dialog').close();
  const detail = byId('busy-only').checked ? 'busy' : 'full';
  saveCalendar({ from: byId('from').value, until: byId('until').value, detail });
}
