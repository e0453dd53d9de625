//! The variants.

use gonggang::source::VIEWPORT;

use crate::bare::{self, Cleaning, Window};
use crate::fleet;
use crate::launch::Edit;

pub(crate) struct Variant {
    pub(crate) name: &'static str,
    pub(crate) number: usize,
    pub(crate) way: Way,
}

/// Which session reads, and how.
pub(crate) enum Way {
    /// The fleet, with a browser that is started otherwise.
    Fleet(fleet::Settings),
    /// A bare session, which is sent other commands.
    Bare(bare::Settings),
}

/// They are far apart in the list, so that they run at different times.
const AS_IT_IS: [&str; 3] = [
    "the fleet as it is",
    "the fleet once more",
    "the fleet again",
];
const AS_THE_FLEET: [&str; 3] = [
    "a bare session with the same commands",
    "the same once more",
    "and again",
];

impl Variant {
    /// Whether others of its kind are compared with it.
    pub(crate) fn is_the_measure(&self) -> bool {
        AS_IT_IS.contains(&self.name) || AS_THE_FLEET.contains(&self.name)
    }

    pub(crate) fn is_bare(&self) -> bool {
        matches!(self.way, Way::Bare(_))
    }
}

pub(crate) fn all() -> Vec<Variant> {
    let launched = [undone(), added()].concat();
    let way = |(name, edit)| {
        let usual = fleet::Settings::default();
        (name, Way::Fleet(fleet::Settings { edit, ..usual }))
    };
    let launched = launched.into_iter().map(way);
    let ways = launched.chain(configured()).chain(sent());
    let variant = |(number, (name, way))| Variant { name, number, way };
    ways.enumerate().map(variant).collect()
}

/// What the fleet switches off and on, switched back.
fn undone() -> Vec<(&'static str, Edit)> {
    vec![
        (AS_IT_IS[0], Edit::default()),
        (
            "undone: no RenderDocument",
            instead(",RenderDocument,", ","),
        ),
        (
            "undone: no ProactivelySwapBrowsingInstance",
            instead(",ProactivelySwapBrowsingInstance", ""),
        ),
        (
            "undone: both of these",
            instead(",RenderDocument,ProactivelySwapBrowsingInstance", ""),
        ),
        (
            "undone: no BackForwardCache",
            instead(",BackForwardCache", ""),
        ),
        ("undone: no PaintHolding", instead(",PaintHolding", "")),
        ("undone: no pictures", without(&["--blink-settings=*"])),
        (
            "undone: no remote fonts",
            without(&["--disable-remote-fonts"]),
        ),
        ("undone: no background work", without(BACKGROUND)),
        (
            "undone: timers of a hidden window run",
            without(&["--disable-background-timer-throttling"]),
        ),
        (
            "undone: processes of a hidden window run",
            without(&["--disable-renderer-backgrounding"]),
        ),
        (
            "undone: shared memory in /tmp",
            without(&["--disable-dev-shm-usage"]),
        ),
        ("undone: --disable-gpu", without(&["--disable-gpu"])),
        ("undone: cap on the heap", without(&["--js-flags=*"])),
        (
            "undone: --block-new-web-contents",
            without(&["--block-new-web-contents"]),
        ),
        (
            "Chromium itself",
            Edit {
                browser: Some("chromium"),
                ..Edit::default()
            },
        ),
    ]
}

/// Recommendations of others, and other candidates.
fn added() -> Vec<(&'static str, Edit)> {
    vec![
        (AS_IT_IS[1], Edit::default()),
        ("--single-process", with(&["--single-process"])),
        ("--in-process-gpu", with(&["--in-process-gpu"])),
        ("--no-zygote", with(&["--no-zygote"])),
        (
            "--renderer-process-limit=1",
            with(&["--renderer-process-limit=1"]),
        ),
        ("--process-per-site", with(&["--process-per-site"])),
        (
            "--disable-site-isolation-trials",
            with(&["--disable-site-isolation-trials"]),
        ),
        (
            "network service in the browser's process",
            with(&["--enable-features=NetworkServiceInProcess2"]),
        ),
        (
            "no spare renderer",
            instead(",Translate", ",SpareRendererForSitePerProcess,Translate"),
        ),
        (
            "--disable-gpu-compositing",
            with(&["--disable-gpu-compositing"]),
        ),
        (
            "--disable-software-rasterizer",
            with(&["--disable-software-rasterizer"]),
        ),
        (
            "--disable-threaded-animation",
            with(&["--disable-threaded-animation"]),
        ),
        (
            "--disable-threaded-scrolling",
            with(&["--disable-threaded-scrolling"]),
        ),
        ("--num-raster-threads=1", with(&["--num-raster-threads=1"])),
        (
            "--font-render-hinting=none",
            with(&["--font-render-hinting=none"]),
        ),
        ("--disable-lcd-text", with(&["--disable-lcd-text"])),
        (
            "--disable-back-forward-cache",
            with(&["--disable-back-forward-cache"]),
        ),
        (
            "--enable-low-end-device-mode",
            with(&["--enable-low-end-device-mode"]),
        ),
        (
            "no code cache",
            instead(
                "imagesEnabled=false",
                "imagesEnabled=false,v8CacheOptions=1",
            ),
        ),
        (
            "V8 without an optimising compiler",
            instead("js-flags=", "js-flags=--max-lazy --no-opt "),
        ),
        (
            "V8 as an interpreter only",
            instead("js-flags=", "js-flags=--jitless "),
        ),
        (
            "V8 on one thread",
            instead("js-flags=", "js-flags=--single-threaded "),
        ),
    ]
}

