//! A site that serves its page and fails to serve the page's script: it is the site that fails, not the page that has
//! changed.

use crate::support::Service;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use tokio::net::TcpListener;

/// The timetable page's frame.
const PAGE: &str = "<body><div id=container class=timetable><div class=wrap><div class=tablehead></div>\
                    <div class=tablebody></div></div></div><script src=/draw.js></script>";

async fn site(answer: StatusCode) -> String {
    let router = Router::new()
        .route("/@{identifier}", get(|| async { Html(PAGE) }))
        .route("/draw.js", get(move || async move { answer }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn a_script_of_the_site_that_fails_is_the_sites_fault_and_one_that_draws_nothing_a_changed_page()
 {
    for (status, code) in [
        (StatusCode::SERVICE_UNAVAILABLE, "site_unavailable"),
        (StatusCode::FORBIDDEN, "blocked"),
        (StatusCode::OK, "layout_changed"),
    ] {
        let url = site(status).await;
        let service = Service::start(&[
            ("GONGGANG_EVERYTIME_URL", url.clone()),
            ("GONGGANG_API_URL", url),
        ]);
        let answer = service.get("/v1/timetables/weekday0000000000000").await;
        assert_eq!(answer.json()["code"], code, "{status}");
    }
}
