// Timetable links in a pasted text: the same shapes the service accepts, as many as there are.

/** Links that one question may hold. */
export const MOST = 50;

const IDENTIFIER = /^@?([A-Za-z0-9]{20})$/;
const LINK =
  /^(?:https?:\/\/)?(?:www\.)?everytime\.kr\/(?:app\/)?(?:@|%40)([A-Za-z0-9]{20})(?:\/?(?:[?#].*)?)$/i;
/** Around a word: brackets, quotes and the marks some apps add. */
const AROUND = /^[<>()[\]"'“”‘’\u200b\u2060\ufeff]+|[<>()[\]"'“”‘’\u200b\u2060\ufeff,.;!]+$/g;
/** What somebody meant as a link. */
const MEANT = /:\/\/|^www\.|everytime|^@/i;

/**
 * What a text links: `identifiers` without repeats and at most MOST, how many were `repeated` or
 * `beyond` that, and the words that look like links and are none.
 */
export function findLinks(text) {
  const all = [];
  const strangers = new Set();
  for (const line of text.split('\n')) {
    // Twenty letters may be a word, so they count as an identifier only where they stand alone.
    const alone = IDENTIFIER.exec(bare(line.trim()));
    if (alone) all.push(alone[1]);
    else readWords(line, all, strangers);
  }
  const different = [...new Set(all)];
  return {
    identifiers: different.slice(0, MOST),
    repeated: all.length - different.length,
    beyond: Math.max(0, different.length - MOST),
    strangers: [...strangers],
  };
}

function readWords(line, all, strangers) {
  for (const word of line.split(/[\s,]+/).map(bare)) {
    const link = LINK.exec(word);
    if (link) all.push(link[1]);
    else if (MEANT.test(word)) strangers.add(word);
  }
}

function bare(word) {
  return word.replace(AROUND, '');
}
