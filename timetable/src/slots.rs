//! A week in equal slots, and which of them are busy.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Timetable;
use super::time::{TimeOfDay, TimeRange, UNIT_MINUTES, UNITS_PER_DAY, Weekday};

/// Length of a slot: 5, 10, 15, 30 or 60 minutes, each of which divides the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Granularity(u16);

/// A slot length that is not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("granularity must be 5, 10, 15, 30 or 60 minutes")]
pub struct InvalidGranularity;

impl Granularity {
    /// Half hours, the grid of OneTime.
    pub const HALF_HOUR: Granularity = Granularity(30);

    /// Minutes in a slot.
    pub fn minutes(self) -> u16 {
        self.0
    }

    fn units(self) -> u16 {
        self.0 / UNIT_MINUTES
    }

    /// The slot that begins `index` slots after midnight; `None` after the last of the day.
    pub fn slot(self, index: u16) -> Option<TimeRange> {
        let start = TimeOfDay::from_units(index.checked_mul(self.units())?)?;
        let end = TimeOfDay::from_units(start.units() + self.units())?;
        TimeRange::new(start, end)
    }

    /// Slots in a day.
    pub fn per_day(self) -> u16 {
        UNITS_PER_DAY / self.units()
    }
}

impl TryFrom<u16> for Granularity {
    type Error = InvalidGranularity;

    fn try_from(minutes: u16) -> Result<Self, InvalidGranularity> {
        if [5, 10, 15, 30, 60].contains(&minutes) {
            Ok(Self(minutes))
        } else {
            Err(InvalidGranularity)
        }
    }
}

impl From<Granularity> for u16 {
    fn from(granularity: Granularity) -> Self {
        granularity.0
    }
}

/// How a class that begins or ends inside a slot counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Rounding {
    /// Start down, end up: a slot that a class touches is busy, so no busy minute is lost.
    #[default]
    Cover,
    /// The first crawler's formula to the letter, which callers may have come to rely on: the
    /// start is rounded down and the *length* up, so that a class off the half hour loses its
    /// last slot.
    Onetime,
}

/// The busy slots of each day, Monday first; days without any are left out.
pub fn busy_slots(
    timetable: &Timetable,
    granularity: Granularity,
    rounding: Rounding,
) -> Vec<(Weekday, BTreeSet<TimeOfDay>)> {
    let slots_on = |day| -> BTreeSet<TimeOfDay> {
        timetable
            .busy_on(day)
            .flat_map(|range| slots_of(range, granularity, rounding))
            .collect()
    };
    Weekday::ALL
        .into_iter()
        .map(|day| (day, slots_on(day)))
        .filter(|(_, slots)| !slots.is_empty())
        .collect()
}

/// Starts of the slots of one class, in order.
pub fn slots_of(
    range: TimeRange,
    granularity: Granularity,
    rounding: Rounding,
) -> impl Iterator<Item = TimeOfDay> {
    let indices = match rounding {
        Rounding::Cover => covered(range, granularity),
        Rounding::Onetime => onetime(range, granularity),
    };
    indices
        .filter_map(move |index| granularity.slot(index))
        .map(TimeRange::start)
}

fn covered(range: TimeRange, granularity: Granularity) -> std::ops::Range<u16> {
    let size = granularity.units();
    range.start().units() / size..range.end().units().div_ceil(size)
}

/// `start = 09:00 + ⌊(top−450)/25⌋` half hours, `⌈(height−1)/25⌉` of them, with `top` and `height`
/// as the page draws them at 50 px an hour.
///
/// A half hour is exactly 25 px, so the page's rounding to whole pixels never crosses one: the formula
/// rounds the start down and the length up. In this form it holds at every granularity; with a scaled 25
/// the rounded pixels of a 20-minute class would be three slots of ten minutes.
fn onetime(range: TimeRange, granularity: Granularity) -> std::ops::Range<u16> {
    let size = granularity.units();
    let start = range.start().units() / size;
    start..start + range.units().div_ceil(size)
}

