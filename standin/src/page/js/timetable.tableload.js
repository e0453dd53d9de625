// Draws the week: first the frame, then class by class. After each class the whole table is laid out
// again, as in the site's script. Deviations are in drift.js and misbehave.js, which are loaded only for
// fixtures that have them.

var timetable = (function () {
  const WEEKDAYS = ['월', '화', '수', '목', '금', '토', '일'];
  const SATURDAY = 5;
  const SUNDAY = 6;
  const UNITS_PER_HOUR = 12; // the API counts in 5 minutes
  const FIRST_VISIBLE_HOUR = 9;
  const MOST_SUBJECTS = 30;
  const PERIOD_MINUTES = 75;

  const wide = matchMedia('(max-width: 640px), (min-width: 1367px)');

  /** What a fixture may change. Lengths are CSS pixels, `scale` is pixels an hour. */
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
    /** A promise to wait for before the answer is handled, if any. */
    ready: () => {},
    /** Adds each subject, then reports the end. */
    addEach: (subjects, add, end) => { subjects.forEach(add); end(); },
    redraw: (place) => place(),
    /** After each layout. */
    finish: () => {},
    /** After the layout that follows the last class. */
    complete: () => {},
  };

  // ---- the answer -----------------------------------------------------------------------------

  const value = ($node, name) => $node.children(name).attr('value') || '';
  const number = ($node, name) => Number($node.attr(name));

  function readSubject(node) {
    const $subject = $(node);
    const place = value($subject, 'place');
    return {
      id: $subject.attr('id'),
      credit: Number(value($subject, 'credit')),
      name: value($subject, 'name'),
      professor: value($subject, 'professor'),
      place,
      meetings: $subject.children('time').children('data').get().map((data) => readMeeting($(data), place)),
    };
  }

  function readMeeting($data, place) {
    return {
      day: number($data, 'day'),
      start: number($data, 'starttime'),
      end: number($data, 'endtime'),
      place: $.trim($data.attr('place')) || place,
    };
  }

  // ---- the frame ------------------------------------------------------------------------------

  /** What is drawn, so that a resize can lay it out again without another call or alert. */
  let drawn = null;

  function draw($subjects) {
    drawFrame();
    place();
    layout.addEach($subjects.get().map(readSubject), add, () => layout.complete(drawn, layout.scale(), place));
  }

  function drawFrame() {
    const columns = layout.bodyColumns.map((day) => ({ day, cols: element('div', 'cols') }));
    const table = element('table', 'tablebody', element('tbody', '', bodyRow(columns)));
    const nontimes = element('div', 'nontimes');
    part('tablehead').empty().append(element('table', 'tablehead', element('tbody', '', headRow())));
    part('tablebody').empty().append(table, nontimes);
    drawn = { table, columns, nontimes, blocks: [], accepted: [] };
  }

  /** Hours on one side; with school periods these on the other. */
  function sides(hours, periods) {
    const by = { none: [[hours()], []], left: [[periods()], [hours()]], right: [[hours()], [periods()]] };
    return by[_standIn.periods || 'none'];
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
    if (_standIn.axis === 'half_hour') return `${String(shifted).padStart(2, '0')}:${hour % 1 ? '30' : '00'}`;
    return shifted < 12 ? `오전 ${shifted}시` : `오후 ${shifted === 12 ? 12 : shifted - 12}시`;
  });

  function rows(listName, rowName, label) {
    const half = _standIn.axis === 'half_hour';
    const hours = Array.from({ length: half ? 48 : 24 }, (_, row) => (half ? row / 2 : row));
    const made = hours.map((hour) => element('div', half ? `${rowName} small` : rowName, label(hour)));
    return element('div', listName, ...made);
  }

  function periodAxis() {
    const count = ((24 - FIRST_VISIBLE_HOUR) * 60) / PERIOD_MINUTES;
    return element('div', 'hours', ..._.range(1, count + 1).map((n) => element('div', 'hour', `${n}교시`)));
  }

  // ---- subjects -------------------------------------------------------------------------------

  function add(subject) {
    const refused = refusal(subject);
    if (refused) return alert(refused);
    drawn.accepted.push(subject);
    if (subject.meetings.length === 0) drawn.nontimes.append(untimed(subject));
    const color = ((drawn.accepted.length - 1) % MOST_SUBJECTS) + 1;
    subject.meetings.forEach((meeting) => drawBlock(subject, meeting, color));
    place();
  }

  function refusal(subject) {
    const { accepted } = drawn;
    if (accepted.length >= MOST_SUBJECTS) return '30개 이상 수업을 추가할 수 없습니다.';
    if (_.some(accepted, ({ id }) => id === subject.id)) return '이미 추가한 수업입니다.';
    const taken = _.flatten(_.pluck(accepted, 'meetings'), true);
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
    const column = _.findWhere(drawn.columns, { day: meeting.day });
    if (column) $(block).appendTo(column.cols);
    drawn.blocks.push({ block, meeting });
    if (_standIn.jquery !== false) $(block).data(layout.values(subject, meeting, drawn.blocks.length - 1));
  }

  // ---- geometry -------------------------------------------------------------------------------

  function place() {
    const scale = layout.scale();
    showColumns();
    sizeColumns();
    drawn.blocks.forEach(({ block, meeting }) => {
      $(block).css({ height: layout.height(meeting, scale), top: layout.top(meeting, scale) });
    });
    sizePeriods(scale);
    $(drawn.table).css('margin-top', -(scale * firstHour() + 2));
    layout.finish(drawn, scale);
  }

  const firstHour = () =>
    Math.min(FIRST_VISIBLE_HOUR, ...drawn.blocks.map(({ meeting }) => Math.floor(meeting.start / UNITS_PER_HOUR)));

  const cells = (name) => part(name).find('td').get();

  function showColumns() {
    const days = new Set(drawn.blocks.map(({ meeting }) => meeting.day));
    const show = (cell, day) => {
      if (day >= SATURDAY) $(cell).css('display', layout.shows(day, days) ? 'table-cell' : 'none');
    };
    cells('tablehead').forEach((cell, index) => show(cell, layout.headColumns[index]));
    cells('tablebody').forEach((cell, index) => show(cell, layout.bodyColumns[index]));
  }

  function sizeColumns() {
    const wrap = part('tablebody').get(0).clientWidth;
    const axes = $(drawn.table).find('th').get().reduce((sum, th) => sum + th.offsetWidth, 0);
    const shown = cells('tablebody').filter((cell) => cell.style.display !== 'none').length;
    const width = Math.floor((wrap - axes) / shown);
    find('#container').get(0).style.setProperty('--column', `${width}px`);
    drawn.columns.forEach(({ cols }) => $(cols).css('width', width - 1));
  }

  function sizePeriods(scale) {
    for (const list of drawn.table.querySelectorAll(`.${layout.named('hours')}`)) {
      $(list).css('padding-top', scale * FIRST_VISIBLE_HOUR);
      $(list).children().css('height', (scale * PERIOD_MINUTES) / 60);
    }
  }

  // ---- start ----------------------------------------------------------------------------------

  function start() {
    if (_standIn.drift) deviate(layout, _standIn.drift);
    $(window).on('resize', () => drawn && layout.redraw(place));
    // A misbehaving page draws when its promise settles; most never do.
    if (_standIn.misbehave) misbehave(_standIn, layout).then(friendFind.start);
    else friendFind.start();
  }

  $(start);
  return { layout, draw };
})();
