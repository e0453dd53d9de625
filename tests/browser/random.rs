//! Random timetables, drawn by the stand-in and read through the real browser, come back exactly; so
//! they do from the API, without one.
//!
//! `RANDOM_SEED` and `RANDOM_COUNT` choose others, and more of them.

use std::sync::Arc;
use std::time::Instant;

use crate::support::random::RandomTimetable;
use crate::support::{Service, Site, read_part};
use gonggang::replay::Cases;

const SEED: u64 = 20_260_901;
const COUNT: u64 = 500;
/// Requests under way at the same time.
const AT_ONCE: u64 = 4;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

#[tokio::test]
async fn random_timetables_are_read_back_exactly() {
    let (seed, count) = (number("RANDOM_SEED", SEED), number("RANDOM_COUNT", COUNT));
    let site = Site::serving(Cases::default()).await;
    let service = Arc::new(Service::reading(&site));
    let api = Arc::new(Service::reading_api(&site));
    let began = Instant::now();
    let readers: Vec<_> = (0..AT_ONCE)
        .map(|first| {
            let seeds = (seed + first..seed + count).step_by(AT_ONCE as usize);
            tokio::spawn(read_all(
                [Arc::clone(&service), Arc::clone(&api)],
                Arc::clone(&site.cases),
                seeds,
            ))
        })
        .collect();
    let (mut meetings, mut wrong) = (0, Vec::new());
    for reader in readers {
        let (of_reader, wrong_of_reader) = reader.await.unwrap();
        meetings += of_reader;
        wrong.extend(wrong_of_reader);
    }
    println!(
        "{count} timetables, {meetings} meetings, {:.1?}",
        began.elapsed()
    );
    assert!(
        wrong.is_empty(),
        "{} of {count} wrong; the first:\n{}",
        wrong.len(),
        wrong[0]
    );
}

/// How many meetings were read, and what was read wrongly.
async fn read_all(
    services: [Arc<Service>; 2],
    cases: Arc<Cases>,
    seeds: impl Iterator<Item = u64>,
) -> (usize, Vec<String>) {
    let (mut meetings, mut wrong) = (0, Vec::new());
    for seed in seeds {
        let timetable = RandomTimetable::new(seed);
        cases.insert(timetable.case());
        let expected = timetable.expected();
        for service in &services {
            let answer = service.get(&timetable.path()).await;
            let found = answer.json();
            if answer.status != 200 || read_part(found.clone()) != expected {
                let again = format!("RANDOM_SEED={seed} RANDOM_COUNT=1");
                let answer = timetable.answer();
                wrong.push(format!(
                    "{again}\n{answer}\nexpected {expected}\nfound    {found}"
                ));
            }
        }
        meetings += timetable.meetings();
    }
    (meetings, wrong)
}
