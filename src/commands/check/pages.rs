//! Checks that need a page: whether a session opens, its scale, whether it reads right, and whether it
//! reaches the site.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use url::Url;
use webdriver_fleet::{Fleet, FleetConfig, Visit, VisitError};

use super::finding::{Finding, shown};
use crate::commands::reader::what_to_do;
use crate::config::Config;
use crate::source::Source as _;
use crate::source::browser::BrowserSource;
use crate::source::{PoolConfig, SiteConfig, VIEWPORT};
use standin::{Fixture, Fixtures};
use timetable::Timetable;
use timetable::scale::{AxisRow, Scale};
use timetable::share_link::ShareLink;

/// The timetable that the stand-in draws; built in, so no file is needed.
const TIMETABLE: &str = include_str!("../../../fixtures/weekday/timetable.xml");
/// The expected reading.
const EXPECTED: &str = include_str!("../../../fixtures/weekday/expected.json");

/// Returns the page's hour axis and viewport as soon as the axis is drawn.
const MEASURE: &str = "
const done = arguments[arguments.length - 1];
const rows = () => [...document.querySelectorAll('#container .tablebody th .times > .time')];
const measure = () => rows().length === 0 ? setTimeout(measure, 20) : done({
  width: innerWidth, height: innerHeight,
  axis: rows().map((row) => {
    const { top, height } = row.getBoundingClientRect();
    return { top: top - rows()[0].getBoundingClientRect().top, height, label: row.textContent };
  }),
});
measure();
";

/// Returns the HTTP status of the document; 0 if unknown.
const STATUS: &str = "
const [navigation] = performance.getEntriesByType('navigation');
arguments[arguments.length - 1](navigation?.responseStatus ?? 0);
";

/// The result of [`MEASURE`].
#[derive(Deserialize)]
struct Measured {
    width: f64,
    height: f64,
    axis: Vec<AxisRow>,
}

/// Opens one session and checks both sites with it: the stand-in and the configured one.
pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let stand_in = match stand_in().await {
        Ok(site) => site,
        Err(why) => {
            let to_do = "Free a port on 127.0.0.1.";
            return vec![Finding::fault(
                "page",
                format!("no stand-in site: {why}"),
                to_do,
            )];
        }
    };
    let began = Instant::now();
    let fleet = match Fleet::start(fleet(config, &stand_in)).await {
        Ok(fleet) => Arc::new(fleet),
        Err(error) => {
            let to_do = what_to_do(&error, config.browser.kind);
            let mut findings = vec![Finding::fault("session", error.to_string(), to_do)];
            findings.extend(without_browser(&config.site).await);
            return findings;
        }
    };
    let opened = format!("one opens in {:.1} s", began.elapsed().as_secs_f64());
    let page = page(&fleet, &stand_in, &config.browser).await;
    let site = site(&fleet, &config.site, config.browser.page_timeout).await;
    fleet.shutdown(Duration::ZERO).await;
    vec![Finding::fine("session", opened), page, site]
}

/// The findings about both sites if no page can be opened.
pub(super) async fn without_browser(site: &SiteConfig) -> Vec<Finding> {
    let page = Finding::skipped("page", "there is no browser to draw it");
    vec![page, connection(site).await]
}

/// One session, which may contact the stand-in.
fn fleet(config: &Config, stand_in: &SiteConfig) -> FleetConfig {
    let one = PoolConfig {
        pool_size: 1,
        ..config.browser.clone()
    };
    let mut fleet = one.fleet(&config.site);
    if let Some(allowed) = &mut fleet.browser.allowed_hosts {
        allowed.extend(stand_in.hosts());
    }
    fleet.browser.recorded_calls = stand_in.page_calls();
    fleet
}

/// Starts a stand-in site that ends with the process.
async fn stand_in() -> std::io::Result<SiteConfig> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let url: Url = url.parse().map_err(std::io::Error::other)?;
    let fixtures = Fixtures::default();
    fixtures.insert(Fixture::new("weekday", TIMETABLE));
    tokio::spawn(standin::serve(
        listener,
        Arc::new(fixtures),
        std::future::pending(),
    ));
    Ok(SiteConfig {
        everytime_url: url.clone(),
        api_url: url,
        authorities: Vec::new(),
        proxy: None,
    })
}

// ---- the stand-in's page ---------------------------------------------------------------------

async fn page(fleet: &Arc<Fleet>, stand_in: &SiteConfig, config: &PoolConfig) -> Finding {
    if config.webdriver_url.is_some() {
        return Finding::skipped(
            "page",
            "a remote browser cannot see a stand-in site on loopback",
        );
    }
    let fixture = Fixture::new("weekday", TIMETABLE);
    let measured = measured(fleet, stand_in, &fixture, config.page_timeout).await;
    let read = read(fleet, stand_in, &fixture, config.page_timeout).await;
    match (measured, read) {
        (Ok(measured), Ok(())) => Finding::fine("page", measured),
        (Err(why), _) | (_, Err(why)) => Finding::fault(
            "page",
            why,
            "The service would refuse what this browser draws. Use the browser that the README \
             names, without flags or policies that zoom or restyle pages.",
        ),
    }
}

