//! The canary of a running service that asks the API.

use std::time::{Duration, Instant};

use crate::support::{Service, Site, fixtures, gonggang};
use serde_json::Value;
use standin::Fixture;

const LINK: &str = "https://everytime.kr/@weekday0000000000000";
const GONE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response>-1</response>";

fn variables(site: &Site) -> Vec<(&'static str, String)> {
    let mut variables = site.api_variables();
    variables.push(("GONGGANG_CANARY", LINK.to_owned()));
    variables.push(("GONGGANG_CANARY_INTERVAL", "50ms".to_owned()));
    variables
}

/// The canary's member of `/status`, once its last read came to `result`.
async fn await_result(service: &Service, result: &str) -> Value {
    let began = Instant::now();
    loop {
        let canary = service.get("/status").await.json()["canary"].take();
        if canary["sources"][0]["result"] == result {
            return canary;
        }
        assert!(began.elapsed() < Duration::from_mins(1), "{canary}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What `gonggang check` says of it.
fn check(site: &Site, more: &[&str]) -> String {
    let mut check = gonggang();
    check.arg("check").args(more).envs(variables(site));
    let said = check.output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let line = said.lines().find(|line| line.starts_with("canary"));
    line.unwrap_or_else(|| panic!("{said}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_that_is_gone_is_seen_and_the_service_stays_ready() {
    let site = Site::start(&fixtures()).await;
    let service = Service::start(&variables(&site));
    let canary = await_result(&service, "same").await;
    assert_eq!(canary["sources"][0]["source"], "api");
    let metrics = service.get("/metrics").await.text;
    assert!(
        metrics.contains("gonggang_canary_failing{source=\"api\"} 0\n"),
        "{metrics}"
    );
    assert_eq!(check(&site, &["--canary"]), "canary   ok: read by api");

    site.fixtures.insert(Fixture::new("weekday", GONE));
    await_result(&service, "not_found").await;
    let metrics = service.get("/metrics").await.text;
    assert!(
        metrics.contains("gonggang_canary_failing{source=\"api\"} 1\n"),
        "{metrics}"
    );
    let reads = "gonggang_canary_reads_total{source=\"api\",result=\"not_found\"} ";
    assert!(metrics.contains(reads), "{metrics}");
    assert_eq!(service.get("/readyz").await.status, 200);
    assert_eq!(
        check(&site, &["--canary", LINK]),
        "canary   FAULT: api: not_found"
    );

    service.signal("TERM");
    let (status, log) = service.wait();
    assert!(status.success());
    let told = |line: &&String| line.contains("canary: no timetable") && line.contains("not_found");
    assert!(log.iter().any(|line| told(&line)), "{log:#?}");
    assert!(
        !log.iter().any(|line| line.contains("weekday0")),
        "{log:#?}"
    );
}
