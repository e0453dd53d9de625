// The body of every async script the fleet runs. It answers with an object, always, so that a bare
// null can only be the driver's own word for "a prompt opened meanwhile". BODY is the visit's script;
// it stands in a function of its own so that none of these names is seen by it.
return (function (all, body) {
  const done = all.pop(), { alerts, left, spare, mark, hidden, firefox, property, again } = all.pop();
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
  // What the recorder has of this document; nothing where it has none.
  const recorded = property ? window[property] : undefined;
  const record = () => recorded && { calls: recorded.answers, errors: recorded.errors };
  const answer = (value) => { stop(); tell({ value, ...record() }); };
  const threw = (e) => { stop(); done({ threw: String((e && e.message) || e) }); };
  try { body.apply({ alerts, unseen, recorded, again }, [...all, left, answer]); } catch (e) { threw(e); }
})(Array.from(arguments), function () {
/*BODY*/
});
