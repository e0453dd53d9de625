//! The browsers that are measured.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use webdriver_fleet::{Binaries, Browser, LocalEndpoint, find_binaries};

/// A browser and how it is started.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Chromium's headless shell, which the service starts if it is there.
    Shell,
    /// Chromium itself, without a window.
    Chromium,
    /// Firefox, without a window.
    Firefox,
}

impl Engine {
    pub const ALL: [Engine; 3] = [Engine::Shell, Engine::Chromium, Engine::Firefox];

    pub fn name(self) -> &'static str {
        match self {
            Engine::Shell => "headless shell",
            Engine::Chromium => "Chromium",
            Engine::Firefox => "Firefox",
        }
    }

    fn kind(self) -> Browser {
        match self {
            Engine::Firefox => Browser::Firefox,
            Engine::Shell | Engine::Chromium => Browser::Chromium,
        }
    }

    /// Driver and browser, if both are installed.
    pub fn binaries(self) -> Option<Binaries> {
        let mut found = find_binaries(self.kind(), &LocalEndpoint::default()).ok()?;
        if self == Engine::Chromium {
            found.browser = PathBuf::from("/usr/lib/chromium/chromium");
        }
        found.browser.exists().then_some(found)
    }

    /// The settings with which the service uses it.
    pub fn settings(self) -> Vec<(&'static str, String)> {
        let Some(found) = self.binaries() else {
            return Vec::new();
        };
        let browser = match self {
            Engine::Firefox => "firefox",
            Engine::Shell | Engine::Chromium => "chrome",
        };
        vec![
            ("GONGGANG_BROWSER", browser.to_owned()),
            ("GONGGANG_BROWSER_BINARY", path(&found.browser)),
            ("GONGGANG_DRIVER_BINARY", path(&found.driver)),
        ]
    }

    /// A bare session's capabilities. The page-load strategy is `none` for a warm session, and the
    /// driver's default for a browser that starts for each request.
    pub fn capabilities(self, strategy: Strategy) -> Value {
        let mut wanted = match (strategy, self) {
            (Strategy::Default, _) => json!({}),
            // geckodriver loses a script with the document that it began in.
            (Strategy::None, Engine::Firefox) => json!({"pageLoadStrategy": "eager"}),
            (Strategy::None, _) => json!({"pageLoadStrategy": "none"}),
        };
        let browser = self.binaries().map(|found| path(&found.browser));
        let (name, options) = match self {
            Engine::Firefox => ("moz:firefoxOptions", json!({"args": ["-headless"]})),
            Engine::Chromium => ("goog:chromeOptions", chromium(&["--headless=new"])),
            Engine::Shell => (
                "goog:chromeOptions",
                chromium(&["--headless", "--remote-debugging-pipe"]),
            ),
        };
        wanted[name] = options;
        wanted[name]["binary"] = browser.into();
        wanted
    }
}

/// How long a navigation waits.
#[derive(Clone, Copy)]
pub enum Strategy {
    /// Not at all.
    None,
    /// Until the page has loaded.
    Default,
}

fn chromium(own: &[&str]) -> Value {
    let common = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--window-size=910,1300",
    ];
    let args = [&common, own].concat();
    json!({"args": args})
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
