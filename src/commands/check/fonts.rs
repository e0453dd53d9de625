//! Whether Hangul can be drawn. Without it the page still lays out, with boxes in place of
//! letters and other widths than elsewhere: a warning, no fault.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use super::Finding;

/// Longest that fontconfig may take; its first run builds a cache.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where fonts are kept, for a machine without fontconfig's own tools.
const FOLDERS: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];

/// Parts of the names of font files that hold Hangul.
const KOREAN: [&str; 6] = [
    "cjk",
    "nanum",
    "pretendard",
    "notosanskr",
    "baekmuk",
    "malgun",
];

/// Asks fontconfig what it takes for Korean, else looks for a font file by name.
pub(super) async fn look() -> Finding {
    let found = match by_fontconfig().await {
        Some(answer) => answer,
        None => by_file().map(|path| path.display().to_string()),
    };
    match found {
        Some(font) => Finding::fine("fonts", font),
        None => Finding::warning(
            "fonts",
            "none for Korean".to_owned(),
            "Install one (Debian, Ubuntu: apt-get install fonts-noto-cjk).",
        ),
    }
}

/// `None` where there is no fontconfig to ask; `Some(None)` where its choice has no Hangul. It
/// always chooses something, so its choice is asked which languages it covers.
async fn by_fontconfig() -> Option<Option<String>> {
    let mut command = Command::new("fc-match");
    command
        .args(["--format", "%{family[0]}\n%{lang}\n", "sans-serif:lang=ko"])
        .kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    output
        .status
        .success()
        .then(|| korean_choice(&String::from_utf8_lossy(&output.stdout)))
}

fn korean_choice(answer: &str) -> Option<String> {
    let (family, languages) = answer.split_once('\n')?;
    let covers = languages.trim().split('|').any(|language| language == "ko");
    covers.then(|| family.to_owned())
}

fn by_file() -> Option<PathBuf> {
    FOLDERS
        .iter()
        .find_map(|folder| korean_file(Path::new(folder)))
}

fn korean_file(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let (folders, files): (Vec<_>, Vec<_>) = paths.partition(|path| path.is_dir());
    let file = files.into_iter().find(|path| is_korean(path));
    file.or_else(|| folders.iter().find_map(|folder| korean_file(folder)))
}

fn is_korean(path: &Path) -> bool {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    KOREAN.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fontconfigs_choice_counts_only_if_it_covers_korean() {
        let noto = "Noto Sans CJK KR\naa|ko|ja\n";
        assert_eq!(korean_choice(noto).as_deref(), Some("Noto Sans CJK KR"));
        assert_eq!(korean_choice("DejaVu Sans\naa|de|kok\n"), None);
        assert_eq!(korean_choice(""), None);
    }

    #[test]
    fn a_font_file_is_known_by_its_name() {
        assert!(is_korean(Path::new("/x/NotoSansCJK-Regular.ttc")));
        assert!(is_korean(Path::new("/x/NanumGothic.ttf")));
        assert!(!is_korean(Path::new("/x/DejaVuSans.ttf")));
    }
}
