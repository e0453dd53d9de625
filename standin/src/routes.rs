//! The site's routes: front page, timetable page, its assets, and the API on the same listener.

use std::{future::pending, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Form, Path, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
            ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL,
            CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION, ORIGIN, VARY,
        },
    },
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::{
    behaviour::{ApiBehaviour, Behaviour},
    fixture::Fixture,
    fixtures::Fixtures,
    markup,
    page::{self, SiteFile},
};

const NO_SUCH_TABLE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response>-1</response>\n";
const ERROR_PAGE: &str =
    "<!doctype html><meta charset=\"utf-8\"><title>오류</title><p>오류가 발생했습니다</p>";

#[derive(Clone)]
struct Site {
    fixtures: Arc<Fixtures>,
    closing: CancellationToken,
}

pub(super) fn router(fixtures: Arc<Fixtures>, closing: CancellationToken) -> Router {
    let pages = Router::new()
        .route("/", get(Html(page::FRONT)))
        .route("/@{identifier}", get(timetable_page))
        .route("/login", get(Html(page::LOGIN)))
        .route("/attachment", get(attachment))
        .route(
            "/find/timetable/table/friend",
            post(friend_table).options(preflight),
        );
    let assets = page::assets().into_iter();
    assets
        .fold(pages, |router, asset| {
            router.route(asset.path, get(cacheable(&asset)))
        })
        .with_state(Site { fixtures, closing })
}

/// Styles and scripts are cacheable as on the real site, so a warm session loads only the page.
fn cacheable(asset: &SiteFile) -> ([(HeaderName, &'static str); 2], &'static str) {
    let headers = [
        (CONTENT_TYPE, asset.content_type),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, asset.body)
}

async fn attachment() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "application/octet-stream"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"timetable.bin\"",
        ),
    ];
    (headers, "not a timetable\n")
}

async fn timetable_page(
    State(site): State<Site>,
    Path(identifier): Path<String>,
) -> Result<Response, StatusCode> {
    site.fixtures.count_page_load(&identifier);
    let fixture = site.fixtures.get(&identifier);
    let behaviour = fixture
        .as_deref()
        .map_or_else(Behaviour::default, |fixture| fixture.behaviour.clone());
    hold(&site, behaviour.page.delay_ms, behaviour.page.never).await?;
    let document = match behaviour.page.status {
        200 => page::document(&site.fixtures.api_base(), &behaviour),
        _ => Some(ERROR_PAGE.to_owned()),
    };
    // Every visit must reach the server to be counted.
    let uncached = [(CACHE_CONTROL, "no-store")];
    Ok(match document {
        Some(body) => (status(behaviour.page.status), uncached, Html(body)).into_response(),
        None => (StatusCode::FOUND, uncached, [(LOCATION, "/login")]).into_response(),
    })
}

/// `friendInfo` is ignored: answers are verbatim, with or without the owner.
#[derive(Deserialize)]
struct ApiForm {
    identifier: String,
}

async fn friend_table(
    State(site): State<Site>,
    headers: HeaderMap,
    Form(form): Form<ApiForm>,
) -> Result<Response, StatusCode> {
    site.fixtures.count_api_call(&form.identifier);
    let unknown = || Arc::new(Fixture::new("", NO_SUCH_TABLE));
    let fixture = site.fixtures.get(&form.identifier).unwrap_or_else(unknown);
    let api = &fixture.behaviour.api;
    hold(&site, api.delay_ms, api.never).await?;
    let answer = [(CONTENT_TYPE, content_type(api, &fixture.answer))];
    let shared = if api.cors {
        cross_origin(&headers)
    } else {
        HeaderMap::new()
    };
    Ok((status(api.status), shared, answer, fixture.answer.clone()).into_response())
}

async fn preflight(headers: HeaderMap) -> impl IntoResponse {
    let allowed = [
        (ACCESS_CONTROL_ALLOW_METHODS, "POST, OPTIONS"),
        (
            ACCESS_CONTROL_ALLOW_HEADERS,
            "content-type, x-requested-with",
        ),
    ];
    (StatusCode::NO_CONTENT, cross_origin(&headers), allowed)
}

/// The caller's origin may read the answer. It is echoed, because `*` is invalid with credentials.
fn cross_origin(request: &HeaderMap) -> HeaderMap {
    let echo = |origin: &HeaderValue| -> [(HeaderName, HeaderValue); 3] {
        [
            (ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()),
            (
                ACCESS_CONTROL_ALLOW_CREDENTIALS,
                HeaderValue::from_static("true"),
            ),
            (VARY, HeaderValue::from_static("Origin")),
        ]
    };
    request
        .get(ORIGIN)
        .map(echo)
        .into_iter()
        .flatten()
        .collect()
}

fn content_type(api: &ApiBehaviour, body: &str) -> HeaderValue {
    let asked = api
        .content_type
        .as_deref()
        .and_then(|text| HeaderValue::from_str(text).ok());
    let usual = if markup::is_html(body) {
        "text/html; charset=utf-8"
    } else {
        "application/xml; charset=utf-8"
    };
    asked.unwrap_or(HeaderValue::from_static(usual))
}

/// Statuses are checked when a fixture is loaded; an invalid one in a test's own fixture becomes a 500.
fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Waits like a slow or silent server; 503 if the site stops first.
async fn hold(site: &Site, delay_ms: u64, never: bool) -> Result<(), StatusCode> {
    let wait = async {
        match (never, delay_ms) {
            (true, _) => pending().await,
            (false, 0) => (),
            (false, _) => tokio::time::sleep(Duration::from_millis(delay_ms)).await,
        }
    };
    tokio::select! {
        biased;
        () = wait => Ok(()),
        () = site.closing.cancelled() => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}
