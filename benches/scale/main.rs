//! `make scale`: how cost grows with classes, sessions, links and cached timetables, where one machine
//! ends, and what a Selenium Grid adds. Writes `benches/SCALE.md` and a plot of each curve beside it.
//!
//! It runs `SCALE_ROUNDS` (5) rounds through all points of a curve, so that a slow phase of the machine
//! lifts the curve and does not bend it. With 0 it only shows that everything runs: two points of each
//! curve, and nothing is written.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement"
)]

#[allow(
    dead_code,
    unreachable_pub,
    reason = "the tests and the measurement use their own parts"
)]
#[path = "../../tests/support/address.rs"]
mod address;
#[path = "../common/mod.rs"]
mod common;
mod ends;
mod grid;
mod plot;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the tests and the measurement use their own parts"
)]
#[path = "../../tests/support/grid.rs"]
mod real_grid;

use std::path::{Path, PathBuf};
use std::time::Instant;

use common::figures::{Figures, Rates, short};
use common::report::Report;
use common::service::Service;
use common::site::{CACHED, Site};
use common::{client, loopback, machine, setting};
use plot::Curve;
use serde_json::json;

const CLASSES: [usize; 6] = [0, 6, 12, 18, 24, 30];
const SESSIONS: [usize; 6] = [1, 2, 3, 4, 6, 8];
const LINKS: [usize; 6] = [2, 10, 20, 30, 40, 50];
const CACHED_COUNTS: [usize; 6] = [0, 2000, 4000, 6000, 8000, 10_000];

#[tokio::main]
async fn main() {
    let rounds = setting("SCALE_ROUNDS", 5);
    let is_a_try = rounds == 0;
    let part = |points: &'static [usize]| if is_a_try { &points[..2] } else { points };
    let (site, rounds) = (Site::start().await, rounds.max(1));
    let [memory_cached, rate_cached] = cached(&site, rounds, part(&CACHED_COUNTS)).await;
    let curves = [
        classes(&site, rounds, part(&CLASSES)).await,
        sessions(&site, rounds, part(&SESSIONS)).await,
        session_memory(&site, part(&SESSIONS)).await,
        links(&site, rounds, part(&LINKS)).await,
        memory_cached,
        rate_cached,
    ];
    let mut report = Report::new("How cost grows", &machine::in_words());
    for curve in &curves {
        let note = format!("![{}](plots/{}.svg)", curve.title, curve.name);
        report.add(curve.title, &[curve.x, curve.y], &rows(curve), &note);
    }
    let pages = if is_a_try { 8 } else { 96 };
    let ends = ends::rows(&site, pages, slope(&curves[2])).await;
    report.add("Where one machine ends", &ends::HEAD, &ends, ends::NOTE);
    if let Some(grid) = grid::measure(&site, rounds, pages / 2).await {
        report.add("A Selenium Grid", &grid::HEAD, &grid.rows, &grid.note);
    }
    if is_a_try {
        return println!("A trial: nothing is written.");
    }
    for curve in &curves {
        let file = folder().join("plots").join(format!("{}.svg", curve.name));
        plot::write(curve, &file);
    }
    report.save(&folder().join("SCALE.md"));
}

/// What one more costs, from the first to the last point.
fn slope(curve: &Curve) -> f64 {
    let (first, last) = (curve.points[0], curve.points[curve.points.len() - 1]);
    (last.1 - first.1) / (last.0 - first.0)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches")
}

fn rows(curve: &Curve) -> Vec<Vec<String>> {
    let row = |(x, y): &(f64, f64)| vec![format!("{x:.0}"), short(*y)];
    curve.points.iter().map(row).collect()
}

/// One caller, two sessions.
async fn classes(site: &Site, rounds: usize, all: &[usize]) -> Curve {
    eprintln!("Classes …");
    let service = Service::start(site, &[]);
    service.rate(site, 10, 2).await;
    let mut figures: Vec<_> = all.iter().map(|_| Figures::default()).collect();
    for _ in 0..rounds {
        for (figures, &classes) in figures.iter_mut().zip(all) {
            for _ in 0..8 {
                figures.add(service.read(&site.with_classes(classes)).await);
            }
        }
    }
    service.stop();
    let millis = |one: &Figures| one.median().as_secs_f64() * 1000.0;
    Curve {
        name: "classes",
        title: "A cold read by classes",
        x: "classes of the timetable",
        y: "milliseconds, median",
        points: points(all, figures.iter().map(millis)),
    }
}

