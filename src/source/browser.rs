//! The rendered page as a source: one navigation, one script, on a session of the fleet.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant as StdInstant};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info_span};
use webdriver_fleet::{Fleet, Visit, VisitError, Visited};

use super::{API_PATH, BoxFuture, Read, Source, SourceError, SourceKind, Timings, sessions};
use crate::config::SiteConfig;
use crate::timetable::Timetable;
use crate::timetable::reading::{self, Check, Mismatch, PageReading, Unread};
use crate::timetable::share_link::Identifier;

/// Waits in the page for one of its known states and reads all of it.
static SCRIPT: LazyLock<Arc<str>> = LazyLock::new(|| include_str!("read_page.js").into());

/// Reads timetables off the rendered page.
pub struct BrowserSource {
    fleet: Arc<Fleet>,
    site: SiteConfig,
    /// Longest that navigation and script may take together.
    page_timeout: Duration,
}

impl BrowserSource {
    /// Reads `site` with the sessions of `fleet`.
    pub fn new(fleet: Arc<Fleet>, site: SiteConfig, page_timeout: Duration) -> Self {
        Self {
            fleet,
            site,
            page_timeout,
        }
    }

    fn visit(&self, identifier: &Identifier, deadline: Instant) -> Visit {
        let path = format!("/@{}", identifier.as_str());
        let mut url = self.site.everytime_url.clone();
        url.set_path(&path);
        let mut call = self.site.api_url.clone();
        call.set_path(API_PATH);
        Visit {
            url,
            script: SCRIPT.clone(),
            args: vec![path.into(), call.as_str().into()],
            page_timeout: self.page_timeout,
            deadline: deadline.into_std(),
        }
    }

    async fn read_page(
        &self,
        identifier: &Identifier,
        deadline: Instant,
        abandoned: CancellationToken,
    ) -> Result<Read, SourceError> {
        let turn = self.fleet.begin(self.visit(identifier, deadline));
        let (turn, asked) = (turn.instrument(info_span!("queue")), Instant::now());
        let turn = abandoned.run_until_cancelled(turn).await;
        sessions::waited(asked.elapsed());
        let underway = turn.ok_or(SourceError::Abandoned)??;
        let visited = underway.finish().instrument(info_span!("render")).await?;
        let began = StdInstant::now();
        let (queue, render) = (
            visited.timings.queue,
            visited.timings.navigate + visited.timings.script,
        );
        let timetable = info_span!("check").in_scope(|| timetable(identifier, visited))?;
        let timings = Timings {
            queue,
            render,
            read: began.elapsed(),
        };
        Ok(Read {
            timetable,
            source: SourceKind::Browser,
            timings,
        })
    }
}

fn timetable(identifier: &Identifier, visited: Visited) -> Result<Timetable, SourceError> {
    let page: PageReading = serde_json::from_value(visited.value).map_err(|error| {
        // A figure the page did not have arrives as null. The error's own words may quote the page.
        let found = format!("{:?} error", error.classify());
        Unread::from(Mismatch::new(Check::Structure, "a complete reading", found))
    })?;
    Ok(reading::timetable(identifier, page, &visited.alerts)?)
}

impl Source for BrowserSource {
    fn read<'a>(
        &'a self,
        identifier: &'a Identifier,
        deadline: Instant,
        abandoned: CancellationToken,
    ) -> BoxFuture<'a, Result<Read, SourceError>> {
        Box::pin(self.read_page(identifier, deadline, abandoned))
    }

    fn is_ready(&self) -> bool {
        self.fleet.is_ready()
    }

    fn measure(&self) {
        sessions::show(&self.fleet);
    }

    fn status(&self) -> serde_json::Value {
        serde_json::json!({ "kind": SourceKind::Browser, "browser": self.fleet.status() })
    }
}

impl From<VisitError> for SourceError {
    fn from(error: VisitError) -> Self {
        match error {
            VisitError::QueueFull { retry_after, .. }
            | VisitError::QueueTimeout { retry_after, .. } => Self::Busy { retry_after },
            VisitError::Draining => Self::Draining,
            VisitError::Unavailable { message, .. } => Self::BrowserUnavailable { reason: message },
            VisitError::Crashed { .. } => Self::BrowserUnavailable {
                reason: error.to_string(),
            },
            VisitError::Timeout { step, .. } => Self::TooSlow {
                step: step.to_string(),
            },
            VisitError::Unreachable { .. } => Unread::SiteUnavailable { status: None }.into(),
            // The browser's words may quote the page, so they are not passed on.
            VisitError::Script { .. } => unknown_page(Check::Structure, "a script that runs"),
            VisitError::Prompts { .. } => unknown_page(Check::Alert, "a handful of alerts"),
            other => Self::Internal {
                reason: other.to_string(),
            },
        }
    }
}

fn unknown_page(check: Check, expected: &str) -> SourceError {
    Unread::from(Mismatch::new(check, expected, "otherwise")).into()
}
