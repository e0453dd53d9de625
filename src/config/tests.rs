use clap::Parser;

use std::num::NonZeroU32;

use super::*;
use crate::http::{AllowedHost, Origin};
use timetable::slots::Rounding;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    settings: Settings,
}

fn validate(flags: &[&str]) -> Result<Config, Vec<SettingFault>> {
    let line = std::iter::once(&"gonggang").chain(flags);
    Line::try_parse_from(line).unwrap().settings.validate()
}

#[test]
fn the_defaults_are_those_of_the_contract() {
    let config = validate(&[]).unwrap();
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:5001");
    assert_eq!(config.site.everytime_url.as_str(), "https://everytime.kr/");
    assert_eq!(config.site.api_url.as_str(), "https://api.everytime.kr/");
    assert_eq!(config.browser.queue, config.browser.pool_size * 16);
    assert_eq!(config.browser.queue_timeout, Duration::from_secs(5));
    assert_eq!(config.browser.page_timeout, Duration::from_secs(10));
    assert_eq!(config.request_timeout, Duration::from_secs(15));
    assert_eq!(config.cache.ttl, Duration::from_mins(10));
    assert_eq!(config.cache.stale, Duration::from_hours(24));
    assert!(config.cache.url.is_none());
    assert_eq!(config.http.rounding, Rounding::Cover);
    assert_eq!(config.politeness.rate.map(u32::from), Some(5));
    assert_eq!(config.politeness.breaker.failures, 10);
    assert_eq!(config.politeness.breaker.pause, Duration::from_secs(30));
}

#[test]
fn the_memory_of_a_session_is_bounded_by_the_kind_of_its_browser_or_as_set() {
    let mib = |flags: &[&str]| validate(flags).unwrap().browser.session_max_memory >> 20;
    assert_eq!(mib(&[]), 1024);
    assert_eq!(mib(&["--browser", "firefox"]), 2048);
    assert_eq!(mib(&["--session-max-mib", "512"]), 512);
    assert!(validate(&["--session-max-mib", "100"]).is_err());
}

#[test]
fn a_refused_webdriver_address_is_not_repeated_with_its_password() {
    for address in ["htp://me:secret@grid", "http://me:secret%2F@grid"] {
        let flag = format!("--webdriver-url={address}");
        let faults = validate(&[&flag]).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert!(!faults[0].to_string().contains("secret"), "{}", faults[0]);
    }
    assert!(validate(&["--webdriver-url=https://me:secret@grid"]).is_ok());
}

#[test]
fn every_fault_is_listed_not_only_the_first() {
    let faults = validate(&[
        "--listen=everywhere",
        "--pool-size=0",
        "--page-timeout=soon",
        "--everytime-url=ftp://everytime.kr",
        "--rounding=up",
        "--site-rate=fast",
        "--breaker-failures=-1",
        "--breaker-pause=0s",
        "--browser=lynx",
        "--cache-ttl=-1s",
    ])
    .unwrap_err();
    let named: Vec<_> = faults.iter().map(|fault| &*fault.variable).collect();
    assert_eq!(
        named,
        [
            "GONGGANG_ROUNDING",
            "GONGGANG_LISTEN",
            "GONGGANG_EVERYTIME_URL",
            "GONGGANG_SITE_RATE",
            "GONGGANG_BREAKER_FAILURES",
            "GONGGANG_BREAKER_PAUSE",
            "GONGGANG_BROWSER",
            "GONGGANG_POOL_SIZE",
            "GONGGANG_PAGE_TIMEOUT",
            "GONGGANG_CACHE_TTL",
        ]
    );
}

#[test]
fn the_api_has_two_names() {
    for flag in ["--api-url", "--everytime-api-url"] {
        let config = validate(&[&format!("{flag}=http://127.0.0.1:9")]).unwrap();
        assert_eq!(config.site.api_url.as_str(), "http://127.0.0.1:9/");
    }
}

#[test]
fn a_file_of_authorities_must_hold_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let written = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        format!("--ca-file={}", path.display())
    };
    let pem = |inside: &str| {
        format!("-----BEGIN CERTIFICATE-----\n{inside}\n-----END CERTIFICATE-----\n")
    };
    for (flag, told) in [
        ("--ca-file=/nowhere/ca.pem".to_owned(), "cannot be read"),
        (written("empty", ""), "holds no certificate"),
        (
            written("text", "no certificate at all\n"),
            "holds no certificate",
        ),
        (written("broken", &pem("!")), "is not PEM"),
        (
            written("other", &pem("bm90IGEgY2VydGlmaWNhdGU=")),
            "certificate 1 of",
        ),
    ] {
        let faults = validate(&[&flag]).unwrap_err();
        assert_eq!(faults.len(), 1, "{flag}");
        assert_eq!(faults[0].variable, "GONGGANG_CA_FILE");
        assert!(faults[0].why.contains(told), "{}", faults[0]);
    }
    assert!(
        validate(&["--ca-file= "])
            .unwrap()
            .site
            .authorities
            .is_empty()
    );
}

