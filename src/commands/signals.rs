//! The signals that end a command.

use tokio::signal::unix::{SignalKind, signal};

/// Resolves with the first SIGTERM or SIGINT; each later call waits for the next one.
pub(super) async fn first() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        // Without handlers the signals keep their meaning and end the process at once.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
