//! A site of pages that misbehave, and a fleet small enough to test.

#![allow(dead_code, unreachable_pub, missing_docs)]

use std::time::{Duration, Instant};

use axum::{Router, extract::Path, response::Html, routing::get};
use tokio::net::TcpListener;
use url::Url;
use webdriver_fleet::{BrowserConfig, Fleet, FleetConfig, Visit};

/// Starts the site on a free port of this machine.
pub async fn site() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let app = Router::new()
        .route("/slow/{millis}", get(slow))
        .route("/never", get(std::future::pending::<()>))
        .route("/{page}", get(page));
    tokio::spawn(async { axum::serve(listener, app).await });
    Url::parse(&format!("http://{address}/")).expect("an address")
}

async fn slow(Path(millis): Path<u64>) -> Html<&'static str> {
    tokio::time::sleep(Duration::from_millis(millis)).await;
    Html("<p id=text>slow")
}

async fn page(Path(page): Path<String>) -> Html<&'static str> {
    Html(match page.as_str() {
        "plain" => "<title>plain</title><p id=text>hello",
        "late" => "<script>setTimeout(()=>document.body.innerHTML='<p id=text>late',300)</script>",
        "stores" => {
            "<script>document.cookie='a=1';localStorage.a=sessionStorage.a='1'</script><p id=text>"
        }
        "stored" => {
            "<p id=text><script>text.textContent=\
             [document.cookie,localStorage.a,sessionStorage.a].join()</script>"
        }
        "alert" => "<script>alert('one');alert('two')</script><p id=text>after",
        "alert-later" => "<script>setTimeout(()=>{alert('gone');location='/plain'},100)</script>",
        "storm" => "<script>for(;;)alert('again')</script>",
        "loop" => "<p id=text>x<script>setTimeout(()=>{for(;;);},50)</script>",
        "popup" => "<script>open('/plain');open('/plain')</script><p id=text>popups",
        "elsewhere" => {
            "<script src='http://elsewhere.example/x.js'></script>\
             <img src='http://192.0.2.1/x.png'><p id=text>here"
        }
        _ => "<p id=text>?",
    })
}

/// Waits for `#text` and answers with its content.
pub const READ: &str = "
    const done = arguments[arguments.length - 1];
    const look = () => { const p = document.getElementById('text'); if (p) done(p.textContent); return p; };
    if (!look()) new MutationObserver((_, o) => look() && o.disconnect())
        .observe(document, { childList: true, subtree: true });
";

pub fn visit(site: &Url, page: &str) -> Visit {
    Visit {
        url: site.join(page).expect("a page"),
        script: READ.into(),
        args: vec![],
        page_timeout: Duration::from_secs(5),
        deadline: Instant::now() + Duration::from_secs(15),
    }
}

pub fn config(slots: usize) -> FleetConfig {
    FleetConfig {
        slots,
        queue: 4 * slots,
        browser: BrowserConfig {
            allowed_hosts: Some(vec!["127.0.0.1".into()]),
            ..BrowserConfig::default()
        },
        ..FleetConfig::default()
    }
}

pub async fn fleet(slots: usize) -> Fleet {
    let _ = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .try_init();
    Fleet::start(config(slots))
        .await
        .expect("chromium and chromedriver are installed")
}
