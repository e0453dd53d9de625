// One link for the whole team. It lies in the fragment of an address, which browsers send nowhere.

import { decodeTeam, encodeTeam, NoTeam } from './codec.js';
import { byId } from './dom.js';
import { nameOf } from './people.js';
import { copy } from './handover.js';
import { state } from './state.js';
import { words } from './words.js';

const FRAGMENT = '#t=';

/** Gives the button and its dialog their work. */
export function startTeam() {
  const dialog = byId('team-dialog');
  byId('team').addEventListener('click', ask);
  byId('team-cancel').addEventListener('click', () => dialog.close());
  byId('team-copy').addEventListener('click', () => give(copyLink));
  byId('team-share').addEventListener('click', () => give(navigator.share ? shareLink : copyLink));
}

/**
 * The team of the address, if it has one: `{people, question}`, or `{reason}` where it is none. It leaves the address
 * and the tab's history at once.
 */
export function takeTeam() {
  const { hash, pathname, search } = location;
  if (!hash.startsWith(FRAGMENT)) return null;
  history.replaceState(null, '', pathname + search);
  try {
    return decodeTeam(hash.slice(FRAGMENT.length));
  } catch (fault) {
    return { reason: fault instanceof NoTeam ? fault.reason : 'broken' };
  }
}

function ask() {
  byId('team-told').textContent = '';
  byId('team-who').textContent = words().teamHolds(state.people.map(nameOf));
  byId('team-share').textContent = navigator.share ? words().teamShare : words().teamCopy;
  byId('team-copy').hidden = !navigator.share;
  byId('team-dialog').showModal();
}

function give(way) {
  byId('team-dialog').close();
  return way(`${location.origin}${location.pathname}${FRAGMENT}${encodeTeam(team())}`);
}

function team() {
  const { people, names, question } = state;
  return { people: people.map(({ identifier }) => ({ identifier, name: names[identifier] ?? '' })), question };
}

function copyLink(url) {
  return copy(url, byId('team-told'));
}

async function shareLink(url) {
  try {
    await navigator.share({ title: words().shareTitle, text: words().shareText, url });
  } catch (fault) {
    // Somebody who closes the sheet wants nothing more.
    if (fault.name !== 'AbortError') await copyLink(url);
  }
}
