//! A timetable as a calendar file, a picture, or a drawing in the terminal.
//!
//! Pure: what is drawn follows from the timetable and the arguments alone, the time of day too.

pub mod ical;
mod lanes;
mod plain;
pub mod svg;
pub mod text;
mod week;
pub mod words;
mod wrap;
