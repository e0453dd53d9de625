//! What is logged.

use super::faults::Faults;
use super::values::{log_filter, log_format};
use crate::log::LogConfig;

/// What is logged, and how.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct LogSettings {
    /// What is logged: error, warn, info, debug or a tracing filter
    #[arg(
        long,
        env = "GONGGANG_LOG",
        default_value = "info",
        value_name = "FILTER"
    )]
    log: String,
    /// Log format: text or json [default: text on a terminal, else json]
    #[arg(long, env = "GONGGANG_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<String>,
}

impl LogSettings {
    /// Checks them; the faults are added to `faults`.
    pub(super) fn config(&self, faults: &mut Faults) -> Option<LogConfig> {
        let filter = faults.check("GONGGANG_LOG", log_filter(&self.log));
        let format = match &self.log_format {
            Some(text) => faults
                .check("GONGGANG_LOG_FORMAT", log_format(text))
                .map(Some),
            None => Some(None),
        };
        Some(LogConfig {
            filter: filter?,
            format: format?,
        })
    }
}
