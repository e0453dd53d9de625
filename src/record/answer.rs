//! The API's answer that makes the page show a given timetable: what was read, as it must have
//! been said. Pure; the inverse of what the page and a reader do together.
//!
//! The identifiers of the timetable are replaced and the owner is nobody.

use standin::identifier_from_name;
use timetable::{Class, RefusedClass, Semester, Timetable, UntimedClass};

/// Stands where the owner's name was: a page without one may be taken for a page without a table.
const NOBODY: &str = "이름 없음";

/// An answer of one of the codes that the page knows.
pub(super) fn of_code(code: i8) -> String {
    response(&code.to_string())
}

/// An answer with a table of this status and nothing in it.
pub(super) fn of_status(name: &str, status: i8) -> String {
    response(&table(
        &identifier_from_name(name),
        Some(2026),
        "1",
        status,
        "",
    ))
}

/// An answer with a table, which the page of the fixture `name` shows as it showed `timetable`.
///
/// What cannot be said is left out: terms in other words than `2026년 2학기`, and refused classes
/// where there is no class they could clash with. A refused class whose times are not known gets
/// those of the class that it clashes with.
pub(super) fn of_timetable(name: &str, timetable: &Timetable) -> String {
    let own = identifier_from_name(name);
    let subjects: String = subjects(timetable).iter().map(Subject::xml).collect();
    let semester = timetable.semester.as_deref().unwrap_or_default();
    let table = table(&own, timetable.year, semester, 1, &subjects);
    let menu: String = (1..)
        .zip(&timetable.semesters)
        .filter_map(|(number, entry)| {
            let other = identifier_from_name(&format!("semester{number}of{name}"));
            let is_own = entry.identifier == timetable.identifier;
            menu_entry(entry, if is_own { &own } else { &other })
        })
        .collect();
    response(&format!(
        "{table}\n  <user name=\"{NOBODY}\"/>\n  <primaryTables>{menu}\n  </primaryTables>"
    ))
}

fn response(content: &str) -> String {
    let content = if content.starts_with('<') {
        format!("\n  {content}\n")
    } else {
        content.to_owned()
    };
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response>{content}</response>\n")
}

fn table(
    identifier: &str,
    year: Option<u16>,
    semester: &str,
    status: i8,
    subjects: &str,
) -> String {
    let year = year.map(|year| year.to_string()).unwrap_or_default();
    let semester = attribute(semester);
    format!(
        "<table year=\"{year}\" semester=\"{semester}\" status=\"{status}\" \
         identifier=\"{identifier}\">{subjects}\n  </table>"
    )
}

fn menu_entry(entry: &Semester, identifier: &str) -> Option<String> {
    let (year, semester) = entry.label.split_once("년 ")?;
    let (year, semester) = (attribute(year), attribute(semester.strip_suffix("학기")?));
    Some(format!(
        "\n    <primaryTable year=\"{year}\" semester=\"{semester}\" identifier=\"{identifier}\"/>"
    ))
}

// ---- subjects ----------------------------------------------------------------------------------

/// One subject of the answer.
#[derive(Default)]
struct Subject<'a> {
    id: usize,
    name: &'a str,
    professor: &'a str,
    place: &'a str,
    color: Option<u8>,
    meetings: Vec<&'a Class>,
}

impl<'a> Subject<'a> {
    fn of_class(class: &'a Class) -> Self {
        Self {
            name: &class.name,
            professor: &class.professor,
            color: class.color,
            ..Self::default()
        }
    }

    fn of_untimed(class: &'a UntimedClass) -> Self {
        Self {
            name: &class.name,
            place: &class.place,
            ..Self::default()
        }
    }

    /// A refused subject whose times are not known: refused for its time where the refusal names it,
    /// for its id where it does not.
    fn refused(class: &'a RefusedClass, drawn: &Subject<'a>, own_id: usize) -> Self {
        let (id, name) = match &class.name {
            Some(name) => (own_id, name.as_str()),
            None => (drawn.id, drawn.name),
        };
        Self {
            id,
            name,
            meetings: drawn.meetings[..1].to_vec(),
            ..Self::default()
        }
    }

