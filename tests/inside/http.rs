//! What the HTTP interface does beside the contract's table: headers, limits, hostile callers, and
//! the forms of an answer.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::support::fake::{Fake, Http, fake_site, request};
use crate::support::timetables::fixture;
use axum::body::{Body, Bytes};
use axum::http::Request;
use gonggang::http::ServerLimits;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use timetable::NotAvailable;
use timetable::render::ical::{Detail, Export, Term, calendar};
use timetable::render::words::KOREAN;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

const PATH: &str = "/v1/timetables/weekday0000000000000";
const TERM: &str = "from=2026-09-01&until=2026-12-18";

fn weekday() -> Arc<Fake> {
    Fake::new(Ok(fixture("weekday")), None)
}

#[tokio::test]
async fn an_answer_has_headers_for_its_origin_and_age() {
    let http = Http::before(&weekday(), &[]);
    let first = http.get(PATH).await;
    // Give or take a tenth of ten minutes.
    let ttl = first
        .header("cache-status")
        .strip_prefix("gonggang; fwd=miss; stored; ttl=");
    let ttl: u64 = ttl.unwrap().parse().unwrap();
    assert!((539..=660).contains(&ttl), "{ttl}");
    assert_eq!(
        first.header("server-timing"),
        "queue;dur=1.0, render;dur=40.0, read;dur=2.0"
    );
    assert_eq!(first.header("age"), "0");
    let second = http.get(PATH).await;
    assert!(
        second
            .header("cache-status")
            .starts_with("gonggang; hit; ttl=")
    );
    assert_eq!(
        second.header("server-timing"),
        "queue;dur=0.0, render;dur=0.0, read;dur=0.0"
    );
    assert_eq!(second.header("vary"), "accept-language");
}

