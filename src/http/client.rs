//! The client of a request: the address of the connection, or the one that a trusted proxy reports.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The peer of a connection; an extension of each of its requests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) SocketAddr);

/// The client of a request whose connection comes from `peer`.
///
/// Each proxy appends its peer to `X-Forwarded-For`. It is read from the right, as far as trusted proxies
/// wrote it: the client itself may have written the rest.
pub(super) fn address(peer: Option<Peer>, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut client = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Peer(address)| {
        address.ip().to_canonical()
    });
    for hop in forwarded(headers).iter().rev() {
        if !trusted.iter().any(|network| network.contains(&client)) {
            break;
        }
        match parse(hop) {
            Some(address) => client = address,
            None => break,
        }
    }
    client
}

/// Every entry of every such header, in order.
fn forwarded(headers: &HeaderMap) -> Vec<&str> {
    let lines = headers.get_all("x-forwarded-for").iter();
    lines
        .flat_map(|line| line.to_str().unwrap_or("?").split(','))
        .collect()
}

/// `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1` or `[2001:db8::1]:443`.
fn parse(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok();
    address
        .or_else(|| hop.parse().ok().map(|with_port: SocketAddr| with_port.ip()))
        .map(|address: IpAddr| address.to_canonical())
}

/// The address that stands for a client: an IPv6 address cut to its /64, since one client has a whole /64.
pub(super) fn ipv6_prefix(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let headers = forwarded.iter().map(|line| {
            let name = axum::http::HeaderName::from_static("x-forwarded-for");
            (name, line.parse().unwrap())
        });
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value);
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        let peer = Peer(SocketAddr::new(peer.parse().unwrap(), 1));
        address(Some(peer), &map, &trusted).to_string()
    }

    #[test]
    fn an_untrusted_peer_is_the_client_whatever_it_forwards() {
        assert_eq!(client("192.0.2.1", &["198.51.100.7"], &[]), "192.0.2.1");
        let trusted = ["10.0.0.0/8"];
        assert_eq!(
            client("192.0.2.1", &["198.51.100.7"], &trusted),
            "192.0.2.1"
        );
    }

    #[test]
    fn behind_trusted_proxies_the_client_is_the_rightmost_address_that_is_not_theirs() {
        let trusted = ["10.0.0.0/8", "::1/128"];
        for (forwarded, expected) in [
            (&["198.51.100.7"][..], "198.51.100.7"),
            (&["1.2.3.4, 198.51.100.7"], "198.51.100.7"),
            (&["1.2.3.4, 198.51.100.7, 10.0.0.9"], "198.51.100.7"),
            (&["1.2.3.4", "198.51.100.7:1234"], "198.51.100.7"),
            (&["[2001:db8::1]:443"], "2001:db8::1"),
            (&["10.0.0.2"], "10.0.0.2"),
            (&["1.2.3.4, nonsense"], "10.0.0.1"),
            (&[], "10.0.0.1"),
        ] {
            assert_eq!(
                client("10.0.0.1", forwarded, &trusted),
                expected,
                "{forwarded:?}"
            );
        }
        assert_eq!(client("::ffff:10.0.0.1", &["1.2.3.4"], &trusted), "1.2.3.4");
    }

    #[test]
    fn an_ipv6_network_of_64_bits_is_one_client() {
        let parse = |text: &str| ipv6_prefix(text.parse().unwrap());
        assert_eq!(parse("2001:db8:1:2:3::4"), parse("2001:db8:1:2::"));
        assert_ne!(parse("2001:db8:1:2::"), parse("2001:db8:1:3::"));
        assert_ne!(parse("192.0.2.1"), parse("192.0.2.2"));
    }
}
