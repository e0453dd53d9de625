// Different terms side by side: said plainly, with a way to read the same one of everyone.

import { make } from './dom.js';
import { nameOf, titleOf } from './people.js';
import { readable, state } from './state.js';
import { sharedTerms, termsOf } from './term.js';
import { words } from './words.js';

/** A notice with a button for each term that everyone has, `pick(term)`; `null` where the terms are the same. */
export function drawMixed(pick) {
  const people = readable();
  if (!isMixed(people)) return null;
  const each = people.map((person) => make('li', {}, `${nameOf(person)}: ${titleOf(person.timetable) || words().noTerm}`));
  const shared = sharedTerms(people);
  const buttons = shared.map((term) =>
    make('button', { type: 'button', onclick: () => pick(term) }, words().sameTerm(term)),
  );
  return make(
    'div',
    { class: 'mixed' },
    make('p', {}, words().mixedTerms),
    make('ul', {}, ...each),
    make('div', { class: 'row' }, ...buttons),
    shared.length ? null : make('p', {}, words().noSharedTerm),
  );
}

/** As the service says, where it does. */
function isMixed(people) {
  return state.common?.mixed_terms ?? termsOf(people.map(({ timetable }) => timetable)).length > 1;
}
