// Questions to the service, and its refusals as faults with a code.

import { language } from './words.js';

/** Longer than the service takes to give up by itself, in milliseconds. */
const PATIENCE = 60_000;

let key = '';

/** Sends this key from now on. It is kept nowhere else. */
export function useKey(text) {
  key = text;
}

/** A question that got no answer: one of the service's codes, `offline` or `stopped`. */
export class Fault extends Error {
  constructor(code, seconds = 0) {
    super(code);
    this.code = code;
    /** When it makes sense to ask again; 0 where the service did not say. */
    this.seconds = seconds;
  }
}

/** The timetable of an identifier. */
export async function askTimetable(identifier, signal) {
  return (await ask(path(identifier), { signal })).json();
}

/** The common free time of several identifiers. */
export async function askCommon(identifiers, question, signal) {
  const body = JSON.stringify({ links: identifiers, ...question });
  const headers = { 'Content-Type': 'application/json' };
  return (await ask('/v1/free', { method: 'POST', headers, body, signal })).json();
}

/** A timetable as a calendar file. */
export async function askCalendar(identifier, parameters) {
  const query = new URLSearchParams(parameters);
  return (await ask(`${path(identifier)}.ics?${query}`, {})).blob();
}

function path(identifier) {
  return `/v1/timetables/${identifier}`;
}

async function ask(address, { signal, headers, ...rest }) {
  const patience = AbortSignal.timeout(PATIENCE);
  const options = {
    ...rest,
    headers: { ...common(), ...headers },
    signal: signal ? AbortSignal.any([signal, patience]) : patience,
    // The identifier is in the address, and the browser's cache keeps addresses.
    cache: 'no-store',
    credentials: 'omit',
  };
  const response = await fetch(address, options).catch((error) => {
    throw failure(error, signal);
  });
  if (!response.ok) throw await refusal(response);
  return response;
}

function common() {
  // Said in full, or the browser would say `no-cache`, which asks for a fresh page load.
  const headers = { 'Accept-Language': language(), 'Cache-Control': 'no-store' };
  return key ? { ...headers, 'X-API-Key': key } : headers;
}

function failure(error, signal) {
  if (signal?.aborted) return new Fault('stopped');
  return new Fault(error.name === 'TimeoutError' ? 'timeout' : 'offline');
}

async function refusal(response) {
  const problem = await response.json().catch(() => ({}));
  const seconds = Number(response.headers.get('Retry-After')) || 0;
  return new Fault(problem.code ?? 'internal', seconds);
}
