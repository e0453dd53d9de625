// A team as letters for the fragment of an address, and back. Pure.
//
// `1.` and the base64url of: the question (granularity, days as bits, first and last hour, least length in
// fives), how many people, for each an identifier in 15 bytes and a name with its length before it,
// and a checksum, which finds a link that was cut off or changed.

import { MOST } from './links.js';
import { cleanName } from './names.js';
import { clock, DAYS, minutes } from './time.js';

const VERSION = '1';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Characters of an identifier, and the bytes that hold as many digits of base 62. */
const [CHARACTERS, BYTES] = [20, 15];
const CHECKSUM = 4;
/** What a messenger may add to an address. */
const ADDED = /[)\]}>.,;:!?'"”’…]+$/u;

/** Letters that hold no team: `newer` where another version of this page wrote them, else `broken`. */
export class NoTeam extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** The letters of `{people: [{identifier, name}], question}`. */
export function encodeTeam({ people, question }) {
  const bytes = [...questionBytes(question), people.length, ...people.flatMap(personBytes)];
  return `${VERSION}.${toLetters([...bytes, ...checksum(bytes)])}`;
}

/** The team of such letters; throws `NoTeam`. */
export function decodeTeam(letters) {
  const [, version, text] = /^(\d{1,4})\.(.*)$/su.exec(letters) ?? [];
  if (version !== undefined && version !== VERSION) throw new NoTeam('newer');
  return read(toBytes((text ?? '').replace(ADDED, '')));
}

function read(bytes) {
  const end = bytes.length - CHECKSUM;
  check(end > 0 && checksum(bytes.slice(0, end)).every((byte, index) => byte === bytes[end + index]));
  const next = reader(bytes.slice(0, end));
  const question = readQuestion(next(5));
  const [count] = next(1);
  check(count >= 1 && count <= MOST);
  const people = Array.from({ length: count }, () => readPerson(next));
  check(next.left() === 0 && new Set(people.map(({ identifier }) => identifier)).size === count);
  return { people, question };
}

/** Gives so many bytes more at each call. */
function reader(bytes) {
  let at = 0;
  const next = (count) => {
    check(at + count <= bytes.length);
    return bytes.slice(at, (at += count));
  };
  return Object.assign(next, { left: () => bytes.length - at });
}

function questionBytes({ granularity, days, between, at_least_minutes: atLeast }) {
  const bits = (days ?? []).reduce((all, day) => all | (1 << DAYS.indexOf(day)), 0);
  return [granularity, bits, ...between.map((time) => minutes(time) / 60), atLeast / 5];
}

/** Without any day the page chooses them. */
function readQuestion([granularity, bits, open, close, atLeast]) {
  check([10, 15, 30, 60].includes(granularity) && bits < 1 << DAYS.length);
  check(open < close && close <= 24);
  const days = DAYS.filter((_, index) => bits & (1 << index));
  const between = [open, close].map((hour) => clock(hour * 60));
  return { granularity, days: days.length ? days : null, between, at_least_minutes: atLeast * 5 };
}

function personBytes({ identifier, name }) {
  const text = [...new TextEncoder().encode(name)];
  return [...numberBytes(identifier), text.length, ...text];
}

function readPerson(next) {
  const identifier = readNumber(next(BYTES));
  const [length] = next(1);
  const name = readText(next(length));
  check(name === cleanName(name));
  return { identifier, name };
}

function readText(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
  } catch {
    throw new NoTeam('broken');
  }
}

function numberBytes(identifier) {
  let number = [...identifier].reduce((all, digit) => all * 62n + BigInt(DIGITS.indexOf(digit)), 0n);
  const bytes = [];
  for (let index = 0; index < BYTES; index += 1, number >>= 8n) bytes.unshift(Number(number & 255n));
  return bytes;
}

function readNumber(bytes) {
  let number = bytes.reduce((all, byte) => all * 256n + BigInt(byte), 0n);
  let identifier = '';
  for (let index = 0; index < CHARACTERS; index += 1, number /= 62n) identifier = DIGITS[Number(number % 62n)] + identifier;
  check(number === 0n);
  return identifier;
}

/** FNV-1a: not against forgers, who could write any team, but against accidents. */
function checksum(bytes) {
  const hash = bytes.reduce((all, byte) => Math.imul(all ^ byte, 0x01000193), 0x811c9dc5);
  return [24, 16, 8, 0].map((shift) => (hash >>> shift) & 255);
}

function toLetters(bytes) {
  const text = btoa(bytes.map((byte) => String.fromCharCode(byte)).join(''));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function toBytes(letters) {
  check(/^[\w-]+$/.test(letters));
  try {
    const text = atob(letters.replaceAll('-', '+').replaceAll('_', '/'));
    return [...text].map((one) => one.charCodeAt(0));
  } catch {
    throw new NoTeam('broken');
  }
}

function check(fact) {
  if (!fact) throw new NoTeam('broken');
}
