//! What only Firefox needs: its preferences, a sandbox for scripts, cleaning.

pub(crate) mod capabilities;
pub(crate) mod clean;
pub(crate) mod error_page;
pub(crate) mod world;

/// How scripts enter the sandbox that the fleet makes in each document.
#[derive(Debug)]
pub(crate) struct WorldKey {
    /// The property of `window` with the function that runs scripts there. A page can find it, but
    /// cannot replace it.
    pub(crate) name: String,
    /// The argument that the function requires. Pages do not know it.
    pub(crate) key: String,
}

impl WorldKey {
    pub(crate) fn new() -> Self {
        let random = || uuid::Uuid::new_v4().simple();
        Self {
            name: format!("fleet-{}", random()),
            key: random().to_string(),
        }
    }
}
