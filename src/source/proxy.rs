//! The proxy that leads out, and the hosts that are reached without it.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

/// A proxy, and where it is not used.
#[derive(Clone)]
pub struct EgressProxy {
    /// `http://host:port`, with `user:password@` if it wants them.
    pub url: Url,
    /// `NO_PROXY`.
    pub except: NoProxy,
}

impl EgressProxy {
    /// Its address as it may be shown: without user and password.
    pub fn shown(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port_or_known_default().unwrap_or_default();
        format!("http://{host}:{port}")
    }

    /// Whether it wants a user or a password.
    pub fn has_credentials(&self) -> bool {
        !self.url.username().is_empty() || self.url.password().is_some()
    }
}

/// Never with the credentials.
impl fmt::Debug for EgressProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

/// Hosts that are reached without the proxy, as many programs read `NO_PROXY`.
#[derive(Debug, Clone, Default)]
pub struct NoProxy(Vec<Exception>);

#[derive(Debug, Clone)]
struct Exception {
    host: Excepted,
    /// `None`: every port.
    port: Option<u16>,
}

#[derive(Debug, Clone)]
enum Excepted {
    Every,
    Network(IpNet),
    /// A name, and all names below it.
    Domain(String),
}

impl NoProxy {
    /// Reads `*`, names (`example.com`, `.example.com`), addresses and networks, each but a network
    /// with or without a port. What is none of these fits no host.
    pub fn of(text: &str) -> Self {
        let listed = text.split([',', ' ']).map(str::trim);
        Self(
            listed
                .filter(|one| !one.is_empty())
                .map(exception)
                .collect(),
        )
    }

    /// Whether `url` is reached without the proxy.
    pub fn holds(&self, url: &Url) -> bool {
        let port = url.port_or_known_default();
        let fits = |one: &Exception| {
            (one.port.is_none() || one.port == port)
                && url.host().is_some_and(|host| one.fits(&host))
        };
        self.0.iter().any(fits)
    }
}

fn exception(text: &str) -> Exception {
    if let Some(network) = network(text) {
        let host = Excepted::Network(network);
        return Exception { host, port: None };
    }
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) => (name, port.parse().ok()),
        None => (text, None),
    };
    let name = name.trim_matches(['[', ']']);
    let host = match (name, network(name)) {
        ("*", _) => Excepted::Every,
        (_, Some(network)) => Excepted::Network(network),
        _ => Excepted::Domain(
            name.trim_start_matches("*.")
                .trim_matches('.')
                .to_lowercase(),
        ),
    };
    Exception { host, port }
}

fn network(text: &str) -> Option<IpNet> {
    let address = text.trim_matches(['[', ']']).parse::<IpAddr>();
    address.map(IpNet::from).or_else(|_| text.parse()).ok()
}

impl Exception {
    fn fits(&self, host: &Host<&str>) -> bool {
        match (&self.host, host) {
            (Excepted::Every, _) => true,
            (Excepted::Network(network), Host::Ipv4(address)) => {
                network.contains(&IpAddr::from(*address))
            }
            (Excepted::Network(network), Host::Ipv6(address)) => {
                network.contains(&IpAddr::from(*address))
            }
            (Excepted::Domain(domain), Host::Domain(name)) => {
                let rest = name.strip_suffix(domain.as_str());
                !domain.is_empty()
                    && rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_names_hosts_domains_networks_and_ports() {
        let holds = |list: &str, url: &str| NoProxy::of(list).holds(&url.parse().unwrap());
        for (list, url) in [
            ("*", "https://everytime.kr"),
            ("localhost, everytime.kr", "https://everytime.kr"),
            ("Everytime.kr", "https://api.everytime.kr"),
            (".everytime.kr", "https://api.everytime.kr"),
            ("*.everytime.kr", "https://api.everytime.kr"),
            ("everytime.kr:443", "https://everytime.kr"),
            ("10.0.0.0/8", "http://10.1.2.3:8080"),
            ("10.1.2.3:8080", "http://10.1.2.3:8080"),
            ("[2001:db8::1]:80,x", "http://[2001:db8::1]"),
            ("2001:db8::/32", "http://[2001:db8::1]"),
        ] {
            assert!(holds(list, url), "{list} {url}");
        }
        for (list, url) in [
            ("", "https://everytime.kr"),
            ("time.kr", "https://everytime.kr"),
            ("api.everytime.kr", "https://everytime.kr"),
            ("everytime.kr:80", "https://everytime.kr"),
            ("10.0.0.0/8", "http://11.1.2.3"),
            (".", "https://everytime.kr"),
        ] {
            assert!(!holds(list, url), "{list} {url}");
        }
    }
}
