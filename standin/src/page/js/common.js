// Shared by every page. Like the site's scripts it is a classic script: its names are global, and the
// scripts after it use them.

var _gfn = {
  /** Queues the visit for the analytics of the third host, which does not exist. */
  logPageView: function () {
    window.dataLayer = window.dataLayer || [];
    window.dataLayer.push({ event: 'page_view', page: 'timetable' });
  },

  /** Posts a form to the API. `success` gets a document, an object or a text, depending on the content type. */
  api: function (path, form, success) {
    $.ajax({
      url: _gfn.apiUrl(path),
      type: 'POST',
      data: form,
      xhrFields: { withCredentials: true },
      success: success,
    });
  },

  apiUrl: (path) => _apiServerUrl + path,

  /** The label of "1", "2", "여름" or "겨울": 2학기, 여름학기. */
  termLabel: ($node) => `${$node.attr('year')}년 ${$node.attr('semester')}학기`,
};

/** An element with these names and children. */
function element(tag, names = '', ...children) {
  const made = document.createElement(tag);
  if (names) made.className = names.split(' ').map(timetable.layout.named).join(' ');
  made.append(...children);
  return made;
}

/** `jQuery(selector)`, with the page's current class names. */
function find(selector) {
  return $(selector.replace(/([#.])([a-z]+)/g, (_, sign, name) => sign + timetable.layout.named(name)));
}

const part = (name) => find(`#container .wrap > .${name}`);