    fn clashes_with(&self, other: &Self) -> bool {
        self.meetings.iter().any(|one| {
            other.meetings.iter().any(|two| {
                one.day == two.day
                    && one.time.start() < two.time.end()
                    && two.time.start() < one.time.end()
            })
        })
    }

    fn has_meeting(&self, class: &Class) -> bool {
        (self.color, self.name, self.professor)
            == (class.color, class.name.as_str(), class.professor.as_str())
    }
}

/// In the order that gives each its colour again. Refused ones whose times are known come last.
fn subjects(timetable: &Timetable) -> Vec<Subject<'_>> {
    let (mut known, mut subjects) = known_subjects(timetable);
    for (id, subject) in (1..).zip(&mut subjects) {
        subject.id = id;
    }
    let (mut with_times, mut without_times) = (Vec::new(), Vec::new());
    for (id, class) in (subjects.len() + 1..).zip(&timetable.not_drawn) {
        if let Some(subject) = take_named(&mut known, class.name.as_deref()) {
            with_times.extend(refusable(subject, &subjects, id));
        } else if let Some(first) = subjects.iter().find(|s| !s.meetings.is_empty()) {
            without_times.push(Subject::refused(class, first, id));
        }
    }
    insert_behind_first_meeting(&mut subjects, without_times);
    subjects.extend(with_times);
    subjects
}

/// The refused subjects of which more than the name is known, and the drawn ones.
fn known_subjects(timetable: &Timetable) -> (Vec<Subject<'_>>, Vec<Subject<'_>>) {
    let [refused, drawn] = [true, false].map(|not_drawn| {
        let classes = timetable.classes.iter();
        let timed = grouped(classes.filter(move |class| class.not_drawn == not_drawn));
        let all = timetable.untimed.iter();
        let untimed = all.filter(move |class| class.not_drawn == not_drawn);
        (timed, untimed.map(Subject::of_untimed))
    });
    let known = refused.0.into_iter().chain(refused.1).collect();
    (known, coloured(drawn.0, drawn.1))
}

fn take_named<'a>(known: &mut Vec<Subject<'a>>, name: Option<&str>) -> Option<Subject<'a>> {
    let index = known
        .iter()
        .position(|subject| Some(subject.name) == name)?;
    Some(known.remove(index))
}

/// `subject` under an id with which the page refuses it after `drawn`: its own if its time is taken,
/// else one that is taken. `None` if there is none.
fn refusable<'a>(subject: Subject<'a>, drawn: &[Subject], own_id: usize) -> Option<Subject<'a>> {
    let clashes = drawn.iter().any(|other| subject.clashes_with(other));
    let id = if clashes { own_id } else { drawn.first()?.id };
    Some(Subject { id, ..subject })
}

/// There the page still draws fewer than thirty, so that it names what it refuses.
fn insert_behind_first_meeting<'a>(subjects: &mut Vec<Subject<'a>>, refused: Vec<Subject<'a>>) {
    if let Some(first) = subjects.iter().position(|s| !s.meetings.is_empty()) {
        let rest = subjects.split_off(first + 1);
        subjects.extend(refused);
        subjects.extend(rest);
    }
}

/// Meetings of one name, professor and colour are one subject's.
fn grouped<'a>(classes: impl Iterator<Item = &'a Class>) -> Vec<Subject<'a>> {
    let mut subjects: Vec<Subject> = Vec::new();
    for class in classes {
        let known = subjects.iter().position(|s| s.has_meeting(class));
        let index = known.unwrap_or_else(|| {
            subjects.push(Subject::of_class(class));
            subjects.len() - 1
        });
        subjects[index].meetings.push(class);
    }
    subjects
}

