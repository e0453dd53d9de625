//! The API behind the page as a source: one call, and no browser.

mod client;

use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info_span};

use super::{BoxFuture, Read, Source, SourceError, SourceKind, Timings};
use crate::config::SiteConfig;
use crate::timetable::answer::Answer;
use crate::timetable::share_link::Identifier;
use client::ApiClient;

pub use client::ClientError;

/// Reads timetables from the API's answer.
pub struct ApiSource {
    client: ApiClient,
    /// Longest that a call may take.
    timeout: Duration,
}

impl ApiSource {
    /// Asks the API of `site`, as a browser of this name if one is given.
    ///
    /// # Errors
    /// [`ClientError`] for settings that no client takes.
    pub fn new(
        site: &SiteConfig,
        user_agent: Option<&str>,
        timeout: Duration,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            client: ApiClient::new(site, user_agent)?,
            timeout,
        })
    }

    async fn read_answer(
        &self,
        identifier: &Identifier,
        deadline: Instant,
        abandoned: CancellationToken,
    ) -> Result<Read, SourceError> {
        if abandoned.is_cancelled() {
            return Err(SourceError::Abandoned);
        }
        let began = Instant::now();
        let limit = deadline.min(began + self.timeout);
        let call = self.client.ask(identifier).instrument(info_span!("call"));
        let asked = timeout_at(limit, call).await;
        let asked = asked.map_err(|_| SourceError::TooSlow {
            step: "api".to_owned(),
        })??;
        let answered = Instant::now();
        let check = || Answer::received(identifier, asked.received());
        let timetable = info_span!("check").in_scope(check)?.timetable();
        Ok(Read {
            timetable,
            source: SourceKind::Api,
            timings: Timings {
                queue: Duration::ZERO,
                render: answered - began,
                read: answered.elapsed(),
            },
        })
    }
}

impl Source for ApiSource {
    fn read<'a>(
        &'a self,
        identifier: &'a Identifier,
        deadline: Instant,
        abandoned: CancellationToken,
    ) -> BoxFuture<'a, Result<Read, SourceError>> {
        Box::pin(self.read_answer(identifier, deadline, abandoned))
    }

    /// There is nothing to wait for or to lose.
    fn is_ready(&self) -> bool {
        true
    }

    fn status(&self) -> serde_json::Value {
        serde_json::json!({ "kind": SourceKind::Api })
    }
}
