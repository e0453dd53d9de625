//! When several people are free together.
//!
//! All results are on one grid of slots: a person is free in a slot only if none of the person's classes
//! touches it. With slots of 5 minutes the result is exact.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::Timetable;
use super::slots::{Granularity, Rounding, slots_of};
use super::time::{TimeOfDay, TimeRange, Weekday};

/// The hours of the week to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Length of a slot.
    pub granularity: Granularity,
    /// The days to compare.
    pub days: BTreeSet<Weekday>,
    /// The part of each day. Only slots that lie in it with their whole length count.
    pub between: TimeRange,
    /// Shortest common free time to list, in minutes. It does not change who is free at each slot.
    pub at_least_minutes: u16,
}

/// Monday to Friday, 09:00 to 22:00, by half hours, of any length.
impl Default for Question {
    fn default() -> Self {
        let hour = |hour: u16| TimeOfDay::from_minutes(hour * 60).expect("an hour of the day");
        Self {
            granularity: Granularity::HALF_HOUR,
            days: Weekday::ALL[..5].iter().copied().collect(),
            between: TimeRange::new(hour(9), hour(22)).expect("nine is before ten at night"),
            at_least_minutes: 0,
        }
    }
}

/// A person whose free time is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// Which of the links leads to the person, counted from 0.
    pub link: usize,
    /// When the person is busy.
    pub timetable: &'a Timetable,
}

/// One day of what several people have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FreeDay {
    /// Which day.
    pub day: Weekday,
    /// When everyone is free, as long as asked for, in order; ends lie on the grid.
    pub everyone: Vec<TimeRange>,
    /// Every slot asked about, in order.
    pub slots: Vec<FreeSlot>,
}

/// Who is free in one slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FreeSlot {
    /// The slot's first moment.
    pub start: TimeOfDay,
    /// People without a class that touches the slot: the *k* of "k of n are free".
    pub free: usize,
    /// Which people these are: the places of their links among those asked about, counted from 0, in
    /// order.
    pub links: Vec<usize>,
}

