// Around every script of a visit. It answers with an object, always, so that a bare null can only be the driver's
// own word for "a prompt opened meanwhile". `all` are the script's own arguments, `body` is the script; it is a
// function of its own so that none of these names is seen by it.
(function (all, context, body, done) {
  const { alerts, left, spare, mark, hidden, firefox, record: name, again } = context;
  if (document.URL === 'about:blank' || location.pathname === mark) {
    const blank = () => done({ blank: true });
    // Firefox tells when the document goes away, so there is no need to ask again.
    return firefox ? setTimeout(blank, left + spare) : blank();
  }
  if (/^(chrome-error:|about:(net|cert)error)/.test(document.documentURI)) {
    return done({ unreachable: document.documentURI });
  }
  const timers = [setTimeout(() => done({ late: true }), left + spare)];
  // The page may wait for a frame, which a hidden window never draws.
  const unseen = Boolean(document.hidden && hidden);
  if (unseen) timers.push(setTimeout(() => done({ unseen: true }), hidden));
  const stop = () => timers.forEach(clearTimeout);
  // Firefox runs this in a page that stands in the middle of its own because of a prompt, and sees it
  // half done. Only its timers stand still: what one of them answers was seen in between.
  const tell = firefox ? (answer) => setTimeout(() => done(answer), 0) : done;
  const recorded = name ? recordOf(name) : undefined;
  const record = () => recorded && { calls: recorded.answers, errors: recorded.errors };
  const answer = (value) => { stop(); tell({ value, ...record() }); };
  const threw = (e) => { stop(); done({ threw: String((e && e.message) || e) }); };
  try { body.apply({ alerts, unseen, recorded, again }, [...all, left, answer]); } catch (e) { threw(e); }

  // What the recorder has of this document, kept up to date from run to run; nothing where it has none. The script may
  // add what it has learnt by itself, so a record of fewer calls takes nothing away.
  function recordOf(name) {
    if (globalThis.record) return globalThis.record;
    addEventListener(name, ({ detail }) => {
      const { begun, answers, errors } = JSON.parse(detail);
      const record = globalThis.record ??= { begun, answers };
      if (begun >= record.begun) Object.assign(record, { begun, answers });
      record.errors = errors;
      record.tell?.();
    });
    dispatchEvent(new Event(`${name}-wanted`));
    return globalThis.record;
  }
})
