//! The service with its default settings, in a network of its own in which the site's real names are
//! this machine: https with an authority that the test makes, the stand-in behind it, and no way out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::{HANDFUL, Service, Site, expected, fixtures, gonggang, read_part};
use serde_json::Value;
use standin::{Fixture, Fixtures};

/// Set inside the namespaces.
const MARK: &str = "GONGGANG_TEST_REAL_NAMES";
pub const HOSTS: &str = "127.0.0.1 localhost everytime.kr api.everytime.kr\n";
/// A process namespace, so that all processes end with the test.
const NAMESPACES: [&str; 6] = [
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
];
const ENTER: &str = r#"ip link set lo up && mount --bind "$0" /etc/hosts && exec "$@""#;
/// Caddy makes the authority and a certificate for both names.
const CADDYFILE: &str = "{
  admin off
  skip_install_trust
  auto_https disable_redirects
}
everytime.kr, api.everytime.kr {
  tls internal
  reverse_proxy UPSTREAM
}
";

#[tokio::test(flavor = "multi_thread")]
async fn fixtures_are_read_under_the_real_names() {
    if is_inside("real_names::fixtures_are_read_under_the_real_names", HOSTS) {
        read_some().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make test-all"]
async fn every_fixture_is_read_under_the_real_names() {
    let test = "real_names::every_fixture_is_read_under_the_real_names";
    if is_inside(test, HOSTS) {
        read_everything().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make test-all"]
async fn fixtures_are_read_under_the_real_names_with_firefox() {
    let test = "real_names::fixtures_are_read_under_the_real_names_with_firefox";
    if is_inside(test, HOSTS) {
        read_everything_with_firefox().await;
    }
}

/// Whether this process is inside the namespaces. If not, runs the test of that name again there, with this /etc/hosts.
pub fn is_inside(test: &str, hosts: &str) -> bool {
    if std::env::var_os(MARK).is_some() {
        return true;
    }
    let allowed = Command::new("unshare")
        .args(NAMESPACES)
        .arg("true")
        .output();
    match allowed {
        Ok(ended) if ended.status.success() => run_inside(test, hosts),
        refused => println!("skipped: no namespaces here: {refused:?}"),
    }
    false
}

fn run_inside(test: &str, known: &str) {
    let hosts = folder(&test.replace("::", "-")).join("hosts");
    std::fs::write(&hosts, known).unwrap();
    let ended = Command::new("unshare")
        .args(NAMESPACES)
        .args(["sh", "-c", ENTER])
        .arg(&hosts)
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--include-ignored"])
        .env(MARK, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    println!("{said}");
    assert!(
        ended.status.success(),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    assert!(said.contains("1 passed"));
}

async fn read_some() {
    let site = stand_in().await;
    let proxy = Proxy::start(&site);
    let mut wanted = timetables(&site);
    let handful = HANDFUL.map(|name| link(&site.fixtures.named(name).unwrap()));
    wanted.retain(|link, _| handful.contains(link));
    assert!(wanted.len() >= 5, "{} timetables", wanted.len());
    are_read(&site, &proxy, &wanted).await;
    print(&proxy.authority(), &wanted, &[]);
    no_authority_no_timetable(&proxy);
}

async fn read_everything() {
    let site = stand_in().await;
    let proxy = Proxy::start(&site);
    let wanted = timetables(&site);
    assert!(wanted.len() >= 20, "{} timetables", wanted.len());
    are_read(&site, &proxy, &wanted).await;
}

/// By the service with a browser, and by the command with the API.
async fn are_read(site: &Site, proxy: &Proxy, wanted: &Wanted) {
    serve(&proxy.authority(), wanted, &[]).await;
    counts_are_one(site, wanted);
    print(&proxy.authority(), wanted, &[("GONGGANG_SOURCE", "api")]);
}

async fn read_everything_with_firefox() {
    let site = stand_in().await;
    let proxy = Proxy::start(&site);
    serve(&proxy.authority(), &timetables(&site), &firefox()).await;
}

/// What a machine with much else to do needs beyond the default settings.
pub const PATIENCE: [(&str, &str); 3] = [
    ("GONGGANG_QUEUE_TIMEOUT", "60s"),
    ("GONGGANG_PAGE_TIMEOUT", "60s"),
    ("GONGGANG_REQUEST_TIMEOUT", "150s"),
];

pub type Wanted = BTreeMap<String, Value>;

/// The service reads every timetable as expected.
async fn serve(authority: &str, wanted: &Wanted, more: &[(&'static str, &str)]) {
    let mut variables = vec![("GONGGANG_CA_FILE", authority.to_owned())];
    variables.extend(PATIENCE.map(|(name, value)| (name, value.to_owned())));
    variables.extend(
        more.iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    let service = Service::start(&variables);
    for (link, wanted) in wanted {
        let identifier = link.rsplit_once('@').unwrap().1;
        let found = service.get(&format!("/v1/timetables/{identifier}")).await;
        assert_eq!(found.status, 200, "{link}: {found:?}");
        assert_eq!(&read_part(found.json()), wanted, "{link} with {more:?}");
    }
    println!("served {} timetables with {more:?}", wanted.len());
    assert!(service.stop().success());
}

/// So does the command that prints them.
fn print(authority: &str, wanted: &Wanted, more: &[(&str, &str)]) {
    let read = extract(wanted.keys(), authority, more);
    let lines = String::from_utf8_lossy(&read.stdout).into_owned();
    let found: Vec<Value> = lines.lines().map(document).collect();
    assert_eq!(found.len(), wanted.len(), "{more:?}: {read:?}");
    for (found, (link, wanted)) in found.iter().zip(wanted) {
        assert_eq!(found, wanted, "{link} with {more:?}");
    }
    println!("printed {} timetables with {more:?}", found.len());
}

/// Each page was loaded once and called the API once, under its real name. What a worker calls is not
/// seen, so there the call is made once more.
fn counts_are_one(site: &Site, wanted: &Wanted) {
    let worker = &site.fixtures.named("calls-from-worker").unwrap().identifier;
    for link in wanted.keys() {
        let identifier = link.rsplit_once('@').unwrap().1;
        let (pages, calls) = (
            site.fixtures.page_loads(identifier),
            site.fixtures.api_calls(identifier),
        );
        let wanted = if identifier == worker { 2 } else { 1 };
        assert_eq!(
            (pages, calls),
            (1, wanted),
            "page loads and API calls of {link}"
        );
    }
}

/// Both sources refuse a certificate whose authority they were not told of.
fn no_authority_no_timetable(proxy: &Proxy) {
    let link = "https://everytime.kr/@weekday0000000000000".to_owned();
    let fast = [("GONGGANG_PAGE_TIMEOUT", "3s")];
    for more in [&fast[..], &[("GONGGANG_SOURCE", "api")], &firefox()] {
        let refused = extract([&link], "", more);
        assert_eq!(refused.status.code(), Some(69), "{more:?}: {refused:?}");
    }
    let trusted = extract([&link], &proxy.authority(), &[]);
    assert_eq!(trusted.status.code(), Some(0), "{trusted:?}");
}

pub async fn stand_in() -> Site {
    let fixtures = Fixtures::load(&fixtures()).unwrap();
    fixtures.set_api_base("https://api.everytime.kr");
    Site::serving(fixtures).await
}

/// Every fixture that is a timetable, by its link.
pub fn timetables(site: &Site) -> Wanted {
    let all = site.fixtures.all().into_iter();
    all.filter_map(|fixture| {
        let expected = expected(&fixtures().join(&fixture.name));
        let link = link(&fixture);
        (expected["outcome"] == "timetable").then(|| (link, expected["timetable"].clone()))
    })
    .collect()
}

fn link(fixture: &Fixture) -> String {
    format!("https://everytime.kr/@{}", fixture.identifier)
}

pub fn document(line: &str) -> Value {
    read_part(serde_json::from_str(line).unwrap())
}

/// `gonggang extract` with nothing set but the authority and `more`.
pub fn extract<'a>(
    links: impl IntoIterator<Item = &'a String>,
    authority: &str,
    more: &[(&str, &str)],
) -> Output {
    gonggang()
        .arg("extract")
        .args(links)
        .env("GONGGANG_CA_FILE", authority)
        .envs(PATIENCE)
        .envs(more.iter().copied())
        .output()
        .unwrap()
}

/// Firefox, and its driver where the tests installed it.
pub fn firefox() -> Vec<(&'static str, &'static str)> {
    let driver = concat!(env!("CARGO_MANIFEST_DIR"), "/.tools/bin/geckodriver");
    let mut variables = vec![("GONGGANG_BROWSER", "firefox")];
    if Path::new(driver).exists() {
        variables.push(("GONGGANG_DRIVER_BINARY", driver));
    }
    variables
}

pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Caddy on port 443 of both names.
pub struct Proxy {
    process: Child,
    folder: PathBuf,
}

impl Proxy {
    pub fn start(site: &Site) -> Self {
        let folder = folder(&format!(
            "real-names-caddy-{}",
            site.url.rsplit_once(':').unwrap().1
        ));
        let upstream = site.url.trim_start_matches("http://");
        let caddyfile = CADDYFILE.replace("UPSTREAM", upstream);
        std::fs::write(folder.join("Caddyfile"), caddyfile).unwrap();
        let process = Command::new("caddy")
            .args(["run", "--config", "Caddyfile"])
            .current_dir(&folder)
            .env("HOME", &folder)
            .env("XDG_DATA_HOME", &folder)
            .env("XDG_CONFIG_HOME", &folder)
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.join("caddy.log")).unwrap())
            .spawn()
            .expect("caddy is installed: scripts/setup-tests");
        let proxy = Self { process, folder };
        proxy.await_certificates();
        proxy
    }

    fn await_certificates(&self) {
        let began = Instant::now();
        while !self.is_up() {
            assert!(began.elapsed() < Duration::from_mins(1), "{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn is_up(&self) -> bool {
        ["everytime.kr", "api.everytime.kr"].iter().all(|name| {
            let mut curl = Command::new("curl");
            curl.args(["--resolve", &format!("{name}:443:127.0.0.1")]);
            curl.args(["--silent", "--output", "/dev/null", "--cacert"]);
            let ended = curl.arg(self.authority()).arg(format!("https://{name}/"));
            ended.status().unwrap().success()
        })
    }

    pub fn authority(&self) -> String {
        let file = self.folder.join("caddy/pki/authorities/local/root.crt");
        file.display().to_string()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("caddy.log")).unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
