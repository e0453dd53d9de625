//! Seoul's time zone as a component of the file, for readers without a database of zones.

use super::line::CalendarFile;

/// The zone's name in the IANA database; events use it too.
pub(super) const NAME: &str = "Asia/Seoul";

/// Since summer time ended on 9 October 1988 at 03:00, Seoul has kept UTC+9.
const LINES: [(&str, &str); 9] = [
    ("BEGIN", "VTIMEZONE"),
    ("TZID", NAME),
    ("BEGIN", "STANDARD"),
    ("DTSTART", "19881009T030000"),
    ("TZOFFSETFROM", "+1000"),
    ("TZOFFSETTO", "+0900"),
    ("TZNAME", "KST"),
    ("END", "STANDARD"),
    ("END", "VTIMEZONE"),
];

/// Hours that Seoul is ahead of UTC.
pub(super) const HOURS_AHEAD: i8 = 9;

/// The first year with this rule only.
pub(super) const FIRST_YEAR: i16 = 1989;

/// Writes the component.
pub(super) fn put(file: &mut CalendarFile) {
    for (name, value) in LINES {
        file.put(name, value);
    }
}
