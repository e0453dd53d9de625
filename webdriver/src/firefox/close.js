// Run in the browser itself: closes every tab and window but the selected one, whatever they show.
const done = arguments[arguments.length - 1];
for (const other of [...Services.wm.getEnumerator('navigator:browser')]) {
  if (other !== window) other.close();
}
for (const tab of [...gBrowser.tabs]) {
  if (tab !== gBrowser.selectedTab) gBrowser.removeTab(tab, { animate: false, skipPermitUnload: true });
}
done(true);
