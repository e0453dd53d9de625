//! The web page: how it is served, how it looks and what it does, the last two in a real browser.

mod buttons;
mod headers;
mod incomplete;
mod links;
mod looks;
mod names;
mod paste;
mod people;
mod pictures;
mod reach;
mod reload;
mod stage;
mod tab;
mod takeaway;
mod team;
mod terms;
mod visitor;
