// Runs in each new document before the page's scripts. Records the answers to the page's calls to `addresses`, for the
// visit's script and its caller. The event `name`, which pages do not know, carries the record as JSON in its detail.
//
// The page's scripts run in the same world and may replace everything in it. So this script takes what it needs
// beforehand, calls it by `apply`, and never iterates, pushes or converts through a prototype.
(function (name, addresses, most) {
  const { apply } = Reflect;
  const { stringify } = JSON;
  const [of, global] = [(type, key) => type.prototype[key], window];
  const method = (type, key) => { const found = of(type, key); return (on, ...rest) => apply(found, on, rest); };
  const getter = (type, key) => {
    const { get } = Object.getOwnPropertyDescriptor(type.prototype, key);
    return (on) => apply(get, on, []);
  };
  const [listen, dispatch] = [method(EventTarget, 'addEventListener'), method(EventTarget, 'dispatchEvent')];
  const [targetOf, hrefOf, baseOf] = [getter(Event, 'target'), getter(URL, 'href'), getter(Node, 'baseURI')];
  const [startsWith, then] = [method(String, 'startsWith'), method(Promise, 'then')];
  const [Address, Message, Decoder, Serializer] = [URL, CustomEvent, TextDecoder, XMLSerializer];
  const [decode, serialize] = [method(Decoder, 'decode'), method(Serializer, 'serializeToString')];

  let [begun, errors, answers, wanted] = [0, 0, '', false];
  const tell = () => {
    if (!wanted) return;
    const detail = `{"begun":${begun},"errors":${errors},"answers":[${answers}]}`;
    dispatch(global, new Message(name, { detail }));
  };
  const text = (value) => (typeof value === 'string' ? stringify(value) : 'null');
  const keep = (status, contentType, body) => {
    const kept = typeof body === 'string' && body.length <= most ? body : null;
    if (answers) answers += ',';
    answers += `{"status":${status},"content_type":${text(contentType)},"body":${text(kept)}}`;
    tell();
  };
  listen(global, `${name}-wanted`, () => { wanted = true; tell(); });

  const concerns = (url) => {
    try {
      const href = hrefOf(new Address(url, baseOf(document)));
      for (let i = 0; i < addresses.length; i += 1) if (startsWith(href, addresses[i])) return true;
    } catch { /* no address */ }
    return false;
  };

  const call = {
    open: of(XMLHttpRequest, 'open'),
    readyState: getter(XMLHttpRequest, 'readyState'),
    status: getter(XMLHttpRequest, 'status'),
    url: getter(XMLHttpRequest, 'responseURL'),
    header: method(XMLHttpRequest, 'getResponseHeader'),
    type: getter(XMLHttpRequest, 'responseType'),
    text: getter(XMLHttpRequest, 'responseText'),
    response: getter(XMLHttpRequest, 'response'),
  };
  XMLHttpRequest.prototype.open = function (verb, url, ...rest) {
    // Converted once, since the result may differ from call to call.
    const address = `${url}`;
    if (concerns(address)) {
      begun += 1;
      tell();
      // Listens before the page's own listeners, since the page may draw in one of them.
      listen(this, 'readystatechange', () => { if (call.readyState(this) === 4) keepCall(this); });
    }
    // Without the last three arguments the call is asynchronous; with an undefined one it is not.
    const all = rest.length > 0 ? [verb, address, rest[0], rest[1], rest[2]] : [verb, address];
    return apply(call.open, this, all);
  };
  const keepCall = (of) => {
    const status = call.status(of);
    if (status > 0 && !concerns(call.url(of))) keep(0, null, null);
    else keep(status, call.header(of, 'content-type'), textOf(of));
  };
  const textOf = (of) => {
    switch (call.type(of)) {
      case '': case 'text': return call.text(of);
      case 'arraybuffer': return call.response(of) && decode(new Decoder(), call.response(of));
      case 'document': return call.response(of) && serialize(new Serializer(), call.response(of));
      default: return null;
    }
  };

  const { fetch, Request: Asked } = global;
  const urlOf = getter(Request, 'url');
  const answer = {
    status: getter(Response, 'status'),
    url: getter(Response, 'url'),
    headers: getter(Response, 'headers'),
    header: method(Headers, 'get'),
    clone: method(Response, 'clone'),
    text: method(Response, 'text'),
  };
  global.fetch = function (target, options) {
    let request;
    try { request = new Asked(target, options); } catch { return apply(fetch, global, [target, options]); }
    const answered = apply(fetch, global, [request]);
    if (!concerns(urlOf(request))) return answered;
    begun += 1;
    tell();
    return then(answered, (response) => {
      const told = (status, type, body) => { keep(status, type, body); return response; };
      if (!concerns(answer.url(response))) return told(0, null, null);
      const type = answer.header(answer.headers(response), 'content-type');
      const body = answer.text(answer.clone(response));
      return then(body, (text) => told(answer.status(response), type, text), () => told(0, null, null));
    }, (error) => {
      keep(0, null, null);
      throw error;
    });
  };

  // Counts uncaught exceptions of the page, since one of them may have ended its drawing.
  const count = () => { errors += 1; tell(); };
  listen(global, 'error', (event) => { if (targetOf(event) === global) count(); }, true);
  listen(global, 'unhandledrejection', count);
})
