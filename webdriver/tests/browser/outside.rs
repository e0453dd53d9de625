//! No packet of a browser leaves the machine, and only the site's name is resolved.

use super::common::{
    fleet, fleet_of,
    hostile::FORBIDDEN,
    patience, programs, site,
    sniffer::{Sniffer, is_inside},
    visit,
};
use serde_json::json;
use std::{
    net::TcpListener,
    process::Command,
    time::{Duration, Instant},
};
use url::Url;
use webdriver_fleet::{FleetConfig, Visit};

/// The site's name, which needs the resolver. Pages under a name are no secure contexts; those under the
/// loopback address are.
const NAME: &str = "site.example";

#[tokio::test]
async fn no_packet_leaves_the_machine_and_no_other_name_is_resolved() {
    if !is_inside(&format!(
        "{}::no_packet_leaves_the_machine_and_no_other_name_is_resolved",
        module_path!()
    )) {
        return;
    }
    let (sniffer, by_address) = (Sniffer::start(NAME), site().await);
    let mut by_name = by_address.clone();
    by_name.set_host(Some(NAME)).unwrap();
    for mut config in programs(1) {
        let port = by_address.port().unwrap();
        config.browser.allowed_hosts =
            Some(vec![format!("127.0.0.1:{port}"), format!("{NAME}:{port}")]);
        try_everything(config, [&by_address, &by_name]).await;
        let strays = sniffer.strays(&FORBIDDEN);
        println!(
            "{} connections, {strays:#?}, {:?}",
            sniffer.connections(),
            sniffer.names()
        );
        assert_eq!(strays, []);
        let names = sniffer.names();
        assert!(names.iter().all(|name| is_of_site(name)), "{names:?}");
        assert!(
            names.iter().any(|name| name == NAME),
            "the resolver hears nothing"
        );
    }
    assert!(sniffer.connections() > 0, "the sniffer hears nothing");
}

/// Many hosts and containers have no IPv6.
#[tokio::test]
async fn a_session_opens_where_ipv6_is_off() {
    if !is_inside(&format!(
        "{}::a_session_opens_where_ipv6_is_off",
        module_path!()
    )) {
        return;
    }
    let off = ["-qw", "net.ipv6.conf.all.disable_ipv6=1"];
    let turned = Command::new("sysctl").args(off).status().unwrap();
    assert!(turned.success());
    assert!(TcpListener::bind("[::1]:0").is_err(), "IPv6 is still there");
    let (fleet, site) = (fleet(1).await, site().await);
    let read = fleet.visit(visit(&site, "plain")).await.unwrap();
    assert_eq!(read.value, json!("hello"));
    fleet.shutdown(Duration::from_secs(5)).await;
}

/// Chromium also asks for the `HTTPS` record of the site's port.
fn is_of_site(name: &str) -> bool {
    name == NAME || name.ends_with(&format!("._https.{NAME}"))
}

async fn try_everything(config: FleetConfig, sites: [&Url; 2]) {
    let fleet = fleet_of(config).await;
    for site in sites {
        let tries = Visit {
            page_timeout: patience(20),
            deadline: Instant::now() + patience(30),
            ..visit(site, "hostile/calls-home")
        };
        assert_eq!(fleet.visit(tries).await.unwrap().value, json!("tried"));
        fleet.visit(visit(site, "plain")).await.unwrap();
    }
    fleet.shutdown(Duration::from_secs(5)).await;
}
