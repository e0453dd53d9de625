//! The timetable that the operator knows.

use super::faults::Faults;
use super::values::positive_duration;
use crate::canary::CanaryConfig;
use timetable::share_link::ShareLink;

/// Which timetable is read now and then, and how often.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct CanarySettings {
    /// A link that you know: each source reads it regularly and differences are reported
    ///
    /// Each source in use reads it at the start and once an interval, past the cache. /metrics,
    /// /status and check --canary show what differs from the last read and between the sources. The
    /// flag without a value takes the value of the variable.
    #[arg(
        long,
        env = "GONGGANG_CANARY",
        value_name = "LINK",
        num_args = 0..=1,
        default_missing_value = "",
        hide_env_values = true
    )]
    canary: Option<String>,
    /// Time between two reads of the canary
    #[arg(
        long,
        env = "GONGGANG_CANARY_INTERVAL",
        default_value = "10m",
        value_name = "DURATION"
    )]
    canary_interval: String,
}

impl CanarySettings {
    /// The canary, if one is set; faults are added to `faults`.
    pub(super) fn config(&self, faults: &mut Faults) -> Option<CanaryConfig> {
        let interval = faults.check(
            "GONGGANG_CANARY_INTERVAL",
            positive_duration(&self.canary_interval),
        );
        let link = faults.check("GONGGANG_CANARY", self.link()?);
        Some(CanaryConfig {
            link: link?,
            interval: interval?,
        })
    }

    /// `None`: none is set. The value is no part of a fault: it names somebody's timetable.
    fn link(&self) -> Option<Result<ShareLink, String>> {
        let given = self.canary.clone()?;
        let text = if given.trim().is_empty() {
            std::env::var("GONGGANG_CANARY").unwrap_or_default()
        } else {
            given
        };
        let is_set = !text.trim().is_empty();
        is_set.then(|| text.parse::<ShareLink>().map_err(|error| error.to_string()))
    }
}
