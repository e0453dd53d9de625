//! The week as a picture: what it looks like, and that nothing in a name can break it.

use crate::support::timetables::{crowded, every_fixture, fixture};
use proptest::prelude::*;
use timetable::render::svg;
use timetable::render::words::{ENGLISH, KOREAN};

const SVG: &str = "http://www.w3.org/2000/svg";

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
    for name in ["weekday", "markup-and-emoji", "sunday", "empty"] {
        insta::assert_snapshot!(name, svg::week(&fixture(name), &KOREAN));
    }
    insta::assert_snapshot!("crowded", svg::week(&crowded(), &ENGLISH));
}

#[test]
fn every_picture_holds_every_class_and_is_well_formed() {
    for (name, timetable) in every_fixture() {
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
fn a_picture_has_no_scripts_and_no_external_resources() {
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
fn a_picture_has_an_alternative_text() {
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
        "a picture does not show the identifier"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_name_is_plain_text_in_a_picture(name in any::<String>(), place in any::<String>()) {
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
