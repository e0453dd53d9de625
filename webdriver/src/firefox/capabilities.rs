//! Firefox's preferences and capabilities. Pure.

use serde_json::{Map, Value, json};

use crate::{config::BrowserConfig, find::Binaries, proxy_script};

/// Adds Firefox's own part to the capabilities.
pub(crate) fn add(
    all: &mut Map<String, Value>,
    browser: &BrowserConfig,
    binaries: Option<&Binaries>,
) {
    let mut args = vec!["-headless".to_owned()];
    args.extend(browser.extra_args.iter().cloned());
    let mut options = json!({ "args": args, "prefs": preferences(browser) });
    match binaries {
        Some(binaries) => options["binary"] = json!(binaries.browser),
        None => drop(all.insert("browserName".into(), json!("firefox"))),
    }
    all.insert("moz:firefoxOptions".into(), options);
}

/// Navigations that a page's scripts may start in ten seconds. Each one blocks the whole browser for
/// a moment: on a busy machine Firefox's own limit of 200 cost the session.
const NAVIGATIONS: u32 = 20;

/// Closes what bypasses the proxy script or asks the resolver: WebRTC, QUIC, prefetching of pages
/// and names, and Firefox's own services.
const CLOSED: [(&str, bool); 22] = [
    ("media.peerconnection.enabled", false),
    ("media.navigator.enabled", false),
    ("dom.presentation.enabled", false),
    ("dom.push.connection.enabled", false),
    ("dom.push.enabled", false),
    ("network.webtransport.enabled", false),
    ("network.http.http3.enable", false),
    ("network.dns.disablePrefetch", true),
    ("network.dns.disablePrefetchFromHTTPS", true),
    ("network.dns.preferIPv6", false),
    ("network.prefetch-next", false),
    ("network.proxy.allow_bypass", false),
    ("network.preconnect", false),
    ("network.predictor.enabled", false),
    ("network.early-hints.preconnect.enabled", false),
    ("network.captive-portal-service.enabled", false),
    ("network.connectivity-service.enabled", false),
    ("network.notify.changed", false),
    ("browser.region.update.enabled", false),
    ("browser.search.update", false),
    ("doh-rollout.enabled", false),
    ("toolkit.telemetry.enabled", false),
];

/// geckodriver itself turns off first-run pages, updates and telemetry. The rest is here:
///
/// - Without extensions a browser starts with a fifth less CPU time.
/// - Without history, icons, saved sessions and tracker lists a page takes a tenth less CPU time.
/// - One process serves all pages. It stays warm between visits, and cleaning relies on it.
fn preferences(browser: &BrowserConfig) -> Map<String, Value> {
    let mut all = Map::new();
    let mut set = |name: &str, value: Value| drop(all.insert(name.into(), value));
    set("extensions.enabledScopes", json!(0));
    set("permissions.default.image", json!(2));
    set("gfx.downloadable_fonts.enabled", json!(false));
    set("dom.disable_open_during_load", json!(true));
    set("dom.disable_beforeunload", json!(true));
    set("app.normandy.enabled", json!(false));
    set("messaging-system.rsexperimentloader.enabled", json!(false));
    set("fission.autostart", json!(false));
    set("dom.ipc.processCount", json!(1));
    set("dom.ipc.processPrelaunch.enabled", json!(false));
    set("fission.bfcacheInParent", json!(false));
    set("browser.sessionhistory.max_total_viewers", json!(0));
    set(
        "dom.navigation.navigationRateLimit.count",
        json!(NAVIGATIONS),
    );
    set("browser.chrome.site_icons", json!(false));
    set("places.history.enabled", json!(false));
    set("browser.formfill.enable", json!(false));
    set("browser.sessionstore.interval", json!(i32::MAX));
    set("browser.sessionstore.max_tabs_undo", json!(0));
    set("privacy.trackingprotection.annotate_channels", json!(false));
    set("privacy.bounceTrackingProtection.mode", json!(0));
    set("privacy.query_stripping.enabled", json!(false));
    set("layout.css.devPixelsPerPx", json!("1.0"));
    // geckodriver makes Firefox write console output of pages to its own output.
    set("browser.dom.window.dump.enabled", json!(false));
    set("devtools.console.stdout.chrome", json!(false));
    set("devtools.console.stdout.content", json!(false));
    for (name, value) in CLOSED {
        set(name, json!(value));
    }
    set("network.http.speculative-parallel-limit", json!(0));
    set("network.trr.mode", json!(5));
    if let Some(agent) = &browser.user_agent {
        set("general.useragent.override", json!(agent));
    }
    // Firefox has no resolver rules. It asks a script which proxy an address needs.
    if browser.allowed_hosts.is_some() || browser.proxy.is_some() {
        let script = proxy_script::address(browser, proxy_script::CLOSED);
        set("network.proxy.type", json!(2));
        set("network.proxy.autoconfig_url", json!(script));
        set("network.proxy.allow_hijacking_localhost", json!(true));
        set("network.proxy.failover_direct", json!(false));
    }
    all.extend(browser.extra_preferences.iter().cloned());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_of_the_caller_override_the_fleets_own() {
        let browser = BrowserConfig {
            extra_preferences: vec![("permissions.default.image".into(), json!(1))],
            ..BrowserConfig::default()
        };
        let preferences = preferences(&browser);
        assert_eq!(preferences["permissions.default.image"], 1);
        assert_eq!(preferences["network.trr.mode"], 5);
    }

    #[test]
    fn without_allowed_hosts_there_is_no_proxy_script() {
        assert!(!preferences(&BrowserConfig::default()).contains_key("network.proxy.type"));
    }
}