#[test]
fn listening_to_other_machines_takes_a_key_or_an_explicit_word() {
    let refused = validate(&["--listen=0.0.0.0:5001"]).unwrap_err();
    assert_eq!(refused[0].variable, "GONGGANG_LISTEN");
    assert!(validate(&["--listen=0.0.0.0:5001", "--api-keys=secret"]).is_ok());
    assert!(validate(&["--listen=0.0.0.0:5001", "--allow-open"]).is_ok());
    assert!(validate(&["--listen=[::1]:5001"]).is_ok());
}

#[test]
fn origins_limits_and_proxies_are_checked() {
    let config = validate(&[
        "--cors-origins=https://onetime.run, http://localhost:5173",
        "--rate-limit=60",
        "--trusted-proxies=127.0.0.1,10.0.0.0/8,::1",
    ])
    .unwrap();
    let origin = |text: &str| Origin::Only(text.to_owned());
    assert_eq!(
        config.http.cors_origins,
        [
            origin("https://onetime.run"),
            origin("http://localhost:5173")
        ]
    );
    assert_eq!(config.http.rate_limit.map(u32::from), Some(60));
    assert_eq!(config.http.trusted_proxies.len(), 3);
    assert_eq!(validate(&[]).unwrap().http.rate_limit, None);
    assert_eq!(
        validate(&["--rate-limit=off"]).unwrap().http.rate_limit,
        None
    );
    for wrong in [
        "--cors-origins=onetime.run",
        "--cors-origins=https://onetime.run/path",
        "--rate-limit=-1",
        "--rate-limit=many",
        "--trusted-proxies=proxy.local",
        "--trusted-proxies=10.0.0.0/40",
    ] {
        assert_eq!(validate(&[wrong]).unwrap_err().len(), 1, "{wrong}");
    }
}

#[test]
fn only_a_trusted_proxy_without_key_and_limit_leaves_callers_without_bound() {
    let unbounded = |flags: &[&str]| validate(flags).unwrap().http.is_without_bounds();
    let trusting = "--trusted-proxies=127.0.0.1";
    assert!(unbounded(&[trusting]));
    assert!(!unbounded(&[]));
    assert!(!unbounded(&[trusting, "--api-keys=secret"]));
    assert!(!unbounded(&[trusting, "--rate-limit=60"]));
}

/// The proxy for the site and for the API, of settings that name all other proxies too.
fn proxies(flags: &[&str]) -> [Option<String>; 2] {
    // The tests' own environment may name a proxy.
    let unset = [
        "https_proxy",
        "HTTPS_PROXY",
        "http_proxy",
        "HTTP_PROXY",
        "no_proxy",
        "NO_PROXY",
    ];
    let unset = unset.map(|name| format!("--{name}="));
    let is_given = |one: &&String| flags.iter().any(|flag| flag.starts_with(one.as_str()));
    let unset = unset
        .iter()
        .filter(|one| !is_given(one))
        .map(String::as_str);
    let flags: Vec<_> = flags.iter().copied().chain(unset).collect();
    let site = validate(&flags).unwrap().site;
    [&site.everytime_url, &site.api_url].map(|url| Some(site.proxy_for(url)?.shown()))
}

#[test]
fn the_proxy_is_our_own_setting_else_that_of_the_environment() {
    let through = |proxy: &str| [Some(proxy.to_owned()), Some(proxy.to_owned())];
    let ours = "--proxy=http://me:secret@ours:3128";
    assert_eq!(proxies(&[]), [None, None]);
    assert_eq!(
        proxies(&[ours, "--HTTPS_PROXY=theirs:1"]),
        through("http://ours:3128")
    );
    assert_eq!(
        proxies(&["--HTTPS_PROXY=theirs"]),
        through("http://theirs:80")
    );
    assert_eq!(
        proxies(&["--https_proxy=http://small:1", "--HTTPS_PROXY=theirs"]),
        through("http://small:1")
    );
    assert_eq!(
        proxies(&["--proxy=", "--HTTPS_PROXY=theirs:1"]),
        through("http://theirs:1")
    );
    assert_eq!(
        proxies(&["--proxy=none", "--HTTPS_PROXY=theirs:1"]),
        [None, None]
    );
    assert_eq!(proxies(&["--HTTP_PROXY=theirs:1"]), [None, None]);
    let plain = [
        "--everytime-url=http://stand-in.example",
        "--api-url=http://127.0.0.1:9",
        "--HTTP_PROXY=theirs:1",
    ];
    assert_eq!(proxies(&plain), [Some("http://theirs:1".to_owned()), None]);
    assert_eq!(
        proxies(&[ours, "--NO_PROXY=api.everytime.kr"]),
        [Some("http://ours:3128".to_owned()), None]
    );
}

