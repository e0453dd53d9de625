// Wraps every script of a visit. `all` are the script's arguments. `body` is the script as a separate function, so
// that it sees none of these names. The answer is always an object: a bare null comes from the driver and means that a
// prompt opened or the document went away.
(function (all, context, body, done) {
  const { alerts, left, spare, mark, hidden, firefox, record: name, again } = context;
  if (document.URL === 'about:blank' || location.pathname === mark) {
    const blank = () => done({ blank: true });
    // geckodriver reports when the document goes away, so the fleet need not ask again.
    return firefox ? setTimeout(blank, left + spare) : blank();
  }
  if (/^(chrome-error:|about:(net|cert)error)/.test(document.documentURI)) {
    return done({ unreachable: document.documentURI });
  }
  const timers = [setTimeout(() => done({ late: true }), left + spare)];
  // The page may wait for an animation frame, which a hidden window never gets.
  const unseen = Boolean(document.hidden && hidden);
  if (unseen) timers.push(setTimeout(() => done({ unseen: true }), hidden));
  const stop = () => timers.forEach(clearTimeout);
  // Firefox runs this even while a prompt interrupts a script of the page, and sees the page half done. Only timers
  // wait for that script, so the answer leaves by a timer.
  const tell = firefox ? (answer) => setTimeout(() => done(answer), 0) : done;
  const recorded = name ? recordOf(name) : undefined;
  const record = () => recorded && { calls: recorded.answers, errors: recorded.errors };
  const answer = (value) => { stop(); tell({ value, ...record() }); };
  const threw = () => { stop(); done({ threw: true }); };
  try { body.apply({ alerts, unseen, recorded, again }, [...all, left, answer]); } catch { threw(); }

  // The recorder's record of this document, kept from run to run; undefined where it has none. The visit's script may
  // add calls of its own, so a record of fewer calls replaces nothing.
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
