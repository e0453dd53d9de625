//! Somebody who looks at the page with a real browser, and notices what must not be seen.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use webdriver_fleet::{
    Browser as Kind, BrowserConfig, Endpoint, Fleet, FleetConfig, LocalEndpoint, Visit, World,
};

use super::stage::{everything, serving};
use crate::support::shared::{Shared, in_background};

/// A way to look at the page.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub name: &'static str,
    pub browser: Kind,
    pub viewport: (u32, u32),
    pub is_dark: bool,
    pub language: &'static str,
}

pub const PHONE: (u32, u32) = (360, 740);
pub const DESKTOP: (u32, u32) = (1280, 900);

/// Where nothing depends on the look.
pub const ANY: Look = Look {
    name: "any",
    browser: Kind::Chromium,
    viewport: DESKTOP,
    is_dark: false,
    language: "ko",
};

/// Longest that a scene may take; the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// Visits of one browser under way at the same time.
const AT_ONCE: usize = 2;

/// Browsers by their kind, viewport and theme. Tests that visit pages of the same look share one, and each of their
/// visits finds it as new.
static BROWSERS: Shared<(bool, (u32, u32), bool), Browser> = Shared::new();

/// Ends with the last test that holds it.
struct Browser(Fleet);

impl Browser {
    async fn start(look: Look) -> Self {
        let browser = BrowserConfig {
            kind: look.browser,
            viewport: look.viewport,
            allowed_hosts: Some(vec!["127.0.0.1".into()]),
            screenshots: true,
            // A scene counts what the page's own scripts call.
            world: World::Page,
            ..taste(look)
        };
        let config = FleetConfig {
            browser,
            endpoint: Endpoint::Local(LocalEndpoint {
                driver_binary: driver(look.browser),
                ..LocalEndpoint::default()
            }),
            slots: AT_ONCE,
            queue_timeout: PATIENCE,
            ..FleetConfig::default()
        };
        Self(Fleet::start(config).await.unwrap())
    }
}

/// The theme, no images, as in the fleet, and no motion, in the settings of each browser.
fn taste(look: Look) -> BrowserConfig {
    let mut taste = BrowserConfig::default();
    match look.browser {
        Kind::Chromium => {
            let scheme = u8::from(!look.is_dark);
            taste.extra_args = vec![
                format!("--blink-settings=preferredColorScheme={scheme}"),
                "--force-prefers-reduced-motion".into(),
            ];
        }
        Kind::Firefox => {
            let scheme = u8::from(look.is_dark);
            taste.extra_preferences = [
                ("permissions.default.image", json!(1)),
                ("ui.systemUsesDarkTheme", json!(scheme)),
                ("ui.prefersReducedMotion", json!(1)),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into();
        }
    }
    taste
}

/// Firefox's driver, where scripts/setup-tests has built it.
pub fn driver(kind: Kind) -> Option<PathBuf> {
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/bin/geckodriver");
    (kind == Kind::Firefox && driver.exists()).then_some(driver)
}

impl Drop for Browser {
    fn drop(&mut self) {
        in_background(self.0.shutdown(Duration::from_secs(5)));
    }
}

/// Somebody with a browser of the wanted look.
pub struct Visitor {
    browser: Arc<Browser>,
    look: Look,
}

impl Visitor {
    pub fn with(look: Look) -> Self {
        let kind = (look.browser == Kind::Firefox, look.viewport, look.is_dark);
        let browser = BROWSERS.get(kind, Browser::start(look));
        Self { browser, look }
    }

    /// Opens the page at `url`, plays `scene` there and keeps a picture of its end. Whatever the
    /// scene, the page must not complain, leave anything behind, ask anyone else, or keep anybody
    /// out.
    pub async fn plays(&self, url: &str, name: &str, scene: &str) -> Value {
        self.plays_at(url, url, name, scene).await
    }

    async fn plays_at(&self, url: &str, address: &str, name: &str, scene: &str) -> Value {
        let prelude = include_str!("prelude.js").replacen("/*SCENE*/", scene, 1);
        // In one script, because the page's policy lets nothing be added to it.
        let script = format!("{}\n{prelude}", axe());
        let seen = self.sees(address, &format!("page-{name}"), &script).await;
        let told = format!("{} {name}: {seen:#}", self.look.name);
        assert!(seen["failed"].is_null(), "{told}");
        assert_eq!(seen["complaints"], json!([]), "{told}");
        assert_eq!(seen["width"], self.look.viewport.0, "{told}");
        assert_eq!(seen["violations"], json!([]), "{told}");
        assert_eq!(seen["overflow"], 0, "wider than the screen: {told}");
        assert_eq!(seen["address"], format!("{url}/"), "{told}");
        let kept = seen["storage"].as_str().unwrap();
        assert!(!kept.contains("000"), "beyond the tab: {told}");
        let resources = seen["resources"].as_array().unwrap();
        let is_ours = |resource: &Value| resource.as_str().unwrap().starts_with(url);
        assert!(
            !resources.is_empty() && resources.iter().all(is_ours),
            "{told}"
        );
        seen
    }

    /// As [`Self::plays`], where the address has a `fragment` at first.
    pub async fn opens(&self, url: &str, fragment: &str, name: &str, scene: &str) -> Value {
        self.plays_at(url, &format!("{url}/#{fragment}"), name, scene)
            .await
    }

    /// Opens `url`, keeps a picture of it under `name` and returns what `script` makes of it.
    pub async fn sees(&self, url: &str, name: &str, script: &str) -> Value {
        let visit = Visit {
            url: url.parse().unwrap(),
            script: script.into(),
            args: vec![self.look.language.into()],
            is_final: None,
            page_timeout: PATIENCE,
            deadline: Instant::now() + 2 * PATIENCE,
        };
        let visited = self.browser.0.visit(visit).await.unwrap();
        keep(
            &format!("{name}-{}", self.look.name),
            &visited.screenshot.unwrap(),
        );
        visited.value
    }

    /// The browser must not have wanted to go anywhere else.
    pub fn leaves(self) {
        assert_eq!(self.browser.0.status().refused_requests, 0);
    }
}

/// Keeps a picture for people to look at.
pub fn keep(name: &str, picture: &[u8]) {
    let folder = target().join("screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
}

/// Where builds leave their things.
fn target() -> PathBuf {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    temporary.parent().unwrap().to_owned()
}

/// The checker of what keeps people out.
fn axe() -> Arc<str> {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/npm/node_modules/axe-core/axe.min.js");
    let text = std::fs::read_to_string(file).expect("installed by scripts/setup-tests");
    text.into()
}

/// Plays a scene at the address, and gives what it came to.
pub async fn played_at(url: &str, look: Look, name: &str, scene: &str) -> Value {
    let visitor = Visitor::with(look);
    let mut seen = visitor.plays(url, name, scene).await;
    visitor.leaves();
    seen["value"].take()
}

/// The same where every timetable of the stage is served.
pub async fn played(look: Look, name: &str, scene: &str) -> Value {
    played_at(&serving(&everything(), &[]).await, look, name, scene).await
}
