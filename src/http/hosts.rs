//! The host names of the service.
//!
//! A page of any site can resolve its own name to 127.0.0.1 and then read answers of a service there (DNS
//! rebinding). Its requests have that name as `Host`. So a service without keys on loopback accepts only
//! names of this machine.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::uri::Authority;

use super::config::{AllowedHost, HttpConfig};
use crate::fault::{BadRequest, Fault};

/// The names.
pub(super) enum Hosts {
    Any,
    /// Names of this machine, and these.
    Only {
        listen: IpAddr,
        named: Vec<String>,
    },
}

impl Hosts {
    pub(super) fn new(config: &HttpConfig) -> Self {
        let is_sidecar = config.listen.ip().is_loopback() && config.api_keys.is_empty();
        let named = config.allowed_hosts.iter().map(|host| match host {
            AllowedHost::Any => None,
            AllowedHost::Only(name) => Some(name.clone()),
        });
        match named.collect::<Option<Vec<_>>>() {
            Some(named) if is_sidecar || !named.is_empty() => Self::Only {
                listen: config.listen.ip(),
                named,
            },
            _ => Self::Any,
        }
    }

    /// Refuses a request to another name. A request without a name does not come from a page.
    pub(super) fn check(&self, request: &Request) -> Result<(), Fault> {
        let Self::Only { listen, named } = self else {
            return Ok(());
        };
        let is_ours =
            |host: &str| is_this_machine(host, *listen) || named.iter().any(|name| name == host);
        let in_address = request.uri().authority().cloned().map(Some);
        let in_headers = request.headers().get_all(HOST).iter();
        let in_headers = in_headers.filter(|value| !value.is_empty());
        let all = in_headers.map(|value| Authority::try_from(value.as_bytes()).ok());
        let all_ours = all
            .chain(in_address)
            .all(|host| host.is_some_and(|host| is_ours(&name(&host))));
        if all_ours {
            Ok(())
        } else {
            Err(Fault::BadRequest(BadRequest::Host))
        }
    }
}

/// The host in lower case, without port and final dot.
fn name(authority: &Authority) -> String {
    let host = authority.host().to_ascii_lowercase();
    host.strip_suffix('.').unwrap_or(&host).to_owned()
}

fn is_this_machine(host: &str, listen: IpAddr) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback() || address == listen,
        // Browsers resolve such names to loopback without a lookup.
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn admits(hosts: &Hosts, uri: &str, headers: &[&str]) -> bool {
        let mut request = Request::builder().uri(uri);
        for host in headers {
            request = request.header(HOST, *host);
        }
        hosts.check(&request.body(Body::empty()).unwrap()).is_ok()
    }

    #[test]
    fn only_names_of_this_machine_and_named_ones_are_taken() {
        let hosts = Hosts::Only {
            listen: "127.0.0.1".parse().unwrap(),
            named: vec!["gonggang.internal".to_owned()],
        };
        for host in [
            "localhost",
            "localhost:5001",
            "LOCALHOST.",
            "a.localhost",
            "127.0.0.1:5001",
            "127.9.9.9",
            "[::1]:5001",
            "[::ffff:127.0.0.1]",
            "gonggang.internal",
            "GongGang.Internal:80",
            "",
        ] {
            assert!(admits(&hosts, "/", &[host]), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:5001",
            "localhost.evil.example",
            "evillocalhost",
            "127.0.0.1.evil.example",
            "192.0.2.1",
            "[2001:db8::1]",
            "0.0.0.0",
            "a b",
            "@localhost@evil",
            "evil.example@localhost@x",
        ] {
            assert!(!admits(&hosts, "/", &[host]), "{host}");
        }
        assert!(admits(&hosts, "/", &[]));
        assert!(!admits(&hosts, "/", &["localhost", "evil.example"]));
        assert!(!admits(&hosts, "http://evil.example/", &["localhost"]));
    }
}
