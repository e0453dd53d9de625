//! Drawings of the week: what they look like, and that nothing in a name can break them.

#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::path::Path;

use gonggang::timetable::Timetable;
use gonggang::timetable::render::svg;
use gonggang::timetable::render::words::{ENGLISH, KOREAN};
use proptest::prelude::*;
use serde_json::{Value, json};

const SVG: &str = "http://www.w3.org/2000/svg";

fn fixture(case: &str) -> Timetable {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(case);
    let text = std::fs::read_to_string(path.join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(expected["timetable"].clone()).unwrap()
}

/// Every case whose outcome is a timetable, by name.
fn every_fixture() -> Vec<(String, Timetable)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let names = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let named = names.map(|name| name.into_string().unwrap());
    let outcome = |name: &String| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures")
            .join(name);
        std::fs::read_to_string(path.join("expected.json")).unwrap_or_default()
    };
    named
        .filter(|name| outcome(name).contains("\"classes\""))
        .map(|name| (name.clone(), fixture(&name)))
        .collect()
}

/// A table such as only the API can give: classes overlap, some are very short or very long.
fn crowded() -> Timetable {
    let class = |name: &str, day: &str, start: &str, end: &str, color: u8| {
        json!({"name": name, "professor": "나도현", "place": "공학관 301", "color": color,
               "day": day, "start": start, "end": end})
    };
    let classes = [
        class(
            "데이터베이스 시스템 설계와 구현",
            "mon",
            "09:00",
            "12:00",
            1,
        ),
        class("자료구조", "mon", "10:00", "11:00", 2),
        class("영어", "mon", "11:00", "13:00", 3),
        class("이어서", "mon", "13:00", "13:50", 4),
        class("하나", "tue", "09:00", "10:30", 5),
        class("둘", "tue", "09:30", "10:30", 6),
        class("셋째 수업의 긴 이름", "tue", "10:00", "11:00", 7),
        class("다섯 분", "wed", "09:00", "09:05", 8),
        class("열 분", "wed", "09:10", "09:20", 9),
        class("십오 분", "wed", "09:30", "09:45", 10),
        class("사십 분", "wed", "10:00", "10:40", 11),
        class(
            "Introduction to Electromagnetism and Optics (English)",
            "thu",
            "09:00",
            "10:15",
            12,
        ),
        class(
            "쉬지않고이어지는아주긴이름의수업입니다정말로깁니다",
            "thu",
            "10:15",
            "11:30",
            13,
        ),
        class("밤샘 실험", "fri", "21:00", "24:00", 14),
        class("종료 직전", "fri", "23:55", "24:00", 15),
    ];
    let mut timetable = json!(fixture("untimed"));
    timetable["classes"] = json!(classes);
    serde_json::from_value(timetable).unwrap()
}

/// The picture as an XML parser reads it.
fn parsed(drawn: &str) -> roxmltree::Document<'_> {
    roxmltree::Document::parse(drawn).unwrap()
}

/// The blocks, one for each class meeting: pictures within the picture.
fn blocks<'a>(picture: &'a roxmltree::Document) -> Vec<roxmltree::Node<'a, 'a>> {
    let inside = picture.root_element().children();
    inside
        .filter(|node| node.has_tag_name((SVG, "svg")))
        .collect()
}

fn number(block: roxmltree::Node, attribute: &str) -> f64 {
    block.attribute(attribute).unwrap().parse().unwrap()
}

/// The name that a block, or the picture, has for those who cannot see it.
fn title(node: roxmltree::Node) -> String {
    let mut children = node.children();
    let title = children
        .find(|child| child.has_tag_name((SVG, "title")))
        .unwrap();
    title.text().unwrap_or_default().to_owned()
}

#[test]
fn pictures_look_as_they_did() {
    for case in ["weekday", "markup-and-emoji", "sunday", "empty"] {
        insta::assert_snapshot!(
            format!("picture-{case}"),
            svg::week(&fixture(case), &KOREAN)
        );
    }
    insta::assert_snapshot!("picture-crowded", svg::week(&crowded(), &ENGLISH));
}

