//! Every state of the page, on all three interfaces, each told apart, each within its deadline,
//! and the next request unharmed.

use std::time::{Duration, Instant};

use crate::support::{Answer, Service, Site, fixtures};

const PAGE_TIMEOUT: Duration = Duration::from_secs(4);

/// A fixture case and what each interface says of it: status and code.
struct State {
    case: &'static str,
    schedule: (u16, &'static str),
    fixed_schedules: (u16, &'static str),
    full: (u16, &'static str),
}

const fn state(
    case: &'static str,
    schedule: (u16, &'static str),
    fixed_schedules: (u16, &'static str),
    full: (u16, &'static str),
) -> State {
    State {
        case,
        schedule,
        fixed_schedules,
        full,
    }
}

const OK: (u16, &str) = (200, "200");
const FIXED_BUSY: (u16, &str) = (503, "FIXED-004");

const STATES: [State; 14] = [
    state("weekday", OK, OK, (200, "")),
    state(
        "private",
        (403, "CRAWLING-003"),
        (404, "FIXED-002"),
        (403, "not_public"),
    ),
    state(
        "bare-minus-two",
        (403, "CRAWLING-003"),
        (404, "FIXED-002"),
        (403, "not_public"),
    ),
    state(
        "unknown",
        (404, "CRAWLING-002"),
        (404, "E_BAD_REQUEST"),
        (404, "not_found"),
    ),
    state("no-term", OK, (404, "FIXED-005"), (404, "no_timetable")),
    state("empty", OK, (404, "FIXED-005"), (200, "")),
    state(
        "forbidden",
        (502, "CRAWLING-005"),
        FIXED_BUSY,
        (502, "blocked"),
    ),
    state(
        "too-many-requests",
        (502, "CRAWLING-005"),
        FIXED_BUSY,
        (502, "blocked"),
    ),
    state(
        "html-instead-of-xml",
        (502, "CRAWLING-005"),
        FIXED_BUSY,
        (502, "blocked"),
    ),
    state(
        "page-forbidden",
        (502, "CRAWLING-005"),
        FIXED_BUSY,
        (502, "blocked"),
    ),
    state(
        "server-error",
        (502, "CRAWLING-005"),
        FIXED_BUSY,
        (502, "site_unavailable"),
    ),
    state(
        "page-unavailable",
        (502, "CRAWLING-005"),
        FIXED_BUSY,
        (502, "site_unavailable"),
    ),
    state("slow", OK, OK, (200, "")),
    state("never", (504, "CRAWLING-006"), FIXED_BUSY, (504, "timeout")),
];

#[tokio::test]
async fn every_state_is_told_apart_on_every_interface_in_time() {
    let site = Site::start(&fixtures()).await;
    let mut variables = site.variables();
    variables.push((
        "GONGGANG_PAGE_TIMEOUT",
        format!("{}s", PAGE_TIMEOUT.as_secs()),
    ));
    variables.push(("GONGGANG_CACHE_CAPACITY", "0".to_owned()));
    let service = Service::start(&variables);
    let mut wrong = Vec::new();
    for state in STATES {
        let id = site.cases.named(state.case).unwrap().identifier.clone();
        for (path, expected) in [
            (
                format!("/schedule?url=https://everytime.kr/@{id}"),
                state.schedule,
            ),
            (
                format!("/api/v1/fixed-schedules/everytime/{id}"),
                state.fixed_schedules,
            ),
            (format!("/v1/timetables/{id}"), state.full),
        ] {
            let began = Instant::now();
            let answer = service.get(&path).await;
            let took = began.elapsed();
            if (answer.status, code(&answer).as_str()) != expected {
                wrong.push(format!("{}: {expected:?}, not {answer:?}", state.case));
            }
            if took > PAGE_TIMEOUT + Duration::from_secs(1) {
                wrong.push(format!("{}: took {took:?}", state.case));
            }
            if state.case != "never" && state.case != "slow" && took > PAGE_TIMEOUT / 2 {
                wrong.push(format!(
                    "{}: waited {took:?} for what was already known",
                    state.case
                ));
            }
        }
        let next = service.get("/v1/timetables/saturday000000000000").await;
        if next.json()["classes"].as_array().is_none_or(Vec::is_empty) {
            wrong.push(format!("after {}: {next:?}", state.case));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn code(answer: &Answer) -> String {
    answer.json()["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn an_unreachable_site_is_said_to_be_so_on_every_interface() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let service = Service::start(&[
        ("GONGGANG_EVERYTIME_URL", nobody.clone()),
        ("GONGGANG_API_URL", nobody),
    ]);
    let id = "weekday0000000000000";
    for (path, status, expected) in [
        (format!("/schedule?url=@{id}"), 502, "CRAWLING-005"),
        (
            format!("/api/v1/fixed-schedules/everytime/{id}"),
            503,
            "FIXED-004",
        ),
        (format!("/v1/timetables/{id}"), 502, "site_unavailable"),
    ] {
        let answer = service.get(&path).await;
        assert_eq!(
            (answer.status, code(&answer).as_str()),
            (status, expected),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn a_page_whose_api_is_of_another_origin_is_read_as_well() {
    let site = Site::start(&fixtures()).await;
    let api = site.url.replace("127.0.0.1", "localhost");
    site.cases.set_api_base(api.clone());
    let mut variables = site.variables();
    variables[1].1 = api;
    let service = Service::start(&variables);
    let answer = service.schedule("@weekday0000000000000").await;
    assert_eq!(
        (answer.status, code(&answer).as_str()),
        (200, "200"),
        "{answer:?}"
    );
    let refused = service.get("/v1/timetables/forbidden00000000000").await;
    assert_eq!(code(&refused), "blocked", "{refused:?}");
}
