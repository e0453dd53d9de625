//! The thread that starts drivers.
//!
//! The parent-death signal of `setpriv` fires when the *thread* that forked ends, and a runtime may
//! end its threads at any time. So one thread that lives as long as the fleet forks all drivers.

use std::{io, sync::mpsc, thread};

use tokio::{
    process::{Child, Command},
    runtime::Handle,
    sync::oneshot,
};

use crate::find::on_path;

struct Order {
    command: Command,
    reply: oneshot::Sender<io::Result<Child>>,
}

/// A handle to the thread, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct DriverSpawner {
    orders: mpsc::Sender<Order>,
    /// The path of util-linux's `setpriv`, if it is installed.
    setpriv: Option<std::path::PathBuf>,
}

impl DriverSpawner {
    /// Starts the thread. Must be called inside a runtime, which reaps the children.
    pub(crate) fn start() -> io::Result<Self> {
        let (orders, inbox) = mpsc::channel();
        let runtime = Handle::current();
        thread::Builder::new()
            .name("driver-spawner".into())
            .spawn(move || serve(&inbox, &runtime))?;
        let setpriv = on_path("setpriv");
        Ok(Self { orders, setpriv })
    }

    /// Whether the kernel kills drivers when this process dies, besides the reaper.
    pub(crate) fn ties_drivers_to_us(&self) -> bool {
        self.setpriv.is_some()
    }

    /// The command that runs `program`, tied to the spawner's thread if there is `setpriv`.
    pub(crate) fn command(&self, program: &std::path::Path) -> Command {
        let Some(setpriv) = &self.setpriv else {
            return Command::new(program);
        };
        let mut command = Command::new(setpriv);
        command.args(["--pdeathsig", "KILL", "--"]).arg(program);
        command
    }

    /// Starts the command in the spawner's thread.
    pub(crate) async fn spawn(&self, command: Command) -> io::Result<Child> {
        let (reply, child) = oneshot::channel();
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        let order = Order { command, reply };
        self.orders.send(order).map_err(|_| gone())?;
        child.await.map_err(|_| gone())?
    }
}

fn serve(inbox: &mpsc::Receiver<Order>, runtime: &Handle) {
    let _inside = runtime.enter();
    for mut order in inbox {
        // If the caller has left, `kill_on_drop` ends the driver here.
        let _ = order.reply.send(order.command.spawn());
    }
}
