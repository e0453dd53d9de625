//! A site of pages that misbehave, and a fleet small enough to test.

#![allow(dead_code, reason = "each test target uses its own part")]

pub mod fake;
pub mod hostile;
pub mod lent;
pub mod processes;
#[path = "../../../tests/support/shared.rs"]
pub mod shared;
pub mod sniffer;
pub mod strangers;
#[path = "../../../tests/support/tinyproxy.rs"]
pub mod tinyproxy;

use std::{
    path::{Path as FilePath, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, StatusCode, header::COOKIE},
    response::Html,
    routing::get,
};
use shared::Shared;
use tokio::net::TcpListener;
use url::Url;
use webdriver_fleet::{
    Browser, BrowserConfig, Endpoint, Fleet, FleetConfig, Limits, LocalEndpoint, Visit, VisitError,
    Visited,
};

/// Starts the site on a free port of this machine.
pub async fn site() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let app = Router::new()
        .route("/slow/{millis}", get(slow))
        .route("/never", get(std::future::pending::<()>))
        .route("/stores", get(stores))
        .route("/stored", get(stored))
        .route("/stored/{millis}", get(stored_late))
        .route("/worker.js", get(worker))
        .route("/attachment", get(attachment))
        .route("/elsewhere/{port}", get(elsewhere))
        .route("/redirect/{port}", get(redirect))
        .route("/headers", get(headers))
        .route("/answer/{status}", get(answer).post(answer))
        .route("/hostile/{page}", get(hostile::page))
        .merge(strangers::pages())
        .route("/{page}", get(page));
    tokio::spawn(async { axum::serve(listener, app).await });
    Url::parse(&format!("http://{address}/")).expect("an address")
}

async fn slow(Path(millis): Path<u64>) -> Html<&'static str> {
    tokio::time::sleep(Duration::from_millis(millis)).await;
    Html("<p id=text>slow")
}

async fn answer(Path(status): Path<u16>) -> (StatusCode, String) {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, format!("answer {}", status.as_u16()))
}

