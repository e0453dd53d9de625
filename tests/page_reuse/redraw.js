// The experiment of docs/page-reuse.md: in a page that shows one timetable, take away all of it, make
// the page's own menu draw another, and read that as far as the page can prove whose it is.
//
// Body of a W3C asynchronous script, behind `readPage` (the service's own read_page.js). arguments:
// path of the next timetable ("/@…"), address of the page's call, milliseconds left, callback.
// Answers { reading, doubt }; with a doubt the reading is not to be believed.
const [path, call, budget, done] = arguments;

const menu = () => document.querySelector('#container aside .menu ol');
const parts = () => document.querySelectorAll('#container .wrap > .tablehead, #container .wrap > .tablebody');
const drawnElements = () => [...document.querySelectorAll('#container .wrap > * *, #container aside li')];
const calls = () => performance.getEntriesByType('resource').filter(({ name }) => name.startsWith(call));

/** Any link of the page's own, best one that it would not take for the timetable it shows. */
function findLink() {
  const links = [...(menu()?.querySelectorAll('li > a[href^="/@"]') ?? [])];
  return links.find((link) => !link.closest('.active')) ?? links[0];
}

/** Takes away what was drawn but for one link, so that nothing of it can be read again. */
function strip(link) {
  parts().forEach((part) => part.replaceChildren());
  menu().replaceChildren(link.closest('li'));
  document.querySelector('#container aside h1').textContent = '';
  performance.clearResourceTimings();
}

/** Whose timetables a click asks for: the page's calls while the click is handled. */
function click(link) {
  const asked = [];
  const note = (body) => asked.push(new URLSearchParams(body ?? '').get('identifier'));
  const { send } = XMLHttpRequest.prototype;
  const { fetch } = window;
  XMLHttpRequest.prototype.send = function (body) { note(body); return send.call(this, body); };
  window.fetch = (address, init) => { note(init?.body); return fetch(address, init); };
  try { link.click(); } finally { XMLHttpRequest.prototype.send = send; window.fetch = fetch; }
  return asked;
}

/** What keeps a reading from being taken for that of `path`, if anything does. */
function doubtAbout(reading, old) {
  if (reading.state !== 'drawn') return 'not drawn';
  const made = calls();
  if (made.length !== 1 || made[0].responseStatus !== 200) return 'not one answered call';
  if (drawnElements().some((element) => old.has(element))) return 'old parts';
  const active = reading.menu.filter((entry) => entry.active);
  if (active.length !== 1 || active[0].href !== path) return 'no menu entry of its own';
  return null;
}

const link = findLink();
if (!link) return done({ doubt: 'no link' });
const old = new WeakSet(drawnElements());
strip(link);
// Whether the site's menu changes the address is not known; the reader wants the timetable's.
history.replaceState(null, '', path);
link.setAttribute('href', path);
const asked = click(link);
link.closest('li')?.remove();
if (asked.length !== 1 || asked[0] !== path.slice(2)) return done({ doubt: 'not asked for it' });
readPage(path, call, budget, (reading) => done({ reading, doubt: doubtAbout(reading, old) }));