/// What the fleet's configuration decides.
fn configured() -> Vec<(&'static str, Way)> {
    let usual = fleet::Settings::default();
    let low = (VIEWPORT.0, 200);
    vec![
        (AS_IT_IS[2], Way::Fleet(usual)),
        (
            "undone: only the site is reached",
            Way::Fleet(fleet::Settings {
                allows_only_the_site: false,
                ..usual
            }),
        ),
        (
            "a viewport 200 px high",
            Way::Fleet(fleet::Settings {
                viewport: low,
                ..usual
            }),
        ),
        (
            "files in memory",
            Way::Fleet(fleet::Settings {
                writes_to: Some("/dev/shm"),
                ..usual
            }),
        ),
    ]
}

/// What is sent to a session.
fn sent() -> Vec<(&'static str, Way)> {
    let all = [undone_of_bare(), added_to_bare()].concat();
    all.into_iter()
        .map(|(name, settings)| (name, Way::Bare(settings)))
        .collect()
}

fn undone_of_bare() -> Vec<(&'static str, bare::Settings)> {
    let usual = bare::Settings::default();
    vec![
        (AS_THE_FLEET[0], usual),
        (
            "undone: the document stays; left for a blank one",
            bare::Settings {
                cleaning: Cleaning::Leave,
                ..usual
            },
        ),
        (
            "not cleaned at all",
            bare::Settings {
                cleaning: Cleaning::None,
                ..usual
            },
        ),
        (
            "undone: a pipe; a debugging port",
            bare::Settings {
                pipe: false,
                ..usual
            },
        ),
        (
            "undone: a hidden window",
            bare::Settings {
                window: Window::Never,
                ..usual
            },
        ),
        (
            "a window that is hidden while it is cleaned",
            bare::Settings {
                window: Window::Cleaned,
                ..usual
            },
        ),
        (
            "a window that is hidden from the answer to the next page",
            bare::Settings {
                window: Window::Resting,
                ..usual
            },
        ),
    ]
}

fn added_to_bare() -> Vec<(&'static str, bare::Settings)> {
    let usual = bare::Settings::default();
    vec![
        (AS_THE_FLEET[1], usual),
        (
            "the document is waited for by a script",
            bare::Settings {
                waits: true,
                ..usual
            },
        ),
        (
            "asked again after 1 ms",
            bare::Settings { pause: 1, ..usual },
        ),
        (
            "Page.navigate",
            bare::Settings {
                by_devtools: true,
                ..usual
            },
        ),
        (
            "no HTTP cache",
            bare::Settings {
                first: NO_CACHE,
                ..usual
            },
        ),
        (AS_THE_FLEET[2], usual),
        (
            "blocked addresses",
            bare::Settings {
                first: BLOCKED,
                ..usual
            },
        ),
    ]
}

const BACKGROUND: &[&str] = &[
    "--disable-background-networking",
    "--disable-component*",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--metrics-recording-only",
];
const NO_CACHE: &[bare::DevTools] = &[
    ("Network.enable", "{}"),
    ("Network.setCacheDisabled", r#"{"cacheDisabled": true}"#),
];
const BLOCKED: &[bare::DevTools] = &[
    ("Network.enable", "{}"),
    (
        "Network.setBlockedURLs",
        r#"{"urls": ["*.png", "*.jpg", "*.gif", "*.woff2", "*.ico"]}"#,
    ),
];

fn without(arguments: &'static [&'static str]) -> Edit {
    Edit {
        without: arguments,
        ..Edit::default()
    }
}

fn with(arguments: &'static [&'static str]) -> Edit {
    Edit {
        with: arguments,
        ..Edit::default()
    }
}

fn instead(from: &'static str, to: &'static str) -> Edit {
    Edit {
        instead: Some((from, to)),
        ..Edit::default()
    }
}
