//! Replicas that share their answers on a real Redis server, and what they do without it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use crate::support::fake::{CACHE, Fake, service_with};
use crate::support::redis::{Redis, until};
use crate::support::timetables::fixture;
use crate::support::{Site, address, fixtures};
use gonggang::cache::{CacheConfig, Lookup};
use gonggang::code::Code;
use gonggang::fault::Fault;
use gonggang::service::{Answer, CachePolicy, Service};
use gonggang::source::SourceError;
use serde_json::{Value, json};
use timetable::NotAvailable;
use timetable::share_link::ShareLink;
use timetable::{Semester, Timetable};
use tokio::net::TcpListener;

const WEEKDAY: &str = "weekday0000000000000";

/// A replica: a service with a source of its own.
struct Replica {
    site: Arc<Mutex<Result<Timetable, SourceError>>>,
    fake: Arc<Fake>,
    service: Arc<Service>,
}

impl Replica {
    /// One that has connected to `redis`.
    async fn beside(redis: &Redis, cache: CacheConfig) -> Self {
        let replica = Self::at(&redis.url(), cache);
        until("the replica is connected", || replica.is_connected()).await;
        replica
    }

    fn at(url: &str, mut cache: CacheConfig) -> Self {
        let site = Arc::new(Mutex::new(Ok(fixture("weekday"))));
        let fake = Fake::reading(&site, Duration::ZERO);
        cache.url = Some(url.parse().unwrap());
        let service = service_with(&fake, cache);
        Self {
            site,
            fake,
            service,
        }
    }

    fn site_says(&self, outcome: Result<Timetable, SourceError>) {
        *self.site.lock().unwrap() = outcome;
    }

    /// A new replica, and what it answers. Where the machine was so busy that the server was too slow, that
    /// proves nothing, and another one is asked.
    async fn asked(
        redis: &Redis,
        cache: CacheConfig,
        site: Result<Timetable, SourceError>,
    ) -> (Self, Result<Answer, Fault>) {
        for _ in 0..20 {
            let replica = Self::beside(redis, cache.clone()).await;
            replica.site_says(site.clone());
            let found = replica.ask().await;
            if replica.shared()["errors"] == 0 {
                return (replica, found);
            }
        }
        panic!("the server is always too slow, or refuses");
    }

    async fn ask(&self) -> Result<Answer, Fault> {
        self.service.timetable(&weekday()).await
    }

    fn shared(&self) -> Value {
        serde_json::to_value(self.service.status()).unwrap()["cache"]["shared"].clone()
    }

    fn is_connected(&self) -> bool {
        self.shared()["connected"] == true
    }
}

fn weekday() -> ShareLink {
    WEEKDAY.parse().unwrap()
}

#[tokio::test]
async fn what_one_replica_has_read_the_next_one_does_not_read() {
    let redis = Redis::start().await;
    let first = Replica::beside(&redis, CACHE).await;
    let read = first.ask().await.unwrap();
    let key = redis.only_key().await;
    assert!(
        key.starts_with("gonggang:2:") && !key.contains(WEEKDAY),
        "{key}"
    );
    let lifetime: i64 = redis.ask(&["TTL", &key]).unwrap();
    assert!((24 * 3600..25 * 3600).contains(&lifetime), "{lifetime}");

    let (second, found) = Replica::asked(&redis, CACHE, Ok(fixture("weekday"))).await;
    let found = found.unwrap();
    assert_eq!((found.lookup, second.fake.reads()), (Lookup::Shared, 0));
    assert_eq!(found.timetable(), read.timetable());
    let millis = |time: SystemTime| {
        time.duration_since(SystemTime::UNIX_EPOCH)
            .unwrap()
            .as_millis()
    };
    assert_eq!(
        millis(found.entry.fetched_at()),
        millis(read.entry.fetched_at())
    );
    assert_eq!(
        second.ask().await.unwrap().lookup,
        Lookup::Hit,
        "kept here from now on"
    );
    assert_eq!(
        second.shared(),
        json!({"connected": true, "hits": 1, "misses": 0, "errors": 0})
    );
}

/// Every key and every value that the server holds.
fn contents(redis: &Redis) -> String {
    let dump = |key: &String| redis.ask::<String>(&["GET", key]).unwrap();
    let keys = redis.keys();
    let values: Vec<_> = keys.iter().map(dump).collect();
    [keys, values].concat().join("\n")
}

