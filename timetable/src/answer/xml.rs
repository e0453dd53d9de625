//! The XML of the API's answer: the needed parts, without any conclusion.
//!
//! An unknown part is refused, because a class or its time may hide in it; so is a doubled part. The
//! owner's name is a known part and is skipped.

use super::cursor::{AttributeValue, Content, Cursor, Element, XmlError};
use crate::NotAvailable;
use crate::mismatch::{Check, Mismatch};

#[derive(Debug, Default)]
pub(super) struct Response {
    /// The text of an answer without a table.
    pub(super) code: Option<String>,
    pub(super) table: Option<TableElement>,
    pub(super) menu: Vec<MenuEntry>,
}

#[derive(Debug)]
pub(super) struct TableElement {
    pub(super) status: String,
    pub(super) identifier: Option<String>,
    pub(super) year: Option<String>,
    pub(super) semester: Option<String>,
    pub(super) subjects: Vec<SubjectElement>,
}

#[derive(Debug)]
pub(super) struct SubjectElement {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) professor: String,
    pub(super) place: String,
    pub(super) meetings: Vec<MeetingElement>,
}

#[derive(Debug)]
pub(super) struct MeetingElement {
    /// Days after Monday.
    pub(super) day: u16,
    /// In 5-minute units from midnight, as the end.
    pub(super) start: u16,
    pub(super) end: u16,
    pub(super) place: String,
}

/// An entry of the menu.
#[derive(Debug)]
pub(super) struct MenuEntry {
    pub(super) year: String,
    pub(super) semester: String,
    pub(super) identifier: String,
}

/// Reads an answer. A site that refuses a reader sends something else than XML, or another document.
pub(super) fn parse(body: &[u8]) -> Result<Response, NotAvailable> {
    response(body).map_err(|fault| match fault {
        XmlError::Foreign => NotAvailable::Blocked { status: None },
        XmlError::Shape => Mismatch::new(Check::AnswerShape, "the known parts", "others").into(),
    })
}

fn response(body: &[u8]) -> Result<Response, XmlError> {
    let mut cursor = Cursor::new(body);
    let root = cursor.root("response")?;
    let [] = root.attributes([])?;
    let (mut code, mut table, mut menu, mut user) = (None, None, None, None);
    cursor.parts(&root, |cursor, part| match part {
        Content::Text(text) => once(&mut code, text),
        Content::Element(part) => match part.name() {
            "table" => once(&mut table, self::table(cursor, &part)?),
            "primaryTables" => once(&mut menu, entries(cursor, &part)?),
            "user" => once(&mut user, cursor.skip(&part)?),
            _ => Err(XmlError::Shape),
        },
    })?;
    cursor.end()?;
    Ok(Response {
        code,
        table,
        menu: menu.unwrap_or_default(),
    })
}

fn table(cursor: &mut Cursor, element: &Element) -> Result<TableElement, XmlError> {
    let [status, identifier, year, semester] =
        element.attributes(["status", "identifier", "year", "semester"])?;
    let subjects = list(cursor, element, "subject", subject)?;
    Ok(TableElement {
        status: required(status)?.text()?,
        identifier: optional(identifier)?,
        year: optional(year)?,
        semester: optional(semester)?,
        subjects,
    })
}

fn subject(cursor: &mut Cursor, element: &Element) -> Result<SubjectElement, XmlError> {
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
            _ => Err(XmlError::Shape),
        }
    })?;
    Ok(SubjectElement {
        id: required(id)?.text()?,
        name: required(name)?,
        professor: professor.unwrap_or_default(),
        place: place.unwrap_or_default(),
        meetings: required(time)?,
    })
}

/// The `value` of an element without any other content.
fn value(cursor: &mut Cursor, element: &Element) -> Result<String, XmlError> {
    let [value] = cursor.leaf(element, ["value"])?;
    required(value)?.text()
}

fn meetings(cursor: &mut Cursor, element: &Element) -> Result<Vec<MeetingElement>, XmlError> {
    // Free text that differs by school.
    let [_value] = element.attributes(["value"])?;
    list(cursor, element, "data", meeting)
}

fn meeting(cursor: &mut Cursor, element: &Element) -> Result<MeetingElement, XmlError> {
    let [day, start, end, place] =
        cursor.leaf(element, ["day", "starttime", "endtime", "place"])?;
    Ok(MeetingElement {
        day: required(day)?.number()?,
        start: required(start)?.number()?,
        end: required(end)?.number()?,
        place: optional(place)?.unwrap_or_default(),
    })
}

fn entries(cursor: &mut Cursor, element: &Element) -> Result<Vec<MenuEntry>, XmlError> {
    let [] = element.attributes([])?;
    list(cursor, element, "primaryTable", entry)
}

fn entry(cursor: &mut Cursor, element: &Element) -> Result<MenuEntry, XmlError> {
    let [year, semester, identifier] = cursor.leaf(element, ["year", "semester", "identifier"])?;
    Ok(MenuEntry {
        year: required(year)?.text()?,
        semester: required(semester)?.text()?,
        identifier: required(identifier)?.text()?,
    })
}

/// The children of `element`, which all have this name.
fn list<T>(
    cursor: &mut Cursor,
    element: &Element,
    name: &str,
    read: impl Fn(&mut Cursor, &Element) -> Result<T, XmlError>,
) -> Result<Vec<T>, XmlError> {
    let mut all = Vec::new();
    cursor.parts(element, |cursor, part| {
        let child = part.element()?;
        if child.name() != name {
            return Err(XmlError::Shape);
        }
        all.push(read(cursor, &child)?);
        Ok(())
    })?;
    Ok(all)
}

/// Keeps a part; a second one is an error.
fn once<T>(place: &mut Option<T>, value: T) -> Result<(), XmlError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(XmlError::Shape),
    }
}

fn optional(value: Option<AttributeValue<'_>>) -> Result<Option<String>, XmlError> {
    value.map(|value| value.text()).transpose()
}

fn required<T>(part: Option<T>) -> Result<T, XmlError> {
    part.ok_or(XmlError::Shape)
}
