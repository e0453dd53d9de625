//! The web page: how it is served, how it looks and what it does, the last two in a real browser.

mod buttons;
mod headers;
mod incomplete;
mod looks;
mod names;
mod paste;
mod people;
mod pictures;
mod stage;
mod team;
mod terms;
mod visitor;
