//! gonggang: from a shared timetable link to the hours it blocks and the hours it leaves free.
//!
//! ```text
//! 4  commands, cli, config, log   settings, start-up and shutdown, one file a command
//! 3  http, record, batch          the HTTP interface; a read kept as a fixture; many links at once
//! 2  service, flights             link → cache → source → timetable; one read for many callers
//!    canary                       one timetable, read regularly by each source
//!    fault, messages, metrics     faults, their messages, and what is counted
//! 1  source, cache                where a timetable is read; cached and shared answers
//! 0  reading, code                what a source returns; the stable codes of faults
//!    pseudonym                    a timetable's name in the log
//!    wall_clock                   times as they are written, however far off the clock is
//! ```
//!
//! Below them are three crates that do not know the service: `timetable`, pure, from a page's reading
//! to times of day; `standin`, an offline copy of the site; `webdriver_fleet`, the browsers.

pub mod batch;
pub mod cache;
pub mod canary;
pub mod cli;
pub mod code;
pub mod commands;
pub mod config;
pub mod fault;
mod flights;
pub mod http;
pub mod log;
pub mod messages;
pub mod metrics;
pub mod pseudonym;
pub mod reading;
pub mod record;
pub mod service;
pub mod source;
mod wall_clock;
