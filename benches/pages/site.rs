//! The stand-in site that everything reads, with as many timetables as it takes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gonggang::replay::{self, Case, Cases};

/// The one timetable that is read again and again.
pub(crate) const CACHED: &str = "weekday0000000000000";

pub(crate) struct Site {
    pub(crate) url: String,
    cases: Arc<Cases>,
    next: AtomicUsize,
}

impl Site {
    pub(crate) async fn start() -> Self {
        let cases = Cases::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")).unwrap();
        let cases = Arc::new(cases);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(replay::serve(
            listener,
            Arc::clone(&cases),
            std::future::pending(),
        ));
        Self {
            url,
            cases,
            next: AtomicUsize::new(0),
        }
    }

    /// The weekday timetable under an identifier that nobody has asked for.
    pub(crate) fn fresh_identifier(&self) -> String {
        let identifier = format!("{:020}", self.next.fetch_add(1, Ordering::Relaxed));
        let answer = self
            .cases
            .get(CACHED)
            .unwrap()
            .answer
            .replace(CACHED, &identifier);
        self.cases.insert(Case::new(&identifier, answer));
        identifier
    }
}

/// The library leaves the choice of a cryptography to the program.
pub(crate) fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}
