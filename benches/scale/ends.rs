//! The limits of one service: processors, memory, connections, places in the queue.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::common::figures::{Figures, short};
use crate::common::service::Service;
use crate::common::site::{CACHED, Site};
use crate::common::{cpu, loopback, machine};

/// Concurrent callers: more than two sessions and their queue can hold.
const CROWD: usize = 64;
/// Connections that are tried.
const CONNECTIONS: usize = 1100;
/// A connection that is not served in this time waits for a place.
const SOON: Duration = Duration::from_secs(2);

pub(crate) const HEAD: [&str; 3] = ["what", "where it ends", "how that shows"];
pub(crate) const NOTE: &str = "Two sessions. The site and the callers use the same processors: \
    `of that` is the share of each.";

/// One row for each resource. A further session takes `each` MiB.
pub(crate) async fn rows(site: &Site, pages: usize, each: f64) -> Vec<Vec<String>> {
    eprintln!("Ends …");
    let service = Service::start(site, &[]);
    service.rate(site, 8, 2).await;
    let rows = [
        cold(site, &service, pages).await,
        cached(&service, pages * 100).await,
        memory(&service, each),
        connections(&service).await,
        queue(site, &service).await,
    ];
    service.stop();
    rows.map(|row| row.to_vec()).to_vec()
}

async fn cold(site: &Site, service: &Service, pages: usize) -> [String; 3] {
    let busy = Busy::begin(service);
    let rate = service.rate(site, pages, 4).await;
    [
        "processors, cold timetables".into(),
        format!("{} a second", short(rate)),
        busy.end(service, pages),
    ]
}

async fn cached(service: &Service, answers: usize) -> [String; 3] {
    service.read(CACHED).await;
    let (address, path) = (address(service), format!("/v1/timetables/{CACHED}"));
    let busy = Busy::begin(service);
    let rate = loopback::rate(address, &path, answers, 8).await;
    [
        "processors, timetables cached".into(),
        format!("{rate:.0} a second"),
        busy.end(service, answers),
    ]
}

fn memory(service: &Service, each: f64) -> [String; 3] {
    let all = machine::memory_mib();
    let own = service.memory();
    [
        "memory".into(),
        format!(
            "{:.0} sessions in {:.0} GiB",
            (all - own) / each,
            all / 1024.0
        ),
        format!("{own:.0} MiB for the service, {each:.0} MiB for a session"),
    ]
}

/// Opened one after the other and kept open, each used once.
async fn connections(service: &Service) -> [String; 3] {
    let mut open = Vec::new();
    while open.len() < CONNECTIONS {
        match timeout(SOON, one_more(address(service))).await {
            Ok(stream) => open.push(stream),
            Err(_) => break,
        }
    }
    let ends = match open.len() {
        CONNECTIONS => format!("not with {CONNECTIONS}"),
        served => format!("{served} at once"),
    };
    let shows = "an idle one is closed for one more".to_owned();
    ["connections".into(), ends, shows]
}

async fn one_more(address: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET /livez HTTP/1.1\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    assert!(stream.read(&mut [0; 1024]).await.unwrap() > 0);
    stream
}

/// All callers ask for different timetables at once.
async fn queue(site: &Site, service: &Service) -> [String; 3] {
    let people: Vec<_> = (0..CROWD).map(|_| site.fresh_identifier()).collect();
    let ask = async |identifier: &String| {
        let began = Instant::now();
        let answer = service.timetable(identifier).await;
        (answer.is_ok(), began.elapsed())
    };
    let all = futures_util::future::join_all(people.iter().map(ask)).await;
    let (mut served, mut refused) = (Figures::default(), Figures::default());
    for (is_served, took) in all {
        if is_served { &mut served } else { &mut refused }.add(took);
    }
    let shows = match refused.count() {
        0 => format!("all served within {} ms", millis(served.most())),
        count => format!(
            "{count} of {CROWD} callers refused after {} ms, the last of the others served after {}",
            millis(refused.median()),
            millis(served.most())
        ),
    };
    ["queue".into(), format!("{} callers", served.count()), shows]
}

fn millis(time: Duration) -> String {
    format!("{:.0}", time.as_secs_f64() * 1000.0)
}

fn address(service: &Service) -> &str {
    service.url.trim_start_matches("http://")
}

/// Processor time from one moment to another.
struct Busy {
    since: Instant,
    service: Duration,
    all: Duration,
    ours: Duration,
}

impl Busy {
    fn begin(service: &Service) -> Self {
        Self {
            since: Instant::now(),
            service: cpu::of(service.id()),
            all: cpu::of_family(service.id()),
            ours: cpu::of(std::process::id()),
        }
    }

    /// Load of the processors, by process.
    fn end(self, service: &Service, times: usize) -> String {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let whole = self.since.elapsed().as_secs_f64() * cores as f64;
        let own = cpu::of(service.id()).saturating_sub(self.service);
        let all = cpu::of_family(service.id()).saturating_sub(self.all);
        let ours = cpu::of(std::process::id()).saturating_sub(self.ours);
        let share = |time: Duration| format!("{:.0} %", time.as_secs_f64() / whole * 100.0);
        let each = |time: Duration| short(time.as_secs_f64() * 1000.0 / times as f64);
        format!(
            "{} of all processors; of that, each time, {} ms the browsers, {} ms the service, {} ms \
             the site and the callers",
            share(all + ours),
            each(all.saturating_sub(own)),
            each(own),
            each(ours)
        )
    }
}
