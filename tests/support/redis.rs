//! A real Redis server of a test's own: on a socket in a folder of its own, without a port.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redis::{Connection, FromRedisValue};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

/// Longest that anything in the background may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Redis {
    folder: TempDir,
    process: Child,
}

impl Redis {
    pub async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let process = spawn(&folder);
        let server = Self { folder, process };
        server.is_up().await;
        server
    }

    /// Its address, as the service takes it. The password is one that it wants.
    pub fn url(&self) -> String {
        let folder = self.folder.path().display();
        format!("redis+unix://{folder}/redis.sock?pass=hunter2")
    }

    /// What it answers to a command; `None` while it does not answer.
    pub fn ask<T: FromRedisValue>(&self, command: &[&str]) -> Option<T> {
        let (name, args) = command.split_first().unwrap();
        redis::cmd(name)
            .arg(args)
            .query(&mut self.connection()?)
            .ok()
    }

    /// The keys it has.
    pub fn keys(&self) -> Vec<String> {
        self.ask(&["KEYS", "*"]).unwrap()
    }

    /// How often it was asked for a value.
    pub fn gets(&self) -> u64 {
        let stats: String = self.ask(&["INFO", "commandstats"]).unwrap();
        let calls = stats
            .lines()
            .find_map(|line| line.strip_prefix("cmdstat_get:calls="));
        let calls = calls.and_then(|rest| rest.split(',').next());
        calls.map_or(0, |calls| calls.parse().unwrap())
    }

    /// Its only key, once it has one.
    pub async fn only_key(&self) -> String {
        until("an answer is shared", || self.keys().len() == 1).await;
        self.keys().remove(0)
    }

    /// Ends it as a crash does; what it held is lost.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again after [`Redis::kill`], where it was.
    pub fn start_again(&mut self) {
        self.process = spawn(&self.folder);
    }

    /// `STOP` hangs it, `CONT` has it go on.
    pub fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    async fn is_up(&self) {
        until("redis-server answers", || self.connection().is_some()).await;
    }

    fn connection(&self) -> Option<Connection> {
        let client = redis::Client::open(self.url()).unwrap();
        client
            .get_connection_with_timeout(Duration::from_secs(1))
            .ok()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(folder: &TempDir) -> Child {
    let socket = folder.path().join("redis.sock");
    Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--appendonly", "no"])
        .args(["--requirepass", "hunter2", "--daemonize", "no"])
        .arg("--dir")
        .arg(folder.path())
        .arg("--unixsocket")
        .arg(socket)
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-server, which scripts/setup-tests installs")
}

/// Waits for what happens in the background.
pub async fn until(what: &str, happened: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !happened() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        sleep(Duration::from_millis(2)).await;
    }
}
