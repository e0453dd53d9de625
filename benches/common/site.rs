//! The stand-in that every measurement reads, with any number of timetables.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use standin::{Fixture, Fixtures};

/// The one timetable that is read again and again.
pub const CACHED: &str = "weekday0000000000000";

pub struct Site {
    pub url: String,
    fixtures: Arc<Fixtures>,
    next: AtomicUsize,
}

impl Site {
    pub async fn start() -> Self {
        let fixtures =
            Fixtures::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")).unwrap();
        let fixtures = Arc::new(fixtures);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(standin::serve(
            listener,
            Arc::clone(&fixtures),
            std::future::pending(),
        ));
        Self {
            url,
            fixtures,
            next: AtomicUsize::new(0),
        }
    }

    /// The weekday timetable under a new identifier.
    pub fn fresh_identifier(&self) -> String {
        let identifier = self.next_identifier();
        let weekday = self.fixtures.get(CACHED).unwrap();
        let answer = weekday.answer.replace(CACHED, &identifier);
        self.fixtures.insert(Fixture::new(&identifier, answer));
        identifier
    }

    /// A timetable of so many classes of 50 minutes, one after the other through the week.
    pub fn with_classes(&self, classes: usize) -> String {
        let identifier = self.next_identifier();
        let mut subjects = String::new();
        for n in 0..classes {
            let (day, start) = (n % 5, 96 + n / 5 * 12);
            let end = start + 10;
            write!(
                subjects,
                "<subject id=\"{}\"><name value=\"한국사의 이해 {n}\"/><professor value=\"백서윤\"/>\
                 <time value=\"\"><data day=\"{day}\" starttime=\"{start}\" endtime=\"{end}\" \
                 place=\"인문관 B102\"/></time><place value=\"인문관 B102\"/></subject>",
                n + 1
            )
            .unwrap();
        }
        let answer = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><response><table year=\"2026\" \
             semester=\"2\" status=\"1\" identifier=\"{identifier}\">{subjects}</table>\
             <user name=\"소유자\"/><primaryTables/></response>"
        );
        self.fixtures.insert(Fixture::new(&identifier, answer));
        identifier
    }

    fn next_identifier(&self) -> String {
        format!("{:020}", self.next.fetch_add(1, Ordering::Relaxed))
    }
}