/// A page that draws into its body opens it first. Otherwise the body exists only when the last packet has arrived,
/// and on a busy machine an answer to the page's call comes before.
async fn page(Path(page): Path<String>) -> Html<&'static str> {
    Html(match page.as_str() {
        "plain" => "<title>plain</title><p id=text>hello",
        "late" => {
            "<body><script>setTimeout(()=>document.body.innerHTML='<p id=text>late',300)</script>"
        }
        "frame" => {
            "<body><script>requestAnimationFrame(()=>document.body.innerHTML='<p id=text>frame')</script>"
        }
        "resize" => {
            "<body><script>new ResizeObserver(()=>document.body.innerHTML='<p id=text>resize')\
             .observe(document.body)</script>"
        }
        "intersection" => {
            "<body><script>new IntersectionObserver(()=>\
             document.body.innerHTML='<p id=text>intersection').observe(document.body)</script>"
        }
        "seen" => {
            "<body><script>const draw=()=>document.hidden||\
             (document.body.innerHTML='<p id=text>seen');\
             document.addEventListener('visibilitychange',draw);draw()</script>"
        }
        "frame-and-alert" => {
            "<body><script>requestAnimationFrame(()=>{document.body.innerHTML='<p id=text>both';\
             alert('both')})</script>"
        }
        "calls-xhr" => {
            "<body><script>const x=new XMLHttpRequest();x.onload=()=>{\
             document.body.innerHTML='<p id=text>'+x.responseText};\
             x.open('POST','/answer/200');x.send('a=b')</script>"
        }
        "calls-jquery-like" => {
            "<body><script>const x=new XMLHttpRequest();x.open('POST','/answer/200',true);\
             x.onreadystatechange=()=>x.readyState===4&&\
             (document.body.innerHTML='<p id=text>'+x.responseText);x.send(null)</script>"
        }
        "calls-fetch" => {
            "<body><script>fetch('/answer/200').then(a=>a.text())\
             .then(t=>document.body.innerHTML='<p id=text>'+t)</script>"
        }
        "calls-several" => {
            "<body><script>const call=(url)=>new Promise(r=>{const x=new XMLHttpRequest();\
             x.onloadend=r;x.open('GET',url);x.send()});(async()=>{\
             await call('/plain');await call('/answer/404');\
             const x=new XMLHttpRequest();x.open('GET','/answer/200');x.send();x.abort();\
             document.body.innerHTML='<p id=text>several'})()</script>"
        }
        "steps" => {
            "<p id=text>0<script>let n=0;const s=setInterval(()=>{\
             document.getElementById('text').textContent=++n;n===5&&clearInterval(s)},60)</script>"
        }
        "steps-in-frames" => {
            "<p id=text>0<script>let n=0;(function step(){\
             document.getElementById('text').textContent=n++;\
             n<6&&requestAnimationFrame(step)})()</script>"
        }
        "throws" => "<p id=text>thrown</p><script>throw new Error('of the page')</script>",
        "stores-later" => STORES_LATER,
        "leaves-late" => {
            "<p id=text>leaves<script>addEventListener('beforeunload',e=>{e.preventDefault();\
             e.returnValue='stay'});setInterval(()=>location='/slow/50',1)</script>"
        }
        "alerts-late" => "<p id=text>alerts<script>setTimeout(()=>alert('late'),1)</script>",
        "alerts-on" => {
            "<script>let n=0;(function f(){alert(n);if(n++<5)setTimeout(f,n)})()</script><p id=text>on"
        }
        "refreshes" => "<meta http-equiv=refresh content='0.2;url=/other'><p id=text>refreshes",
        "other" => "<p id=text>other",
        "framed" => "<iframe src='/stores'></iframe><p id=text>framed",
        "downloads" => {
            "<p id=text>downloads<script>location='/attachment';\
             const a=document.createElement('a');a.href='data:text/plain,x';a.download='x.txt';\
             document.body.append(a);a.click()</script>"
        }
        "hungry" => {
            "<p id=text>hungry<script>setTimeout(()=>{const a=[];\
             for(;;)a.push(new Array(1e5).fill(Math.random()))},20)</script>"
        }
        "alert" => "<script>alert('one');alert('two')</script><p id=text>after",
        "alert-later" => "<script>setTimeout(()=>{alert('gone');location='/plain'},100)</script>",
        "alert-midway" => {
            // One script does all, so that the parser cannot pause in between.
            "<body><script>document.body.innerHTML='<p id=text>half';const p=document.body.firstChild;\
             for(const a of['one','two','three'])alert(a);p.textContent='done'</script>"
        }
        "storm" => "<script>for(;;)alert('again')</script>",
        "loop" => "<p id=text>x<script>setTimeout(()=>{for(;;);},50)</script>",
        "popup" => "<script>open('/plain');open('/plain')</script><p id=text>popups",
        "elsewhere" => {
            "<script src='http://elsewhere.example/x.js'></script>\
             <img src='http://192.0.2.1/x.png'><p id=text>here"
        }
        "elsewhere-with-policy" => {
            "<meta http-equiv=Content-Security-Policy content=\"object-src 'none'\">\
             <script src='http://elsewhere.example/x.js'></script><p id=text>here"
        }
        _ => "<p id=text>?",
    })
}

/// A page that uses every kind of storage.
async fn stores() -> ([(&'static str, &'static str); 2], Html<&'static str>) {
    let cookies = [
        ("set-cookie", "hidden=1; HttpOnly"),
        ("cache-control", "no-store"),
    ];
    (cookies, Html(STORES))
}

const STORES: &str = "<body><script type=module>
document.cookie='shown=1'; localStorage.a=sessionStorage.a='1'; name='named';
await new Promise(r=>{const o=indexedDB.open('base');o.onupgradeneeded=()=>o.result.createObjectStore('s');
    o.onsuccess=()=>{o.result.close();r()}});
await (await caches.open('cache')).put('/x',new Response('x'));
await navigator.serviceWorker.register('/worker.js');
document.body.innerHTML='<p id=text>stored';
</script>";

const STORES_LATER: &str = "<p id=text>later</p><script>
const store=()=>{document.cookie='shown=1';localStorage.a=sessionStorage.a='1';name='named'};
setInterval(store,1);(function f(){store();requestAnimationFrame(f)})();addEventListener('pagehide',store);addEventListener('beforeunload',store);
new MutationObserver(store).observe(document,{childList:true,subtree:true});
</script>";

