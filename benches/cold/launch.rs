//! A browser that is started with other arguments than the fleet gives it.
//!
//! A shell script takes the browser's place, so the fleet needs no options that exist only for
//! measurements. The script becomes the browser; no process is left in between.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use webdriver_fleet::{Browser, LocalEndpoint, find_binaries};

/// Changes of the arguments.
#[derive(Clone, Copy, Default)]
pub(crate) struct Edit {
    /// Shell patterns of arguments to remove.
    pub(crate) without: &'static [&'static str],
    /// A word and its replacement, in all arguments.
    pub(crate) instead: Option<(&'static str, &'static str)>,
    /// Arguments to add.
    pub(crate) with: &'static [&'static str],
    /// The file beside the headless shell that is started; the shell itself if `None`.
    pub(crate) browser: Option<&'static str>,
}

impl Edit {
    pub(crate) fn is_none(&self) -> bool {
        self.without.is_empty()
            && self.instead.is_none()
            && self.with.is_empty()
            && self.browser.is_none()
    }

    /// Writes the script. Its name decides, as the browser's would, how the fleet asks for headless.
    pub(crate) fn script(&self, folder: &Path) -> PathBuf {
        let found = find_binaries(Browser::Chromium, &LocalEndpoint::default()).unwrap();
        let browser = match self.browser {
            Some(other) => found.browser.with_file_name(other),
            None => found.browser,
        };
        let file = folder.join(browser.file_name().unwrap());
        fs::write(&file, self.text(&browser)).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        file
    }

    fn text(&self, browser: &Path) -> String {
        let leave_out = match self.without {
            [] => String::new(),
            patterns => format!("case $arg in {}) continue;; esac\n", patterns.join("|")),
        };
        let replace = self.instead.map_or_else(String::new, |(from, to)| {
            format!("arg=$(printf %s \"$arg\" | sed 's/{from}/{to}/')\n")
        });
        // A pattern that matches nothing must not count as a variant.
        let check = match (self.without, self.instead) {
            ([], None) => "",
            _ => "[ \"$before\" != \"$*\" ] || exit 64\n",
        };
        let quoted = |arg: &&str| format!(" '{arg}'");
        let add: String = self.with.iter().map(quoted).collect();
        let browser = browser.display();
        format!(
            "#!/bin/sh\nbefore=\"$*\"\nfor arg do\nshift\n{leave_out}{replace}set -- \"$@\" \"$arg\"\ndone\n\
             {check}exec '{browser}' \"$@\"{add}\n"
        )
    }
}
