// Runs in each new document before the page's own scripts: keeps the answers to the page's calls under
// one of `addresses`, for the visit's script and its caller. `name` is a property that pages do not know.
(function (name, addresses, most) {
  const record = { begun: 0, answers: [], errors: 0, tell: undefined };
  Object.defineProperty(window, name, { value: record });

  const concerns = (url) => {
    try {
      const { href } = new URL(url, document.baseURI);
      return addresses.some((address) => href.startsWith(address));
    } catch {
      return false;
    }
  };
  const keep = (status, contentType, body) => {
    record.answers.push({ status, content_type: contentType, body: body?.length <= most ? body : null });
    record.tell?.();
  };

  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    if (concerns(url)) {
      record.begun += 1;
      // Before the page's own listeners: it may draw in one of them.
      this.addEventListener('readystatechange', () => {
        if (this.readyState === 4) keep(this.status, this.getResponseHeader('content-type'), textOf(this));
      });
    }
    return open.call(this, method, url, ...rest);
  };
  const textOf = (call) => {
    switch (call.responseType) {
      case '': case 'text': return call.responseText;
      case 'arraybuffer': return call.response && new TextDecoder().decode(call.response);
      case 'document': return call.response && new XMLSerializer().serializeToString(call.response);
      default: return undefined;
    }
  };

  const { fetch } = window;
  window.fetch = function (target, ...rest) {
    const answer = fetch.call(window, target, ...rest);
    if (!concerns(target?.url ?? target)) return answer;
    record.begun += 1;
    return answer.then(async (response) => {
      const body = await response.clone().text();
      keep(response.status, response.headers.get('content-type'), body);
      return response;
    }, (error) => {
      keep(0, null, null);
      throw error;
    });
  };

  // Uncaught exceptions of the page: one of them may have ended its drawing.
  addEventListener('error', (event) => { if (event.target === window) record.errors += 1; }, true);
  addEventListener('unhandledrejection', () => { record.errors += 1; });
})
