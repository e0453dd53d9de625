//! `make bench`: what a timetable costs, compared with the bare parts, in one run.
//!
//! Everything reads the same stand-in on loopback. Variants take turns, a round each, so that a slow
//! phase of the machine affects all of them. Ratios compare medians.
//!
//! It runs `BENCH_ROUNDS` (6) rounds. With fewer than two it only shows that everything runs: the round
//! is short, and nothing is written.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement"
)]

mod api;
mod batch;
mod cached;
#[path = "../common/mod.rs"]
mod common;
mod free;
mod memory;
mod reads;

use std::path::Path;

use common::engine::Engine;
use common::report::Report;
use common::site::Site;
use common::{machine, setting};

/// How much is measured.
#[derive(Clone, Copy)]
struct Effort {
    rounds: usize,
    /// Pages in a round, of each kind.
    pages: usize,
    /// Answers out of the cache in a round, of each kind.
    answers: usize,
    /// Timetables cached when the cache's memory is measured.
    cached: usize,
}

impl Effort {
    fn of(rounds: usize) -> Self {
        match rounds {
            0 | 1 => Self {
                rounds: 1,
                pages: 8,
                answers: 100,
                cached: 20,
            },
            _ => Self {
                rounds,
                pages: 16,
                answers: 4000,
                cached: 10_000,
            },
        }
    }

    fn is_a_try(self) -> bool {
        self.rounds == 1
    }
}

#[tokio::main]
async fn main() {
    if cached::is_the_bare_handler() {
        return cached::serve_bare().await;
    }
    let effort = Effort::of(setting("BENCH_ROUNDS", 6));
    let site = Site::start().await;
    let mut report = Report::new("What a timetable costs", &machine::in_words());
    reads::measure(&site, effort, &mut report).await;
    batch::measure(&site, effort, &mut report).await;
    api::measure(&site, effort, &mut report).await;
    cached::measure(&site, effort, &mut report).await;
    free::measure(&site, effort, &mut report).await;
    memory::measure(&site, effort, &mut report).await;
    if effort.is_a_try() {
        println!("A try: nothing is written.");
    } else {
        report.save(&Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/RESULTS.md"));
    }
}

/// The browsers that are installed here.
fn engines() -> impl Iterator<Item = Engine> {
    Engine::ALL.into_iter().filter(|engine| {
        let is_there = engine.binaries().is_some();
        if !is_there {
            eprintln!("{} is not installed and not measured", engine.name());
        }
        is_there
    })
}
