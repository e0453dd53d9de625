//! What a fleet is made of: plain data with defaults, read once at start.

use std::{fmt, path::PathBuf, time::Duration};

use url::Url;

/// Everything a fleet is started from.
#[derive(Debug, Clone)]
pub struct FleetConfig {
    /// Where sessions live.
    pub endpoint: Endpoint,
    /// What sessions are asked to be.
    pub browser: BrowserConfig,
    /// Sessions kept open; at least one.
    pub slots: usize,
    /// Callers that may wait for a session; one more is refused at once.
    pub queue: usize,
    /// How long a caller may wait for a session.
    pub queue_timeout: Duration,
    /// When a session is replaced though nothing is wrong with it.
    pub recycle: Recycle,
    /// The deadlines that are not a visit's own.
    pub limits: Limits,
}

impl Default for FleetConfig {
    fn default() -> Self {
        let slots = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            endpoint: Endpoint::default(),
            browser: BrowserConfig::default(),
            slots,
            queue: 16 * slots,
            queue_timeout: Duration::from_secs(5),
            recycle: Recycle::default(),
            limits: Limits::default(),
        }
    }
}

/// Where sessions live: behind a driver of our own, or behind an address.
#[derive(Clone)]
pub enum Endpoint {
    /// A driver process for each slot, started and ended by the fleet.
    Local(LocalEndpoint),
    /// A WebDriver end somebody else runs (Selenium Grid, a driver's own container): http, or https
    /// with a certificate that the system trusts. Its user and password are sent with each command;
    /// hyper-util names them in its own debug events, which a log should leave out.
    Remote(Url),
}

/// Never with the credentials.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(local) => f.debug_tuple("Local").field(local).finish(),
            Self::Remote(_) => f.write_str("Remote(…)"),
        }
    }
}

impl Default for Endpoint {
    fn default() -> Self {
        Self::Local(LocalEndpoint::default())
    }
}

/// The programs of a local end; what is not given is looked for in the usual places.
#[derive(Debug, Clone, Default)]
pub struct LocalEndpoint {
    /// The driver's path.
    pub driver_binary: Option<PathBuf>,
    /// The browser's path.
    pub browser_binary: Option<PathBuf>,
    /// Where the drivers' temporary directories are made; the system's place if `None`.
    pub temp_dir: Option<PathBuf>,
}

/// Which browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Browser {
    /// Chromium, Chrome or its headless shell, through chromedriver.
    #[default]
    Chromium,
    /// Firefox, through geckodriver.
    Firefox,
}

/// Where the scripts of visits run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum World {
    /// Beside the page's scripts: both share the document and nothing else.
    #[default]
    Own,
    /// Among the page's scripts, which they can then replace, and which can deceive them: for tests of one's
    /// own pages.
    Page,
}

/// The address of an http proxy: `http://host:port`, with `user:password@` where it wants them.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy(pub Url);

impl Proxy {
    /// Host and port, without the credentials; `None` for an address without a host.
    pub fn host_and_port(&self) -> Option<String> {
        let port = self.0.port_or_known_default()?;
        Some(format!("{}:{port}", self.0.host_str()?))
    }
}

/// Never with the credentials.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", self.host_and_port().unwrap_or_default())
    }
}

/// What sessions are asked to be.
#[derive(Debug, Clone)]
pub struct BrowserConfig {
    /// Which browser.
    pub kind: Browser,
    /// Width and height of the viewport in CSS pixels.
    pub viewport: (u32, u32),
    /// The user agent to show; `None`: the browser's own, without the word "Headless".
    pub user_agent: Option<String>,
    /// Hosts (names or addresses, no scheme) the browser may reach, all their ports or, as in
    /// `example.com:443`, one; everything else is not found, IP literals included. `None`: no limit.
    pub allowed_hosts: Option<Vec<String>>,
    /// The http proxy that pages are loaded through; `None`: none is used, whatever the environment
    /// names. Only what is allowed goes there. A local browser gets it through a proxy of the fleet's
    /// own on loopback. A remote one is given a proxy script, which Chromium's headless shell does not
    /// take, and which has no place for user and password. Hosts of this machine are never reached
    /// through it.
    pub proxy: Option<Proxy>,
    /// Hosts that are reached without the proxy, written as in `allowed_hosts`.
    pub direct_hosts: Vec<String>,
    /// `(pattern, replacement)` pairs of Chromium's resolver rules, `("example.com:443",
    /// "127.0.0.1:8443")` for instance: a stand-in under the real name.
    pub mapped_hosts: Vec<(String, String)>,
    /// The answers to calls of pages to addresses that begin with one of these are kept for the visit's
    /// script and its caller. Empty: no calls are recorded.
    pub recorded_calls: Vec<Url>,
    /// Certificate authorities that pages may be signed by, besides those that the browser knows: X.509
    /// in DER. A local Chromium takes `certutil`; a remote one is not told of them.
    pub authorities: Vec<Vec<u8>>,
    /// Off: no browser sandbox. Chromium cannot sandbox when run as root.
    pub sandbox: bool,
    /// Where the scripts of visits run.
    pub world: World,
    /// Whether the HTTP cache outlives a visit. A kept cache saves a fifth of a visit, and lets a page that means
    /// harm find out which addresses of its site the session has loaded before.
    pub keep_cache: bool,
    /// Cap on a page's JavaScript heap in MiB.
    pub heap_mib: u32,
    /// Whether every answer brings a picture of the viewport.
    pub screenshots: bool,
    /// More arguments for the browser, after the fleet's own.
    pub extra_args: Vec<String>,
    /// More preferences for Firefox, by name, instead of the fleet's own where both are given.
    pub extra_preferences: Vec<(String, serde_json::Value)>,
}

