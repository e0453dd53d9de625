// The key that some services want: asked for once it is refused, sent with each question, kept nowhere.

import { useKey } from './api.js';
import { byId } from './dom.js';
import { words } from './words.js';

/** What to do again once there is a key. */
let waiting = null;

/** Gives the form its work. */
export function startKey() {
  byId('key').addEventListener('submit', (event) => {
    event.preventDefault();
    useKey(byId('key-text').value.trim());
    byId('key-text').value = '';
    byId('key').hidden = true;
    waiting?.();
  });
}

/** Asks for a key, and does `again` with it. */
export function askForKey(again) {
  byId('key').querySelector('p').textContent = waiting ? words().keyWrong : words().keyText;
  waiting = again;
  byId('key').hidden = false;
  byId('key-text').focus();
}
