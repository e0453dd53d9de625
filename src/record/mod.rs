//! A read as a fixture: what the stand-in must serve so that a reader comes to the same again.
//!
//! Whose timetable it was is not kept: owner and identifiers are replaced. Names of classes,
//! professors and places are, unless they are asked to be numbered.

mod anonymous;
mod answer;

use self::anonymous::anonymize;
use crate::code::Code;
use crate::fault::Fault;
use crate::source::SourceError;
use standin::{Behaviour, Fixture, Fixtures, identifier_from_name};
use timetable::NotAvailable;
use timetable::Timetable;

/// A page that answered the call and still drew nothing, as blocked readers see it.
const BLOCKED: &str = "<!doctype html><meta charset=\"utf-8\"><title>차단</title>\n";

/// What a read came to, as far as a stand-in can repeat it.
///
/// The layout (axis, periods, jQuery) is not kept, nor which of two ways led to the same fault: a
/// page that is slow or blocked is recorded as an API that is.
#[derive(Debug, Clone)]
pub enum Recording {
    /// A timetable.
    Timetable(Box<Timetable>),
    /// A state of the site without one.
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
    /// What was read. `numbered` puts numbers in place of names of classes, professors and places.
    pub fn of_timetable(timetable: &Timetable, numbered: bool) -> Self {
        let mut timetable = timetable.clone();
        if numbered {
            anonymize(&mut timetable);
        }
        Self::Timetable(Box::new(timetable))
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
    pub fn fixture(&self, name: &str) -> Fixture {
        match self {
            Self::Timetable(timetable) => Fixture::new(name, answer::of_timetable(name, timetable)),
            Self::State(fault) => Fixture::new(name, answer_after(fault, name))
                .with_behaviour(behaviour_after(fault).unwrap_or_default()),
        }
    }

    /// One line for the fixture's `README.md`.
    pub fn about(&self) -> String {
        match self {
            Self::Timetable(timetable) => format!(
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
            Self::Timetable(timetable) => term(timetable),
            Self::State(fault) => fault.code().as_str().replace('_', "-"),
        }
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

fn answer_after(fault: &Fault, name: &str) -> String {
    match fault.code() {
        Code::NotPublic => answer::of_status(name, -2),
        Code::NoTimetable => answer::of_status(name, -1),
        Code::Blocked => BLOCKED.to_owned(),
        _ => answer::of_code(-1),
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
