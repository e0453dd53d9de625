//! `gonggang serve`: the HTTP service, from its first session to its last answer.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use url::Url;

use super::output;
use super::reader::Reader;
use super::replay;
use super::signals::Signals;
use crate::cli::CommandError;
use crate::config::{Config, Settings};
use crate::http::HttpConfig;
use crate::metrics::Metrics;
use crate::service::Service;
use crate::source::SiteConfig;
use crate::wall_clock::is_writable;
use crate::{http, log, metrics};
use standin::Fixtures;

/// Time to answer callers whose reads were cut off.
const DELIVERY: Duration = Duration::from_secs(1);

/// Serves until a signal, then finishes the requests in progress.
pub(super) async fn run(replay: Option<&Path>, settings: &Settings) -> Result<(), CommandError> {
    let mut config = settings.validate().map_err(CommandError::Settings)?;
    let _log = log::start(&config.log);
    warn_without_bounds(&config.http);
    check_clock(SystemTime::now())?;
    let counted =
        metrics::start(log::dropped).map_err(|error| CommandError::Internal(error.to_string()))?;
    let fixtures = replay.map(super::replay::load).transpose()?;
    if let Some(fixtures) = &fixtures {
        config.site = stand_in(Arc::clone(fixtures)).await?;
    }
    let listener = replay::bind(config.http.listen).await?;
    // The first process of a container ends on no signal that it does not handle.
    let mut signals = Signals::listen()
        .map_err(|error| CommandError::Internal(format!("no signals: {error}")))?;
    let reader = tokio::select! {
        reader = Reader::start(&config) => reader?,
        () = signals.next() => return Ok(()),
    };
    announce(&listener, fixtures.as_deref())?;
    serve(listener, &config, &reader, counted, signals).await;
    info!("stopped");
    Ok(())
}

/// Callers behind a proxy may come from anywhere, so one of them can use up the site's whole rate.
fn warn_without_bounds(http: &HttpConfig) {
    if http.is_without_bounds() {
        warn!(
            "a proxy is trusted, but there is no key and no rate limit: one caller can take all \
             reads of the site; set GONGGANG_RATE_LIMIT=60, or GONGGANG_API_KEYS"
        );
    }
}

/// HTTP answers have a date, so the clock must stand in 1970 or later. It may be wrong.
fn check_clock(now: SystemTime) -> Result<(), CommandError> {
    if is_writable(now) {
        return Ok(());
    }
    let why = "the system's clock stands before 1970 or after 9999, and HTTP has no word for such a time.\n\
               Set the clock (date --set, or NTP) and start again.";
    Err(CommandError::Unavailable(why.to_owned()))
}

async fn serve(
    listener: TcpListener,
    config: &Config,
    reader: &Reader,
    counted: Metrics,
    signals: Signals,
) {
    tokio::spawn(counted.clone().keep_up());
    let router = http::router(reader.service.clone(), config.http.clone(), counted);
    let end = End::default();
    let heeding = heed(
        signals,
        reader.service.clone(),
        config.shutdown_grace,
        end.clone(),
    );
    tokio::spawn(heeding);
    if let Some(canary) = reader.canary.clone() {
        let draining = end.begun.clone();
        tokio::spawn(async move { draining.run_until_cancelled(canary.run()).await });
    }
    let limits = http::ServerLimits {
        connections: reader.connections,
        proxies: config.http.trusted_proxies.clone(),
        ..http::ServerLimits::default()
    };
    let stop = end.begun.clone().cancelled_owned();
    let mut serving = pin!(http::serve(listener, router, limits, stop));
    tokio::select! {
        () = &mut serving => {}
        () = end.hurried.cancelled() => {
            reader.shut_down(Duration::ZERO).await;
            let _ = timeout(DELIVERY, serving).await;
        }
    }
    tokio::select! {
        () = reader.shut_down(config.shutdown_grace) => {}
        () = end.hurried.cancelled() => reader.shut_down(Duration::ZERO).await,
    }
}

/// The two stages of the end.
#[derive(Clone, Default)]
struct End {
    /// New requests are refused.
    begun: CancellationToken,
    /// Requests in progress are cut off.
    hurried: CancellationToken,
}

/// The first signal starts the end; a second one, or the end of the grace, hurries it.
async fn heed(mut signals: Signals, service: Arc<Service>, grace: Duration, end: End) {
    signals.next().await;
    info!("stopping: no new questions, finishing those under way");
    service.start_draining();
    end.begun.cancel();
    tokio::select! {
        () = sleep(grace) => warn!(?grace, "the grace is over: what is under way is cut off"),
        () = signals.next() => warn!("asked again: what is under way is cut off"),
    }
    end.hurried.cancel();
}

/// Starts the stand-in site; it lives as long as the process.
async fn stand_in(fixtures: Arc<Fixtures>) -> Result<SiteConfig, CommandError> {
    let listener = replay::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let address = listener
        .local_addr()
        .map_err(|error| CommandError::Internal(error.to_string()))?;
    let url: Url = format!("http://{address}")
        .parse()
        .map_err(|error| CommandError::Internal(format!("stand-in address: {error}")))?;
    tokio::spawn(standin::serve(listener, fixtures, std::future::pending()));
    Ok(SiteConfig {
        everytime_url: url.clone(),
        api_url: url,
        authorities: Vec::new(),
        proxy: None,
    })
}

/// Prints the address and an example. The service runs even if this fails.
fn announce(listener: &TcpListener, fixtures: Option<&Fixtures>) -> Result<(), CommandError> {
    let address = listener
        .local_addr()
        .map_err(|error| CommandError::Internal(error.to_string()))?;
    info!(%address, "ready");
    let Some(fixtures) = fixtures else {
        return Ok(());
    };
    let example = fixtures
        .named("weekday")
        .or_else(|| fixtures.all().into_iter().next());
    if let Some(fixture) = example {
        let (count, link) = (
            fixtures.all().len(),
            format!("https://everytime.kr/@{}", fixture.identifier),
        );
        let _ = output::print(format!(
            "Serving a stand-in site's {count} timetables, offline. Look at http://{address}/ and paste\n  \
             {link}\nor try:\n  curl 'http://{address}/schedule?url={link}'\n"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn a_clock_that_is_far_off_serves_and_one_before_1970_is_told_what_to_do() {
        let century = Duration::from_hours(24 * 365 * 100);
        for time in [UNIX_EPOCH, UNIX_EPOCH + century, UNIX_EPOCH + 10 * century] {
            assert!(check_clock(time).is_ok());
        }
        let refused = check_clock(UNIX_EPOCH - century).unwrap_err();
        assert!(refused.to_string().contains("Set the clock"), "{refused}");
    }
}
