//! `gonggang check` where nothing is missing.

use crate::support::{Site, fixtures, gonggang};

fn line<'a>(lines: &'a [&str], subject: &str) -> &'a str {
    let found = lines.iter().find(|line| line.starts_with(subject));
    found.unwrap_or_else(|| panic!("nothing of {subject}: {lines:#?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn where_all_is_well_every_piece_is_named() {
    let site = Site::start(&fixtures()).await;
    let output = gonggang()
        .arg("check")
        .envs(site.variables())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(output.status.code(), Some(0), "{lines:#?}");
    for subject in ["driver", "browser", "versions", "fonts", "session"] {
        assert!(line(&lines, subject).contains("ok: "), "{lines:#?}");
    }
    let page = line(&lines, "page");
    assert!(
        page.contains("50 px an hour in a viewport of 910 × 1300"),
        "{page}"
    );
    assert!(line(&lines, "site").contains(&site.url), "{lines:#?}");
}
