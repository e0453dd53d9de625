//! An answer as it goes out: written once, by whoever needs it first, and kept beside the timetable.

use std::sync::OnceLock;

use bytes::Bytes;

/// An answer written down. Copies share its bytes.
#[derive(Debug, Clone)]
pub struct Rendition {
    /// The text.
    pub bytes: Bytes,
    /// What tells it from one that says something else.
    pub version: Bytes,
}

/// Where a rendition stays, once there is one.
#[derive(Debug, Default)]
pub(super) struct Slot(OnceLock<Rendition>);

impl Slot {
    /// The one that is kept, or what `write` makes of it now.
    ///
    /// # Errors
    /// Those of `write`; then the next one tries again.
    pub(super) fn get_or_write<E>(
        &self,
        write: impl FnOnce() -> Result<Rendition, E>,
    ) -> Result<Rendition, E> {
        if let Some(kept) = self.0.get() {
            return Ok(kept.clone());
        }
        let written = write()?;
        // Of two that wrote at the same time the first one's is kept.
        Ok(self.0.get_or_init(|| written).clone())
    }
}
