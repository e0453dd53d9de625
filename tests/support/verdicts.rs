//! What each interface says of the fixtures: a table that holds for every browser.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Answer, Service, Site, expected, fixtures, read_part};

/// What a read comes to: status and code on each interface.
pub struct Outcome {
    schedule: (u16, &'static str),
    fixed_schedules: (u16, &'static str),
    full: (u16, &'static str),
}

const fn outcome(
    schedule: (u16, &'static str),
    fixed_schedules: (u16, &'static str),
    full: (u16, &'static str),
) -> Outcome {
    Outcome {
        schedule,
        fixed_schedules,
        full,
    }
}

const OK: (u16, &str) = (200, "200");
const FIXED_BUSY: (u16, &str) = (503, "FIXED-004");
const FAILED: (u16, &str) = (502, "CRAWLING-005");

const TIMETABLE: Outcome = outcome(OK, OK, (200, ""));
const EMPTY: Outcome = outcome(OK, (404, "FIXED-005"), (200, ""));
const NO_TIMETABLE: Outcome = outcome(OK, (404, "FIXED-005"), (404, "no_timetable"));
const NOT_PUBLIC: Outcome = outcome(
    (403, "CRAWLING-003"),
    (404, "FIXED-002"),
    (403, "not_public"),
);
const NOT_FOUND: Outcome = outcome(
    (404, "CRAWLING-002"),
    (404, "E_BAD_REQUEST"),
    (404, "not_found"),
);
const LAYOUT_CHANGED: Outcome = outcome(
    (502, "CRAWLING-004"),
    (500, "FIXED-003"),
    (502, "layout_changed"),
);
const BLOCKED: Outcome = outcome(FAILED, FIXED_BUSY, (502, "blocked"));
const UNAVAILABLE: Outcome = outcome(FAILED, FIXED_BUSY, (502, "site_unavailable"));
const TIMEOUT: Outcome = outcome((504, "CRAWLING-006"), FIXED_BUSY, (504, "timeout"));

/// A fixture, what a read of it comes to, and how often each read asks the API: once as a rule.
pub struct Verdict {
    pub fixture: &'static str,
    pub outcome: Outcome,
    api_calls: u64,
}

const fn verdict(fixture: &'static str, outcome: Outcome) -> Verdict {
    Verdict {
        fixture,
        outcome,
        api_calls: 1,
    }
}

const fn asking(api_calls: u64, fixture: &'static str, outcome: Outcome) -> Verdict {
    Verdict {
        fixture,
        outcome,
        api_calls,
    }
}

/// Every fixture that is not an ordinary timetable, and those that are drawn in another way.
pub const VERDICTS: [Verdict; 49] = [
    verdict("weekday", TIMETABLE),
    // Answers that the page knows.
    verdict("empty", EMPTY),
    verdict("empty-without-friend-info", EMPTY),
    verdict("private", NOT_PUBLIC),
    verdict("no-term", NO_TIMETABLE),
    verdict("unknown", NOT_FOUND),
    // Answers that the page draws as an empty week, or not at all.
    verdict("bare-minus-two", NOT_PUBLIC),
    verdict("bare-minus-nine", LAYOUT_CHANGED),
    verdict("error-element", LAYOUT_CHANGED),
    verdict("html-instead-of-xml", BLOCKED),
    verdict("json-instead-of-xml", BLOCKED),
    verdict("text-instead-of-xml", BLOCKED),
    verdict("empty-body", BLOCKED),
    verdict("status-minus-three", LAYOUT_CHANGED),
    verdict("status-missing", LAYOUT_CHANGED),
    verdict("renamed-data", LAYOUT_CHANGED),
    verdict("other-identifier", LAYOUT_CHANGED),
    verdict("other-in-menu", LAYOUT_CHANGED),
    verdict("owner-endpoint", LAYOUT_CHANGED),
    verdict("broken-xml", BLOCKED),
    verdict("forbidden", BLOCKED),
    verdict("too-many-requests", BLOCKED),
    verdict("server-error", UNAVAILABLE),
    // Documents that are not the page.
    asking(0, "page-forbidden", BLOCKED),
    asking(0, "page-unavailable", UNAVAILABLE),
    asking(0, "interstitial", BLOCKED),
    asking(0, "challenge", BLOCKED),
    asking(0, "login-redirect", BLOCKED),
    asking(0, "maintenance", LAYOUT_CHANGED),
    // Ways of drawing.
    verdict("drawn-late", TIMETABLE),
    verdict("drawn-very-late", TIMETABLE),
    verdict("drawn-bit-by-bit", TIMETABLE),
    verdict("drawn-slowly-bit-by-bit", TIMETABLE),
    verdict("drawn-in-frames", TIMETABLE),
    verdict("refused-late", TIMETABLE),
    verdict("throws-at-first", LAYOUT_CHANGED),
    verdict("throws-at-third", LAYOUT_CHANGED),
    // No script of a page sees a worker's call, so the call is made once more.
    asking(2, "calls-from-worker", TIMETABLE),
    verdict("without-jquery", TIMETABLE),
    // Classes that the page refuses to draw.
    verdict("overlap", TIMETABLE),
    verdict("duplicate", TIMETABLE),
    verdict("more-than-thirty", TIMETABLE),
    verdict("markup-and-emoji", TIMETABLE),
    // Terms that the menu does not name.
    verdict("no-menu", TIMETABLE),
    verdict("not-in-menu", TIMETABLE),
    verdict("not-in-menu-winter", TIMETABLE),
    verdict("without-friend-info", TIMETABLE),
    // The slow and the silent.
    verdict("slow", TIMETABLE),
    verdict("never", TIMEOUT),
];

/// The interfaces that give timetables.
#[derive(Debug, Clone, Copy)]
pub enum Interface {
    Schedule,
    FixedSchedules,
    Full,
}

impl Interface {
    pub const ALL: [Self; 3] = [Self::Schedule, Self::FixedSchedules, Self::Full];

    fn path(self, id: &str) -> String {
        match self {
            Self::Schedule => format!("/schedule?url=https://everytime.kr/@{id}"),
            Self::FixedSchedules => format!("/api/v1/fixed-schedules/everytime/{id}"),
            Self::Full => format!("/v1/timetables/{id}"),
        }
    }

    /// The content of a successful answer.
    fn content(self, answer: &Answer) -> Value {
        match self {
            Self::Schedule | Self::FixedSchedules => answer.json()["payload"]["schedules"].clone(),
            Self::Full => read_part(answer.json()),
        }
    }

    /// What that is to be.
    fn expected(self, fixture: &str) -> Value {
        let expected = expected(&fixtures().join(fixture));
        match self {
            // A term without a timetable has no classes.
            Self::Schedule if expected["outcome"] == "no_timetable" => json!([]),
            Self::Schedule | Self::FixedSchedules => expected["slots"]["cover"].clone(),
            Self::Full => expected["timetable"].clone(),
        }
    }
}

impl Outcome {
    fn on(&self, interface: Interface) -> (u16, &'static str) {
        match interface {
            Interface::Schedule => self.schedule,
            Interface::FixedSchedules => self.fixed_schedules,
            Interface::Full => self.full,
        }
    }
}

/// How long a service may take for an answer.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub ordinary: Duration,
    /// For the slow and the silent.
    pub page_timeout: Duration,
}

/// For any machine: an answer that waits for a page timeout of ten minutes comes much later.
pub const PATIENT: Limits = Limits {
    ordinary: Duration::from_mins(2),
    page_timeout: Duration::from_mins(2),
};

impl Limits {
    fn of(self, fixture: &str) -> Duration {
        match fixture {
            "slow" | "never" => self.page_timeout + Duration::from_secs(1),
            _ => self.ordinary,
        }
    }
}

impl Verdict {
    /// What is wrong with the answer of one interface: its status and code, its content, how long it
    /// takes, how often the API is asked for it, and what the service does after it.
    pub async fn faults(
        &self,
        (service, site): (&Service, &Site),
        interface: Interface,
        limits: Limits,
    ) -> Vec<String> {
        let id = site
            .fixtures
            .named(self.fixture)
            .unwrap()
            .identifier
            .clone();
        let (calls, retried_before) = (site.fixtures.api_calls(&id), retried(service).await);
        let began = Instant::now();
        let answer = service.get(&interface.path(&id)).await;
        let took = began.elapsed();
        let calls = site.fixtures.api_calls(&id) - calls;
        let retries = retried(service).await - retried_before;
        let mut faults = Vec::new();
        let expected = self.outcome.on(interface);
        if (answer.status, code(&answer).as_str()) != expected {
            faults.push(format!("{expected:?}, not {answer:?}"));
        } else if answer.status == 200 {
            let (found, expected) = (interface.content(&answer), interface.expected(self.fixture));
            if found != expected {
                faults.push(format!("content {expected}\n  not {found}"));
            }
        }
        if took > limits.of(self.fixture) {
            faults.push(format!("took {took:?}"));
        }
        // A busy machine can cost a session, and the next session loads the page again.
        let expected = self.api_calls..=self.api_calls * (1 + retries);
        if !expected.contains(&calls) {
            faults.push(format!("{expected:?} calls of the API, not {calls}"));
        }
        let next = service.get("/v1/timetables/saturday000000000000").await;
        if next.json()["classes"].as_array().is_none_or(Vec::is_empty) {
            faults.push(format!("the next read is {next:?}"));
        }
        let about = format!("{} on {interface:?}", self.fixture);
        let faults = faults.into_iter();
        faults.map(|fault| format!("{about}: {fault}")).collect()
    }
}

/// Pages that were loaded again because the session was lost.
async fn retried(service: &Service) -> u64 {
    let metrics = service.get("/metrics").await.text;
    let mut lines = metrics.lines();
    let count = lines.find_map(|line| line.strip_prefix("gonggang_visits_retried_total "));
    count.map_or(0, |count| count.parse().unwrap())
}

/// The code of an answer; empty where it has none.
pub fn code(answer: &Answer) -> String {
    answer.json()["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}
