//! A real Selenium Grid: a hub and two nodes of two sessions each, shared by the tests of a binary one
//! after another.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::Ipv4Addr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};
use webdriver_fleet::{Browser, LocalEndpoint, find_binaries};

use super::address;

/// Sessions that a node takes.
pub const SLOTS_EACH: usize = 2;
/// The Grid's users, as part of its address.
pub const USER: &str = "fleet";
pub const PASSWORD: &str = "not-in-any-log";

/// Longest that anything of the Grid may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// How long a node lets a session idle; a node takes 10 s or more. It is also how long a node waits for a
/// driver, so a busy machine must be able to start a browser in it.
const SESSION_TIMEOUT: Duration = Duration::from_secs(15);

/// The hub's port, its event bus', and the nodes', on an address of this process alone.
pub const PORT: u16 = 4444;
const BUS_PORTS: [u16; 2] = [4442, 4443];
const NODE_PORTS: [u16; 2] = [5555, 5556];

static SHARED: Mutex<Option<Grid>> = Mutex::const_new(None);

/// The Grid, whole and without a session, until the guard goes.
pub struct Turn(MutexGuard<'static, Option<Grid>>);

impl std::ops::Deref for Turn {
    type Target = Grid;
    fn deref(&self) -> &Grid {
        self.0.as_ref().unwrap()
    }
}

impl std::ops::DerefMut for Turn {
    fn deref_mut(&mut self) -> &mut Grid {
        self.0.as_mut().unwrap()
    }
}

/// Whether there is one to start.
pub fn is_installed() -> bool {
    jar().exists() && Command::new("java").arg("-version").output().is_ok()
}

fn jar() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/selenium-server.jar")
}

/// Waits for the tests before this one, and mends what they broke.
pub async fn turn() -> Turn {
    let mut shared = SHARED.lock().await;
    let grid = shared.get_or_insert_with(Grid::new);
    grid.mend().await;
    Turn(shared)
}

/// A member of the Grid: a Java process, its drivers and browsers, all of one process group.
struct Member {
    name: String,
    args: Vec<String>,
    process: Option<Child>,
}

pub struct Grid {
    pub host: Ipv4Addr,
    hub: Member,
    nodes: [Member; 2],
    dir: PathBuf,
    keeper: ChildStdin,
    client: reqwest::Client,
}

/// Learns of every group that is started (`+ID`). Its input ends when this process does, however it
/// ends; then it kills them and removes the folder. A parent-death signal would reach the Java
/// processes alone, and would come when the thread of the test ends that happened to start them.
const KEEPER: &str = r#"
trap '' HUP INT QUIT TERM
groups=
while read -r group; do groups="$groups $group"; done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
for pause in 0 0.2 1 3; do sleep $pause; rm -rf -- "$0" 2>/dev/null && break; done
"#;

