//! The service where only a proxy leads out: it alone knows the site's names.

use std::process::Command;

use crate::real_names::{
    PATIENCE, Proxy, Wanted, document, extract, firefox, folder, is_inside, stand_in, timetables,
};
use crate::support::tinyproxy::TinyProxy;
use crate::support::{Service, gonggang};
use serde_json::Value;

/// What all processes but the proxy know.
const NO_NAMES: &str = "127.0.0.1 localhost\n";
/// What the proxy knows.
const NAMES: &str = "127.0.0.1 localhost everytime.kr api.everytime.kr\n";
const OWN_NAMES: &str = r#"mount --bind "$0" /etc/hosts && exec tinyproxy "$@""#;
/// All that may be asked of the proxy.
const ASKED: [&str; 2] = ["CONNECT everytime.kr:443", "CONNECT api.everytime.kr:443"];

#[tokio::test(flavor = "multi_thread")]
async fn the_site_is_reached_through_the_proxy_alone() {
    let test = "proxied::the_site_is_reached_through_the_proxy_alone";
    if is_inside(test, NO_NAMES) {
        with_chromium_and_the_api().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "make test-all"]
async fn the_site_is_reached_through_the_proxy_alone_with_firefox() {
    let test = "proxied::the_site_is_reached_through_the_proxy_alone_with_firefox";
    if is_inside(test, NO_NAMES) {
        with_firefox().await;
    }
}

async fn with_chromium_and_the_api() {
    let way = Way::open("proxied-chromium").await;
    let proxy = TinyProxy::address("me:secret@");
    let full = [("GONGGANG_BROWSER_BINARY", "/usr/lib/chromium/chromium")];
    way.reads(&[("HTTPS_PROXY", &proxy)]);
    way.reads(&[("https_proxy", &proxy), ("GONGGANG_SOURCE", "api")]);
    way.reads(&[
        ("GONGGANG_PROXY", &proxy),
        ("HTTPS_PROXY", "http://127.0.0.1:1"),
        full[0],
    ]);
    way.is_not_asked(&[("HTTPS_PROXY", &proxy), ("NO_PROXY", "everytime.kr")]);
    way.is_not_asked(&[("HTTPS_PROXY", &proxy), ("GONGGANG_PROXY", "none")]);
    way.checks(&[("HTTPS_PROXY", &proxy)]);
    way.serves(&proxy).await;
}

async fn with_firefox() {
    let way = Way::open("proxied-firefox").await;
    let proxy = TinyProxy::address("me:secret@");
    let mut variables = firefox();
    variables.push(("HTTPS_PROXY", &proxy));
    way.reads(&variables);
    variables.push(("NO_PROXY", "*"));
    way.is_not_asked(&variables);
}

/// The stand-in behind its real names, and the proxy that knows them.
struct Way {
    caddy: Proxy,
    proxy: TinyProxy,
    wanted: Wanted,
}

impl Way {
    /// `name` is the proxy's folder: each test reads a log of its own.
    async fn open(name: &str) -> Self {
        let site = stand_in().await;
        let folder = folder(name);
        let hosts = folder.join("hosts");
        std::fs::write(&hosts, NAMES).unwrap();
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", OWN_NAMES]).arg(hosts);
        let proxy = TinyProxy::started_by(command, &folder, "BasicAuth me secret");
        let caddy = Proxy::start(&site);
        let wanted = timetables(&site).into_iter().take(3).collect();
        Self {
            caddy,
            proxy,
            wanted,
        }
    }

    /// Reads the timetables; the proxy was asked for the site and nothing else.
    fn reads(&self, variables: &[(&str, &str)]) {
        let before = self.proxy.requests().len();
        let read = extract(self.wanted.keys(), &self.caddy.authority(), variables);
        let lines = String::from_utf8_lossy(&read.stdout).into_owned();
        let found: Vec<Value> = lines.lines().map(document).collect();
        let wanted: Vec<_> = self.wanted.values().cloned().collect();
        assert_eq!(found, wanted, "{variables:?}: {read:?}");
        let asked = self.proxy.requests().split_off(before);
        let is_of_site = |one: &String| ASKED.contains(&one.as_str());
        assert!(asked.iter().all(is_of_site), "{asked:#?}");
        assert!(asked.iter().any(|one| one == ASKED[1]), "{asked:#?}");
        println!("{} tunnels", asked.len());
    }

    /// Reads nothing, since nothing else leads out.
    fn is_not_asked(&self, variables: &[(&str, &str)]) {
        let before = self.proxy.requests().len();
        let mut variables = variables.to_vec();
        variables.push(("GONGGANG_PAGE_TIMEOUT", "3s"));
        let link = self.wanted.keys().take(1);
        let read = extract(link, &self.caddy.authority(), &variables);
        assert_eq!(read.status.code(), Some(69), "{variables:?}: {read:?}");
        assert_eq!(self.proxy.requests().len(), before, "{variables:?}");
    }

    /// `gonggang check` names the proxy, without its password.
    fn checks(&self, variables: &[(&str, &str)]) {
        let mut check = gonggang();
        check.arg("check").envs(variables.iter().copied());
        check.env("GONGGANG_CA_FILE", self.caddy.authority());
        let said = check.output().unwrap();
        let text = String::from_utf8_lossy(&said.stdout);
        let named = "proxy    ok: http://127.0.0.1:3128, for everytime.kr and api.everytime.kr\n";
        assert!(text.contains(named), "{text}");
        assert!(
            text.contains("site     ok: https://everytime.kr answers"),
            "{text}"
        );
        assert!(!text.contains("secret"), "{text}");
    }

    /// So does the service, and its log keeps the password.
    async fn serves(&self, proxy: &str) {
        let mut variables = vec![
            ("GONGGANG_CA_FILE", self.caddy.authority()),
            ("GONGGANG_PROXY", proxy.to_owned()),
            ("GONGGANG_LOG", "debug".to_owned()),
        ];
        variables.extend(PATIENCE.map(|(name, value)| (name, value.to_owned())));
        let service = Service::start(&variables);
        let link = self.wanted.keys().next().unwrap();
        assert_eq!(service.schedule(link).await.status, 200);
        let (_, log) = {
            service.signal("TERM");
            service.wait()
        };
        assert!(!log.iter().any(|line| line.contains("secret")), "{log:#?}");
    }
}
