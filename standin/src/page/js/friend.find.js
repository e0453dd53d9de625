// Asks the API for the table of the address, and handles the answer like the site: it knows the text -1,
// status -1 and status -2. EVERYTHING ELSE is drawn as a timetable.

var friendFind = (function () {
  const PATH = '/find/timetable/table/friend';

  function load(identifier) {
    const form = { identifier, friendInfo: true };
    const ask = _standIn.calls_from === 'worker' ? askFromWorker : _gfn.api;
    ask(PATH, form, take);
  }

  /** The same call from a dedicated worker, invisible to the window's own XMLHttpRequest and fetch. */
  function askFromWorker(path, form, success) {
    const worker = new Worker('/js/find.worker.js');
    worker.onmessage = ({ data: { ok, type, text } }) => {
      worker.terminate();
      if (ok) success(/\bxml\b/.test(type) ? $.parseXML(text) : text);
    };
    worker.postMessage({ url: new URL(_gfn.apiUrl(path), location.href).href, form: $.param(form) });
  }

  function take(data) {
    const wait = timetable.layout.ready();
    if (wait) wait.then(() => show(data));
    else show(data);
  }

  function show(data) {
    // A text, an object and an empty body have no parts, like a document without any.
    const $response = $.isXMLDoc(data) ? $(data).children('response') : $();
    if ($response.children().length === 0 && $.trim($response.text()) === '-1') return leave();
    const $table = $response.children('table');
    showOwner($response.children('user'));
    showMenu($response.children('primaryTables').children('primaryTable'), $table.attr('identifier'));
    const status = $table.attr('status');
    if (status === '-2') return showNotice('공개되지 않은 시간표입니다');
    if (status === '-1') return showNotice(`${_gfn.termLabel($table)} 시간표가 없습니다`);
    timetable.draw($table.children('subject'));
  }

  function leave() {
    alert('존재하지 않는 시간표입니다.');
    location.href = '/';
  }

  function showOwner($user) {
    const $title = find('aside .title');
    $title.children('h1, hr').remove();
    if ($user.length > 0) $title.append($('<h1>').text($user.attr('name')), '<hr>');
  }

  function showMenu($entries, own) {
    find('aside ol').empty().append($entries.get().map((entry) => menuEntry($(entry), own)));
  }

  function menuEntry($entry, own) {
    const identifier = $entry.attr('identifier');
    const link = element('a', '', _gfn.termLabel($entry));
    link.setAttribute('href', `/@${identifier}`);
    return element('li', identifier === own ? 'active' : '', link);
  }

  function showNotice(sentence) {
    part('tablehead').empty().append(element('div', 'empty', element('p', '', sentence)));
  }

  /** Another semester is drawn in place, without a navigation. */
  function follow(event) {
    event.preventDefault();
    load(identifierOf($(event.currentTarget).attr('href')));
  }

  const identifierOf = (path) => decodeURIComponent(path.replace('/@', ''));

  return {
    start() {
      find('aside ol').on('click', 'a', follow);
      load(identifierOf(location.pathname));
    },
  };
})();
