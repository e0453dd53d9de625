// What somebody points at, taps or reaches by key, in full.

import { byId, make, withTimes } from './dom.js';
import { words } from './words.js';

const card = byId('detail');

/** Has `element` show what `lines` gives, the first of them as a heading, when it is looked at. */
export function explains(element, lines, color) {
  const show = () => draw(lines(), color);
  element.addEventListener('focus', show);
  element.addEventListener('click', show);
  element.addEventListener('pointerenter', (event) => event.pointerType === 'mouse' && show());
  return element;
}

/** Shows nothing; where there is room, `hint` stands in its place. */
export function clearDetail(hint) {
  card.hidden = false;
  card.className = 'card detail empty';
  card.replaceChildren(make('p', {}, hint ?? ''));
}

/** Closes it by its button, by Escape, and by a tap on nothing in particular. */
export function startDetail(hint) {
  addEventListener('keydown', (event) => event.key === 'Escape' && clearDetail(hint()));
  addEventListener('click', ({ target }) => {
    if (target.closest('.close') || !target.closest('button, .detail')) clearDetail(hint());
  });
}

function draw([title, ...lines], color) {
  card.className = color ? `card detail ${color}` : 'card detail';
  const close = make('button', { type: 'button', class: 'close', 'aria-label': words().closeDetail }, '×');
  const told = lines.filter(Boolean).map((line) => make('p', {}, ...withTimes(line)));
  card.replaceChildren(make('p', { class: 'title' }, title), ...told, close);
}
