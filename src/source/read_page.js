// Body of a W3C asynchronous script: waits inside the page until it shows one of its known states,
// then reads everything in one synchronous go, so that scale and blocks belong together.
//
// arguments: path of the timetable ("/@…"), address of the page's own call, milliseconds left (set
// by the fleet), callback. Answers one object with a `state`, as timetable/reading.rs describes;
// never null, which is how a driver reports an alert.
const [path, call, budget, done] = arguments;
// Said by the fleet: nobody sees the page yet. What is not drawn then may still be.
const { unseen } = this;

// After the call has ended the page draws in the same turn of its event loop; what is not drawn
// this much later (ms) is not drawn at all.
const DRAWN_AFTER_CALL = 300;
// The answer must leave before the fleet's own limit (ms).
const MARGIN = 50;

const select = (selector) => document.querySelector(`#container ${selector}`);
const selectAll = (root, selector) => [...(root?.querySelectorAll(`:scope ${selector}`) ?? [])];
const textOf = (root, selector) => root?.querySelector(selector)?.textContent ?? '';
const isHidden = (element) => getComputedStyle(element).display === 'none';

const bodyRow = () => select('table.tablebody > tbody > tr');
const bodyCells = () => (bodyRow() ? selectAll(bodyRow(), '> td') : []);
const isEmptyPart = (selector) => select(selector)?.children.length === 0;
const endedCall = () =>
  performance.getEntriesByType('resource').findLast((entry) => entry.name.startsWith(call));

// ---- what the page shows ----------------------------------------------------------------------

/** The state the page is in, or nothing while it is still on its way. */
function settledState() {
  if (['chrome-error:', 'about:'].includes(location.protocol)) {
    return isBlankStart() ? undefined : { state: 'unreachable' };
  }
  const [navigation] = performance.getEntriesByType('navigation');
  if (navigation?.responseStatus >= 400) return { state: 'refused', status: navigation.responseStatus };
  if (location.pathname !== path) return { state: 'left' };
  const notice = select('.tablehead > .empty');
  if (notice) return { state: 'notice', text: notice.textContent };
  if (bodyCells().length >= 7) return { state: 'drawn', ...readTable() };
}

/** The blank page a session rests on: the navigation has not begun yet. */
const isBlankStart = () => location.href.startsWith('about:blank');

/** The state of a page that drew nothing, once there is no more to wait for. */
function undrawnState() {
  const entry = endedCall();
  const bothEmpty = isEmptyPart('div.tablehead') && isEmptyPart('div.tablebody');
  if (document.readyState === 'loading' || isBlankStart()) return { state: 'waiting' };
  if (!bothEmpty) return { state: 'unfamiliar' };
  return entry ? { state: 'silent', status: entry.responseStatus ?? 0 } : { state: 'waiting' };
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
    untimed: selectAll(select('div.tablebody'), '> .nontimes > .subject').map((subject) => ({
      name: textOf(subject, '.name'), place: textOf(subject, '.place'),
    })),
    menu: selectAll(select('aside'), '.menu li').map(readMenuEntry),
    owned: textOf(select('aside'), '.title h1').trim() !== '',
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
  const color = [...subject.classList].map((name) => /^color(\d{1,2})$/.exec(name)?.[1]).find(Boolean);
  return {
    column,
    top: pixels(subject, 'top'),
    height: pixels(subject, 'height'),
    box_top: box.top - origin,
    box_height: box.height,
    box_left: box.left,
    box_width: box.width,
    name: subject.querySelector('h3')?.textContent,
    professor: textOf(subject, 'p > em'),
    place: textOf(subject, 'p > span'),
    color: color && Number(color),
    data: readData(subject),
  };
}

/** The page's own figure; the computed one, which padding can stretch, only where there is none. */
const pixels = (element, property) =>
  parseFloat(element.style[property] || getComputedStyle(element)[property]);

/** The values the page drew the class from, kept by its jQuery if it has one. */
function readData(subject) {
  const data = typeof jQuery === 'function' ? jQuery(subject).data?.() : undefined;
  if (data?.startTime === undefined || data?.endTime === undefined) return undefined;
  return { day: Number(data.day), start: Number(data.startTime), end: Number(data.endTime) };
}

function readMenuEntry(entry) {
  return {
    label: entry.textContent,
    href: entry.querySelector('a')?.getAttribute('href') ?? '',
    active: entry.classList.contains('active'),
  };
}

/** Parts under a name we do not know, where a class or a semester may hide. */
function countUnknownParts(cells) {
  const count = (elements, known) => elements.filter((element) => !element.matches(known)).length;
  const children = (selector) => cells.flatMap((cell) => selectAll(cell, selector));
  const lacksColumn = cells.filter((cell) => selectAll(cell, '> .cols').length !== 1).length;
  const beside = selectAll(select('div.tablebody'), '> *')
    .filter((element) => element.textContent.trim() !== '');
  const lacksMenu = select('aside') && !select('aside .menu') ? 1 : 0;
  return lacksColumn + lacksMenu + count(children('> *'), '.cols, .grids') +
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

// The page draws anew after a resize: a reading taken in between mixes two scales. So after one,
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
mutations.observe(document, { subtree: true, childList: true, attributes: true });
const resources = new PerformanceObserver(() => {
  if (endedCall() && !resized && !unseen) setTimeout(giveUp, DRAWN_AFTER_CALL);
});
resources.observe({ type: 'resource', buffered: true });
addEventListener('resize', onResize, true);
setTimeout(giveUp, Math.max(0, budget - MARGIN));
look();
