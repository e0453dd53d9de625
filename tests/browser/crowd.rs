//! More callers at once than there is room for.

use crate::support::{Answer, Service, Site, expected, fixtures, read_part};
use futures_util::future::join_all;
use standin::{Fixture, Fixtures};

const WEEKDAY: &str = "weekday0000000000000";
const CALLERS: usize = 200;

/// The weekday timetable under so many identifiers, so that each is a page of its own.
fn many(count: usize) -> Fixtures {
    let fixtures = Fixtures::load(&fixtures()).unwrap();
    let weekday = fixtures.get(WEEKDAY).unwrap();
    for n in 0..count {
        let identifier = format!("{n:020}");
        let answer = weekday.answer.replace(WEEKDAY, &identifier);
        fixtures.insert(Fixture::new(&identifier, answer));
    }
    fixtures
}

#[tokio::test]
async fn each_of_200_callers_on_2_sessions_gets_its_timetable_or_is_told_when_to_come_back() {
    let site = Site::serving(many(CALLERS)).await;
    let mut variables = site.variables();
    variables.push(("GONGGANG_POOL_SIZE", "2".to_owned()));
    let service = Service::start(&variables);
    let ask = |n: usize| {
        let service = &service;
        async move { (n, service.get(&format!("/v1/timetables/{n:020}")).await) }
    };
    let answers = join_all((0..CALLERS).map(ask)).await;
    let weekday = expected(&fixtures().join("weekday"))["timetable"].to_string();
    let mut right = 0;
    for (n, answer) in &answers {
        if answer.status == 200 {
            let wanted = weekday.replace(WEEKDAY, &format!("{n:020}"));
            assert_eq!(read_part(answer.json()).to_string(), wanted);
            right += 1;
        } else {
            is_told_when_to_come_back(answer);
        }
    }
    // Those who were taken in: 2 at once and 32 in the queue. On a slow machine some of them wait
    // longer than the queue lets them.
    assert!((2..CALLERS).contains(&right), "{right} of {CALLERS}");
    let next = service.get(&format!("/v1/timetables/{WEEKDAY}")).await;
    assert_eq!(next.status, 200);
    println!("{right} right, {} told to come back", CALLERS - right);
}

fn is_told_when_to_come_back(answer: &Answer) {
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!(answer.json()["code"], "busy");
    let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
}
