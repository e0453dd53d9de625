// Deviations from the known page. Each changes the layout of timetable.tableload.js.

const SUNDAY_FIRST = [6, 0, 1, 2, 3, 4, 5];
const HALF_AN_HOUR = 6; // in units of 5 minutes
const BLOCKS_LAG_MS = 150;

const root = document.documentElement;
const pixels = (length) => `${length}px`;

/** Adds a step to one of the layout's own: `finish` or `complete`. */
function addStep(layout, to, step) {
  const before = layout[to];
  layout[to] = (...all) => { before(...all); step(...all); };
}

const atTheEnd = (layout, step) => addStep(layout, 'finish', step);

const deviations = {
  scale(layout, scale) {
    root.style.setProperty('--hour', pixels(scale));
    layout.scale = () => scale;
  },
  axis_scale: (_, scale) => root.style.setProperty('--axis-hour', pixels(scale)),
  grid_scale: (_, scale) => root.style.setProperty('--grid-hour', pixels(scale)),
  border(layout, border) {
    const { height } = layout;
    layout.height = (...all) => height(...all) - 1 + border;
  },
  extra_column(layout, where) {
    const add = (days) => (where === 'front' ? [null, ...days] : [...days, null]);
    layout.headColumns = add(layout.headColumns);
    layout.bodyColumns = add(layout.bodyColumns);
  },
  columns_reordered(layout, order) {
    const other = order === 'reversed' ? [6, 5, 4, 3, 2, 1, 0] : SUNDAY_FIRST;
    if (order !== 'body') layout.headColumns = other;
    if (order !== 'labels') layout.bodyColumns = other;
  },
  renamed(layout, names) {
    const rename = (name) => (names.includes(name) ? `${name}-v2` : name);
    layout.named = rename;
    if (names.includes('h3')) layout.nameTag = 'h4';
    renameStyle(rename);
    renameMarkup(rename);
  },
  block_across_columns: (layout) => atTheEnd(layout, ({ blocks: [first], columns }) => {
    if (first) first.block.style.width = pixels(2 * columns[0].cols.offsetWidth + 1);
  }),
  fractional(layout, extra) {
    const { top, height } = layout;
    layout.top = (...all) => top(...all) + extra;
    layout.height = (...all) => height(...all) + extra;
  },
  zoom: (_, factor) => { document.body.style.zoom = factor; },
  rtl: () => { root.dir = 'rtl'; },
  viewport_change(layout) {
    let changed = false;
    addStep(layout, 'complete', (_, scale, place) => {
      if (changed) return;
      changed = true;
      const other = scale === 50 ? 60 : 50;
      deviations.scale(layout, other);
      layout.redraw = () => setTimeout(place, BLOCKS_LAG_MS);
      // After the drawing, like the browser's own event.
      queueMicrotask(() => dispatchEvent(new Event('resize')));
    });
  },
  data_disagrees(layout, reading) {
    if (reading === 'pixels') return atTheEnd(layout, lowerFirstBlock);
    const { values } = layout;
    layout.values = (subject, meeting, index) => {
      const later = index === 0 ? HALF_AN_HOUR : 0;
      return values(subject, { ...meeting, start: meeting.start + later, end: meeting.end + later });
    };
  },
  hidden_class_column(layout) { layout.shows = () => false; },
  beyond_midnight: (layout) => atTheEnd(layout, ({ blocks }, scale) => {
    const last = blocks.at(-1);
    if (last) last.block.style.top = pixels(23.5 * scale);
  }),
  axis_label_shift(layout, hours) { layout.axisShift = hours; },
  waits_for(layout, what) { layout.ready = waits[what]; },
  drawing(layout, way) {
    const [name, setting] = typeof way === 'string' ? [way] : Object.entries(way)[0];
    layout.addEach = (subjects, add, end) => drawings[name](subjects, add, end, setting);
  },
};

/** Ways of drawing the classes after the frame. */
const drawings = {
  late(subjects, add, end, delay) {
    setTimeout(() => { subjects.forEach(add); end(); }, delay);
  },
  bit_by_bit: (subjects, add, end, delay) => inSteps(subjects, add, end, (next) => setTimeout(next, delay)),
  frames(subjects, add, end) {
    requestAnimationFrame(() => inSteps(subjects, add, end, requestAnimationFrame));
  },
  throws_at(subjects, add, end, index) {
    subjects.forEach((subject, at) => {
      if (at === index) throw new Error(`class ${at} cannot be drawn`);
      add(subject);
    });
    end();
  },
};

/** Adds the first class now, and one more at each step. */
function inSteps([first, ...others], add, end, wait) {
  if (first) add(first);
  if (others.length > 0) wait(() => inSteps(others, add, end, wait));
  else end();
}

const waits = {
  frame: () => new Promise(requestAnimationFrame),
  sight: () => document.hidden && new Promise((seen) => {
    document.addEventListener('visibilitychange', seen, { once: true });
  }),
};

function lowerFirstBlock({ blocks: [first] }, scale) {
  if (first) first.block.style.top = pixels(parseFloat(first.block.style.top) + scale / 2);
}

/** Rules follow the renamed classes, so that only the names deviate and not the look. */
function renameStyle(rename) {
  const visit = (rule) => {
    if (rule.selectorText) {
      rule.selectorText = rule.selectorText.replace(/([#.])([a-z]+)\b/g, (_, sign, name) => sign + rename(name));
    }
    [...(rule.cssRules ?? [])].forEach(visit);
  };
  [...document.styleSheets].forEach((sheet) => [...sheet.cssRules].forEach(visit));
}

/** Renames the parts that the server sent. */
function renameMarkup(rename) {
  for (const node of document.querySelectorAll('body [class], body [id]')) {
    if (node.className) node.className = node.className.split(' ').map(rename).join(' ');
    if (node.id) node.id = rename(node.id);
  }
}

function deviate(layout, drift) {
  const off = (setting) => setting === null || setting === false || setting.length === 0;
  for (const [name, setting] of Object.entries(drift)) {
    if (!off(setting)) deviations[name](layout, setting);
  }
}
