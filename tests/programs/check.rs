//! `gonggang check` where something is missing, and `gonggang healthcheck`.

use std::process::{Command, Output};

use crate::support::{Service, Site, fixtures, gonggang};

fn run(variables: &[(&'static str, String)], arguments: &[&str]) -> Output {
    gonggang()
        .args(arguments)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .output()
        .unwrap()
}

fn lines(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(str::to_owned).collect()
}

fn line<'a>(lines: &'a [String], subject: &str) -> &'a str {
    let found = lines.iter().find(|line| line.starts_with(subject));
    found.unwrap_or_else(|| panic!("nothing of {subject}: {lines:#?}"))
}

#[test]
fn where_it_is_not_each_fault_says_what_to_do_and_the_rest_is_still_looked_at() {
    let nowhere = "http://127.0.0.1:9".to_owned();
    let variables = [
        ("GONGGANG_DRIVER_BINARY", "/nowhere/chromedriver".to_owned()),
        ("GONGGANG_EVERYTIME_URL", nowhere.clone()),
        ("GONGGANG_API_URL", nowhere),
    ];
    let output = run(&variables, &["check"]);
    let lines = lines(&output);
    assert_eq!(output.status.code(), Some(1), "{lines:#?}");
    assert!(
        line(&lines, "driver").contains("FAULT: no driver found"),
        "{lines:#?}"
    );
    assert!(line(&lines, "page").contains("not looked at"), "{lines:#?}");
    assert!(
        line(&lines, "site").contains("Connection refused"),
        "{lines:#?}"
    );
    let advice = lines.iter().filter(|line| line.contains("→")).count();
    assert!(advice >= 2, "{lines:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_service_is_healthy_and_one_that_has_ended_is_not() {
    let site = Site::start(&fixtures()).await;
    let service = Service::reading_api(&site);
    let listen = service.url.trim_start_matches("http://").to_owned();
    let variables = [("GONGGANG_LISTEN", listen)];
    assert_eq!(run(&variables, &["healthcheck"]).status.code(), Some(0));
    assert!(service.stop().success());
    assert_eq!(run(&variables, &["healthcheck"]).status.code(), Some(69));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_api_alone_only_the_api_is_asked() {
    let site = Site::start(&fixtures()).await;
    let mut variables = site.api_variables();
    let output = run(&variables, &["check"]);
    let found = lines(&output);
    assert_eq!(
        (output.status.code(), found.len()),
        (Some(0), 1),
        "{found:#?}"
    );
    assert!(line(&found, "api").contains(&site.url), "{found:#?}");
    variables[1].1 = "http://127.0.0.1:9".to_owned();
    let output = run(&variables, &["check"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains("GONGGANG_API_URL"), "{told}");
}

#[test]
fn check_says_how_to_get_a_geckodriver_that_is_missing() {
    let output = gonggang()
        .arg("check")
        .env("GONGGANG_BROWSER", "firefox")
        .env("GONGGANG_DRIVER_BINARY", "/nowhere/geckodriver")
        .env("GONGGANG_EVERYTIME_URL", "http://127.0.0.1:9")
        .env("GONGGANG_API_URL", "http://127.0.0.1:9")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("Install geckodriver"), "{text}");
    assert!(!text.contains("chromedriver"), "{text}");
}

/// A temporary directory of 1 MiB, in a mount namespace.
#[test]
fn check_says_that_the_temporary_directory_is_full() {
    let script = "mount -t tmpfs -o size=1m tmpfs /tmp && exec \"$0\" check";
    let allowed = Command::new("unshare").args(["--mount", "true"]).output();
    if !allowed.as_ref().is_ok_and(|ended| ended.status.success()) {
        println!("skipped: no namespaces here: {allowed:?}");
        return;
    }
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", script])
        .arg(gonggang().get_program())
        .env("TMPDIR", "/tmp")
        .env("GONGGANG_EVERYTIME_URL", "http://127.0.0.1:9")
        .env("GONGGANG_API_URL", "http://127.0.0.1:9")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("Make room in /tmp"), "{text}");
}

#[test]
fn an_unknown_variable_is_refused_with_the_nearest_name_and_a_blank_one_counts_as_unset() {
    let run = |name: &str, value: &str| {
        gonggang()
            .args(["extract", "@weekday0000000000000"])
            .env("GONGGANG_DRIVER_BINARY", "/nowhere/chromedriver")
            .env(name, value)
            .output()
            .unwrap()
    };
    let unknown = run("GONGGANG_POOLSIZE", "3");
    let said = String::from_utf8_lossy(&unknown.stderr);
    assert_eq!(unknown.status.code(), Some(64), "{said}");
    assert!(said.contains("GONGGANG_POOL_SIZE"), "{said}");
    for name in [
        "GONGGANG_LISTEN",
        "GONGGANG_POOL_SIZE",
        "GONGGANG_PAGE_TIMEOUT",
        "GONGGANG_BROWSER",
        "GONGGANG_LOG_FORMAT",
        "GONGGANG_SITE_RATE",
        "GONGGANG_WEBDRIVER_URL",
    ] {
        let blank = run(name, " ");
        let said = String::from_utf8_lossy(&blank.stderr);
        assert_eq!(blank.status.code(), Some(69), "{name}: {said}");
    }
}
