//! The API source beside a bare loop that asks the same and only takes the body.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use gonggang::config::SiteConfig;
use gonggang::source::Source as _;
use gonggang::source::api::ApiSource;
use tokio_util::sync::CancellationToken;

use crate::site::{CACHED, Site, client};

/// Callers at once.
const CALLERS: usize = 4;

/// Both ways of asking.
pub(crate) struct Api {
    source: ApiSource,
    client: reqwest::Client,
    url: String,
}

impl Api {
    pub(crate) fn of(site: &Site) -> Self {
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
    pub(crate) async fn bare_rate(&self, calls: usize) -> f64 {
        rate(calls, || async {
            let form = [("identifier", CACHED), ("friendInfo", "true")];
            let answer = self.client.post(&self.url).form(&form).send().await;
            assert!(!answer.unwrap().bytes().await.unwrap().is_empty());
        })
        .await
    }

    /// Timetables a second.
    pub(crate) async fn rate(&self, calls: usize) -> f64 {
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