#[tokio::test]
async fn neither_a_key_nor_a_value_holds_the_identifier_that_was_asked_for() {
    let redis = Redis::start().await;
    let replica = Replica::beside(&redis, CACHE).await;
    let mut menu = fixture("weekday");
    menu.semesters.push(Semester {
        label: "2026년 2학기".to_owned(),
        identifier: WEEKDAY.parse().unwrap(),
    });
    replica.site_says(Ok(menu));
    let read = replica.ask().await.unwrap();
    let private = "private0000000000000";
    replica.site_says(Err(NotAvailable::NotPublic.into()));
    let link = private.parse().unwrap();
    replica.service.timetable(&link).await.unwrap_err();
    until("both answers are shared", || redis.keys().len() == 2).await;
    let contents = contents(&redis);
    assert!(contents.contains("2026년 2학기"), "{contents}");
    for identifier in [WEEKDAY, private] {
        assert!(!contents.contains(identifier), "{contents}");
    }
    let (_, found) = Replica::asked(&redis, CACHE, Err(NotAvailable::NotFound.into())).await;
    assert_eq!(found.unwrap().timetable(), read.timetable());
}

#[tokio::test]
async fn a_fact_replaces_what_was_shared_before() {
    let redis = Redis::start().await;
    let first = Replica::beside(&redis, CACHE).await;
    first.ask().await.unwrap();
    let key = redis.only_key().await;
    first.site_says(Err(NotAvailable::NotPublic.into()));
    first
        .service
        .timetable_as(&weekday(), CachePolicy::Bypass)
        .await
        .unwrap_err();
    until("the fact is shared", || {
        redis.ask::<i64>(&["TTL", &key]).unwrap() <= 33
    })
    .await;
    let (second, fault) = Replica::asked(&redis, CACHE, Ok(fixture("weekday"))).await;
    let fault = fault.unwrap_err();
    assert_eq!(fault.code(), Code::NotPublic, "{fault:?}");
    assert_eq!(second.fake.reads(), 0);
}

#[tokio::test]
async fn a_new_replica_meets_an_outage_with_what_another_read_long_ago() {
    let redis = Redis::start().await;
    Replica::beside(&redis, CACHE).await.ask().await.unwrap();
    redis.only_key().await;
    let ttl = Duration::ZERO;
    let blocked = Err(NotAvailable::Blocked { status: Some(403) }.into());
    let (new, found) = Replica::asked(&redis, CacheConfig { ttl, ..CACHE }, blocked).await;
    let found = found.unwrap();
    assert_eq!((found.lookup, new.fake.reads()), (Lookup::StaleIfError, 1));
}

#[tokio::test]
async fn a_forced_read_asks_the_site_whatever_is_shared() {
    let redis = Redis::start().await;
    Replica::beside(&redis, CACHE).await.ask().await.unwrap();
    redis.only_key().await;
    let second = Replica::beside(&redis, CACHE).await;
    let found = second
        .service
        .timetable_as(&weekday(), CachePolicy::Bypass)
        .await;
    assert_eq!(
        (found.unwrap().lookup, second.fake.reads()),
        (Lookup::Refresh, 1)
    );
}

#[tokio::test]
async fn what_no_replica_of_this_version_wrote_is_passed_over() {
    let redis = Redis::start().await;
    Replica::beside(&redis, CACHE).await.ask().await.unwrap();
    let key = redis.only_key().await;
    let good: String = redis.ask(&["GET", &key]).unwrap();
    // An earlier release wrote the identifier into the value.
    let another = good.replace("theidentifieraskedby", "another0000000000000");
    let named = good.replace("theidentifieraskedby", WEEKDAY);
    assert_ne!(named, good);
    let mut future: Value = serde_json::from_str(&good).unwrap();
    future["fetched_at"] = json!(future["fetched_at"].as_u64().unwrap() + 3_600_000);
    let (half, future) = (&good[..good.len() / 2], future.to_string());
    let huge = "[".repeat(64 << 20);
    let version = key.replace(":2:", ":1:");
    for made in [
        &["SET", &key, "garbage"][..],
        &["SET", &key, half],
        &[
            "SET",
            &key,
            "{\"fetched_at\":1,\"outcome\":{\"Err\":\"moved\"}}",
        ],
        &[
            "SET",
            &key,
            "{\"fetched_at\":18446744073709551615,\"outcome\":{\"Err\":\"not_found\"}}",
        ],
        &["SET", &key, &another],
        &["SET", &key, &named],
        &["SET", &key, &future],
        &["SET", &key, &huge],
        &["RPUSH", &key, "a list"],
        &["SET", &version, &named],
    ] {
        redis.ask::<()>(&["FLUSHALL"]).unwrap();
        redis.ask::<redis::Value>(made).unwrap();
        let replica = Replica::beside(&redis, CACHE).await;
        let found = replica.ask().await.unwrap();
        let what = &made[2][..made[2].len().min(80)];
        assert_eq!(
            (found.lookup, replica.fake.reads()),
            (Lookup::Miss, 1),
            "{what}"
        );
        until("it is still connected, or again", || replica.is_connected()).await;
    }
}

