//! The few words a drawing needs, in the languages it speaks.

use super::super::Timetable;
use super::super::time::Weekday;
use super::plain::plain;

/// One language's words.
#[derive(Debug)]
pub struct Words {
    /// Language tag (BCP 47).
    pub tag: &'static str,
    /// Short names of the days, Monday first.
    pub days: [&'static str; 7],
    /// Heading of a timetable whose page names no term.
    pub timetable: &'static str,
    /// Written in place of the name of a class, if names are hidden.
    pub busy: &'static str,
    /// Describes a timetable without a class time.
    pub no_classes: &'static str,
    /// Heading of the classes without a meeting time.
    pub untimed: &'static str,
    /// Heading of the classes the page refused to draw.
    pub not_drawn: &'static str,
    /// Heading of times that a drawing's coarse rows do not tell.
    pub exact_times: &'static str,
    /// Said of a timetable with classes whose times are not known.
    pub incomplete: &'static str,
    /// Stands for a class whose name is not known.
    pub unnamed: &'static str,
}

/// 한국어.
pub const KOREAN: Words = Words {
    tag: "ko",
    days: ["월", "화", "수", "목", "금", "토", "일"],
    timetable: "시간표",
    busy: "수업",
    no_classes: "수업이 없습니다",
    untimed: "시간 미정",
    not_drawn: "에브리타임 화면에 없는 수업",
    exact_times: "정확한 시각",
    incomplete: "시간을 알 수 없는 수업이 있어, 비어 보이는 시간에도 수업이 있을 수 있습니다",
    unnamed: "이름 없는 수업",
};

/// English; names and terms stay as the page words them.
pub const ENGLISH: Words = Words {
    tag: "en",
    days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    timetable: "Timetable",
    busy: "Busy",
    no_classes: "No classes",
    untimed: "No set time",
    not_drawn: "Not on Everytime's page",
    exact_times: "Exact times",
    incomplete: "The times of some classes are unknown, so hours that look free may be taken",
    unnamed: "Unnamed class",
};

impl Words {
    /// Short name of a day.
    pub fn day(&self, day: Weekday) -> &'static str {
        self.days[day.index()]
    }

    /// What stands above a drawing: the term, where the page names it.
    pub(super) fn heading(&self, timetable: &Timetable) -> String {
        let title = timetable.title.as_deref().map(plain).unwrap_or_default();
        if title.is_empty() {
            self.timetable.to_owned()
        } else {
            title
        }
    }

    /// A class's name on one line.
    pub(super) fn name(&self, name: &str) -> String {
        let name = plain(name);
        if name.is_empty() {
            self.unnamed.to_owned()
        } else {
            name
        }
    }

    /// What no grid can show: a line for each kind of class, and one if times are not known.
    pub(super) fn beside_the_grid(&self, timetable: &Timetable) -> Vec<String> {
        let untimed = timetable.untimed.iter().map(|class| {
            let place = plain(&class.place);
            let name = self.name(&class.name);
            if place.is_empty() {
                name
            } else {
                format!("{name} ({place})")
            }
        });
        let refused = timetable.not_drawn.iter();
        let refused = refused.map(|class| self.name(class.name.as_deref().unwrap_or_default()));
        let warning = timetable
            .is_incomplete()
            .then(|| self.incomplete.to_owned());
        [
            (self.untimed, listed(untimed)),
            (self.not_drawn, listed(refused)),
        ]
        .into_iter()
        .filter(|(_, classes)| !classes.is_empty())
        .map(|(heading, classes)| format!("{heading}: {classes}"))
        .chain(warning)
        .collect()
    }

    /// Said in place of the grid's classes where there are none; nothing where some times are not
    /// known.
    pub(super) fn without_classes(&self, timetable: &Timetable) -> Option<&'static str> {
        let is_free = timetable.has_no_classes() && !timetable.is_incomplete();
        is_free.then_some(self.no_classes)
    }
}

fn listed(classes: impl Iterator<Item = String>) -> String {
    classes.collect::<Vec<_>>().join(", ")
}
