//! Walks an XML document, element by element.
//!
//! Names are compared with their prefix. Comments, processing instructions and a document type are
//! ignored.

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::attributes::{AttrError, Attribute};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

/// Why a document is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum XmlError {
    /// Not XML, or another document.
    Foreign,
    /// A part is unknown, missing or doubled.
    Shape,
}

/// The place in a document that is read next.
pub(super) struct Cursor<'a> {
    reader: Reader<&'a [u8]>,
    version: XmlVersion,
}

/// An element's tag with its attributes. Its content is not read yet.
pub(super) struct Element<'a> {
    tag: BytesStart<'a>,
    is_empty: bool,
    version: XmlVersion,
}

/// The raw value of an attribute.
pub(super) struct AttributeValue<'e> {
    written: Attribute<'e>,
    version: XmlVersion,
}

/// The content of an element.
pub(super) enum Content<'a> {
    Element(Element<'a>),
    /// More than white space.
    Text(String),
}

/// Stands for a skipped element.
pub(super) struct Skipped;

/// What ends a text.
enum Mark<'a> {
    Start(Element<'a>),
    End,
    EndOfDocument,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(document: &'a [u8]) -> Self {
        Self {
            reader: Reader::from_reader(document),
            version: XmlVersion::Implicit1_0,
        }
    }

    /// The outermost element, by its name.
    pub(super) fn root(&mut self, name: &str) -> Result<Element<'a>, XmlError> {
        match self.next()? {
            (text, Mark::Start(root)) if root.name() == name => {
                let comes_first = is_blank(&text);
                comes_first.then_some(root).ok_or(XmlError::Shape)
            }
            _ => Err(XmlError::Foreign),
        }
    }

    /// Calls `take` for each part of `element`. For an element, `take` reads its whole content.
    pub(super) fn parts(
        &mut self,
        element: &Element,
        mut take: impl FnMut(&mut Self, Content<'a>) -> Result<(), XmlError>,
    ) -> Result<(), XmlError> {
        if element.is_empty {
            return Ok(());
        }
        loop {
            let (text, mark) = self.next()?;
            if !is_blank(&text) {
                take(self, Content::Text(text))?;
            }
            match mark {
                Mark::Start(child) => take(self, Content::Element(child))?,
                Mark::End => return Ok(()),
                Mark::EndOfDocument => return Err(XmlError::Foreign),
            }
        }
    }

    /// The attributes of an element without content.
    pub(super) fn leaf<'e, const N: usize>(
        &mut self,
        element: &'e Element,
        names: [&str; N],
    ) -> Result<[Option<AttributeValue<'e>>; N], XmlError> {
        let values = element.attributes(names)?;
        self.parts(element, |_, _| Err(XmlError::Shape))?;
        Ok(values)
    }

    /// Skips an element with its content.
    pub(super) fn skip(&mut self, element: &Element) -> Result<Skipped, XmlError> {
        if !element.is_empty {
            self.reader.read_to_end(element.tag.name())?;
        }
        Ok(Skipped)
    }

    /// Checks that the document ends here.
    pub(super) fn end(&mut self) -> Result<(), XmlError> {
        match self.next()? {
            (text, Mark::EndOfDocument) if is_blank(&text) => Ok(()),
            _ => Err(XmlError::Shape),
        }
    }

    /// The next tag, and the text before it. Text in several pieces is one.
    fn next(&mut self) -> Result<(String, Mark<'a>), XmlError> {
        let mut text = String::new();
        loop {
            match self.reader.read_event()? {
                Event::Start(tag) => return Ok((text, Mark::Start(self.element(tag, false)))),
                Event::Empty(tag) => return Ok((text, Mark::Start(self.element(tag, true)))),
                Event::End(_) => return Ok((text, Mark::End)),
                Event::Eof => return Ok((text, Mark::EndOfDocument)),
                Event::Text(piece) => text += &piece.xml_content(self.version),
                Event::CData(piece) => text += &piece.xml_content(self.version),
                Event::GeneralRef(reference) => push_referred(&mut text, &reference)?,
                Event::Decl(declaration) => self.version = declaration.xml_version()?,
                Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn element(&self, tag: BytesStart<'a>, is_empty: bool) -> Element<'a> {
        Element {
            tag,
            is_empty,
            version: self.version,
        }
    }
}

impl Element<'_> {
    pub(super) fn name(&self) -> &str {
        self.tag.name().into_inner()
    }

    /// The attributes with these names, in this order. Any other attribute is an error.
    pub(super) fn attributes<const N: usize>(
        &self,
        names: [&str; N],
    ) -> Result<[Option<AttributeValue<'_>>; N], XmlError> {
        let mut values = [const { None }; N];
        // Doubled attributes are found here; the reader's own check allocates a list for each element.
        for attribute in self.tag.attributes().with_checks(false) {
            let (written, version) = (attribute?, self.version);
            let place = names.iter().position(|&name| name == written.key.as_ref());
            let value = &mut values[place.ok_or(XmlError::Shape)?];
            if value.replace(AttributeValue { written, version }).is_some() {
                return Err(XmlError::Foreign);
            }
        }
        Ok(values)
    }
}

impl<'a> Content<'a> {
    /// The element; text is an error.
    pub(super) fn element(self) -> Result<Element<'a>, XmlError> {
        match self {
            Content::Element(element) => Ok(element),
            Content::Text(_) => Err(XmlError::Shape),
        }
    }
}

impl AttributeValue<'_> {
    /// The value with references and white space resolved.
    pub(super) fn text(&self) -> Result<String, XmlError> {
        Ok(self.written.normalized_value(self.version)?.into_owned())
    }

    pub(super) fn number(&self) -> Result<u16, XmlError> {
        let text = self.written.normalized_value(self.version)?;
        text.trim_matches(is_space)
            .parse()
            .map_err(|_| XmlError::Shape)
    }
}

fn push_referred(text: &mut String, reference: &BytesRef) -> Result<(), XmlError> {
    match reference.resolve_char_ref()? {
        Some(char) => text.push(char),
        None => *text += resolve_predefined_entity(reference).ok_or(XmlError::Foreign)?,
    }
    Ok(())
}

fn is_blank(text: &str) -> bool {
    text.chars().all(is_space)
}

/// White space of XML.
fn is_space(char: char) -> bool {
    matches!(char, ' ' | '\t' | '\r' | '\n')
}

impl From<quick_xml::Error> for XmlError {
    fn from(_: quick_xml::Error) -> Self {
        XmlError::Foreign
    }
}

impl From<AttrError> for XmlError {
    fn from(_: AttrError) -> Self {
        XmlError::Foreign
    }
}
