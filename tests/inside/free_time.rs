//! Common free time: who is free, of which term each timetable is, and what the same one twice is.

use serde_json::{Value, json};

use crate::support::fake::{Http, fake_site};

const WEEKDAY: &str = "@weekday0000000000000";
const SATURDAY: &str = "@saturday000000000000";

async fn free(question: Value) -> Value {
    let fake = fake_site(&["weekday", "saturday", "summer-term", "winter-term"]);
    let http = Http::before(&fake, &[]);
    let reply = http
        .post("/v1/free", "application/json", question.to_string())
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

/// The identifier of a fixture.
fn identifier(name: &str) -> String {
    let expected = crate::support::expected(&crate::support::fixtures().join(name));
    let identifier = &expected["timetable"]["identifier"];
    identifier.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_slot_lists_the_links_that_are_free() {
    let links = [WEEKDAY, "nonsense", SATURDAY];
    let found = free(json!({"links": links, "days": ["mon"], "granularity": 60})).await;
    let slot = |start: &str| {
        let slots = found["days"][0]["slots"].as_array().unwrap();
        let slot = slots.iter().find(|slot| slot["start"] == start);
        slot.unwrap().clone()
    };
    // The first has classes on Monday from 09:00 and from 13:00, the third at 09:00 alone.
    assert_eq!(
        slot("09:00"),
        json!({"start": "09:00", "free": 0, "links": []})
    );
    assert_eq!(
        slot("13:00"),
        json!({"start": "13:00", "free": 1, "links": [2]})
    );
    assert_eq!(
        slot("16:00"),
        json!({"start": "16:00", "free": 2, "links": [0, 2]})
    );
    assert_eq!(found["people"], 2);
}

#[tokio::test]
async fn each_link_has_its_term_or_its_fault() {
    let found = free(json!({"links": [WEEKDAY, "nonsense"]})).await;
    let [read, refused] = &found["links"].as_array().unwrap()[..] else {
        panic!("{found}");
    };
    let term = json!({"fault": null, "title": "2026년 2학기", "year": 2026, "semester": "2"});
    assert_eq!(read, &term);
    assert_eq!(refused["fault"]["code"], "invalid_link");
    for member in ["title", "year", "semester"] {
        assert_eq!(refused.get(member), Some(&Value::Null), "{refused}");
    }
}

#[tokio::test]
async fn timetables_of_different_terms_are_marked_as_mixed() {
    let (summer, winter) = (identifier("summer-term"), identifier("winter-term"));
    for (links, mixed) in [
        (vec![WEEKDAY, SATURDAY], false),
        (vec![WEEKDAY, &summer], true),
        (vec![&summer, &winter], true),
        // What cannot be read is of no term.
        (vec![WEEKDAY, "@unknown0000000000000"], false),
    ] {
        let found = free(json!({"links": links})).await;
        assert_eq!(found["mixed_terms"], mixed, "{links:?}");
    }
}

#[tokio::test]
async fn the_same_timetable_twice_is_one_person_and_names_the_first_link() {
    let again = "https://everytime.kr/app/@weekday0000000000000";
    let nowhere = "@unknown0000000000000";
    let links = [WEEKDAY, SATURDAY, again, nowhere, nowhere, "x", "x"];
    let found = free(json!({"links": links, "days": ["mon"]})).await;
    assert_eq!(found["people"], 2);
    let same_as: Vec<_> = found["links"].as_array().unwrap().iter().collect();
    let same_as: Vec<_> = same_as.iter().map(|link| link.get("same_as")).collect();
    let (zero, three) = (json!(0), json!(3));
    // What is no link names no timetable, so it is the same as nothing.
    let expected = [None, None, Some(&zero), None, Some(&three), None, None];
    assert_eq!(same_as, expected);
    let slots = found["days"][0]["slots"].as_array().unwrap();
    let most = slots.iter().map(|slot| slot["links"].as_array().unwrap());
    assert!(most.clone().all(|links| !links.contains(&json!(2))));
    assert!(most.clone().any(|links| links == &[json!(0), json!(1)]));
    assert_eq!(found["links"][2]["title"], "2026년 2학기");
    assert_eq!(found["links"][4]["fault"]["code"], "not_found");
}

#[tokio::test]
async fn free_time_may_be_asked_for_until_the_end_of_the_day() {
    let question =
        json!({"links": [WEEKDAY, SATURDAY], "days": ["sun"], "between": ["22:00", "24:00"]});
    let found = free(question).await;
    let everyone = json!([{"start": "22:00", "end": "24:00"}]);
    assert_eq!(found["days"][0]["everyone"], everyone);
    assert_eq!(found["days"][0]["slots"][3]["start"], "23:30");
    let http = Http::before(&fake_site(&["weekday"]), &[]);
    let document = http.get("/openapi.json").await.json();
    let request = &document["components"]["schemas"]["FreeRequest"];
    let said = request["properties"]["between"]["description"]
        .as_str()
        .unwrap();
    assert!(said.contains("24:00"), "{said}");
    let wrong = json!({"links": [WEEKDAY, SATURDAY], "between": ["22:00", "25:00"]}).to_string();
    let refused = http.post("/v1/free", "application/json", wrong).await;
    assert!(refused.text.contains("24:00"), "{refused:?}");
}
