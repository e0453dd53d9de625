//! A real proxy on this machine, and what it was asked for. For tests in a network of their own, in which its
//! port is free.

use std::{
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

const PORT: u16 = 3128;
/// Longest that it may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct TinyProxy {
    process: Child,
    log: PathBuf,
}

impl TinyProxy {
    /// Starts it with these lines besides in its configuration; what it writes is below `folder`.
    pub fn start(folder: &Path, lines: &str) -> Self {
        Self::started_by(Command::new("tinyproxy"), folder, lines)
    }

    /// The same where `command` ends with the program's name.
    pub fn started_by(mut command: Command, folder: &Path, lines: &str) -> Self {
        fs::create_dir_all(folder).unwrap();
        let (log, settings) = (folder.join("tinyproxy.log"), folder.join("tinyproxy.conf"));
        let _ = fs::remove_file(&log);
        let own = format!(
            "Listen 127.0.0.1\nPort {PORT}\nTimeout 60\nMaxClients 200\nLogLevel Connect\n\
             LogFile \"{}\"\n{lines}\n",
            log.display()
        );
        fs::write(&settings, own).unwrap();
        let process = command
            .arg("-d")
            .arg("-c")
            .arg(&settings)
            .stdout(Stdio::null())
            .spawn()
            .expect("tinyproxy is installed: scripts/setup-tests");
        let proxy = Self { process, log };
        Self::await_connections();
        proxy
    }

    fn await_connections() {
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", PORT)).is_err() {
            assert!(began.elapsed() < PATIENCE, "tinyproxy does not listen");
            sleep(Duration::from_millis(20));
        }
    }

    /// Its address, with these credentials (`user:password@`) if any.
    pub fn address(credentials: &str) -> String {
        format!("http://{credentials}127.0.0.1:{PORT}")
    }

    /// Method and address of each request that it was sent.
    pub fn requests(&self) -> Vec<String> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let requests = log.lines().filter_map(|line| {
            line.split_once("Request (file descriptor ")?
                .1
                .split_once("): ")
        });
        requests
            .map(|(_, request)| request.trim_end_matches(" HTTP/1.1").to_owned())
            .collect()
    }
}

impl Drop for TinyProxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
