// Asks the API for the table the address names and draws it, all of it in one task.
// Deviations live in drift.js and misbehave.js, loaded only by the cases that ask for them.

const WEEKDAYS = ['월', '화', '수', '목', '금', '토', '일'];
const SATURDAY = 5;
const SUNDAY = 6;
const UNITS_PER_HOUR = 12; // the API counts in 5 minutes
const FIRST_VISIBLE_HOUR = 9;
const MOST_SUBJECTS = 30;
const PERIOD_MINUTES = 75;

const options = JSON.parse(document.getElementById('layout').textContent);
const wide = matchMedia('(max-width: 640px), (min-width: 1367px)');

/** What a case may change. Lengths are CSS pixels, `scale` is pixels an hour. */
const layout = {
  scale: () => (wide.matches ? 60 : 50),
  top: ({ start }, scale) =>
    scale * Math.floor(start / UNITS_PER_HOUR)
    + Math.floor((scale * (start % UNITS_PER_HOUR)) / UNITS_PER_HOUR),
  height: ({ start, end }, scale) => Math.floor((scale * (end - start)) / UNITS_PER_HOUR + 0.5) + 1,
  headColumns: [0, 1, 2, 3, 4, 5, 6],
  bodyColumns: [0, 1, 2, 3, 4, 5, 6],
  shows: (day, days) => day < SATURDAY || days.has(SUNDAY) || (day === SATURDAY && days.has(SATURDAY)),
  axisShift: 0,
  named: (name) => name,
  nameTag: 'h3',
  values: (subject, meeting) => ({
    id: subject.id, credit: subject.credit, day: meeting.day, startTime: meeting.start, endTime: meeting.end,
  }),
  ready: () => {},
  redraw: (place) => place(),
  finish: () => {},
};

