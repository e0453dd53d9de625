//! The service and a fleet on a real Selenium Grid, whole and broken.
//!
//! Each fault's counts are printed (`--nocapture`) and stand in the fleet's README.

#![allow(clippy::print_stderr, reason = "the counts are for people")]

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use crate::support::grid::{self, Grid, PASSWORD, SLOTS_EACH};
use crate::support::{Answer, HANDFUL, Service, Site, expected, fixtures, read_part};
use axum::{Router, response::Html, routing::get};
use serde_json::Value;
use standin::Fixture;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;
use webdriver_fleet::{
    BrowserConfig, CloseReason, Endpoint, Fleet, FleetConfig, Visit, VisitError,
};

const KEY: &str = "a-key-for-the-tests";

/// No answer may come later: the request's own deadline, and what a busy machine adds.
const LATE: Duration = Duration::from_secs(15 + 10);

/// The variables of a service with `pool` sessions on the Grid at `url`.
fn variables(site: &Site, url: &str, pool: usize) -> Vec<(&'static str, String)> {
    let mut variables = site.variables();
    variables.extend([
        ("GONGGANG_WEBDRIVER_URL", url.to_owned()),
        ("GONGGANG_POOL_SIZE", pool.to_string()),
        ("GONGGANG_API_KEYS", KEY.to_owned()),
        ("GONGGANG_LOG", "debug".to_owned()),
    ]);
    variables
}

/// Reads a fixture afresh.
async fn read(service: &Service, fixture: &Fixture) -> Answer {
    let url = format!("{}/v1/timetables/{}", service.url, fixture.identifier);
    let request = service.client.get(url);
    let request = request
        .header("x-api-key", KEY)
        .header("cache-control", "no-cache");
    Answer::of(request.send().await.unwrap()).await
}

fn is_right(fixture: &Fixture, answer: &Answer) -> bool {
    let expected = expected(&fixtures().join(&fixture.name));
    if expected["outcome"] == "timetable" {
        return answer.status == 200 && read_part(answer.json()) == expected["timetable"];
    }
    answer.json()["code"] == expected["outcome"]
}

/// An error that tells a caller what is the matter and, if it helps, when to come back.
fn is_clear(answer: &Answer) -> bool {
    match answer.json()["code"].as_str() {
        Some("busy" | "browser_unavailable") => {
            answer.status == 503 && answer.header("retry-after").is_some()
        }
        Some("timeout") => answer.status == 504,
        _ => false,
    }
}

async fn status(service: &Service) -> Value {
    let url = format!("{}/status", service.url);
    let request = service.client.get(url).header("x-api-key", KEY);
    Answer::of(request.send().await.unwrap()).await.json()
}

