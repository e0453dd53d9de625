//! A timetable whose words say nothing of anybody: names by number, the same ones alike.

use timetable::Timetable;

/// Puts numbers in place of the names of classes, professors and places.
pub(super) fn anonymize(timetable: &mut Timetable) {
    let (mut names, mut professors) = (Numbers::of("수업"), Numbers::of("교수"));
    let mut places = Numbers::of("강의실");
    for class in &mut timetable.classes {
        names.replace(&mut class.name);
        professors.replace(&mut class.professor);
        places.replace(&mut class.place);
    }
    for class in &mut timetable.untimed {
        names.replace(&mut class.name);
        places.replace(&mut class.place);
    }
    for name in timetable
        .not_drawn
        .iter_mut()
        .filter_map(|class| class.name.as_mut())
    {
        names.replace(name);
    }
}

/// Texts by the order they were first met in.
struct Numbers {
    kind: &'static str,
    known: Vec<String>,
}

impl Numbers {
    fn of(kind: &'static str) -> Self {
        Self {
            kind,
            known: Vec::new(),
        }
    }

    /// An empty text says nothing and stays.
    fn replace(&mut self, text: &mut String) {
        if text.is_empty() {
            return;
        }
        let known = self.known.iter().position(|known| known == text);
        let index = known.unwrap_or_else(|| {
            self.known.push(text.clone());
            self.known.len() - 1
        });
        *text = format!("{} {}", self.kind, index + 1);
    }
}
