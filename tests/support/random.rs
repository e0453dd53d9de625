//! Random timetables that the site could hold, as the API's answer and as what a reader must make
//! of it. The expectation is computed from the model alone and never sees a page.

use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use serde_json::{Value, json};
use standin::{Axis, Behaviour, Fixture, PageBehaviour, Periods};

/// Units of 5 minutes in a day.
pub const DAY: u16 = 288;
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const SEMESTERS: [&str; 4] = ["1", "2", "여름", "겨울"];
/// More than these the page refuses to draw.
const MOST_SUBJECTS: usize = 30;

/// Words that a careless step on the way would change: markup, entities, blanks, other scripts.
const WORDS: [&str; 28] = [
    "자료구조",
    "선형대수학",
    "한국사의 이해",
    "캡스톤디자인(1)",
    "Amelia Hart",
    "<b>굵게</b>",
    "<br>",
    "</script>",
    "<!--",
    "]]>",
    "&amp;",
    "&#10;",
    "&",
    "a > b",
    "\"큰\"",
    "'작은'",
    "\n",
    "\r\n",
    "\t",
    "  ",
    "\u{3000}",
    "🧮",
    "👩🏽‍🏫",
    "日本語",
    "עברית",
    "é",
    "{{options}}",
    "수업과 같은 시간에 이미 수업이 있습니다",
];

/// One timetable and how its page is laid out.
pub struct RandomTimetable {
    /// Its identifier, and the term that the answer's table names.
    own: Term,
    menu: Vec<Term>,
    subjects: Vec<Subject>,
    page: PageBehaviour,
}

struct Term {
    year: u16,
    semester: &'static str,
    identifier: String,
}

#[derive(Clone)]
struct Subject {
    id: i64,
    name: String,
    professor: String,
    place: String,
    meetings: Vec<Meeting>,
}

#[derive(Clone)]
struct Meeting {
    day: usize,
    start: u16,
    end: u16,
    place: String,
}

impl RandomTimetable {
    /// The same seed gives the same timetable.
    pub fn new(seed: u64) -> Self {
        let rng = &mut Xoshiro256PlusPlus::seed_from_u64(seed);
        let own = term(rng);
        Self {
            menu: menu(rng, &own.identifier),
            subjects: subjects(rng),
            page: page(rng),
            own,
        }
    }

    /// The fixture for the stand-in.
    pub fn fixture(&self) -> Fixture {
        let behaviour = Behaviour {
            page: self.page.clone(),
            ..Behaviour::default()
        };
        Fixture::new("random", self.answer()).with_behaviour(behaviour)
    }

    /// How many weekly meetings it has.
    pub fn meetings(&self) -> usize {
        self.subjects.iter().map(|s| s.meetings.len()).sum()
    }

    /// How many of its classes the page refuses to draw.
    pub fn refusals(&self) -> usize {
        let colored = self.colored();
        colored.iter().filter(|(color, _)| color.is_none()).count()
    }

    /// Whether a class takes a part of this unit of 5 minutes, drawn or not.
    pub fn is_busy(&self, day: &str, unit: u16) -> bool {
        let mut meetings = self.subjects.iter().flat_map(|s| &s.meetings);
        meetings.any(|m| DAYS[m.day] == day && (m.start..m.end).contains(&unit))
    }
}

// ---- at random ---------------------------------------------------------------------------------

fn identifier(rng: &mut impl Rng) -> String {
    let letters: Vec<char> = ('0'..='9').chain('A'..='Z').chain('a'..='z').collect();
    (0..20)
        .map(|_| *letters.choose(rng).expect("there are letters"))
        .collect()
}

fn term(rng: &mut impl Rng) -> Term {
    Term {
        year: rng.random_range(2015..2030),
        semester: SEMESTERS.choose(rng).expect("there are four"),
        identifier: identifier(rng),
    }
}

