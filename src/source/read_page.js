// Body of a W3C asynchronous script: waits inside the page until it shows one of its known states,
// then reads everything in one synchronous go, so that scale and blocks belong together.
//
// arguments: path of the timetable ("/@…"), addresses that the page's own call may have, fields of its
// form, milliseconds left (set by the fleet), callback. Answers one object with a `state`, as
// timetable/reading/page.rs describes; never null, which is how a driver reports an alert.
const [path, calls, fields, budget, done] = arguments;
// Said by the fleet: the page is hidden, so what is not drawn may still be; the last reading was not final.
const { unseen, again } = this;
// The calls that the page has begun, and their answers so far, where the fleet records them.
const isRecorded = this.recorded !== undefined;
const recorded = this.recorded ?? { begun: 0, answers: [] };

// After its call has ended the page draws in the same turn of its event loop; a page that shows
// nothing this much later (ms) does not understand the answer.
const DRAWN_AFTER_CALL = 300;
// A document that lacks a part this much later than its load event (ms) is another page.
const WHOLE_AFTER_LOAD = 500;
// A page that has made no call this much later than its load event (ms) makes none.
const CALLED_AFTER_LOAD = 900;
// The answer that a page drew is recorded before the page draws. After this time (ms) it will not be recorded any more.
const RECORDED_AFTER_DRAWING = 100;
// A page that is still drawing is read again after this pause (ms).
const PAUSE = 50;
// The answer must leave before the fleet's own limit (ms).
const MARGIN = 50;
// Longest answer that is read, in characters.
const LONGEST_ANSWER = 1 << 20;

const select = (selector) => document.querySelector(`#container ${selector}`);
const selectAll = (root, selector) => [...(root?.querySelectorAll(`:scope ${selector}`) ?? [])];
const textOf = (root, selector) => root?.querySelector(selector)?.textContent ?? '';
const isHidden = (element) => getComputedStyle(element).display === 'none';

const bodyRow = () => select('table.tablebody > tbody > tr');
const bodyCells = () => (bodyRow() ? selectAll(bodyRow(), '> td') : []);
const isEmptyPart = (selector) => select(selector)?.children.length === 0;
const endedCall = () => performance.getEntriesByType('resource')
  .findLast((entry) => calls.some((call) => entry.name.startsWith(call)));
const navigation = () => performance.getEntriesByType('navigation')[0];
/** Milliseconds since the load event; below zero before it. */
const sinceLoad = () => {
  const loaded = navigation()?.loadEventEnd;
  return loaded ? performance.now() - loaded : -1;
};

// ---- what the page shows ----------------------------------------------------------------------

/** The state the page is in, or nothing while it is still on its way. */
function settledState() {
  if (['chrome-error:', 'about:'].includes(location.protocol)) {
    return isBlankStart() ? undefined : { state: 'unreachable' };
  }
  const status = navigation()?.responseStatus;
  if (status >= 400) return { state: 'refused', status };
  if (location.pathname !== path) return { state: 'left' };
  const notice = select('.tablehead > .empty');
  if (notice) return withAnswer(() => ({ state: 'notice', text: notice.textContent }));
  if (bodyCells().length >= 7) return withAnswer(() => ({ state: 'drawn', ...readTable() }));
  return unseen ? undefined : otherDocument();
}

/** The blank page a session rests on: the navigation has not begun yet. */
const isBlankStart = () => location.href.startsWith('about:blank');

/** A document that has loaded and is not the timetable's page, or does nothing to become it. */
function otherDocument() {
  if (sinceLoad() >= WHOLE_AFTER_LOAD) {
    if (!document.getElementById('container')) return { state: 'foreign', missing: 'container' };
    if (!select('.tablebody')) return { state: 'foreign', missing: 'tablebody' };
  }
  const isIdle = isRecorded && recorded.begun === 0 && !endedCall();
  if (isIdle && sinceLoad() >= CALLED_AFTER_LOAD) return scriptFailure() ?? { state: 'idle' };
}

