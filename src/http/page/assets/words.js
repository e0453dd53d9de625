// The page's words in the chosen language: Korean, until somebody chooses English.

import { english } from './words.en.js';
import { korean } from './words.ko.js';

const LANGUAGES = { ko: korean, en: english };
/** The one thing that is remembered. */
const KEPT_AS = 'language';

let chosen = remembered();

/** `ko` or `en`. */
export function language() {
  return chosen;
}

/** Every word, by name; some take a number or a name. */
export function words() {
  return LANGUAGES[chosen];
}

/** Speaks the other language from now on, and after the next visit. */
export function switchLanguage() {
  chosen = chosen === 'ko' ? 'en' : 'ko';
  try {
    localStorage.setItem(KEPT_AS, chosen);
  } catch {
    // A browser that keeps nothing forgets this too.
  }
}

/** Fills in the words of everything that always says the same. */
export function speak() {
  document.documentElement.lang = chosen;
  document.title = words().title;
  for (const element of document.querySelectorAll('[data-word]')) {
    element.textContent = words()[element.dataset.word];
  }
}

function remembered() {
  try {
    return localStorage.getItem(KEPT_AS) === 'en' ? 'en' : 'ko';
  } catch {
    return 'ko';
  }
}
