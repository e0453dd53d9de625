// Evaluated in the fleet's world of a document that has been read. An empty document of the same origin and process takes
// the page's place, at an address with the path `mark`, and forgets what the window stores. Cheaper than a navigation
// to `about:blank`, which takes the browser's process too.
function (mark) {
  const told = {
    origin: location.origin,
    frames: self.length,
    // Refused requests show as entries without a status.
    failed: performance.getEntriesByType('resource').some((entry) => !entry.responseStatus),
  };
  // Runs in the new document, where no script of the page can be in the way.
  const forget = (mark) => {
    const clear = (store) => { try { store().clear(); } catch { /* an opaque origin has none */ } };
    clear(() => localStorage);
    clear(() => sessionStorage);
    self.name = '';
    // A cookie written a moment ago may still be on its way and arrive after all are cleared; to read
    // them is to wait for it.
    try { void document.cookie; } catch { /* an opaque origin has none */ }
    history.replaceState(null, '', mark);
  };
  const page = `<script>(${forget})(${JSON.stringify(mark)})</script>`;
  location.href = `javascript:${encodeURIComponent(JSON.stringify(page))}`;
  return told;
}
