//! Timetables that nobody has asked for before, with each browser.

use std::time::Duration;

use crate::common::bare::{Sessions, browser_per_request};
use crate::common::engine::{Engine, Strategy};
use crate::common::figures::{Figures, Rates, short};
use crate::common::report::Report;
use crate::common::service::Service;
use crate::common::site::Site;
use crate::{Effort, engines};

/// Callers at once.
const CALLERS: [usize; 4] = [1, 2, 4, 8];
/// Sessions, bare and ours.
const SESSIONS: usize = 2;

/// What was measured with one browser.
struct Measured {
    engine: Engine,
    ready_after: Duration,
    /// A browser for each request, as one starts it who knows no better.
    per_request: Figures,
    bare: Figures,
    cold: Figures,
    bare_rate: Rates,
    /// By the number of callers, as in [`CALLERS`].
    rates: [Rates; 4],
}

pub(crate) async fn measure(site: &Site, effort: Effort, report: &mut Report) {
    let mut all = Vec::new();
    for engine in engines() {
        eprintln!("Reading with {} …", engine.name());
        all.push(Measured::of(engine, site, effort).await);
    }
    report.add("One page", &PAGE, &rows(&all, page), PAGE_NOTE);
    report.add("Pages a second", &RATE, &rows(&all, rate), RATE_NOTE);
    if let Some(text) = beside_chromium_per_request(&all) {
        report.add(
            "A browser for each request",
            &["beside a cold read with", "times as long"],
            &text,
            "",
        );
    }
    report.add(
        "Time to ready",
        &["browser", "seconds"],
        &rows(&all, ready),
        "",
    );
}

impl Measured {
    async fn of(engine: Engine, site: &Site, effort: Effort) -> Self {
        let bare = Sessions::open(engine, SESSIONS).await;
        let service = Service::start(site, &engine.settings());
        bare.rate(site, 6).await;
        service.rate(site, 6, 2).await;
        let mut measured = Self::empty(engine, service.ready_after);
        for _ in 0..effort.rounds {
            measured.round(site, &bare, &service, effort.pages).await;
        }
        service.stop();
        bare.close().await;
        measured
    }

    fn empty(engine: Engine, ready_after: Duration) -> Self {
        Self {
            engine,
            ready_after,
            per_request: Figures::default(),
            bare: Figures::default(),
            cold: Figures::default(),
            bare_rate: Rates::default(),
            rates: Default::default(),
        }
    }

    async fn round(&mut self, site: &Site, bare: &Sessions, service: &Service, pages: usize) {
        let whole = browser_per_request(self.engine, Strategy::Default, site).await;
        self.per_request.add(whole);
        for _ in 0..pages {
            self.bare.add(bare.read_one(site).await);
        }
        for _ in 0..pages {
            self.cold.add(service.read(&site.fresh_identifier()).await);
        }
        self.bare_rate.add(bare.rate(site, pages * 3).await);
        for (rate, callers) in self.rates.iter_mut().zip(CALLERS) {
            rate.add(service.rate(site, pages * 3, callers).await);
        }
    }
}

const PAGE: [&str; 5] = [
    "browser",
    "a browser for each request, ms",
    "bare warm session, ms",
    "ours, cold, ms",
    "ours ÷ bare",
];
const PAGE_NOTE: &str = "One caller. Medians, and in brackets the 10th and the 90th percentile. A \
    bare session gets one navigation and one script over plain HTTP, as we send them.";

fn page(measured: &Measured) -> Vec<String> {
    vec![
        measured.engine.name().to_owned(),
        measured.per_request.cell(),
        measured.bare.cell(),
        measured.cold.cell(),
        format!("{:.2}", measured.cold.ratio(&measured.bare)),
    ]
}

const RATE: [&str; 7] = [
    "browser",
    "two bare sessions",
    "ours, 1 caller",
    "2 callers",
    "4 callers",
    "8 callers",
    "ours with 4 ÷ bare",
];
const RATE_NOTE: &str = "Two sessions each. Medians of the rounds, and in brackets the least and the \
    most. One caller gets more pages a second than one session reads in turn: they alternate.";

fn rate(measured: &Measured) -> Vec<String> {
    let four = measured.rates[2].median() / measured.bare_rate.median();
    let mut row = vec![measured.engine.name().to_owned(), measured.bare_rate.cell()];
    row.extend(measured.rates.iter().map(Rates::cell));
    row.push(format!("{four:.2}"));
    row
}

fn ready(measured: &Measured) -> Vec<String> {
    vec![
        measured.engine.name().to_owned(),
        format!("{:.2}", measured.ready_after.as_secs_f64()),
    ]
}

/// How much longer it takes to start Chromium itself for one read, beside each browser's cold read.
fn beside_chromium_per_request(all: &[Measured]) -> Option<Vec<Vec<String>>> {
    let whole = all.iter().find(|one| one.engine == Engine::Chromium)?;
    let row = |one: &Measured| {
        let times = whole.per_request.ratio(&one.cold);
        vec![one.engine.name().to_owned(), short(times)]
    };
    Some(all.iter().map(row).collect())
}

fn rows(all: &[Measured], row: impl Fn(&Measured) -> Vec<String>) -> Vec<Vec<String>> {
    all.iter().map(row).collect()
}
