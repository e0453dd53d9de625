//! The parts in which two readings of one timetable differ: the API's answer and the drawn page.

use super::{Class, RefusedClass, Timetable, UntimedClass};

/// Names of the parts that differ, each once. Classes that the page refuses to draw are no difference;
/// neither are names that the page does not show.
pub fn differences(api: &Timetable, page: &Timetable) -> Vec<&'static str> {
    let term = |t: &Timetable| (t.year, t.semester.clone(), t.title.clone());
    let mut differ = Vec::new();
    let mut note = |part, is_same: bool| {
        if !is_same {
            differ.push(part);
        }
    };
    note("identifier", api.identifier == page.identifier);
    note("term", term(api) == term(page));
    note("days", api.days == page.days);
    note("semesters", api.semesters == page.semesters);
    note("untimed", drawn_untimed(api) == drawn_untimed(page));
    note(
        "not_drawn",
        are_the_same_refusals(&api.not_drawn, &page.not_drawn),
    );
    let (api, page) = (drawn_classes(api), drawn_classes(page));
    if api.len() != page.len() {
        note("classes", false);
        return differ;
    }
    let each =
        |same: fn(&Class, &Class) -> bool| api.iter().zip(&page).all(|(api, page)| same(api, page));
    note("time", each(|a, b| (a.day, a.time) == (b.day, b.time)));
    note("name", each(|a, b| a.name == b.name));
    note("professor", each(|a, b| a.professor == b.professor));
    note("place", each(|a, b| a.place == b.place));
    note("color", each(|a, b| a.color == b.color));
    differ
}

fn drawn_classes(timetable: &Timetable) -> Vec<&Class> {
    let classes = timetable.classes.iter();
    classes.filter(|class| !class.not_drawn).collect()
}

fn drawn_untimed(timetable: &Timetable) -> Vec<&UntimedClass> {
    let classes = timetable.untimed.iter();
    classes.filter(|class| !class.not_drawn).collect()
}

fn are_the_same_refusals(api: &[RefusedClass], page: &[RefusedClass]) -> bool {
    let mut pairs = api.iter().zip(page);
    api.len() == page.len() && pairs.all(|(api, page)| page.name.is_none() || api.name == page.name)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn timetable() -> Value {
        let class = |name: &str, day: &str| {
            json!({"name": name, "professor": "", "place": "", "color": 1,
                   "day": day, "start": "09:00", "end": "10:00"})
        };
        json!({
            "identifier": "AbCdEfGhIjKlMnOpQr12", "year": 2026, "semester": "2", "title": "2026년 2학기",
            "days": ["mon", "tue"], "classes": [class("a", "mon"), class("b", "tue")],
            "untimed": [{"name": "c", "place": ""}], "not_drawn": [{"name": null}], "semesters": [],
        })
    }

    fn differ(path: &str, value: Value) -> Vec<&'static str> {
        let mut api = timetable();
        *api.pointer_mut(path).unwrap() = value;
        let read = |value| serde_json::from_value::<Timetable>(value).unwrap();
        differences(&read(api), &read(timetable()))
    }

    #[test]
    fn each_part_that_differs_is_named() {
        for (path, value, part) in [
            ("/identifier", json!("00000000000000000000"), "identifier"),
            ("/title", json!(null), "term"),
            ("/days", json!([]), "days"),
            (
                "/semesters",
                json!([{"label": "", "identifier": "00000000000000000000"}]),
                "semesters",
            ),
            ("/untimed/0/place", json!("x"), "untimed"),
            ("/not_drawn", json!([]), "not_drawn"),
            ("/classes/1/day", json!("wed"), "time"),
            ("/classes/1/end", json!("10:05"), "time"),
            ("/classes/0/name", json!("x"), "name"),
            ("/classes/0/professor", json!("x"), "professor"),
            ("/classes/0/place", json!("x"), "place"),
            ("/classes/0/color", json!(2), "color"),
            ("/classes", json!([]), "classes"),
        ] {
            assert_eq!(differ(path, value), [part], "{path}");
        }
    }

    #[test]
    fn a_class_that_the_page_refuses_to_draw_is_no_difference() {
        let mut api = timetable();
        let mut refused = api["classes"][0].clone();
        refused["not_drawn"] = json!(true);
        api["classes"].as_array_mut().unwrap().insert(1, refused);
        api["untimed"]
            .as_array_mut()
            .unwrap()
            .push(json!({"name": "", "place": "", "not_drawn": true}));
        api["not_drawn"][0]["name"] = json!("a");
        let read = |value| serde_json::from_value::<Timetable>(value).unwrap();
        assert!(differences(&read(api), &read(timetable())).is_empty());
    }
}