/// Two callers for each session, so that no session waits for a request.
async fn sessions(site: &Site, rounds: usize, all: &[usize]) -> Curve {
    eprintln!("Sessions …");
    let mut rates: Vec<_> = all.iter().map(|_| Rates::default()).collect();
    for _ in 0..rounds.div_ceil(2) {
        for (rate, &count) in rates.iter_mut().zip(all) {
            let service = Service::start(site, &[("GONGGANG_POOL_SIZE", count.to_string())]);
            service.rate(site, count * 4, count * 2).await;
            rate.add(service.rate(site, 96, count * 2).await);
            service.stop();
        }
    }
    Curve {
        name: "sessions",
        title: "Cold reads a second by sessions",
        x: "sessions",
        y: "timetables a second",
        points: points(all, rates.iter().map(Rates::median)),
    }
}

async fn session_memory(site: &Site, all: &[usize]) -> Curve {
    let mut memory = Vec::new();
    for &count in all {
        let service = Service::start(site, &[("GONGGANG_POOL_SIZE", count.to_string())]);
        service.rate(site, count * 20, count * 2).await;
        memory.push(service.memory_of_others());
        service.stop();
    }
    Curve {
        name: "session-memory",
        title: "Memory of browsers and drivers by sessions",
        x: "sessions",
        y: "MiB",
        points: points(all, memory),
    }
}

/// Of people with cached timetables.
async fn links(site: &Site, rounds: usize, all: &[usize]) -> Curve {
    eprintln!("Links …");
    let service = Service::start(site, &[("GONGGANG_QUEUE", "64".to_owned())]);
    let mut people = Vec::new();
    for _ in 0..all[all.len() - 1] {
        let identifier = site.fresh_identifier();
        service.read(&identifier).await;
        people.push(identifier);
    }
    let mut figures: Vec<_> = all.iter().map(|_| Figures::default()).collect();
    for _ in 0..rounds {
        for (figures, &links) in figures.iter_mut().zip(all) {
            for _ in 0..20 {
                let began = Instant::now();
                let body = json!({"links": &people[..links]});
                service.post("/v1/free", &body).await.unwrap();
                figures.add(began.elapsed());
            }
        }
    }
    service.stop();
    let millis = |one: &Figures| one.median().as_secs_f64() * 1000.0;
    Curve {
        name: "links",
        title: "Common free time by links",
        x: "links, all of them cached",
        y: "milliseconds, median",
        points: points(all, figures.iter().map(millis)),
    }
}

/// Read by the API source, which caches the same without a page: memory, and answers a second on one
/// connection.
async fn cached(site: &Site, rounds: usize, all: &[usize]) -> [Curve; 2] {
    eprintln!("Cached timetables …");
    let service = Service::start(site, &[("GONGGANG_SOURCE", "api".to_owned())]);
    service.read(CACHED).await;
    let (mut memory, mut rates) = (Vec::new(), Vec::new());
    let mut there = 0;
    for &cached in all {
        if cached > there {
            service.rate(site, cached - there, 8).await;
            there = cached;
        }
        memory.push(service.memory());
        rates.push(cached_rate(&service, rounds).await);
    }
    service.stop();
    let curve = |name, title, y, values| Curve {
        name,
        title,
        x: "timetables cached",
        y,
        points: points(all, values),
    };
    [
        curve(
            "cached",
            "Memory of the service by cached timetables",
            "MiB resident",
            memory,
        ),
        curve(
            "cached-rate",
            "Cached answers a second by cached timetables",
            "answers a second, one connection",
            rates,
        ),
    ]
}

async fn cached_rate(service: &Service, rounds: usize) -> f64 {
    let (address, path) = (
        service.url.trim_start_matches("http://"),
        format!("/v1/timetables/{CACHED}"),
    );
    let mut rates = Rates::default();
    for _ in 0..rounds {
        rates.add(loopback::rate(address, &path, 1000, 1).await);
    }
    rates.median()
}

fn points(x: &[usize], y: impl IntoIterator<Item = f64>) -> Vec<(f64, f64)> {
    x.iter().map(|x| *x as f64).zip(y).collect()
}
