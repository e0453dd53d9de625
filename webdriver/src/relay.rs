//! A proxy of the fleet on loopback, between a local browser and the configured proxy.
//!
//! Chromium's resolver rules do not apply to requests through a proxy, and its headless shell takes no
//! proxy script. So the browser uses this proxy, which passes on requests to allowed hosts and closes
//! the connection of all others. It also sends the password of the configured proxy, since browsers
//! take one only through a prompt.

use std::{
    io,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderValue, Method, Request, Response, header::PROXY_AUTHORIZATION};
use hyper::{
    body::Incoming,
    client::conn::http1 as client,
    server::conn::http1 as server,
    service::service_fn,
    upgrade::{self, OnUpgrade},
};
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use crate::config::{BrowserConfig, Proxy};

/// Deadline of a connection to the proxy.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Pause after a connection could not be accepted, for example because no file descriptor is free.
const PAUSE: Duration = Duration::from_millis(100);

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A running relay. Dropping it closes its connections too.
#[derive(Debug)]
pub(crate) struct Relay {
    address: Proxy,
    route: Arc<Route>,
    _stop: DropGuard,
}

/// Where requests may go, and through what.
struct Route {
    /// Host and port of the proxy.
    proxy: String,
    /// User and password for it.
    authorization: Option<HeaderValue>,
    /// As in [`BrowserConfig::allowed_hosts`].
    allowed: Option<Vec<String>>,
    refused: AtomicU64,
    stop: CancellationToken,
}

impl Relay {
    /// Listens on a free port of this machine and forwards to `proxy`.
    pub(crate) async fn start(proxy: &Proxy, browser: &BrowserConfig) -> io::Result<Self> {
        let no_host = || io::Error::other("the proxy's address has no host");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let stop = CancellationToken::new();
        let route = Arc::new(Route {
            proxy: proxy.host_and_port().ok_or_else(no_host)?,
            authorization: authorization(&proxy.0),
            allowed: browser.allowed_hosts.clone(),
            refused: AtomicU64::new(0),
            stop: stop.clone(),
        });
        tokio::spawn(
            stop.clone()
                .run_until_cancelled_owned(accept(listener, Arc::clone(&route))),
        );
        Ok(Self {
            address: Proxy(address.parse().map_err(io::Error::other)?),
            route,
            _stop: stop.drop_guard(),
        })
    }

    /// The address to give to the browser.
    pub(crate) fn address(&self) -> &Proxy {
        &self.address
    }

    /// Requests that were not passed on, since the start.
    pub(crate) fn refused(&self) -> u64 {
        self.route.refused.load(Relaxed)
    }
}

/// Basic authentication with the address's user and password.
fn authorization(proxy: &Url) -> Option<HeaderValue> {
    if proxy.username().is_empty() && proxy.password().is_none() {
        return None;
    }
    let decoded = |part: &str| percent_decode_str(part).collect::<Vec<u8>>();
    let password = proxy.password().unwrap_or_default();
    let pair = [decoded(proxy.username()), decoded(password)].join(&b':');
    let mut value =
        HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(pair))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

async fn accept(listener: TcpListener, route: Arc<Route>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let stop = route.stop.clone();
        tokio::spawn(stop.run_until_cancelled_owned(serve(stream, Arc::clone(&route))));
    }
}

/// Each request is looked at by itself: a browser sends several over one connection.
async fn serve(stream: TcpStream, route: Arc<Route>) {
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |request| pass_on(request, Arc::clone(&route)));
    let connection = server::Builder::new().serve_connection(TokioIo::new(stream), answer);
    // A connection that ends early is the browser's own business, or was ended on purpose.
    let _ = connection.with_upgrades().await;
}

/// # Errors
/// The request's address is not allowed, or the proxy cannot be reached: the connection ends.
async fn pass_on(
    mut request: Request<Incoming>,
    route: Arc<Route>,
) -> Result<Response<Incoming>, Failure> {
    if !route.allows(&request) {
        route.refused.fetch_add(1, Relaxed);
        return Err("not allowed".into());
    }
    let tunnel = (request.method() == Method::CONNECT).then(|| upgrade::on(&mut request));
    if let Some(value) = &route.authorization {
        request
            .headers_mut()
            .insert(PROXY_AUTHORIZATION, value.clone());
    }
    let mut response = ask(&route, request).await?;
    if let Some(browser) = tunnel.filter(|_| response.status().is_success()) {
        let site = upgrade::on(&mut response);
        let stop = route.stop.clone();
        tokio::spawn(stop.run_until_cancelled_owned(join(browser, site)));
    }
    Ok(response)
}

/// Opens a connection to the proxy for each request. A tunnel needs its own anyway, and pages of plain
/// http are rare.
async fn ask(route: &Route, request: Request<Incoming>) -> Result<Response<Incoming>, Failure> {
    let stream = timeout(CONNECT_WITHIN, TcpStream::connect(&route.proxy)).await??;
    let _ = stream.set_nodelay(true);
    let (mut sender, connection) = client::handshake(TokioIo::new(stream)).await?;
    let stop = route.stop.clone();
    tokio::spawn(stop.run_until_cancelled_owned(connection.with_upgrades()));
    Ok(sender.send_request(request).await?)
}

async fn join(browser: OnUpgrade, site: OnUpgrade) {
    if let (Ok(browser), Ok(site)) = tokio::join!(browser, site) {
        let (mut browser, mut site) = (TokioIo::new(browser), TokioIo::new(site));
        let _ = copy_bidirectional(&mut browser, &mut site).await;
    }
}

impl Route {
    /// Requests to a proxy name a host. One without a host is for the relay itself, and refused.
    fn allows(&self, request: &Request<Incoming>) -> bool {
        let uri = request.uri();
        let Some(host) = uri.host() else { return false };
        let port = uri.port_u16().unwrap_or(80);
        let allows = |allowed: &String| *allowed == host || *allowed == format!("{host}:{port}");
        self.allowed
            .as_ref()
            .is_none_or(|all| all.iter().any(allows))
    }
}

/// Leaves the password out.
impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Route")
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_are_unescaped_and_marked_sensitive() {
        let sent = |address: &str| authorization(&address.parse().expect("an address"));
        let expected = format!("Basic {}", BASE64_STANDARD.encode("me:s@cret"));
        let value = sent("http://me:s%40cret@proxy.example:3128").expect("a header");
        assert_eq!(value.to_str().ok(), Some(expected.as_str()));
        assert_eq!(format!("{value:?}"), "Sensitive");
        assert_eq!(sent("http://proxy.example:3128"), None);
    }
}
