//! `make bench`: what a timetable costs, beside what the bare browser costs, in one run.
//!
//! Everything reads the same stand-in site on loopback. Kinds of reads take turns, a round each,
//! so that a machine that slows down slows all of them down; ratios are between medians.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs,
    reason = "a measurement"
)]

mod api;
mod bare;
mod figures;
mod service;
mod site;

use std::time::Duration;

use bare::Kind;
use figures::{Figures, rate, table};

/// Rounds, and reads in a round. `BENCH_ROUNDS=1` is enough to see that it runs.
const ROUNDS: usize = 6;
const READS: usize = 15;
/// Calls of the API in a round: each takes a fraction of a millisecond.
const CALLS: usize = 4000;

#[tokio::main]
async fn main() {
    let rounds = std::env::var("BENCH_ROUNDS").map_or(ROUNDS, |text| text.parse().unwrap());
    let site = site::Site::start().await;
    let mut bare = bare::Sessions::open(2).await;
    let service = service::Service::start(&site);
    let api = api::Api::of(&site);
    let mut measured = Measured::default();
    warm_up(&site, &mut bare, &service).await;
    let _ = (api.bare_rate(CALLS).await, api.rate(CALLS).await);
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        measured
            .per_request
            .add(bare::browser_per_request(&site, Kind::Whole).await);
        let shell = bare::browser_per_request(&site, Kind::Shell).await;
        measured.shell_per_request.add(shell);
        for _ in 0..READS {
            measured.bare.add(bare.read_one(&site).await);
        }
        for _ in 0..READS {
            measured
                .cold
                .add(service.read(&site.fresh_identifier()).await);
        }
        measured.bare_rate.push(bare.rate(&site, READS * 4).await);
        measured
            .cold_rate
            .push(service.rate(&site, READS * 4, 4).await);
        measured.bare_api_rate.push(api.bare_rate(CALLS).await);
        measured.api_rate.push(api.rate(CALLS).await);
        for _ in 0..READS * 20 {
            measured.cached.add(service.read(site::CACHED).await);
        }
    }
    print(&measured, &service);
    service.stop();
    bare.close().await;
}

async fn warm_up(site: &site::Site, bare: &mut bare::Sessions, service: &service::Service) {
    bare.rate(site, 10).await;
    service.rate(site, 10, 2).await;
    service.read(site::CACHED).await;
}

#[derive(Default)]
struct Measured {
    per_request: Figures,
    shell_per_request: Figures,
    bare: Figures,
    cold: Figures,
    cached: Figures,
    /// Pages a second by two bare sessions.
    bare_rate: Vec<f64>,
    /// Timetables a second, 4 callers at once, two sessions.
    cold_rate: Vec<f64>,
    /// Answers of the API a second by a bare loop, 4 callers.
    bare_api_rate: Vec<f64>,
    /// Timetables a second by the API source, 4 callers.
    api_rate: Vec<f64>,
}

fn print(measured: &Measured, service: &service::Service) {
    let Measured {
        per_request,
        shell_per_request,
        bare,
        cold,
        cached,
        ..
    } = measured;
    let per_second = |one: Duration| 1.0 / one.as_secs_f64();
    let (bare_rate, cold_rate) = (rate(&measured.bare_rate), rate(&measured.cold_rate));
    let rows = [
        row(
            "browser per request: Chromium, the driver's defaults",
            per_request,
            bare,
        ),
        row(
            "browser per request: headless shell",
            shell_per_request,
            bare,
        ),
        row("bare warm session, 1 caller", bare, bare),
        row("ours, cold, 1 caller", cold, bare),
        row("ours, cached, 1 caller", cached, bare),
    ];
    println!("{}", table(&["read", "median", "p10–p90", "÷ bare"], &rows));
    let rates = [
        throughput("bare, 2 sessions", bare_rate, bare_rate),
        throughput("ours, cold, 4 callers, 2 sessions", cold_rate, bare_rate),
        throughput(
            "ours, cached, 1 caller",
            per_second(cached.median()),
            bare_rate,
        ),
    ];
    println!("{}", table(&["throughput", "a second", "÷ bare"], &rates));
    let (bare_api, api) = (rate(&measured.bare_api_rate), rate(&measured.api_rate));
    let rates = [
        throughput("a bare reqwest loop, 4 callers", bare_api, bare_api),
        throughput("ours, API source, 4 callers", api, bare_api),
    ];
    println!("{}", table(&["API", "a second", "÷ bare"], &rates));
    for (name, figures) in [
        ("Chromium", per_request),
        ("a headless shell", shell_per_request),
    ] {
        let faster = figures.median().as_secs_f64() / cold.median().as_secs_f64();
        println!("A cold read is {faster:.1} times as fast as starting {name} for it.");
    }
    println!(
        "Service memory: {:.1} MiB resident, ready within {:.2?}.",
        service.resident_mib(),
        service.ready_after
    );
}

fn row(name: &str, figures: &Figures, bare: &Figures) -> Vec<String> {
    let (low, high) = figures.spread();
    let ratio = figures.median().as_secs_f64() / bare.median().as_secs_f64();
    vec![
        name.to_owned(),
        format!("{:.2?}", figures.median()),
        format!("{low:.2?} – {high:.2?}"),
        format!("{ratio:.3}"),
    ]
}

fn throughput(name: &str, rate: f64, bare: f64) -> Vec<String> {
    vec![
        name.to_owned(),
        format!("{rate:.1}"),
        format!("{:.2}", rate / bare),
    ]
}
