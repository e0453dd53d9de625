//! What docs/page-reuse.md says of drawing the next timetable in the page of the last: where it is
//! right, where it notices that it is not, and where it cannot notice. The service does not do it.
//!
//! `RANDOM_SEED` and `RANDOM_COUNT` choose other random timetables, and more of them.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "page_reuse/session.rs"]
mod session;
mod support;

use std::collections::BTreeMap;

use gonggang::replay::{Case, Cases};
use gonggang::timetable::Timetable;
use gonggang::timetable::time::Weekday;
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;
use session::{Session, outcome};
use support::random::RandomTimetable;
use support::{Site, fixtures};

/// Pages drawn after one navigation, at most.
const CHAIN: usize = 20;

/// The page itself is refused for these, which a page that is not asked for does not show.
const REFUSED_AS_PAGES: [&str; 2] = ["page-forbidden", "page-unavailable"];

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

/// The fixtures and random timetables.
fn many(seed: u64) -> Cases {
    let cases = Cases::load(&fixtures()).unwrap();
    for seed in seed..seed + number("RANDOM_COUNT", 60) {
        cases.insert(RandomTimetable::new(seed).case());
    }
    cases
}

#[tokio::test]
async fn a_faithful_page_draws_strangers_in_any_order_as_navigations_do() {
    let seed = number("RANDOM_SEED", 1);
    let site = Site::serving(many(seed)).await;
    let session = Session::open(&site.url).await;
    let mut cases = site.cases.all();
    let mut navigated = BTreeMap::new();
    for case in &cases {
        navigated.insert(
            case.identifier.clone(),
            session.navigate(&case.identifier).await,
        );
    }
    cases.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
    let (mut wrong, mut doubts) = (Vec::new(), BTreeMap::new());
    let mut chain = CHAIN;
    for case in &cases {
        let (found, doubt) = if chain < CHAIN {
            session.redraw_or_navigate(&case.identifier).await
        } else {
            (
                session.navigate(&case.identifier).await,
                Some("chain ends".to_owned()),
            )
        };
        // Only what was plainly drawn is drawn over.
        let plain = found.as_ref().is_ok_and(|table| table.not_drawn.is_empty());
        chain = match (&doubt, plain) {
            (None, true) => chain + 1,
            (Some(_), true) => 1,
            (_, false) => CHAIN,
        };
        *doubts
            .entry(doubt.unwrap_or("none".to_owned()))
            .or_insert(0) += 1;
        if found != navigated[&case.identifier] && !REFUSED_AS_PAGES.contains(&case.name.as_str()) {
            wrong.push((case.identifier.clone(), found));
        }
    }
    session.close().await;
    println!("{} timetables, by doubt: {doubts:?}", cases.len());
    assert!(wrong.is_empty(), "read otherwise: {wrong:?}");
    // Falling back each time would be right as well, and prove nothing.
    assert!(doubts["none"] * 4 > cases.len(), "{doubts:?}");
}

const FIRST: &str = "weekday0000000000000";
/// Another owner's timetable, of the same term and with one class in common.
const NEXT: &str = "NEXT0000000000000000";
/// That class.
const SHARED: &str = "자료구조";

async fn two_owners() -> (Site, Session) {
    let cases = Cases::load(&fixtures()).unwrap();
    let answer = cases.get(FIRST).unwrap().answer.replace(FIRST, NEXT);
    let others = answer.replace("subject id=\"41", "subject id=\"42");
    let answer = others.replacen("subject id=\"42", "subject id=\"41", 1);
    cases.insert(Case::new("next", answer));
    let site = Site::serving(cases).await;
    let session = Session::open(&site.url).await;
    (site, session)
}

#[tokio::test]
async fn a_menu_that_does_something_else_is_noticed() {
    let (_site, session) = two_owners().await;
    let right = session.navigate(NEXT).await;
    let mut wrong = Vec::new();
    for (deviation, expected) in [
        ("navigates", "not asked for it"),
        ("ignores", "not asked for it"),
        ("has_no_menu", "no link"),
        ("leads_elsewhere", "not asked for it"),
        ("draws_late", "not drawn"),
        ("draws_early", "not one answered call"),
        ("draws_the_old_table", "no menu entry of its own"),
        ("puts_the_old_table_back", "old parts"),
        ("draws_the_table_only", "no menu entry of its own"),
        ("remembers_aloud", "interrupted"),
    ] {
        session.navigate(FIRST).await.unwrap();
        session.deviate(deviation).await;
        let (found, doubt) = session.redraw_or_navigate(NEXT).await;
        println!("{deviation:24} {}", doubt.as_deref().unwrap_or("none"));
        if doubt.as_deref() != Some(expected) || found != right {
            wrong.push((deviation, doubt, found));
        }
    }
    session.close().await;
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// What the page drew, which no proof of the page's puts in doubt.
async fn taken_after(session: &Session, deviation: &str) -> Timetable {
    session.navigate(FIRST).await.unwrap();
    session.deviate(deviation).await;
    let redrawn = session.redraw(NEXT).await;
    assert_eq!(redrawn.doubt, None, "{deviation}");
    outcome(NEXT, redrawn.reading.unwrap(), &[]).unwrap()
}

/// Name, weekday and start of each class, so many units of 5 minutes later.
fn starts(table: &Timetable, shift: u16) -> Vec<(&str, Weekday, u16)> {
    let classes = table.classes.iter();
    classes
        .map(|class| {
            (
                class.name.as_str(),
                class.day,
                class.time.start().units() + shift,
            )
        })
        .collect()
}

/// Why the service does not do it, and why navigating for each is enough.
#[tokio::test]
async fn a_page_that_remembers_or_forges_is_not_noticed_and_a_navigation_ends_it() {
    let (_site, session) = two_owners().await;
    let right = session.navigate(NEXT).await.unwrap();
    let taken = taken_after(&session, "remembers_silently").await;
    let (lost, kept): (Vec<_>, _) = starts(&right, 0).into_iter().partition(|c| c.0 == SHARED);
    assert!(!lost.is_empty());
    assert_eq!(starts(&taken, 0), kept);
    assert_eq!(session.navigate(NEXT).await.as_ref(), Ok(&right));
    let taken = taken_after(&session, "forges").await;
    assert_eq!(starts(&taken, 12), starts(&right, 0));
    assert_eq!(session.navigate(NEXT).await.as_ref(), Ok(&right));
    session.close().await;
}