/// The stand-in colours subjects by their place, untimed ones too: these go where a colour is
/// missing.
fn coloured<'a>(
    mut drawn: Vec<Subject<'a>>,
    mut untimed: impl Iterator<Item = Subject<'a>>,
) -> Vec<Subject<'a>> {
    drawn.sort_by_key(|subject| subject.color.unwrap_or(u8::MAX));
    let mut subjects = Vec::new();
    for subject in drawn {
        let before = usize::from(subject.color.unwrap_or_default()).saturating_sub(1);
        let missing = before.saturating_sub(subjects.len());
        subjects.extend(untimed.by_ref().take(missing));
        subjects.push(subject);
    }
    subjects.extend(untimed);
    subjects
}

// ---- markup ------------------------------------------------------------------------------------

impl Subject<'_> {
    fn xml(&self) -> String {
        let [name, professor, place] = [self.name, self.professor, self.place].map(attribute);
        let meetings: String = self.meetings.iter().map(|class| meeting(class)).collect();
        format!(
            "\n    <subject id=\"{}\">\n      <name value=\"{name}\"/>\n      \
             <professor value=\"{professor}\"/>\n      <time value=\"\">{meetings}</time>\n      \
             <place value=\"{place}\"/>\n      <credit value=\"0\"/>\n    </subject>",
            self.id
        )
    }
}

fn meeting(class: &Class) -> String {
    let (start, end) = (class.time.start().units(), class.time.end().units());
    format!(
        "\n        <data day=\"{}\" starttime=\"{start}\" endtime=\"{end}\" place=\"{}\"/>",
        class.day.index(),
        attribute(&class.place)
    )
}

/// Text inside double quotes. Line breaks are written as references, or a parser would make blanks
/// of them; characters that XML cannot hold are left out.
fn attribute(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '"' => written.push_str("&quot;"),
            '\t' => written.push_str("&#9;"),
            '\n' => written.push_str("&#10;"),
            '\r' => written.push_str("&#13;"),
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => (),
            _ => written.push(c),
        }
    }
    written
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a step that fails is a test that fails")]
mod tests {
    use super::*;
    use timetable::answer::ApiAnswer;

    #[test]
    fn text_is_written_so_that_a_parser_gives_it_back() {
        assert_eq!(
            attribute("<b> & \"큰\" > '작은'"),
            "&lt;b> &amp; &quot;큰&quot; > '작은'"
        );
        assert_eq!(attribute("a\r\n\tb\0"), "a&#13;&#10;&#9;b");
    }

    #[test]
    fn refused_classes_keep_their_times() {
        let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        for name in ["overlap", "duplicate", "more-than-thirty"] {
            let fixture = standin::Fixture::load(&fixtures.join(name)).unwrap();
            let read = |identifier: &str, answer: &str| {
                let identifier = identifier.parse().unwrap();
                let answer = ApiAnswer::parse(&identifier, answer.as_bytes());
                answer.unwrap().timetable()
            };
            let first = read(&fixture.identifier, &fixture.answer);
            assert!(first.classes.iter().any(|class| class.not_drawn), "{name}");
            let second = read(&identifier_from_name("copy"), &of_timetable("copy", &first));
            assert_eq!(first.classes, second.classes, "{name}");
            assert_eq!(first.not_drawn, second.not_drawn, "{name}");
        }
    }

    #[test]
    fn untimed_classes_take_the_colours_that_no_drawn_one_has() {
        let drawn = |color| Subject {
            color: Some(color),
            ..Subject::default()
        };
        let untimed = ["a", "b", "c"].map(|name| Subject {
            name,
            ..Subject::default()
        });
        let order: Vec<_> = coloured(vec![drawn(4), drawn(2)], untimed.into_iter())
            .iter()
            .map(|subject| {
                subject
                    .color
                    .map_or(subject.name.to_owned(), |c| c.to_string())
            })
            .collect();
        assert_eq!(order, ["a", "2", "b", "4", "c"]);
    }
}
