//! One local driver process: started in its own process group and temporary directory, and ended
//! with everything it started.

use std::{
    fs, io,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader, Lines},
    process::{Child, Command},
    time::timeout,
};
use url::Url;

use crate::{
    authorities::TrustStore,
    config::Browser,
    driver_spawner::DriverSpawner,
    error::StartError,
    excerpt::Excerpt,
    find::Binaries,
    process_group,
    reaper::{Reaper, short_id},
    relay::Relay,
};

/// What drivers are started with.
#[derive(Debug)]
pub(crate) struct LocalDrivers {
    pub(crate) kind: Browser,
    pub(crate) binaries: Binaries,
    pub(crate) reaper: Arc<Reaper>,
    pub(crate) spawner: DriverSpawner,
    /// Chromium, where it has authorities to be told of.
    pub(crate) trust: Option<TrustStore>,
    /// Between the browsers and the proxy, if there is one.
    pub(crate) relay: Option<Relay>,
}

impl LocalDrivers {
    /// geckodriver must be told that cleaning runs scripts in the browser itself.
    fn more_args(&self) -> &'static [&'static str] {
        match self.kind {
            Browser::Chromium => &[],
            Browser::Firefox => &["--allow-system-access"],
        }
    }
}

fn is_port_taken(error: &StartError) -> bool {
    matches!(error, StartError::DriverExited { output, .. } if output.contains("Address already in use"))
}

/// A running driver. Dropping it kills its group at once; [`LocalDriver::end`] also waits for it.
#[derive(Debug)]
pub(crate) struct LocalDriver {
    process: Child,
    /// The process group, which is also the driver's own process id.
    group: u32,
    dir: PathBuf,
    reaper: Arc<Reaper>,
    url: Url,
}

/// Drivers that are started before a taken port is reported.
const START_TRIES: u32 = 5;

/// How long a killed group may take to vanish. Only the kernel is waited for.
const GONE_WITHIN: Duration = Duration::from_secs(5);

impl LocalDriver {
    /// Starts a driver on a free port and waits until it listens there.
    ///
    /// Another process may take the port meanwhile, of IPv4 or of IPv6, where chromedriver takes the same one: the
    /// driver ends, and another one is started.
    pub(crate) async fn start(drivers: &LocalDrivers, limit: Duration) -> Result<Self, StartError> {
        let mut started = Self::start_one(drivers, limit).await;
        for _ in 1..START_TRIES {
            if !started.as_ref().is_err_and(is_port_taken) {
                break;
            }
            started = Self::start_one(drivers, limit).await;
        }
        started
    }

    async fn start_one(drivers: &LocalDrivers, limit: Duration) -> Result<Self, StartError> {
        let mut driver = Self::spawn(drivers).await?;
        let port = timeout(limit, driver.read_port()).await;
        let port = port.map_err(|_| StartError::DriverSilent { after: limit })??;
        let unset = driver.url.set_port(Some(port));
        unset.expect("an http address takes a port");
        Ok(driver)
    }

