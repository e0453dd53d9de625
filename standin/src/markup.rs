//! What the stand-in reads of an answer: whether it is HTML, and the identifier of its table.
//!
//! It has no XML parser, because answers are served verbatim, also broken ones.

/// Whether the body is an HTML page rather than an XML answer.
pub(super) fn is_html(body: &str) -> bool {
    let start: String = body
        .trim_start()
        .chars()
        .take(9)
        .collect::<String>()
        .to_ascii_lowercase();
    start.starts_with("<!doctype") || start.starts_with("<html")
}

/// `table@identifier`, if the answer has a table and the table an identifier.
pub(super) fn table_identifier(body: &str) -> Option<String> {
    let (_, mut rest) = body.split_once("<table ")?;
    while let Some((name, value, after)) = next_attribute(rest) {
        if name == "identifier" && !value.is_empty() {
            return Some(value.to_owned());
        }
        rest = after;
    }
    None
}

/// Name and value of the attribute at the start of `text`, and the rest. A `>` inside the quotes belongs to
/// the value.
fn next_attribute(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start();
    let (name, rest) = text.split_once('=')?;
    if name.contains(['<', '>', '/']) {
        return None;
    }
    let quote = rest
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''))?;
    let (value, after) = rest[1..].split_once(quote)?;
    Some((name.trim_end(), value, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identifier_is_found_behind_other_attributes() {
        let body = r#"<response><table year="2026" title="a > b" identifier='abc'></table>"#;
        assert_eq!(table_identifier(body).as_deref(), Some("abc"));
    }

    #[test]
    fn an_identifier_of_another_element_is_ignored() {
        let body = r#"<response><table year="2026"/><primaryTable identifier="abc"/></response>"#;
        assert_eq!(table_identifier(body), None);
    }

    #[test]
    fn an_answer_without_a_table_has_no_identifier() {
        assert_eq!(table_identifier("<response>-1</response>"), None);
        assert_eq!(table_identifier("<table "), None);
    }

    #[test]
    fn html_is_distinguished_from_xml() {
        assert!(is_html("\n<!DOCTYPE html><title>x</title>"));
        assert!(is_html("<HTML></HTML>"));
        assert!(!is_html("<?xml version=\"1.0\"?><response/>"));
        assert!(!is_html("응답"));
    }
}
