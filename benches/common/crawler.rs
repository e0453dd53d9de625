//! A browser for each request, as usual crawlers work: load the page completely, look for a class at
//! intervals, then ask for the place of each class with one command.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::bare::Session;
use super::engine::{Engine, Strategy};
use super::site::Site;

/// Interval of fantoccini's `wait`. Other WebDriver libraries use a longer one: Selenium half a second.
const PAUSE: Duration = Duration::from_millis(250);
/// The attributes that hold day and time.
const PROPERTIES: [&str; 2] = ["top", "height"];

/// Driver and browser start for one read and end after it.
pub async fn browser_per_request(engine: Engine, site: &Site) -> Duration {
    let began = Instant::now();
    let session = Session::open(engine, Strategy::Default).await;
    let url = format!("{}/@{}", site.url, site.fresh_identifier());
    session.post("/url", &json!({"url": url})).await;
    let classes = drawn(&session, ".tablebody td .subject").await;
    for column in drawn(&session, ".tablebody .cols").await {
        session.get(&format!("{column}/css/width")).await;
    }
    for class in classes {
        for property in PROPERTIES {
            session.get(&format!("{class}/css/{property}")).await;
        }
    }
    session.close().await;
    began.elapsed()
}

/// Paths of the elements, as soon as there are any.
async fn drawn(session: &Session, selector: &str) -> Vec<String> {
    let wanted = json!({"using": "css selector", "value": selector});
    loop {
        let found = session.post("/elements", &wanted).await;
        let found: Vec<_> = found.as_array().unwrap().iter().map(path).collect();
        if !found.is_empty() {
            return found;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// An element is an object of one member, its reference.
fn path(element: &Value) -> String {
    let reference = element.as_object().unwrap().values().next().unwrap();
    format!("/element/{}", reference.as_str().unwrap())
}
