// A table whose cells hold a button each: one stop for the Tab key, and the other keys go on from there.

/** Rows and columns that an arrow goes. */
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** Makes the buttons of `table` reachable by key. */
export function reachable(table) {
  table.querySelector('td button')?.setAttribute('tabindex', '0');
  table.addEventListener('keydown', move);
  table.addEventListener('focusin', (event) => stay(table, event.target));
}

function stay(table, target) {
  if (!target.closest('td')) return;
  for (const button of table.querySelectorAll('td button')) button.tabIndex = button === target ? 0 : -1;
}

function move(event) {
  const here = event.target.closest('td');
  const there = here && target(here, event);
  if (!there) return;
  event.preventDefault();
  there.querySelector('button').focus();
}

/** Home and End go to the ends of the row, with Ctrl to the first and the last cell of all. */
function target(here, { key, ctrlKey, metaKey }) {
  const row = here.parentElement;
  const { rows } = row.parentElement;
  if (key === 'Home') return cells(ctrlKey || metaKey ? rows[0] : row).at(0);
  if (key === 'End') return cells(ctrlKey || metaKey ? rows[rows.length - 1] : row).at(-1);
  const [down, right] = ARROWS[key] ?? [];
  if (down === undefined) return null;
  const column = cells(row).indexOf(here) + right;
  const next = rows[row.sectionRowIndex + down];
  return next && column >= 0 ? cells(next)[column] : null;
}

function cells(row) {
  return [...row.querySelectorAll('td')];
}
