//! New timetables, with each browser.

use crate::common::bare::{self, Sessions};
use crate::common::crawler;
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
/// Starts of the service until it is ready.
const STARTS: usize = 3;

/// What was measured with one browser.
struct Measured {
    engine: Engine,
    ready: Figures,
    /// A browser for each request, read by our script.
    per_request: Figures,
    /// The same, read as crawlers do.
    crawled: Figures,
    bare: Figures,
    /// Page after page.
    cold: Figures,
    /// Each when the sessions are clean.
    at_rest: Figures,
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
    report.add(
        "A browser for each request",
        &PER_REQUEST,
        &per_request(&all),
        PER_REQUEST_NOTE,
    );
    report.add(
        "Time to ready",
        &["browser", "seconds, median of three", "the longest"],
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
        let mut measured = Self::empty(engine);
        measured.start(site, &service);
        for _ in 0..effort.rounds {
            measured.round(site, &bare, &service, effort.pages).await;
        }
        service.stop();
        bare.close().await;
        measured
    }

    fn empty(engine: Engine) -> Self {
        Self {
            engine,
            ready: Figures::default(),
            per_request: Figures::default(),
            crawled: Figures::default(),
            bare: Figures::default(),
            cold: Figures::default(),
            at_rest: Figures::default(),
            bare_rate: Rates::default(),
            rates: Default::default(),
        }
    }

    /// The first start reads files that are not in the page cache.
    fn start(&mut self, site: &Site, service: &Service) {
        self.ready.add(service.ready_after);
        for _ in 1..STARTS {
            let another = Service::start(site, &self.engine.settings());
            self.ready.add(another.ready_after);
            another.stop();
        }
    }

    async fn round(&mut self, site: &Site, bare: &Sessions, service: &Service, pages: usize) {
        let whole = bare::browser_per_request(self.engine, Strategy::Default, site).await;
        self.per_request.add(whole);
        let whole = crawler::browser_per_request(self.engine, site).await;
        self.crawled.add(whole);
        for _ in 0..pages {
            self.bare.add(bare.read_one(site).await);
        }
        for _ in 0..pages {
            self.cold.add(service.read(&site.fresh_identifier()).await);
        }
        for _ in 0..pages {
            let identifier = site.fresh_identifier();
            self.at_rest.add(service.read_at_rest(&identifier).await);
        }
        self.bare_rate.add(bare.rate(site, pages * 3).await);
        for (rate, callers) in self.rates.iter_mut().zip(CALLERS) {
            rate.add(service.rate(site, pages * 3, callers).await);
        }
    }
}

const PAGE: [&str; 5] = [
    "browser",
    "bare warm session, ms",
    "ours, cold, page after page, ms",
    "ours, cold, at rest, ms",
    "page after page ÷ bare",
];
const PAGE_NOTE: &str = "One caller. Medians, with the 10th and the 90th percentile in brackets. \
    A bare session gets one navigation and one script over plain HTTP, as the fleet sends them, \
    and is not cleaned. Page after page: a session is cleaned during the next read. At rest: all \
    sessions are clean.";

fn page(measured: &Measured) -> Vec<String> {
    vec![
        measured.engine.name().to_owned(),
        measured.bare.cell(),
        measured.cold.cell(),
        measured.at_rest.cell(),
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
const RATE_NOTE: &str = "Two sessions each. Medians of the rounds, with the least and the most \
    in brackets. One caller gets more pages a second than one session can read, because the \
    sessions alternate.";

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
        format!("{:.2}", measured.ready.median().as_secs_f64()),
        format!("{:.2}", measured.ready.most().as_secs_f64()),
    ]
}

const PER_REQUEST: [&str; 5] = [
    "started for each request",
    "read by",
    "ms",
    "÷ ours page after page",
    "÷ ours at rest",
];
const PER_REQUEST_NOTE: &str = "Driver and browser start, read one page and end. By one script: \
    ours, sent when the page has loaded. By commands, as crawlers do it: every 250 ms a look for \
    a class, then one command for the place of each class. Ours uses the first of the browsers.";

/// Compared with ours and the first browser, the default of the service.
fn per_request(all: &[Measured]) -> Vec<Vec<String>> {
    let row = |name: &str, way: &str, took: &Figures| {
        let times = |ours: &Figures| short(took.ratio(ours));
        let [cold, at_rest] = [&all[0].cold, &all[0].at_rest].map(times);
        vec![name.to_owned(), way.to_owned(), took.cell(), cold, at_rest]
    };
    let rows = all.iter().flat_map(|one| {
        let name = one.engine.name();
        [
            row(name, "one script", &one.per_request),
            row(name, "commands", &one.crawled),
        ]
    });
    rows.collect()
}

fn rows(all: &[Measured], row: impl Fn(&Measured) -> Vec<String>) -> Vec<Vec<String>> {
    all.iter().map(row).collect()
}