/** What became of a script of the site's own that did not arrive, without which nothing is drawn. */
function scriptFailure() {
  const isOurs = ({ name, initiatorType }) =>
    initiatorType === 'script' && new URL(name).origin === location.origin;
  const statuses = performance.getEntriesByType('resource').filter(isOurs).map((entry) => entry.responseStatus);
  const status = statuses.find((status) => status === 0 || status >= 400);
  if (status === 0) return { state: 'unreachable' };
  if (status) return { state: 'refused', status };
}

/** The state of a page that drew nothing, once there is no more to wait for. */
function undrawnState() {
  const entry = endedCall();
  const bothEmpty = isEmptyPart('div.tablehead') && isEmptyPart('div.tablebody');
  if (document.readyState === 'loading' || isBlankStart() || isCallOpen()) return { state: 'waiting' };
  if (!bothEmpty) return { state: 'unfamiliar' };
  return entry ? { state: 'silent', status: entry.responseStatus ?? 0 } : { state: 'waiting' };
}

// ---- the answer that the page draws from --------------------------------------------------------

const isCallOpen = () => recorded.begun > recorded.answers.length;
let mayAskAgain = false;

/** A state that is told once the answer behind it is there: recorded, or asked for once more. */
function withAnswer(state) {
  const answer = recorded.answers.at(-1);
  if (answer) return isRecorded ? state() : { ...state(), answer };
  if (recorded.begun === 0 && !mayAskAgain) {
    mayAskAgain = true;
    setTimeout(askAgain, RECORDED_AFTER_DRAWING);
  }
}

/** The page's own call, made once more from inside the page: the same form to the same address. */
async function askAgain() {
  if (recorded.begun > 0) return;
  recorded.begun = 1;
  const answer = await ownAnswer().catch(() => ({ status: 0, content_type: null, body: null }));
  // The recorder has it already where it runs in this document.
  if (recorded.answers.length === 0) recorded.answers.push(answer);
  recorded.begun = recorded.answers.length;
  look();
}

async function ownAnswer() {
  const form = { method: 'POST', body: new URLSearchParams(fields), credentials: 'include' };
  const response = await fetch(calls[0], form);
  const body = await boundedText(response);
  return { status: response.status, content_type: response.headers.get('content-type'), body };
}

async function boundedText(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done: ended, value } = await reader.read();
    if (ended) return text;
    text += value;
    if (text.length > LONGEST_ANSWER) {
      reader.cancel();
      return null;
    }
  }
}

// ---- the table --------------------------------------------------------------------------------

function readTable() {
  const row = bodyRow();
  const axis = selectAll(row, '> th .times > .time');
  const origin = axis[0]?.getBoundingClientRect().top ?? 0;
  const cells = bodyCells();
  return {
    axis: axis.map((time) => readAxisRow(time, origin)),
    row_height: row.getBoundingClientRect().height,
    columns: readColumns(cells),
    grids: cells.filter((cell) => !isHidden(cell)).map(readGrid),
    blocks: cells.flatMap((cell, column) =>
      selectAll(cell, '> .cols > .subject').map((subject) => readBlock(subject, column, origin))),
    untimed: selectAll(select('div.tablebody'), '> .nontimes > .subject')
      .map((subject) => textOf(subject, '.name')),
    unknown_parts: countUnknownParts(cells),
  };
}

function readAxisRow(time, origin) {
  const { top, height } = time.getBoundingClientRect();
  return { top: top - origin, height, label: time.textContent };
}

function readColumns(cells) {
  const headers = selectAll(select('table.tablehead'), '> tbody > tr > td');
  // A header too many or too few shows as a column without a label.
  return Array.from({ length: Math.max(cells.length, headers.length) }, (_, index) => {
    const [header, cell] = [headers[index], cells[index]];
    const box = cell?.getBoundingClientRect();
    return {
      label: header?.textContent ?? '',
      header_left: header?.getBoundingClientRect().left ?? 0,
      header_hidden: header ? isHidden(header) : true,
      left: box?.left ?? 0,
      width: box?.width ?? 0,
      hidden: cell ? isHidden(cell) : true,
    };
  });
}

