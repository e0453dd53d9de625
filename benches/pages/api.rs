//! The API source beside a bare loop that asks the same and only takes the body.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use gonggang::config::SiteConfig;
use gonggang::source::Source as _;
use gonggang::source::api::ApiSource;
use reqwest::header::{ORIGIN, REFERER, USER_AGENT};
use tokio_util::sync::CancellationToken;

use crate::Effort;
use crate::common::client;
use crate::common::figures::{Rates, short};
use crate::common::report::Report;
use crate::common::site::{CACHED, Site};

/// Callers at once.
const CALLERS: usize = 4;
/// Who asks, as far as a server can tell.
const PAGE: &str = "https://everytime.kr";

pub(crate) async fn measure(site: &Site, effort: Effort, report: &mut Report) {
    eprintln!("Asking the API …");
    let api = Api::of(site);
    let (mut bare, mut ours) = (Rates::default(), Rates::default());
    // The first round only warms up.
    for round in 0..=effort.rounds {
        let (theirs, own) = (
            api.bare_rate(effort.answers).await,
            api.rate(effort.answers).await,
        );
        if round > 0 {
            bare.add(theirs);
            ours.add(own);
        }
    }
    let ratio = ours.median() / bare.median();
    let head = [
        "bare reqwest loop, a second",
        "API source, a second",
        "ours ÷ bare",
    ];
    let row = vec![bare.cell(), ours.cell(), short(ratio)];
    report.add("The API", &head, &[row], NOTE);
}

const NOTE: &str = "Four callers. The source also reads and checks the XML.";

/// Both ways of asking.
struct Api {
    source: ApiSource,
    client: reqwest::Client,
    url: String,
}

impl Api {
    fn of(site: &Site) -> Self {
        let url: url::Url = site.url.parse().unwrap();
        let config = SiteConfig {
            everytime_url: url.clone(),
            api_url: url,
        };
        Self {
            source: ApiSource::new(&config, None, Duration::from_secs(10)).unwrap(),
            client: client(),
            url: format!("{}/find/timetable/table/friend", site.url),
        }
    }

    /// Bodies a second.
    async fn bare_rate(&self, calls: usize) -> f64 {
        rate(calls, || async {
            let form = [("identifier", CACHED), ("friendInfo", "true")];
            let question = self.client.post(&self.url).form(&form);
            let question = question.header(ORIGIN, PAGE).header(REFERER, PAGE);
            let answer = question.header(USER_AGENT, "Mozilla/5.0").send().await;
            assert!(!answer.unwrap().bytes().await.unwrap().is_empty());
        })
        .await
    }

    /// Timetables a second.
    async fn rate(&self, calls: usize) -> f64 {
        let identifier = CACHED.parse().unwrap();
        rate(calls, || async {
            let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
            let read = self
                .source
                .read(&identifier, deadline, CancellationToken::new());
            assert!(!read.await.unwrap().timetable.has_no_classes());
        })
        .await
    }
}

async fn rate<F: Future<Output = ()>>(calls: usize, call: impl Fn() -> F) -> f64 {
    let began = Instant::now();
    let one_caller = || async {
        for _ in 0..calls / CALLERS {
            call().await;
        }
    };
    join_all((0..CALLERS).map(|_| one_caller())).await;
    (calls / CALLERS * CALLERS) as f64 / began.elapsed().as_secs_f64()
}
