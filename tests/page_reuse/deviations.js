// Pages whose menu does not do what one hopes, each laid over the stand-in's page after it was read.

const sleep = (ms) => new Promise((go) => { setTimeout(go, ms); });
const onMenuClick = (act) => document.querySelector('aside').addEventListener('click', act, true);

/** Answers are changed on their way to the page's script. */
function changeAnswers(change) {
  const { fetch } = window;
  window.fetch = async (...question) => {
    const response = await fetch(...question);
    return new Response(await change(await response.text()));
  };
}

/** The answer that drew the page as it is. */
async function ownAnswer() {
  const body = new URLSearchParams({ identifier: location.pathname.slice(2), friendInfo: 'true' });
  const response = await fetch('/find/timetable/table/friend', { method: 'POST', body });
  return response.text();
}

const SUBJECT = /<subject id="(.*?)".*?<\/subject>/gs;

/** Each is given the answer that drew the page, and its path. */
const deviations = {
  // The click goes through to the browser.
  navigates: () => onMenuClick((event) => event.stopPropagation()),
  // Nothing happens.
  ignores: () => onMenuClick((event) => { event.stopPropagation(); event.preventDefault(); }),
  // There is nothing to click on.
  has_no_menu: () => document.querySelector('aside ol').replaceChildren(),
  // Links know where they lead from the start, whatever their address says later.
  leads_elsewhere: (_, own) => onMenuClick(({ target }) => target.setAttribute('href', own)),
  // Draws long after the answer came.
  draws_late: () => changeAnswers(async (text) => { await sleep(800); return text; }),
  // Asks, and does not wait for the answer to draw the last table again.
  draws_early(first) {
    const { fetch } = window;
    window.fetch = (...question) => { fetch(...question); return new Response(first); };
  },
  // Asks for the next and draws the last.
  draws_the_old_table: (first) => changeAnswers(() => first),
  // Draws the menu, and puts the very table back that was taken away.
  puts_the_old_table_back() {
    const [head, body] = ['tablehead', 'tablebody'].map((part) => document.querySelector(`#container .wrap > .${part}`));
    const [oldHead, ...oldBody] = [...head.children, ...body.children];
    const putBack = () => { head.append(oldHead); body.append(...oldBody); };
    changeAnswers((text) => { setTimeout(putBack, 50); return text.replace('status="1"', 'status="9"'); });
  },
  // Leaves owner and menu as they are, for they are the same within one owner's semesters.
  draws_the_table_only: () => changeAnswers((text) => text.replace(/<user .*<\/primaryTables>/s, '')),
  // Takes a class it has drawn once for one that is there already, and says so …
  remembers_aloud: () => changeAnswers((text) => text.replace(SUBJECT, '$&$&')),
  // … or does not.
  remembers_silently(first) {
    const known = new Set(Array.from(first.matchAll(SUBJECT), ([, id]) => id));
    changeAnswers((text) => text.replace(SUBJECT, (all, id) => (known.has(id) ? '' : all)));
  },
  // What a script in one owner's page can do to the next owner's timetable.
  forges: () => changeAnswers((text) => text.replace(/(starttime|endtime)="(\d+)"/g,
    (_, time, units) => `${time}="${units - 12}"`)),
};

const deviate = async (name) => deviations[name](await ownAnswer(), location.pathname);
