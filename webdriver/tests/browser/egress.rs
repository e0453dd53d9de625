//! The browser reaches the allowed ports only.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::SeqCst},
};

use super::common::stage;
use serde_json::json;
use tokio::net::TcpListener;
use webdriver_fleet::VisitError;

/// A port that is not allowed, with the number of connections made to it.
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

#[tokio::test]
async fn a_request_to_a_forbidden_port_makes_no_connection_and_is_counted() {
    let (stage, (port, connections)) = (stage(), forbidden_port().await);
    for _ in 0..3 {
        let read = stage.visit(&format!("elsewhere/{port}")).await.unwrap();
        assert_eq!(read.value, json!("here"));
    }
    stage.visit("plain").await.unwrap();
    assert_eq!(connections.load(SeqCst), 0);
    assert!(stage.fleet.status().refused_requests >= 3);
}

#[tokio::test]
async fn a_redirect_to_another_port_is_not_followed() {
    let (stage, (port, connections)) = (stage(), forbidden_port().await);
    let error = stage.visit(&format!("redirect/{port}")).await.unwrap_err();
    assert!(matches!(error, VisitError::Unreachable { .. }), "{error:?}");
    assert_eq!(connections.load(SeqCst), 0);
    assert_eq!(stage.visit("plain").await.unwrap().value, json!("hello"));
}

#[tokio::test]
async fn no_header_says_headless() {
    let stage = stage();
    let headers = stage.visit("headers").await.unwrap().value;
    println!("{headers}");
    assert!(
        !headers.to_string().to_lowercase().contains("headless"),
        "{headers}"
    );
}