async fn worker() -> ([(&'static str, &'static str); 1], &'static str) {
    ([("content-type", "text/javascript")], "onfetch=()=>{}")
}

/// Shows what the last page left: cookies as the server sees them, then what scripts find.
async fn stored(headers: HeaderMap) -> Html<String> {
    let cookies = headers
        .get(COOKIE)
        .map_or("", |c| c.to_str().unwrap_or("?"));
    Html(STORED.replace("COOKIES", cookies))
}

async fn stored_late(Path(millis): Path<u64>, headers: HeaderMap) -> Html<String> {
    tokio::time::sleep(Duration::from_millis(millis)).await;
    stored(headers).await
}

const STORED: &str = "<body><script type=module>
const found=['COOKIES',document.cookie,localStorage.a,sessionStorage.a,name,
    (await indexedDB.databases()).length||'',(await caches.keys()).length||'',
    (await navigator.serviceWorker.getRegistrations()).length||'',
    (await navigator.storageBuckets?.keys())?.join('+')??'',
    (await Array.fromAsync((await navigator.storage.getDirectory()).keys())).join('+')];
document.body.innerHTML='<p id=text>'+found.join();
</script>";

/// What `stored` shows if nothing was left.
pub const NOTHING: &str = ",,,,,,,,,";

async fn attachment() -> ([(&'static str, &'static str); 2], &'static str) {
    (
        [
            ("content-disposition", "attachment; filename=x.bin"),
            ("content-type", "x/y"),
        ],
        "x",
    )
}

async fn redirect(Path(port): Path<u16>) -> axum::response::Redirect {
    axum::response::Redirect::to(&format!("http://127.0.0.1:{port}/"))
}

/// The request's own headers.
async fn headers(headers: HeaderMap) -> Html<String> {
    let lines = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value:?}\n"));
    Html(format!("<p id=text>{}", lines.collect::<String>()))
}

/// A page that requests everything from another port of this machine.
async fn elsewhere(Path(port): Path<u16>) -> Html<String> {
    Html(ELSEWHERE.replace("THERE", &format!("127.0.0.1:{port}")))
}

const ELSEWHERE: &str = "<p id=text>here</p><script src='http://THERE/x.js'></script>
<link rel=stylesheet href='http://THERE/x.css'><img src='http://THERE/x.png'>
<iframe src='http://THERE/frame'></iframe><script>
fetch('http://THERE/fetch').catch(()=>{});
try{new WebSocket('ws://THERE/socket')}catch{};
navigator.sendBeacon('http://THERE/beacon','x');open('http://THERE/popup');
</script>";

/// Waits for `#text` and answers with its content, which the parser adds a moment later.
pub const READ: &str = "
    const done = arguments[arguments.length - 1];
    const look = () => { const text = document.getElementById('text')?.textContent; if (text) done(text); return text; };
    if (!look()) new MutationObserver((_, o) => look() && o.disconnect())
        .observe(document, { childList: true, subtree: true });
";

pub fn visit(site: &Url, page: &str) -> Visit {
    Visit {
        url: site.join(page).expect("a page"),
        script: READ.into(),
        args: vec![],
        is_final: None,
        page_timeout: Duration::from_secs(5),
        deadline: Instant::now() + patience(15),
    }
}

/// The browser that the including module's tests use.
pub fn kind() -> Browser {
    super::KIND
}

/// Where `scripts/setup-tests` puts geckodriver; elsewhere it is looked for as always.
fn local_endpoint() -> LocalEndpoint {
    let gecko = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/bin/geckodriver");
    LocalEndpoint {
        driver_binary: (kind() == Browser::Firefox && gecko.exists()).then_some(gecko),
        browser_binary: another_chromium(),
        ..LocalEndpoint::default()
    }
}

/// `FLEET_TEST_CHROMIUM` names another Chromium than the headless shell.
fn another_chromium() -> Option<PathBuf> {
    let named = std::env::var_os("FLEET_TEST_CHROMIUM").map(PathBuf::from);
    named.filter(|_| kind() == Browser::Chromium)
}