const find = (selector) => document.querySelector(selector.replace(/([#.])([a-z]+)/g, (_, sign, name) => sign + layout.named(name)));
const part = (name) => find(`#container .wrap > .${name}`);

function element(tag, names = '', ...children) {
  const made = document.createElement(tag);
  if (names) made.className = names.split(' ').map(layout.named).join(' ');
  made.append(...children);
  return made;
}

// ---- the answer -------------------------------------------------------------------------------

const identifierOf = (path) => decodeURIComponent(path.replace('/@', ''));

async function ask(identifier) {
  const response = await fetch(`${options.api ?? ''}/find/timetable/table/friend`, {
    method: 'POST',
    credentials: 'include',
    body: new URLSearchParams({ identifier, friendInfo: 'true' }),
  });
  return response.ok ? response.text() : '';
}

function parse(text) {
  const root = new DOMParser().parseFromString(text, 'application/xml').documentElement;
  return root?.nodeName === 'response' ? root : null;
}

const value = (parent, name) => parent.querySelector(`:scope > ${name}`)?.getAttribute('value') ?? '';
const number = (node, name) => Number(node.getAttribute(name));

function readSubject(node) {
  const place = value(node, 'place');
  const meetings = [...node.querySelectorAll(':scope > time > data')].map((data) => ({
    day: number(data, 'day'),
    start: number(data, 'starttime'),
    end: number(data, 'endtime'),
    place: data.getAttribute('place')?.trim() || place,
  }));
  return {
    id: node.getAttribute('id'),
    credit: Number(value(node, 'credit')),
    name: value(node, 'name'),
    professor: value(node, 'professor'),
    place,
    meetings,
  };
}

function semesterLabel(node) {
  // "1", "2", "여름" and "겨울" read alike: 2학기, 여름학기.
  return `${node.getAttribute('year')}년 ${node.getAttribute('semester')}학기`;
}

// ---- what the answer leads to ------------------------------------------------------------------

function show(answer) {
  const table = answer.querySelector(':scope > table');
  if (table) return showTable(answer, table);
  const code = answer.textContent.trim();
  if (code === '-1') {
    alert('존재하지 않는 시간표입니다.');
    location.href = '/';
  } else if (code === '-2') {
    drawTable([]);
  }
}

function showTable(answer, table) {
  drawMenu(answer, table);
  const status = table.getAttribute('status');
  if (status === '-2') drawEmpty('공개되지 않은 시간표입니다');
  if (status === '-1') drawEmpty(`${semesterLabel(table)} 시간표가 없습니다`);
  if (status === '1') drawTable([...table.querySelectorAll(':scope > subject')].map(readSubject));
}

function drawMenu(answer, table) {
  find('aside h1').textContent = answer.querySelector(':scope > user')?.getAttribute('name') ?? '';
  const own = table.getAttribute('identifier');
  const entries = [...answer.querySelectorAll(':scope > primaryTables > primaryTable')];
  find('aside ol').replaceChildren(...entries.map((entry) => menuEntry(entry, own)));
}

function menuEntry(entry, own) {
  const identifier = entry.getAttribute('identifier');
  const link = element('a', '', semesterLabel(entry));
  link.setAttribute('href', `/@${identifier}`);
  return element('li', identifier === own ? 'active' : '', link);
}

function drawEmpty(sentence) {
  part('tablehead').replaceChildren(element('div', 'empty', element('p', '', sentence)));
}

// ---- the table ---------------------------------------------------------------------------------

/** What is drawn, so that a resize can lay it out again without asking or alerting anew. */
let drawn = null;
const valuesOf = new WeakMap();

function drawTable(subjects) {
  const columns = layout.bodyColumns.map((day) => ({ day, cols: element('div', 'cols') }));
  const table = element('table', 'tablebody', element('tbody', '', bodyRow(columns)));
  const nontimes = element('div', 'nontimes');
  part('tablehead').replaceChildren(element('table', 'tablehead', element('tbody', '', headRow())));
  part('tablebody').replaceChildren(table, nontimes);
  drawn = { table, columns, nontimes, blocks: [], accepted: [] };
  subjects.forEach(take);
  place();
}

/** Hours on one side; with school periods these on the other. */
function sides(hours, periods) {
  return { none: [[hours()], []], left: [[periods()], [hours()]], right: [[hours()], [periods()]] }[options.periods ?? 'none'];
}

function headRow() {
  const [left, right] = sides(() => element('th'), () => element('th'));
  const cells = layout.headColumns.map((day) => element('td', '', WEEKDAYS[day] ?? '비고'));
  return element('tr', '', ...left, ...cells, ...right);
}

function bodyRow(columns) {
  const [left, right] = sides(() => element('th', '', hourAxis()), () => element('th', '', periodAxis()));
  const cells = columns.map(({ cols }) => element('td', '', cols, rows('grids', 'grid', () => '')));
  return element('tr', '', ...left, ...cells, ...right);
}

const hourAxis = () => rows('times', 'time', (hour) => {
  const shifted = (Math.floor(hour) + layout.axisShift + 24) % 24;
  if (options.axis === 'half_hour') return `${String(shifted).padStart(2, '0')}:${hour % 1 ? '30' : '00'}`;
  return shifted < 12 ? `오전 ${shifted}시` : `오후 ${shifted === 12 ? 12 : shifted - 12}시`;
});

function rows(listName, rowName, label) {
  const half = options.axis === 'half_hour';
  const hours = Array.from({ length: half ? 48 : 24 }, (_, row) => (half ? row / 2 : row));
  const made = hours.map((hour) => element('div', half ? `${rowName} small` : rowName, label(hour)));
  return element('div', listName, ...made);
}

function periodAxis() {
  const count = ((24 - FIRST_VISIBLE_HOUR) * 60) / PERIOD_MINUTES;
  return element('div', 'hours', ...Array.from({ length: count }, (_, index) => element('div', 'hour', `${index + 1}교시`)));
}

// ---- subjects ----------------------------------------------------------------------------------

function take(subject) {
  const refused = refusal(subject);
  if (refused) return alert(refused);
  drawn.accepted.push(subject);
  if (subject.meetings.length === 0) drawn.nontimes.append(untimed(subject));
  const color = ((drawn.accepted.length - 1) % MOST_SUBJECTS) + 1;
  subject.meetings.forEach((meeting) => drawBlock(subject, meeting, color));
}

function refusal(subject) {
  const { accepted } = drawn;
  if (accepted.length >= MOST_SUBJECTS) return '30개 이상 수업을 추가할 수 없습니다.';
  if (accepted.some(({ id }) => id === subject.id)) return '이미 추가한 수업입니다.';
  const taken = accepted.flatMap(({ meetings }) => meetings);
  const clash = subject.meetings.some((one) => taken.some((other) => overlap(one, other)));
  return clash ? `${subject.name} 수업과 같은 시간에 이미 수업이 있습니다` : null;
}

const overlap = (one, other) => one.day === other.day && one.start < other.end && other.start < one.end;

const untimed = (subject) =>
  element('div', 'subject', element('span', 'name', subject.name), element('span', 'place', subject.place));

function drawBlock(subject, meeting, color) {
  const lines = element('p', '', element('em', '', subject.professor), element('span', '', meeting.place));
  const name = element(layout.nameTag, '', subject.name);
  const block = element('div', `subject color${color}`, element('ul', 'status'), name, lines);
  drawn.columns.find(({ day }) => day === meeting.day)?.cols.append(block);
  drawn.blocks.push({ block, meeting });
  valuesOf.set(block, layout.values(subject, meeting, drawn.blocks.length - 1));
}

// ---- geometry ----------------------------------------------------------------------------------

function place() {
  const scale = layout.scale();
  showColumns();
  sizeColumns();
  for (const { block, meeting } of drawn.blocks) {
    block.style.height = `${layout.height(meeting, scale)}px`;
    block.style.top = `${layout.top(meeting, scale)}px`;
  }
  sizePeriods(scale);
  drawn.table.style.marginTop = `${-(scale * firstHour() + 2)}px`;
  layout.finish(drawn, scale, place);
}

const firstHour = () =>
  Math.min(FIRST_VISIBLE_HOUR, ...drawn.blocks.map(({ meeting }) => Math.floor(meeting.start / UNITS_PER_HOUR)));

const cells = (name) => [...part(name).querySelectorAll('td')];

function showColumns() {
  const days = new Set(drawn.blocks.map(({ meeting }) => meeting.day));
  const show = (cell, day) => {
    if (day >= SATURDAY) cell.style.display = layout.shows(day, days) ? 'table-cell' : 'none';
  };
  cells('tablehead').forEach((cell, index) => show(cell, layout.headColumns[index]));
  cells('tablebody').forEach((cell, index) => show(cell, layout.bodyColumns[index]));
}

function sizeColumns() {
  const wrap = part('tablebody').clientWidth;
  const axes = [...drawn.table.querySelectorAll('th')].reduce((sum, th) => sum + th.offsetWidth, 0);
  const shown = cells('tablebody').filter((cell) => cell.style.display !== 'none').length;
  const width = Math.floor((wrap - axes) / shown);
  find('#container').style.setProperty('--column', `${width}px`);
  drawn.columns.forEach(({ cols }) => { cols.style.width = `${width - 1}px`; });
}

function sizePeriods(scale) {
  for (const list of drawn.table.querySelectorAll(`.${layout.named('hours')}`)) {
    list.style.paddingTop = `${scale * FIRST_VISIBLE_HOUR}px`;
    for (const hour of list.children) hour.style.height = `${(scale * PERIOD_MINUTES) / 60}px`;
  }
}

// ---- start -------------------------------------------------------------------------------------

async function load(identifier) {
  const answer = parse(await ask(identifier));
  await layout.ready();
  if (answer) show(answer);
}

// Like the page it stands for, it says nothing when the call fails.
const begin = (loading) => loading.catch(() => {});

/** Another semester is drawn in place, without a navigation. */
function follow(event) {
  const link = event.target.closest('a');
  if (!link) return;
  event.preventDefault();
  begin(load(identifierOf(link.getAttribute('href'))));
}

async function start() {
  if (options.jquery !== false) window.jQuery = (node) => ({ data: () => ({ ...valuesOf.get(node) }) });
  if (options.drift) (await import('./drift.js')).deviate(layout, options.drift);
  if (options.misbehave) await (await import('./misbehave.js')).misbehave(options, layout);
  find('aside ol')?.addEventListener('click', follow);
  addEventListener('resize', () => drawn && layout.redraw(place));
  await load(identifierOf(location.pathname));
}

begin(start());
