//! One timetable's days cut into slots, busy and free.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::Timetable;
use super::slots::{Granularity, Rounding, slots_of};
use super::time::{TimeOfDay, TimeRange, Weekday};

/// One day, from 00:00 to 24:00: each of its slots is in one of the two lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DaySlots {
    /// Which day.
    pub day: Weekday,
    /// Starts of the slots that classes take, in order.
    pub busy: Vec<TimeOfDay>,
    /// Starts of all the others, in order.
    pub free: Vec<TimeOfDay>,
}

/// The slots of every shown day, Monday first.
pub fn day_slots(
    timetable: &Timetable,
    granularity: Granularity,
    rounding: Rounding,
) -> Vec<DaySlots> {
    timetable
        .shown_days()
        .into_iter()
        .map(|day| one_day(timetable, day, granularity, rounding))
        .collect()
}

fn one_day(
    timetable: &Timetable,
    day: Weekday,
    granularity: Granularity,
    rounding: Rounding,
) -> DaySlots {
    let taken: BTreeSet<_> = timetable
        .busy_on(day)
        .flat_map(|class| slots_of(class, granularity, rounding))
        .collect();
    let (busy, free) = (0..granularity.per_day())
        .filter_map(|index| granularity.slot(index))
        .map(TimeRange::start)
        .partition(|start| taken.contains(start));
    DaySlots { day, busy, free }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn timetable() -> Timetable {
        serde_json::from_value(json!({
            "identifier": "a".repeat(20), "year": null, "semester": null, "title": null,
            "days": ["mon", "tue"], "untimed": [], "not_drawn": [], "semesters": [],
            "classes": [{"name": "", "professor": "", "place": "", "color": null,
                         "day": "sat", "start": "09:25", "end": "10:40"}],
        }))
        .unwrap()
    }

    #[test]
    fn every_slot_of_every_day_is_busy_or_free_and_never_both() {
        for minutes in [5, 10, 15, 30, 60] {
            let granularity = Granularity::try_from(minutes).unwrap();
            for day in day_slots(&timetable(), granularity, Rounding::Cover) {
                let both: BTreeSet<_> = day.busy.iter().chain(&day.free).collect();
                assert_eq!(both.len(), usize::from(granularity.per_day()));
                assert_eq!(day.busy.len() + day.free.len(), both.len());
            }
        }
    }

    #[test]
    fn a_day_with_a_class_has_slots_even_if_the_page_hides_it() {
        let days = day_slots(&timetable(), Granularity::HALF_HOUR, Rounding::Cover);
        let busy: Vec<_> = days.iter().map(|day| (day.day, day.busy.len())).collect();
        assert_eq!(
            busy,
            [(Weekday::Mon, 0), (Weekday::Tue, 0), (Weekday::Sat, 4)]
        );
        let onetime = day_slots(&timetable(), Granularity::HALF_HOUR, Rounding::Onetime);
        assert_eq!(json!(onetime[2].busy), json!(["09:00", "09:30", "10:00"]));
    }
}
