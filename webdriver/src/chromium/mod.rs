//! What only Chromium needs: an isolated world for scripts, a hidden window, cleaning.

pub(crate) mod capabilities;
pub(crate) mod clean;
pub(crate) mod document;
pub(crate) mod error_page;
pub(crate) mod net_error;
pub(crate) mod window;
pub(crate) mod world;

/// What the fleet knows of a session's tab.
#[derive(Debug, Default)]
pub(crate) struct Tab {
    /// The id of the main frame. It never changes.
    pub(crate) frame: String,
    /// The isolated world in the document that the last visit read.
    pub(crate) world: Option<u64>,
    /// The path of the empty document that replaced the last page. A later page can find it in its
    /// history, so each one is new.
    pub(crate) mark: Option<String>,
    /// The last visit reached a document.
    pub(crate) site_answers: bool,
    pub(crate) window: Window,
}

/// What the fleet knows of a session's window.
#[derive(Debug, Default)]
pub(crate) struct Window {
    /// The browser's id of it; `None`: the window is never hidden.
    pub(crate) id: Option<u64>,
    /// The last page was shown, or may have been.
    pub(crate) shown: bool,
}
