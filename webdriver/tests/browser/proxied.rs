//! Behind a proxy, the site is reached only through it, and the proxy gets no other request.

use std::{
    net::TcpStream,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::common::{
    fleet_of,
    hostile::FORBIDDEN,
    kind, patience, programs, site,
    sniffer::{Sniffer, is_inside},
    tinyproxy::TinyProxy,
    visit,
};
use serde_json::json;
use url::Url;
use webdriver_fleet::{Browser, Endpoint, FleetConfig, Proxy, Visit};

/// A name that only the proxy knows.
const NAME: &str = "site.example";

#[tokio::test]
async fn behind_a_proxy_only_the_site_is_requested_and_nothing_bypasses_it() {
    if !is_inside(&format!(
        "{}::behind_a_proxy_only_the_site_is_requested_and_nothing_bypasses_it",
        module_path!()
    )) {
        return;
    }
    let (sniffer, behind) = (Sniffer::start(NAME), site().await);
    // The site acts as a further proxy, so that no name is resolved at all.
    let upstream = format!(
        "Upstream http 127.0.0.1:{}\nBasicAuth me secret",
        behind.port().unwrap()
    );
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(module_path!().replace("::", "-"));
    let proxy = TinyProxy::start(&folder, &upstream);
    let by_name = Url::parse(&format!("http://{NAME}/")).unwrap();
    for mut config in programs(1) {
        config.browser.allowed_hosts = Some(vec![format!("{NAME}:80")]);
        let address = TinyProxy::address("me:secret@");
        config.browser.proxy = Some(Proxy(address.parse().unwrap()));
        try_everything(config, &by_name).await;
        let strays = sniffer.strays(&FORBIDDEN);
        assert_eq!(strays, []);
        let names = sniffer.names();
        assert!(names.iter().all(|name| may_be_asked(name)), "{names:?}");
    }
    let requests = proxy.requests();
    let of_site = |request: &String| request.contains(&format!(" http://{NAME}/"));
    let others: Vec<_> = requests.iter().filter(|one| !of_site(one)).collect();
    println!("{} requests", requests.len());
    assert!(others.is_empty(), "{others:#?}");
    assert!(requests.len() >= 2);
}

/// A full Chromium behind its own driver, as on a Grid's node. It follows the proxy script.
#[tokio::test]
async fn a_remote_chromium_requests_only_the_site_through_a_proxy() {
    let test = "a_remote_chromium_requests_only_the_site_through_a_proxy";
    if kind() == Browser::Firefox || !is_inside(&format!("{}::{test}", module_path!())) {
        return;
    }
    let (sniffer, behind) = (Sniffer::start(NAME), site().await);
    let upstream = format!("Upstream http 127.0.0.1:{}", behind.port().unwrap());
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    let proxy = TinyProxy::start(&folder, &upstream);
    let mut driver = Command::new("chromedriver")
        .args(["--port=9515", "--allowed-ips=127.0.0.1"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", 9515)).is_err() {
        assert!(began.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut config = programs(1).remove(0);
    config.endpoint = Endpoint::Remote("http://127.0.0.1:9515".parse().unwrap());
    config.browser.allowed_hosts = Some(vec![format!("{NAME}:80")]);
    config.browser.proxy = Some(Proxy(TinyProxy::address("").parse().unwrap()));
    try_everything(config, &Url::parse(&format!("http://{NAME}/")).unwrap()).await;
    driver.kill().unwrap();
    driver.wait().unwrap();
    assert_eq!(sniffer.strays(&FORBIDDEN), []);
    assert_eq!(sniffer.names(), Vec::<String>::new());
    let requests = proxy.requests();
    let of_site = |request: &String| request.contains(&format!(" http://{NAME}/"));
    assert!(requests.iter().all(of_site), "{requests:#?}");
    assert!(requests.len() >= 2);
}

/// Firefox resolves a page's host, though it does not need the answer.
fn may_be_asked(name: &str) -> bool {
    kind() == Browser::Firefox && name == NAME
}

async fn try_everything(mut config: FleetConfig, site: &Url) {
    // Refused requests are counted by the cleaning, which may be slow on a busy machine.
    config.limits.clean = Duration::from_mins(1);
    let fleet = fleet_of(config).await;
    let tries = Visit {
        page_timeout: patience(20),
        deadline: Instant::now() + patience(30),
        ..visit(site, "hostile/calls-home")
    };
    assert_eq!(fleet.visit(tries).await.unwrap().value, json!("tried"));
    let read = fleet.visit(visit(site, "plain")).await.unwrap();
    assert_eq!(read.value, json!("hello"));
    assert!(fleet.status().refused_requests > 0);
    fleet.shutdown(Duration::from_secs(5)).await;
}
