//! A client that costs almost nothing, so that it measures the server.

use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Requests a second over so many connections that are kept open, each with one request at a time.
pub async fn rate(address: &str, path: &str, requests: usize, connections: usize) -> f64 {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let began = Instant::now();
    let all = (0..connections).map(|_| ask(address, &request, requests / connections));
    futures_util::future::join_all(all).await;
    (requests / connections * connections) as f64 / began.elapsed().as_secs_f64()
}

async fn ask(address: &str, request: &str, times: usize) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = vec![0; 256 * 1024];
    for _ in 0..times {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut read = 0;
        while !is_whole(&buffer[..read]) {
            let more = stream.read(&mut buffer[read..]).await.unwrap();
            assert!(more > 0, "the connection was closed");
            read += more;
        }
    }
}

/// Whether an answer has arrived with all its body.
fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let head = std::str::from_utf8(&answer[..end]).unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let length: usize = head
        .lines()
        .find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_length = name.eq_ignore_ascii_case("content-length");
            is_length.then(|| value.trim().parse().unwrap())
        })
        .expect("answers of a known length");
    answer.len() >= end + 4 + length
}
