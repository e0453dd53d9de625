//! The state of the handlers.

use std::sync::Arc;

use super::config::HttpConfig;
use crate::metrics::Metrics;
use crate::service::Service;

/// What all handlers share.
pub(super) struct App {
    pub(super) service: Arc<Service>,
    pub(super) config: HttpConfig,
    pub(super) metrics: Metrics,
}
