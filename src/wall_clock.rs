//! The clock on the wall, which may be far off: a machine without a battery begins in 1970.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use humantime::{Rfc3339Timestamp, format_rfc3339_seconds};

/// Seconds from 1970 to the last second of the year 9999: later times have no RFC 3339 form.
const LAST_SECOND: Duration = Duration::from_secs(253_402_300_799);

/// RFC 3339, UTC, to the second.
pub(crate) fn to_the_second(time: SystemTime) -> Rfc3339Timestamp {
    format_rfc3339_seconds(writable(time))
}

/// Whether HTTP can say this time: the library that writes its `Date` panics otherwise.
pub(crate) fn is_writable(time: SystemTime) -> bool {
    writable(time) == time
}

/// The nearest time from 1970 to 9999.
fn writable(time: SystemTime) -> SystemTime {
    let last = UNIX_EPOCH.checked_add(LAST_SECOND).unwrap_or(UNIX_EPOCH);
    time.clamp(UNIX_EPOCH, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_outside_the_years_that_can_be_written_is_written_as_the_nearest() {
        let year = Duration::from_hours(24 * 366);
        for (time, second, writable) in [
            (UNIX_EPOCH - year, "1970-01-01T00:00:00Z", false),
            (UNIX_EPOCH, "1970-01-01T00:00:00Z", true),
            (UNIX_EPOCH + 200 * year, "2170-06-01T00:00:00Z", true),
            (
                UNIX_EPOCH + LAST_SECOND + year,
                "9999-12-31T23:59:59Z",
                false,
            ),
        ] {
            assert_eq!(to_the_second(time).to_string(), second);
            assert_eq!(is_writable(time), writable, "{second}");
        }
    }
}
