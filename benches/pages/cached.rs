//! Cached answers, compared with an axum handler that only sends the same bytes.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use axum::Router;
use axum::routing::get;

use crate::Effort;
use crate::common::figures::{Rates, short};
use crate::common::loopback;
use crate::common::report::Report;
use crate::common::service::Service;
use crate::common::site::{CACHED, Site};

/// Set for the process that is the bare handler.
const BARE: &str = "BENCH_BARE_HANDLER";
const CONNECTIONS: [usize; 2] = [1, 8];

pub(crate) async fn measure(site: &Site, effort: Effort, report: &mut Report) {
    eprintln!("Answering out of the cache …");
    let service = Service::start(site, &[]);
    let path = format!("/v1/timetables/{CACHED}");
    let answer = service.get(&path).await.unwrap().to_string();
    let bare = Bare::start(&answer);
    // Enough for a good part of a second.
    let answers = 5 * effort.answers;
    let mut rows = Vec::new();
    for connections in CONNECTIONS {
        let (mut ours, mut theirs) = (Rates::default(), Rates::default());
        for _ in 0..effort.rounds {
            let rate = |address| loopback::rate(address, &path, answers, connections);
            theirs.add(rate(&bare.address).await);
            ours.add(rate(service.url.trim_start_matches("http://")).await);
        }
        let ratio = ours.median() / theirs.median();
        rows.push(vec![
            connections.to_string(),
            theirs.cell(),
            ours.cell(),
            short(ratio),
        ]);
    }
    bare.stop();
    service.stop();
    let head = [
        "connections",
        "bare handler, a second",
        "ours, a second",
        "ours ÷ bare",
    ];
    report.add("Out of the cache", &head, &rows, NOTE);
}

const NOTE: &str = "`GET /v1/timetables/…` with the same bytes; each server is a process of its \
    own. Ours also parses the request, counts and logs it, and writes its headers.";

/// The bare handler's process.
struct Bare {
    process: std::process::Child,
    address: String,
}

impl Bare {
    fn start(answer: &str) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .env(BARE, answer)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut address).unwrap();
        Self {
            process,
            address: address.trim().to_owned(),
        }
    }

    fn stop(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

pub(crate) fn is_the_bare_handler() -> bool {
    std::env::var_os(BARE).is_some()
}

/// Answers every path with the bytes it was started with, and prints where.
pub(crate) async fn serve_bare() {
    let answer: &'static str = std::env::var(BARE).unwrap().leak();
    let json = [("content-type", "application/json")];
    let router = Router::new().fallback(get(move || async move { (json, answer) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    axum::serve(listener, router).await.unwrap();
}
