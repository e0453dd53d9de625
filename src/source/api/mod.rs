//! The API behind the page as a source: one call, and no browser.

mod client;
mod why;

use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info_span, warn};
use webdriver_fleet::{SiteFault, SiteFaults};

use super::site::SiteConfig;
use super::{Source, SourceError};
use crate::reading::{Reading, SourceKind, Timings};
use client::{ApiClient, ApiResponse};
use timetable::NotAvailable;
use timetable::answer::ApiAnswer;
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
    /// Asks the API of `site` under this user agent, if one is given.
    ///
    /// # Errors
    /// [`ClientError`]
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
}

impl ApiSource {
    /// The body of the answer about `identifier`, as it arrived.
    ///
    /// # Errors
    /// Those of a read, except for what the body says.
    pub async fn body(&self, identifier: &Identifier) -> Result<Vec<u8>, SourceError> {
        let asked = self.ask(identifier, Instant::now() + self.timeout).await?;
        Ok(asked.received().success()?.to_owned())
    }

    async fn ask(
        &self,
        identifier: &Identifier,
        limit: Instant,
    ) -> Result<ApiResponse, SourceError> {
        let call = self.client.ask(identifier).instrument(info_span!("call"));
        match timeout_at(limit, call).await {
            Ok(Ok(asked)) => Ok(asked),
            Ok(Err(why)) => {
                self.report(why);
                Err(NotAvailable::SiteUnavailable { status: None }.into())
            }
            Err(_) => {
                self.report(SiteFault::TimedOut);
                Err(SourceError::TooSlow {
                    step: "api".to_owned(),
                })
            }
        }
    }

    fn report(&self, why: SiteFault) {
        self.site_faults.count(why);
        warn!(%why, "the API gave no answer");
    }
}

#[async_trait]
impl Source for ApiSource {
    async fn read(
        &self,
        identifier: &Identifier,
        deadline: Instant,
        abandoned: CancellationToken,
    ) -> Result<Reading, SourceError> {
        if abandoned.is_cancelled() {
            return Err(SourceError::Abandoned);
        }
        let began = Instant::now();
        let limit = deadline.min(began + self.timeout);
        let asked = self.ask(identifier, limit).await?;
        let answered = Instant::now();
        let check = || ApiAnswer::received(identifier, asked.received());
        let timetable = info_span!("check").in_scope(check)?.timetable();
        Ok(Reading {
            timetable,
            source: SourceKind::Api,
            timings: Timings {
                queue: Duration::ZERO,
                render: answered - began,
                read: answered.elapsed(),
            },
        })
    }

    /// A call needs no session.
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
