//! Any classes as busy slots: in order, on the grid, and never a busy minute lost.
#![no_main]

use arbitrary::Arbitrary;
use gonggang_fuzz::identifier;
use libfuzzer_sys::fuzz_target;
use timetable::slots::{Granularity, Rounding, busy_slots, slots_of};
use timetable::time::{TimeOfDay, TimeRange, UNITS_PER_DAY, Weekday};
use timetable::{Class, Timetable};

#[derive(Debug, Arbitrary)]
struct Question {
    granularity: u8,
    meetings: Vec<Meeting>,
}

#[derive(Debug, Arbitrary)]
struct Meeting {
    day: u8,
    start: u16,
    end: u16,
}

fuzz_target!(|question: Question| {
    let minutes = [5, 10, 15, 30, 60][usize::from(question.granularity % 5)];
    let granularity = Granularity::try_from(minutes).expect("one of those offered");
    let timetable = timetable(question.meetings.iter().filter_map(class).collect());
    check_cover(&timetable, granularity);
    check_onetime(&timetable, granularity);
});

fn class(meeting: &Meeting) -> Option<Class> {
    let time = |units: u16| TimeOfDay::from_units(units % (UNITS_PER_DAY + 1));
    Some(Class {
        name: String::new(),
        professor: String::new(),
        place: String::new(),
        color: None,
        day: Weekday::ALL[usize::from(meeting.day % 7)],
        time: TimeRange::new(time(meeting.start)?, time(meeting.end)?)?,
        not_drawn: false,
    })
}

fn timetable(classes: Vec<Class>) -> Timetable {
    Timetable {
        identifier: identifier(),
        year: None,
        semester: None,
        title: None,
        days: Weekday::ALL.to_vec(),
        classes,
        untimed: Vec::new(),
        not_drawn: Vec::new(),
        semesters: Vec::new(),
    }
}

/// Monday first, the days with classes, and of each exactly the slots that hold a busy minute.
fn check_cover(timetable: &Timetable, granularity: Granularity) {
    let days = Weekday::ALL
        .into_iter()
        .map(|day| (day, touched(timetable, day, granularity)));
    let expected = days.filter(|(_, slots)| !slots.is_empty());
    let found = busy_slots(timetable, granularity, Rounding::Cover);
    let found = found.into_iter().map(|(day, slots)| {
        (
            day,
            slots
                .into_iter()
                .map(TimeOfDay::minutes)
                .collect::<Vec<_>>(),
        )
    });
    assert!(found.eq(expected));
}

/// Starts, in minutes, of the slots of `day` with a busy unit in them.
fn touched(timetable: &Timetable, day: Weekday, granularity: Granularity) -> Vec<u16> {
    let mut units = [false; UNITS_PER_DAY as usize];
    for time in timetable.busy_on(day) {
        units[usize::from(time.start().units())..usize::from(time.end().units())].fill(true);
    }
    (0..)
        .step_by(granularity.minutes().into())
        .zip(units.chunks(usize::from(granularity.minutes() / 5)))
        .filter(|(_, slot)| slot.contains(&true))
        .map(|(start, _)| start)
        .collect()
}

/// The first crawler's formula loses a class's last slot at most, and never invents one.
fn check_onetime(timetable: &Timetable, granularity: Granularity) {
    for class in &timetable.classes {
        let [cover, onetime] = [Rounding::Cover, Rounding::Onetime]
            .map(|rounding| slots_of(class.time, granularity, rounding).collect::<Vec<_>>());
        assert!(
            cover.starts_with(&onetime) && onetime.len() + 1 >= cover.len(),
            "{class:?}"
        );
    }
}
