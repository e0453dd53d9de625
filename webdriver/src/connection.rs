//! Creates and ends sessions at a WebDriver server. fantoccini queues a session's commands, so its
//! request to end a session would wait behind a command that hangs.

use std::{io, sync::Arc};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use fantoccini::Client;
use futures_util::{SinkExt as _, StreamExt as _};
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::{
    client::legacy,
    rt::{TokioExecutor, TokioIo},
};
use rustls::ClientConfig;
use serde_json::{Value, json};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest as _},
};
use tokio_util::sync::CancellationToken;
use tower_service::Service as _;
use url::Url;

use crate::{
    capabilities::Capabilities,
    connector::{self, CancellableStream},
    error::StartError,
    excerpt::Excerpt,
};

/// Longest answer, in bytes. Grid adds stack traces to its errors.
const LONGEST_ANSWER: usize = 1 << 20;

/// The address of a WebDriver server, with what TLS trusts.
#[derive(Clone)]
pub(crate) struct Connection {
    /// Ends with a slash. Otherwise a joined path would replace the last segment.
    base: Url,
    trust: Arc<ClientConfig>,
}

impl Connection {
    /// # Errors
    /// [`StartError::Credentials`], or [`StartError::NoRoots`] for an https address.
    pub(crate) fn new(url: &Url) -> Result<Self, StartError> {
        let escaped = |part: &str| part.contains('%');
        if escaped(url.username()) || url.password().is_some_and(escaped) {
            return Err(StartError::Credentials);
        }
        let trust = connector::trust(url.scheme() == "https").map_err(StartError::NoRoots)?;
        let mut base = url.clone();
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", url.path()));
        }
        Ok(Self { base, trust })
    }

    /// Creates a session and returns its id. Dropping this closes the connection, which cancels the
    /// request at a Grid (from 4.27).
    pub(crate) async fn create(&self, capabilities: &Capabilities) -> Result<String, StartError> {
        let body = json!({
            "capabilities": { "alwaysMatch": capabilities, "firstMatch": [{}] }
        });
        let (status, answer) = self
            .ask(Method::POST, "session", body.to_string())
            .await
            .map_err(|error| no_end(&error))?;
        created(status, &answer)
    }

    /// Ends a session. An unknown one counts as ended.
    pub(crate) async fn delete(&self, id: &str) -> io::Result<()> {
        let path = format!("session/{id}");
        let (status, _) = self.ask(Method::DELETE, &path, String::new()).await?;
        if status.is_success() || status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        Err(io::Error::other(status.to_string()))
    }

    /// Closes a session's browser without its driver, over the `DevTools` socket that a Grid has for Chromium.
    pub(crate) async fn close_browser(&self, id: &str) -> Result<(), tungstenite::Error> {
        let mut socket = self.devtools(id).await?;
        let command = json!({ "id": 1, "method": "Browser.close" });
        socket.send(Message::text(command.to_string())).await?;
        // The browser ends the connection when it has read the command.
        while socket.next().await.transpose()?.is_some() {}
        Ok(())
    }

    /// The path is the one that a Grid names as `se:cdp`. Its answer may name any host, so only this end is asked.
    async fn devtools(&self, id: &str) -> Result<Socket, tungstenite::Error> {
        let mut url = self.join(&format!("session/{id}/se/cdp"));
        let mut connector = connector::connector(&self.trust, CancellationToken::new());
        let uri = url.as_str().parse().map_err(http::Error::from)?;
        let stream = connector.call(uri).await.map_err(io::Error::other)?;
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        url.set_scheme(scheme).expect("both are special schemes");
        let mut request = url.as_str().into_client_request()?;
        if let Some(value) = self.authorization() {
            let value = value.parse().expect("it is base64");
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        let (socket, _) = client_async(request, TokioIo::new(stream)).await?;
        Ok(socket)
    }

    fn join(&self, path: &str) -> Url {
        self.base.join(path).expect("it is a path")
    }

    /// A client of an open session. Cancelling `cut` ends all its connections.
    pub(crate) async fn attach(
        &self,
        id: &str,
        cut: CancellationToken,
    ) -> Result<Client, StartError> {
        let connector = connector::connector(&self.trust, cut);
        Client::with_existing_session(self.base.as_str(), id, connector)
            .await
            .map_err(|error| no_end(&error))
    }

    /// Each request has a connection of its own, so that none waits for another.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: String,
    ) -> io::Result<(StatusCode, Value)> {
        let request = self.request(method, path, body).map_err(io::Error::other)?;
        let connector = connector::connector(&self.trust, CancellationToken::new());
        let client = legacy::Client::builder(TokioExecutor::new()).build(connector);
        let response = client.request(request).await.map_err(io::Error::other)?;
        let status = response.status();
        let body = Limited::new(response.into_body(), LONGEST_ANSWER)
            .collect()
            .await;
        let body = body.map_err(io::Error::other)?.to_bytes();
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }

    fn request(&self, method: Method, path: &str, body: String) -> http::Result<Request<String>> {
        let url = self.join(path);
        let mut request = Request::builder()
            .method(method)
            .uri(url.as_str())
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8");
        if let Some(value) = self.authorization() {
            request = request.header(header::AUTHORIZATION, value);
        }
        request.body(body)
    }

    /// Basic authentication with user and password of the address, as in fantoccini.
    fn authorization(&self) -> Option<String> {
        let (user, password) = (self.base.username(), self.base.password());
        if user.is_empty() && password.is_none() {
            return None;
        }
        let pair = format!("{user}:{}", password.unwrap_or_default());
        Some(format!("Basic {}", BASE64_STANDARD.encode(pair)))
    }
}

type Socket = WebSocketStream<TokioIo<MaybeHttpsStream<CancellableStream>>>;

/// Leaves the credentials out.
impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

fn created(status: StatusCode, answer: &Value) -> Result<String, StartError> {
    let value = &answer["value"];
    if let Some(id) = value["sessionId"].as_str() {
        return Ok(id.to_owned());
    }
    match value["message"].as_str() {
        Some(message) => Err(StartError::SessionNotCreated {
            message: Excerpt::of(message.lines().next().unwrap_or_default()),
        }),
        None => Err(StartError::NoWebDriver {
            message: Excerpt::of(&format!("it answered {status}")),
        }),
    }
}

/// The innermost cause is the clearest: "connection refused" instead of hyper's "client error".
fn no_end(error: &dyn std::error::Error) -> StartError {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    StartError::NoWebDriver {
        message: Excerpt::of(&cause.to_string()),
    }
}
