//! Where the browser may go: to the allowed ports and nowhere else.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::SeqCst},
    },
    time::Duration,
};

use super::common::{config, fleet_of, site, visit};
use serde_json::json;
use tokio::net::TcpListener;
use url::Url;
use webdriver_fleet::{Fleet, VisitError};

const GRACE: Duration = Duration::from_secs(5);

/// A port that nobody may connect to, and how often somebody did.
async fn forbidden_port() -> (u16, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, count) = (
        listener.local_addr().unwrap().port(),
        Arc::new(AtomicU32::new(0)),
    );
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, SeqCst);
        }
    });
    (port, count)
}

/// A fleet that may reach the site's port only.
async fn narrow_fleet(site: &Url) -> Fleet {
    let mut config = config(1);
    config.browser.allowed_hosts = Some(vec![format!("127.0.0.1:{}", site.port().unwrap())]);
    fleet_of(config).await
}

#[tokio::test]
async fn another_port_of_an_allowed_host_gets_no_connection_and_the_attempt_is_counted() {
    let (site, (port, connections)) = (site().await, forbidden_port().await);
    let fleet = narrow_fleet(&site).await;
    for _ in 0..3 {
        let read = fleet
            .visit(visit(&site, &format!("elsewhere/{port}")))
            .await
            .unwrap();
        assert_eq!(read.value, json!("here"));
    }
    fleet.visit(visit(&site, "plain")).await.unwrap();
    assert_eq!(connections.load(SeqCst), 0);
    assert!(fleet.status().refused_requests >= 3);
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
async fn a_redirect_to_another_port_is_not_followed() {
    let (site, (port, connections)) = (site().await, forbidden_port().await);
    let fleet = narrow_fleet(&site).await;
    let error = fleet
        .visit(visit(&site, &format!("redirect/{port}")))
        .await
        .unwrap_err();
    assert!(matches!(error, VisitError::Unreachable { .. }), "{error:?}");
    assert_eq!(connections.load(SeqCst), 0);
    assert_eq!(
        fleet.visit(visit(&site, "plain")).await.unwrap().value,
        json!("hello")
    );
    fleet.shutdown(GRACE).await;
}

#[tokio::test]
async fn no_header_says_headless() {
    let site = site().await;
    let fleet = narrow_fleet(&site).await;
    let headers = fleet.visit(visit(&site, "headers")).await.unwrap().value;
    println!("{headers}");
    assert!(
        !headers.to_string().to_lowercase().contains("headless"),
        "{headers}"
    );
    fleet.shutdown(GRACE).await;
}
