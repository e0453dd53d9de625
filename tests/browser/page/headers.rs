//! How the page's files are served.

use super::stage::everything;
use crate::support::fake::{Http, Reply};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' blob: data:; connect-src 'self'; form-action 'none'; \
                      frame-ancestors 'none'; base-uri 'none'";

fn http() -> Http {
    Http::before(&everything(), &["--api-keys=akey", "--rate-limit=1"])
}

/// Addresses in the page's own HTML.
fn addresses(page: &Reply) -> Vec<&str> {
    let parts = page.text.split('"');
    parts.filter(|part| part.starts_with("/assets/")).collect()
}

#[tokio::test]
async fn the_page_needs_no_key_and_lets_nothing_in_from_outside() {
    let http = http();
    for _ in 0..3 {
        let page = http.get("/").await;
        assert_eq!(page.status, 200, "and is not counted either");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("content-security-policy"), POLICY);
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cache-control"), "no-cache");
        assert!(!page.text.contains("ASSETS") && !page.text.contains("://"));
    }
}

#[tokio::test]
async fn a_file_is_kept_for_ever_at_the_address_that_the_page_names() {
    let http = http();
    let page = http.get("/").await;
    assert!(addresses(&page).len() >= 6, "{page:?}");
    for address in addresses(&page) {
        let file = http.get(address).await;
        assert_eq!(file.status, 200, "{address}");
        assert_eq!(
            file.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(file.header("content-security-policy"), POLICY);
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        let kind = match address.rsplit_once('.').unwrap().1 {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            _ => "image/svg+xml",
        };
        assert_eq!(file.header("content-type"), kind);
    }
    let older = http.get("/assets/older/main.js").await;
    assert_eq!(
        (older.status, older.header("cache-control")),
        (200, "no-cache")
    );
}

#[tokio::test]
async fn who_has_the_page_is_not_sent_it_again() {
    let http = http();
    for address in ["/", "/assets/any/week.css"] {
        let first = http.get(address).await;
        let tag = first.header("etag").to_owned();
        let again = http.get_with(address, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{address}");
        assert_eq!(again.header("etag"), tag);
        let other = http.get_with(address, &[("if-none-match", "\"x\"")]).await;
        assert_eq!(other.status, 200);
    }
}

#[tokio::test]
async fn only_what_there_is_can_be_had_and_only_read() {
    let http = http();
    for address in ["/", "/assets/any/main.js"] {
        let refused = http.post(address, "text/plain", "x").await;
        assert_eq!(
            (refused.status, refused.header("allow")),
            (405, "GET, HEAD")
        );
    }
    for address in [
        "/assets/any/index.html",
        "/assets/any/mod.rs",
        "/assets/any/..%2Fmod.rs",
        "/assets/main.js",
    ] {
        assert_eq!(http.get(address).await.status, 404, "{address}");
    }
}