impl Grid {
    fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("grid-").tempdir();
        let dir = dir.unwrap().keep();
        let keeper = keeper(&dir);
        let host = address::own();
        let bus = bus(host);
        Self {
            host,
            hub: Member::new("hub", host, PORT, &bus, HUB),
            nodes: [0, 1].map(|number| {
                let name = format!("node{number}");
                write_config(&dir, &name);
                let config = dir.join(format!("{name}.toml")).display().to_string();
                let timeout = SESSION_TIMEOUT.as_secs().to_string();
                let more = ["--session-timeout", &timeout, "--config", &config];
                let args = [NODE, &more].concat();
                Member::new("node", host, NODE_PORTS[number], &bus, &args).named(&name)
            }),
            dir,
            keeper,
            client: super::client(),
        }
    }

    /// The address that the service is given.
    pub fn url(&self) -> String {
        format!("http://{USER}:{PASSWORD}@{}:{PORT}", self.host)
    }

    /// Everybody is there and idle.
    async fn mend(&mut self) {
        self.start_hub();
        self.start_node(0);
        self.start_node(1);
        self.eventually("two nodes", |nodes| nodes.len() == 2).await;
        self.has_sessions(0).await;
    }

    pub fn start_hub(&mut self) {
        self.hub.start(&self.dir, &mut self.keeper);
    }

    pub fn start_node(&mut self, number: usize) {
        self.nodes[number].start(&self.dir, &mut self.keeper);
    }

    /// SIGKILL to the hub.
    pub fn kill_hub(&mut self) {
        self.hub.kill();
    }

    /// SIGKILL to a node, its drivers and its browsers, as if its machine had gone.
    pub fn kill_node(&mut self, number: usize) {
        self.nodes[number].kill();
    }

    /// The process group of a node, its drivers and its browsers.
    pub fn group_of_node(&self, number: usize) -> u32 {
        self.nodes[number].process.as_ref().unwrap().id()
    }

    /// The address of the node that holds a session.
    pub async fn node_of(&self, id: &str) -> String {
        let sessions = self.sessions().await.expect("the Grid is up");
        let holds = |(_, ids): &(String, Vec<String>)| ids.iter().any(|one| one == id);
        sessions.into_iter().find(holds).expect("it is there").0
    }

    /// The hub's process.
    pub fn hub_process(&self) -> u32 {
        self.hub.process.as_ref().unwrap().id()
    }

    /// The nodes' processes, of those that were not killed.
    pub fn node_processes(&self) -> impl Iterator<Item = u32> {
        let processes = self.nodes.iter().filter_map(|node| node.process.as_ref());
        processes.map(Child::id)
    }

    /// Waits until the Grid holds this many sessions.
    pub async fn has_sessions(&self, count: usize) {
        let what = format!("{count} sessions");
        self.eventually(&what, |nodes| nodes.values().sum::<usize>() == count)
            .await;
    }

    /// Waits until its nodes and the sessions they hold are as wanted.
    pub async fn eventually(&self, what: &str, so: impl Fn(&BTreeMap<String, usize>) -> bool) {
        let until = Instant::now() + PATIENCE;
        loop {
            let nodes = self.nodes().await;
            if nodes.as_ref().is_some_and(&so) {
                return;
            }
            assert!(Instant::now() < until, "never: {what}, but {nodes:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The nodes that are up, and the sessions each holds; `None` while the hub does not answer or a
    /// session is on its way.
    async fn nodes(&self) -> Option<BTreeMap<String, usize>> {
        let sessions = self.sessions().await?;
        let is_settled = !sessions.values().flatten().any(|id| id == RESERVED);
        let count = |(node, ids): (String, Vec<String>)| (node, ids.len());
        is_settled.then(|| sessions.into_iter().map(count).collect())
    }

    /// The addresses of the nodes that are up, and what each one's taken slots hold.
    async fn sessions(&self) -> Option<BTreeMap<String, Vec<String>>> {
        let status = self.ask("status").await?;
        let nodes = status["value"]["nodes"].as_array()?.iter();
        let up = nodes.filter(|node| node["availability"] == "UP");
        up.map(|node| Some((node["uri"].as_str()?.to_owned(), sessions(node))))
            .collect()
    }

    /// Waits until the sessions there are now, which are no longer used, have ended. How many
    /// they were.
    ///
    /// A node looks for those that are over each half minute, or when it is asked for one. Asked too
    /// early, it takes it for used.
    pub async fn let_time_out(&self) -> usize {
        let left = self.sessions().await.expect("the Grid is up");
        tokio::time::sleep(SESSION_TIMEOUT + Duration::from_millis(500)).await;
        for (node, id) in left
            .iter()
            .flat_map(|(node, ids)| ids.iter().map(move |id| (node, id)))
        {
            let request = self.client.get(format!("{node}/session/{id}/url"));
            let _ = request.timeout(Duration::from_secs(1)).send().await;
        }
        self.has_sessions(0).await;
        left.values().map(Vec::len).sum()
    }

    /// Sessions that a node has ended because they were not used, and not on request.
    pub fn timed_out(&self) -> usize {
        let logs = self
            .nodes
            .iter()
            .map(|node| self.dir.join(format!("{}.log", node.name)));
        let count = |log: PathBuf| {
            let text = std::fs::read_to_string(log).unwrap_or_default();
            text.matches("(reason: TIMEOUT)").count()
        };
        logs.map(count).sum()
    }

    async fn ask(&self, path: &str) -> Option<Value> {
        let url = format!("http://{}:{PORT}/{path}", self.host);
        let request = self.client.get(url).basic_auth(USER, Some(PASSWORD));
        request.send().await.ok()?.json().await.ok()
    }
}

const HUB: &[&str] = &[
    "--username",
    USER,
    "--password",
    PASSWORD,
    // Short, so that what fails fails soon: a request in the queue, and a node that is gone.
    "--session-request-timeout",
    "15",
    "--healthcheck-interval",
    "2",
];

const NODE: &[&str] = &[
    "--max-sessions",
    "2",
    "--override-max-sessions",
    "true",
    "--selenium-manager",
    "false",
    "--heartbeat-period",
    "2",
    "--register-period",
    "120",
];

fn bus(host: Ipv4Addr) -> Vec<String> {
    let [publish, subscribe] = BUS_PORTS.map(|port| format!("tcp://{host}:{port}"));
    vec![
        "--publish-events".into(),
        publish,
        "--subscribe-events".into(),
        subscribe,
    ]
}

/// The node's browser is the headless shell, which is not called `chrome` and is not found by itself.
fn write_config(dir: &Path, name: &str) {
    let binaries = find_binaries(Browser::Chromium, &LocalEndpoint::default()).unwrap();
    let stereotype = json!({ "browserName": "chrome",
        "goog:chromeOptions": { "binary": binaries.browser } });
    let driver = binaries.driver.display();
    let text = format!(
        "[node]\ndetect-drivers = false\n[[node.driver-configuration]]\n\
         display-name = \"chromium\"\nwebdriver-executable = \"{driver}\"\n\
         max-sessions = {SLOTS_EACH}\nstereotype = '{stereotype}'\n"
    );
    std::fs::write(dir.join(format!("{name}.toml")), text).unwrap();
}

fn keeper(dir: &Path) -> ChildStdin {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", KEEPER]).arg(dir);
    command.process_group(0).stdin(Stdio::piped());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap().stdin.take().unwrap()
}

/// What a hub calls the session that a slot is kept free for.
const RESERVED: &str = "reserved";

fn sessions(node: &Value) -> Vec<String> {
    let slots = node["slots"].as_array().unwrap().iter();
    let ids = slots.filter_map(|slot| slot["session"]["sessionId"].as_str());
    ids.map(str::to_owned).collect()
}

impl Member {
    fn new(role: &str, host: Ipv4Addr, port: u16, bus: &[String], more: &[&str]) -> Self {
        let (host, port) = (host.to_string(), port.to_string());
        let own = [role, "--host", &host, "--port", &port, "--tracing", "false"];
        let more = own.iter().chain(more).map(ToString::to_string);
        Self {
            name: role.into(),
            args: more.chain(bus.iter().cloned()).collect(),
            process: None,
        }
    }

    fn named(self, name: &str) -> Self {
        Self {
            name: name.into(),
            ..self
        }
    }

    /// Starts it if it does not run.
    fn start(&mut self, dir: &Path, keeper: &mut ChildStdin) {
        if self
            .process
            .as_mut()
            .is_some_and(|child| child.try_wait().unwrap().is_none())
        {
            return;
        }
        let jar = jar();
        assert!(jar.exists(), "the Grid is installed: scripts/setup-grid");
        let log = dir.join(format!("{}.log", self.name));
        let log = std::fs::File::options().append(true).create(true).open(log);
        let log = log.unwrap();
        let mut command = Command::new("java");
        command.args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"]);
        command.arg(format!("-Djava.io.tmpdir={}", dir.display()));
        command.arg("-jar").arg(jar).args(&self.args);
        command.env("TMPDIR", dir).env("HOME", dir).process_group(0);
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        let process = command
            .spawn()
            .expect("java is installed: scripts/setup-grid");
        writeln!(keeper, "{}", process.id()).unwrap();
        self.process = Some(process);
    }

    fn kill(&mut self) {
        let mut process = self.process.take().expect("it runs");
        let group = format!("-{}", process.id());
        let killed = Command::new("kill")
            .args(["-s", "KILL", "--", &group])
            .status();
        assert!(killed.unwrap().success());
        process.wait().unwrap();
    }
}