/// Mostly with the timetable itself, in any place and of another term than its table names: the menu
/// is right.
fn menu(rng: &mut impl Rng, own: &str) -> Vec<Term> {
    let mut menu: Vec<_> = (0..rng.random_range(0..4)).map(|_| term(rng)).collect();
    if !menu.is_empty() && rng.random_bool(0.9) {
        let place = rng.random_range(0..menu.len());
        own.clone_into(&mut menu[place].identifier);
    }
    menu
}

fn page(rng: &mut impl Rng) -> PageBehaviour {
    let axes = [Axis::Hour, Axis::HalfHour];
    let periods = [Periods::None, Periods::Left, Periods::Right];
    PageBehaviour {
        axis: *axes.choose(rng).expect("there are two"),
        periods: *periods.choose(rng).expect("there are three"),
        jquery: rng.random_bool(0.5),
        ..PageBehaviour::default()
    }
}

/// In three of ten timetables the page refuses some classes, each with an alert of its own.
fn subjects(rng: &mut impl Rng) -> Vec<Subject> {
    let days = *[5, 6, 7].choose(rng).expect("there are three");
    let mut week = Week::default();
    let refuses = rng.random_bool(0.3);
    let count = match rng.random_range(0..3) {
        0 if refuses => MOST_SUBJECTS + rng.random_range(1..=12),
        _ => rng.random_range(0..=MOST_SUBJECTS),
    };
    let mut subjects: Vec<_> = (1..=count)
        .map(|number| subject(rng, number, days, &mut week))
        .collect();
    if refuses {
        add_overlaps(rng, &mut subjects);
        add_duplicates(rng, &mut subjects);
    }
    subjects
}

/// Classes that each take a part of another's time, before or behind it in the answer.
fn add_overlaps(rng: &mut impl Rng, subjects: &mut Vec<Subject>) {
    let meetings = subjects.iter().flat_map(|subject| &subject.meetings);
    let meetings: Vec<_> = meetings.cloned().collect();
    for number in 1..=rng.random_range(0..=2) {
        let Some(taken) = meetings.choose(rng) else {
            return;
        };
        let start = rng.random_range(taken.start..taken.end);
        let end = rng.random_range(start + 1..=taken.end);
        let place = text(rng);
        let meeting = Meeting {
            day: taken.day,
            start,
            end,
            place,
        };
        let other = Subject {
            meetings: vec![meeting],
            ..subject(rng, 100 + number, 5, &mut Week::default())
        };
        subjects.insert(rng.random_range(0..=subjects.len()), other);
    }
}

/// Subjects that come twice: some as they are, some with no more than the id in common.
fn add_duplicates(rng: &mut impl Rng, subjects: &mut Vec<Subject>) {
    for number in 1..=rng.random_range(0..=2) {
        let Some(known) = subjects.choose(rng).cloned() else {
            return;
        };
        let again = if rng.random_bool(0.5) {
            known
        } else {
            Subject {
                id: known.id,
                meetings: Vec::new(),
                ..subject(rng, 200 + number, 5, &mut Week::default())
            }
        };
        subjects.insert(rng.random_range(0..=subjects.len()), again);
    }
}

fn subject(rng: &mut impl Rng, number: usize, days: usize, week: &mut Week) -> Subject {
    let own_entry = rng.random_bool(0.2);
    let number = i64::try_from(number).expect("a small number");
    let is_timed = rng.random_bool(0.9);
    let meetings = if is_timed { rng.random_range(1..=3) } else { 0 };
    Subject {
        id: if own_entry {
            -number
        } else {
            4_180_000 + number
        },
        name: text(rng),
        professor: if own_entry { String::new() } else { text(rng) },
        place: text(rng),
        meetings: (0..meetings).filter_map(|_| week.find(rng, days)).collect(),
    }
}

/// A few words, now and then none or very many.
fn text(rng: &mut impl Rng) -> String {
    let words = match rng.random_range(0..20) {
        0 => 0,
        1 => rng.random_range(20..60),
        _ => rng.random_range(1..4),
    };
    (0..words)
        .map(|_| *WORDS.choose(rng).expect("there are words"))
        .collect()
}

