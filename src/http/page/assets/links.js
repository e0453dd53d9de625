// Timetable links in a pasted text: the same shapes the service accepts, as many as there are.
// The rules are those of timetable/src/share_link, in the same order and under the same names.

/** Links that one question may hold. */
export const MOST = 50;

const HOST = /everytime\.kr/i;
/** How often a word is decoded. */
const DECODINGS = 2;

/** Soft hyphen, zero-width and direction marks, variation selectors, byte order mark. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]/g;
const FULL_WIDTH_MARKS = /[\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff5e]/g;
const ESCAPES = /(?:%[\da-f]{2})+/gi;

const SEPARATORS = /[\s\u0085,、<>"`|[\]{}]+/;
const ALONE = /^[\s\u0085<>()[\]{}"'`“”‘’*_]*@?([A-Za-z0-9]{20})[\s\u0085<>()[\]{}"'`“”‘’*_.,;:!?~…]*$/;
const SCHEME = /https?:\/\/$/i;
const WWW = /www\.$/i;

/** A letter or digit of any script, or what is written over one. */
const LETTER = /[\p{Alphabetic}\p{N}\u0300-\u036f\u20d0-\u20ff]/u;
const KOREAN = /[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]/;
/** The sign of another address: its slashes, its user, an escape, or a full stop inside a word. */
const ADDRESS = /\/\/|[\\@%]|[\p{Alphabetic}\p{N}]\.[A-Za-z0-9]/u;

const TIMETABLE = /^@([A-Za-z0-9]{20})/;
const OWN_PAGE = /^timetable(?:\/\d{4}(?:\/(?:1|2|여름|겨울)(?:\/\d+)?)?)?/;
/** Marks that a path may hold, and ASCII that ends one. */
const MARKS = /^[.:;\-_]+/;
const ENDS_PATH = /[\s?#,!~*'"`()[\]{}<>|]/;

/** What somebody meant as a link, and marks around it that are not part of it. */
const MEANT = /:\/\/|^www\.|everytime|^@/i;
const AROUND = /^[()'“”‘’]+|[()'“”‘’.;!]+$/g;

/**
 * What a text links: `identifiers` without repeats and at most MOST, how many were `repeated` or
 * `beyond` that, whether there is an owner's `own` address, and as `strangers` the other words that
 * look like links and are none.
 */
export function findLinks(text) {
  const parts = text.split(/[\n\r]/).flatMap(inLine);
  const all = parts.flatMap((part) => part.identifier ?? []);
  const different = [...new Set(all)];
  return {
    identifiers: different.slice(0, MOST),
    repeated: all.length - different.length,
    beyond: Math.max(0, different.length - MOST),
    own: parts.some((part) => part.own),
    strangers: [...new Set(parts.flatMap((part) => part.stranger ?? []))],
  };
}

/** An identifier may be a word of a sentence, so it counts only where it has a line to itself. */
function inLine(line) {
  const alone = readings(line).map((reading) => ALONE.exec(reading)?.[1]).find(Boolean);
  return alone ? [{ identifier: alone }] : plain(line).split(SEPARATORS).flatMap(inWord);
}

/** The links of a word, however it is encoded; else the word itself if it was meant as one. */
function inWord(word) {
  const found = new Map();
  for (const link of readings(word).flatMap(inReading)) found.set(link.identifier, link);
  if (found.size > 0) return [...found.values()];
  return readings(word).some((reading) => MEANT.test(reading)) ? [{ stranger: word.replace(AROUND, '') }] : [];
}

/** The links up to the first mention of the site that is none: what follows belongs to that address. */
function inReading(word) {
  const found = [];
  for (let next = nextLink(word); next; next = nextLink(next.after)) found.push(next.link);
  return found;
}

function nextLink(word) {
  const host = HOST.exec(word);
  if (!host || !beginsAfter(word.slice(0, host.index))) return null;
  const after = word.slice(host.index + host[0].length);
  if (!after.startsWith('/')) return null;
  const path = after.slice(1).replace(/^app\//, '');
  return timetable(path) ?? ownPage(path);
}

/** Whether a link begins after `before`, with the scheme and the `www.` at its end. */
function beginsAfter(before) {
  const host = before.replace(WWW, '');
  const words = host.replace(SCHEME, '');
  if (ADDRESS.test(words)) return false;
  return words === host ? !continuesHost(words) : !continuesScheme(words);
}

/** Words of Korean may stand right before a scheme. */
function continuesScheme(words) {
  const last = lastOf(words);
  return last === '/' || (LETTER.test(last) && !KOREAN.test(last));
}

/** Not even Korean words may stand right before a host without a scheme: there are Korean domains. */
function continuesHost(words) {
  const last = lastOf(words);
  return last === ':' ? /[A-Za-z0-9]:$/.test(words) : LETTER.test(last) || /[/.\-_+]/.test(last);
}

function timetable(path) {
  const match = TIMETABLE.exec(path);
  return match && linkEnding({ identifier: match[1] }, path.slice(match[0].length));
}

function ownPage(path) {
  const match = OWN_PAGE.exec(path);
  return match && linkEnding({ own: true }, path.slice(match[0].length));
}

/** The link if its path ends before `rest`, a slash at its end aside. */
function linkEnding(link, rest) {
  const after = rest.replace(/^\//, '');
  const [first = ''] = after.replace(MARKS, '');
  const ends = first === '' || (first < '\u0080' ? ENDS_PATH.test(first) : !LETTER.test(first) || KOREAN.test(first));
  return ends && !rest.startsWith('/..') ? { link, after } : null;
}

function lastOf(words) {
  return [...words].at(-1) ?? '';
}

/** The text as it stands, and decoded as long as that changes it. */
function readings(text) {
  const all = [plain(text)];
  while (all.length <= DECODINGS) {
    const decoded = plain(all.at(-1).replace(ESCAPES, decode));
    if (decoded === all.at(-1)) break;
    all.push(decoded);
  }
  return all;
}

/** `text` without invisible characters and with ASCII in place of full-width marks. */
function plain(text) {
  return text.replace(INVISIBLE, '').replace(FULL_WIDTH_MARKS, (mark) => String.fromCharCode(mark.charCodeAt(0) - 0xfee0));
}

function decode(escapes) {
  const bytes = escapes.slice(1).split('%').map((byte) => parseInt(byte, 16));
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}
