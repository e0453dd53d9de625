//! The page's files.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// One file.
pub(super) struct Asset {
    /// Its media type.
    pub(super) kind: &'static str,
    pub(super) bytes: &'static [u8],
}

macro_rules! file {
    ($kind:expr, $name:literal) => {
        Asset {
            kind: $kind,
            bytes: include_bytes!(concat!("assets/", $name)),
        }
    };
}

macro_rules! files {
    ($($kind:expr => [$($name:literal),+ $(,)?]),+ $(,)?) => {
        &[$($(($name, file!($kind, $name))),+),+]
    };
}

/// The page itself; `ASSETS` is replaced by the path of its files.
pub(super) static INDEX: Asset = file!("text/html; charset=utf-8", "index.html");

static FILES: &[(&str, Asset)] = files! {
    "text/javascript; charset=utf-8" => [
        "api.js", "ask.js", "calendar.js", "codec.js", "detail.js", "dom.js", "fault.js", "free.js",
        "grid.js", "handover.js", "heat.js", "ics.js", "key.js", "links.js", "load.js", "main.js",
        "meeting.js", "mixed.js", "names.js", "people.js", "picture.common.js", "picture.js",
        "picture.week.js", "question.js", "reading.js", "results.js", "share.js", "state.js",
        "storage.js", "svg.js", "team.js", "term.js", "texts.js", "time.js", "week.js", "who.js",
        "words.en.js", "words.js", "words.ko.js",
    ],
    "text/css; charset=utf-8" => ["base.css", "heat.css", "parts.css", "week.css"],
    "image/svg+xml" => ["icon.svg"],
};

/// A digest of the files. It is part of their addresses, so that browsers may store them for ever.
pub(super) static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for (name, asset) in FILES {
        digest.update(name);
        digest.update(asset.bytes);
    }
    let digest = digest.finalize();
    let digits = digest.iter().take(8).map(|byte| format!("{byte:02x}"));
    digits.collect()
});

/// The file of that name.
pub(super) fn named(name: &str) -> Option<&'static Asset> {
    FILES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, asset)| asset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_in_the_folder_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/page/assets");
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(name == "index.html" || named(&name).is_some(), "{name}");
        }
    }
}