/// Which units of the week are taken.
struct Week([[bool; DAY as usize]; 7]);

impl Default for Week {
    fn default() -> Self {
        Self([[false; DAY as usize]; 7])
    }
}

impl Week {
    /// A meeting that overlaps none so far; `None` once that takes too long.
    fn find(&mut self, rng: &mut impl Rng, days: usize) -> Option<Meeting> {
        (0..20).find_map(|_| {
            let (day, (start, end)) = (rng.random_range(0..days), times(rng));
            let units = &mut self.0[day][usize::from(start)..usize::from(end)];
            if units.contains(&true) {
                return None;
            }
            units.fill(true);
            Some(Meeting {
                day,
                start,
                end,
                place: text(rng),
            })
        })
    }
}

/// Mostly ordinary lengths, now and then five minutes or a whole day; from 00:00 and to 24:00 more
/// often than chance would have it.
fn times(rng: &mut impl Rng) -> (u16, u16) {
    let length = match rng.random_range(0..40) {
        0 => rng.random_range(1..=DAY),
        1..6 => rng.random_range(1..=3),
        _ => rng.random_range(6..=36),
    };
    let latest = DAY - length;
    let start = match rng.random_range(0..10) {
        0 => 0,
        1 => latest,
        _ => rng.random_range(0..=latest),
    };
    (start, start + length)
}

// ---- as the API answers ------------------------------------------------------------------------

impl RandomTimetable {
    /// The API's answer.
    pub fn answer(&self) -> String {
        let subjects: String = self.subjects.iter().map(Subject::xml).collect();
        let menu: String = self.menu.iter().map(Term::xml).collect();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response>\
             <table {} status=\"1\">{subjects}</table>\
             <user name=\"한여울\"/><primaryTables>{menu}</primaryTables></response>\n",
            self.own.attributes()
        )
    }
}

impl Term {
    fn xml(&self) -> String {
        format!("<primaryTable {}/>", self.attributes())
    }

    fn attributes(&self) -> String {
        let Self {
            year,
            semester,
            identifier,
        } = self;
        format!("year=\"{year}\" semester=\"{semester}\" identifier=\"{identifier}\"")
    }
}

impl Subject {
    fn xml(&self) -> String {
        let [name, professor, place] =
            [&self.name, &self.professor, &self.place].map(|text| attribute(text));
        let meetings: String = self.meetings.iter().map(Meeting::xml).collect();
        format!(
            "<subject id=\"{}\"><name value=\"{name}\"/><professor value=\"{professor}\"/>\
             <time value=\"-\">{meetings}</time><place value=\"{place}\"/><credit value=\"3\"/>\
             </subject>\n",
            self.id
        )
    }
}

impl Meeting {
    fn xml(&self) -> String {
        let place = attribute(&self.place);
        format!(
            "<data day=\"{}\" starttime=\"{}\" endtime=\"{}\" place=\"{place}\"/>",
            self.day, self.start, self.end
        )
    }
}

/// `>` stays as it is: the real API leaves it so.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
        .replace('\n', "&#xA;")
        .replace('\r', "&#xD;")
        .replace('\t', "&#x9;")
}

// ---- as it must be read ------------------------------------------------------------------------

impl RandomTimetable {
    /// The name in its link.
    pub fn identifier(&self) -> &str {
        &self.own.identifier
    }

    /// Where the service answers it.
    pub fn path(&self) -> String {
        format!("/v1/timetables/{}", self.identifier())
    }

