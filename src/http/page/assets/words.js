// The page's words in one language: the one chosen here before, else the first of the browser's languages that the page
// has, else Korean.

import { english } from './words.en.js';
import { korean } from './words.ko.js';

const LANGUAGES = { ko: korean, en: english };
/** The one thing that outlives the tab. */
const KEPT_AS = 'language';

let chosen = remembered() ?? spoken() ?? 'ko';

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
    const kept = localStorage.getItem(KEPT_AS);
    return Object.hasOwn(LANGUAGES, kept) ? kept : null;
  } catch {
    return null;
  }
}

function spoken() {
  const tags = navigator.languages.map((tag) => tag.toLowerCase().split('-')[0]);
  return tags.find((tag) => Object.hasOwn(LANGUAGES, tag));
}
