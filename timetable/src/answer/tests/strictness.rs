//! Answers that a lenient reader of XML would accept.

use super::*;

const BLOCKED: NotAvailable = NotAvailable::Blocked { status: None };

/// A valid answer with every part.
fn whole() -> String {
    let spare = r#"<internal value="a-1"/><credit value="3"/><closed value="0"/></subject>"#;
    answer(&subject(1, "a", &[(0, 108, 120)]).replace("</subject>", spare))
}

/// The whole answer with its first `part` replaced.
fn with(part: &str, by: &str) -> String {
    let whole = whole();
    assert!(whole.contains(part), "{part} of {whole}");
    whole.replacen(part, by, 1)
}

fn assert_read_alike(body: &str) {
    assert_eq!(read(body), read(&whole()), "{body}");
}

fn assert_not_xml(body: &str) {
    assert_eq!(read(body), Err(BLOCKED), "{body}");
}

#[test]
fn the_whole_answer_is_read() {
    assert_eq!(read(&whole()).unwrap().classes.len(), 1);
}

#[test]
fn a_part_that_comes_twice_is_refused() {
    for part in [
        r#"<name value="a"/>"#,
        r#"<place value=" 301 "/>"#,
        r#"<credit value="3"/>"#,
        r#"<user name="한여울"/>"#,
    ] {
        assert_eq!(check(&with(part, &part.repeat(2))), Check::AnswerShape);
    }
    for end in ["</time>", "</primaryTables>"] {
        let again = format!("{end}{}{end}", end.replace('/', ""));
        assert_eq!(check(&with(end, &again)), Check::AnswerShape);
    }
    let codes = "<response>-1<user/>-1</response>";
    assert_eq!(check(codes), Check::AnswerShape);
}

#[test]
fn a_missing_part_is_refused() {
    for part in [
        r#" id="1""#,
        r#"<name value="a"/>"#,
        r#" value="a""#,
        r#" day="0""#,
        r#" starttime="108""#,
        r#" endtime="120""#,
    ] {
        assert_eq!(check(&with(part, "")), Check::AnswerShape, "{part}");
    }
    let (before, menu) = whole().split_once("<primaryTable ").map(own).unwrap();
    for attribute in ["year", "semester", "identifier"] {
        let menu = menu.replace(attribute, "x");
        let body = format!("{before}<primaryTable {menu}");
        assert_eq!(check(&body), Check::AnswerShape, "{attribute}");
    }
}

fn own((before, after): (&str, &str)) -> (String, String) {
    (before.to_owned(), after.to_owned())
}

