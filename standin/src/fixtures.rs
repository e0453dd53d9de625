//! The fixtures of a site, and the number of requests for each. Both may change while the site runs.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use parking_lot::{Mutex, MutexGuard, RwLock};

use super::fixture::{Fixture, LoadError};

/// Fixtures by identifier, with counters and the address of the API that the pages call.
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
    /// Reads every folder in `dir` as a fixture. Files are ignored.
    ///
    /// # Errors
    /// The first folder that is not a fixture, or two fixtures with one identifier.
    pub fn load(dir: &Path) -> Result<Self, LoadError> {
        let fixtures = Self::default();
        for folder in folders(dir)? {
            fixtures.insert_new(Fixture::load(&folder)?)?;
        }
        Ok(fixtures)
    }

    /// Adds a fixture, or replaces the one with the same identifier. Served pages do not change.
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

    /// The fixture with this identifier.
    pub fn get(&self, identifier: &str) -> Option<Arc<Fixture>> {
        let fixtures = self.by_identifier.read();
        fixtures.get(identifier).cloned()
    }

    /// The fixture with this name.
    pub fn named(&self, name: &str) -> Option<Arc<Fixture>> {
        self.all().into_iter().find(|fixture| fixture.name == name)
    }

    /// All fixtures, sorted by identifier.
    pub fn all(&self) -> Vec<Arc<Fixture>> {
        let fixtures = self.by_identifier.read();
        fixtures.values().cloned().collect()
    }

    /// Makes pages call the API at another base address, for instance `http://localhost:8080`. Empty means
    /// their own origin, which is the default.
    pub fn set_api_base(&self, base: impl Into<String>) {
        *self.api_base.write() = base.into();
    }

    pub(super) fn api_base(&self) -> String {
        self.api_base.read().clone()
    }

    /// Requests for the page of an identifier, known or not.
    pub fn page_loads(&self, identifier: &str) -> u64 {
        self.counts()
            .get(identifier)
            .map_or(0, |counts| counts.page_loads)
    }

    /// Calls of the API with an identifier, known or not.
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

/// The folders in `dir`, sorted, so that the first error is always the same.
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
