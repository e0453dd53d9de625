//! A read as a fixture for the stand-in: the API's own answer, or a state of the site.
//!
//! Owner and identifiers are replaced; names of classes, professors and places on request.

use crate::code::Code;
use crate::fault::Fault;
use crate::source::SourceError;
use standin::{Behaviour, Fixture, Fixtures, identifier_from_name};
use timetable::answer::{ApiAnswer, Names, anonymized};
use timetable::share_link::Identifier;
use timetable::{NotAvailable, Timetable};

const NOT_FOUND: &str = "<response>-1</response>\n";
const NOT_PUBLIC: &str = "<response><table status=\"-2\"/></response>\n";
const NO_TIMETABLE: &str = "<response><table status=\"-1\"/></response>\n";
/// A page that answered the call and still drew nothing, as blocked readers see it.
const BLOCKED: &str = "<!doctype html><meta charset=\"utf-8\"><title>차단</title>\n";

/// What a stand-in can repeat of a read.
///
/// The layout (axis, periods, jQuery) is not kept. A page that is slow or blocked becomes an API that is.
#[derive(Debug, Clone)]
pub enum Recording {
    /// An answer of the API, and the timetable that it gives.
    Answer {
        timetable: Box<Timetable>,
        body: Vec<u8>,
        names: Names,
    },
    /// A state of the site without a timetable.
    State(Fault),
}

/// A name that no fixture can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnusableName {
    /// It has no letter or digit, or something that is none of these, `-` and `_`.
    #[error("{0:?} cannot name a fixture: use the letters A to Z, digits, - and _")]
    Characters(String),
    /// Another fixture has it, or one with the same letters and digits.
    #[error(
        "{0:?} is taken, or its identifier is: another fixture has the same letters and digits"
    )]
    Taken(String),
    /// A thousand fixtures of that kind.
    #[error("there are a thousand fixtures called {0}-…: give a name")]
    Exhausted(String),
}

impl Recording {
    /// The answer about `identifier`.
    ///
    /// # Errors
    /// [`NotAvailable`] for an answer without a timetable, or with an unknown part.
    pub fn of_answer(
        identifier: &Identifier,
        body: Vec<u8>,
        names: Names,
    ) -> Result<Self, NotAvailable> {
        let timetable = ApiAnswer::parse(identifier, &body)?.timetable();
        Ok(Self::Answer {
            timetable: Box::new(timetable),
            body,
            names,
        })
    }

    /// A fault of the site.
    ///
    /// # Errors
    /// Gives back a fault of ours, which says nothing of the page.
    pub fn of_fault(fault: Fault) -> Result<Self, Fault> {
        match behaviour_after(&fault) {
            Some(_) => Ok(Self::State(fault)),
            None => Err(fault),
        }
    }

    /// The fixture to serve under this name.
    ///
    /// # Errors
    /// [`NotAvailable`] for an answer that cannot be made anonymous.
    pub fn fixture(&self, name: &str) -> Result<Fixture, NotAvailable> {
        Ok(match self {
            Self::Answer {
                timetable,
                body,
                names,
            } => {
                let new = |number| identifier(name, number);
                Fixture::new(name, anonymized(&timetable.identifier, body, new, *names)?)
            }
            Self::State(fault) => Fixture::new(name, answer_after(fault))
                .with_behaviour(behaviour_after(fault).unwrap_or_default()),
        })
    }

    /// One line for the fixture's `README.md`.
    pub fn about(&self) -> String {
        match self {
            Self::Answer { timetable, .. } => format!(
                "Recorded from a page: {} meetings, {} classes without a time, {} not drawn.",
                timetable.classes.len(),
                timetable.untimed.len(),
                timetable.not_drawn.len()
            ),
            Self::State(fault) => format!("Recorded from a page: `{}`.", fault.code().as_str()),
        }
    }

    /// The name asked for, or one of the term or state and a counter, that is free among `fixtures`.
    ///
    /// # Errors
    /// [`UnusableName`].
    pub fn name(&self, asked: Option<&str>, fixtures: &Fixtures) -> Result<String, UnusableName> {
        let Some(asked) = asked else {
            return self.free_name(fixtures);
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if !asked.chars().all(fits) || !asked.contains(|c: char| c.is_ascii_alphanumeric()) {
            return Err(UnusableName::Characters(asked.to_owned()));
        }
        if is_free(asked, fixtures) {
            Ok(asked.to_owned())
        } else {
            Err(UnusableName::Taken(asked.to_owned()))
        }
    }

    fn free_name(&self, fixtures: &Fixtures) -> Result<String, UnusableName> {
        let kind = self.kind();
        // As many digits each: identifiers are filled up with 0, so 1 and 10 would be one.
        (1..1000)
            .map(|number| format!("{kind}-{number:03}"))
            .find(|name| is_free(name, fixtures))
            .ok_or(UnusableName::Exhausted(kind))
    }

    fn kind(&self) -> String {
        match self {
            Self::Answer { timetable, .. } => term(timetable),
            Self::State(fault) => fault.code().as_str().replace('_', "-"),
        }
    }
}

/// The identifier of the fixture, or of another timetable of its owner.
fn identifier(name: &str, number: usize) -> String {
    match number {
        0 => identifier_from_name(name),
        _ => identifier_from_name(&format!("semester{number}of{name}")),
    }
}

fn term(timetable: &Timetable) -> String {
    let semester = timetable
        .semester
        .as_deref()
        .map(|semester| match semester {
            "여름" => "summer",
            "겨울" => "winter",
            number => number,
        });
    match (timetable.year, semester) {
        (Some(year), Some(semester)) => format!("{year}-{semester}"),
        _ => "timetable".to_owned(),
    }
}

fn is_free(name: &str, fixtures: &Fixtures) -> bool {
    fixtures.named(name).is_none() && fixtures.get(&identifier_from_name(name)).is_none()
}

fn answer_after(fault: &Fault) -> &'static str {
    match fault.code() {
        Code::NotPublic => NOT_PUBLIC,
        Code::NoTimetable => NO_TIMETABLE,
        Code::Blocked => BLOCKED,
        _ => NOT_FOUND,
    }
}

/// How a site behaves that is read with this fault; `None` for a fault that is no site's.
fn behaviour_after(fault: &Fault) -> Option<Behaviour> {
    let mut behaviour = Behaviour::default();
    let api = &mut behaviour.api;
    let why = match fault {
        Fault::Source(SourceError::NotAvailable(why)) => why,
        Fault::Source(SourceError::CircuitOpen(open)) => &open.last,
        Fault::Source(SourceError::TooSlow { .. }) => &NotAvailable::TooSlow,
        _ => return None,
    };
    match *why {
        NotAvailable::NotFound | NotAvailable::NotPublic | NotAvailable::NoTimetable => (),
        NotAvailable::Blocked { status } => {
            api.status = status.filter(|s| (400..500).contains(s)).unwrap_or(200);
        }
        NotAvailable::SiteUnavailable { status } => {
            api.status = status.filter(|s| (500..600).contains(s)).unwrap_or(503);
        }
        NotAvailable::TooSlow => api.never = true,
        NotAvailable::LayoutChanged(_) => return None,
    }
    Some(behaviour)
}
