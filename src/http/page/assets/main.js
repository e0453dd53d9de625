// The page's story: links are pasted or come with a team's link, their timetables are read, the answer is drawn.

import { drawFound, sayStopped, startAsk, writeText } from './ask.js';
import { startCalendar } from './calendar.js';
import { startDetail } from './detail.js';
import { byId, make } from './dom.js';
import { askForKey, startKey } from './key.js';
import { startMeeting } from './meeting.js';
import { asLines } from './names.js';
import { completeCommon, readPeople, startReading, stopReading } from './reading.js';
import { drawProgress, drawResults, goToResults, hint, startResults } from './results.js';
import { startShare } from './share.js';
import { onChange, state, update } from './state.js';
import { kept, startStorage } from './storage.js';
import { startTeam, takeTeam } from './team.js';
import { language, speak, switchLanguage, words } from './words.js';

function drawWords() {
  speak();
  const other = byId('language');
  other.textContent = words().otherLanguage;
  other.lang = words().otherLanguageTag;
  byId('links').placeholder = words().linksHint;
  byId('help').replaceChildren(...words().help.map((step) => make('li', {}, step)));
  drawFound();
  drawProgress();
  drawNotice();
  if (state.people.length > 0) drawResults();
}

/** Why the team's link of the address could not be opened, until something is read. */
let noTeam = null;

function drawNotice() {
  byId('notice').hidden = noTeam === null;
  byId('notice').textContent = noTeam === null ? '' : words().noTeam[noTeam];
}

/** A team's link comes first, then what the tab had before. */
function begin() {
  if (!openAddress()) resume(kept());
}

/** Opens the team's link of the address; false without one. */
function openAddress() {
  const team = takeTeam();
  noTeam = team?.reason ?? null;
  drawNotice();
  if (team?.people) openTeam(team);
  return Boolean(team?.people);
}

/** Reads all timetables of a team, whatever was read before. */
function openTeam({ people, question }) {
  const names = Object.fromEntries(people.map(({ identifier, name }) => [identifier, name]));
  update({ question, people: [], names, missed: [], common: null, commonFault: null });
  writeText(`${asLines(people, names)}\n`);
  return readPeople(people.map(({ identifier }) => identifier));
}

function resume({ text, answers }) {
  if (text) writeText(text);
  if (!answers) return;
  update({ ...answers, phase: 'done' });
  completeCommon();
}

startStorage();
startReading({ shown: goToResults, stopped: sayStopped, needsKey: askForKey });
startAsk();
startKey();
startResults();
startCalendar();
startDetail(hint);
startMeeting();
startShare();
startTeam();

onChange((names) => {
  if (!names.has('phase') || state.phase !== 'loading') return;
  noTeam = null;
  drawNotice();
});
byId('stop').addEventListener('click', stopReading);
byId('language').addEventListener('click', () => {
  switchLanguage();
  drawWords();
  byId('language').focus();
});
// Somebody may put a team's link into the address of a page that is open.
addEventListener('hashchange', openAddress);

drawWords();
begin();
document.documentElement.dataset.ready = language();
