//! What only a real browser can prove, the same for each.

mod crashes;
mod egress;
mod isolation;
mod leftovers;
mod pages;
