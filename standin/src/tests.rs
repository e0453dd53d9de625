//! Routes, counters and the fixtures of this repository.

#![allow(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::{fs, path::Path, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use tower::ServiceExt;

use super::*;

const TABLE: &str = r#"<response><table year="2026" semester="2" status="1" identifier="abcdefghij0123456789"/></response>"#;

fn site(fixtures: impl IntoIterator<Item = Fixture>) -> (Router, Arc<Fixtures>) {
    let all = Arc::new(Fixtures::default());
    fixtures.into_iter().for_each(|fixture| all.insert(fixture));
    (router(all.clone()), all)
}

fn behaving(json: &str) -> Behaviour {
    serde_json::from_str(json).unwrap()
}

async fn send(router: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response = router.clone().oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (
        head.status,
        head.headers,
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

async fn get(router: &Router, path: &str) -> (StatusCode, HeaderMap, String) {
    send(router, Request::get(path).body(Body::empty()).unwrap()).await
}

async fn ask(router: &Router, identifier: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::post("/find/timetable/table/friend")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "http://127.0.0.1:1")
        .body(Body::from(format!(
            "identifier={identifier}&friendInfo=true"
        )));
    send(router, request.unwrap()).await
}

#[tokio::test]
async fn the_api_answers_a_fixture_verbatim_and_lets_its_caller_read_it() {
    let (router, _) = site([Fixture::new("one", TABLE)]);
    let (status, headers, body) = ask(&router, "abcdefghij0123456789").await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, TABLE));
    assert_eq!(headers["content-type"], "application/xml; charset=utf-8");
    assert_eq!(headers["access-control-allow-origin"], "http://127.0.0.1:1");
}

#[tokio::test]
async fn an_unknown_identifier_gets_the_same_page_and_a_minus_one() {
    let (router, _) = site([Fixture::new("one", TABLE)]);
    let known = get(&router, "/@abcdefghij0123456789").await;
    let unknown = get(&router, "/@00000000000000000000").await;
    assert_eq!((unknown.0, &unknown.2), (StatusCode::OK, &known.2));
    let (status, _, body) = ask(&router, "00000000000000000000").await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("<response>-1</response>"));
}

#[tokio::test]
async fn status_content_type_and_cors_are_as_the_fixture_says() {
    let refusing = behaving(
        r#"{"api": {"status": 403, "content_type": "text/plain", "cors": false}, "page": {"status": 503}}"#,
    );
    let (router, _) = site([Fixture::new("one", TABLE).with_behaviour(refusing)]);
    let (status, headers, _) = ask(&router, "abcdefghij0123456789").await;
    assert_eq!(
        (status, &headers["content-type"]),
        (StatusCode::FORBIDDEN, &"text/plain".parse().unwrap())
    );
    assert!(!headers.contains_key("access-control-allow-origin"));
    let (status, _, body) = get(&router, "/@abcdefghij0123456789").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!body.contains("<script"));
}

#[tokio::test]
async fn html_instead_of_xml_has_the_content_type_of_html() {
    let (router, _) = site([Fixture::new("html", "<!doctype html><p>잠시만</p>")]);
    let (status, headers, _) = ask(&router, "html0000000000000000").await;
    assert_eq!(
        (status, &headers["content-type"]),
        (StatusCode::OK, &"text/html; charset=utf-8".parse().unwrap())
    );
}

#[tokio::test]
async fn a_preflight_allows_the_origin_of_the_caller() {
    let (router, _) = site([]);
    let request = Request::builder()
        .method(Method::OPTIONS)
        .uri("/find/timetable/table/friend")
        .header("origin", "http://127.0.0.1:1")
        .body(Body::empty());
    let (status, headers, _) = send(&router, request.unwrap()).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(headers["access-control-allow-origin"], "http://127.0.0.1:1");
    assert_eq!(headers["access-control-allow-methods"], "POST, OPTIONS");
}

#[tokio::test]
async fn page_loads_and_api_calls_are_counted_per_identifier() {
    let (router, fixtures) = site([Fixture::new("one", TABLE)]);
    get(&router, "/@abcdefghij0123456789").await;
    get(&router, "/@abcdefghij0123456789").await;
    ask(&router, "abcdefghij0123456789").await;
    assert_eq!(fixtures.page_loads("abcdefghij0123456789"), 2);
    assert_eq!(fixtures.api_calls("abcdefghij0123456789"), 1);
    assert_eq!(fixtures.page_loads("00000000000000000000"), 0);
}

#[tokio::test]
async fn a_fixture_added_while_serving_is_served() {
    let (router, fixtures) = site([]);
    fixtures.insert(Fixture::new("one", TABLE));
    assert_eq!(ask(&router, "abcdefghij0123456789").await.2, TABLE);
}