/// A replica whose site has one answer of so many classes, which it has been asked for.
async fn with_classes(redis: &Redis, classes: usize) -> Replica {
    let replica = Replica::beside(redis, CACHE).await;
    let mut big = fixture("weekday");
    big.classes = std::iter::repeat_n(big.classes[0].clone(), classes).collect();
    replica.site_says(Ok(big));
    let found = replica.ask().await.unwrap();
    assert_eq!(found.timetable().classes.len(), classes);
    replica
}

#[tokio::test]
async fn a_big_answer_is_shared() {
    let redis = Redis::start().await;
    let first = with_classes(&redis, 3_000).await;
    redis.only_key().await;
    let (second, found) = Replica::asked(&redis, CACHE, Ok(fixture("weekday"))).await;
    assert_eq!(found.unwrap().lookup, Lookup::Shared);
    assert_eq!((first.fake.reads(), second.fake.reads()), (1, 0));
}

#[tokio::test]
async fn a_monstrous_answer_is_not_shared() {
    let redis = Redis::start().await;
    let replica = with_classes(&redis, 20_000).await;
    // Written in order: the first would be there before the second.
    replica.site_says(Err(NotAvailable::NotFound.into()));
    let last = format!("{:020}", 1).parse().unwrap();
    replica.service.timetable(&last).await.unwrap_err();
    let key = redis.only_key().await;
    let value: String = redis.ask(&["GET", &key]).unwrap();
    assert!(
        value.contains("Err") && value.len() < 100,
        "{}",
        value.len()
    );
}

/// Callers who ask without a pause, each time for a new timetable.
struct Load {
    stop: Arc<AtomicBool>,
    callers: Vec<tokio::task::JoinHandle<()>>,
    tally: Arc<Tally>,
}

#[derive(Default)]
struct Tally {
    asked: AtomicUsize,
    failed: AtomicUsize,
}

impl Load {
    const CALLERS: usize = 16;

    fn on(service: &Arc<Service>) -> Self {
        let (stop, tally) = (Arc::<AtomicBool>::default(), Arc::<Tally>::default());
        let caller = |caller: usize| {
            let (service, stop, tally) = (service.clone(), stop.clone(), tally.clone());
            tokio::spawn(async move {
                let mut n = caller;
                while !stop.load(Ordering::Relaxed) {
                    let found = service
                        .timetable(&format!("{n:020}").parse().unwrap())
                        .await;
                    tally.count(found.is_ok());
                    n += Self::CALLERS;
                    tokio::task::yield_now().await;
                }
            })
        };
        let callers = (0..Self::CALLERS).map(caller).collect();
        Self {
            stop,
            callers,
            tally,
        }
    }

    /// Goes on until so many more have asked.
    async fn go_on(&self, more: usize) {
        let enough = self.tally.asked.load(Ordering::Relaxed) + more;
        until("callers are answered", || {
            self.tally.asked.load(Ordering::Relaxed) >= enough
        })
        .await;
    }

    async fn end(self) -> Arc<Tally> {
        self.stop.store(true, Ordering::Relaxed);
        for caller in self.callers {
            caller.await.unwrap();
        }
        self.tally
    }
}