#[test]
fn every_picture_holds_every_class_and_is_well_formed() {
    let fixtures = every_fixture();
    assert!(fixtures.len() >= 20, "{} fixtures", fixtures.len());
    for (name, timetable) in fixtures {
        for words in [&KOREAN, &ENGLISH] {
            let drawn = svg::week(&timetable, words);
            assert_eq!(
                blocks(&parsed(&drawn)).len(),
                timetable.classes.len(),
                "{name}"
            );
        }
    }
}

#[test]
fn blocks_lie_inside_the_picture_and_never_on_each_other() {
    for (name, timetable) in every_fixture()
        .into_iter()
        .chain([("crowded".to_owned(), crowded())])
    {
        let drawn = svg::week(&timetable, &KOREAN);
        let picture = parsed(&drawn);
        let edges = |node| {
            let [x, y, width, height] = ["x", "y", "width", "height"].map(|at| number(node, at));
            [x, x + width, y, y + height]
        };
        let blocks: Vec<_> = blocks(&picture).into_iter().map(edges).collect();
        let height = number(picture.root_element(), "height");
        for (index, a) in blocks.iter().enumerate() {
            assert!(
                a[0] > 0.0 && a[1] < 390.0 && a[2] > 0.0 && a[3] < height,
                "{name} {a:?}"
            );
            assert!(a[0] < a[1] && a[2] < a[3], "{name} {a:?}");
            for b in &blocks[..index] {
                let apart = a[1] <= b[0] || b[1] <= a[0] || a[3] <= b[2] || b[3] <= a[2];
                assert!(apart, "{name} {a:?} {b:?}");
            }
        }
    }
}

#[test]
fn a_picture_runs_nothing_and_asks_for_nothing() {
    let allowed = ["svg", "title", "desc", "style", "rect", "path", "text"];
    for (name, timetable) in every_fixture() {
        let drawn = svg::week(&timetable, &KOREAN);
        for node in parsed(&drawn)
            .descendants()
            .filter(roxmltree::Node::is_element)
        {
            assert!(allowed.contains(&node.tag_name().name()), "{name} {node:?}");
            for attribute in node.attributes() {
                assert!(!attribute.name().starts_with("on"), "{name} {node:?}");
                assert!(
                    !["href", "src", "style"].contains(&attribute.name()),
                    "{name} {node:?}"
                );
            }
        }
        assert!(!svg::style().contains("url(") && !svg::style().contains("@import"));
    }
}

#[test]
fn a_picture_is_told_in_words_too() {
    let drawn = svg::week(&fixture("weekday"), &KOREAN);
    let picture = parsed(&drawn);
    assert_eq!(title(picture.root_element()), "2026년 2학기");
    let block = title(blocks(&picture)[0]);
    assert_eq!(block, "월 09:00–10:00, 자료구조, 공학관 301, 나도현");
    let description = picture
        .descendants()
        .find(|node| node.has_tag_name((SVG, "desc")))
        .unwrap();
    let description = description.text().unwrap();
    assert_eq!(description.matches("선형대수학").count(), 2);
    assert!(
        !drawn.contains("weekday0000000000000"),
        "the identifier is nobody's business"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_name_is_text_in_a_picture_and_nothing_else(name in any::<String>(), place in any::<String>()) {
        let mut timetable = fixture("untimed");
        timetable.title = Some(name.clone());
        timetable.untimed[0].name.clone_from(&name);
        timetable.classes[0].place.clone_from(&place);
        timetable.classes[0].name = format!("<{name}");
        let drawn = svg::week(&timetable, &KOREAN);
        let picture = parsed(&drawn);
        prop_assert_eq!(blocks(&picture).len(), timetable.classes.len());
        prop_assert!(title(blocks(&picture)[0]).contains('<'));
    }
}
