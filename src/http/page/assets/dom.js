// Elements made without markup in strings: a class's name is always text.

/** Times that belong together: no line may end between them. */
const RANGE = /(\d\d:\d\d–\d\d:\d\d)/;

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** An element; `on…` properties are listeners, `true` is an attribute without a value. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) set(element, name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function set(element, name, value) {
  if (value === false || value === null || value === undefined) return;
  if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else element.setAttribute(name, value === true ? '' : value);
}

/** Sets custom properties. Style attributes are forbidden here; this is not one. */
export function place(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    element.style.setProperty(`--${name}`, value);
  }
  return element;
}

/** A text whose ranges of time stay whole, as nodes. */
export function withTimes(text) {
  return text.split(RANGE).filter(Boolean).map((part) => (RANGE.test(part) ? make('span', { class: 'whole' }, part) : part));
}
