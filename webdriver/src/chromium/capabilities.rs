//! Chromium's switches, preferences and capabilities. Pure.

use serde_json::{Map, Value, json};

use crate::{
    config::{BrowserConfig, Proxy},
    find::Binaries,
    proxy_script::{self, direct_hosts},
};

/// Adds Chromium's own part to the capabilities.
pub(crate) fn add(
    all: &mut Map<String, Value>,
    browser: &BrowserConfig,
    binaries: Option<&Binaries>,
) {
    let mut options = json!({
        "args": arguments(browser, binaries),
        "excludeSwitches": ["disable-popup-blocking", "enable-logging"],
        "prefs": {
            "download_restrictions": 3,
            "profile.default_content_setting_values": {
                "popups": 2, "notifications": 2, "geolocation": 2, "automatic_downloads": 2
            },
        },
    });
    if let Some(binaries) = binaries {
        options["binary"] = json!(binaries.browser);
    } else {
        all.insert("browserName".into(), json!("chrome"));
    }
    all.insert("goog:chromeOptions".into(), options);
    all.insert("goog:loggingPrefs".into(), json!({ "browser": "SEVERE" }));
}

/// With `--remote-debugging-pipe` a browser ends when its driver does.
fn arguments(browser: &BrowserConfig, binaries: Option<&Binaries>) -> Vec<String> {
    let (width, height) = browser.viewport;
    let mut args: Vec<String> = ARGUMENTS.iter().map(ToString::to_string).collect();
    args.push(headless_arg(binaries).into());
    args.push(format!("--window-size={width},{height}"));
    args.push(format!(
        "--js-flags=--max-old-space-size={}",
        browser.heap_mib
    ));
    if !browser.sandbox {
        args.push("--no-sandbox".into());
    }
    if binaries.is_some() {
        args.push("--remote-debugging-pipe".into());
    }
    args.extend(proxy_args(browser, binaries.is_some()));
    args.extend(resolver_rules(browser));
    args.extend(browser.extra_args.iter().cloned());
    args
}

/// The switches have four purposes:
///
/// - Only what the page asks for runs: no background services, popups, prerendering, or pages kept
///   for the back button.
/// - `RenderDocument` and `ProactivelySwapBrowsingInstance` prepare a new frame for each page. That
///   costs a quarter of a small page's time and separates sites, but a session visits one site only.
/// - Resolver rules cover TCP only. `WebRTC` would send UDP to any address: the headless shell
///   takes the policy against it from the first switch, Chromium from the second.
///   `WebRtcHideLocalIpsWithMdns` sends queries to the local network.
/// - Console output of a page reaches no file. chromedriver asks for a log (`enable-logging`), so
///   that switch is excluded too.
///
/// Timers and processes of a hidden window run at full speed.
const ARGUMENTS: &[&str] = &[
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-component-extensions-with-background-pages",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--disable-breakpad",
    "--disable-background-timer-throttling",
    // Chromium ignores more than 200 navigations of a frame in ten seconds. Cleaning makes two a page.
    "--disable-ipc-flooding-protection",
    "--disable-renderer-backgrounding",
    "--disable-crash-reporter",
    "--disable-remote-fonts",
    "--disable-logging",
    "--disable-features=Translate,MediaRouter,OptimizationHints,DialMediaRouteProvider,\
     BackForwardCache,PaintHolding,RenderDocument,ProactivelySwapBrowsingInstance,\
     Prerender2,WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--block-new-web-contents",
    "--blink-settings=imagesEnabled=false",
    // Clearing buckets means clearing every kind of storage, which takes 35 ms.
    "--disable-blink-features=StorageBuckets",
    "--force-device-scale-factor=1",
    "--hide-scrollbars",
    "--metrics-recording-only",
    "--mute-audio",
    "--password-store=basic",
];

/// The headless shell does not know the value `new`.
fn headless_arg(binaries: Option<&Binaries>) -> &'static str {
    let name = binaries.and_then(|b| b.browser.file_name()?.to_str());
    match name {
        Some(name) if name.contains("headless-shell") => "--headless",
        _ => "--headless=new",
    }
}

/// - Without a proxy, `direct://` keeps the browser from taking one out of its environment, which
///   would bypass the resolver rules.
/// - A remote browser gets a proxy script that sends only allowed hosts to the proxy, since resolver
///   rules do not apply to requests through a proxy.
/// - A local browser gets the fleet's relay, which checks the hosts itself.
fn proxy_args(browser: &BrowserConfig, is_local: bool) -> Vec<String> {
    let Some(proxy) = browser.proxy.as_ref().and_then(Proxy::host_and_port) else {
        return vec!["--proxy-server=direct://".into()];
    };
    if !is_local {
        let script = proxy_script::address(browser, proxy_script::DIRECT);
        return vec![format!("--proxy-pac-url={script}")];
    }
    let direct: Vec<_> = direct_hosts(browser).map(String::as_str).collect();
    vec![
        format!("--proxy-server=http://{proxy}"),
        format!("--proxy-bypass-list={}", direct.join(";")),
    ]
}

