// Evaluated in the fleet's world of the blank document that has taken a page's place, where no script of a page can be
// in the way: clears what a window stores. DevTools can clear it too, but takes ten milliseconds.
(function () {
  if (location.href !== 'about:blank') return false;
  const forget = (store) => { try { store().clear(); } catch { /* an opaque origin has none */ } };
  forget(() => localStorage);
  forget(() => sessionStorage);
  self.name = '';
  // A cookie written a moment ago may still be on its way and arrive after all are cleared; to read
  // them is to wait for it.
  try { void document.cookie; } catch { /* an opaque origin has none */ }
  return true;
})()
