//! The signals that end a command.

use std::io;

use procfs::process::Process;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The bit of SIGHUP in the mask of ignored signals.
const HANGUP: u64 = 1;

/// SIGTERM, SIGINT and SIGHUP. No signal after its creation is missed.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    /// `None` under `nohup`: the command survives its terminal.
    hangup: Option<Signal>,
}

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// If the system refuses a handler; the signals then end the process as usual.
    pub(super) fn listen() -> io::Result<Self> {
        let hangup = (!ignores_hangup()).then(|| signal(SignalKind::hangup()));
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: hangup.transpose()?,
        })
    }

    /// Waits for the next signal.
    pub(super) async fn next(&mut self) {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = hangup => {}
        }
    }
}

/// Waits for the first SIGTERM, SIGINT or SIGHUP.
pub(super) async fn first() {
    match Signals::listen() {
        Ok(mut signals) => signals.next().await,
        Err(_) => std::future::pending().await,
    }
}

/// Ignores SIGUSR1 and SIGUSR2, which would end the process by default.
pub(super) fn ignore_those_without_a_meaning() {
    for kind in [SignalKind::user_defined1(), SignalKind::user_defined2()] {
        // The handler stays for the life of the process.
        let _ = signal(kind);
    }
}

fn ignores_hangup() -> bool {
    let status = Process::myself().and_then(|process| process.status());
    status.is_ok_and(|status| status.sigign & HANGUP != 0)
}
