//! Sites that fail before a document arrives. Each costs its visit, never the session.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use super::common::{
    config, fleet_of, kind, site,
    sniffer::{Sniffer, is_inside},
    visit,
};
use serde_json::json;
use tokio::{io::AsyncReadExt as _, net::TcpListener};
use url::Url;
use webdriver_fleet::{Browser, CloseReason, Fleet, SiteFault, Visit, VisitError};

/// Enough to show a fault that hits every second visit.
const VISITS: u64 = 6;

/// The fault that this kind of browser reports.
fn reported(chromium: SiteFault, firefox: SiteFault) -> SiteFault {
    match kind() {
        Browser::Chromium => chromium,
        Browser::Firefox => firefox,
    }
}

async fn fleet_for(hosts: &[&str]) -> Fleet {
    let mut config = config(1);
    config.browser.allowed_hosts = Some(hosts.iter().map(|host| (*host).to_owned()).collect());
    // Drivers and cleaning may be slow on a busy machine, which is not tested here.
    config.limits.slack = Duration::from_secs(3);
    config.limits.clean = Duration::from_mins(1);
    fleet_of(config).await
}

fn dead(url: &Url) -> Visit {
    Visit {
        url: url.clone(),
        page_timeout: Duration::from_secs(20),
        deadline: Instant::now() + Duration::from_mins(1),
        ..visit(url, "")
    }
}

/// Every visit reports `why`, and the same session reads a living site afterwards.
async fn costs_no_session(hosts: &[&str], dead_site: &Url, why: SiteFault) {
    let (fleet, living) = (fleet_for(hosts).await, site().await);
    fleet.visit(visit(&living, "plain")).await.unwrap();
    for _ in 0..VISITS {
        let error = fleet.visit(dead(dead_site)).await.unwrap_err();
        assert!(
            matches!(error, VisitError::Unreachable { .. }),
            "{dead_site}: {error:?}"
        );
        assert_eq!(error.site_fault(), Some(why), "{dead_site}: {error:?}");
    }
    let read = fleet.visit(visit(&living, "plain")).await.unwrap();
    assert_eq!(read.value, json!("hello"));
    let status = fleet.status();
    assert_eq!(
        (status.opened, status.closed.len(), status.retried),
        (1, 0, 0),
        "{dead_site}"
    );
    assert_eq!(status.site_faults.get(&why), Some(&VISITS));
    assert_eq!(status.last_site_fault.map(|last| last.why), Some(why));
    fleet.shutdown(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_site_that_refuses_connections_costs_no_session() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", closed.local_addr().unwrap());
    drop(closed);
    let why = reported(SiteFault::Refused, SiteFault::NoConnection);
    costs_no_session(&["127.0.0.1"], &url.parse().unwrap(), why).await;
}

#[tokio::test]
async fn a_site_whose_name_does_not_resolve_costs_no_session() {
    let hosts = ["127.0.0.1", "site.invalid"];
    let url = "http://site.invalid/".parse().unwrap();
    costs_no_session(&hosts, &url, SiteFault::NoSuchHost).await;
}

#[tokio::test]
async fn a_site_that_speaks_no_tls_costs_no_session() {
    let mut url = site().await;
    url.set_scheme("https").unwrap();
    costs_no_session(&["127.0.0.1"], &url, SiteFault::Tls).await;
}

#[tokio::test]
async fn a_site_that_resets_connections_costs_no_session() {
    costs_no_session(&["127.0.0.1"], &resets().await, SiteFault::Reset).await;
}

/// Reads the beginning of a request and resets the connection.
async fn resets() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 16]).await;
            let _ = stream.set_zero_linger();
        }
    });
    Url::parse(&format!("http://{address}/")).unwrap()
}

#[tokio::test]
async fn a_site_without_a_route_costs_no_session() {
    if !is_inside(&format!(
        "{}::a_site_without_a_route_costs_no_session",
        module_path!()
    )) {
        return;
    }
    let _resolver = Sniffer::start("site.example");
    let unreachable = ["route", "add", "unreachable", "203.0.113.0/24"];
    let added = Command::new("ip").args(unreachable).status().unwrap();
    assert!(added.success());
    let hosts = ["127.0.0.1", "203.0.113.1"];
    let url = "http://203.0.113.1/".parse().unwrap();
    let why = reported(SiteFault::NoRoute, SiteFault::NoConnection);
    costs_no_session(&hosts, &url, why).await;
}

/// A session whose last visit reached a document enters the next one without a deadline of the driver.
/// So in Chromium the first silence costs the session.
#[tokio::test]
async fn a_site_that_stops_answering_costs_at_most_one_session() {
    let (fleet, living) = (fleet_for(&["127.0.0.1"]).await, site().await);
    fleet.visit(visit(&living, "plain")).await.unwrap();
    for _ in 0..3 {
        let silent = Visit {
            page_timeout: Duration::from_millis(700),
            ..visit(&living, "never")
        };
        let error = fleet.visit(silent).await.unwrap_err();
        assert_eq!(error.site_fault(), Some(SiteFault::TimedOut), "{error:?}");
    }
    let status = fleet.status();
    let lost = u64::from(kind() == Browser::Chromium);
    assert_eq!(status.opened, 1 + lost);
    let closed = status.closed;
    assert_eq!(
        closed.get(&CloseReason::Timeout),
        (lost > 0).then_some(&lost)
    );
    assert_eq!(closed.get(&CloseReason::Crashed), None);
    assert_eq!(status.site_faults.get(&SiteFault::TimedOut), Some(&3));
    fleet.shutdown(Duration::from_secs(5)).await;
}
