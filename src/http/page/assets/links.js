// Timetable links in a pasted text: the same shapes the service accepts, as many as there are.

/** Links that one question may hold. */
export const MOST = 50;

const IDENTIFIER = /^@?([A-Za-z0-9]{20})$/;
const LINK =
  /^(?:https?:\/\/)?(?:www\.)?everytime\.kr\/(?:app\/)?(?:@|%40)([A-Za-z0-9]{20})(?:\/?(?:[?#].*)?)$/i;
/** The site, and there the path of the page that only a timetable's owner can open. */
const SITE = /^(?:https?:\/\/)?(?:www\.)?everytime\.kr\//i;
const OWN_PATH =
  /^(?:app\/)?timetable(?:\/\d{4}(?:\/(?:1|2|여름|겨울|%EC%97%AC%EB%A6%84|%EA%B2%A8%EC%9A%B8)(?:\/\d+)?)?)?\/?(?:[?#].*)?$/;
/** Around a word: brackets, quotes and the marks some apps add. */
const AROUND = /^[<>()[\]"'“”‘’\u200b\u2060\ufeff]+|[<>()[\]"'“”‘’\u200b\u2060\ufeff,.;!]+$/g;
/** What somebody meant as a link. */
const MEANT = /:\/\/|^www\.|everytime|^@/i;

/**
 * What a text links: `identifiers` without repeats and at most MOST, how many were `repeated` or
 * `beyond` that, whether there is an owner's `own` address, and as `strangers` the other words that
 * look like links and are none.
 */
export function findLinks(text) {
  const all = [];
  const strangers = new Set();
  let own = false;
  for (const line of text.split('\n')) {
    // Twenty letters may be a word, so they count as an identifier only where they stand alone.
    const alone = IDENTIFIER.exec(bare(line.trim()));
    if (alone) all.push(alone[1]);
    else own = readWords(line, all, strangers) || own;
  }
  const different = [...new Set(all)];
  return {
    identifiers: different.slice(0, MOST),
    repeated: all.length - different.length,
    beyond: Math.max(0, different.length - MOST),
    own,
    strangers: [...strangers],
  };
}

/** Sorts the words of a line; true where one is an owner's own address. */
function readWords(line, all, strangers) {
  let own = false;
  for (const word of line.split(/[\s,]+/).map(bare)) {
    const link = LINK.exec(word);
    if (link) all.push(link[1]);
    else if (isOwn(word)) own = true;
    else if (MEANT.test(word)) strangers.add(word);
  }
  return own;
}

function isOwn(word) {
  return SITE.test(word) && OWN_PATH.test(word.replace(SITE, ''));
}

function bare(word) {
  return word.replace(AROUND, '');
}