#[test]
fn a_proxy_that_cannot_be_used_is_named_without_its_password() {
    for (flags, variable) in [
        (
            &["--proxy=socks5://me:secret@there:1"][..],
            "GONGGANG_PROXY",
        ),
        (
            &[
                "--proxy=",
                "--https_proxy=",
                "--HTTPS_PROXY=https://me:secret@there",
            ],
            "HTTPS_PROXY",
        ),
        (&["--proxy=http://me:secret@there/path"], "GONGGANG_PROXY"),
        (
            &[
                "--proxy=http://me:secret@there",
                "--webdriver-url=http://grid",
            ],
            "GONGGANG_PROXY",
        ),
    ] {
        let faults = validate(flags).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].variable, variable);
        assert!(!faults[0].to_string().contains("secret"), "{}", faults[0]);
    }
    let proxied = validate(&["--proxy=http://me:secret@there"]).unwrap();
    assert!(!format!("{proxied:?}").contains("secret"));
    assert!(
        validate(&[
            "--proxy=http://me:secret@there",
            "--webdriver-url=http://grid",
            "--source=api"
        ])
        .is_ok()
    );
}

#[test]
fn a_canary_is_a_link_and_is_not_repeated_where_it_is_none() {
    let canary = |flags: &[&str]| validate(flags).map(|config| config.canary);
    assert!(canary(&["--canary="]).unwrap().is_none());
    let set = canary(&["--canary=https://everytime.kr/@weekday0000000000000"]).unwrap();
    assert_eq!(set.unwrap().interval, Duration::from_mins(10));
    let link = "--canary=everytime.kr/@secret";
    let faults = canary(&[link, "--canary-interval=0s"]).unwrap_err();
    let named: Vec<_> = faults.iter().map(|fault| fault.variable.as_ref()).collect();
    assert_eq!(named, ["GONGGANG_CANARY_INTERVAL", "GONGGANG_CANARY"]);
    assert!(!format!("{faults:?}").contains("secret"));
    let known = canary(&["--canary=@weekday0000000000000"]).unwrap();
    assert!(!format!("{known:?}").contains("weekday0"));
}

#[test]
fn a_cross_check_takes_two_sources() {
    let auto = validate(&["--source=auto", "--cross-check=100"])
        .unwrap()
        .source;
    let cross_check = NonZeroU32::new(100);
    assert_eq!(auto, SourceConfig::Auto { cross_check });
    assert_eq!(
        validate(&["--source=api"]).unwrap().source,
        SourceConfig::Api
    );
    for wrong in [
        ["--source=api", "--cross-check=1"],
        ["--source=browser", "--cross-check=1"],
        ["--source=auto", "--cross-check=some"],
        ["--source=both", "--cross-check=0"],
    ] {
        assert_eq!(validate(&wrong).unwrap_err().len(), 1, "{wrong:?}");
    }
}

#[test]
fn a_site_on_this_machine_is_read_as_fast_as_it_goes() {
    let politeness = validate(&[]).unwrap().politeness;
    let rate = |url: &str| {
        politeness
            .towards(&url.parse().unwrap())
            .rate
            .map(u32::from)
    };
    for here in [
        "http://127.0.0.1:9",
        "http://[::1]/",
        "http://localhost",
        "http://a.localhost",
    ] {
        assert_eq!(rate(here), None, "{here}");
    }
    for there in [
        "https://everytime.kr",
        "http://10.0.0.1",
        "http://localhost.example",
    ] {
        assert_eq!(rate(there), Some(5), "{there}");
    }
    assert_eq!(validate(&["--site-rate=0"]).unwrap().politeness.rate, None);
}

#[test]
fn debug_output_and_faults_hide_keys_and_passwords() {
    let config = validate(&["--api-keys=secret-one,secret-two"]).unwrap();
    assert_eq!(config.http.api_keys.len(), 2);
    assert!(!format!("{config:?}").contains("secret"));
    let shared = validate(&["--cache-url=redis://:secret@127.0.0.1"]).unwrap();
    assert!(shared.cache.url.is_some() && !format!("{shared:?}").contains("secret"));
    let wrong = validate(&["--cache-url=http://:secret@127.0.0.1"]).unwrap_err();
    assert_eq!(wrong[0].variable, "GONGGANG_CACHE_URL");
    assert!(!wrong[0].why.contains("secret"));
}

#[test]
fn allowed_hosts_are_names_and_addresses_without_a_port() {
    let only = |name: &str| AllowedHost::Only(name.to_owned());
    let config = validate(&["--allowed-hosts=GongGang.Internal, 192.0.2.1,[2001:DB8::1]"]).unwrap();
    let expected = ["gonggang.internal", "192.0.2.1", "[2001:db8::1]"].map(only);
    assert_eq!(config.http.allowed_hosts, expected);
    assert!(
        validate(&["--allowed-hosts="])
            .unwrap()
            .http
            .allowed_hosts
            .is_empty()
    );
    for wrong in ["sidecar:5001", "http://sidecar", "a b"] {
        let faults = validate(&[&format!("--allowed-hosts={wrong}")]).unwrap_err();
        assert_eq!(faults[0].variable, "GONGGANG_ALLOWED_HOSTS", "{faults:?}");
    }
}

#[test]
fn a_page_may_not_take_longer_than_the_request_that_waits_for_it() {
    let faults = validate(&["--page-timeout=20s"]).unwrap_err();
    assert_eq!(faults[0].variable, "GONGGANG_PAGE_TIMEOUT");
    assert!(validate(&["--page-timeout=20s", "--request-timeout=20s"]).is_ok());
}
