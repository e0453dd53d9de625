//! The API's answer as it is written: only the parts that are needed, nothing concluded.
//!
//! A part under a name that is not known is refused: a class, or its time, may hide in it; and so is
//! one that comes twice. The owner's name is among the known parts that are passed over.

use super::cursor::{Cursor, Element, Fault, Part, Value};
use crate::NotAvailable;
use crate::mismatch::{Check, Mismatch};

#[derive(Debug, Default)]
pub(super) struct Response {
    /// What stands there instead of a table.
    pub(super) code: Option<String>,
    pub(super) table: Option<Table>,
    pub(super) menu: Vec<Entry>,
}

#[derive(Debug)]
pub(super) struct Table {
    pub(super) status: String,
    pub(super) identifier: Option<String>,
    pub(super) year: Option<String>,
    pub(super) semester: Option<String>,
    pub(super) subjects: Vec<Subject>,
}

#[derive(Debug)]
pub(super) struct Subject {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) professor: String,
    pub(super) place: String,
    pub(super) meetings: Vec<Meeting>,
}

#[derive(Debug)]
pub(super) struct Meeting {
    /// Days after Monday.
    pub(super) day: u16,
    /// In 5-minute units from midnight, as the end.
    pub(super) start: u16,
    pub(super) end: u16,
    pub(super) place: String,
}

/// An entry of the menu.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) year: String,
    pub(super) semester: String,
    pub(super) identifier: String,
}

/// Reads an answer. What is no XML, or another document, is what a site says that turns one away.
pub(super) fn parse(body: &[u8]) -> Result<Response, NotAvailable> {
    response(body).map_err(|fault| match fault {
        Fault::Foreign => NotAvailable::Blocked { status: None },
        Fault::Shape => Mismatch::new(Check::AnswerShape, "the known parts", "others").into(),
    })
}

fn response(body: &[u8]) -> Result<Response, Fault> {
    let mut cursor = Cursor::new(body);
    let root = cursor.root("response")?;
    let [] = root.attributes([])?;
    let (mut code, mut table, mut menu, mut user) = (None, None, None, None);
    cursor.parts(&root, |cursor, part| match part {
        Part::Text(text) => once(&mut code, text),
        Part::Element(part) => match part.name() {
            "table" => once(&mut table, self::table(cursor, &part)?),
            "primaryTables" => once(&mut menu, entries(cursor, &part)?),
            "user" => once(&mut user, cursor.skip(&part)?),
            _ => Err(Fault::Shape),
        },
    })?;
    cursor.end()?;
    Ok(Response {
        code,
        table,
        menu: menu.unwrap_or_default(),
    })
}

fn table(cursor: &mut Cursor, element: &Element) -> Result<Table, Fault> {
    let [status, identifier, year, semester] =
        element.attributes(["status", "identifier", "year", "semester"])?;
    let subjects = list(cursor, element, "subject", subject)?;
    Ok(Table {
        status: required(status)?.text()?,
        identifier: optional(identifier)?,
        year: optional(year)?,
        semester: optional(semester)?,
        subjects,
    })
}

fn subject(cursor: &mut Cursor, element: &Element) -> Result<Subject, Fault> {
    let [id] = element.attributes(["id"])?;
    let (mut name, mut professor, mut place, mut time) = (None, None, None, None);
    let (mut internal, mut credit, mut closed) = (None, None, None);
    cursor.parts(element, |cursor, part| {
        let part = part.element()?;
        match part.name() {
            "name" => once(&mut name, value(cursor, &part)?),
            "professor" => once(&mut professor, value(cursor, &part)?),
            "place" => once(&mut place, value(cursor, &part)?),
            "time" => once(&mut time, meetings(cursor, &part)?),
            "internal" => once(&mut internal, cursor.skip(&part)?),
            "credit" => once(&mut credit, cursor.skip(&part)?),
            "closed" => once(&mut closed, cursor.skip(&part)?),
            _ => Err(Fault::Shape),
        }
    })?;
    Ok(Subject {
        id: required(id)?.text()?,
        name: required(name)?,
        professor: professor.unwrap_or_default(),
        place: place.unwrap_or_default(),
        meetings: required(time)?,
    })
}

/// The text of an element that has nothing else.
fn value(cursor: &mut Cursor, element: &Element) -> Result<String, Fault> {
    let [value] = cursor.leaf(element, ["value"])?;
    required(value)?.text()
}

fn meetings(cursor: &mut Cursor, element: &Element) -> Result<Vec<Meeting>, Fault> {
    // Free text that differs by school.
    let [_value] = element.attributes(["value"])?;
    list(cursor, element, "data", meeting)
}

fn meeting(cursor: &mut Cursor, element: &Element) -> Result<Meeting, Fault> {
    let [day, start, end, place] =
        cursor.leaf(element, ["day", "starttime", "endtime", "place"])?;
    Ok(Meeting {
        day: required(day)?.number()?,
        start: required(start)?.number()?,
        end: required(end)?.number()?,
        place: optional(place)?.unwrap_or_default(),
    })
}

fn entries(cursor: &mut Cursor, element: &Element) -> Result<Vec<Entry>, Fault> {
    let [] = element.attributes([])?;
    list(cursor, element, "primaryTable", entry)
}

fn entry(cursor: &mut Cursor, element: &Element) -> Result<Entry, Fault> {
    let [year, semester, identifier] = cursor.leaf(element, ["year", "semester", "identifier"])?;
    Ok(Entry {
        year: required(year)?.text()?,
        semester: required(semester)?.text()?,
        identifier: required(identifier)?.text()?,
    })
}

/// The children of `element`, which are all of one name.
fn list<T>(
    cursor: &mut Cursor,
    element: &Element,
    name: &str,
    read: impl Fn(&mut Cursor, &Element) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut all = Vec::new();
    cursor.parts(element, |cursor, part| {
        let child = part.element()?;
        if child.name() != name {
            return Err(Fault::Shape);
        }
        all.push(read(cursor, &child)?);
        Ok(())
    })?;
    Ok(all)
}

/// Keeps what may come once.
fn once<T>(place: &mut Option<T>, value: T) -> Result<(), Fault> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Fault::Shape),
    }
}

fn optional(value: Option<Value<'_>>) -> Result<Option<String>, Fault> {
    value.map(|value| value.text()).transpose()
}

fn required<T>(part: Option<T>) -> Result<T, Fault> {
    part.ok_or(Fault::Shape)
}
