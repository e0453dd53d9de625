// Runs once in the browser itself, in the tab of the first visit. Defines what cleaning calls there, as `fleet`, and
// opens the spare tab.
const done = arguments[arguments.length - 1];

const BLANK = 'about:blank';
const REFUSED = 0x804b0048; // NS_ERROR_PROXY_CONNECTION_REFUSED
const DOWNLOADS = 0x10000; // SANDBOXED_ALLOW_DOWNLOADS of nsSandboxFlags.h: no downloads
// A quiet page takes a few milliseconds to leave. After this time (ms) it does not count as quiet.
const PATIENCE = 1000;
const {
  CLEAR_COOKIES, CLEAR_DOM_STORAGES, CLEAR_PERMISSIONS, CLEAR_AUTH_CACHE, CLEAR_HSTS, CLEAR_ALL_CACHES,
} = Ci.nsIClearDataService;
// Firefox's window is at least 500 pixels wide for its tool bars. A phone's viewport is narrower.
window.document.documentElement.style.minWidth = '0';

// What pages store, and what the browser itself remembers of a site.
const STORES = CLEAR_COOKIES | CLEAR_DOM_STORAGES | CLEAR_PERMISSIONS | CLEAR_AUTH_CACHE | CLEAR_HSTS;

// Runs in the page's process when the pages are gone.
const IN_TAB = "data:,content.name = ''; docShell.browsingContext.resetNavigationRateLimit();";

// Runs in the page's process: a script in each of its documents, with the rights of the page.
const inEachDocument = (script) => `data:,${encodeURIComponent(`
  addEventListener('DOMWindowCreated', ({ target: { defaultView: view } }) => {
    const ground = Cu.Sandbox(view, { sandboxPrototype: view, sameZoneAs: view, wantXrays: false });
    Cu.evalInSandbox(${JSON.stringify(script)}, ground);
  }, true);`)}`;

// Runs in the page's process: makes a sandbox in each of its documents, and the function that runs scripts there for
// callers with the key. The page and an isolated sandbox share only the document.
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

// Counts requests of pages and their workers that the proxy script refused. Firefox's own belong to no page.
Services.obs.addObserver((subject) => {
  const channel = subject.QueryInterface(Ci.nsIHttpChannel);
  const { browsingContextID, workerAssociatedBrowsingContextID } = channel.loadInfo;
  const ofPage = browsingContextID || workerAssociatedBrowsingContextID;
  if (ofPage && channel.status === REFUSED) refused += 1;
}, 'http-on-stop-request');

/** The hidden toolbar would follow each page, which takes a quarter of a page's processor time. */
function hideToolbar() {
  document.getElementById('navigator-toolbox')?.style.setProperty('display', 'none');
  gBrowser._callProgressListeners = () => true;
}

const windows = () => [...Services.wm.getEnumerator('navigator:browser')];

function forbidDownloads(browser) {
  browser.browsingContext.sandboxFlags |= DOWNLOADS;
}

/** Opens the spare tab. */
function open() {
  const next = gBrowser.addTrustedTab(BLANK, { inBackground: true, skipAnimation: true, preferredRemoteType: 'web' });
  forbidDownloads(next.linkedBrowser);
}

/** Runs a script in every document of every tab from now on, before the page's scripts. */
function runInDocuments(script) {
  Services.mm.loadFrameScript(inEachDocument(script), true);
}

/** Makes the fleet's sandbox in every document of every tab from now on. */
function makeWorlds(name, key, isolated, tell) {
  Services.mm.loadFrameScript(inWorlds(name, key, isolated), true);
  tell(true);
}

/** Trusts certificate authorities (DER in Base64) for web servers only. */
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

/** Clears everything that pages store; the HTTP cache only if `keepCache` is false. Reports how many requests were refused since the last time. */
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

/** Leaves a page but stays in its tab, and clears its data. */
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

/** Clears what a tab knows of its pages: its history, its name, how often they navigated. */
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
