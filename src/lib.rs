//! gonggang: from a shared timetable link to the hours it blocks.

pub mod replay;