/// The scale and the viewport in words.
async fn measured(
    fleet: &Fleet,
    stand_in: &SiteConfig,
    fixture: &Fixture,
    limit: Duration,
) -> Result<String, String> {
    let mut url = stand_in.everytime_url.clone();
    url.set_path(&format!("/@{}", fixture.identifier));
    let value = visit(fleet, url, MEASURE, limit).await;
    let value = value.map_err(|error| error.to_string())?;
    let measured: Measured = serde_json::from_value(value).map_err(|error| error.to_string())?;
    let scale = Scale::from_axis(&measured.axis).map_err(|mismatch| mismatch.to_string())?;
    let Measured { width, height, .. } = measured;
    if (width, height) != (f64::from(VIEWPORT.0), f64::from(VIEWPORT.1)) {
        return Err(format!(
            "the viewport is {width} × {height} CSS px, not {} × {} as asked for",
            VIEWPORT.0, VIEWPORT.1
        ));
    }
    Ok(format!(
        "{} px an hour in a viewport of {width} × {height} CSS px, read right",
        scale.pixels_per_hour()
    ))
}

/// Whether the service's own reader reads the drawn page right.
async fn read(
    fleet: &Arc<Fleet>,
    stand_in: &SiteConfig,
    fixture: &Fixture,
    limit: Duration,
) -> Result<(), String> {
    let link: ShareLink = fixture
        .identifier
        .parse()
        .map_err(|_| "no identifier".to_owned())?;
    let source = BrowserSource::new(Arc::clone(fleet), stand_in.clone(), limit);
    let read = source
        .read(
            link.identifier(),
            tokio::time::Instant::now() + limit,
            CancellationToken::new(),
        )
        .await;
    let timetable = read.map_err(|error| error.to_string())?.timetable;
    if is_expected(&timetable) {
        Ok(())
    } else {
        Err("the stand-in's timetable was read as another".to_owned())
    }
}

fn is_expected(timetable: &Timetable) -> bool {
    let expected: Option<Value> = serde_json::from_str(EXPECTED).ok();
    expected.map(|mut value| value["timetable"].take()) == serde_json::to_value(timetable).ok()
}

// ---- the configured site ---------------------------------------------------------------------

/// Loads the site's front page in the browser.
async fn site(fleet: &Fleet, site: &SiteConfig, limit: Duration) -> Finding {
    let began = Instant::now();
    let visited = visit(fleet, site.everytime_url.clone(), STATUS, limit).await;
    let name = shown(&site.everytime_url);
    match visited {
        Ok(status) => answered(&name, status.as_u64().unwrap_or_default(), began.elapsed()),
        Err(error) => without_page(site, &error).await,
    }
}

/// A site that refuses this machine or fails is a fault; a missing front page is not.
fn answered(name: &str, status: u64, took: Duration) -> Finding {
    match status {
        401 | 403 | 407 | 429 => Finding::fault(
            "site",
            format!("{name} answers with status {status}"),
            "It turns this machine's address or the user agent away; GONGGANG_USER_AGENT sets the \
             latter.",
        ),
        500.. => Finding::fault(
            "site",
            format!("{name} answers with status {status}"),
            "It fails; try later.",
        ),
        _ => Finding::fine(
            "site",
            format!("{name} answers in {:.1} s", took.as_secs_f64()),
        ),
    }
}

/// A bare connection may explain more than the browser's error.
async fn without_page(site: &SiteConfig, error: &VisitError) -> Finding {
    let bare = connection(site).await;
    if bare.is_fault() {
        bare
    } else {
        let name = shown(&site.everytime_url);
        Finding::fault("site", format!("{name}: {error}"), UNREACHABLE)
    }
}

const UNREACHABLE: &str = "Check that this machine, or the proxy, resolves and reaches that name (DNS, \
                           firewall, network policy), or set GONGGANG_EVERYTIME_URL to one it does.";

/// Without a browser: whether the name resolves and the port is open.
async fn connection(site: &SiteConfig) -> Finding {
    let url = &site.everytime_url;
    let name = shown(url);
    if site.proxy_for(url).is_some() {
        return Finding::skipped("site", "it is asked through the proxy");
    }
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return Finding::skipped("site", "its address names no host");
    };
    let host = host.trim_matches(['[', ']']);
    match timeout(Duration::from_secs(5), TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => Finding::fine("site", format!("{name} takes connections")),
        Ok(Err(error)) => Finding::fault("site", format!("{name}: {error}"), UNREACHABLE),
        Err(_) => Finding::fault("site", format!("{name}: no connection in 5 s"), UNREACHABLE),
    }
}

async fn visit(
    fleet: &Fleet,
    url: Url,
    script: &str,
    limit: Duration,
) -> Result<Value, VisitError> {
    let visit = Visit {
        url,
        script: script.into(),
        args: Vec::new(),
        is_final: None,
        page_timeout: limit,
        deadline: Instant::now() + limit,
    };
    fleet.visit(visit).await.map(|visited| visited.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_that_turns_us_away_or_fails_is_a_fault_and_a_missing_front_page_is_none() {
        let faults = [0, 200, 404, 403, 429, 503]
            .map(|status| answered("https://a.example", status, Duration::ZERO).is_fault());
        assert_eq!(faults, [false, false, false, true, true, true]);
    }
}