#[tokio::test]
async fn a_caller_that_has_the_answer_gets_304() {
    let http = Http::before(&weekday(), &[]);
    let calendar = format!("{PATH}.ics?{TERM}");
    let slots = format!("{PATH}/slots");
    for path in [
        PATH,
        &calendar,
        &slots,
        "/schedule?url=@weekday0000000000000",
    ] {
        let tag = http.get(path).await.header("etag").to_owned();
        let again = http.get_with(path, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{path}");
        assert_eq!(again.header("etag"), tag);
        let other = http.get_with(path, &[("if-none-match", "\"other\"")]).await;
        assert_eq!(other.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_cached_answer_is_written_once_for_all_callers() {
    let http = Http::before(&weekday(), &[]);
    let body = || async {
        let asked = request("GET", PATH, &[], Body::empty());
        let answer = http.router().oneshot(asked).await.unwrap();
        let frame = answer.into_body().frame().await.unwrap().unwrap();
        frame.into_data().unwrap()
    };
    let (read, cached, again) = (body().await, body().await, body().await);
    assert_eq!(read.as_ptr(), cached.as_ptr(), "the same bytes, not a copy");
    assert_eq!(cached.as_ptr(), again.as_ptr());
    assert!(read.starts_with(b"{\"identifier\":\"weekday"));
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_is_marked_as_stale_and_keeps_its_etag() {
    let site = Arc::new(Mutex::new(Ok(fixture("weekday"))));
    let http = Http::before(&Fake::reading(&site, Duration::ZERO), &[]);
    let first = http.get(PATH).await;
    *site.lock().unwrap() = Err(NotAvailable::Blocked { status: Some(403) }.into());
    let known = [("if-none-match", first.header("etag"))];
    for (minutes, cache_status) in [
        (12, "gonggang; hit; ttl=-"),
        (60, "gonggang; hit; detail=stale-if-error; ttl=-"),
    ] {
        tokio::time::advance(Duration::from_mins(minutes)).await;
        let later = http.get(PATH).await;
        assert_eq!(
            (later.status, &later.text),
            (200, &first.text),
            "also fetched_at"
        );
        let unchanged = http.get_with(PATH, &known).await;
        assert_eq!((unchanged.status, unchanged.text.as_str()), (304, ""));
        for reply in [&later, &unchanged] {
            let said = reply.header("cache-status");
            assert!(said.starts_with(cache_status), "{said}");
            assert_eq!(reply.header("etag"), first.header("etag"));
            let age: u64 = reply.header("age").parse().unwrap();
            let ages = [12 * 60, 72 * 60];
            assert!(ages.contains(&age), "{age}");
            assert_eq!(
                reply.header("server-timing"),
                "queue;dur=0.0, render;dur=0.0, read;dur=0.0"
            );
        }
    }
}

#[tokio::test]
async fn no_cache_from_a_caller_with_a_key_forces_a_fresh_read() {
    let fake = weekday();
    let http = Http::before(&fake, &["--api-keys=secret"]);
    let fresh = [
        ("x-api-key", "secret"),
        ("cache-control", "max-age=0, No-Cache"),
    ];
    http.get_with(PATH, &fresh[..1]).await;
    let reply = http.get_with(PATH, &fresh).await;
    assert_eq!(fake.reads(), 2);
    assert!(
        reply
            .header("cache-status")
            .starts_with("gonggang; fwd=request; stored")
    );
    http.get_with(PATH, &fresh[..1]).await;
    assert_eq!(fake.reads(), 2, "the new answer is cached");

    let fake = weekday();
    let open = Http::before(&fake, &[]);
    open.get(PATH).await;
    open.get_with(PATH, &fresh).await;
    assert_eq!(fake.reads(), 1, "without keys no caller may force a read");
}

#[tokio::test]
async fn callers_that_force_a_read_at_the_same_time_share_it() {
    let go = Arc::new(tokio::sync::Notify::new());
    let fake = Fake::new(Ok(fixture("weekday")), Some(Arc::clone(&go)));
    let http = Http::before(&fake, &["--api-keys=secret"]);
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let http = http.clone();
            tokio::spawn(async move {
                let fresh = [("x-api-key", "secret"), ("cache-control", "no-cache")];
                http.get_with(PATH, &fresh).await.status
            })
        })
        .collect();
    while fake.reads() == 0 {
        tokio::task::yield_now().await;
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    go.notify_one();
    for call in calls {
        assert_eq!(call.await.unwrap(), 200);
    }
    assert_eq!(fake.reads(), 1);
}

#[tokio::test]
async fn a_request_id_that_is_a_uuid_or_a_trace_id_is_kept() {
    let http = Http::before(&weekday(), &[]);
    for id in [
        "0190b6a2-7d3c-7f00-8a1b-3c5d7e9f0a2b",
        "0190B6A2-7D3C-7F00-8A1B-3C5D7E9F0A2B",
        "4bf92f3577b34da6a3ce929d0e0e4736",
    ] {
        let reply = http.get_with("/livez", &[("x-request-id", id)]).await;
        assert_eq!(reply.header("x-request-id"), id);
    }
}

/// The id is written to the log: whatever could be an identifier, a link, a key or a name is replaced.
#[tokio::test]
async fn a_request_id_of_any_other_form_is_replaced() {
    let http = Http::before(&weekday(), &[]);
    let long = "x".repeat(73);
    for unfit in [
        "",
        "two words",
        "a\"b",
        "a-1.B_2:c",
        "weekday0000000000000",
        "x-weekday0000000000000x",
        "https://everytime.kr/@weekday0000000000000",
        "weekday0000000000000weekday00000",
        "{0190b6a2-7d3c-7f00-8a1b-3c5d7e9f0a2b}",
        "0190b6a27d3c-7f00-8a1b-3c5d7e9f0a2b-",
        &long,
    ] {
        let reply = http.get_with("/livez", &[("x-request-id", unfit)]).await;
        let id = reply.header("x-request-id");
        assert!(id != unfit && id.len() == 36, "{unfit}: {id}");
    }
    let key = "0190b6a2-7d3c-7f00-8a1b-3c5d7e9f0a2b";
    let headers = [("x-request-id", key), ("x-api-key", key)];
    let reply = http.get_with("/livez", &headers).await;
    assert_ne!(reply.header("x-request-id"), key, "a key is no id");
}

#[tokio::test]
async fn a_rate_limit_reports_what_is_left_and_does_not_count_probes() {
    let http = Http::before(&weekday(), &["--rate-limit=2", "--api-keys=one,two"]);
    let one = [("x-api-key", "one")];
    for (remaining, status) in [(1, 200), (0, 200), (0, 429)] {
        let reply = http.get_with(PATH, &one).await;
        assert_eq!(reply.status, status);
        assert_eq!(reply.header("ratelimit-policy"), "\"default\";q=2;w=60");
        let left = format!("\"default\";r={remaining};t=");
        assert!(reply.header("ratelimit").starts_with(&left), "{reply:?}");
    }
    assert_eq!(
        http.get_with(PATH, &[("x-api-key", "two")]).await.status,
        200
    );
    for _ in 0..5 {
        assert_eq!(http.get("/livez").await.status, 200);
    }
    for status in [401, 401, 429] {
        assert_eq!(
            http.get(PATH).await.status,
            status,
            "guessing keys is limited too"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn wrong_keys_are_limited_for_each_client_on_every_path_that_requires_a_key() {
    let flags = ["--api-keys=right", "--trusted-proxies=0.0.0.0"];
    for path in ["/status", "/metrics", PATH, "/schedule"] {
        let http = Http::before(&weekday(), &flags);
        let mut wrong = 0;
        let refused = loop {
            let guess = format!("wrong-{wrong}");
            let reply = http.get_with(path, &[("x-api-key", &guess)]).await;
            match reply.status {
                401 if wrong < 100 => wrong += 1,
                _ => break reply,
            }
        };
        assert_eq!((refused.status, wrong), (429, 20), "{path}");
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        // The right key is refused from here now, but works from elsewhere; probes and files work from here.
        let right = [("x-api-key", "right"), ("x-forwarded-for", "198.51.100.7")];
        assert_eq!(http.get_with(path, &right[..1]).await.status, 429);
        assert!([200, 400].contains(&http.get_with(path, &right).await.status));
        for open in ["/livez", "/readyz", "/", "/docs/"] {
            assert_eq!(http.get_with(open, &right[..1]).await.status, 200, "{open}");
        }
        tokio::time::advance(Duration::from_secs(wait)).await;
        assert!([200, 400].contains(&http.get_with(path, &right[..1]).await.status));
    }
}

#[tokio::test]
async fn a_request_without_a_key_does_not_count_as_a_wrong_key() {
    let http = Http::before(&weekday(), &["--api-keys=right"]);
    for _ in 0..100 {
        assert_eq!(http.get("/status").await.status, 401);
    }
    assert_eq!(
        http.get_with("/status", &[("x-api-key", "right")])
            .await
            .status,
        200
    );
}

const ELSEWHERE: [(&str, &str); 2] = [("host", "evil.example:5001"), ("accept-language", "en")];

/// DNS rebinding: a page of another site whose name leads to 127.0.0.1.
#[tokio::test]
async fn a_service_without_keys_on_loopback_answers_only_to_its_own_names() {
    let fake = weekday();
    let http = Http::before(&fake, &[]);
    for (path, code, says) in [
        (
            "/schedule?url=@weekday0000000000000",
            "CRAWLING-001",
            "message",
        ),
        (
            "/api/v1/fixed-schedules/everytime/weekday0000000000000",
            "E_BAD_REQUEST",
            "message",
        ),
        (PATH, "host_not_allowed", "detail"),
        ("/status", "host_not_allowed", "detail"),
        ("/", "host_not_allowed", "detail"),
        ("/docs/", "host_not_allowed", "detail"),
    ] {
        let reply = http.get_with(path, &ELSEWHERE).await;
        assert_eq!(reply.status, 421, "{path}: {reply:?}");
        assert_eq!(reply.json()["code"], code, "{path}");
        assert_eq!(reply.header("x-fault-code"), "host_not_allowed");
        let why = reply.json()[says].as_str().unwrap().to_owned();
        assert!(why.contains("GONGGANG_ALLOWED_HOSTS"), "{path}: {why}");
        for host in ["localhost:5001", "127.0.0.1", "[::1]:5001"] {
            let reply = http.get_with(path, &[("host", host)]).await;
            assert_eq!(reply.status, 200, "{host} {path}: {reply:?}");
        }
    }
    for probe in ["/livez", "/readyz"] {
        assert_eq!(http.get_with(probe, &ELSEWHERE).await.status, 200);
    }
}

#[tokio::test]
async fn the_operator_sets_the_names_that_a_service_answers_to() {
    let named = "--allowed-hosts=evil.example, sidecar";
    for (flags, status) in [
        (&[named][..], 200),
        (&["--allowed-hosts=*"], 200),
        (&["--allowed-hosts=other.example"], 421),
        // Keys, or an address that other machines reach, are protection of another kind.
        (&["--listen=0.0.0.0:5001", "--allow-open"], 200),
        (
            &[
                "--listen=0.0.0.0:5001",
                "--allow-open",
                "--allowed-hosts=sidecar",
            ],
            421,
        ),
        (&["--listen=192.0.2.1:5001", "--allow-open", named], 200),
    ] {
        let http = Http::before(&weekday(), flags);
        let reply = http.get_with(PATH, &ELSEWHERE).await;
        assert_eq!(reply.status, status, "{flags:?}");
    }
    let keyed = Http::before(&weekday(), &["--api-keys=right"]);
    let headers = [ELSEWHERE[0], ("x-api-key", "right")];
    assert_eq!(keyed.get_with(PATH, &headers).await.status, 200);
}

/// `X-Forwarded-For` over a real connection, whose other end is 127.0.0.1.
#[tokio::test]
async fn forwarded_addresses_count_only_from_trusted_proxies() {
    for (flags, statuses) in [
        (&["--rate-limit=1"][..], [200, 429, 429]),
        (
            &["--rate-limit=1", "--trusted-proxies=127.0.0.0/8"],
            [200, 200, 429],
        ),
    ] {
        let url = serve(&Http::before(&weekday(), flags), ServerLimits::default()).await;
        let client = crate::support::client();
        for (status, forwarded) in statuses.into_iter().zip([
            "192.0.2.1",
            "192.0.2.1, 198.51.100.7",
            "203.0.113.1, 198.51.100.7",
        ]) {
            let call = client
                .get(format!("{url}{PATH}"))
                .header("x-forwarded-for", forwarded);
            assert_eq!(
                call.send().await.unwrap().status().as_u16(),
                status,
                "{forwarded}"
            );
        }
    }
}

/// Serves on a real socket as long as the test runs.
async fn serve(http: &Http, limits: ServerLimits) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let stop = std::future::pending();
    let serving = gonggang::http::serve(listener, http.router(), limits, stop);
    tokio::spawn(serving);
    url
}

const SHARED: &str = "@weekday0000000000000";

fn get(path: &str) -> Request<Body> {
    request("GET", path, &[], Body::empty())
}

fn post(path: &str, kind: &str, body: &str) -> Request<Body> {
    let body = Body::from(body.to_owned());
    request("POST", path, &[("content-type", kind)], body)
}

/// Each is refused at once, with its status and a sentence, and none is worth a read.
async fn are_refused(cases: Vec<(&str, Request<Body>, u16)>) {
    let fake = weekday();
    let http = Http::before(&fake, &[]);
    let mut wrong = Vec::new();
    for (name, request, status) in cases {
        let began = Instant::now();
        let path = request.uri().path();
        let is_full = !path.starts_with("/schedule") && !path.starts_with("/api");
        let reply = http.send(request).await;
        let body: Value = serde_json::from_str(&reply.text).unwrap_or_default();
        let says_why = body[if is_full { "detail" } else { "message" }].as_str();
        let is_fine = reply.status == status && says_why.is_some_and(|why| why.len() > 10);
        if !is_fine || began.elapsed() > Duration::from_secs(1) {
            wrong.push(format!("{name}: {reply:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(fake.reads(), 0);
}

#[tokio::test]
async fn hostile_addresses_get_a_clear_4xx_and_none_reaches_the_source() {
    let link = SHARED;
    are_refused(vec![
        ("bad UTF-8 in a path", get("/v1/timetables/%ff%fe"), 400),
        (
            "bad UTF-8 in the newest frontend's path",
            get("/api/v1/fixed-schedules/everytime/%ff"),
            400,
        ),
        ("bad UTF-8 in a query", get("/schedule?url=%ff%fe"), 400),
        (
            "null bytes in a path",
            get("/v1/timetables/weekday000000000000%00"),
            400,
        ),
        ("null bytes in a query", get("/v1/timetables?link=%00"), 400),
        (
            "a path upwards",
            get("/v1/timetables/..%2f..%2fetc%2fpasswd"),
            400,
        ),
        (
            "duplicate links in a query",
            get(&format!("/schedule?url={link}&url={link}")),
            400,
        ),
        (
            "duplicate parameters",
            get(&format!("{PATH}/slots?granularity=5&granularity=10")),
            400,
        ),
        (
            "a granularity with a sign",
            get(&format!("{PATH}/slots?granularity=%2B5")),
            400,
        ),
        (
            "an unknown rounding",
            get(&format!("{PATH}/slots?rounding=up")),
            400,
        ),
        (
            "a calendar without a term",
            get(&format!("{PATH}.ics")),
            400,
        ),
        (
            "a term that ends before it begins",
            get(&format!("{PATH}.ics?from=2026-12-18&until=2026-09-01")),
            400,
        ),
        (
            "a day that is none",
            get(&format!("{PATH}.ics?from=2026-02-30&until=2026-12-18")),
            400,
        ),
        (
            "an unknown detail",
            get(&format!("{PATH}.ics?{TERM}&detail=all")),
            400,
        ),
    ])
    .await;
}

#[tokio::test]
async fn hostile_heads_get_a_clear_4xx_and_none_reaches_the_source() {
    let mut flood = get(PATH);
    for n in 0..500 {
        let name: axum::http::HeaderName = format!("x-{n}").parse().unwrap();
        flood.headers_mut().insert(name, "x".parse().unwrap());
    }
    let long = "x".repeat(40_000);
    are_refused(vec![
        ("a flood of headers", flood, 431),
        (
            "a long header",
            request("GET", PATH, &[("x-long", &long)], Body::empty()),
            431,
        ),
        (
            "a method that is none",
            request("BREW", PATH, &[], Body::empty()),
            405,
        ),
        ("GET where POST belongs", get("/v1/free"), 405),
        ("a path that is none", get("/v2/timetables"), 404),
    ])
    .await;
}

#[tokio::test]
async fn hostile_bodies_get_a_clear_4xx_and_none_reaches_the_source() {
    let link = SHARED;
    let post = |kind: &str, body: &str| post("/schedule", kind, body);
    let nested = "[".repeat(100_000);
    are_refused(vec![
        ("null bytes in a body", post("text/plain", "\0\0"), 400),
        ("nested JSON", post("application/json", &nested), 400),
        (
            "duplicate links in a form",
            post(
                "application/x-www-form-urlencoded",
                &format!("url={link}&url={link}"),
            ),
            400,
        ),
        (
            "duplicate links in JSON",
            post(
                "application/json",
                &format!("{{\"url\":\"{link}\",\"url\":\"{link}\"}}"),
            ),
            400,
        ),
    ])
    .await;
}

#[tokio::test]
async fn hostile_questions_about_free_time_get_a_clear_4xx_and_none_reaches_the_source() {
    let link = SHARED;
    let free = |body: &str| post("/v1/free", "application/json", body);
    let object = format!("{{\"links\":{}", "[".repeat(100_000));
    let huge = json!({"links": vec![link; 5_000]}).to_string();
    let two = format!("\"links\":[\"{link}\",\"{link}\"]");
    are_refused(vec![
        ("nested JSON in a member", free(&object), 400),
        ("a huge array", free(&huge), 400),
        ("one link", free(&json!({"links": [link]}).to_string()), 400),
        ("links of other kinds", free("{\"links\":[1,null]}"), 400),
        ("an array", free("[]"), 400),
        (
            "a granularity of seven",
            free(&format!("{{{two},\"granularity\":7}}")),
            400,
        ),
        (
            "a huge number",
            free(&format!("{{{two},\"at_least_minutes\":1e400}}")),
            400,
        ),
        (
            "a negative number",
            free(&format!("{{{two},\"at_least_minutes\":-1}}")),
            400,
        ),
        ("no days", free(&format!("{{{two},\"days\":[]}}")), 400),
        (
            "a window that ends before it starts",
            free(&format!("{{{two},\"between\":[\"10:00\",\"09:00\"]}}")),
            400,
        ),
        (
            "free without a content type",
            request("POST", "/v1/free", &[], Body::from(format!("{{{two}}}"))),
            415,
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_value_given_twice_is_refused_by_name_in_every_kind_of_request() {
    let fake = weekday();
    let http = Http::before(&fake, &[]);
    let links = format!("\"links\":[\"{SHARED}\",\"{SHARED}\"]");
    let free = |body: String| post("/v1/free", "application/json", &body);
    for (name, request) in [
        ("links", free(format!("{{{links},{links}}}"))),
        (
            "days",
            free(format!("{{{links},\"days\":[\"mon\"],\"days\":[\"tue\"]}}")),
        ),
        ("unknown", free(format!("{{{links},\"x\":1,\"x\":1}}"))),
        (
            "a query",
            get(&format!("{PATH}/slots?rounding=cover&rounding=cover")),
        ),
        ("a term", get(&format!("{PATH}.ics?{TERM}&from=2026-09-01"))),
        (
            "a detail",
            get(&format!("{PATH}.ics?{TERM}&detail=full&detail=busy")),
        ),
    ] {
        let (mut parts, body) = request.into_parts();
        parts
            .headers
            .insert("accept-language", "en".parse().unwrap());
        let reply = http.send(Request::from_parts(parts, body)).await;
        assert_eq!(reply.status, 400, "{name}: {reply:?}");
        let why = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(why.contains("twice"), "{name}: {why}");
    }
    let twice = get(&format!("/v1/timetables?link={SHARED}&link={SHARED}"));
    assert_eq!(http.send(twice).await.status, 400);
    assert_eq!(fake.reads(), 0);
}

#[tokio::test]
async fn a_wrong_parameter_is_named() {
    let http = Http::before(&weekday(), &[]);
    let english = [("accept-language", "en")];
    for (path, name) in [
        (format!("{PATH}/slots?granularity=7"), "granularity"),
        (format!("{PATH}/slots?rounding=up"), "rounding"),
        (format!("{PATH}.ics?until=2026-12-18"), "from"),
        (
            format!("{PATH}.ics?from=2026-12-18&until=2026-09-01"),
            "until",
        ),
        (format!("{PATH}.ics?{TERM}&detail=all"), "detail"),
    ] {
        let reply = http.get_with(&path, &english).await.json();
        assert_eq!(reply["code"], "invalid_parameter");
        assert_eq!(reply["parameter"], name);
        assert!(
            reply["detail"]
                .as_str()
                .unwrap()
                .contains(&format!("`{name}`")),
            "{reply}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_arrive_is_408_in_the_words_of_its_interface() {
    let fake = weekday();
    let http = Http::before(&fake, &[]);
    for (path, code) in [
        ("/schedule", "CRAWLING-001"),
        ("/v1/free", "request_timeout"),
    ] {
        let never = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
        let reply = http
            .post(path, "application/json", Body::from_stream(never))
            .await;
        assert_eq!((reply.status, &reply.json()["code"]), (408, &json!(code)));
    }
    assert_eq!(fake.reads(), 0);
}

#[tokio::test]
async fn a_connection_that_sends_its_request_too_slowly_is_closed() {
    let limits = ServerLimits {
        connections: 1,
        head_time: Duration::from_millis(300),
        ..ServerLimits::default()
    };
    let url = serve(&Http::before(&weekday(), &[]), limits).await;
    let address = url.strip_prefix("http://").unwrap();
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /livez HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        .await
        .unwrap();
    // There is room for one: this is only answered once the slow one is gone.
    let next = crate::support::client().get(format!("{url}/livez")).send();
    assert_eq!(next.await.unwrap().status().as_u16(), 200);
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest).await;
    assert!(!rest.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn more_headers_than_the_server_reads_are_431() {
    let fake = weekday();
    let url = serve(&Http::before(&fake, &[]), ServerLimits::default()).await;
    let mut connection = TcpStream::connect(url.strip_prefix("http://").unwrap())
        .await
        .unwrap();
    let flood = "X: y\r\n".repeat(5_000);
    let request = format!("GET {PATH} HTTP/1.1\r\nHost: a\r\n{flood}\r\n");
    let _ = connection.write_all(request.as_bytes()).await;
    let mut answer = [0; 12];
    connection.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 431");
    assert_eq!(fake.reads(), 0);
}

#[tokio::test]
async fn fifty_links_to_two_timetables_and_five_faulty_ones_are_answered_in_one_response() {
    let fake = fake_site(&["weekday", "saturday"]);
    let http = Http::before(&fake, &[]);
    let mut links: Vec<_> = (0..45)
        .map(|n| {
            format!(
                "https://everytime.kr/@{}",
                ["weekday0000000000000", "saturday000000000000"][n % 2]
            )
        })
        .collect();
    let faulty = [
        (0, "nonsense", "invalid_link"),
        (10, "", "missing_link"),
        (20, "@unknown0000000000000", "not_found"),
        (30, "https://example.com", "invalid_link"),
        (49, "@unknown1000000000000", "not_found"),
    ];
    for (place, link, _) in faulty {
        links.insert(place, link.to_owned());
    }
    let question = json!({"links": links, "days": ["mon"], "granularity": 60});
    let reply = http
        .post("/v1/free", "application/json", question.to_string())
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let answer = reply.json();
    assert_eq!(answer["people"], 2);
    let repeats = answer["links"].as_array().unwrap().iter();
    let repeats = repeats.filter(|link| link.get("same_as").is_some());
    assert_eq!(repeats.count(), 43);
    let outcomes = answer["links"].as_array().unwrap();
    assert_eq!(outcomes.len(), 50);
    for (place, outcome) in outcomes.iter().enumerate() {
        let expected = faulty.iter().find(|(faulty, ..)| *faulty == place);
        let code = outcome["fault"]["code"].as_str();
        assert_eq!(code, expected.map(|(_, _, code)| *code), "{place}");
    }
    assert_eq!(fake.reads(), 4, "each timetable once");
    let nine = &answer["days"][0]["slots"][0];
    assert_eq!(nine["start"], "09:00");
}

#[tokio::test]
async fn a_calendar_file_has_its_media_type_and_hides_names_on_request() {
    let http = Http::before(&weekday(), &[]);
    let full = http.get(&format!("{PATH}.ics?{TERM}")).await;
    assert_eq!(full.header("content-type"), "text/calendar; charset=utf-8");
    let export = Export {
        term: Term::parse("2026-09-01", "2026-12-18").unwrap(),
        detail: Detail::Full,
        made_at: jiff::Timestamp::UNIX_EPOCH,
        words: &KOREAN,
    };
    // tests/programs/calendar.rs has two independent parsers read what is written here.
    let written = calendar(&fixture("weekday"), &export);
    let but_when = |file: &str| -> String {
        let lines = file.lines().filter(|line| !line.starts_with("DTSTAMP"));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(but_when(&full.text), but_when(&written));
    let parsed: icalendar::Calendar = full.text.parse().unwrap();
    assert_eq!(parsed.events().count(), fixture("weekday").classes.len());
    assert!(full.text.contains("자료구조") && !full.text.contains("weekday0"));
    let busy = http.get(&format!("{PATH}.ics?{TERM}&detail=busy")).await;
    assert!(!busy.text.contains("자료구조"));
    let again = http.get(&format!("{PATH}.ics?{TERM}")).await;
    assert_eq!(again.text, full.text, "the same file for the same reading");
}

#[tokio::test]
async fn slots_are_cut_as_asked() {
    let http = Http::before(&weekday(), &["--rounding=onetime"]);
    let usual = http.get(&format!("{PATH}/slots")).await.json();
    assert_eq!(
        (&usual["granularity"], &usual["rounding"]),
        (&json!(30), &json!("onetime"))
    );
    let asked = http
        .get(&format!("{PATH}/slots?granularity=60&rounding=cover"))
        .await
        .json();
    assert_eq!(asked["rounding"], "cover");
    assert_eq!(asked["days"][0]["busy"], json!(["09:00", "13:00", "14:00"]));
    assert_eq!(asked["days"][0]["free"].as_array().unwrap().len(), 21);
}

#[tokio::test]
async fn status_describes_service_cache_and_source() {
    let http = Http::before(&weekday(), &[]);
    let status = http.get("/status").await.json();
    assert_eq!(
        (&status["ready"], &status["draining"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(status["cache"]["capacity"], 100);
    assert_eq!(status["cache"]["shared"], Value::Null);
    http.get(PATH).await;
    http.get(PATH).await;
    let cache = &http.get("/status").await.json()["cache"];
    assert_eq!(
        (&cache["entries"], &cache["hits"], &cache["misses"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert!(cache["bytes"].as_u64().unwrap() > 1000, "{cache}");
    http.service.start_draining();
    assert_eq!(http.get("/status").await.json()["draining"], true);
    assert_eq!(http.get(PATH).await.json()["code"], "draining");
}

#[tokio::test]
async fn the_documents_examples_are_what_the_service_answers() {
    // Callers with an allowance see each header that the document has.
    let http = Http::before(&fake_site(&["weekday", "saturday"]), &["--rate-limit=1000"]);
    let document = http.get("/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    let mut compared = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let json = |part: &Value| part["content"]["application/json"]["example"].clone();
            let example = json(&operation["responses"]["200"]);
            if example.is_null() {
                continue;
            }
            let body = json(&operation["requestBody"]);
            let body = if body.is_null() {
                json!({"url": "@weekday0000000000000"})
            } else {
                body
            };
            let headers = [("content-type", "application/json")];
            let path = filled(path, operation);
            let body = Body::from(body.to_string());
            let reply = http
                .send(request(&method.to_uppercase(), &path, &headers, body))
                .await;
            assert_eq!(
                comparable(reply.json()),
                comparable(example),
                "{method} {path}"
            );
            let headers = operation["responses"]["200"]["headers"].as_object();
            let headers: Vec<_> = headers.into_iter().flatten().collect();
            // Every example is complete, so the one header that says otherwise is absent.
            assert!(
                headers
                    .iter()
                    .all(|(name, _)| reply.header(name).is_empty() == (*name == "X-Incomplete")),
                "{method} {path}: {:?}",
                reply.headers
            );
            let names: Vec<_> = headers.iter().map(|(name, _)| name.as_str()).collect();
            for name in ["Age", "RateLimit"] {
                assert_eq!(
                    names.contains(&name),
                    !reply.header(name).is_empty(),
                    "{name} of {method} {path}"
                );
            }
            compared += 1;
        }
    }
    assert_eq!(compared, 7);
}

/// The path with the examples of its parameters in their places.
fn filled(path: &str, operation: &Value) -> String {
    let mut path = path.to_owned();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        if let Some(example) = parameter["example"].as_str() {
            path = match parameter["in"].as_str() {
                Some("path") => path.replace(&format!("{{{name}}}"), example),
                _ => format!("{path}?{name}={example}"),
            };
        }
    }
    path
}

/// When it was read differs.
fn comparable(mut answer: Value) -> Value {
    if let Some(members) = answer.as_object_mut() {
        members.remove("fetched_at");
    }
    answer
}

#[tokio::test]
async fn every_documented_operation_is_served_and_the_page_needs_nothing_from_outside() {
    let http = Http::before(&weekday(), &[]);
    let document = http.get("/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() >= 11, "{}", paths.len());
    for (path, item) in paths {
        let path = path.replace("{identifier}", "weekday0000000000000");
        for method in item.as_object().unwrap().keys() {
            let reply = http
                .send(request(&method.to_uppercase(), &path, &[], Body::empty()))
                .await;
            assert!(
                ![404, 405].contains(&reply.status),
                "{method} {path}: {reply:?}"
            );
        }
    }
    let page = http.get("/docs/").await;
    let addresses = page
        .text
        .split("src=\"")
        .chain(page.text.split("href=\""))
        .skip(1);
    assert!(addresses.filter(|rest| rest.starts_with("http")).count() == 0);
    assert!(
        page.header("content-security-policy")
            .contains("default-src 'none'")
    );
    let script = http.get("/docs/swagger-initializer.js").await;
    assert!(script.text.contains("/openapi.json"));
}
