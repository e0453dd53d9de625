//! An answer without personal data: the API's own XML with identifiers, owner and, on request, the
//! names of classes, professors and places replaced.

use std::collections::HashMap;
use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::ApiAnswer;
use crate::NotAvailable;
use crate::share_link::Identifier;

/// The page may take an answer without an owner's name for one without a table.
const OWNER: &str = "<user name=\"이름 없음\"/>";
const CREDIT: &str = "<credit value=\"0\"/>";

/// What is replaced besides identifiers and owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Nothing.
    Kept,
    /// Names of classes, professors and places, by numbers. Equal names get the same number.
    Numbered,
}

/// The answer about `own` for another site to serve. `new_identifier(0)` replaces `own`; 1, 2 and so on
/// stand for the other timetables of the menu.
///
/// # Errors
/// Those of [`ApiAnswer::parse`]: an unknown part of an answer may hold a name.
pub fn anonymized(
    own: &Identifier,
    body: &[u8],
    new_identifier: impl Fn(usize) -> String,
    names: Names,
) -> Result<String, NotAvailable> {
    ApiAnswer::parse(own, body)?;
    let mut replacements = Replacements::new(own, names);
    let replace = |element: &str, key: &str, value: &str| match key {
        "identifier" => Some(replacements.identifier(value, &new_identifier)),
        _ => replacements.text(element, key, value),
    };
    rewritten(body, replace).map_err(|_| NotAvailable::Blocked { status: None })
}

/// The document with the attribute values that `replace` gives for an element, a name and a value.
/// Comments are left out, and so is each part that a reader passes over.
fn rewritten(
    body: &[u8],
    mut replace: impl FnMut(&str, &str, &str) -> Option<String>,
) -> Result<String, quick_xml::Error> {
    let (mut reader, mut written) = (Reader::from_reader(body), String::new());
    loop {
        match reader.read_event()? {
            Event::Start(tag) => match substitute(&tag) {
                Some(part) => {
                    reader.read_to_end(tag.name())?;
                    written += part;
                }
                None => push_tag(&mut written, &tag, ">", &mut replace)?,
            },
            Event::Empty(tag) => match substitute(&tag) {
                Some(part) => written += part,
                None => push_tag(&mut written, &tag, "/>", &mut replace)?,
            },
            Event::End(tag) => {
                let _ = write!(written, "</{}>", tag.name().into_inner());
            }
            Event::Text(text) => written += &text,
            Event::Decl(declaration) => {
                let _ = write!(written, "<?{}?>", &*declaration);
            }
            Event::Eof => return Ok(written),
            _ => {}
        }
    }
}

/// What is written instead of an element that may hold anything.
fn substitute(tag: &BytesStart) -> Option<&'static str> {
    match tag.name().into_inner() {
        "user" => Some(OWNER),
        "credit" => Some(CREDIT),
        "internal" | "closed" => Some(""),
        _ => None,
    }
}

fn push_tag(
    written: &mut String,
    tag: &BytesStart,
    end: &str,
    mut replace: impl FnMut(&str, &str, &str) -> Option<String>,
) -> Result<(), quick_xml::Error> {
    let name = tag.name().into_inner();
    written.push('<');
    written.push_str(name);
    for attribute in tag.attributes() {
        let attribute = attribute?;
        let (key, raw) = (attribute.key.into_inner(), &*attribute.value);
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0)?;
        let quote = if raw.contains('"') { '\'' } else { '"' };
        let value = replace(name, key, &value);
        let value = value.as_deref().unwrap_or(raw);
        let _ = write!(written, " {key}={quote}{value}{quote}");
    }
    written.push_str(end);
    Ok(())
}

/// New texts for old ones: the old ones of each kind, in the order of their first use.
struct Replacements {
    names: Names,
    known: HashMap<&'static str, Vec<String>>,
}

impl Replacements {
    fn new(own: &Identifier, names: Names) -> Self {
        let identifiers = vec![own.as_str().to_owned()];
        let known = HashMap::from([("identifier", identifiers)]);
        Self { names, known }
    }

    /// A menu entry that leads to no timetable still leads to none.
    fn identifier(&mut self, old: &str, new: impl Fn(usize) -> String) -> String {
        match old.parse::<Identifier>() {
            Ok(_) => new(self.number("identifier", old)),
            Err(_) => String::new(),
        }
    }

