//! The service behind the real Caddy, with the Caddyfile as it is.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::{Service, Site, address, fixtures};
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::any;
use serde_json::{Value, json};

const SLOW: &str = "/schedule?url=https://everytime.kr/@slow0000000000000000";
const WEEKDAY: &str = "/schedule?url=https://everytime.kr/@weekday0000000000000";

/// Caddy as a command, with nothing of its own outside `folder`.
fn caddy(folder: &Path) -> Command {
    let mut command = Command::new("caddy");
    command
        .env("HOME", folder)
        .env("XDG_DATA_HOME", folder)
        .env("XDG_CONFIG_HOME", folder)
        .env("GONGGANG_CADDY_ADMIN", "off")
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// An address that no other test and no other process uses.
fn own_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(8000);
    (address::own(), NEXT.fetch_add(1, Ordering::Relaxed)).into()
}

/// The Caddyfile as Caddy takes it, listening at `https` alone instead of at every address of the machine.
fn config(folder: &Path, http: SocketAddr, https: SocketAddr, upstream: SocketAddr) -> PathBuf {
    let adapted = caddy(folder)
        .args(["adapt", "--config", "Caddyfile"])
        .env("GONGGANG_HTTP_PORT", http.port().to_string())
        .env("GONGGANG_HTTPS_PORT", https.port().to_string())
        .env("GONGGANG_UPSTREAM", upstream.to_string())
        .output()
        .expect("caddy is installed: scripts/setup-tests");
    let mut config: Value = serde_json::from_slice(&adapted.stdout).unwrap();
    let servers = config["apps"]["http"]["servers"].as_object_mut().unwrap();
    assert_eq!(servers.len(), 1);
    for server in servers.values_mut() {
        assert_eq!(server["listen"], json!([format!(":{}", https.port())]));
        server["listen"] = json!([https.to_string()]);
    }
    let file = folder.join("caddy.json");
    std::fs::write(&file, config.to_string()).unwrap();
    file
}

/// A running Caddy in front of the service at `upstream`.
struct Proxy {
    process: Child,
    folder: PathBuf,
    http: SocketAddr,
    https: SocketAddr,
}