/// Common free time of `people`: one entry for each day asked about, Monday first.
///
/// Without people there is no common time. Classes that the page refused to draw take their time like
/// all others. Classes without a meeting time take none, nor do those with unknown times
/// ([`Timetable::is_incomplete`]).
pub fn common(people: &[Person<'_>], question: &Question) -> Vec<FreeDay> {
    let days = question.days.iter();
    days.map(|&day| free_day(people, day, question)).collect()
}

fn free_day(people: &[Person<'_>], day: Weekday, question: &Question) -> FreeDay {
    let busy = busy_slots(people, day, question.granularity);
    let slots: Vec<_> = slots_within(question)
        .map(|slot| free_slot(people, &busy, slot.start()))
        .collect();
    FreeDay {
        day,
        everyone: everyone(&slots, people.len(), question),
        slots,
    }
}

fn free_slot(people: &[Person<'_>], busy: &[BTreeSet<TimeOfDay>], start: TimeOfDay) -> FreeSlot {
    let links: Vec<_> = people
        .iter()
        .zip(busy)
        .filter(|(_, busy)| !busy.contains(&start))
        .map(|(person, _)| person.link)
        .collect();
    FreeSlot {
        start,
        free: links.len(),
        links,
    }
}

/// Starts of the slots that each person's classes touch.
fn busy_slots(
    people: &[Person<'_>],
    day: Weekday,
    granularity: Granularity,
) -> Vec<BTreeSet<TimeOfDay>> {
    let of_one = |person: &Person<'_>| {
        let classes = person.timetable.busy_on(day);
        classes
            .flat_map(|class| slots_of(class, granularity, Rounding::Cover))
            .collect()
    };
    people.iter().map(of_one).collect()
}

fn slots_within(question: &Question) -> impl Iterator<Item = TimeRange> {
    let Question {
        granularity,
        between,
        ..
    } = *question;
    (0..granularity.per_day())
        .filter_map(move |index| granularity.slot(index))
        .filter(move |slot| between.start() <= slot.start() && slot.end() <= between.end())
}

/// Neighbouring slots in which all `people` are free, joined, where they are long enough.
fn everyone(slots: &[FreeSlot], people: usize, question: &Question) -> Vec<TimeRange> {
    slots
        .chunk_by(|a, b| (a.free == people) == (b.free == people))
        .filter(|run| people > 0 && run[0].free == people)
        .filter_map(|run| joined(run, question.granularity))
        .filter(|range| range.minutes() >= question.at_least_minutes)
        .collect()
}

/// The range from the start of the first slot to the end of the last.
fn joined(run: &[FreeSlot], granularity: Granularity) -> Option<TimeRange> {
    let (first, last) = (run.first()?, run.last()?);
    let end = TimeOfDay::from_minutes(last.start.minutes() + granularity.minutes())?;
    TimeRange::new(first.start, end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// A timetable with these meetings only.
    fn busy(meetings: &[(Weekday, TimeRange)]) -> Timetable {
        let class = |&(day, time): &(Weekday, TimeRange)| {
            let ends = json!(time);
            json!({"name": "", "professor": "", "place": "", "color": null, "day": day,
                   "start": ends["start"], "end": ends["end"]})
        };
        serde_json::from_value(json!({
            "identifier": "a".repeat(20), "year": null, "semester": null, "title": null,
            "days": [], "untimed": [], "not_drawn": [], "semesters": [],
            "classes": meetings.iter().map(class).collect::<Vec<_>>(),
        }))
        .unwrap()
    }

    fn range(start: &str, end: &str) -> TimeRange {
        TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    fn on(day: Weekday) -> Question {
        Question {
            days: [day].into(),
            ..Question::default()
        }
    }

    /// Their common time; the links of the first, the second, … are 0, 10, ….
    fn found(timetables: &[Timetable], question: &Question) -> Vec<FreeDay> {
        let links = (0..).step_by(10);
        let people = timetables.iter().zip(links);
        let people: Vec<_> = people
            .map(|(timetable, link)| Person { link, timetable })
            .collect();
        common(&people, question)
    }

    #[test]
    fn a_free_slot_is_wholly_free_and_wholly_inside_the_window() {
        let one = busy(&[(Weekday::Mon, range("10:00", "11:15"))]);
        let other = busy(&[(Weekday::Mon, range("13:25", "14:00"))]);
        let asked = Question {
            between: range("09:10", "15:50"),
            ..on(Weekday::Mon)
        };
        let found = found(&[one, other], &asked);
        assert_eq!(
            json!(found[0].everyone),
            json!([
                {"start": "09:30", "end": "10:00"},
                {"start": "11:30", "end": "13:00"},
                {"start": "14:00", "end": "15:30"},
            ])
        );
        assert_eq!(
            json!(found[0].slots[..2]),
            json!([
                {"start": "09:30", "free": 2, "links": [0, 10]},
                {"start": "10:00", "free": 1, "links": [10]},
            ])
        );
    }

    #[test]
    fn a_common_time_that_is_too_short_is_counted_but_not_listed() {
        let one = busy(&[(Weekday::Tue, range("09:30", "21:00"))]);
        let asked = Question {
            at_least_minutes: 45,
            ..on(Weekday::Tue)
        };
        let found = found(&[one], &asked);
        assert_eq!(found[0].everyone, [range("21:00", "22:00")]);
        assert_eq!(found[0].slots[0].free, 1);
    }

    #[test]
    fn two_classes_in_one_slot_take_one_person() {
        let one = busy(&[
            (Weekday::Mon, range("09:00", "09:10")),
            (Weekday::Mon, range("09:20", "09:30")),
        ]);
        assert_eq!(found(&[one], &on(Weekday::Mon))[0].slots[0].free, 0);
    }

    #[test]
    fn a_window_may_end_at_midnight() {
        let asked = Question {
            between: range("23:00", "24:00"),
            ..on(Weekday::Mon)
        };
        let found = found(&[busy(&[])], &asked);
        assert_eq!(found[0].everyone, [range("23:00", "24:00")]);
        assert_eq!(found[0].slots[1].start, range("23:30", "24:00").start());
    }

    #[test]
    fn without_people_there_is_no_common_time() {
        let found = found(&[], &Question::default());
        assert_eq!(found.len(), 5);
        assert!(found.iter().all(|day| day.everyone.is_empty()));
        let mut slots = found.iter().flat_map(|day| &day.slots);
        assert!(slots.all(|slot| slot.free == 0 && slot.links.is_empty()));
    }

    fn any_range() -> impl Strategy<Value = TimeRange> {
        (0..288_u16, 1..=288_u16).prop_map(|(start, length)| {
            let end = (start + length).min(288);
            let time = |units| TimeOfDay::from_units(units).unwrap();
            TimeRange::new(time(start), time(end)).unwrap()
        })
    }

    fn any_meeting() -> impl Strategy<Value = (Weekday, TimeRange)> {
        // Two days and short classes, so that people do meet and leave gaps.
        let class = (0..280_u16, 1..40_u16).prop_map(|(start, length)| {
            let time = |units: u16| TimeOfDay::from_units(units.min(288)).unwrap();
            TimeRange::new(time(start), time(start + length)).unwrap()
        });
        (
            prop::sample::select(vec![Weekday::Mon, Weekday::Sun]),
            class,
        )
    }

    fn any_question() -> impl Strategy<Value = Question> {
        (
            prop::sample::select(vec![5_u16, 10, 15, 30, 60]),
            prop::collection::btree_set(prop::sample::select(Weekday::ALL.to_vec()), 0..5),
            any_range(),
            0..200_u16,
        )
            .prop_map(|(granularity, days, between, at_least_minutes)| Question {
                granularity: granularity.try_into().unwrap(),
                days,
                between,
                at_least_minutes,
            })
    }

    /// The whole day minute by minute: who has a class then.
    fn minutes_taken(timetable: &Timetable, day: Weekday) -> [bool; 1440] {
        std::array::from_fn(|minute| {
            timetable.busy_on(day).any(|class| {
                usize::from(class.start().minutes()) <= minute
                    && minute < usize::from(class.end().minutes())
            })
        })
    }

    /// For each slot that lies in the window: its first minute and who is free all through.
    fn oracle_slots(people: &[[bool; 1440]], asked: &Question) -> Vec<(usize, Vec<usize>)> {
        let length = usize::from(asked.granularity.minutes());
        let (from, to) = (
            asked.between.start().minutes(),
            asked.between.end().minutes(),
        );
        (0..1440)
            .step_by(length)
            .filter(|&start| start >= usize::from(from) && start + length <= usize::from(to))
            .map(|start| {
                let is_free = |who: &usize| !people[*who][start..start + length].contains(&true);
                (start, (0..people.len()).filter(is_free).collect())
            })
            .collect()
    }

    /// Stretches of minutes that lie in slots in which all are free, long enough.
    fn oracle_ranges(
        slots: &[(usize, Vec<usize>)],
        people: usize,
        asked: &Question,
    ) -> Vec<[usize; 2]> {
        let mut common = [false; 1441];
        for (start, _) in slots
            .iter()
            .filter(|slot| people > 0 && slot.1.len() == people)
        {
            common[*start..start + usize::from(asked.granularity.minutes())].fill(true);
        }
        let mut ranges = Vec::new();
        for minute in 0..1440 {
            if common[minute] && (minute == 0 || !common[minute - 1]) {
                let length = common[minute..].iter().position(|free| !free).unwrap();
                ranges.push([minute, minute + length]);
            }
        }
        ranges.retain(|range| range[1] - range[0] >= usize::from(asked.at_least_minutes));
        ranges
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn equals_a_minute_by_minute_oracle(
            people in prop::collection::vec(prop::collection::vec(any_meeting(), 0..8), 0..6),
            asked in any_question(),
        ) {
            let timetables: Vec<_> = people.iter().map(|meetings| busy(meetings)).collect();
            let found = found(&timetables, &asked);
            prop_assert_eq!(found.len(), asked.days.len());
            for (found, &day) in found.iter().zip(&asked.days) {
                let taken: Vec<_> = timetables.iter().map(|one| minutes_taken(one, day)).collect();
                let slots = oracle_slots(&taken, &asked);
                let minute = |time: TimeOfDay| usize::from(time.minutes());
                let who = |slot: &FreeSlot| -> Vec<_> { slot.links.iter().map(|link| link / 10).collect() };
                let told: Vec<_> =
                    found.slots.iter().map(|slot| (minute(slot.start), who(slot))).collect();
                prop_assert!(found.slots.iter().all(|slot| slot.free == slot.links.len()));
                let named: Vec<_> =
                    found.everyone.iter().map(|r| [minute(r.start()), minute(r.end())]).collect();
                prop_assert_eq!(found.day, day);
                prop_assert_eq!(named, oracle_ranges(&slots, taken.len(), &asked));
                prop_assert_eq!(told, slots);
            }
        }
    }
}