#[cfg(test)]
mod tests {
    use super::super::geometry::{block_height, block_top};
    use super::super::scale::Scale;
    use super::*;

    fn range(start: u16, end: u16) -> TimeRange {
        TimeRange::new(
            TimeOfDay::from_units(start).unwrap(),
            TimeOfDay::from_units(end).unwrap(),
        )
        .unwrap()
    }

    fn every_range() -> impl Iterator<Item = TimeRange> {
        (0..UNITS_PER_DAY).flat_map(|s| (s + 1..=UNITS_PER_DAY).map(move |e| range(s, e)))
    }

    fn every_granularity() -> impl Iterator<Item = Granularity> {
        [5, 10, 15, 30, 60]
            .into_iter()
            .map(|m| Granularity::try_from(m).unwrap())
    }

    #[test]
    fn cover_takes_exactly_the_slots_a_class_touches() {
        for granularity in every_granularity() {
            for range in every_range() {
                let taken: Vec<_> = slots_of(range, granularity, Rounding::Cover).collect();
                let touched: Vec<_> = (0..granularity.per_day())
                    .filter_map(|index| granularity.slot(index))
                    .filter(|slot| slot.start() < range.end() && range.start() < slot.end())
                    .map(TimeRange::start)
                    .collect();
                assert_eq!(taken, touched, "{range:?} by {granularity:?}");
            }
        }
    }

    /// The first crawler's arithmetic on pixels, in whole numbers.
    fn first_crawler(top: i32, height: i32) -> Vec<u16> {
        let start = 18 + (top - 450).div_euclid(25);
        let count = (height - 1 + 24).div_euclid(25);
        (start..start + count)
            .filter(|i| (0..48).contains(i))
            .map(|i| i as u16 * 30)
            .collect()
    }

    #[test]
    fn onetime_equals_the_first_crawlers_arithmetic() {
        let fifty = Scale::new(50.0).unwrap();
        for range in every_range() {
            let ours: Vec<_> = slots_of(range, Granularity::HALF_HOUR, Rounding::Onetime)
                .map(TimeOfDay::minutes)
                .collect();
            let (top, height) = (block_top(fifty, range.start()), block_height(fifty, range));
            assert_eq!(ours, first_crawler(top as i32, height as i32), "{range:?}");
        }
    }

    #[test]
    fn onetime_never_takes_a_slot_that_the_class_does_not_touch() {
        for granularity in every_granularity() {
            for range in every_range() {
                let end = slots_of(range, granularity, Rounding::Onetime)
                    .filter_map(|slot| slot.units().checked_add(granularity.units()))
                    .last();
                assert!(end < Some(range.end().units() + granularity.units()));
            }
        }
    }

    #[test]
    fn the_slot_that_onetime_loses_is_kept_by_cover() {
        let class = range(9 * 12 + 5, 10 * 12 + 8);
        let starts = |rounding| -> Vec<String> {
            slots_of(class, Granularity::HALF_HOUR, rounding)
                .map(|t| t.to_string())
                .collect()
        };
        assert_eq!(starts(Rounding::Onetime), ["09:00", "09:30", "10:00"]);
        assert_eq!(
            starts(Rounding::Cover),
            ["09:00", "09:30", "10:00", "10:30"]
        );
    }

    #[test]
    fn a_class_until_midnight_ends_with_the_days_last_slot() {
        let last = slots_of(range(264, 288), Granularity::HALF_HOUR, Rounding::Cover).last();
        assert_eq!(last.map(|t| t.to_string()).as_deref(), Some("23:30"));
    }

    #[test]
    fn other_granularities_are_refused() {
        for minutes in [0, 1, 20, 45, 90, u16::MAX] {
            assert_eq!(Granularity::try_from(minutes), Err(InvalidGranularity));
        }
    }
}
