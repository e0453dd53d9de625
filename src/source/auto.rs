//! The API first; the browser where the API refuses, fails or cannot be read.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::cross_check::CrossCheck;
use super::{Source, SourceError};
use crate::reading::Reading;
use timetable::NotAvailable;
use timetable::mismatch::Check;
use timetable::share_link::Identifier;

/// Two sources of the same timetables. The first one's breaker saves reads that would fail.
pub struct Auto {
    api: Arc<dyn Source>,
    browser: Arc<dyn Source>,
    cross_check: Option<CrossCheck>,
}

impl Auto {
    /// Reads with `api`, else with `browser`.
    pub fn new(
        api: Arc<dyn Source>,
        browser: Arc<dyn Source>,
        cross_check: Option<CrossCheck>,
    ) -> Self {
        Self {
            api,
            browser,
            cross_check,
        }
    }
}

/// Gives API and browser half of the time each.
fn halfway(deadline: Instant) -> Instant {
    let now = Instant::now();
    now + deadline.duration_since(now) / 2
}

/// Whether the page may show what the API does not give. Definitive answers are final, and so are faults
/// that the site did not cause.
fn may_be_on_the_page(error: &SourceError) -> bool {
    match error {
        SourceError::NotAvailable(why) => !is_final(why),
        SourceError::CircuitOpen(_) | SourceError::TooSlow { .. } | SourceError::Busy { .. } => {
            true
        }
        SourceError::Draining
        | SourceError::BrowserUnavailable { .. }
        | SourceError::Abandoned
        | SourceError::Internal { .. } => false,
    }
}

/// Whether the page would show the same: there is no timetable, or the answer is about another one.
fn is_final(why: &NotAvailable) -> bool {
    match why {
        NotAvailable::LayoutChanged(mismatch) => mismatch.check == Check::AnswerIdentifier,
        why => why.is_definitive(),
    }
}

#[async_trait]
impl Source for Auto {
    async fn read(
        &self,
        identifier: &Identifier,
        deadline: Instant,
        abandoned: CancellationToken,
    ) -> Result<Reading, SourceError> {
        let read = self
            .api
            .read(identifier, halfway(deadline), abandoned.clone());
        match read.await {
            Err(error) if may_be_on_the_page(&error) => {
                self.browser.read(identifier, deadline, abandoned).await
            }
            answered => {
                if let Some(check) = &self.cross_check {
                    check.consider(identifier, &answered, &self.browser);
                }
                answered
            }
        }
    }

    fn is_ready(&self) -> bool {
        self.api.is_ready() || self.browser.is_ready()
    }

    fn measure(&self) {
        self.api.measure();
        self.browser.measure();
    }

    fn status(&self) -> Value {
        json!({ "kind": "auto", "api": self.api.status(), "page": self.browser.status() })
    }
}
