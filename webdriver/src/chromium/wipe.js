// Evaluated in the fleet's world of a document that has been read, while its page is frozen and scripts of pages
// are off. It empties the document and closes every way to the network, so that nothing of the page can go on in it;
// `mark` becomes its path. Cheaper than leaving the page, which costs as much as a small visit.
//
// A page can put elements in the place of the document's own members, hence the calls by way of prototypes.
function (mark) {
  const { get: head } = Object.getOwnPropertyDescriptor(Document.prototype, 'head');
  globalThis.spent = true;
  const told = {
    origin: location.origin,
    frames: self.length,
    // Refused requests show as entries without a status.
    failed: performance.getEntriesByType('resource').some((entry) => !entry.responseStatus),
  };
  // No later address can lie within this document then, as one with a fragment could.
  history.replaceState(null, '', mark);
  // Takes all elements and listeners away.
  Document.prototype.open.call(document);
  Document.prototype.close.call(document);
  // A request that ends wakes what waits for it, once more: that must find no way to make another one.
  const policy = Document.prototype.createElement.call(document, 'meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = "default-src 'none'";
  head.call(document).append(policy);
  stop();
  const each = (last, cancel) => { for (let id = last; id > 0; id -= 1) cancel(id); };
  each(setTimeout(() => {}), clearTimeout);
  each(requestAnimationFrame(() => {}), cancelAnimationFrame);
  each(requestIdleCallback(() => {}), cancelIdleCallback);
  return told;
}
