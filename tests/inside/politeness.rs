//! The circuit breaker and the rate limit of a source, as callers see them.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::support::fake::{Fake, Http};
use crate::support::timetables::fixture;
use futures_util::future::join_all;
use gonggang::reading::SourceKind;
use gonggang::source::{BreakerConfig, PoliteSource, Politeness, Source, SourceError};
use serde_json::json;
use timetable::NotAvailable;
use tokio::sync::Notify;
use tokio::time::{Instant, advance};
use tokio_util::sync::CancellationToken;

const PAUSE: Duration = Duration::from_secs(30);
const BLOCKED: NotAvailable = NotAvailable::Blocked { status: Some(403) };

fn polite(fake: &Arc<Fake>, failures: u32, rate: Option<u32>) -> Arc<PoliteSource> {
    let breaker = BreakerConfig {
        failures,
        pause: PAUSE,
    };
    let inner: Arc<dyn Source> = Arc::clone(fake) as _;
    let rate = rate.and_then(NonZeroU32::new);
    let politeness = Politeness { rate, breaker };
    Arc::new(PoliteSource::new(inner, SourceKind::Browser, politeness))
}

/// Refuses until the flag is set.
fn moody(go: Option<Arc<Notify>>) -> (Arc<Fake>, Arc<AtomicBool>) {
    let lives = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&lives);
    let fake = Fake::telling(
        move |_| {
            if flag.load(Ordering::SeqCst) {
                Ok(fixture("weekday"))
            } else {
                Err(BLOCKED.into())
            }
        },
        go,
    );
    (fake, lives)
}

/// A link of its own for each number, so that no read is shared.
fn path(number: usize) -> String {
    format!("/v1/timetables/{number:020}")
}

#[tokio::test(start_paused = true)]
async fn a_site_that_keeps_refusing_gets_no_reads_and_every_interface_says_for_how_long() {
    let (fake, _) = moody(None);
    let http = Http::over(polite(&fake, 3, None), &[]);
    for number in 0..3 {
        let reply = http.get(&path(number)).await;
        assert_eq!((reply.status, reply.header("retry-after")), (502, ""));
    }
    advance(Duration::from_secs(10)).await;
    for (path, status, code) in [
        (path(3), 502, "blocked"),
        (format!("/schedule?url=@{:020}", 4), 502, "CRAWLING-005"),
        (
            format!("/api/v1/fixed-schedules/everytime/{:020}", 5),
            503,
            "FIXED-004",
        ),
    ] {
        let reply = http.get_with(&path, &[("accept-language", "en")]).await;
        assert_eq!(
            (reply.status, reply.json()["code"].as_str()),
            (status, Some(code))
        );
        assert_eq!(reply.header("retry-after"), "20");
        assert!(reply.text.contains("left alone for a while"), "{reply:?}");
    }
    assert_eq!(fake.reads(), 3, "the site was asked no more");
    let breaker = json!({"state": "open", "failures": 3, "retry_after_seconds": 20.0});
    assert_eq!(
        http.get("/status").await.json()["source"]["breaker"],
        breaker
    );
}

#[tokio::test(start_paused = true)]
async fn after_the_pause_one_caller_of_many_probes_and_its_success_lets_the_next_in() {
    let go = Arc::new(Notify::new());
    let (fake, lives) = moody(Some(Arc::clone(&go)));
    let http = Http::over(polite(&fake, 1, None), &[]);
    go.notify_one();
    assert_eq!(http.get(&path(0)).await.status, 502);
    advance(PAUSE).await;
    lives.store(true, Ordering::SeqCst);
    let paths: Vec<_> = (1..=20).map(path).collect();
    let release = async {
        // Runs once every caller has its answer or waits.
        tokio::task::yield_now().await;
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert_eq!(fake.reads(), 2, "one probe");
        go.notify_one();
    };
    let (replies, ()) = tokio::join!(join_all(paths.iter().map(|path| http.get(path))), release);
    let answered = replies.iter().filter(|reply| reply.status == 200).count();
    let refused = replies
        .iter()
        .filter(|reply| reply.header("retry-after") == "1")
        .count();
    assert_eq!((answered, refused), (1, 19));
    go.notify_one();
    assert_eq!(http.get(&path(21)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_failed_probe_opens_the_breaker_for_another_pause() {
    let (fake, lives) = moody(None);
    let http = Http::over(polite(&fake, 1, None), &[]);
    http.get(&path(0)).await;
    advance(PAUSE).await;
    assert_eq!(
        http.get(&path(1)).await.header("retry-after"),
        "",
        "the probe itself"
    );
    lives.store(true, Ordering::SeqCst);
    assert_eq!(http.get(&path(2)).await.header("retry-after"), "30");
    advance(PAUSE).await;
    assert_eq!(http.get(&path(3)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_probe_whose_caller_leaves_does_not_block_the_breaker() {
    let go = Arc::new(Notify::new());
    let (fake, lives) = moody(Some(Arc::clone(&go)));
    let source = polite(&fake, 1, None);
    let identifier = "AbCdEfGhIjKlMnOpQr12".parse().unwrap();
    let read = |abandoned| source.read(&identifier, Instant::now() + PAUSE * 9, abandoned);
    go.notify_one();
    assert!(read(CancellationToken::new()).await.is_err());
    advance(PAUSE).await;
    lives.store(true, Ordering::SeqCst);
    let dropped = tokio::time::timeout(Duration::from_secs(1), read(CancellationToken::new()));
    assert!(dropped.await.is_err());
    let given_up = CancellationToken::new();
    given_up.cancel();
    let abandoned = read(given_up).await;
    assert!(matches!(abandoned, Err(SourceError::Abandoned)));
    go.notify_one();
    assert!(read(CancellationToken::new()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn definitive_answers_and_faults_of_ours_never_open_the_breaker() {
    for (error, reads) in [
        (SourceError::from(NotAvailable::NotFound), 20),
        (NotAvailable::TooSlow.into(), 20),
        (
            SourceError::BrowserUnavailable {
                reason: String::new(),
                retry_after: None,
            },
            20,
        ),
        (NotAvailable::SiteUnavailable { status: None }.into(), 2),
    ] {
        let fake = Fake::new(Err(error.clone()), None);
        let source = polite(&fake, 2, None);
        let identifier = "AbCdEfGhIjKlMnOpQr12".parse().unwrap();
        for _ in 0..20 {
            let read = source.read(
                &identifier,
                Instant::now() + PAUSE,
                CancellationToken::new(),
            );
            read.await.unwrap_err();
        }
        assert_eq!(fake.reads(), reads, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn reads_are_spaced_and_a_caller_that_would_wait_too_long_gets_503_with_retry_after() {
    let fake = Fake::new(Ok(fixture("weekday")), None);
    let http = Http::over(polite(&fake, 0, Some(2)), &[]);
    let began = Instant::now();
    let paths: Vec<_> = (0..40).map(path).collect();
    let replies = join_all(paths.iter().map(|path| http.get(path))).await;
    let busy: Vec<_> = replies.iter().filter(|reply| reply.status == 503).collect();
    // Fifteen seconds to answer in, two reads a second, the first at once.
    assert_eq!((fake.reads(), busy.len()), (30, 10));
    assert!(began.elapsed() <= Duration::from_secs(15));
    for reply in busy {
        assert_eq!(reply.json()["code"], "busy");
        assert!(reply.header("retry-after").parse::<u32>().unwrap() == 15);
    }
}
