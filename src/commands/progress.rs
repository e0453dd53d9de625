//! Progress of a command with many links: a bar on a terminal, else a line every 10 s.

use std::fmt;
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressState, ProgressStyle};

use super::output::complain;
use crate::log;

/// Time between two lines without a terminal.
const PAUSE: Duration = Duration::from_secs(10);
/// Time between two redraws of an idle bar, so that its clock runs.
const TICK: Duration = Duration::from_millis(500);
/// With a known total and without one.
const BOUNDED: &str = "{wide_bar} {pos} of {len}{msg}, {rate}, {eta} left";
const UNBOUNDED: &str = "{spinner} {pos}{msg}, {rate}, {elapsed}";

/// Counts and displays links.
pub(super) struct Progress {
    bar: ProgressBar,
    faults: u64,
    /// When the last line was printed; `None` if none ever is.
    told: Option<Instant>,
}

impl Progress {
    /// `total` is `None` if unknown; `done` links were read earlier.
    pub(super) fn start(total: Option<u64>, done: u64) -> Self {
        let bar = total.map_or_else(ProgressBar::no_length, ProgressBar::new);
        if let Some(style) = style(total.is_some()) {
            bar.set_style(style);
        }
        // Without a terminal the library draws nothing.
        let bar = log::draw(bar);
        bar.set_position(done);
        bar.reset_eta();
        bar.enable_steady_tick(TICK);
        Self {
            bar,
            faults: 0,
            told: None,
        }
    }

    /// Prints lines if no bar can be drawn.
    pub(super) fn or_lines(mut self) -> Self {
        self.told = (!stderr().is_terminal()).then(Instant::now);
        self
    }

    /// Counts one link.
    pub(super) fn count(&mut self, is_fault: bool) {
        self.bar.inc(1);
        if is_fault {
            self.faults += 1;
            self.bar.set_message(self.faulty());
        }
        if self.told.is_some_and(|told| told.elapsed() >= PAUSE) {
            self.told = Some(Instant::now());
            say(&self.line());
        }
    }

    /// Removes the bar.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self) -> String {
        let (count, rate) = (self.bar.position(), self.bar.per_sec());
        let (of, left) = match self.bar.length() {
            Some(total) => (
                format!(" of {total}"),
                format!(", {} left", HumanDuration(self.bar.eta())),
            ),
            None => (String::new(), String::new()),
        };
        format!("{count}{of}{}, {rate:.1}/s{left}", self.faulty())
    }

    fn faulty(&self) -> String {
        match self.faults {
            0 => String::new(),
            1 => ", 1 fault".to_owned(),
            faults => format!(", {faults} faults"),
        }
    }
}

/// The library's own rate has four decimals.
fn style(is_bounded: bool) -> Option<ProgressStyle> {
    let template = if is_bounded { BOUNDED } else { UNBOUNDED };
    let rate = |state: &ProgressState, line: &mut dyn fmt::Write| {
        // An incomplete line does no harm.
        let _ = write!(line, "{:.1}/s", state.per_sec());
    };
    let style = ProgressStyle::with_template(template).ok()?;
    Some(style.with_key("rate", rate))
}

/// Prints a line above the bar.
pub(super) fn say(words: &str) {
    log::above_bars(|| complain(format_args!("gonggang: {words}")));
}
