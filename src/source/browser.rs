//! The rendered page as a source: one navigation, one script, on a session of the fleet.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant as StdInstant};

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info_span, warn};
use url::Url;
use webdriver_fleet::{CallAnswer, Fleet, IsFinal, Observation, Visit, VisitError, Visited};

use super::call_form;
use super::site::SiteConfig;
use super::{Source, SourceError, sessions};
use crate::reading::{Reading, SourceKind, Timings};
use timetable::NotAvailable;
use timetable::Timetable;
use timetable::answer::Received;
use timetable::mismatch::{Check, Mismatch, Patience};
use timetable::reading::{self, PagePart, PageReading};
use timetable::share_link::Identifier;

/// Waits in the page for one of its known states and reads all of it.
static SCRIPT: LazyLock<Arc<str>> = LazyLock::new(|| include_str!("read_page.js").into());

/// A page that contradicts itself counts as final once it has not changed for this long.
const AT_REST: Duration = Duration::from_millis(500);

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
        let calls = self.site.page_calls();
        let calls: Vec<_> = calls.iter().map(Url::as_str).collect();
        let asked = identifier.clone();
        Visit {
            url,
            script: SCRIPT.clone(),
            args: vec![path.into(), json!(calls), json!(call_form(identifier))],
            is_final: Some(IsFinal::new(move |observation| {
                is_final(&asked, observation)
            })),
            page_timeout: self.page_timeout,
            deadline: deadline.into_std(),
        }
    }
}

fn timetable(
    identifier: &Identifier,
    value: &Value,
    calls: &[CallAnswer],
    alerts: &[String],
) -> Result<Timetable, NotAvailable> {
    let page = PageReading::deserialize(value).map_err(|error| {
        // A missing figure arrives as null. The error's text may quote the page.
        let found = format!("{:?} error", error.classify());
        Mismatch::new(Check::Structure, "a complete reading", found)
    })?;
    // The answer to a repeated call, where the fleet could not record the page's own call.
    let again = CallAnswer::deserialize(&value["answer"]).ok();
    let answer = calls.last().or(again.as_ref()).map(received);
    reading::timetable(identifier, page, alerts, answer)
}

fn received(answer: &CallAnswer) -> Received<'_> {
    Received {
        status: answer.status,
        body: answer.body.as_deref().map(str::as_bytes),
    }
}

/// Whether the page is final.
fn is_final(identifier: &Identifier, observation: &Observation<'_>) -> bool {
    let Err(why) = timetable(
        identifier,
        observation.value,
        observation.calls,
        observation.alerts,
    ) else {
        return true;
    };
    match why.patience() {
        Patience::Nothing => true,
        Patience::Rest => observation.unchanged >= AT_REST,
        // An exception is the only visible sign that drawing stopped half-way.
        Patience::Whole => observation.threw && observation.unchanged >= AT_REST,
    }
}

/// Logs which part of a foreign document is missing. A page can forge its reading, so only known parts
/// are logged.
fn log_foreign_document(value: &Value) {
    if value["state"] != "foreign" {
        return;
    }
    if let Ok(missing) = PagePart::deserialize(&value["missing"]) {
        warn!(
            missing = missing.name(),
            "the document is not the timetable page"
        );
    }
}

#[async_trait]
impl Source for BrowserSource {
    async fn read(
        &self,
        identifier: &Identifier,
        deadline: Instant,
        abandoned: CancellationToken,
    ) -> Result<Reading, SourceError> {
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
        let Visited {
            value,
            calls,
            alerts,
            ..
        } = visited;
        log_foreign_document(&value);
        let check = || timetable(identifier, &value, &calls, &alerts);
        let timetable = info_span!("check").in_scope(check)?;
        let timings = Timings {
            queue,
            render,
            read: began.elapsed(),
        };
        Ok(Reading {
            timetable,
            source: SourceKind::Browser,
            timings,
        })
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
            VisitError::Unavailable {
                message,
                retry_after,
            } => Self::BrowserUnavailable {
                reason: message.to_string(),
                retry_after: Some(retry_after),
            },
            VisitError::Crashed { .. } => Self::BrowserUnavailable {
                reason: error.to_string(),
                retry_after: None,
            },
            VisitError::Timeout { step, .. } => Self::TooSlow {
                step: step.to_string(),
            },
            VisitError::Unreachable { .. } => NotAvailable::SiteUnavailable { status: None }.into(),
            VisitError::Script { .. } => unknown_page(Check::Structure, "a script that runs"),
            VisitError::Prompts { .. } => unknown_page(Check::Alert, "a handful of alerts"),
            other => Self::Internal {
                reason: other.to_string(),
            },
        }
    }
}

fn unknown_page(check: Check, expected: &str) -> SourceError {
    NotAvailable::from(Mismatch::new(check, expected, "otherwise")).into()
}
