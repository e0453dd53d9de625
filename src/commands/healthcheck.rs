//! `gonggang healthcheck`: asks the running service whether it can serve, for a container without
//! any other client.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::cli::CommandError;

/// Longest that asking may take; a container's own limit is longer.
const DEADLINE: Duration = Duration::from_secs(3);

/// Most of an answer that is read, in bytes: status line, headers and one word.
const MAX_ANSWER_BYTES: u64 = 4 * 1024;

/// Asks `/readyz` of the service that listens on `listen`.
pub(super) async fn run(listen: SocketAddr) -> Result<(), CommandError> {
    let address = reachable(listen);
    let answer = match timeout(DEADLINE, ask(address)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(unavailable(address, &error.to_string())),
        Err(_) => return Err(unavailable(address, "no answer in time")),
    };
    match status(&answer) {
        Some(200) => Ok(()),
        Some(status) => Err(unavailable(address, &format!("{status} {}", body(&answer)))),
        None => Err(unavailable(address, "what answers does not speak HTTP")),
    }
}

/// Whoever listens everywhere is asked over loopback.
fn reachable(mut listen: SocketAddr) -> SocketAddr {
    match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => listen.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => listen.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    listen
}

/// HTTP/1.0, so that the answer ends with the connection.
async fn ask(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /readyz HTTP/1.0\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream
        .take(MAX_ANSWER_BYTES)
        .read_to_end(&mut answer)
        .await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn status(answer: &str) -> Option<u16> {
    let line = answer.strip_prefix("HTTP/1.")?.lines().next()?;
    line.split(' ').nth(1)?.parse().ok()
}

fn body(answer: &str) -> &str {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    body.trim()
}

fn unavailable(address: SocketAddr, why: &str) -> CommandError {
    CommandError::Unavailable(format!("http://{address}/readyz: {why}"))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// Somebody who gives this one answer and hangs up.
    async fn answering(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).await.unwrap();
            assert!(request[..length].starts_with(b"GET /readyz HTTP/1.0\r\n"));
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
    async fn a_service_that_drains_is_not_and_its_own_word_says_why() {
        let address = answering("HTTP/1.1 503 Service Unavailable\r\nA: b\r\n\r\ndraining\n").await;
        let error = run(address).await.unwrap_err();
        assert_eq!(error.exit(), crate::cli::Exit::Unavailable);
        assert!(error.to_string().ends_with("503 draining"), "{error}");
    }

    #[tokio::test]
    async fn neither_is_one_that_is_not_there_or_is_no_http() {
        let address = answering("SSH-2.0-x\r\n").await;
        assert!(run(address).await.is_err());
        assert!(run(address).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_hangs_is_given_up_on() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let error = run(listener.local_addr().unwrap()).await.unwrap_err();
        assert!(error.to_string().contains("in time"), "{error}");
    }

    #[test]
    fn a_service_that_listens_everywhere_is_asked_over_loopback() {
        for (listen, asked) in [
            ("0.0.0.0:5001", "127.0.0.1:5001"),
            ("[::]:5001", "[::1]:5001"),
            ("192.0.2.7:80", "192.0.2.7:80"),
        ] {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), asked);
        }
    }
}
