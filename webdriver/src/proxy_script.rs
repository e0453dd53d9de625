//! The proxy script (PAC), which tells a browser which proxy an address needs. Pure.

use serde_json::json;
use url::Host;

use crate::config::{BrowserConfig, Proxy};

/// A proxy that does not exist: port 1 of the browser's machine.
pub(crate) const CLOSED: &str = "PROXY 127.0.0.1:1";
/// A direct connection.
pub(crate) const DIRECT: &str = "DIRECT";

/// The script as a `data:` address. It returns `refused` for hosts that are not allowed.
pub(crate) fn address(browser: &BrowserConfig, refused: &str) -> String {
    let script = script(browser, refused);
    let escaped: String = url::form_urlencoded::byte_serialize(script.as_bytes()).collect();
    let escaped = escaped.replace('+', "%20");
    format!("data:application/x-ns-proxy-autoconfig,{escaped}")
}

fn script(browser: &BrowserConfig, refused: &str) -> String {
    let allowed = json!(browser.allowed_hosts);
    let direct = json!(direct_hosts(browser).collect::<Vec<_>>());
    let route = browser.proxy.as_ref().and_then(Proxy::host_and_port);
    let route = route.map_or(DIRECT.to_owned(), |proxy| format!("PROXY {proxy}"));
    format!(
        "function FindProxyForURL(url, host) {{\
         var port = /^[a-z]+:\\/\\/[^\\/]*:(\\d+)(\\/|$)/.exec(url);\
         port = port ? port[1] : /^(https|wss):/.test(url) ? '443' : '80';\
         function among(hosts) {{\
         return hosts.indexOf(host) >= 0 || hosts.indexOf(host + ':' + port) >= 0; }}\
         var allowed = {allowed};\
         if (allowed && !among(allowed)) return '{refused}';\
         return among({direct}) ? 'DIRECT' : '{route}'; }}"
    )
}

/// The hosts that are reached without the proxy: the configured ones, and allowed ones on this machine.
pub(crate) fn direct_hosts(browser: &BrowserConfig) -> impl Iterator<Item = &String> {
    let own = browser.allowed_hosts.iter().flatten();
    let own = own.filter(|host| is_loopback(host));
    browser.direct_hosts.iter().chain(own)
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => name,
        _ => host,
    };
    match Host::parse(name) {
        Ok(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browser() -> BrowserConfig {
        BrowserConfig {
            allowed_hosts: Some(vec!["a.example:443".into(), "127.0.0.1:9".into()]),
            ..BrowserConfig::default()
        }
    }

    #[test]
    fn a_forbidden_host_is_sent_to_a_proxy_that_does_not_exist() {
        let script = address(&browser(), CLOSED);
        assert!(script.starts_with("data:application/x-ns-proxy-autoconfig,function%20Find"));
        assert!(script.contains("a.example%3A443") && script.contains("127.0.0.1%3A1"));
    }

    #[test]
    fn the_script_has_no_password_and_no_proxy_for_this_machine() {
        let proxied = BrowserConfig {
            proxy: Some(Proxy(
                "http://me:secret@proxy.example:3128"
                    .parse()
                    .expect("an address"),
            )),
            direct_hosts: vec!["b.example:443".into()],
            ..browser()
        };
        let script = script(&proxied, CLOSED);
        assert!(script.contains("'PROXY proxy.example:3128'"), "{script}");
        assert!(!script.contains("secret"), "{script}");
        assert!(script.contains(r#"among(["b.example:443","127.0.0.1:9"]) ? 'DIRECT'"#));
    }
}
