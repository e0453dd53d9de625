//! Whether a font for Hangul is installed. Without one the page draws boxes of other widths than
//! elsewhere: a warning, because it can still be read.

use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use super::finding::Finding;

/// Longest wait for fontconfig; its first run builds a cache.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks fontconfig for the fonts that cover Korean.
pub(super) async fn look() -> Finding {
    match families().await {
        Some(families) => finding(&families),
        None => Finding::skipped(
            "fonts",
            "fc-list does not run (Debian, Ubuntu: apt-get install fontconfig)",
        ),
    }
}

/// One family a line.
async fn families() -> Option<String> {
    let mut command = Command::new("fc-list");
    command
        .args(["--format", "%{family[0]}\n", ":lang=ko"])
        .kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    let families = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(families)
}

fn finding(families: &str) -> Finding {
    match families.lines().min() {
        Some(family) => Finding::fine("fonts", family.to_owned()),
        None => Finding::warning(
            "fonts",
            "none for Korean".to_owned(),
            "Install one (Debian, Ubuntu: apt-get install fonts-noto-cjk).",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_korean_font_is_named_and_none_is_a_warning() {
        let noto = finding("Noto Serif CJK KR\nNoto Sans CJK KR\n");
        assert_eq!(noto.to_string(), "fonts    ok: Noto Sans CJK KR");
        assert!(finding("").to_string().contains("none for Korean"));
    }
}
