//! The configuration of a fleet: plain data with defaults, read once at start.

use std::{fmt, path::PathBuf, time::Duration};

use url::Url;

/// The configuration of a fleet.
#[derive(Debug, Clone)]
pub struct FleetConfig {
    /// Where sessions live.
    pub endpoint: Endpoint,
    /// The browser and its settings.
    pub browser: BrowserConfig,
    /// Sessions kept open; at least one.
    pub slots: usize,
    /// Callers that may wait for a session. One more is refused at once.
    pub queue: usize,
    /// How long a caller may wait for a session.
    pub queue_timeout: Duration,
    /// When a healthy session is replaced.
    pub recycle: Recycle,
    /// All other deadlines and bounds.
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

/// Where sessions live.
#[derive(Clone)]
pub enum Endpoint {
    /// A driver process for each slot, started and ended by the fleet.
    Local(LocalEndpoint),
    /// The address of a WebDriver server that runs elsewhere, such as a Selenium Grid or a driver in a
    /// container: http, or https with a certificate that the system trusts. User and password are
    /// sent with each command. hyper-util logs them at debug level; leave those events out of logs.
    Remote(Url),
}

/// Leaves the credentials out.
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

/// The programs of a local endpoint. Those not set are looked up in the usual places.
#[derive(Debug, Clone, Default)]
pub struct LocalEndpoint {
    /// Path of the driver.
    pub driver_binary: Option<PathBuf>,
    /// Path of the browser.
    pub browser_binary: Option<PathBuf>,
    /// Parent of the drivers' temporary directories; `None`: the system's.
    pub temp_dir: Option<PathBuf>,
}

/// A browser.
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
    /// Apart from the page's scripts. Both share the document and no objects.
    #[default]
    Own,
    /// Among the page's scripts, which can then deceive them. Use this only to test your own pages.
    Page,
}

/// The address of an http proxy: `http://[user:password@]host:port`.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy(pub Url);

impl Proxy {
    /// Host and port, without the credentials; `None` for an address without a host.
    pub fn host_and_port(&self) -> Option<String> {
        let port = self.0.port_or_known_default()?;
        Some(format!("{}:{port}", self.0.host_str()?))
    }
}

/// Leaves the credentials out.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", self.host_and_port().unwrap_or_default())
    }
}

/// The browser and its settings.
#[derive(Debug, Clone)]
pub struct BrowserConfig {
    /// The browser.
    pub kind: Browser,
    /// Width and height of the viewport in CSS pixels.
    pub viewport: (u32, u32),
    /// The user agent; `None`: the browser's own without the word "Headless".
    pub user_agent: Option<String>,
    /// Hosts that the browser may reach: names or addresses without a scheme. `example.com` allows
    /// every port, `example.com:443` one. All other hosts are not found, and neither are other IP
    /// addresses. `None`: no limit.
    pub allowed_hosts: Option<Vec<String>>,
    /// The http proxy for pages; `None`: no proxy, even if the environment names one.
    ///
    /// - Only requests to allowed hosts go there; never those to hosts of this machine.
    /// - A local browser reaches it through a proxy of the fleet on loopback.
    /// - A remote browser gets a proxy script, which takes no user and password. Chromium's headless
    ///   shell ignores such a script.
    pub proxy: Option<Proxy>,
    /// Hosts that are reached without the proxy, in the form of `allowed_hosts`.
    pub direct_hosts: Vec<String>,
    /// `(pattern, replacement)` pairs for Chromium's resolver rules, for example
    /// `("example.com:443", "127.0.0.1:8443")` to serve a stand-in under the real name.
    pub mapped_hosts: Vec<(String, String)>,
    /// Address prefixes. Answers to a page's calls to such addresses are recorded for the visit's
    /// script and its caller. Empty: no calls are recorded.
    pub recorded_calls: Vec<Url>,
    /// Further certificate authorities to trust: X.509 in DER. A local Chromium needs `certutil`. A
    /// remote Chromium does not get them.
    pub authorities: Vec<Vec<u8>>,
    /// The browser's own sandbox. Chromium has none when it runs as root.
    pub sandbox: bool,
    /// Where the scripts of visits run.
    pub world: World,
    /// Whether the HTTP cache outlives a visit. That saves a fifth of a visit's time. But a hostile
    /// page can find out which addresses of its site the session has loaded before.
    pub keep_cache: bool,
    /// Limit of a page's JavaScript heap in MiB.
    pub heap_mib: u32,
    /// Whether each answer includes a picture of the viewport.
    pub screenshots: bool,
    /// More arguments for the browser, after the fleet's own.
    pub extra_args: Vec<String>,
    /// More preferences for Firefox, by name. They override the fleet's own.
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

/// When a healthy session is replaced. Browsers grow with use.
#[derive(Debug, Clone, Copy)]
pub struct Recycle {
    /// Pages a session may show.
    pub max_pages: u32,
    /// Longest age of a session.
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

/// Deadlines and bounds besides those of a visit.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Starting a driver and creating a session.
    pub connect: Duration,
    /// One command that does not wait for the page (navigate, alert text, cookies).
    pub command: Duration,
    /// The whole cleaning after a visit.
    pub clean: Duration,
    /// How long a slot waits for a remote end to end a session. After a fifth of this, the fleet closes a Grid's
    /// Chromium without the driver.
    pub close: Duration,
    /// How long a request for a session waits at a remote end that is full, before it is sent again.
    /// The slot counts as down after `connect`.
    pub creation: Duration,
    /// How long the fleet keeps asking a remote end to end a session that hangs.
    pub sever: Duration,
    /// The interval between probes of an idle session, and the deadline of a probe.
    pub probe: Duration,
    /// The longest page timeout of a visit; longer ones are cut to it.
    pub page: Duration,
    /// By how much a script may overrun its time before the browser counts as hung.
    pub slack: Duration,
    /// How long a page may take in a hidden window before the window is shown. A hidden page is never
    /// painted, which saves a quarter of its cost, but gets no animation frames.
    pub hidden: Duration,
    /// The least time left for a second try on a new session.
    pub retry: Duration,
    /// Prompts (alert, confirm, prompt) answered in one visit.
    pub prompts: usize,
    /// The pause after a first failure to open a session. It doubles up to `backoff_max`.
    pub backoff: Duration,
    /// The longest pause between two attempts to open a session.
    pub backoff_max: Duration,
    /// How often the next two bounds are checked on a local session's processes.
    pub watch: Duration,
    /// Bytes of memory that driver and browser of a local session may use together (proportional set
    /// size). [`BrowserConfig::heap_mib`] bounds the JavaScript heap, but pages use other memory too.
    /// Firefox has used 1.4 GiB in ordinary use.
    pub memory: u64,
    /// A local session is replaced if it uses half of a processor for this long while no visit runs.
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