    /// The document that the service must answer.
    pub fn expected(&self) -> Value {
        let mut menu = self.menu.iter();
        let term = menu.find(|term| term.identifier == self.own.identifier);
        let term = term.unwrap_or(&self.own);
        let colored = self.colored();
        let untimed = colored.iter().filter(|(_, s)| s.meetings.is_empty());
        let refused = colored.iter().filter(|(color, _)| color.is_none());
        let semesters = self.menu.iter();
        let semesters = semesters.map(|t| json!({"label": t.label(), "identifier": t.identifier}));
        json!({
            "identifier": self.identifier(),
            "year": term.year,
            "semester": term.semester,
            "title": term.label(),
            "days": days(&colored),
            "classes": classes(&colored),
            "untimed": untimed.map(|(color, s)| s.untimed(*color)).collect::<Vec<_>>(),
            "not_drawn": refused.map(|(_, s)| json!({"name": s.name.trim()})).collect::<Vec<_>>(),
            "semesters": semesters.collect::<Vec<_>>(),
        })
    }

    /// Each subject with its colour, which goes by its place among those that are drawn; `None` for one
    /// that the page refuses to draw.
    fn colored(&self) -> Vec<(Option<usize>, &Subject)> {
        let mut drawn: Vec<&Subject> = Vec::new();
        let color = |subject| {
            let is_full = drawn.len() >= MOST_SUBJECTS;
            let is_refused = is_full || drawn.iter().any(|other| other.refuses(subject));
            if is_refused {
                return (None, subject);
            }
            drawn.push(subject);
            (Some(drawn.len()), subject)
        };
        self.subjects.iter().map(color).collect()
    }
}

/// Those of the classes that are drawn. A Sunday class shows Saturday as well.
fn days(colored: &[(Option<usize>, &Subject)]) -> &'static [&'static str] {
    let drawn = colored.iter().filter(|(color, _)| color.is_some());
    let meetings = drawn.flat_map(|(_, subject)| &subject.meetings);
    let last = meetings.map(|meeting| meeting.day).max();
    &DAYS[..=last.unwrap_or(0).max(4)]
}

/// By day and time, those at the same time by name.
fn classes(colored: &[(Option<usize>, &Subject)]) -> Vec<Value> {
    let meetings = colored
        .iter()
        .flat_map(|(color, subject)| subject.meetings.iter().map(move |m| (*color, *subject, m)));
    let mut classes: Vec<_> = meetings.collect();
    classes.sort_by_key(|(_, subject, m)| (m.day, m.start, m.end, subject.name.trim()));
    classes
        .into_iter()
        .map(|(color, subject, meeting)| subject.class(color, meeting))
        .collect()
}

impl Term {
    fn label(&self) -> String {
        format!("{}년 {}학기", self.year, self.semester)
    }
}

impl Subject {
    /// Whether the page does not draw `other` once it has drawn this one.
    fn refuses(&self, other: &Self) -> bool {
        let overlaps = |one: &Meeting, two: &Meeting| {
            one.day == two.day && one.start < two.end && two.start < one.end
        };
        let mut meetings = self.meetings.iter();
        self.id == other.id
            || meetings.any(|one| other.meetings.iter().any(|two| overlaps(one, two)))
    }

    fn class(&self, color: Option<usize>, meeting: &Meeting) -> Value {
        let place = match meeting.place.trim() {
            "" => self.place.trim(),
            place => place,
        };
        let class = json!({
            "name": self.name.trim(),
            "professor": self.professor.trim(),
            "place": place,
            "color": color,
            "day": DAYS[meeting.day],
            "start": clock(meeting.start),
            "end": clock(meeting.end),
        });
        marked(class, color)
    }

    fn untimed(&self, color: Option<usize>) -> Value {
        let entry = json!({"name": self.name.trim(), "place": self.place.trim()});
        marked(entry, color)
    }
}

/// An entry without a colour is not drawn.
fn marked(mut entry: Value, color: Option<usize>) -> Value {
    if color.is_none() {
        entry["not_drawn"] = json!(true);
    }
    entry
}

/// A time of day, counted in units of 5 minutes.
pub fn clock(units: u16) -> String {
    format!("{:02}:{:02}", units / 12, units % 12 * 5)
}
