//! Metrics of the browser sessions.

use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use webdriver_fleet::{CloseReason, Fleet, FleetStatus, SlotState};

const SESSIONS: &str = "gonggang_sessions";
const OPENED: &str = "gonggang_sessions_opened_total";
const NOT_OPENED: &str = "gonggang_sessions_open_failures_total";
const CLOSED: &str = "gonggang_sessions_closed_total";
const RETRIED: &str = "gonggang_visits_retried_total";
const REFUSED: &str = "gonggang_browser_requests_refused_total";
const QUEUE: &str = "gonggang_queue_length";
const ROOM: &str = "gonggang_queue_capacity";
const WAIT: &str = "gonggang_queue_wait_seconds";
const MEMORY: &str = "gonggang_browser_memory_bytes";

/// Describes each metric.
pub(crate) fn describe() {
    describe_gauge!(SESSIONS, "Browser sessions by state.");
    describe_counter!(OPENED, "Browser sessions opened.");
    describe_counter!(NOT_OPENED, "Browser sessions that could not be opened.");
    describe_counter!(CLOSED, "Browser sessions ended, by reason.");
    describe_counter!(RETRIED, "Pages that were read again on a fresh session.");
    describe_counter!(
        REFUSED,
        "Requests of pages to other hosts, which the browser refused."
    );
    describe_gauge!(QUEUE, "Reads that wait for a session.");
    describe_gauge!(ROOM, "Most reads that may wait for a session.");
    describe_histogram!(
        WAIT,
        "Seconds that reads waited for a session, with or without success."
    );
    describe_gauge!(
        MEMORY,
        "Memory of the local drivers and browsers: the sum of their proportional set sizes."
    );
}

/// Records how long a read waited for a session.
pub(super) fn waited(wait: Duration) {
    histogram!(WAIT).record(wait);
}

/// Shows the fleet's state. Reads `/proc`.
pub(super) fn show(fleet: &Fleet) {
    let status = fleet.status();
    show_sessions(&status);
    gauge!(QUEUE).set(status.queue as f64);
    gauge!(ROOM).set(status.queue_capacity as f64);
    counter!(RETRIED).absolute(status.retried);
    counter!(REFUSED).absolute(status.refused_requests);
    if let Some(memory) = fleet.memory() {
        gauge!(MEMORY).set(memory as f64);
    }
}

fn show_sessions(status: &FleetStatus) {
    for state in SlotState::ALL {
        let slots = status.slots.iter().filter(|slot| slot.state == state);
        gauge!(SESSIONS, "state" => state.name()).set(slots.count() as f64);
    }
    counter!(OPENED).absolute(status.opened);
    counter!(NOT_OPENED).absolute(status.failed_to_open);
    for reason in CloseReason::ALL {
        let closed = status.closed.get(&reason).copied().unwrap_or_default();
        counter!(CLOSED, "reason" => reason.name()).absolute(closed);
    }
}
