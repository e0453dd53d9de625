//! Timetables to draw and export: what the fixtures are to be read as.

use std::path::Path;

use serde_json::{Value, json};
use timetable::Timetable;

use super::fixtures;

/// A fixture's timetable; `None` where the fixture ends otherwise.
fn timetable(fixture: &Path) -> Option<Timetable> {
    let text = std::fs::read_to_string(fixture.join("expected.json")).ok()?;
    let expected: Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(expected.get("timetable")?.clone()).unwrap()
}

/// The timetable of the fixture of that name.
pub fn fixture(fixture: &str) -> Timetable {
    timetable(&fixtures().join(fixture)).unwrap()
}

/// Every fixture whose outcome is a timetable, by name.
pub fn every_fixture() -> Vec<(String, Timetable)> {
    let fixtures = std::fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let name = |fixture: &Path| fixture.file_name().unwrap().to_str().unwrap().to_owned();
    let found: Vec<_> = fixtures
        .filter_map(|fixture| Some((name(&fixture), timetable(&fixture)?)))
        .collect();
    assert!(found.len() >= 20, "{} fixtures", found.len());
    found
}

/// A table such as only the API can give: classes overlap, some are very short or very long.
pub fn crowded() -> Timetable {
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
            "Introduction to Electromagnetism and Optics",
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
