// The people's names. They stay on this page and are never sent to the service.

import { findLinks } from './links.js';

/** Most characters of a name. */
export const LONGEST = 20;

/** `name: rest`, where `rest` is not what follows the scheme of an address. */
const NAMED_LINE = /^([^:：]+)[:：](?!\/\/)(.+)$/u;
/** What stands before a link without being a name. */
const NO_NAME = /^(?:시간표|링크|시간표 ?링크|주소|url|link|timetable)$/iu;
/** Invisible characters, which could make a name look like another; U+200D joins emoji. */
const INVISIBLE = /(?!\u200d)\p{C}/gu;

/** A name as it is shown: one line of visible characters, not too long. */
export function cleanName(text) {
  const line = text.replace(/\s/gu, ' ').replace(INVISIBLE, '').replace(/ +/g, ' ').normalize('NFC').trim();
  return [...line].slice(0, LONGEST).join('').trim();
}

/** Takes the names off the lines of a text: the `text` that is left, and the `names` by identifier. */
export function splitNames(text) {
  const names = {};
  const lines = text.split('\n').map((line) => {
    const { name, rest, identifier } = namedLink(line);
    if (name) names[identifier] ??= name;
    return name ? rest : line;
  });
  return { text: lines.join('\n'), names };
}

/** The parts of a line that names one link; without `name` it does not. */
function namedLink(line) {
  const [, before, rest] = NAMED_LINE.exec(line) ?? [];
  const name = cleanName(before ?? '');
  if (name === '' || NO_NAME.test(name)) return {};
  const { identifiers } = findLinks(rest);
  return identifiers.length === 1 ? { name, rest: rest.trim(), identifier: identifiers[0] } : {};
}

/** The lines that give these people and their names back. */
export function asLines(people, names) {
  const before = (identifier) => (names[identifier] ? `${names[identifier]}: ` : '');
  const line = ({ identifier }) => `${before(identifier)}https://everytime.kr/@${identifier}`;
  return people.map(line).join('\n');
}
