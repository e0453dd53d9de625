//! A fake source, and the whole HTTP interface in front of it, without a socket.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::timetables::fixture;
use async_trait::async_trait;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use clap::Parser;
use gonggang::cache::CacheConfig;
use gonggang::config::Settings;
use gonggang::http::HttpConfig;
use gonggang::reading::{Reading, SourceKind, Timings};
use gonggang::service::Service;
use gonggang::source::{Source, SourceError};
use http_body_util::BodyExt;
use serde_json::Value;
use timetable::NotAvailable;
use timetable::Timetable;
use timetable::share_link::Identifier;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub const CACHE: CacheConfig = CacheConfig {
    capacity: 100,
    ttl: Duration::from_mins(10),
    negative_ttl: Duration::from_secs(30),
    stale: Duration::from_hours(24),
    url: None,
};

/// The outcome of a read of an identifier.
type Outcomes = Box<dyn Fn(&Identifier) -> Result<Timetable, SourceError> + Send + Sync>;

/// A source that counts its reads and gives prepared answers.
pub struct Fake {
    reads: AtomicUsize,
    outcomes: Outcomes,
    /// Notified to release a read; with `None` reads end at once.
    go: Option<Arc<Notify>>,
    /// How long a read takes after its release.
    takes: Duration,
}

impl Fake {
    /// The same for every identifier.
    pub fn new(outcome: Result<Timetable, SourceError>, go: Option<Arc<Notify>>) -> Arc<Self> {
        Self::telling(move |_| outcome.clone(), go)
    }

    pub fn telling(
        outcomes: impl Fn(&Identifier) -> Result<Timetable, SourceError> + Send + Sync + 'static,
        go: Option<Arc<Notify>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            reads: AtomicUsize::new(0),
            outcomes: Box::new(outcomes),
            go,
            takes: Duration::ZERO,
        })
    }

    /// One whose answer is what `site` holds at the time, under the identifier asked for, after a
    /// read that takes so long.
    pub fn reading(
        site: &Arc<Mutex<Result<Timetable, SourceError>>>,
        takes: Duration,
    ) -> Arc<Self> {
        let site = Arc::clone(site);
        Arc::new(Self {
            reads: AtomicUsize::new(0),
            outcomes: Box::new(move |identifier| {
                let mut timetable = site.lock().unwrap().clone()?;
                timetable.identifier = identifier.clone();
                Ok(timetable)
            }),
            go: None,
            takes,
        })
    }

    pub fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Source for Fake {
    async fn read(
        &self,
        identifier: &Identifier,
        _: Instant,
        abandoned: CancellationToken,
    ) -> Result<Reading, SourceError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        if let Some(go) = &self.go {
            let turn = abandoned.run_until_cancelled(go.notified());
            turn.await.ok_or(SourceError::Abandoned)?;
        }
        tokio::time::sleep(self.takes).await;
        let timetable = (self.outcomes)(identifier)?;
        Ok(Reading {
            timetable,
            source: SourceKind::Browser,
            timings: Timings {
                queue: Duration::from_millis(1),
                render: Duration::from_millis(40),
                read: Duration::from_millis(2),
            },
        })
    }

    fn is_ready(&self) -> bool {
        true
    }
}

pub fn service(fake: &Arc<Fake>) -> Arc<Service> {
    service_with(fake, CACHE)
}

pub fn service_with(fake: &Arc<Fake>, cache: CacheConfig) -> Arc<Service> {
    service_of(Arc::clone(fake) as _, cache)
}

fn service_of(source: Arc<dyn Source>, cache: CacheConfig) -> Arc<Service> {
    Arc::new(Service::new(source, cache, Duration::from_secs(15)))
}

/// Fixture timetables by their identifiers; any other is not there.
pub fn fake_site(names: &[&str]) -> Arc<Fake> {
    let known: Vec<_> = names.iter().map(|name| fixture(name)).collect();
    Fake::telling(
        move |wanted| {
            let found = known.iter().find(|known| known.identifier == *wanted);
            found.cloned().ok_or(NotAvailable::NotFound.into())
        },
        None,
    )
}

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    settings: Settings,
}

/// The settings of the HTTP side.
pub fn config(flags: &[&str]) -> HttpConfig {
    let line = std::iter::once(&"gonggang").chain(flags);
    Line::try_parse_from(line)
        .unwrap()
        .settings
        .validate()
        .unwrap()
        .http
}

/// The HTTP interface in front of a fake source.
#[derive(Clone)]
pub struct Http {
    pub service: Arc<Service>,
    router: axum::Router,
}

impl Http {
    pub fn before(fake: &Arc<Fake>, flags: &[&str]) -> Self {
        Self::over(Arc::clone(fake) as _, flags)
    }

    /// Over any source.
    pub fn over(source: Arc<dyn Source>, flags: &[&str]) -> Self {
        let service = service_of(source, CACHE);
        let metrics = gonggang::metrics::start(|| 0).unwrap();
        let router = gonggang::http::router(Arc::clone(&service), config(flags), metrics);
        Self { service, router }
    }

    pub fn router(&self) -> axum::Router {
        self.router.clone()
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        Reply::of(response).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.get_with(path, &[]).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send(request("GET", path, headers, Body::empty()))
            .await
    }

    pub async fn post(&self, path: &str, kind: &str, body: impl Into<Body>) -> Reply {
        let headers = [("content-type", kind)];
        self.send(request("POST", path, &headers, body.into()))
            .await
    }
}

pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body).unwrap()
}

/// An answer that has arrived whole.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Self {
            status: StatusCode::as_u16(&parts.status),
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}
