// A fault as a person would say it: what happened, what to do, and a way to try again.

import { make } from './dom.js';
import { words } from './words.js';

/** Title and advice of a fault; of one that has no words of its own, those of our own fault. */
export function wordsOf(fault) {
  const { faults } = words();
  const [title, advice, steps = []] = faults[fault.code] ?? faults.internal;
  return { title, advice: fault.seconds > 0 ? words().againIn(fault.seconds) : advice, steps };
}

/** A card for a fault, with the `name` of whose it is where there are several. */
export function drawFault(fault, name) {
  const { title, advice, steps } = wordsOf(fault);
  return make(
    'div',
    { class: 'fault', 'data-code': fault.code },
    name ? make('p', { class: 'whose' }, name) : null,
    make('h3', {}, title),
    make('p', {}, advice),
    steps.length ? instructions(steps, Boolean(name)) : null,
  );
}

/** Folded where there are other things to see. */
function instructions(steps, folded) {
  const list = make('ol', {}, ...steps.map((step) => make('li', {}, step)));
  return folded ? make('details', {}, make('summary', {}, words().howTo), list) : list;
}
