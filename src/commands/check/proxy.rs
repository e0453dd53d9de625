//! Whether the egress proxy accepts connections, and what goes through it.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::finding::Finding;
use crate::config::Config;
use crate::source::EgressProxy;

/// Longest wait for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

const TO_DO: &str = "Check GONGGANG_PROXY (or HTTPS_PROXY), or set GONGGANG_PROXY=none.";

/// Empty if no proxy is set.
pub(super) async fn look(config: &Config) -> Option<Finding> {
    let proxy = config.site.proxy.as_ref()?;
    let name = proxy.shown();
    let urls = [&config.site.everytime_url, &config.site.api_url].into_iter();
    let asked = urls.filter(|url| config.site.proxy_for(url).is_some());
    let asked: Vec<_> = asked.filter_map(Url::host_str).collect();
    Some(if asked.is_empty() {
        Finding::fine(
            "proxy",
            format!("{name}, not used: site and API are here or in NO_PROXY"),
        )
    } else {
        let what = format!("{name}, for {}", asked.join(" and "));
        connection(proxy, what).await
    })
}

async fn connection(proxy: &EgressProxy, what: String) -> Finding {
    let host = proxy.url.host_str().unwrap_or_default();
    let host = host.trim_matches(['[', ']']);
    let port = proxy.url.port_or_known_default().unwrap_or_default();
    match timeout(PATIENCE, TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => Finding::fine("proxy", what),
        Ok(Err(error)) => Finding::fault("proxy", format!("{what}: {error}"), TO_DO),
        Err(_) => Finding::fault("proxy", format!("{what}: no connection in 5 s"), TO_DO),
    }
}
