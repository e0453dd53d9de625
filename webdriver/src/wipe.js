// Evaluated in a document that has been read, while scripts of pages are off: it empties the document
// and marks it by its path, so that the next visit knows it for the last one's. Cheaper than leaving the page,
// which costs as much as a visit.
function (mark) {
  const forget = (store) => { try { store().clear(); } catch { /* an opaque origin has none */ } };
  const told = {
    origin: location.origin,
    frames: self.length,
    // Refused requests show as entries without a status.
    failed: performance.getEntriesByType('resource').some((entry) => !entry.responseStatus),
  };
  stop();
  // No later address can lie within this document then, as one with a fragment could.
  history.replaceState(null, '', mark);
  forget(() => localStorage);
  forget(() => sessionStorage);
  self.name = '';
  // A cookie written a moment ago may still be on its way and arrive after all are cleared; to read
  // them is to wait for it.
  try { void document.cookie; } catch { /* an opaque origin has none */ }
  // Takes all elements and listeners away; timers and frame callbacks are taken one by one. What is
  // left (messages between workers) has the moment between scripts on and the next navigation.
  document.open();
  document.close();
  const each = (last, cancel) => { for (let id = last; id > 0; id -= 1) cancel(id); };
  each(setTimeout(() => {}), clearTimeout);
  each(requestAnimationFrame(() => {}), cancelAnimationFrame);
  each(requestIdleCallback(() => {}), cancelIdleCallback);
  return told;
}
