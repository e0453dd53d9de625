// Evaluated in the fleet's world of a document that has been read. Replaces the page by an empty document of the same
// origin and process, with the path `mark`, which clears the window's storage. This is cheaper than a navigation to
// `about:blank`, which involves the browser's process too.
function (mark) {
  const summary = { origin: location.origin, frames: self.length };
  // Runs in the new document, where no script of the page runs.
  const forget = (mark) => {
    const clear = (store) => { try { store().clear(); } catch { /* an opaque origin has none */ } };
    clear(() => localStorage);
    clear(() => sessionStorage);
    self.name = '';
    // A cookie written a moment ago may arrive after all cookies are cleared. Reading them waits for it.
    try { void document.cookie; } catch { /* an opaque origin has none */ }
    history.replaceState(null, '', mark);
  };
  const page = `<script>(${forget})(${JSON.stringify(mark)})</script>`;
  location.href = `javascript:${encodeURIComponent(JSON.stringify(page))}`;
  return summary;
}
