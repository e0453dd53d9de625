//! A remote end without a browser. It answers what a session needs, until a test changes its mood.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::SeqCst},
};

use axum::{
    Json, Router,
    extract::{Path, Request, State},
    http::{Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::StreamExt as _;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{Notify, watch},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{handshake::derive_accept_key, protocol::Role},
};
use url::Url;
use webdriver_fleet::{Endpoint, FleetConfig};

use super::hostile;

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// Scripts wait until it is well again.
    Slow,
    /// Scripts fail as if the page's process had died.
    Crashing,
    /// No command is ever answered.
    Silent,
    /// Its sessions answer only the request to end them.
    Hung,
    /// Its sessions answer nothing, and end when their browser was closed over the `DevTools` socket.
    Stuck,
    /// Sessions are created when it is well again.
    Full,
    /// No session is created, and existing ones are unknown.
    Refusing,
    /// The same, with a message that must not be repeated.
    Quoting,
}

/// The remote end and the requests it got.
#[derive(Debug, Clone)]
pub struct Fake {
    pub url: Url,
    mood: Arc<watch::Sender<Mood>>,
    pub sessions: Arc<AtomicU32>,
    pub ended: Arc<AtomicU32>,
    /// Sessions whose browser was closed over the `DevTools` socket.
    closed: Arc<watch::Sender<Vec<String>>>,
    pub scripts: Arc<AtomicU32>,
    /// Requests that wait now with an open connection.
    pub waiting: Arc<AtomicU32>,
    /// Notified when a script arrives.
    pub asked: Arc<Notify>,
}

impl Fake {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("it is bound"));
        let fake = Self {
            url: url.parse().expect("an address"),
            mood: Arc::new(watch::Sender::new(Mood::Well)),
            sessions: Arc::default(),
            ended: Arc::default(),
            closed: Arc::new(watch::Sender::new(Vec::new())),
            scripts: Arc::default(),
            waiting: Arc::default(),
            asked: Arc::default(),
        };
        let app = Router::new()
            .route("/session/{id}/se/cdp", get(devtools_socket))
            .fallback(answer)
            .with_state(fake.clone());
        tokio::spawn(async { axum::serve(listener, app).await });
        fake
    }

    pub fn be(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// A fleet's configuration that uses it.
    pub fn of(&self, config: FleetConfig) -> FleetConfig {
        FleetConfig {
            endpoint: Endpoint::Remote(self.url.clone()),
            ..config
        }
    }

    async fn run_script(&self) -> Response {
        self.scripts.fetch_add(1, SeqCst);
        self.asked.notify_waiters();
        let mut mood = self.mood.subscribe();
        let _ = mood.wait_for(|mood| *mood != Mood::Slow).await;
        if *mood.borrow() == Mood::Crashing {
            let value =
                json!({ "error": "unknown error", "message": "tab crashed", "stacktrace": "" });
            return (
                StatusCode::INTERNAL_SERVER_ERROR,
                Json(json!({ "value": value })),
            )
                .into_response();
        }
        value(&json!({ "result": { "value": { "value": "fake" } } }))
    }

    /// Answers of `DevTools` for a window whose page was left, and for a visit's script.
    async fn devtools(&self, command: &Value) -> Response {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let function = text(&command["params"]["functionDeclaration"]);
        value(&match text(&command["cmd"]).as_str() {
            "Runtime.callFunctionOn" if function.contains("new Promise") => {
                return self.run_script().await;
            }
            "Runtime.evaluate" | "Runtime.callFunctionOn" => {
                json!({ "result": { "value": "about:blank" } })
            }
            "Target.getTargets" => json!({ "targetInfos": [] }),
            "Page.createIsolatedWorld" => json!({ "executionContextId": 1 }),
            "Page.getNavigationHistory" => {
                json!({ "currentIndex": 0, "entries": [{ "url": "about:blank" }] })
            }
            _ => json!({}),
        })
    }

    /// Waits for another mood. Counts while the connection is open.
    async fn wait_while(&self, mood: Mood) {
        let _place = Place::take(&self.waiting);
        let mut moods = self.mood.subscribe();
        let _ = moods.wait_for(|now| *now != mood).await;
    }

    async fn wait_for_close(&self, id: &str) {
        let mut closed = self.closed.subscribe();
        let is_closed = closed.wait_for(|closed| closed.iter().any(|one| one == id));
        is_closed.await.expect("the fake lives");
    }

    async fn create(&self) -> Response {
        self.wait_while(Mood::Full).await;
        let number = self.sessions.fetch_add(1, SeqCst);
        value(&json!({ "sessionId": number.to_string(), "capabilities": {} }))
    }
}

/// A Grid's `DevTools` socket of a session; the browser closes on request.
async fn devtools_socket(
    State(fake): State<Fake>,
    Path(id): Path<String>,
    request: Request,
) -> impl IntoResponse {
    let key = request.headers()[header::SEC_WEBSOCKET_KEY].as_bytes();
    let accept = derive_accept_key(key);
    tokio::spawn(async move {
        let connection = hyper::upgrade::on(request).await.expect("it is upgraded");
        let connection = TokioIo::new(connection);
        let mut socket = WebSocketStream::from_raw_socket(connection, Role::Server, None).await;
        let told = socket.next().await.expect("a message").expect("a message");
        let told: Value = serde_json::from_str(told.to_text().expect("a text")).expect("JSON");
        assert_eq!(told["method"], "Browser.close");
        fake.closed.send_modify(|closed| closed.push(id));
    });
    let headers = [
        (header::CONNECTION, "Upgrade".to_owned()),
        (header::UPGRADE, "websocket".to_owned()),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers)
}

/// A counted request; uncounted on drop, also when the connection ends.
struct Place(Arc<AtomicU32>);

impl Place {
    fn take(count: &Arc<AtomicU32>) -> Self {
        count.fetch_add(1, SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

async fn answer(State(fake): State<Fake>, method: Method, uri: Uri, body: String) -> Response {
    let mood = *fake.mood.borrow();
    match mood {
        Mood::Silent => return std::future::pending().await,
        Mood::Refusing => return refusal("no more"),
        Mood::Quoting => return refusal(&hostile::words()),
        _ => {}
    }
    let mut path = uri.path().splitn(4, '/').skip(2);
    let (id, command) = (path.next(), path.next().unwrap_or_default());
    match (method, command) {
        (Method::DELETE, "") => {
            if mood == Mood::Stuck {
                fake.wait_for_close(id.unwrap_or_default()).await;
            }
            fake.ended.fetch_add(1, SeqCst);
            value(&Value::Null)
        }
        (Method::POST, "") => fake.create().await,
        _ if matches!(mood, Mood::Hung | Mood::Stuck) => {
            let _place = Place::take(&fake.waiting);
            std::future::pending().await
        }
        (Method::GET, "window") => value(&json!("ours")),
        (Method::GET, "window/handles") => value(&json!(["ours"])),
        (_, "se/log") => value(&json!([])),
        (_, "goog/cdp/execute") => {
            let command = serde_json::from_str(&body).unwrap_or_default();
            fake.devtools(&command).await
        }
        _ => value(&json!({})),
    }
}

fn value(value: &Value) -> Response {
    Json(json!({ "value": value })).into_response()
}

fn refusal(message: &str) -> Response {
    let value = json!({ "error": "session not created", "message": message, "stacktrace": "" });
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        Json(json!({ "value": value })),
    )
        .into_response()
}