impl Proxy {
    fn start(name: &str, upstream: SocketAddr) -> Self {
        let folder = folder(name);
        let (http, https) = (own_address(), own_address());
        let process = caddy(&folder)
            .args(["run", "--config"])
            .arg(config(&folder, http, https, upstream))
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.join("caddy.log")).unwrap())
            .spawn()
            .expect("caddy is installed: scripts/setup-tests");
        let proxy = Self {
            process,
            folder,
            http,
            https,
        };
        proxy.await_certificate();
        proxy
    }

    fn await_certificate(&self) {
        let began = Instant::now();
        while !self.curl("/livez", &[]).status.success() {
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "no TLS: {}",
                std::fs::read_to_string(self.folder.join("caddy.log")).unwrap()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A request over TLS, trusting only Caddy's own authority.
    fn curl(&self, path: &str, more: &[&str]) -> Output {
        Command::new("curl")
            .args([
                "--silent",
                "--include",
                "--http1.1",
                "--resolve",
                &format!("localhost:{}:{}", self.https.port(), self.https.ip()),
                "--max-time",
                "30",
                "--cacert",
            ])
            .arg(self.folder.join("caddy/pki/authorities/local/root.crt"))
            .args(more)
            .arg(format!("https://localhost:{}{path}", self.https.port()))
            .output()
            .expect("curl is installed: scripts/setup")
    }

    /// Who asked about whom is in addresses and headers.
    fn has_logged_a_failure_and_no_caller(&self) {
        let log = std::fs::read_to_string(self.folder.join("caddy.log")).unwrap();
        assert!(log.contains("http.log.error"), "{log}");
        for word in ["everytime", "weekday0", "secret", "curl"] {
            let line = log.lines().find(|line| line.contains(word));
            assert!(line.is_none(), "{word} is in {line:?}");
        }
    }

    /// Status, headers in lower case, body.
    fn get(&self, path: &str, more: &[&str]) -> (u16, String, String) {
        let output = self.curl(path, more);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (head, body) = text
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("{path}: {output:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_lowercase(), body.to_owned())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The service at an address that outlives it.
fn service(site: &Site, address: SocketAddr, more: &[(&'static str, &str)]) -> Service {
    let mut variables = site.api_variables();
    variables.push(("GONGGANG_LISTEN", address.to_string()));
    variables.extend(
        more.iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    Service::start(&variables)
}

#[test]
fn the_caddyfile_is_valid_with_a_domain_without_one_and_with_its_own_authority() {
    let folder = folder("caddy-validate");
    for (name, value) in [
        ("GONGGANG_DOMAIN", "timetable.example.com"),
        ("GONGGANG_DOMAIN", "203-0-113-7.sslip.io"),
        ("GONGGANG_TLS", "internal"),
        ("GONGGANG_UPSTREAM", "service:5001"),
    ] {
        let output = caddy(&folder)
            .args([
                "validate",
                "--config",
                "Caddyfile",
                "--adapter",
                "caddyfile",
            ])
            .env(name, value)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{value}: {said}");
        assert!(!said.contains("\"warn\""), "{value}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timetable_is_read_over_tls_and_what_is_inside_stays_inside() {
    let site = Site::start(&fixtures()).await;
    let address = own_address();
    let service = service(&site, address, &[("GONGGANG_API_KEYS", "secret")]);
    let proxy = Proxy::start("caddy-tls", address);
    let key = ["--header", "X-API-Key: secret"];

    let (status, headers, body) = proxy.get(WEEKDAY, &key);
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("\"is_success\":true"), "{body}");
    for header in [
        "strict-transport-security: max-age=",
        "x-content-type-options: nosniff",
        "x-frame-options: deny",
        "referrer-policy: no-referrer",
    ] {
        assert!(headers.contains(header), "{header} is not in {headers}");
    }
    assert!(!headers.contains("\nserver:"), "{headers}");

    let (status, _, body) = proxy.get(WEEKDAY, &[]);
    assert_eq!(status, 401, "{body}");
    for path in ["/metrics", "/status", "/status/", "/%6Detrics"] {
        assert_eq!(proxy.get(path, &key).0, 404, "{path}");
        assert_eq!(proxy.get(path, &key).2, "", "{path}");
    }
    let (_, headers, _) = proxy.get(
        "/v1/timetables/weekday0000000000000",
        &[&key[..], &["--header", "Accept-Encoding: gzip"]].concat(),
    );
    assert!(headers.contains("content-encoding: gzip"), "{headers}");
    let large = proxy.folder.join("large");
    let data = format!("@{}", large.display());
    for (size, told) in [(300_000, "CRAWLING"), (1_000_000, "")] {
        std::fs::write(&large, vec![b'x'; size]).unwrap();
        let (status, _, body) =
            proxy.get("/schedule", &[&key[..], &["--data-binary", &data]].concat());
        assert_eq!(status, 413, "{size}: {body}");
        assert!(body.contains(told), "{size}: {body}");
    }
    let chunked = [
        "--data-binary",
        &data,
        "--header",
        "Transfer-Encoding: chunked",
    ];
    let (status, _, _) = proxy.get("/schedule", &[&key[..], &chunked].concat());
    assert!(status >= 400, "{status}");
    let plain = format!("http://{}/livez", proxy.http);
    let redirected = Command::new("curl")
        .args([
            "--silent",
            "--output",
            "/dev/null",
            "--write-out",
            "%{http_code}",
            &plain,
        ])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&redirected.stdout), "308");
    assert!(service.stop().success());
    assert!(matches!(proxy.get(WEEKDAY, &key).0, 502 | 503));
    proxy.has_logged_a_failure_and_no_caller();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_behind_caddy_fails_no_get() {
    let site = Site::start(&fixtures()).await;
    let address = own_address();
    // Every GET is a call to the site, so that the drain has something to finish.
    let fresh = [("GONGGANG_CACHE_TTL", "0s")];
    let running = service(&site, address, &fresh);
    let proxy = Arc::new(Proxy::start("caddy-restart", address));
    let (stop, answered) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    // One of them has a call under way for two seconds, which the drain has to wait for.
    let callers: Vec<_> = [SLOW, WEEKDAY, WEEKDAY, WEEKDAY]
        .map(|path| {
            let (proxy, stop, answered) = (proxy.clone(), stop.clone(), answered.clone());
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let (status, _, body) = proxy.get(path, &[]);
                    assert_eq!(status, 200, "{body}");
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .into();
    let await_answers = |more: usize| {
        let (began, before) = (Instant::now(), answered.load(Ordering::Relaxed));
        while answered.load(Ordering::Relaxed) < before + more {
            assert!(
                began.elapsed() < Duration::from_mins(1),
                "the callers are stuck"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    await_answers(12);
    assert!(running.stop().success());
    let _again = service(&site, address, &fresh);
    await_answers(12);
    stop.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.join().unwrap();
    }
}

/// A service that is ready and refuses every other question, as one that drains does, or as one
/// that is busy.
async fn moody(address: SocketAddr, code: &'static str) {
    let asked = Arc::new(AtomicUsize::new(0));
    let answer = move |headers: HeaderMap| async move {
        let refuses = asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(2);
        let status = if refuses { 503 } else { 200 };
        let caller = headers["x-forwarded-for"].to_str().unwrap().to_owned();
        let told = format!("its own words to {caller}");
        (
            StatusCode::from_u16(status).unwrap(),
            [("retry-after", "5"), ("x-fault-code", code)],
            told,
        )
    };
    let router = Router::new()
        .route("/readyz", any(|| async { "ready\n" }))
        .route("/livez", any(|| async { "ok\n" }))
        .fallback(answer);
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    axum::serve(listener, router).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_get_is_tried_once_more_and_a_refused_post_is_not() {
    let address = own_address();
    tokio::spawn(moody(address, "draining"));
    let proxy = Proxy::start("caddy-refused", address);
    for _ in 0..3 {
        let (status, _, body) = proxy.get(WEEKDAY, &["--header", "X-Forwarded-For: 192.0.2.66"]);
        // Who a caller says it is forwarding for is not passed on.
        assert_eq!((status, body.as_str()), (200, "its own words to 127.0.0.1"));
    }
    let (status, headers, body) = proxy.get("/schedule", &["--data", "url=x"]);
    assert_eq!((status, body.as_str()), (503, "its own words to 127.0.0.1"));
    assert!(headers.contains("retry-after: 5"), "{headers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_busy_service_refuses_is_not_tried_again() {
    let address = own_address();
    tokio::spawn(moody(address, "busy"));
    let proxy = Proxy::start("caddy-busy", address);
    for status in [503, 200, 503] {
        assert_eq!(proxy.get(WEEKDAY, &[]).0, status);
    }
}

/// The variables of the recipe for a public page, as systemd reads them.
fn public_page() -> Vec<(&'static str, &'static str)> {
    let text = include_str!("../../deploy/public-page.env");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('=')).collect()
}

#[tokio::test]
async fn a_trusted_proxy_without_key_and_limit_is_warned_of_at_the_start() {
    let mut variables = Site::start(&fixtures()).await.api_variables();
    variables.push(("GONGGANG_TRUSTED_PROXIES", "127.0.0.1".to_owned()));
    let service = Service::start(&variables);
    let log = service.log().join("\n");
    assert!(log.contains("no key and no rate limit"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_page_needs_no_key_and_limits_each_visitor() {
    let site = Site::start(&fixtures()).await;
    let address = own_address();
    // The recipe but for its address, its source (there is no browser here) and the height of its limit.
    let mut variables = public_page();
    assert_eq!(variables.len(), 6);
    variables.retain(|(name, _)| *name != "GONGGANG_LISTEN");
    for (name, value) in &mut variables {
        match *name {
            "GONGGANG_SOURCE" => *value = "api",
            "GONGGANG_RATE_LIMIT" => *value = "2",
            _ => {}
        }
    }
    let service = service(&site, address, &variables);
    let proxy = Proxy::start("caddy-public", address);
    assert_eq!(proxy.get("/", &[]).0, 200);
    let statuses = [(); 3].map(|()| proxy.get(WEEKDAY, &[]).0);
    assert_eq!(statuses, [200, 200, 429]);
    // Another visitor, as Caddy would name it.
    let asked = service.client.get(format!("{}{WEEKDAY}", service.url));
    let other = asked.header("X-Forwarded-For", "192.0.2.66");
    assert_eq!(other.send().await.unwrap().status().as_u16(), 200);
    let warned = service
        .log()
        .iter()
        .any(|line| line.contains("no rate limit"));
    assert!(!warned);
}
