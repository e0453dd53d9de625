//! What only Chromium needs: the fleet's own world beside the page's, the window, the cleaning.

pub(crate) mod clean;
pub(crate) mod window;
pub(crate) mod world;

use self::window::Window;

/// What is known of the session's tab.
#[derive(Debug, Default)]
pub(crate) struct Tab {
    /// The main frame's name, which it keeps for life.
    pub(crate) frame: String,
    /// The fleet's world in the document that the last visit read.
    pub(crate) world: Option<u64>,
    /// The path of the empty document that took the last page's place. A later page can find it in its history, so
    /// each has one of its own.
    pub(crate) mark: Option<String>,
    /// The last visit came to a document.
    pub(crate) site_answers: bool,
    pub(crate) window: Window,
}
