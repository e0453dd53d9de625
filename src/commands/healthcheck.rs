//! `gonggang healthcheck`: asks the running service whether it can serve, for a container without an
//! HTTP client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::{Client, redirect};

use crate::cli::CommandError;

/// Longest wait for the answer; a container's own limit is longer.
const DEADLINE: Duration = Duration::from_secs(3);

/// Asks `/readyz` of the service that listens on `listen`.
pub(super) async fn run(listen: SocketAddr) -> Result<(), CommandError> {
    let url = format!("http://{}/readyz", reachable(listen));
    let (status, body) = ask(&url).await.map_err(|error| {
        let why = if error.is_timeout() {
            "no answer in time".to_owned()
        } else {
            root_cause(&error).to_string()
        };
        CommandError::Unavailable(format!("{url}: {why}"))
    })?;
    match status {
        200 => Ok(()),
        _ => Err(CommandError::Unavailable(format!(
            "{url}: {status} {}",
            body.trim()
        ))),
    }
}

async fn ask(url: &str) -> reqwest::Result<(u16, String)> {
    // The library builds its TLS part in any case.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .redirect(redirect::Policy::none())
        .timeout(DEADLINE)
        .build()?;
    let answer = client.get(url).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

fn root_cause(error: &dyn std::error::Error) -> &dyn std::error::Error {
    error.source().map_or(error, root_cause)
}

/// A service that listens on all addresses is asked over loopback.
fn reachable(mut listen: SocketAddr) -> SocketAddr {
    match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => listen.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => listen.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    listen
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// A server that sends `answer` once and closes.
    async fn answering(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).await.unwrap();
            assert!(request[..length].starts_with(b"GET /readyz HTTP/1.1\r\n"));
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        address
    }

    #[tokio::test]
    async fn a_ready_service_is_healthy() {
        let address = answering("HTTP/1.0 200 OK\r\n\r\nready\n").await;
        run(address).await.unwrap();
    }

    #[tokio::test]
    async fn a_draining_service_is_not_healthy_and_the_error_quotes_its_answer() {
        let address = answering("HTTP/1.1 503 Service Unavailable\r\nA: b\r\n\r\ndraining\n").await;
        let error = run(address).await.unwrap_err();
        assert_eq!(error.exit(), crate::cli::Exit::Unavailable);
        assert!(error.to_string().ends_with("503 draining"), "{error}");
    }

    #[tokio::test]
    async fn a_port_without_http_or_without_a_listener_is_not_healthy() {
        let address = answering("SSH-2.0-x\r\n").await;
        for _ in 0..2 {
            let error = run(address).await.unwrap_err().to_string();
            let why = error.strip_prefix(&format!("http://{address}/readyz: "));
            assert!(why.is_some_and(|why| !why.is_empty()), "{error}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_hangs_fails_at_the_deadline() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let error = run(listener.local_addr().unwrap()).await.unwrap_err();
        assert!(error.to_string().contains("in time"), "{error}");
    }

    #[test]
    fn a_service_that_listens_on_all_addresses_is_asked_over_loopback() {
        for (listen, asked) in [
            ("0.0.0.0:5001", "127.0.0.1:5001"),
            ("[::]:5001", "[::1]:5001"),
            ("192.0.2.7:80", "192.0.2.7:80"),
        ] {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), asked);
        }
    }
}