/// Chromium tries rules in order: replacements first, then the ban on all but the allowed hosts.
/// `EXCLUDE` takes no port, so an allowed `host:port` is mapped to itself before the ban.
fn resolver_rules(browser: &BrowserConfig) -> Option<String> {
    let maps = browser.mapped_hosts.iter();
    let mut rules: Vec<String> = maps.map(|(from, to)| format!("MAP {from} {to}")).collect();
    if let Some(hosts) = &browser.allowed_hosts {
        let (ports, hosts): (Vec<_>, Vec<_>) = hosts.iter().partition(|host| has_port(host));
        rules.extend(ports.iter().map(|port| format!("MAP {port} {port}")));
        let proxy = browser.proxy.as_ref().and_then(Proxy::host_and_port);
        rules.extend(proxy.map(|proxy| format!("MAP {proxy} {proxy}")));
        rules.push("MAP * ~NOTFOUND".into());
        rules.extend(hosts.iter().map(|host| format!("EXCLUDE {host}")));
    }
    (!rules.is_empty()).then(|| format!("--host-resolver-rules={}", rules.join(", ")))
}

/// Whether an allowed host names a port; `[::1]` does not.
fn has_port(host: &str) -> bool {
    host.rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok() && !host.ends_with(']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(browser: &BrowserConfig, path: &str) -> Vec<String> {
        let binaries = Binaries {
            driver: "chromedriver".into(),
            browser: path.into(),
        };
        arguments(browser, Some(&binaries))
    }

    #[test]
    fn only_allowed_hosts_resolve() {
        let browser = BrowserConfig {
            allowed_hosts: Some(vec!["a.example".into(), "b.example".into()]),
            ..BrowserConfig::default()
        };
        assert!(args(&browser, "/x/chromium").contains(
            &"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE a.example, EXCLUDE b.example".into()
        ));
    }

    #[test]
    fn a_single_port_of_a_host_can_be_allowed() {
        let browser = BrowserConfig {
            allowed_hosts: Some(vec!["a.example:443".into(), "[::1]".into()]),
            ..BrowserConfig::default()
        };
        assert_eq!(
            resolver_rules(&browser).as_deref(),
            Some(
                "--host-resolver-rules=\
                 MAP a.example:443 a.example:443, MAP * ~NOTFOUND, EXCLUDE [::1]"
            )
        );
    }

    #[test]
    fn a_replacement_comes_before_the_ban() {
        let browser = BrowserConfig {
            allowed_hosts: Some(vec![]),
            mapped_hosts: vec![("a.example:443".into(), "127.0.0.1:8443".into())],
            ..BrowserConfig::default()
        };
        assert_eq!(
            resolver_rules(&browser).as_deref(),
            Some("--host-resolver-rules=MAP a.example:443 127.0.0.1:8443, MAP * ~NOTFOUND")
        );
    }

    #[test]
    fn without_a_proxy_the_environment_is_ignored() {
        let args = args(&BrowserConfig::default(), "/x/chromium");
        assert!(args.contains(&"--proxy-server=direct://".into()));
    }

    #[test]
    fn only_a_local_browser_gets_a_proxy_without_a_script() {
        let browser = BrowserConfig {
            allowed_hosts: Some(vec!["a.example:443".into(), "localhost:9".into()]),
            proxy: Some(Proxy("http://127.0.0.1:4000".parse().expect("an address"))),
            direct_hosts: vec!["b.example:443".into()],
            ..BrowserConfig::default()
        };
        let local = args(&browser, "/x/chromium");
        assert!(local.contains(&"--proxy-server=http://127.0.0.1:4000".into()));
        assert!(local.contains(&"--proxy-bypass-list=b.example:443;localhost:9".into()));
        let rules = resolver_rules(&browser).expect("there are some");
        assert!(rules.contains("MAP 127.0.0.1:4000 127.0.0.1:4000, MAP * ~NOTFOUND"));
        let remote = arguments(&browser, None);
        assert!(!remote.iter().any(|arg| arg.starts_with("--proxy-server")));
        assert!(
            remote
                .iter()
                .any(|arg| arg.starts_with("--proxy-pac-url=data:"))
        );
    }

    #[test]
    fn the_headless_shell_is_not_given_the_new_headless_mode() {
        let browser = BrowserConfig::default();
        assert!(args(&browser, "/x/chromium-headless-shell").contains(&"--headless".into()));
        assert!(args(&browser, "/x/chromium").contains(&"--headless=new".into()));
    }
}
