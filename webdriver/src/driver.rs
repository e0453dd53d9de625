//! One local driver process. It has its own process group and temporary directory, and ends with all
//! that it started.

use std::{
    fs, io,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader, Lines},
    process::Child,
    time::timeout,
};
use url::Url;

use crate::{
    error::StartError,
    excerpt::Excerpt,
    local_drivers::LocalDrivers,
    process_group,
    reaper::{Reaper, short_id},
};

fn is_port_taken(error: &StartError) -> bool {
    matches!(error, StartError::DriverExited { output, .. } if output.contains("Address already in use"))
}

/// A running driver. Dropping it kills its group; [`LocalDriver::end`] also waits for the end.
#[derive(Debug)]
pub(crate) struct LocalDriver {
    process: Child,
    /// The process group, whose id is the driver's process id.
    group: u32,
    dir: PathBuf,
    reaper: Arc<Reaper>,
    url: Url,
}

/// How many drivers are tried before a taken port is reported.
const START_TRIES: u32 = 5;

/// How long the kernel may take to remove a killed group.
const GONE_WITHIN: Duration = Duration::from_secs(5);

impl LocalDriver {
    /// Starts a driver on a free port and waits until it listens.
    ///
    /// Another process may take the port meanwhile, on IPv4 or on IPv6 (chromedriver listens on both).
    /// Then the driver ends, and another one is started.
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
        let command = drivers.command(&dir, port);
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

    /// The address where it listens.
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

    /// Kills the driver and all that it started, waits until they are gone and removes the directory.
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

    /// Must come before the driver is reaped: afterwards the group's id may belong to other processes.
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

/// Asked for any free port on a machine without IPv6, chromedriver chooses one but prints `on port 0`.
/// So the fleet chooses.
fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
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

/// chromedriver prints `… was started successfully on port 40000.`, geckodriver `… Listening on
/// 127.0.0.1:40000`. chromedriver's first line names the requested port only.
fn port_in(line: &str) -> Option<u16> {
    let said = line.contains("started successfully") || line.contains("Listening on");
    let digits = line.trim_end_matches('.').rsplit([' ', ':']).next()?;
    digits.parse().ok().filter(|_| said)
}

/// Reads and drops the output, since a driver blocks when the pipe is full. It is not logged, since
/// browsers' messages quote pages and addresses.
async fn drain<R: AsyncBufRead + Unpin>(mut output: R) {
    let _ = tokio::io::copy_buf(&mut output, &mut tokio::io::sink()).await;
}

/// How much of a driver's standard error is kept, in bytes.
const WORDS: usize = 400;

/// How long processes that a dead driver started may keep its standard error open.
const WORDS_WITHIN: Duration = Duration::from_secs(1);

/// Reads to the end but keeps only the last bytes, since pages can write to this output too.
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
    fn the_port_is_read_from_the_output_of_each_driver() {
        let chrome = "ChromeDriver was started successfully on port 33619.";
        let gecko = "1700000000000\tgeckodriver\tINFO\tListening on 127.0.0.1:40123";
        assert_eq!(port_in(chrome), Some(33619));
        assert_eq!(port_in(gecko), Some(40123));
    }

    #[test]
    fn the_requested_port_does_not_count_as_listening() {
        let line = "Starting ChromeDriver 1.2.3 (abc) on port 33619";
        assert_eq!(port_in(line), None);
    }
}
