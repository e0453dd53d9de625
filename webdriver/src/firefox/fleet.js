// Run in the browser itself, once: what cleaning calls there, as `fleet`. It is run in the tab of the
// first visit and opens that of the next, should there have to be one.
const done = arguments[arguments.length - 1];

const BLANK = 'about:blank';
const REFUSED = 0x804b0048; // NS_ERROR_PROXY_CONNECTION_REFUSED
const DOWNLOADS = 0x10000; // SANDBOXED_ALLOW_DOWNLOADS of nsSandboxFlags.h: no downloads
// What a quiet page needs a few milliseconds for; after this much (ms) it is not quiet.
const PATIENCE = 1000;
const {
  CLEAR_COOKIES, CLEAR_DOM_STORAGES, CLEAR_PERMISSIONS, CLEAR_AUTH_CACHE, CLEAR_HSTS, CLEAR_ALL_CACHES,
} = Ci.nsIClearDataService;
// Firefox's own window is never narrower than its tool bars, 500 pixels; a phone's is.
window.document.documentElement.style.minWidth = '0';

// What pages store, and what the browser remembers of a site by itself.
const STORES = CLEAR_COOKIES | CLEAR_DOM_STORAGES | CLEAR_PERMISSIONS | CLEAR_AUTH_CACHE | CLEAR_HSTS;

// Run in the page's process, whose pages have gone by then.
const IN_TAB = "data:,content.name = ''; docShell.browsingContext.resetNavigationRateLimit();";

// Run in the page's process: a script in each of its documents, with the rights of the page.
const inEachDocument = (script) => `data:,${encodeURIComponent(`
  addEventListener('DOMWindowCreated', ({ target: { defaultView: view } }) => {
    const ground = Cu.Sandbox(view, { sandboxPrototype: view, sameZoneAs: view, wantXrays: false });
    Cu.evalInSandbox(${JSON.stringify(script)}, ground);
  }, true);`)}`;

// Run in the page's process: a world in each of its documents, and the one function that runs a script in it, for
// a caller that names the key. The page shares nothing with an isolated world but the document.
const inWorlds = (name, key, isolated) => `data:,${encodeURIComponent(`
  addEventListener('DOMWindowCreated', ({ target: { defaultView: view } }) => {
    let world;
    const run = (key, script, done) => {
      if (key !== ${JSON.stringify(key)}) return;
      world ??= Cu.Sandbox(view, { sandboxPrototype: view, sameZoneAs: view, wantXrays: ${isolated} });
      Cu.evalInSandbox(script, world)(done);
    };
    const value = Cu.exportFunction(run, view, { allowCrossOriginArguments: true });
    Object.defineProperty(Cu.waiveXrays(view), ${JSON.stringify(name)}, { value });
  }, true);`)}`;

let refused = 0;

// Counts what the proxy script refused to pages and their workers; Firefox's own attempts belong to no page.
Services.obs.addObserver((subject) => {
  const channel = subject.QueryInterface(Ci.nsIHttpChannel);
  const { browsingContextID, workerAssociatedBrowsingContextID } = channel.loadInfo;
  const ofPage = browsingContextID || workerAssociatedBrowsingContextID;
  if (ofPage && channel.status === REFUSED) refused += 1;
}, 'http-on-stop-request');

/** The toolbar would follow each page, unseen: a quarter of a page's processor time. */
function hideToolbar() {
  document.getElementById('navigator-toolbox')?.style.setProperty('display', 'none');
  gBrowser._callProgressListeners = () => true;
}

const windows = () => [...Services.wm.getEnumerator('navigator:browser')];

function forbidDownloads(browser) {
  browser.browsingContext.sandboxFlags |= DOWNLOADS;
}

/** Opens the tab that takes this one's place when need be. */
function open() {
  const next = gBrowser.addTrustedTab(BLANK, { inBackground: true, skipAnimation: true, preferredRemoteType: 'web' });
  forbidDownloads(next.linkedBrowser);
}

/** Runs a script in every document of every tab from now on, before the page's own. */
function runInDocuments(script) {
  Services.mm.loadFrameScript(inEachDocument(script), true);
}

/** Makes the fleet's world in every document of every tab from now on. */
function makeWorlds(name, key, isolated, tell) {
  Services.mm.loadFrameScript(inWorlds(name, key, isolated), true);
  tell(true);
}

/** Trusts certificate authorities, DER in Base64, to name web servers and nothing else. */
function trust(authorities) {
  const known = Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB);
  for (const authority of authorities) known.addCertFromBase64(authority, 'C,,');
}

/** Closes every tab and window but the selected one, whatever they show. */
function closeOthers() {
  for (const other of windows()) {
    if (other !== window) other.close();
  }
  for (const tab of [...gBrowser.tabs]) {
    if (tab !== gBrowser.selectedTab) gBrowser.removeTab(tab, { animate: false, skipPermitUnload: true });
  }
}

/** Forgets everything that pages store, but the HTTP cache where it is kept. Tells how many requests were refused since the last time. */
function forget(keepCache, tell) {
  Services.clearData.deleteData(keepCache ? STORES : STORES | CLEAR_ALL_CACHES, {
    onDataDeleted: (failed) => tell(failed ? 'failed' : takeRefused()),
  });
}

function takeRefused() {
  const taken = refused;
  refused = 0;
  return taken;
}

/** Leaves a page for good but stays in its tab, and forgets. */
function leave(keepCache, tell) {
  if (windows().length > 1 || gBrowser.tabs.length !== 2) return tell('not alone');
  const browser = gBrowser.selectedBrowser;
  const listener = {
    QueryInterface: ChromeUtils.generateQI(['nsIWebProgressListener', 'nsISupportsWeakReference']),
    onLocationChange(progress, request, address) {
      if (!progress.isTopLevel || address.spec !== BLANK) return;
      unlisten();
      forget(keepCache, (told) => {
        forgetTab(browser);
        tell(told);
      });
    },
  };
  const unlisten = () => {
    clearTimeout(late);
    browser.removeProgressListener(listener);
  };
  const late = setTimeout(() => { unlisten(); tell('stays'); }, PATIENCE);
  browser.addProgressListener(listener, Ci.nsIWebProgress.NOTIFY_LOCATION);
  browser.browsingContext.loadURI(Services.io.newURI(BLANK), {
    loadFlags: Ci.nsIWebNavigation.LOAD_FLAGS_REPLACE_HISTORY,
    triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal(),
  });
}

/** What a tab knows of its pages: where they were, its name, how often they navigated. */
function forgetTab(browser) {
  browser.purgeSessionHistory();
  forbidDownloads(browser);
  browser.messageManager.loadFrameScript(IN_TAB, false);
}

hideToolbar();
forbidDownloads(gBrowser.selectedBrowser);
open();
window.fleet = { open, closeOthers, forget, leave, runInDocuments, makeWorlds, trust };
done(true);
