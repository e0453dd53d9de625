// Run in the browser itself, once: counts what the proxy script refused to pages and their workers.
// Firefox's own attempts belong to no page.
const done = arguments[arguments.length - 1];
const REFUSED = 0x804b0048; // NS_ERROR_PROXY_CONNECTION_REFUSED
window.fleetRefused = 0;
Services.obs.addObserver((subject) => {
  const channel = subject.QueryInterface(Ci.nsIHttpChannel);
  const { browsingContextID, workerAssociatedBrowsingContextID } = channel.loadInfo;
  const ofPage = browsingContextID || workerAssociatedBrowsingContextID;
  if (ofPage && channel.status === REFUSED) window.fleetRefused += 1;
}, 'http-on-stop-request');
done(true);
