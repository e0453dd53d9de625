//! `gonggang serve`: the HTTP service, from its first session to its last answer.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tracing::info;
use url::Url;

use super::reader::Reader;
use super::{replay, signals};
use crate::cli::CommandError;
use crate::config::{Config, Settings, SiteConfig};
use crate::replay::Cases;
use crate::{http, log, metrics};

/// Serves until it is told to stop, then finishes what it began.
pub(super) async fn run(replay: Option<&Path>, settings: &Settings) -> Result<(), CommandError> {
    let mut config = settings.validate().map_err(CommandError::Settings)?;
    log::start(&config.log);
    let counted = metrics::start().map_err(|error| CommandError::Internal(error.to_string()))?;
    let cases = replay.map(super::replay::load).transpose()?;
    if let Some(cases) = &cases {
        config.site = stand_in(Arc::clone(cases)).await?;
    }
    let listener = replay::bind(config.http.listen).await?;
    // As the first process of a container there is no other way to end it than to listen.
    let reader = tokio::select! {
        reader = Reader::start(&config) => reader?,
        () = signals::first() => return Ok(()),
    };
    announce(&listener, cases.as_deref())?;
    serve(listener, &config, &reader, counted).await;
    reader.shut_down(config.shutdown_grace).await;
    info!("stopped");
    Ok(())
}

async fn serve(listener: TcpListener, config: &Config, reader: &Reader, counted: PrometheusHandle) {
    let router = http::router(reader.service.clone(), config.http.clone(), counted);
    let service = reader.service.clone();
    let stop = async move {
        signals::first().await;
        info!("stopping: no new questions, finishing those under way");
        service.start_draining();
    };
    let limits = http::ServerLimits::default();
    http::serve(listener, router, limits, stop, config.shutdown_grace).await;
}

/// Starts the stand-in site for as long as the process lives.
async fn stand_in(cases: Arc<Cases>) -> Result<SiteConfig, CommandError> {
    let listener = replay::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let address = listener
        .local_addr()
        .map_err(|error| CommandError::Internal(error.to_string()))?;
    let url: Url = format!("http://{address}")
        .parse()
        .map_err(|error| CommandError::Internal(format!("stand-in address: {error}")))?;
    tokio::spawn(crate::replay::serve(
        listener,
        cases,
        std::future::pending(),
    ));
    Ok(SiteConfig {
        everytime_url: url.clone(),
        api_url: url,
    })
}

/// Says where the service is and how to ask it, on standard output: for whoever started it.
#[expect(
    clippy::print_stdout,
    reason = "tells the person at the terminal what to do next"
)]
fn announce(listener: &TcpListener, cases: Option<&Cases>) -> Result<(), CommandError> {
    let address = listener
        .local_addr()
        .map_err(|error| CommandError::Internal(error.to_string()))?;
    info!(%address, "ready");
    let Some(cases) = cases else { return Ok(()) };
    let example = cases
        .named("weekday")
        .or_else(|| cases.all().into_iter().next());
    if let Some(case) = example {
        println!(
            "Serving a stand-in site's {} timetables, offline. Look at http://{address}/ and paste",
            cases.all().len()
        );
        println!("  https://everytime.kr/@{}", case.identifier);
        println!("or try:");
        println!(
            "  curl 'http://{address}/schedule?url=https://everytime.kr/@{}'",
            case.identifier
        );
    }
    Ok(())
}
