//! What is slow to start, shared by the tests that hold it at the same time: the first starts it, the last ends it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use tokio::runtime::Runtime;

/// Outlives each test's own runtime.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// Waits for `work`, whose tasks go on after the test that began it.
pub fn in_background<T: Send>(work: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| RUNTIME.block_on(work));
        waiting.join().expect("a start or an end does not panic")
    })
}

/// One thing of each kind, for as long as a test holds it.
pub struct Shared<K, T>(LazyLock<Mutex<HashMap<K, Weak<T>>>>);

impl<K: Eq + Hash, T: Send> Shared<K, T> {
    pub const fn new() -> Self {
        Self(LazyLock::new(Mutex::default))
    }

    /// The thing of this kind. Where no test holds it, it is started; others wait for that.
    pub fn get(&self, kind: K, start: impl Future<Output = T> + Send) -> Arc<T> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = all.entry(kind).or_default();
        held.upgrade().unwrap_or_else(|| {
            let started = Arc::new(in_background(start));
            *held = Arc::downgrade(&started);
            started
        })
    }
}
