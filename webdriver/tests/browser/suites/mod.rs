//! What only a real browser can prove, the same for each browser. `make test` runs it with Chromium,
//! `make test-all` with Firefox too.

mod crashes;
mod dead_sites;
mod isolation;
pub(super) mod leftovers;
mod pages;
mod strangers;
mod window;

use super::common;
