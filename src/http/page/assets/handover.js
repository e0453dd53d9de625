// Handing things over: a file to save, a text to copy.

import { byId, make } from './dom.js';
import { words } from './words.js';

/** Has the browser save a file under a name. */
export function save(file, name) {
  const href = URL.createObjectURL(file);
  make('a', { href, download: name.replace(/[\\/:*?"<>|]/g, ' ') }).click();
  // The browser has to have begun with it before it goes.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** Where the clipboard is closed to pages, the text is shown to be copied by hand. `told` says that it was copied. */
export async function copy(text, told) {
  try {
    await navigator.clipboard.writeText(text);
    told.textContent = words().copied;
  } catch {
    byId('copy-area').value = text;
    byId('copy-dialog').showModal();
    byId('copy-area').select();
  }
}
