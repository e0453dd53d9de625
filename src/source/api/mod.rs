//! The API behind the page as a source: one call, and no browser.

mod client;
mod why;

use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info_span, warn};
use webdriver_fleet::{SiteFault, SiteFaults};

use super::{BoxFuture, Read, Source, SourceError, SourceKind, Timings};
use crate::config::SiteConfig;
use client::{ApiClient, Asked};
use timetable::answer::Answer;
use timetable::reading::Unread;
use timetable::share_link::Identifier;

pub use client::ClientError;

/// Reads timetables from the API's answer.
pub struct ApiSource {
    client: ApiClient,
    /// Longest that a call may take.
    timeout: Duration,
    site_faults: SiteFaults,
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
            site_faults: SiteFaults::default(),
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
        let asked = self.ask(identifier, limit).await?;
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

impl ApiSource {
    async fn ask(&self, identifier: &Identifier, limit: Instant) -> Result<Asked, SourceError> {
        let call = self.client.ask(identifier).instrument(info_span!("call"));
        match timeout_at(limit, call).await {
            Ok(Ok(asked)) => Ok(asked),
            Ok(Err(why)) => {
                self.tell(why);
                Err(Unread::SiteUnavailable { status: None }.into())
            }
            Err(_) => {
                self.tell(SiteFault::TimedOut);
                Err(SourceError::TooSlow {
                    step: "api".to_owned(),
                })
            }
        }
    }

    fn tell(&self, why: SiteFault) {
        self.site_faults.count(why);
        warn!(%why, "the API gave no answer");
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
        serde_json::json!({
            "kind": SourceKind::Api,
            "site_faults": self.site_faults.by_reason(),
            "last_site_fault": self.site_faults.last(),
        })
    }
}
