//! gonggang: from a shared timetable link to the hours it blocks and the hours it leaves free.
//!
//! ```text
//! 4  commands, cli, config, log   settings, start-up and shutdown, one file a command
//! 3  http, record, batch          the HTTP interface; a read kept as a fixture; many links at once
//! 2  service, interest            link → cache → source → timetable; who still waits for it
//!    canary                       one timetable, read now and then by each source
//!    fault, messages, metrics     what is said and what is counted when it fails
//! 1  source, cache                where a timetable is read; answers kept and shared
//! 0  pseudonym                    under which name a timetable stands in the log
//!    wall_clock                   times as they are written, however far off the clock is
//! ```
//!
//! Below them are three crates that do not know the service: `timetable`, pure, from a page's reading
//! to times of day; `standin`, an offline copy of the site; `webdriver_fleet`, the browsers.

pub mod batch;
pub mod cache;
pub mod canary;
pub mod cli;
pub mod commands;
pub mod config;
pub mod fault;
pub mod http;
mod interest;
pub mod log;
pub mod messages;
pub mod metrics;
pub mod pseudonym;
pub mod reading;
pub mod record;
pub mod service;
pub mod source;
mod wall_clock;
