//! Days of the week, and times of day on the page's own grid of 5 minutes.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// Minutes in one unit of the page's time grid.
pub const UNIT_MINUTES: u16 = 5;
/// Units in an hour.
pub const UNITS_PER_HOUR: u16 = 12;
/// Units in a day; also the unit of 24:00.
pub const UNITS_PER_DAY: u16 = 288;

/// A day of the week, Monday first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Weekday {
    /// All seven, Monday first.
    pub const ALL: [Weekday; 7] = [
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
        Weekday::Sat,
        Weekday::Sun,
    ];

    /// Days after Monday, 0 to 6.
    pub fn index(self) -> usize {
        self as usize
    }

    /// The one-letter Korean name the page and its callers use.
    pub fn korean(self) -> &'static str {
        ["월", "화", "수", "목", "금", "토", "일"][self.index()]
    }
}

/// A time of day on the 5-minute grid, 00:00 to 24:00 inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// 00:00.
    pub const MIDNIGHT: TimeOfDay = TimeOfDay(0);
    /// 24:00, the end of the day.
    pub const END_OF_DAY: TimeOfDay = TimeOfDay(UNITS_PER_DAY);

    /// From 5-minute units since midnight; `None` beyond 288.
    pub fn from_units(units: u16) -> Option<Self> {
        (units <= UNITS_PER_DAY).then_some(Self(units))
    }

    /// From minutes since midnight; `None` off the 5-minute grid or beyond 24:00.
    pub fn from_minutes(minutes: u16) -> Option<Self> {
        minutes
            .is_multiple_of(UNIT_MINUTES)
            .then(|| Self::from_units(minutes / UNIT_MINUTES))?
    }

    /// 5-minute units since midnight, 0 to 288.
    pub fn units(self) -> u16 {
        self.0
    }

    /// Minutes since midnight, 0 to 1440.
    pub fn minutes(self) -> u16 {
        self.0 * UNIT_MINUTES
    }
}

/// `HH:MM`, with `24:00` for the end of the day.
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.minutes();
        write!(f, "{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// Text that is not a time of day on the 5-minute grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time of day: write HH:MM in steps of 5 minutes, 00:00 to 24:00")]
pub struct InvalidTime;

impl std::str::FromStr for TimeOfDay {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let [h1, h2, b':', m1, m2] = *text.as_bytes() else {
            return Err(InvalidTime);
        };
        let [h1, h2, m1, m2] = [h1, h2, m1, m2].map(|digit| u16::from(digit.wrapping_sub(b'0')));
        if h1 > 2 || h2 > 9 || m1 > 5 || m2 > 9 {
            return Err(InvalidTime);
        }
        Self::from_minutes((h1 * 10 + h2) * 60 + m1 * 10 + m2).ok_or(InvalidTime)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A range of one day; its end is after its start.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(try_from = "Ends")]
pub struct TimeRange {
    start: TimeOfDay,
    end: TimeOfDay,
}

/// The two ends of a range before the check of their order.
#[derive(Deserialize)]
struct Ends {
    start: TimeOfDay,
    end: TimeOfDay,
}

impl TryFrom<Ends> for TimeRange {
    type Error = &'static str;

    fn try_from(ends: Ends) -> Result<Self, Self::Error> {
        Self::new(ends.start, ends.end).ok_or("a range must end after it starts")
    }
}

impl TimeRange {
    /// `None` unless `end` is after `start`.
    pub fn new(start: TimeOfDay, end: TimeOfDay) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// First moment of the range.
    pub fn start(self) -> TimeOfDay {
        self.start
    }

    /// First moment after the range.
    pub fn end(self) -> TimeOfDay {
        self.end
    }

    /// Length in 5-minute units, at least 1.
    pub fn units(self) -> u16 {
        self.end.0 - self.start.0
    }

    /// Length in minutes, at least 5.
    pub fn minutes(self) -> u16 {
        self.units() * UNIT_MINUTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_on_the_grid_survives_writing_and_reading() {
        for units in 0..=UNITS_PER_DAY {
            let time = TimeOfDay::from_units(units).unwrap();
            assert_eq!(time.to_string().parse(), Ok(time));
        }
        assert_eq!(TimeOfDay::END_OF_DAY.to_string(), "24:00");
    }

    #[test]
    fn text_off_the_grid_is_refused() {
        for text in [
            "", "9:00", "09:01", "24:05", "25:00", "09:60", "09-00", "0９:0", "-1:00",
        ] {
            assert_eq!(text.parse::<TimeOfDay>(), Err(InvalidTime), "{text}");
        }
    }

    #[test]
    fn a_range_never_ends_before_it_starts() {
        let nine: TimeOfDay = "09:00".parse().unwrap();
        assert_eq!(TimeRange::new(nine, nine), None);
        assert_eq!(TimeRange::new(nine, TimeOfDay::MIDNIGHT), None);
        let backwards = r#"{"start":"10:00","end":"09:00"}"#;
        assert!(serde_json::from_str::<TimeRange>(backwards).is_err());
    }
}