impl Tally {
    fn count(&self, is_ok: bool) {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.failed
            .fetch_add(usize::from(!is_ok), Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_started_again_and_hung_under_load_fails_no_one_and_is_spared() {
    let mut redis = Redis::start().await;
    let replica = Replica::beside(&redis, CACHE).await;
    let load = Load::on(&replica.service);
    load.go_on(1000).await;

    redis.kill();
    until("the loss is noticed", || !replica.is_connected()).await;
    load.go_on(1000).await;
    redis.start_again();
    until("it is connected again", || replica.is_connected()).await;
    load.go_on(1000).await;
    assert!(!redis.keys().is_empty(), "answers are shared again");

    let failed = load.end().await.failed.load(Ordering::Relaxed);
    let before = redis.gets();
    redis.signal("STOP");
    let load = Load::on(&replica.service);
    until("the hang is noticed", || !replica.is_connected()).await;
    load.go_on(5000).await;
    assert!(
        !replica.is_connected(),
        "a server that hangs has answered no ping"
    );
    let failed = failed + load.end().await.failed.load(Ordering::Relaxed);
    assert_eq!(failed, 0);
    redis.signal("CONT");
    until("it is connected again", || replica.is_connected()).await;
    // It has read by now what it was sent while it hung: each caller's question that was on its way when the
    // first of them was given up.
    let sent = redis.gets() - before;
    assert!(sent <= 2 * Load::CALLERS as u64, "{sent} questions");
    let load = Load::on(&replica.service);
    load.go_on(1000).await;
    assert_eq!(load.end().await.failed.load(Ordering::Relaxed), 0);
}

/// Time is paused, so what passes of it was waited for.
#[tokio::test(start_paused = true)]
async fn a_server_that_is_not_there_or_never_answers_delays_no_one() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_url = format!("redis://{}", silent.local_addr().unwrap());
    let absent_url = address::of_nothing().replace("http", "redis");
    for url in [silent_url, absent_url] {
        let replica = Replica::at(&url, CACHE);
        let waited = five_hundred_questions(&replica.service).await;
        // Each with a wait of its own, they would take 25 s.
        assert!(waited < Duration::from_secs(5), "{url}: {waited:?}");
        let shared = replica.shared();
        assert!(
            shared["connected"] == false && shared["errors"].as_u64() >= Some(500),
            "{shared}"
        );
    }
}

async fn five_hundred_questions(service: &Service) -> Duration {
    let began = tokio::time::Instant::now();
    for n in 0..500 {
        let link = format!("{n:020}").parse().unwrap();
        service.timetable(&link).await.unwrap();
    }
    began.elapsed()
}

#[tokio::test]
async fn two_processes_share_a_page_load_and_reveal_no_password() {
    let (redis, site) = (Redis::start().await, Site::start(&fixtures()).await);
    let mut variables = site.api_variables();
    variables.push(("GONGGANG_CACHE_URL", redis.url()));
    let path = format!("/v1/timetables/{WEEKDAY}");
    let (first, read) = asked_process(&variables, &path).await;
    assert_eq!(read.status, 200, "{}", read.text);
    redis.only_key().await;
    let (second, found) = asked_process(&variables, &path).await;
    assert_eq!(found.text, read.text, "also when it was read");
    let said = found.header("cache-status").unwrap();
    assert!(
        said.starts_with("gonggang; hit; detail=shared; ttl="),
        "{said}"
    );
    let status = second.get("/status").await;
    assert_eq!(
        status.json()["cache"]["misses"],
        0,
        "no page load of its own"
    );
    let metrics = second.get("/metrics").await.text;
    assert!(
        metrics.contains("gonggang_shared_cache_requests_total{result=\"hit\"} 1"),
        "{metrics}"
    );
    assert!(
        metrics.contains("gonggang_shared_cache_connected 1"),
        "{metrics}"
    );
    assert!(
        metrics.contains("gonggang_shared_cache_seconds_bucket{command=\"get\",le=\"0.05\"} 1"),
        "{metrics}"
    );
    let told = [first.log(), second.log()].concat().join("\n") + &status.text + &metrics;
    assert!(told.contains("the shared cache is connected"), "{told}");
    for secret in ["hunter2", "redis.sock", WEEKDAY] {
        assert!(!told.contains(secret), "{secret}");
    }
}

/// As [`Replica::asked`], with processes.
async fn asked_process(
    variables: &[(&'static str, String)],
    path: &str,
) -> (crate::support::Service, crate::support::Answer) {
    for _ in 0..5 {
        let service = connected_process(variables).await;
        let found = service.get(path).await;
        let status = service.get("/status").await.json();
        if status["cache"]["shared"]["errors"] == 0 {
            return (service, found);
        }
    }
    panic!("the server is always too slow, or refuses");
}

async fn connected_process(variables: &[(&'static str, String)]) -> crate::support::Service {
    let service = crate::support::Service::start(variables);
    let is_connected = || {
        let lines = service.log();
        lines
            .iter()
            .any(|line| line.contains("the shared cache is connected"))
    };
    until("the process is connected", is_connected).await;
    service
}