    /// None of the new texts needs escaping.
    fn text(&mut self, element: &str, key: &str, old: &str) -> Option<String> {
        let kind = match (element, key) {
            ("subject", "id") => return Some(self.number("id", old).to_string()),
            // Free text that differs by school and may name the place.
            ("time", "value") => return Some(String::new()),
            ("name", "value") => "수업",
            ("professor", "value") => "교수",
            ("place", "value") | ("data", "place") => "강의실",
            _ => return None,
        };
        let old = old.trim();
        let is_kept = self.names == Names::Kept || old.is_empty();
        (!is_kept).then(|| format!("{kind} {}", self.number(kind, old) + 1))
    }

    /// The place of a text among those of its kind, from 0.
    fn number(&mut self, kind: &'static str, text: &str) -> usize {
        let known = self.known.entry(kind).or_default();
        known
            .iter()
            .position(|known| known == text)
            .unwrap_or_else(|| {
                known.push(text.to_owned());
                known.len() - 1
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timetable;

    const OWN: &str = "AbCdEfGhIjKlMnOpQr12";
    const NEW: &str = "00000000000000000000";
    const ANSWER: &str = r#"<?xml version="1.0"?><!-- 한여울 --><response>
        <table year="2026" semester="2" status="1" identifier="AbCdEfGhIjKlMnOpQr12">
        <subject id="4180037"><internal value="CSE-1"/><name value='"큰" &lt;b>&#10;수업'/>
        <professor value=" 나도현"/><time value="월 (공학관)"><data day="0" starttime="108" endtime="120"
        place="공학관"/><data day="1" starttime="108" endtime="120" place="공학관"/></time>
        <place value="이과관"/><credit value="3">한여울</credit></subject>
        <subject id="4180037"><name value="둘"/><professor value=" "/><time value=""/></subject></table>
        <user name="한여울"><a>한여울</a></user><primaryTables>
        <primaryTable year="2026" semester="2" identifier="AbCdEfGhIjKlMnOpQr12"/>
        <primaryTable year="2026" semester="1" identifier="BbCdEfGhIjKlMnOpQr12"/>
        <primaryTable year="2025" semester="2" identifier="nowhere"/></primaryTables></response>"#;

    fn read(identifier: &str, body: &str) -> Timetable {
        let answer = ApiAnswer::parse(&identifier.parse().unwrap(), body.as_bytes());
        answer.unwrap().timetable()
    }

    fn recorded(names: Names) -> String {
        let new = |n: usize| format!("{n:0>20}");
        anonymized(&OWN.parse().unwrap(), ANSWER.as_bytes(), new, names).unwrap()
    }

    #[test]
    fn an_anonymous_answer_gives_the_same_timetable_under_other_identifiers() {
        let (mut old, new) = (read(OWN, ANSWER), read(NEW, &recorded(Names::Kept)));
        assert_eq!(old.not_drawn.len(), 1, "the same id twice");
        assert_eq!(old.semesters.len(), 2);
        old.identifier = NEW.parse().unwrap();
        for (number, semester) in old.semesters.iter_mut().enumerate() {
            semester.identifier = format!("{number:0>20}").parse().unwrap();
        }
        assert_eq!(new, old);
    }

    #[test]
    fn an_anonymous_answer_names_no_owner_and_no_identifier() {
        for names in [Names::Kept, Names::Numbered] {
            let recorded = recorded(names);
            for secret in [
                "한여울",
                OWN,
                "BbCdEfGhIjKlMnOpQr12",
                "nowhere",
                "4180037",
                "CSE-1",
            ] {
                assert!(!recorded.contains(secret), "{secret} in {recorded}");
            }
        }
    }

    #[test]
    fn numbered_names_are_equal_where_the_old_ones_were() {
        let recorded = recorded(Names::Numbered);
        for secret in ["큰", "둘", "나도현", "공학관", "이과관"] {
            assert!(!recorded.contains(secret), "{secret} in {recorded}");
        }
        let timetable = read(NEW, &recorded);
        let [monday, tuesday] = &timetable.classes[..] else {
            panic!("{timetable:?}");
        };
        assert_eq!((&*monday.name, &*monday.professor), ("수업 1", "교수 1"));
        assert_eq!(
            (&monday.name, &monday.place),
            (&tuesday.name, &tuesday.place)
        );
        assert_eq!(timetable.untimed[0].name, "수업 2");
    }

    #[test]
    fn an_answer_with_an_unknown_part_is_not_made_anonymous() {
        let unknown = ANSWER.replace("<place", "<room");
        let own = OWN.parse().unwrap();
        let refused = anonymized(&own, unknown.as_bytes(), |n| n.to_string(), Names::Kept);
        assert!(matches!(refused, Err(NotAvailable::LayoutChanged(_))));
    }
}
