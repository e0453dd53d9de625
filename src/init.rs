//! As process 1, for example of a container without an init process, the program is an init process itself: the
//! command runs in a child, and orphans (parts of ended browsers) are reaped here. Reaping them in the command's own
//! process would take the exit status of its own children away.

use std::io::{self, IsTerminal as _};
use std::process::{Child, Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, kill_process, wait};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// Time for processes that outlive the command, above all those that remove its files.
const LINGER: Duration = Duration::from_secs(5);

/// Runs the command in a child and returns its exit code. `None` if this is not process 1 or no child starts.
pub(crate) fn run() -> Option<ExitCode> {
    if std::process::id() != 1 {
        return None;
    }
    // Handlers are set before the child starts, so no signal is lost.
    let signals = Signals::listen().ok()?;
    let command = Pid::from_child(&start().ok()?);
    thread::spawn(move || signals.forward_to(command));
    let ended = reap_until_end_of(command);
    reap_the_rest();
    Some(ended)
}

fn start() -> io::Result<Child> {
    Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .spawn()
}

/// Signals for the command.
struct Signals {
    runtime: Runtime,
    inbox: mpsc::UnboundedReceiver<Signal>,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (sender, inbox) = mpsc::unbounded_channel();
        let inside = runtime.enter();
        for (kind, number) in passed_on() {
            let (mut signals, sender) = (signal(kind)?, sender.clone());
            runtime.spawn(async move {
                while signals.recv().await.is_some() && sender.send(number).is_ok() {}
            });
        }
        drop(inside);
        Ok(Self { runtime, inbox })
    }

    fn forward_to(mut self, command: Pid) {
        self.runtime.block_on(async {
            while let Some(number) = self.inbox.recv().await {
                // The command may have ended.
                let _ = kill_process(command, number);
            }
        });
    }
}

/// A terminal sends Ctrl-C to the command as well; passing it on would count as a second one.
fn passed_on() -> Vec<(SignalKind, Signal)> {
    let mut all = vec![
        (SignalKind::terminate(), Signal::TERM),
        (SignalKind::hangup(), Signal::HUP),
        (SignalKind::quit(), Signal::QUIT),
        (SignalKind::user_defined1(), Signal::USR1),
        (SignalKind::user_defined2(), Signal::USR2),
    ];
    if !io::stdin().is_terminal() {
        all.push((SignalKind::interrupt(), Signal::INT));
    }
    all
}

fn reap_until_end_of(command: Pid) -> ExitCode {
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == command => return code(status),
            Ok(_) | Err(Errno::INTR) => {}
            Err(_) => return ExitCode::FAILURE,
        }
    }
}

/// When process 1 ends, all other processes are killed.
fn reap_the_rest() {
    let until = Instant::now() + LINGER;
    while Instant::now() < until && !matches!(wait(WaitOptions::NOHANG), Err(Errno::CHILD)) {
        thread::sleep(Duration::from_millis(10));
    }
}

/// As in a shell: 128 plus the signal's number.
fn code(status: WaitStatus) -> ExitCode {
    let code = status
        .exit_status()
        .or_else(|| Some(128 + status.terminating_signal()?));
    let code = code.and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
