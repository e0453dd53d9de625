//! Makes the call that the page makes for its timetable.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{HeaderMap, HeaderValue, ORIGIN, REFERER};
use reqwest::{Client, Proxy, Response, redirect};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore};
use url::Url;
use webdriver_fleet::SiteFault;

use super::why::why;
use crate::source::call_form;
use crate::source::site::SiteConfig;
use timetable::answer::Received;
use timetable::share_link::Identifier;

/// The user agent, unless one is set: a browser like those whose pages make the call.
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                          Chrome/140.0.0.0 Safari/537.36";
/// Longest that connecting may take.
const CONNECT: Duration = Duration::from_secs(5);
/// Most bytes of an unpacked body; a full week has a hundredth of that.
const MOST_BYTES: usize = 1 << 20;

/// The settings do not make a client.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client: {0}")]
pub struct ClientError(String);

/// A response of the API.
pub(super) struct ApiResponse {
    status: u16,
    /// `None` if the status is not 200, or the body is longer than any timetable's.
    body: Option<Vec<u8>>,
}

impl ApiResponse {
    pub(super) fn received(&self) -> Received<'_> {
        Received {
            status: self.status,
            body: self.body.as_deref(),
        }
    }
}

/// A client of the API.
pub(super) struct ApiClient {
    http: Client,
    url: Url,
}

impl ApiClient {
    pub(super) fn new(site: &SiteConfig, user_agent: Option<&str>) -> Result<Self, ClientError> {
        let failed = |error: &dyn std::error::Error| ClientError(error.to_string());
        let url = site.api_call();
        let mut http = Client::builder()
            .tls_backend_preconfigured(tls(&site.authorities).map_err(|error| failed(&error))?)
            .user_agent(user_agent.unwrap_or(USER_AGENT))
            .default_headers(page_headers(&site.everytime_url))
            // Proxies come from the settings alone, and a redirect must not lead to another host.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT);
        if let Some(proxy) = site.proxy_for(&url) {
            let proxy = Proxy::all(proxy.url.clone()).map_err(|error| failed(&error))?;
            http = http.proxy(proxy);
        }
        let http = http.build().map_err(|error| failed(&error))?;
        Ok(Self { http, url })
    }

    /// Status and body of the answer about `identifier`, or why there is none.
    pub(super) async fn ask(&self, identifier: &Identifier) -> Result<ApiResponse, SiteFault> {
        let question = self.http.post(self.url.clone());
        let question = question.form(&call_form(identifier));
        let answer = question.send().await.map_err(|error| why(&error))?;
        let status = answer.status().as_u16();
        let body = match status {
            200 => body(answer).await?,
            _ => None,
        };
        Ok(ApiResponse { status, body })
    }
}

/// Trusts `authorities` and Mozilla's roots. The roots are built in, because a container image with one
/// binary has no others.
fn tls(authorities: &[CertificateDer<'static>]) -> Result<ClientConfig, rustls::Error> {
    let mut roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    for authority in authorities {
        roots.add(authority.clone())?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(Clock))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = ["h2", "http/1.1"]
        .map(|name| name.as_bytes().to_vec())
        .into();
    Ok(config)
}

/// The clock for certificates. The library's own clock panics before 1970.
#[derive(Debug)]
struct Clock;

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        Some(UnixTime::since_unix_epoch(since))
    }
}

/// The headers that a browser sends about the calling page.
fn page_headers(page: &Url) -> HeaderMap {
    let origin = page.origin().ascii_serialization();
    [(ORIGIN, origin.clone()), (REFERER, format!("{origin}/"))]
        .into_iter()
        .filter_map(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?)))
        .collect()
}

/// A body that ends too early or cannot be unpacked is a fault of the site.
async fn body(mut answer: Response) -> Result<Option<Vec<u8>>, SiteFault> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| why(&error))? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}
