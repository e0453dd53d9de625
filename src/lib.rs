//! gonggang: from a shared timetable link to the hours it blocks and the hours it leaves free.
//!
//! ```text
//! commands                       start-up and shutdown, one file for each command
//! cli                            the command line
//! config                         flags and variables → the structs of each module
//! http, batch, record, log       the HTTP interface; many links at once; a read as a fixture; the log
//! service, messages              link → cache → source → timetable; sentences for faults
//! metrics, fault, flights        what is counted; faults; one read for many callers
//! canary                         one timetable, read regularly by each source
//! source, cache                  where a timetable is read; cached and shared answers
//! reading, code, pseudonym,      what a source returns; stable codes; a timetable's name in the log;
//! wall_clock                     timestamps as text
//! ```
//!
//! A module imports only modules below it. Three crates do not know the service: `timetable` (pure: a page
//! or an answer → timetable, slots, free time, drawings), `standin` (the offline site) and
//! `webdriver_fleet` (the browsers).

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
