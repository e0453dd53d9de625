//! The browser reads some of the API's timetables again, and differences are counted. This happens in the
//! background, one timetable at a time.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info, info_span, warn};

use super::upstream::{CrossChecked, count_cross_check};
use super::{Source, SourceError};
use crate::reading::Reading;
use timetable::NotAvailable;
use timetable::Timetable;
use timetable::difference::differences;
use timetable::share_link::Identifier;

/// Longest that the second reading may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Picks answers for a second reading.
pub struct CrossCheck {
    every: NonZeroU32,
    answers: AtomicU32,
    free: Arc<Semaphore>,
}

impl CrossCheck {
    /// Checks one answer in `every`.
    pub fn new(every: NonZeroU32) -> Self {
        Self {
            every,
            answers: AtomicU32::new(0),
            free: Arc::new(Semaphore::new(1)),
        }
    }

    /// Reads the same timetable with `browser` in the background, if it is this answer's turn and no other
    /// check is under way.
    pub(super) fn consider(
        &self,
        identifier: &Identifier,
        answered: &Result<Reading, SourceError>,
        browser: &Arc<dyn Source>,
    ) {
        let Some(answered) = statement(answered.as_ref()) else {
            return;
        };
        let number = self.answers.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        if number % self.every != 0 {
            return;
        }
        let Ok(turn) = Arc::clone(&self.free).try_acquire_owned() else {
            return count_cross_check(CrossChecked::Skipped);
        };
        let (identifier, browser) = (identifier.clone(), Arc::clone(browser));
        let check = async move {
            let deadline = Instant::now() + LIMIT;
            let read = browser.read(&identifier, deadline, CancellationToken::new());
            compare(&answered, statement(read.await.as_ref()));
            drop(turn);
        };
        // In a trace of its own: no request waits for it.
        tokio::spawn(check.instrument(info_span!(parent: None, "cross_check")));
    }
}

/// What the site says about a timetable.
type Statement = Result<Timetable, NotAvailable>;

/// `None` if the read failed.
fn statement(read: Result<&Reading, &SourceError>) -> Option<Statement> {
    match read {
        Ok(reading) => Some(Ok(reading.timetable.clone())),
        Err(SourceError::NotAvailable(why)) if why.is_definitive() => Some(Err(why.clone())),
        Err(_) => None,
    }
}

fn compare(api: &Statement, page: Option<Statement>) {
    let Some(page) = page else {
        info!("cross-check: the page could not be read");
        return count_cross_check(CrossChecked::Unread);
    };
    let differ = match (api, &page) {
        (Ok(api), Ok(page)) => differences(api, page),
        (api, page) if api == page => Vec::new(),
        _ => vec!["outcome"],
    };
    if differ.is_empty() {
        return count_cross_check(CrossChecked::Same);
    }
    warn!(
        differ = differ.join(","),
        "cross-check: API and page differ"
    );
    count_cross_check(CrossChecked::Different);
}
