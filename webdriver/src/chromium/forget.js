// Evaluated in the fleet's world after wipe.js, when all that it woke has run to its end: clears what a window stores.
// DevTools can clear it too, but takes ten milliseconds.
(function () {
  const forget = (store) => { try { store().clear(); } catch { /* an opaque origin has none */ } };
  forget(() => localStorage);
  forget(() => sessionStorage);
  self.name = '';
  // A cookie written a moment ago may still be on its way and arrive after all are cleared; to read
  // them is to wait for it.
  const { get: cookie } = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
  try { cookie.call(document); } catch { /* an opaque origin has none */ }
})()
