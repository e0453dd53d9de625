// What outlives a reload, and no more: links, names and answers for as long as the tab, in its sessionStorage.

import { Fault } from './api.js';
import { onChange, state, USUAL } from './state.js';

const [TEXT, ANSWERS] = ['text', 'answers'];
const KEPT = ['people', 'names', 'shown', 'common', 'question'];

/** Keeps every answer from now on. */
export function startStorage() {
  onChange((names) => {
    if (KEPT.some((name) => names.has(name))) keepAnswers();
  });
}

/** Keeps the pasted text. */
export function keepText(text) {
  keep(TEXT, text);
}

/** What was kept: `{text, answers}`, each of them perhaps `null`. */
export function kept() {
  return { text: tab()?.getItem(TEXT) ?? null, answers: readAnswers() };
}

/** Forgets it all. */
export function forget() {
  tab()?.removeItem(TEXT);
  tab()?.removeItem(ANSWERS);
}

function keepAnswers() {
  if (state.people.length === 0) return tab()?.removeItem(ANSWERS);
  keep(ANSWERS, JSON.stringify(Object.fromEntries(KEPT.map((name) => [name, state[name]])), plain));
}

/** An error's own members are not in its JSON. */
function plain(name, value) {
  return value instanceof Fault ? { code: value.code, seconds: value.seconds } : value;
}

/** Answers of another version of the page may be of another shape: then there are none. */
function readAnswers() {
  try {
    const { people, names, shown, common, question } = JSON.parse(tab()?.getItem(ANSWERS) ?? 'null');
    return { people: people.map(withFault), names: names ?? {}, shown, common, question: { ...USUAL, ...question } };
  } catch {
    return null;
  }
}

function withFault(person) {
  const { fault } = person;
  return fault ? { ...person, fault: new Fault(fault.code, fault.seconds) } : person;
}

/** A full storage keeps less. */
function keep(name, text) {
  try {
    tab()?.setItem(name, text);
  } catch {
    tab()?.removeItem(name);
  }
}

/** `null` where the browser keeps nothing. */
function tab() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