#[tokio::test]
async fn the_options_of_a_page_cannot_end_their_script_element() {
    let away = behaving(
        r#"{"page": {"axis": "half_hour", "misbehave": "navigate_away", "navigate_to": "</script>"}}"#,
    );
    let (router, fixtures) = site([Fixture::new("one", TABLE).with_behaviour(away)]);
    fixtures.set_api_base("http://localhost:1");
    let (_, _, body) = get(&router, "/@abcdefghij0123456789").await;
    assert!(body.contains(r#""axis":"half_hour""#));
    assert!(body.contains(r#"_apiServerUrl = "http://localhost:1";"#));
    assert!(body.contains(r#""navigate_to":"\u003c/script>""#));
}

#[tokio::test]
async fn every_file_that_the_page_loads_is_served() {
    let (router, _) = site([]);
    let (_, _, page) = get(&router, "/@abcdefghij0123456789").await;
    let named = [" src=\"/", " href=\"/"]
        .into_iter()
        .flat_map(|attribute| page.split(attribute).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .map(|path| format!("/{path}"));
    let others = [
        "/js/drift.js",
        "/js/misbehave.js",
        "/js/find.worker.js",
        "/attachment",
        "/login",
    ];
    for path in named.chain(others.map(String::from)) {
        let (status, headers, body) = get(&router, &path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(
            headers.contains_key("content-type") && !body.is_empty(),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_page_loads_blocking_scripts_of_its_own_and_one_async_script_of_a_third_host() {
    let (router, _) = site([]);
    let (_, _, page) = get(&router, "/@abcdefghij0123456789").await;
    let tags: Vec<_> = page
        .split("<script ")
        .skip(1)
        .filter_map(|rest| rest.split_once("></script>"))
        .filter(|(tag, _)| tag.contains("src="))
        .map(|(tag, _)| tag.replace("type=\"text/javascript\" ", ""))
        .collect();
    assert_eq!(
        tags,
        [
            "src=\"/js/jquery.min.js\"",
            "src=\"/js/underscore-min.js\"",
            "src=\"/js/common.js\"",
            "src=\"/js/friend.find.js\"",
            "src=\"/js/timetable.tableload.js\"",
            "async src=\"https://www.googletagmanager.invalid/gtag/js?id=G-STANDIN\"",
        ]
    );
    assert!(!page.contains("viewport") && !page.contains("module"));
}

#[tokio::test]
async fn our_styles_and_scripts_are_as_large_as_the_real_ones() {
    let (router, _) = site([]);
    for (paths, expected) in [
        (
            vec![
                "/css/common.css",
                "/css/common.partial.css",
                "/css/container.table.css",
                "/css/common.appopen.css",
            ],
            30_000..33_000,
        ),
        (
            vec![
                "/js/common.js",
                "/js/friend.find.js",
                "/js/timetable.tableload.js",
            ],
            34_000..37_000,
        ),
    ] {
        let mut weight = 0;
        for path in &paths {
            weight += get(&router, path).await.2.len();
        }
        assert!(expected.contains(&weight), "{paths:?}: {weight} bytes");
    }
}

#[tokio::test]
async fn a_page_loads_deviations_only_for_a_fixture_that_has_them() {
    let late = behaving(r#"{"drift": {"drawing": {"late": 30}}}"#);
    let (router, _) = site([Fixture::new("one", TABLE).with_behaviour(late)]);
    let (_, _, page) = get(&router, "/@abcdefghij0123456789").await;
    assert!(page.contains(r#" src="/js/drift.js""#) && !page.contains("misbehave.js"));
    assert!(page.contains(r#""drawing":{"late":30}"#));
    let (_, _, page) = get(&router, "/@00000000000000000000").await;
    assert!(!page.contains("drift.js") && !page.contains("misbehave.js"));
}

#[tokio::test]
async fn a_document_that_is_not_the_timetable_page_lacks_its_parts() {
    for (document, has_container, text) in [
        ("interstitial", false, "비정상 접근"),
        ("challenge", false, "setInterval"),
        ("maintenance", true, "점검"),
    ] {
        let behaviour = behaving(&format!(r#"{{"page": {{"document": "{document}"}}}}"#));
        let (router, _) = site([Fixture::new("one", TABLE).with_behaviour(behaviour)]);
        let (status, _, body) = get(&router, "/@abcdefghij0123456789").await;
        assert_eq!(status, StatusCode::OK, "{document}");
        assert_eq!(
            body.contains("id=\"container\""),
            has_container,
            "{document}"
        );
        assert!(
            body.contains(text) && !body.contains("tablebody"),
            "{document}"
        );
    }
}

#[tokio::test]
async fn a_login_redirect_goes_to_the_login() {
    let behaviour = behaving(r#"{"page": {"document": "login_redirect"}}"#);
    let (router, fixtures) = site([Fixture::new("one", TABLE).with_behaviour(behaviour)]);
    let (status, headers, _) = get(&router, "/@abcdefghij0123456789").await;
    assert_eq!(
        (status, &headers["location"]),
        (StatusCode::FOUND, &"/login".parse().unwrap())
    );
    assert_eq!(fixtures.page_loads("abcdefghij0123456789"), 1);
}

#[tokio::test]
async fn a_fixture_may_answer_with_the_table_of_another_identifier() {
    let named = behaving(r#"{"identifier": "00000000000000000001"}"#);
    let (router, _) = site([Fixture::new("one", TABLE).with_behaviour(named)]);
    assert_eq!(ask(&router, "00000000000000000001").await.2, TABLE);
    assert!(ask(&router, "abcdefghij0123456789").await.2.contains("-1"));
}

#[tokio::test]
async fn the_site_stops_although_a_fixture_never_answers() {
    let silent = behaving(r#"{"api": {"never": true}}"#);
    let fixtures = Arc::new(Fixtures::default());
    fixtures.insert(Fixture::new("one", TABLE).with_behaviour(silent));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = format!(
        "http://{}/find/timetable/table/friend",
        listener.local_addr().unwrap()
    );
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(serve(listener, fixtures.clone(), async {
        stopped.await.unwrap();
    }));

    let form = [
        ("identifier", "abcdefghij0123456789"),
        ("friendInfo", "true"),
    ];
    let _ = rustls::crypto::ring::default_provider().install_default();
    let asking = tokio::spawn(reqwest::Client::new().post(api).form(&form).send());
    while fixtures.api_calls("abcdefghij0123456789") == 0 {
        tokio::task::yield_now().await;
    }
    assert!(!asking.is_finished());
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    assert_eq!(asking.await.unwrap().unwrap().status(), 503);
}

#[test]
fn an_identifier_is_made_from_the_letters_and_digits_of_a_name() {
    assert_eq!(identifier_from_name("weekday"), "weekday0000000000000");
    assert_eq!(
        identifier_from_name("every-day-every-hour"),
        "everydayeveryhour000"
    );
    assert_eq!(
        identifier_from_name("fractional-large-without-jquery"),
        "fractionallargewitho"
    );
    assert_eq!(identifier_from_name("빈 칸"), "00000000000000000000");
}

#[test]
fn a_behaviour_with_an_unknown_field_is_refused() {
    for json in [
        r#"{"apii": {}}"#,
        r#"{"api": {"statuss": 1}}"#,
        r#"{"drift": {"wobble": true}}"#,
        r#"{"drift": {"drawing": "sometime"}}"#,
        r#"{"page": {"document": "elsewhere"}}"#,
    ] {
        assert!(serde_json::from_str::<Behaviour>(json).is_err(), "{json}");
    }
    assert_eq!(behaving("{}"), Behaviour::default());
}

fn repository(dir: &str) -> Fixtures {
    Fixtures::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(dir)).unwrap()
}

#[test]
fn every_fixture_of_the_repository_loads_under_its_own_name() {
    for dir in ["fixtures", "tests/drift", "tests/misbehave"] {
        for fixture in repository(dir).all() {
            assert_eq!(fixture.identifier, identifier_from_name(&fixture.name));
        }
    }
    assert!(repository("fixtures").named("weekday").is_some());
}

#[test]
fn errors_of_a_folder_name_the_file() {
    let dir = std::env::temp_dir().join(format!("gonggang-fixtures-{}", std::process::id()));
    let fixture = dir.join("one");
    fs::create_dir_all(&fixture).unwrap();
    let fault = || Fixtures::load(&dir).unwrap_err().to_string();

    assert!(fault().contains("timetable.xml"));
    fs::write(fixture.join("timetable.xml"), TABLE).unwrap();
    fs::write(fixture.join("case.json"), r#"{"api": {"status": 99}}"#).unwrap();
    assert!(fault().ends_with("case.json: no HTTP status 99"));
    fs::write(fixture.join("case.json"), "{").unwrap();
    assert!(fault().contains("is not a fixture's behaviour"));
    fs::remove_file(fixture.join("case.json")).unwrap();
    fs::create_dir_all(dir.join("two")).unwrap();
    fs::write(dir.join("two/timetable.xml"), TABLE).unwrap();
    assert!(fault().contains("fixtures one and two have the same identifier"));
    fs::remove_dir_all(&dir).unwrap();
    assert!(fault().starts_with("cannot read"));
}
