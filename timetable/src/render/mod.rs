//! A timetable as a calendar file, a picture, or a drawing in the terminal.
//!
//! Pure: the output depends on the timetable and the arguments only, not on the clock.

pub mod ical;
mod lanes;
mod plain;
pub mod svg;
pub mod text;
mod week;
pub mod words;
mod wrap;
