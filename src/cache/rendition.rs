//! An answer as JSON: written for the first caller that needs it, and cached beside the timetable.

use std::sync::OnceLock;

use bytes::Bytes;

/// An answer as JSON. Copies share its bytes.
#[derive(Debug, Clone)]
pub struct Rendition {
    /// The JSON.
    pub bytes: Bytes,
    /// Differs between timetables with different content.
    pub version: Bytes,
}

/// Holds the rendition once it is written.
#[derive(Debug, Default)]
pub(super) struct Slot(OnceLock<Rendition>);

impl Slot {
    /// The rendition; `write` makes it if there is none.
    ///
    /// # Errors
    /// Those of `write`; then the next caller tries again.
    pub(super) fn get_or_write<E>(
        &self,
        write: impl FnOnce() -> Result<Rendition, E>,
    ) -> Result<Rendition, E> {
        if let Some(kept) = self.0.get() {
            return Ok(kept.clone());
        }
        let written = write()?;
        // Of two that write at the same time, the first wins.
        Ok(self.0.get_or_init(|| written).clone())
    }
}