#[test]
fn an_unknown_attribute_is_refused_wherever_it_stands() {
    for tag in [
        "<response",
        "<table",
        "<subject",
        "<name",
        "<time",
        "<data",
        "<primaryTables",
        "<primaryTable ",
    ] {
        for unknown in ["x", "xmlns", "xmlns:value", "xml:lang", "xsi:nil"] {
            let body = with(tag, &format!(r#"{tag} {unknown}="true" "#));
            assert_eq!(check(&body), Check::AnswerShape, "{body}");
        }
    }
}

#[test]
fn an_attribute_that_comes_twice_is_not_xml() {
    for attribute in [r#" status="1""#, r#" year="2026""#, r#" day="0""#] {
        assert_not_xml(&with(attribute, &attribute.repeat(2)));
    }
    for wrong in [" day=0", " day", " day=", r#" day="0"#] {
        assert_not_xml(&with(r#" day="0""#, wrong));
    }
}

#[test]
fn a_name_with_a_prefix_is_another_name() {
    for (part, other) in [
        (" day=", " x:day="),
        ("<data", "<x:data"),
        ("<user", "<x:user"),
    ] {
        assert_eq!(check(&with(part, other)), Check::AnswerShape, "{other}");
    }
    assert_not_xml("<x:response>-1</x:response>");
}

#[test]
fn text_is_refused_where_none_belongs() {
    for text in ["a", "&#97;", "<![CDATA[a]]>", "\u{a0}", "&amp;"] {
        for tag in [
            "<response>",
            "<table",
            "<subject",
            "<place",
            "<data",
            "</time>",
            "<primaryTable ",
            "</primaryTables>",
        ] {
            let body = with(tag, &format!("{text}{tag}"));
            assert_eq!(check(&body), Check::AnswerShape, "{body}");
        }
        let inside = with("<user", &format!("<user>{text}</user><x"));
        assert_eq!(check(&inside), Check::AnswerShape, "the part after it");
        let named = with(r#""a"/>"#, &format!(r#""a">{text}</name>"#));
        assert_eq!(check(&named), Check::AnswerShape, "{named}");
    }
}

#[test]
fn content_is_refused_in_a_part_that_has_only_attributes() {
    assert_read_alike(&with(r#""a"/>"#, "\"a\">\n<!-- b --></name>"));
    for (end, name) in [(r#""a"/>"#, "name"), (r#"endtime="120"/>"#, "data")] {
        let open = end.replace('/', "");
        let body = with(end, &format!("{open}<data/></{name}>"));
        assert_eq!(check(&body), Check::AnswerShape, "{body}");
    }
}

#[test]
fn white_space_and_comments_are_ignored() {
    for nothing in [
        "\r\n\t ",
        "&#32;",
        "<![CDATA[ ]]>",
        "<!-- <data/> -->",
        "<?php <data/> ?>",
    ] {
        for tag in ["<response>", "<table", "<name", "<data", "</primaryTables>"] {
            assert_read_alike(&with(tag, &format!("{nothing}{tag}")));
        }
        assert_read_alike(&(whole() + nothing));
    }
    assert_read_alike(&with("<response>", "<!DOCTYPE response><response>"));
    assert_read_alike(&format!("\u{feff}{}", whole()));
}

#[test]
fn a_code_may_come_in_pieces() {
    for code in ["-<!-- 2 -->1", "&#45;1", "<![CDATA[-1]]>", " -1<user/> "] {
        let body = format!("<response>{code}</response>");
        assert_eq!(read(&body), Err(NotAvailable::NotFound), "{body}");
    }
    assert_eq!(check("<response>-<user/>1</response>"), Check::AnswerShape);
}

#[test]
fn text_after_the_answer_is_refused() {
    for more in ["a", "&amp;", "<response/>", "<script>", "<![CDATA[a]]>"] {
        assert_eq!(check(&(whole() + more)), Check::AnswerShape, "{more}");
        let code = format!("<response>-1</response>{more}");
        assert_eq!(check(&code), Check::AnswerShape, "{more}");
    }
    for broken in ["</response>", "<", "&", "&nbsp;", "<!-- "] {
        assert_not_xml(&(whole() + broken));
    }
}

#[test]
fn an_answer_that_is_cut_off_anywhere_is_not_xml() {
    let whole = whole();
    for (end, _) in whole.char_indices() {
        assert_not_xml(&whole[..end]);
    }
}

#[test]
fn numbers_are_whole_and_of_16_bits() {
    for wrong in [
        "", "9:00", "-1", "1.5", "1e2", "0x6c", "65536", "1 2", "\u{a0}1",
    ] {
        let body = with(r#""108""#, &format!(r#""{wrong}""#));
        assert_eq!(check(&body), Check::AnswerShape, "{body}");
    }
    for right in [" 108\n", "&#49;08", "0108"] {
        assert_read_alike(&with("108", right));
    }
}

#[test]
fn an_unknown_reference_is_not_xml() {
    for reference in ["&nbsp;", "&#0;", "&#xD800;", "&#+5;", "&amp", "&;", "&"] {
        assert_not_xml(&with(r#""a""#, &format!(r#""{reference}""#)));
        assert_not_xml(&with("<name", &format!("{reference}<name")));
        assert_not_xml(&format!("<response>-1{reference}</response>"));
    }
    let declared = with("<response>", "<!DOCTYPE a [<!ENTITY e 'v'>]><response>");
    assert_not_xml(&declared.replace(r#""a""#, r#""&e;""#));
}

#[test]
fn the_content_of_a_skipped_part_is_not_checked() {
    assert_read_alike(&with(r#"credit value="3""#, r#"credit value="&nbsp;""#));
    assert_read_alike(&with(
        r#"<user name="한여울"/>"#,
        "<user><user>a</user><b c=d/>&e;</user>",
    ));
    assert_not_xml(&with("<user name=\"한여울\"/>", "<user><a></user>"));
}

#[test]
fn the_xml_version_decides_what_white_space_is() {
    let name = |version: &str| {
        let body = with(r#""a""#, "\"a\u{85}b\"").replacen("1.0", version, 1);
        read(&body).map(|read| read.classes[0].name.clone())
    };
    assert_eq!(name("1.0").as_deref(), Ok("a\u{85}b"));
    assert_eq!(name("1.1").as_deref(), Ok("a b"));
    assert_eq!(name("2.0"), Err(BLOCKED));
}