/// Waits until `/readyz` says so.
async fn is_ready(service: &Service, ready: bool) {
    let until = Instant::now() + Duration::from_secs(90);
    while (service.get("/readyz").await.status == 200) != ready {
        assert!(
            Instant::now() < until,
            "not {ready}: {}",
            status(service).await
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Starts a service that does not get a session: what it says when it ends.
async fn starts_in_vain(variables: Vec<(&'static str, String)>) -> String {
    let mut service = crate::support::gonggang();
    service.arg("serve").envs(variables);
    let ended = tokio::task::spawn_blocking(move || service.output());
    let ended = ended.await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(69), "{said}");
    assert!(!said.contains(PASSWORD), "{said}");
    said
}

/// What callers got.
#[derive(Debug, Default)]
struct Counts {
    right: AtomicUsize,
    clear: AtomicUsize,
    wrong: AtomicUsize,
    late: AtomicUsize,
}

impl Counts {
    fn add(&self, fixture: &Fixture, answer: &Answer, took: Duration) {
        let count = match answer {
            _ if took > LATE => &self.late,
            answer if is_right(fixture, answer) => &self.right,
            answer if is_clear(answer) => &self.clear,
            _ => &self.wrong,
        };
        count.fetch_add(1, SeqCst);
    }

    /// Reads a fixture afresh and counts the answer.
    async fn read(&self, service: &Service, fixture: &Fixture) -> Answer {
        let asked = Instant::now();
        let answer = read(service, fixture).await;
        self.add(fixture, &answer, asked.elapsed());
        answer
    }

    /// Prints them. No answer was wrong and no request hung.
    fn tell(&self, fault: &str) {
        eprintln!("{fault}: {self:?}");
        assert_eq!(self.wrong.load(SeqCst), 0);
        assert_eq!(self.late.load(SeqCst), 0);
    }
}

/// Callers that ask for one timetable after the other.
struct Load {
    service: Arc<Service>,
    counts: Arc<Counts>,
    stop: Arc<AtomicBool>,
    callers: JoinSet<()>,
}

impl Load {
    fn start(service: &Arc<Service>, site: &Site, callers: usize) -> Self {
        let mut load = Self {
            service: Arc::clone(service),
            counts: Arc::default(),
            stop: Arc::default(),
            callers: JoinSet::new(),
        };
        let mut readable = site.fixtures.all();
        readable
            .retain(|fixture| expected(&fixtures().join(&fixture.name))["outcome"] == "timetable");
        let apart = readable.len() / callers;
        for number in 0..callers {
            let (service, readable) = (Arc::clone(service), readable.clone());
            let (counts, stop) = (Arc::clone(&load.counts), Arc::clone(&load.stop));
            load.callers.spawn(async move {
                for fixture in readable.iter().cycle().skip(number * apart) {
                    if stop.load(SeqCst) {
                        return;
                    }
                    counts.read(&service, fixture).await;
                    // A caller that is refused comes back, but not at once.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            });
        }
        load
    }

    /// Waits until this many more answers were right.
    async fn more_are_right(&self, more: usize) {
        let (until, from) = (
            Instant::now() + Duration::from_secs(90),
            self.counts.right.load(SeqCst),
        );
        while self.counts.right.load(SeqCst) < from + more {
            assert!(
                Instant::now() < until,
                "{:?}, {}",
                self.counts,
                status(&self.service).await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Lets everybody have their last answer.
    async fn finish(mut self, fault: &str) {
        self.stop.store(true, SeqCst);
        while let Some(caller) = self.callers.join_next().await {
            caller.unwrap();
        }
        self.counts.tell(fault);
    }
}

/// The service is told to stop, and does.
async fn stops(service: Service) {
    let stopped = tokio::task::spawn_blocking(|| service.stop());
    assert!(stopped.await.unwrap().success());
}

/// No session is left, and none of them had to time out.
async fn are_given_back(grid: &Grid, timed_out_before: usize) {
    grid.has_sessions(0).await;
    assert_eq!(grid.timed_out(), timed_out_before);
}

fn alone(service: Arc<Service>) -> Service {
    Arc::into_inner(service).expect("no request is open")
}

#[tokio::test]
async fn fixtures_are_read_right_on_sessions_of_both_nodes_which_are_given_back() {
    are_read_right(|fixture| HANDFUL.contains(&&*fixture.name)).await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn every_fixture_is_read_right_on_sessions_of_both_nodes_which_are_given_back() {
    are_read_right(|_| true).await;
}

async fn are_read_right(chosen: impl Fn(&Fixture) -> bool) {
    let (grid, site) = (grid::turn().await, Site::start(&fixtures()).await);
    let mut variables = variables(&site, &grid.url(), 2 * SLOTS_EACH);
    // All are asked for at once.
    variables.extend([
        ("GONGGANG_QUEUE", site.fixtures.all().len().to_string()),
        ("GONGGANG_PAGE_TIMEOUT", "10s".to_owned()),
        ("GONGGANG_QUEUE_TIMEOUT", "90s".to_owned()),
        ("GONGGANG_REQUEST_TIMEOUT", "2m".to_owned()),
    ]);
    let service = Arc::new(Service::start(&variables));
    grid.eventually("spread", |nodes| nodes.values().all(|n| *n == SLOTS_EACH))
        .await;
    let mut reads = JoinSet::new();
    let fixtures = site.fixtures.all();
    for fixture in fixtures.into_iter().filter(|fixture| chosen(fixture)) {
        let service = Arc::clone(&service);
        reads.spawn(async move { (read(&service, &fixture).await, fixture) });
    }
    let count = reads.len();
    while let Some(read) = reads.join_next().await {
        let (answer, fixture) = read.unwrap();
        assert!(
            is_right(&fixture, &answer),
            "{}: {}",
            fixture.name,
            answer.text
        );
    }
    eprintln!("whole: {count} right");
    let told = status(&service).await.to_string() + &service.log().concat();
    assert!(!told.contains(PASSWORD));
    let timed_out = grid.timed_out();
    stops(alone(service)).await;
    are_given_back(&grid, timed_out).await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn a_killed_node_costs_no_wrong_answer_and_the_pool_recovers() {
    let (mut grid, site) = (grid::turn().await, Site::start(&fixtures()).await);
    let service = Arc::new(Service::start(&variables(
        &site,
        &grid.url(),
        2 * SLOTS_EACH,
    )));
    grid.has_sessions(2 * SLOTS_EACH).await;
    let load = Load::start(&service, &site, 6);
    load.more_are_right(6).await;
    grid.kill_node(0);
    load.more_are_right(12).await;
    grid.start_node(0);
    grid.eventually("whole again", |nodes| {
        nodes.len() == 2 && nodes.values().all(|n| *n == SLOTS_EACH)
    })
    .await;
    load.more_are_right(12).await;
    load.finish("node killed").await;
    let timed_out = grid.timed_out();
    stops(alone(service)).await;
    are_given_back(&grid, timed_out).await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn a_restarted_grid_is_told_and_recovered_from() {
    let (mut grid, site) = (grid::turn().await, Site::start(&fixtures()).await);
    let service = Arc::new(Service::start(&variables(&site, &grid.url(), SLOTS_EACH)));
    let load = Load::start(&service, &site, 4);
    load.more_are_right(6).await;
    grid.kill_hub();
    is_ready(&service, false).await;
    grid.start_hub();
    is_ready(&service, true).await;
    load.more_are_right(12).await;
    load.finish("Grid restarted").await;
    // The hub has forgotten the sessions of before, and a killed service gives none back: the nodes
    // end them when their time is over.
    service.signal("KILL");
    let left = grid.let_time_out().await;
    eprintln!("sessions left after the Grid restarted and service killed: {left}");
    assert!(left >= SLOTS_EACH);
}

#[tokio::test]
#[ignore = "make test-all"]
async fn a_full_grid_is_told_and_what_others_give_back_is_used() {
    let (grid, site) = (grid::turn().await, Site::start(&fixtures()).await);
    let mut recycling = variables(&site, &grid.url(), 1);
    recycling.push(("GONGGANG_SESSION_MAX_PAGES", "1".into()));
    let service = Service::start(&recycling);
    let fixture = site.fixtures.named("weekday").unwrap();
    // The other takes the rest and waits for one more, so it is first when ours is given back.
    let other = Service::start(&variables(&site, &grid.url(), 2 * SLOTS_EACH));
    let (counts, until) = (Counts::default(), Instant::now() + Duration::from_secs(90));
    while status(&other).await["source"]["browser"]["opened"] != 2 * SLOTS_EACH {
        assert!(Instant::now() < until, "{}", status(&other).await);
        counts.read(&service, &fixture).await;
    }
    let latecomer = tokio::spawn(starts_in_vain(variables(&site, &grid.url(), 1)));
    while counts.read(&service, &fixture).await.json()["code"] != "browser_unavailable" {
        assert!(Instant::now() < until, "{counts:?}");
    }
    assert_ne!(service.get("/readyz").await.status, 200);
    counts.tell("Grid full");
    latecomer.await.unwrap();
    let timed_out = grid.timed_out();
    stops(other).await;
    is_ready(&service, true).await;
    let again = read(&service, &fixture).await;
    assert!(is_right(&fixture, &again), "{}", again.text);
    stops(service).await;
    are_given_back(&grid, timed_out).await;
}

/// A fleet on the Grid that may reach `allowed` alone.
async fn fleet(grid: &Grid, slots: usize, allowed: &Url) -> Fleet {
    let config = FleetConfig {
        endpoint: Endpoint::Remote(grid.url().parse().unwrap()),
        browser: BrowserConfig {
            allowed_hosts: Some(vec![format!("127.0.0.1:{}", allowed.port().unwrap())]),
            ..BrowserConfig::default()
        },
        slots,
        ..FleetConfig::default()
    };
    Fleet::start(config).await.unwrap()
}

/// Serves one page under every path.
async fn page(html: String) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let app = Router::new().fallback(get(|| async { Html(html) }));
    tokio::spawn(async { axum::serve(listener, app).await });
    url.parse().unwrap()
}

/// Answers with the page's title a while after it began.
fn visit(url: &Url, after_ms: u32) -> Visit {
    let script = format!(
        "const done = arguments[arguments.length - 1];
         setTimeout(() => done(document.title), {after_ms})"
    );
    Visit {
        url: url.clone(),
        script: script.into(),
        args: Vec::new(),
        is_final: None,
        page_timeout: Duration::from_secs(3),
        deadline: Instant::now() + Duration::from_secs(20),
    }
}

#[tokio::test]
#[ignore = "make test-all"]
async fn a_session_whose_page_hangs_is_replaced_and_given_back() {
    let grid = grid::turn().await;
    let timed_out = grid.timed_out();
    let url = page("<title>x</title><script>setTimeout(()=>{for(;;);},50)</script>".into()).await;
    let fleet = fleet(&grid, 1, &url).await;
    let error = fleet.visit(visit(&url, 2000)).await.unwrap_err();
    assert!(matches!(error, VisitError::Timeout { .. }), "{error:?}");
    grid.eventually("one session, a new one", |nodes| {
        nodes.values().sum::<usize>() == 1 && fleet.status().opened >= 2
    })
    .await;
    // The page of this visit is in its loop when the fleet ends.
    let cut_off = fleet.visit(visit(&url, 2000));
    let shutdown = fleet.shutdown(Duration::from_secs(1));
    tokio::join!(cut_off, shutdown).0.unwrap_err();
    are_given_back(&grid, timed_out).await;
}

/// Browsers of a node.
fn browsers(group: u32) -> Vec<String> {
    let listing = Command::new("ps")
        .args(["-eo", "pid=,pgid=,args="])
        .output()
        .unwrap();
    let listing = String::from_utf8_lossy(&listing.stdout).into_owned();
    let fields = listing
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    fields
        .filter(|line| line[1] == group.to_string() && line[2].contains("chromium"))
        .map(|line| line[0].to_owned())
        .collect()
}

#[tokio::test]
#[ignore = "make test-all"]
async fn a_session_whose_browser_is_stopped_is_replaced_and_given_back() {
    let grid = grid::turn().await;
    let timed_out = grid.timed_out();
    let url = page("<title>well</title>".into()).await;
    let fleet = fleet(&grid, 2, &url).await;
    grid.eventually("one each", |nodes| {
        nodes.values().all(|n| *n == 1) && fleet.status().opened == 2
    })
    .await;
    let stopped = browsers(grid.group_of_node(0));
    assert!(!stopped.is_empty());
    signal("STOP", &stopped);
    let visits = async {
        for _ in 0..6 {
            let visited = fleet.visit(visit(&url, 0)).await;
            assert_eq!(visited.unwrap().value, "well");
        }
    };
    // Its session is asked to end now. A driver that still waits for the browser can do that once the
    // browser runs again.
    let given_up = async {
        given_up(&fleet).await;
        signal("CONT", &stopped);
    };
    tokio::join!(visits, given_up);
    grid.has_sessions(2).await;
    fleet.shutdown(Duration::from_secs(5)).await;
    are_given_back(&grid, timed_out).await;
}

/// Signals those of the processes that are still there.
fn signal(name: &str, processes: &[String]) {
    let mut kill = Command::new("kill");
    kill.args(["-s", name]).args(processes);
    kill.stderr(Stdio::null()).status().unwrap();
}

/// Waits until a session did not answer in time.
async fn given_up(fleet: &Fleet) {
    let until = Instant::now() + Duration::from_secs(90);
    while !fleet.status().closed.contains_key(&CloseReason::Timeout) {
        assert!(Instant::now() < until, "{:?}", fleet.status());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_browser_of_the_grid_reaches_nothing_but_the_site() {
    let grid = grid::turn().await;
    let timed_out = grid.timed_out();
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = format!("http://{}", other.local_addr().unwrap());
    let url = page(format!(
        "<title>here</title><script src='{there}/x.js'></script><iframe src='{there}/f'></iframe>
         <script>fetch('{there}/a').catch(()=>{{}});fetch('http://192.0.2.1/').catch(()=>{{}})</script>"
    ))
    .await;
    let fleet = fleet(&grid, 1, &url).await;
    let visited = fleet.visit(visit(&url, 500)).await.unwrap();
    assert_eq!(visited.value, "here");
    let forbidden: Url = there.parse().unwrap();
    let error = fleet.visit(visit(&forbidden, 0)).await.unwrap_err();
    assert!(matches!(error, VisitError::Unreachable { .. }), "{error:?}");
    let came = tokio::time::timeout(Duration::from_millis(200), other.accept()).await;
    assert!(came.is_err(), "somebody came");
    assert!(fleet.status().refused_requests > 0);
    fleet.shutdown(Duration::from_secs(5)).await;
    are_given_back(&grid, timed_out).await;
}

const TLS_PORT: u16 = 4445;

/// Caddy with an authority of its own before the Grid.
struct Tls {
    process: Child,
    folder: tempfile::TempDir,
    host: Ipv4Addr,
}

impl Tls {
    fn before(grid: &Grid) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host = grid.host;
        let text = format!(
            "{{\n admin off\n skip_install_trust\n auto_https disable_redirects\n \
             storage file_system {}\n}}\nhttps://{host}:{TLS_PORT} {{\n tls internal\n \
             bind {host}\n reverse_proxy {host}:{}\n}}\n",
            folder.path().display(),
            grid::PORT
        );
        std::fs::write(folder.path().join("Caddyfile"), text).unwrap();
        let process = Command::new("caddy")
            .args(["run", "--config", "Caddyfile"])
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("caddy is installed: scripts/setup-tests");
        Self {
            process,
            folder,
            host,
        }
    }

    fn authority(&self) -> std::path::PathBuf {
        self.folder.path().join("pki/authorities/local/root.crt")
    }

    async fn is_up(&self) {
        let until = Instant::now() + Duration::from_secs(30);
        let is_up = |file: &Path| {
            file.exists() && std::net::TcpStream::connect((self.host, TLS_PORT)).is_ok()
        };
        while !is_up(&self.authority()) {
            assert!(Instant::now() < until, "caddy does not come up");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn an_https_grid_is_used_if_its_authority_is_trusted() {
    let (grid, site) = (grid::turn().await, Site::start(&fixtures()).await);
    let tls = Tls::before(&grid);
    tls.is_up().await;
    let url = grid.url().replace("http://", "https://");
    let url = url.replace(&grid::PORT.to_string(), &TLS_PORT.to_string());
    let mut variables = variables(&site, &url, 1);
    let said = starts_in_vain(variables.clone()).await;
    assert!(said.contains("UnknownIssuer"), "{said}");
    variables.push(("SSL_CERT_FILE", tls.authority().display().to_string()));
    let service = Service::start(&variables);
    let fixture = site.fixtures.named("weekday").unwrap();
    let answer = read(&service, &fixture).await;
    assert!(is_right(&fixture, &answer), "{}", answer.text);
    let timed_out = grid.timed_out();
    stops(service).await;
    are_given_back(&grid, timed_out).await;
}
