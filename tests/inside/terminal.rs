//! The week in a terminal: what it looks like, and that no name can tear it apart.

use crate::support::timetables::{crowded, every_fixture, fixture};
use proptest::prelude::*;
use timetable::Timetable;
use timetable::render::text::{Look, week};
use timetable::render::words::{ENGLISH, KOREAN};
use unicode_width::UnicodeWidthStr;

const PLAIN: Look = Look {
    columns: 80,
    colour: false,
    words: &KOREAN,
};

fn every_timetable() -> Vec<(String, Timetable)> {
    let mut all = every_fixture();
    all.push(("crowded".to_owned(), crowded()));
    all
}

/// Without the colours.
fn uncoloured(drawn: &str) -> String {
    let mut parts = drawn.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').unwrap().1)
}

#[test]
fn grids_look_as_they_did_at_80_columns() {
    for name in [
        "weekday",
        "markup-and-emoji",
        "sunday",
        "seventy-five-minutes",
        "until-midnight",
    ] {
        insta::assert_snapshot!(format!("80-{name}"), week(&fixture(name), PLAIN));
    }
    insta::assert_snapshot!("80-crowded", week(&crowded(), PLAIN));
}

#[test]
fn grids_look_as_they_did_at_120_columns() {
    for name in ["weekday", "twenty-five-start"] {
        let look = Look {
            columns: 120,
            words: &ENGLISH,
            ..PLAIN
        };
        insta::assert_snapshot!(format!("120-{name}"), week(&fixture(name), look));
    }
}

#[test]
fn a_narrow_terminal_gets_a_list() {
    for name in ["weekday", "markup-and-emoji"] {
        let look = Look {
            columns: 40,
            ..PLAIN
        };
        insta::assert_snapshot!(format!("40-{name}"), week(&fixture(name), look));
    }
}

#[test]
fn colours_are_added_to_the_same_drawing() {
    let coloured = week(
        &fixture("untimed"),
        Look {
            colour: true,
            ..PLAIN
        },
    );
    insta::assert_snapshot!("coloured", coloured.replace('\u{1b}', "␛"));
    for (name, timetable) in every_timetable() {
        for columns in [40, 80] {
            let look = Look { columns, ..PLAIN };
            let coloured = uncoloured(&week(
                &timetable,
                Look {
                    colour: true,
                    ..look
                },
            ));
            let trimmed: String = coloured
                .lines()
                .flat_map(|line| [line.trim_end(), "\n"])
                .collect();
            let plain = week(&timetable, look);
            assert_eq!(trimmed, plain, "{name}");
        }
    }
}

#[test]
fn a_week_without_classes_says_so() {
    assert_eq!(
        week(&fixture("empty"), PLAIN),
        "2026년 2학기\n\n수업이 없습니다\n"
    );
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for (name, timetable) in every_timetable() {
        for columns in (24..=130).chain([200, 400]) {
            for line in week(&timetable, Look { columns, ..PLAIN }).lines() {
                assert!(line.width() <= columns, "{name} at {columns}: {line}");
            }
        }
    }
}

/// The lines of the grid, which all end in its right border.
fn grid(drawn: &str) -> Vec<&str> {
    let borders = ['┐', '│', '┘'];
    let lines = drawn.lines().skip_while(|line| !line.ends_with('┐'));
    lines.take_while(|line| line.ends_with(borders)).collect()
}

/// The crowded week, all of whose classes are called `name`.
fn crowded_with(name: &str) -> Timetable {
    let mut timetable = crowded();
    for class in &mut timetable.classes {
        name.clone_into(&mut class.name);
        name.clone_into(&mut class.place);
    }
    timetable
}

#[test]
fn a_character_wider_than_its_column_breaks_no_border() {
    let names = [
        "\u{2ebf0}\u{1930}\u{11362}".to_owned(),
        "\u{1100}\u{1100}\u{1161}".to_owned(),
        "\u{17d8}".to_owned(),
        format!("\u{915}{}", "\u{940}".repeat(200)),
    ];
    for timetable in names.iter().map(|name| crowded_with(name)) {
        for columns in [24, 40, 56, 60, 80, 120] {
            let drawn = week(&timetable, Look { columns, ..PLAIN });
            assert!(drawn.lines().all(|line| line.width() <= columns), "{drawn}");
            let grid = grid(&drawn);
            let is_straight = |line: &&str| line.width() == grid[0].width();
            assert!(grid.iter().all(is_straight), "{drawn}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn borders_stay_straight_for_any_class_name(
        names in prop::collection::vec(
            prop_oneof![any::<String>(), "[가a \u{915}\u{940}\u{1100}\u{1161}\u{17d8}]{0,12}"],
            15,
        ),
        place in "[가-힣a-z 👩\u{200d}🏫❤\u{fe0f}\u{1100}\u{1161}e\u{301}\u{202e}\u{1b}\r\n\t]{0,20}",
    ) {
        let mut timetable = crowded();
        for (class, name) in timetable.classes.iter_mut().zip(&names) {
            class.name.clone_from(name);
            class.place.clone_from(&place);
        }
        let drawn = week(&timetable, PLAIN);
        prop_assert!(!drawn.contains(|c: char| c.is_control() && c != '\n'));
        let grid = grid(&drawn);
        prop_assert!(grid.last().unwrap().starts_with("24:00 └"));
        for line in grid {
            prop_assert_eq!(line.width(), 77, "{}", line);
        }
    }
}
