//! Strangers in a row, every fifth with a page that means harm: the others are read exactly, no word of a page is in
//! the log, and no file stays.

use std::sync::Arc;

use crate::other_site::{Other, PAGE, serve};
use crate::support::{Service, expected, fixtures, read_part};
use axum::extract::Path;
use axum::response::Html;
use axum::routing::get;

const FRIENDLY: [&str; 4] = ["weekday", "sunday", "markup-and-emoji", "untimed"];

/// What a hostile page does, besides what all of them do.
const HARM: [&str; 8] = [
    "(async()=>{for(;;){await navigator.storage.estimate();keep()}})()",
    "new SharedWorker(URL.createObjectURL(new Blob(['setInterval(()=>1,1)'])),{extendedLifetime:true})",
    "const f=document.createElement('iframe');f.sandbox='allow-scripts';\
     f.srcdoc='<script>onbeforeunload=()=>{for(;;);}</scr'+'ipt>';document.body.append(f);\
     Document.prototype.open=()=>{}",
    "Function.prototype.apply=Array.from=JSON.stringify=()=>'secret-word';window.Promise=class{}",
    "for(const c of ['a','b','c'])alert('secret-word \\u001b[31m'+location.href)",
    "throw new Error('secret-word '+location.href+'\\u001b\\r\\n'.repeat(9999))",
    "setInterval(()=>console.error('secret-word '+location.href.repeat(99)),1)",
    "document.body.innerHTML=\"<div id=container><div class=tablehead><div class=empty>secret-word</div></div></div>\"",
];

async fn page(Path(identifier): Path<String>) -> Html<String> {
    let hostile = identifier
        .strip_prefix("hostile")
        .and_then(|rest| rest[..3].parse::<usize>().ok());
    Html(hostile.map_or(PAGE.to_owned(), |number| {
        let harm = HARM[number % HARM.len()];
        format!(
            "<body><script>const keep=()=>{{document.cookie='secret-word=1';name='secret-word';\
             localStorage.a='secret-word'}};keep();console.error('secret-word');{harm}</script>"
        )
    }))
}

/// Each kind of harm once.
#[tokio::test]
async fn strangers_are_read_exactly_though_every_fifth_means_harm() {
    are_read_exactly(HARM.len()).await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn two_hundred_strangers_are_read_exactly_though_every_fifth_means_harm() {
    are_read_exactly(200 / (FRIENDLY.len() + 1)).await;
}

/// Reads a hostile page and the friendly ones after it, so many times.
async fn are_read_exactly(rounds: usize) {
    let site = Other::with_our_fixtures();
    let url = serve(Arc::clone(&site), get(page)).await;
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(&[
        ("GONGGANG_EVERYTIME_URL", url.clone()),
        ("GONGGANG_API_URL", url),
        ("GONGGANG_POOL_SIZE", "1".into()),
        ("GONGGANG_CACHE_CAPACITY", "0".into()),
        ("GONGGANG_PAGE_TIMEOUT", "2s".into()),
        ("GONGGANG_BREAKER_FAILURES", "0".into()),
        ("TMPDIR", folder.path().display().to_string()),
    ]);
    for number in 0..rounds {
        let hostile = format!("/v1/timetables/hostile{number:03}0000000000");
        assert_ne!(service.get(&hostile).await.status, 200, "{number}");
        for name in FRIENDLY {
            let fixture = site.fixtures.named(name).unwrap();
            let read = service
                .get(&format!("/v1/timetables/{}", fixture.identifier))
                .await;
            assert_eq!(read.status, 200, "{name} after {number}");
            let expected = &expected(&fixtures().join(name))["timetable"];
            assert_eq!(read_part(read.json()), *expected, "{name} after {number}");
        }
    }
    let log = service.log().join("\n");
    for word in ["secret-word", "hostile", "\u{1b}", "/@"] {
        assert!(!log.contains(word), "{word:?} in the log");
    }
    assert!(service.stop().success());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
