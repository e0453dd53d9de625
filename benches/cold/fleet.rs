//! One session of the fleet, as the service asks it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use gonggang::source::VIEWPORT;
use serde_json::{Value, json};
use tempfile::TempDir;
use webdriver_fleet::{
    BrowserConfig, Endpoint, Fleet, FleetConfig, LocalEndpoint, Recycle, SlotState, Visit,
};

use crate::common::site::Site;
use crate::launch::Edit;

pub(crate) const SCRIPT: &str = include_str!("../../src/source/read_page.js");
pub(crate) const CALL: &str = "/find/timetable/table/friend";
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// How a fleet differs from the service's.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) edit: Edit,
    pub(crate) viewport: (u32, u32),
    /// Only the site may be reached.
    pub(crate) allows_only_the_site: bool,
    /// Where drivers and browsers write; the system's place if `None`.
    pub(crate) writes_to: Option<&'static str>,
    pub(crate) sessions: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            edit: Edit::default(),
            viewport: VIEWPORT,
            allows_only_the_site: true,
            writes_to: None,
            sessions: 1,
        }
    }
}

pub(crate) struct OneSession {
    fleet: Fleet,
    site: String,
    _script: TempDir,
}

impl OneSession {
    pub(crate) async fn open(settings: &Settings, site: &Site) -> Result<Self, String> {
        let folder = tempfile::tempdir().unwrap();
        let edit = &settings.edit;
        let browser = (!edit.is_none()).then(|| edit.script(folder.path()));
        let fleet = Fleet::start(config(settings, site, browser)).await;
        Ok(Self {
            fleet: fleet.map_err(|error| error.to_string())?,
            site: site.url.clone(),
            _script: folder,
        })
    }

    pub(crate) async fn read(&self, identifier: &str) -> Result<(), String> {
        let path = format!("/@{identifier}");
        let form = json!({"identifier": identifier, "friendInfo": "true"});
        let visit = Visit {
            url: format!("{}{path}", self.site).parse().unwrap(),
            script: SCRIPT.into(),
            args: vec![json!(path), json!([format!("{}{CALL}", self.site)]), form],
            is_final: None,
            page_timeout: PATIENCE,
            deadline: Instant::now() + 2 * PATIENCE,
        };
        let visited = self.fleet.visit(visit).await;
        is_drawn(&visited.map_err(|error| error.to_string())?.value)
    }

    /// Waits until every session may take the next page.
    pub(crate) async fn is_clean(&self) {
        let is_idle = |slot: &webdriver_fleet::SlotStatus| slot.state == SlotState::Idle;
        while !self.fleet.status().slots.iter().all(is_idle) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    pub(crate) fn group(&self) -> u32 {
        self.groups()[0]
    }

    pub(crate) fn groups(&self) -> Vec<u32> {
        let slots = self.fleet.status().slots;
        slots
            .iter()
            .map(|slot| slot.process_group.unwrap())
            .collect()
    }

    pub(crate) async fn close(self) {
        self.fleet.shutdown(Duration::ZERO).await;
    }
}

/// As the service's, but that no session is replaced meanwhile.
fn config(settings: &Settings, site: &Site, browser: Option<PathBuf>) -> FleetConfig {
    let host = site.url.trim_start_matches("http://").to_owned();
    FleetConfig {
        endpoint: Endpoint::Local(LocalEndpoint {
            browser_binary: browser,
            temp_dir: settings.writes_to.map(PathBuf::from),
            ..LocalEndpoint::default()
        }),
        browser: BrowserConfig {
            viewport: settings.viewport,
            allowed_hosts: settings.allows_only_the_site.then(|| vec![host]),
            recorded_calls: vec![format!("{}{CALL}", site.url).parse().unwrap()],
            ..BrowserConfig::default()
        },
        slots: settings.sessions,
        recycle: Recycle {
            max_pages: u32::MAX,
            max_age: Duration::from_hours(1),
        },
        ..FleetConfig::default()
    }
}

pub(crate) fn is_drawn(reading: &Value) -> Result<(), String> {
    match reading["state"].as_str() {
        Some("drawn") => Ok(()),
        _ => Err(reading.to_string()),
    }
}
