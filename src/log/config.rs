//! The settings of the log.

/// What is logged and how it looks.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// `GONGGANG_LOG`.
    pub filter: String,
    /// `GONGGANG_LOG_FORMAT`; `None` is text on a terminal, else JSON.
    pub format: Option<LogFormat>,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}
