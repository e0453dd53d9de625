// Run in the browser itself: forgets everything that pages store but the HTTP cache, and opens the
// next visit's tab. Tells how many requests were refused since the last time; null: it failed.
const done = arguments[arguments.length - 1];
const DOWNLOADS = 0x10000; // SANDBOXED_ALLOW_DOWNLOADS of nsSandboxFlags.h: no downloads
const all = Ci.nsIClearDataService;
const next = gBrowser.addTrustedTab('about:blank', { inBackground: true, skipAnimation: true, preferredRemoteType: 'web' });
next.linkedBrowser.browsingContext.sandboxFlags |= DOWNLOADS;
const refused = window.fleetRefused;
window.fleetRefused = 0;
Services.clearData.deleteData(
  all.CLEAR_COOKIES | all.CLEAR_DOM_STORAGES | all.CLEAR_PERMISSIONS,
  { onDataDeleted: (failed) => done(failed ? null : refused) },
);