    async fn spawn(drivers: &LocalDrivers) -> Result<Self, StartError> {
        let dir = drivers.reaper.root().join(short_id());
        fs::create_dir(&dir).map_err(StartError::TempDir)?;
        if let Some(trust) = &drivers.trust {
            trust.copy_to(&dir).map_err(StartError::TempDir)?;
        }
        let port = free_port().map_err(StartError::NoPort)?;
        let command = command(drivers, &dir, port);
        let process = drivers.spawner.spawn(command).await;
        let process = process.map_err(|source| not_started(&drivers.binaries.driver, source))?;
        let group = process.id().unwrap_or_default();
        drivers.reaper.watch(group);
        Ok(Self {
            process,
            group,
            dir,
            reaper: Arc::clone(&drivers.reaper),
            url: Url::parse("http://127.0.0.1/").expect("it is an address"),
        })
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The process group of the driver and its browser.
    pub(crate) fn group(&self) -> u32 {
        self.group
    }

    async fn read_port(&mut self) -> Result<u16, StartError> {
        let output = self.process.stdout.take().expect("it is piped");
        let errors = self.process.stderr.take().expect("it is piped");
        let errors = tokio::spawn(last_words(errors));
        let mut lines = BufReader::new(output).lines();
        let Some(port) = next_port(&mut lines).await else {
            let words = timeout(WORDS_WITHIN, errors).await;
            return Err(self.exited(words.ok().and_then(Result::ok)).await);
        };
        tokio::spawn(drain(lines.into_inner()));
        Ok(port)
    }

    async fn exited(&mut self, words: Option<String>) -> StartError {
        let output = Excerpt::of(&words.unwrap_or_default());
        match self.process.wait().await {
            Ok(status) => StartError::DriverExited { status, output },
            Err(source) => not_started(Path::new("driver"), source),
        }
    }

    /// Kills the driver and all it started, waits until they are gone, removes their directory.
    pub(crate) async fn end(mut self) {
        process_group::kill(self.group);
        if !process_group::gone(self.group, GONE_WITHIN).await {
            tracing::error!(group = self.group, "processes survive SIGKILL");
        }
        self.forget();
        let _ = self.process.wait().await;
        if let Err(error) = tokio::fs::remove_dir_all(&self.dir).await {
            tracing::warn!(%error, "a driver's temporary directory stays until the fleet ends");
        }
    }

    /// Said before the driver is reaped: only until then is the group's id surely ours.
    fn forget(&mut self) {
        self.reaper.forget(self.group);
        self.group = 0;
    }
}

impl Drop for LocalDriver {
    fn drop(&mut self) {
        if self.group != 0 {
            process_group::kill(self.group);
            self.forget();
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}

/// Without an IPv6 loopback address, chromedriver takes a port of its own choice but cannot name it (`on port 0`). So
/// it is told one.
fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

fn command(drivers: &LocalDrivers, dir: &Path, port: u16) -> Command {
    let mut command = drivers.spawner.command(&drivers.binaries.driver);
    command
        .arg(format!("--port={port}"))
        .args(drivers.more_args())
        .env("TMPDIR", dir)
        .env("HOME", dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    command
}

fn not_started(path: &Path, source: io::Error) -> StartError {
    StartError::NotStarted {
        path: path.to_owned(),
        source,
    }
}

async fn next_port<R: AsyncBufRead + Unpin>(lines: &mut Lines<R>) -> Option<u16> {
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(port) = port_in(&line) {
            return Some(port);
        }
    }
    None
}

/// chromedriver: `… was started successfully on port 40000.`; geckodriver: `… Listening on
/// 127.0.0.1:40000`. chromedriver's first line names the port it was asked for.
fn port_in(line: &str) -> Option<u16> {
    let said = line.contains("started successfully") || line.contains("Listening on");
    let digits = line.trim_end_matches('.').rsplit([' ', ':']).next()?;
    digits.parse().ok().filter(|_| said)
}

/// A driver whose output is not read stops when the pipe is full. It is not passed on: a
/// browser's complaints about a page quote the page and its address.
async fn drain<R: AsyncBufRead + Unpin>(mut output: R) {
    let _ = tokio::io::copy_buf(&mut output, &mut tokio::io::sink()).await;
}

/// What it keeps of a driver's standard error, in bytes.
const WORDS: usize = 400;

/// How long a driver that has ended may keep its standard error open, by what it started.
const WORDS_WITHIN: Duration = Duration::from_secs(1);

/// Reads to the end, without keeping more than the last words: pages can write to this output too.
async fn last_words<R: AsyncRead + Unpin>(mut output: R) -> String {
    let (mut last, mut read) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = output.read(&mut read).await {
        last.extend_from_slice(&read[..count]);
        last.drain(..last.len().saturating_sub(WORDS));
    }
    String::from_utf8_lossy(&last).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{WORDS, last_words, port_in};

    #[tokio::test]
    async fn only_the_end_of_a_long_output_is_kept() {
        let output = "x".repeat(100_000) + "the end";
        let words = last_words(output.as_bytes()).await;
        assert_eq!(words.len(), WORDS);
        assert!(words.ends_with("the end"));
    }

    #[test]
    fn the_port_is_read_from_either_driver() {
        let chrome = "ChromeDriver was started successfully on port 33619.";
        let gecko = "1700000000000\tgeckodriver\tINFO\tListening on 127.0.0.1:40123";
        assert_eq!(port_in(chrome), Some(33619));
        assert_eq!(port_in(gecko), Some(40123));
    }

    #[test]
    fn the_port_asked_for_is_not_yet_the_port_it_listens_on() {
        let line = "Starting ChromeDriver 1.2.3 (abc) on port 33619";
        assert_eq!(port_in(line), None);
    }
}
