//! The fixtures a site serves, and how often each was asked for. Both may change while it serves.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use parking_lot::{Mutex, MutexGuard, RwLock};

use super::fixture::{Fixture, LoadError};

/// Fixtures by identifier, with counters and the address of the API the pages are told to call.
#[derive(Debug, Default)]
pub struct Fixtures {
    by_identifier: RwLock<BTreeMap<String, Arc<Fixture>>>,
    counts: Mutex<HashMap<String, RequestCounts>>,
    /// Empty: the page's own origin.
    api_base: RwLock<String>,
}

#[derive(Clone, Copy, Debug, Default)]
struct RequestCounts {
    page_loads: u64,
    api_calls: u64,
}

impl Fixtures {
    /// Reads every folder in `dir` as a fixture; other files are left alone.
    ///
    /// # Errors
    /// The first folder that is no fixture, or two fixtures with one identifier.
    pub fn load(dir: &Path) -> Result<Self, LoadError> {
        let fixtures = Self::default();
        for folder in folders(dir)? {
            fixtures.insert_new(Fixture::load(&folder)?)?;
        }
        Ok(fixtures)
    }

    /// Adds a fixture, or replaces the one with the same identifier. Pages already served stay as they are.
    pub fn insert(&self, fixture: Fixture) {
        let mut fixtures = self.by_identifier.write();
        fixtures.insert(fixture.identifier.clone(), Arc::new(fixture));
    }

    fn insert_new(&self, fixture: Fixture) -> Result<(), LoadError> {
        if let Some(first) = self.get(&fixture.identifier) {
            return Err(LoadError::SameIdentifier {
                first: first.name.clone(),
                second: fixture.name,
                identifier: fixture.identifier,
            });
        }
        self.insert(fixture);
        Ok(())
    }

    /// The fixture of an identifier.
    pub fn get(&self, identifier: &str) -> Option<Arc<Fixture>> {
        let fixtures = self.by_identifier.read();
        fixtures.get(identifier).cloned()
    }

    /// The fixture of a name.
    pub fn named(&self, name: &str) -> Option<Arc<Fixture>> {
        self.all().into_iter().find(|fixture| fixture.name == name)
    }

    /// All fixtures as they are now, sorted by identifier.
    pub fn all(&self) -> Vec<Arc<Fixture>> {
        let fixtures = self.by_identifier.read();
        fixtures.values().cloned().collect()
    }

    /// Tells pages to call the API at another base address, `http://localhost:8080` for instance;
    /// empty means their own origin, which is the default.
    pub fn set_api_base(&self, base: impl Into<String>) {
        *self.api_base.write() = base.into();
    }

    pub(super) fn api_base(&self) -> String {
        self.api_base.read().clone()
    }

    /// How often the page of an identifier was asked for, known or not.
    pub fn page_loads(&self, identifier: &str) -> u64 {
        self.counts()
            .get(identifier)
            .map_or(0, |counts| counts.page_loads)
    }

    /// How often the API was asked for an identifier, known or not.
    pub fn api_calls(&self, identifier: &str) -> u64 {
        self.counts()
            .get(identifier)
            .map_or(0, |counts| counts.api_calls)
    }

    pub(super) fn count_page_load(&self, identifier: &str) {
        self.counts()
            .entry(identifier.to_owned())
            .or_default()
            .page_loads += 1;
    }

    pub(super) fn count_api_call(&self, identifier: &str) {
        self.counts()
            .entry(identifier.to_owned())
            .or_default()
            .api_calls += 1;
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<String, RequestCounts>> {
        self.counts.lock()
    }
}

/// The folders in `dir`, sorted, so that a fault is the same one every time.
fn folders(dir: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let unreadable = |source| LoadError::Read {
        path: dir.to_owned(),
        source,
    };
    let mut folders = Vec::new();
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}
