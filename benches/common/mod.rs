//! Shared by the measurements: the stand-in, the service and the bare browser as processes, and the
//! format of figures.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each measurement uses its own part"
)]

pub mod bare;
pub mod cpu;
pub mod crawler;
pub mod engine;
pub mod figures;
pub mod loopback;
pub mod machine;
pub mod processes;
pub mod report;
pub mod service;
pub mod site;

/// A number from the environment.
pub fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| {
        text.parse().unwrap_or_else(|_| panic!("{name}: a number"))
    })
}

/// The TLS library leaves the choice of the cryptography provider to the program.
pub fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}