function readGrid(cell) {
  const rows = selectAll(cell, '> .grids > .grid');
  if (rows.length === 0) return { rows: 0, height: 0 };
  const [first, last] = [rows[0], rows.at(-1)].map((grid) => grid.getBoundingClientRect());
  return { rows: rows.length, height: last.bottom - first.top };
}

function readBlock(subject, column, origin) {
  const box = subject.getBoundingClientRect();
  return {
    column,
    top: pixels(subject, 'top'),
    height: pixels(subject, 'height'),
    box_top: box.top - origin,
    box_height: box.height,
    box_left: box.left,
    box_width: box.width,
    name: subject.querySelector('h3')?.textContent,
  };
}

/** The page's own figure; the computed one, which padding can stretch, only where there is none. */
const pixels = (element, property) =>
  parseFloat(element.style[property] || getComputedStyle(element)[property]);

/** Parts under a name we do not know, where a class may hide. */
function countUnknownParts(cells) {
  const count = (elements, known) => elements.filter((element) => !element.matches(known)).length;
  const children = (selector) => cells.flatMap((cell) => selectAll(cell, selector));
  const lacksColumn = cells.filter((cell) => selectAll(cell, '> .cols').length !== 1).length;
  const beside = selectAll(select('div.tablebody'), '> *')
    .filter((element) => element.textContent.trim() !== '');
  return lacksColumn + count(children('> *'), '.cols, .grids') +
    count(children('> .cols > *'), '.subject') + count(beside, 'table.tablebody, .nontimes') +
    count(selectAll(select('div.tablebody'), '> .nontimes > *'), '.subject');
}

// ---- the wait ---------------------------------------------------------------------------------

let answered = false;
let resized = false;

function answer(reading) {
  if (answered) return;
  answered = true;
  mutations.disconnect();
  resources.disconnect();
  recorded.tell = undefined;
  removeEventListener('resize', onResize, true);
  done(reading);
}

function read() {
  try {
    return settledState();
  } catch {
    // A part the table must have is not there.
    return { state: 'unfamiliar' };
  }
}

function look() {
  const reading = resized ? undefined : read();
  if (reading) answer(reading);
}

// The page draws itself again after a resize: a reading in between mixes two scales. So after one,
// wait until two readings in a row, a few frames apart, are the same.
function onResize() {
  if (!resized) settle(undefined);
  resized = true;
}

function settle(previous) {
  setTimeout(() => {
    const reading = read();
    const written = reading && JSON.stringify(reading);
    if (reading && written === previous) answer(reading);
    else if (!answered) settle(written);
  }, 100);
}

function giveUp() {
  look();
  answer(resized ? { state: 'unfamiliar' } : undrawnState());
}

const mutations = new MutationObserver(look);
const resources = new PerformanceObserver(() => {
  if (endedCall() && !resized && !unseen) setTimeout(giveUp, DRAWN_AFTER_CALL);
});

/** Looks once the load event is this many milliseconds past. */
function lookAfterLoad(delay) {
  if (sinceLoad() < 0) addEventListener('load', () => setTimeout(() => lookAfterLoad(delay), 0), { once: true });
  else setTimeout(look, Math.max(0, delay - sinceLoad()) + 1);
}

function begin() {
  mutations.observe(document, { subtree: true, childList: true, attributes: true });
  resources.observe({ type: 'resource', buffered: true });
  addEventListener('resize', onResize, true);
  recorded.tell = look;
  if (!unseen) [WHOLE_AFTER_LOAD, CALLED_AFTER_LOAD].forEach(lookAfterLoad);
  setTimeout(giveUp, Math.max(0, budget - MARGIN - (again ? PAUSE : 0)));
  look();
}

if (again) setTimeout(begin, PAUSE);
else begin();
