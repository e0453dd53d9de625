//! `make ablation`: what each choice of a cold read gains or costs. Writes `benches/COLD.md`.
//!
//! Every variant has its own session, and all sessions are open from the start. They read the same
//! stand-in in turns, a page each, in a different order each round. The unchanged fleet takes part
//! several times: differences between these are noise, and all variants are compared with their pool.
//!
//! It runs `COLD_ROUNDS` (60) rounds. With fewer than two it only shows that everything runs, and
//! writes nothing. `COLD_ONLY` takes comma-separated words, runs the variants whose names contain one
//! of them, and writes nothing.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement"
)]

mod bare;
#[path = "../common/mod.rs"]
mod common;
mod fleet;
mod launch;
mod path;
mod variants;

use std::path::Path;
use std::time::{Duration, Instant};

use bare::Bare;
use common::figures::{Figures, short};
use common::report::Report;
use common::site::Site;
use common::{cpu, machine, processes, setting};
use fleet::OneSession;
use variants::{Variant, Way};

/// Pages that fill a session's caches before anything counts.
const FIRST: usize = 5;

#[tokio::main]
async fn main() {
    let rounds = setting("COLD_ROUNDS", 60);
    let only = std::env::var("COLD_ONLY").ok();
    let is_a_try = rounds < 2;
    let site = Site::start().await;
    let mut report = Report::new("What a cold read is made of", &machine::in_words());
    if only.is_none() {
        path::measure(&site, rounds.div_ceil(3), &mut report).await;
    }
    let wanted = |variant: &Variant| {
        let only = only.as_deref();
        let is_named = |words: &str| words.split(',').any(|word| variant.name.contains(word));
        variant.is_the_measure() || only.is_none_or(is_named)
    };
    let all = variants::all().into_iter().filter(wanted).collect();
    report.add(
        "Each choice",
        &HEAD,
        &choices(&site, all, rounds).await,
        NOTE,
    );
    if is_a_try || only.is_some() {
        println!("A trial: nothing is written.");
    } else {
        report.save(&Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/COLD.md"));
    }
}

const HEAD: [&str; 6] = [
    "what is different",
    "answered after, ms",
    "÷ as it is",
    "processor time, ms",
    "÷ as it is",
    "session, MiB",
];
const NOTE: &str = "Each row is a session of the headless shell. Time until the answer: median, \
    with the 10th and the 90th percentile in brackets. Processor time of driver and browser for \
    each page, with its cleaning. Rows of the fleet are compared with all rows of the unchanged \
    fleet; rows of a bare session, which gets the same commands, with all unchanged bare \
    sessions.";

/// One way of reading and its figures.
struct Measured {
    variant: Variant,
    session: Session,
    answer: Figures,
    /// Processor time at the start.
    cpu_before: Duration,
}

/// Whose session it is.
enum Session {
    Fleet(OneSession),
    Bare(Box<Bare>),
}

async fn choices(site: &Site, all: Vec<Variant>, rounds: usize) -> Vec<Vec<String>> {
    let mut measured = Vec::new();
    for variant in all {
        eprintln!("Opening: {} …", variant.name);
        match Measured::open(variant, site).await {
            Ok(one) => measured.push(one),
            Err(variant) => eprintln!("{} does not work here", variant.name),
        }
    }
    for one in &mut measured {
        one.cpu_before = cpu::of_family(one.session.group());
    }
    for round in 0..rounds.max(1) {
        let by = round % measured.len();
        measured.rotate_left(by);
        for one in &mut measured {
            one.answer.add(one.session.read(site).await.unwrap());
        }
    }
    measured.sort_by_key(|one| one.variant.number);
    let pools = [false, true].map(|bare| Measure::of(&measured, bare));
    let row = |one: &Measured| one.row(&pools[usize::from(one.variant.is_bare())]);
    let rows = measured.iter().map(row).collect();
    for one in measured {
        one.session.close().await;
    }
    rows
}

impl Measured {
    /// The first pages fill caches and do not count. Returns the variant if it cannot read.
    async fn open(variant: Variant, site: &Site) -> Result<Self, Variant> {
        let Ok(session) = Session::open(&variant.way, site).await else {
            return Err(variant);
        };
        for _ in 0..FIRST {
            if session.read(site).await.is_err() {
                session.close().await;
                return Err(variant);
            }
        }
        Ok(Self {
            variant,
            answer: Figures::default(),
            cpu_before: Duration::ZERO,
            session,
        })
    }

    /// Between its turns a session does nothing.
    fn cpu_ms(&self) -> f64 {
        let cpu = cpu::of_family(self.session.group()).saturating_sub(self.cpu_before);
        cpu.as_secs_f64() * 1000.0 / self.answer.count() as f64
    }

    fn row(&self, measure: &Measure) -> Vec<String> {
        let cpu = self.cpu_ms();
        vec![
            self.variant.name.to_owned(),
            self.answer.cell(),
            format!("{:.2}", self.answer.ratio(&measure.answer)),
            short(cpu),
            format!("{:.2}", cpu / measure.cpu_ms),
            format!("{:.0}", self.session.memory()),
        ]
    }
}

/// The figures of all unchanged sessions of one kind.
struct Measure {
    answer: Figures,
    cpu_ms: f64,
}

impl Measure {
    fn of(all: &[Measured], bare: bool) -> Self {
        let is_one =
            |one: &&Measured| one.variant.is_the_measure() && one.variant.is_bare() == bare;
        let all: Vec<_> = all.iter().filter(is_one).collect();
        Self {
            answer: Figures::pooled(all.iter().map(|one| &one.answer)),
            cpu_ms: all.iter().map(|one| one.cpu_ms()).sum::<f64>() / all.len() as f64,
        }
    }
}

impl Session {
    async fn open(way: &Way, site: &Site) -> Result<Self, String> {
        Ok(match way {
            Way::Fleet(settings) => Self::Fleet(OneSession::open(settings, site).await?),
            Way::Bare(settings) => Self::Bare(Box::new(Bare::open(settings, site).await)),
        })
    }

    /// Reads one page on a clean session and cleans it; returns the time until the answer.
    async fn read(&self, site: &Site) -> Result<Duration, String> {
        let identifier = site.fresh_identifier();
        let began = Instant::now();
        match self {
            Self::Fleet(fleet) => fleet.read(&identifier).await?,
            Self::Bare(bare) => bare.read(&identifier).await?,
        }
        let took = began.elapsed();
        match self {
            Self::Fleet(fleet) => fleet.is_clean().await,
            Self::Bare(bare) => bare.clean().await,
        }
        Ok(took)
    }

    /// The process group of its driver, which is the driver's own number.
    fn group(&self) -> u32 {
        match self {
            Self::Fleet(fleet) => fleet.group(),
            Self::Bare(bare) => bare.group(),
        }
    }

    fn memory(&self) -> f64 {
        let members = processes::members(&[self.group()].into());
        members.into_iter().map(processes::share).sum()
    }

    async fn close(self) {
        match self {
            Self::Fleet(fleet) => fleet.close().await,
            Self::Bare(bare) => bare.close().await,
        }
    }
}
