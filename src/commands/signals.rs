//! The signals that end a command.

use std::io;

use procfs::process::Process;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Of the signals that a process ignores, the bit of SIGHUP.
const HANGUP: u64 = 1;

/// SIGTERM, SIGINT and SIGHUP, from the moment this was made: none that comes later is missed.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    /// `None` under `nohup`: the command goes on when its terminal is closed.
    hangup: Option<Signal>,
}

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// Where the system takes no handler; the signals keep their meaning then and end the process.
    pub(super) fn listen() -> io::Result<Self> {
        let hangup = (!ignores_hangup()).then(|| signal(SignalKind::hangup()));
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: hangup.transpose()?,
        })
    }

    /// Resolves with the next of them.
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

/// Resolves with the first SIGTERM, SIGINT or SIGHUP from now on.
pub(super) async fn first() {
    match Signals::listen() {
        Ok(mut signals) => signals.next().await,
        Err(_) => std::future::pending().await,
    }
}

/// SIGUSR1 and SIGUSR2 mean nothing here. By default they would end the process at once.
pub(super) fn ignore_those_without_a_meaning() {
    for kind in [SignalKind::user_defined1(), SignalKind::user_defined2()] {
        // A handler stays for the life of the process. Refused, the signals keep their meaning.
        let _ = signal(kind);
    }
}

fn ignores_hangup() -> bool {
    let status = Process::myself().and_then(|process| process.status());
    status.is_ok_and(|status| status.sigign & HANGUP != 0)
}
