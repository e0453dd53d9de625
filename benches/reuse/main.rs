//! `cargo bench --bench reuse`: the figures of docs/page-reuse.md, in one run.
//!
//! One bare session navigates to timetables, then draws as many in place; the service reads as many
//! beside it. They take turns, a round each.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a measurement"
)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../../tests/page_reuse/session.rs"]
mod session;

use std::time::{Duration, Instant};

use common::cpu;
use common::figures::Figures;
use common::report::table;
use common::service::Service;
use common::setting;
use common::site::Site;
use session::{Session, outcome};

/// Rounds, and reads of each kind in a round. `BENCH_ROUNDS=1` is enough to see that it runs.
const ROUNDS: usize = 6;
const READS: usize = 20;

/// One way of reading.
#[derive(Default)]
struct Way {
    /// Until the answer is there.
    answer: Figures,
    /// Until the session is clean and may take the next.
    whole: Figures,
    /// Processor time of driver and browser for the whole.
    cpu: Duration,
}

#[tokio::main]
async fn main() {
    let rounds = setting("BENCH_ROUNDS", ROUNDS);
    let site = Site::start().await;
    let service = Service::start(&site, &[]);
    let session = Session::open(&site.url).await;
    let [mut navigated, mut redrawn] = <[Way; 2]>::default();
    let mut served = Figures::default();
    navigate(&site, &session, &mut Way::default()).await;
    for _ in 0..rounds {
        navigate(&site, &session, &mut navigated).await;
        redraw(&site, &session, &mut redrawn).await;
        for _ in 0..READS {
            served.add(service.read(&site.fresh_identifier()).await);
        }
    }
    session.close().await;
    service.stop();
    print(rounds, &navigated, &redrawn, &served);
}

async fn navigate(site: &Site, session: &Session, way: &mut Way) {
    let before = cpu::of_family(session.driver());
    for _ in 0..READS {
        let began = Instant::now();
        let read = session.navigate_barely(&site.fresh_identifier()).await;
        way.answer.add(began.elapsed());
        session.clean().await;
        way.whole.add(began.elapsed());
        read.unwrap();
    }
    way.cpu += cpu::of_family(session.driver()).saturating_sub(before);
}

/// In the page that the last navigation left.
async fn redraw(site: &Site, session: &Session, way: &mut Way) {
    let before = cpu::of_family(session.driver());
    for _ in 0..READS {
        let identifier = site.fresh_identifier();
        let began = Instant::now();
        let page = session.redraw(&identifier).await;
        way.answer.add(began.elapsed());
        session.clean().await;
        way.whole.add(began.elapsed());
        assert_eq!(page.doubt, None);
        outcome(&identifier, page.reading.unwrap(), &[]).unwrap();
    }
    way.cpu += cpu::of_family(session.driver()).saturating_sub(before);
}

fn print(rounds: usize, navigated: &Way, redrawn: &Way, served: &Figures) {
    let row = |name: &str, figures: &Figures, bare: &Figures| {
        let ratio = format!("{:.2}", figures.ratio(bare));
        vec![name.to_owned(), figures.cell(), ratio]
    };
    let rows = [
        row(
            "bare session, navigated",
            &navigated.answer,
            &navigated.answer,
        ),
        row("the service, not cached", served, &navigated.answer),
        row(
            "bare session, drawn in place",
            &redrawn.answer,
            &navigated.answer,
        ),
        row("navigated and cleaned", &navigated.whole, &navigated.whole),
        row(
            "drawn in place and cleaned",
            &redrawn.whole,
            &navigated.whole,
        ),
    ];
    println!(
        "{}",
        table(&["read", "ms: median (p10–p90)", "÷ navigated"], &rows)
    );
    let each = |way: &Way| way.cpu.as_secs_f64() * 1000.0 / (rounds * READS) as f64;
    let (navigated, redrawn) = (each(navigated), each(redrawn));
    println!(
        "Processor time of driver and browser, with cleaning: {navigated:.1} ms navigated, \
         {redrawn:.1} ms drawn in place ({:.2}).",
        redrawn / navigated
    );
}
