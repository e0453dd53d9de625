//! Shutdown: requests in progress are answered, new ones are refused, and no process is left.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::support::{Answer, Service, Site, expected, fixtures, read_part};
use serde_json::Value;

fn service(site: &Site, more: &[(&'static str, &str)]) -> Service {
    let mut variables = site.variables();
    variables.extend(
        more.iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    Service::start(&variables)
}

type Asking = tokio::task::JoinHandle<Result<reqwest::Response, reqwest::Error>>;

/// Asks on a connection of its own, as another caller would.
fn ask(service: &Service, identifier: &str) -> Asking {
    let url = format!("{}/v1/timetables/{identifier}", service.url);
    tokio::spawn(crate::support::client().get(url).send())
}

async fn status(service: &Service) -> Value {
    service.get("/status").await.json()
}

/// Waits until so many reads are under way.
async fn await_reads(service: &Service, reads: usize) {
    let began = Instant::now();
    while status(service).await["reads"] != reads {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "the reads do not begin"
        );
    }
}

/// Sends a signal and waits until the service has heard it.
async fn begin_the_end(service: &Service) {
    service.signal("TERM");
    let began = Instant::now();
    while !says_that_it_drains(service).await {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "the signal is not heard"
        );
    }
}

/// A connection that was made and had not asked yet when the end began is closed.
async fn says_that_it_drains(service: &Service) -> bool {
    let asked = reqwest::get(format!("{}/readyz", service.url)).await;
    match asked {
        Ok(answer) => answer.text().await.is_ok_and(|text| text == "draining\n"),
        Err(_) => false,
    }
}

/// Everything that belongs to a running service besides itself: process groups, a folder.
struct Belongings {
    groups: Vec<u64>,
    folder: PathBuf,
}

impl Belongings {
    async fn of(service: &Service) -> Self {
        let status = status(service).await;
        let slots = status["source"]["browser"]["slots"].as_array().unwrap();
        let groups = slots
            .iter()
            .filter_map(|slot| slot["process_group"].as_u64());
        let prefix = format!("fleet-{}-", service.id());
        let mut folders = std::fs::read_dir(std::env::temp_dir()).unwrap().flatten();
        let folder = folders.find(|entry| entry.file_name().to_str().unwrap().starts_with(&prefix));
        let belongings = Self {
            groups: groups.collect(),
            folder: folder.unwrap().path(),
        };
        assert!(belongings.living().len() >= 2, "a driver and a browser");
        belongings
    }

    /// Processes of the groups that are no zombies.
    fn living(&self) -> Vec<String> {
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        let stats =
            processes.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
        stats.filter(|stat| self.own(stat)).collect()
    }

    fn own(&self, stat: &str) -> bool {
        let (_, rest) = stat.rsplit_once(") ").unwrap();
        let fields: Vec<_> = rest.split(' ').collect();
        fields[0] != "Z" && self.groups.contains(&fields[2].parse().unwrap())
    }

    fn are_gone(&self) {
        assert_eq!(self.living(), Vec::<String>::new(), "left behind");
        assert!(
            !self.folder.exists(),
            "left behind: {}",
            self.folder.display()
        );
    }
}

async fn answer(asking: Asking) -> Answer {
    Answer::of(asking.await.unwrap().unwrap()).await
}

fn is_refused_as_draining(answer: &Answer) {
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!(answer.json()["code"], "draining");
    assert_eq!(answer.header("x-fault-code"), Some("draining"));
    assert!(answer.header("retry-after").is_some());
}

#[tokio::test]
async fn under_load_what_is_under_way_is_answered_and_what_is_new_is_refused() {
    let site = Site::start(&fixtures()).await;
    let patient = [
        ("GONGGANG_POOL_SIZE", "2"),
        // The page that never ends is waited for so long, beside other tests.
        ("GONGGANG_PAGE_TIMEOUT", "15s"),
        ("GONGGANG_QUEUE_TIMEOUT", "60s"),
        ("GONGGANG_REQUEST_TIMEOUT", "90s"),
        ("GONGGANG_SHUTDOWN_GRACE", "90s"),
    ];
    let service = service(&site, &patient);
    let cases = [
        "slow",
        "weekday",
        "saturday",
        "sunday",
        "untimed",
        "overlap",
        "empty",
        "periods-left",
    ];
    let known = |name: &str| {
        let all = site.fixtures.all();
        all.iter()
            .find(|fixture| fixture.name == name)
            .unwrap()
            .identifier
            .clone()
    };
    let slow = ask(&service, &known("slow"));
    let never = ask(&service, &known("never"));
    await_reads(&service, 2).await;
    // Both sessions are taken, so these wait in the queue.
    let under_way: Vec<_> = cases[1..]
        .iter()
        .map(|name| ask(&service, &known(name)))
        .collect();
    await_reads(&service, cases.len() + 1).await;
    let belongings = Belongings::of(&service).await;
    begin_the_end(&service).await;
    is_refused_as_draining(&answer(ask(&service, &known("until-midnight"))).await);
    let refused = ask(&service, &known("weekday"));
    for (asking, name) in std::iter::once(slow).chain(under_way).zip(cases) {
        let answer = answer(asking).await;
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        assert_eq!(
            read_part(answer.json()),
            expected(&fixtures().join(name))["timetable"],
            "{name}"
        );
    }
    is_refused_as_draining(&answer(refused).await);
    assert_eq!(answer(never).await.status, 504);
    let (code, log) = service.wait();
    assert!(code.success(), "{code}");
    // Within the grace.
    assert!(!log.iter().any(|line| line.contains("cut off")), "{log:?}");
    belongings.are_gone();
}

#[tokio::test]
async fn a_second_signal_hurries() {
    let site = Site::start(&fixtures()).await;
    let service = service(&site, &[]);
    let never = ask(&service, "never000000000000000");
    await_reads(&service, 1).await;
    let belongings = Belongings::of(&service).await;
    begin_the_end(&service).await;
    service.signal("INT");
    // Without the hurry it is answered when its page's time is over, as a timeout.
    is_refused_as_draining(&answer(never).await);
    let (code, _) = service.wait();
    assert!(code.success(), "{code}");
    belongings.are_gone();
}

#[tokio::test]
async fn what_takes_longer_than_the_grace_is_cut_off_and_told_so() {
    let site = Site::start(&fixtures()).await;
    let service = service(&site, &[("GONGGANG_SHUTDOWN_GRACE", "1s")]);
    let never = ask(&service, "never000000000000000");
    await_reads(&service, 1).await;
    let belongings = Belongings::of(&service).await;
    begin_the_end(&service).await;
    is_refused_as_draining(&answer(never).await);
    let (code, _) = service.wait();
    assert!(code.success(), "{code}");
    belongings.are_gone();
}
