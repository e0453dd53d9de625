//! What only a real browser can prove, the same for each.

mod crashes;
mod egress;
mod isolation;
pub(super) mod leftovers;
mod pages;
mod recorder;
mod window;

use super::common;