impl Default for BrowserConfig {
    fn default() -> Self {
        Self {
            kind: Browser::default(),
            viewport: (910, 1000),
            user_agent: None,
            allowed_hosts: None,
            proxy: None,
            direct_hosts: Vec::new(),
            mapped_hosts: Vec::new(),
            recorded_calls: Vec::new(),
            authorities: Vec::new(),
            sandbox: !rustix::process::geteuid().is_root(),
            world: World::default(),
            keep_cache: true,
            heap_mib: 256,
            screenshots: false,
            extra_args: Vec::new(),
            extra_preferences: Vec::new(),
        }
    }
}

/// When a session is replaced though nothing is wrong with it: browsers grow with use.
#[derive(Debug, Clone, Copy)]
pub struct Recycle {
    /// Pages a session may show.
    pub max_pages: u32,
    /// How old it may become.
    pub max_age: Duration,
}

impl Default for Recycle {
    fn default() -> Self {
        Self {
            max_pages: 500,
            max_age: Duration::from_mins(30),
        }
    }
}

/// The deadlines that are not a visit's own.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Starting a driver and creating a session.
    pub connect: Duration,
    /// One command that has nothing to wait for (navigate, alert text, cookies).
    pub command: Duration,
    /// All of the cleaning after a visit.
    pub clean: Duration,
    /// How long a remote end may take to end a session before the slot goes on without waiting. After a fifth of this,
    /// the fleet closes a Grid's Chromium past the driver.
    pub close: Duration,
    /// How long a remote end that has no place may let a session wait before it is asked anew; the
    /// slot counts as down from `connect` on.
    pub creation: Duration,
    /// How long a remote end is asked to end a session that hangs.
    pub sever: Duration,
    /// How long an idle session may go unasked, and how long it may take to answer.
    pub probe: Duration,
    /// The longest page timeout a visit may ask for; longer ones are cut to it.
    pub page: Duration,
    /// What a script may overrun its own time by before the browser is taken for hung.
    pub slack: Duration,
    /// How long a page may take in a hidden window before the window is shown: such a page is never
    /// painted, which is a quarter of its cost, but does not get any animation frames either.
    pub hidden: Duration,
    /// The least time that must be left for a visit to be tried again on a fresh session.
    pub retry: Duration,
    /// Prompts (alert, confirm, prompt) answered in one visit.
    pub prompts: usize,
    /// The first pause after a session could not be opened; doubles up to `backoff_max`.
    pub backoff: Duration,
    /// The longest pause between two attempts to open a session.
    pub backoff_max: Duration,
    /// How often a local session's processes are looked at, for the two bounds that follow.
    pub watch: Duration,
    /// Bytes of memory that the driver and the browser of a local session may take together
    /// (proportional set size). A JavaScript heap is bounded by [`BrowserConfig::heap_mib`], but
    /// pages have other memory. Firefox has been seen to take 1.4 GiB in ordinary use.
    pub memory: u64,
    /// A local session that has used half of a processor for this long, with no visit running, is
    /// replaced.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            command: Duration::from_secs(5),
            clean: Duration::from_secs(2),
            close: Duration::from_secs(5),
            creation: Duration::from_mins(2),
            sever: Duration::from_mins(1),
            probe: Duration::from_secs(5),
            page: Duration::from_mins(1),
            slack: Duration::from_millis(500),
            hidden: Duration::from_millis(300),
            retry: Duration::from_secs(1),
            prompts: 64,
            backoff: Duration::from_millis(100),
            backoff_max: Duration::from_secs(10),
            watch: Duration::from_secs(1),
            memory: 2 << 30,
            idle: Duration::from_secs(5),
        }
    }
}
