//! What only a real browser can prove, the same for each.

mod crashes;
mod egress;
mod isolation;
pub(crate) mod leftovers;
mod pages;
mod recorder;
mod window;
