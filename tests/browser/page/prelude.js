// What every scene begins with: ears for complaints, and the hands and eyes of a visitor. SCENE is
// played once the page is ready; what it returns goes back with what was noticed meanwhile.
const [language, , done] = arguments;
const complaints = [];
const complain = (text) => complaints.push(String(text));
addEventListener('error', (e) => complain(e.message ?? `not loaded: ${e.target.src ?? e.target.href}`), true);
addEventListener('unhandledrejection', (e) => complain(e.reason));
addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => complain(`${effectiveDirective} ${blockedURI}`));
// Firefox has none; its violations before this script would be missed, were they not the same as Chromium's.
globalThis.ReportingObserver && new ReportingObserver((all) => all.forEach(({ body }) => complain(`${body.effectiveDirective} ${body.blockedURL}`)), {
  types: ['csp-violation'], buffered: true,
}).observe();
for (const kind of ['error', 'warn']) console[kind] = (...all) => complain(all.join(' '));

const $ = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const texts = (selector) => all(selector).map((element) => element.innerText.trim());
const shown = (selector) => Boolean($(selector)?.checkVisibility());
const frame = () => new Promise((go) => setTimeout(go, 10));
const until = async (fact) => { while (!fact()) await frame(); };
const id = (name) => name.replaceAll('-', '').padEnd(20, '0');
const link = (name) => `https://everytime.kr/@${id(name)}`;
const press = (selector) => { $(selector).focus(); $(selector).click(); };
/** What a browser does when a text is pasted: it stands in the field, and the field is told how it came. */
const insert = (selector, text) => {
  $(selector).focus();
  $(selector).setRangeText(text, $(selector).selectionStart, $(selector).selectionEnd, 'end');
  $(selector).dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste' }));
};
const key = (selector, key, options) => {
  $(selector).focus();
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options }));
};
/** A finger's tap: only on what is there to be tapped. */
let taps = 0;
const tap = (selector) => {
  $(selector).scrollIntoView({ block: 'center' });
  const { left, top, width, height } = $(selector).getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  if (!$(selector).contains(there) || width < 24 || height < 24) throw new Error(`${selector} cannot be tapped: ${there?.outerHTML}`);
  taps += 1;
  press(selector);
};
const type = (selector, text) => { $(selector).value = text; $(selector).dispatchEvent(new Event('input')); };
const choose = (selector, value) => { $(selector).value = value; $(selector).dispatchEvent(new Event('change')); };
const paste = (...links) => { type('#links', links.join('\n')); press('#go'); };
const settled = () => until(() => !shown('#progress') && (shown('#results') || shown('#key')));
const read = async (...names) => { paste(...names.map(link)); await settled(); };

/** Three people with names, one of whom is not readable. */
const readNamed = async () => {
  paste(`민수: ${link('weekday')}`, `지우: ${link('twenty-five-start')}`, `Chris: ${link('private')}`, link('seventy-five-minutes'));
  await settled();
};
const part = (name) => import($('script').src.replace('main.js', name));

/** Counts requests to the service from here on. */
const requests = [];
const realFetch = window.fetch;
window.fetch = (address, options) => { requests.push(String(address)); return realFetch(address, options); };

/** Files that the page gives to be saved. */
const files = [];
const realUrl = URL.createObjectURL;
URL.createObjectURL = (blob) => { files.push(blob); return realUrl.call(URL, blob); };
/** What those files are called. */
const saved = [];
const realClick = HTMLAnchorElement.prototype.click;
HTMLAnchorElement.prototype.click = function () {
  if (this.download) saved.push(this.download);
  return realClick.call(this);
};
const file = async () => { await until(() => files.length > 0); return files.pop().text(); };

const play = async () => {
  await until(() => document.documentElement?.dataset.ready);
  if (language !== document.documentElement.lang) press('#language');
  const value = await (async () => {
/*SCENE*/
  })();
  const heard = [...complaints];
  const checked = await axe.run(document, { resultTypes: ['violations'] });
  const places = ({ nodes }) => nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`);
  return {
    value, width: innerWidth, complaints: heard, address: location.href, entries: history.length,
    storage: JSON.stringify([{ ...localStorage }, document.cookie, await indexedDB.databases(), await caches.keys()]),
    tab: JSON.stringify({ ...sessionStorage }),
    violations: checked.violations.map((one) => [one.id, places(one)].join(': ')),
    // Without the scrollbar, which takes room in Firefox.
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    resources: performance.getEntriesByType('resource').map(({ name }) => name),
  };
};
play().then(done, (error) => done({ failed: String(error?.stack ?? error) }));