pub fn config(slots: usize) -> FleetConfig {
    FleetConfig {
        endpoint: Endpoint::Local(local_endpoint()),
        slots,
        queue: 4 * slots,
        queue_timeout: patience(10),
        limits: limits(),
        browser: BrowserConfig {
            kind: kind(),
            allowed_hosts: Some(vec!["127.0.0.1".into()]),
            ..BrowserConfig::default()
        },
        ..FleetConfig::default()
    }
}

/// Debian's full Chromium, which tests run besides the headless shell where it is installed.
const FULL_CHROMIUM: &str = "/usr/lib/chromium/chromium";

/// A configuration for each installed program of this kind of browser.
pub fn programs(slots: usize) -> Vec<FleetConfig> {
    let full = FilePath::new(FULL_CHROMIUM);
    if kind() == Browser::Firefox {
        return vec![config(slots)];
    }
    if !full.exists() {
        println!("not tried: {FULL_CHROMIUM} is not installed");
        return vec![config(slots)];
    }
    let mut with_full = config(slots);
    if let Endpoint::Local(local) = &mut with_full.endpoint {
        local.browser_binary = Some(full.into());
    }
    vec![config(slots), with_full]
}

/// Firefox is slow on a busy machine, above all at its start.
pub fn patience(seconds: u64) -> Duration {
    let times = if kind() == Browser::Firefox { 8 } else { 1 };
    Duration::from_secs(times * seconds)
}

fn limits() -> Limits {
    let usual = Limits::default();
    match kind() {
        Browser::Chromium => usual,
        Browser::Firefox => Limits {
            connect: patience(20),
            command: patience(5),
            clean: patience(1),
            ..usual
        },
    }
}

/// A folder for the sessions of one test. The path of a socket in it must fit, so `name` has at most eight letters.
pub fn short_dir(name: &str) -> PathBuf {
    let (process, kind) = (std::process::id(), kind());
    let dir = std::env::temp_dir().join(format!("{name}-{process}-{kind:?}"));
    // In a namespace of its own each process has the same number, and a failed run leaves the folder.
    let _ = std::fs::remove_dir_all(&dir);
    dir
}

/// The same with its temporary files under `dir`.
pub fn in_dir(config: FleetConfig, dir: PathBuf) -> FleetConfig {
    let mut config = config;
    if let Endpoint::Local(local) = &mut config.endpoint {
        local.temp_dir = Some(dir);
    }
    config
}

/// One session and a site, shared by tests that only read pages. The session may reach only the site's
/// port and records calls to the site's `/answer/…`.
pub struct Stage {
    pub fleet: Fleet,
    pub site: Url,
}

static STAGES: Shared<(), Stage> = Shared::new();

pub fn stage() -> Arc<Stage> {
    STAGES.get((), async {
        let site = site().await;
        let mut config = FleetConfig {
            queue: 1000,
            queue_timeout: Duration::from_mins(5),
            ..config(1)
        };
        let port = site.port().expect("its own");
        config.browser.allowed_hosts = Some(vec![format!("127.0.0.1:{port}")]);
        config.browser.recorded_calls = vec![site.join("answer/").expect("a path")];
        // Refused requests are counted by the cleaning, which may be slow on a busy machine.
        config.limits.clean = Duration::from_mins(1);
        let fleet = fleet_of(config).await;
        Stage { fleet, site }
    })
}

impl Stage {
    pub async fn visit(&self, page: &str) -> Result<Visited, VisitError> {
        self.fleet.visit(self.to(page)).await
    }

    /// A visit that may wait for those of other tests.
    pub fn to(&self, page: &str) -> Visit {
        Visit {
            deadline: Instant::now() + Duration::from_mins(5),
            ..visit(&self.site, page)
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        shared::in_background(self.fleet.shutdown(Duration::from_secs(5)));
    }
}

pub async fn fleet(slots: usize) -> Fleet {
    fleet_of(config(slots)).await
}

pub async fn fleet_of(config: FleetConfig) -> Fleet {
    let _ = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .try_init();
    Fleet::start(config)
        .await
        .expect("browser and driver are installed")
}
