//! Addresses of this process alone.

use std::net::Ipv4Addr;

/// A loopback address on which no other process listens, told by the process' id: any port of it is free, and
/// stays so until something of ours is bound to it.
pub fn own() -> Ipv4Addr {
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, 64 | high, middle, low)
}

/// An address at which nothing ever listens.
pub fn of_nothing() -> String {
    format!("http://{}:7777", own())
}
