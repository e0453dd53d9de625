//! The API source, compared with a bare loop that sends the same requests and reads only the body.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use gonggang::source::SiteConfig;
use gonggang::source::Source as _;
use gonggang::source::api::ApiSource;
use reqwest::header::{ORIGIN, REFERER, USER_AGENT};
use timetable::share_link::Identifier;
use tokio_util::sync::CancellationToken;

use crate::Effort;
use crate::common::client;
use crate::common::figures::{Rates, short};
use crate::common::report::Report;
use crate::common::site::{CACHED, Site};

const CALLERS: [Callers; 3] = [Callers::Together(4), Callers::Tasks(1), Callers::Tasks(4)];

/// Concurrent callers; each asks again as soon as it has its answer.
#[derive(Clone, Copy)]
enum Callers {
    /// In the program's own task, as in a plain loop.
    Together(usize),
    /// Each in its own task, as in the service.
    Tasks(usize),
}

impl Callers {
    fn count(self) -> usize {
        match self {
            Self::Together(count) | Self::Tasks(count) => count,
        }
    }

    fn name(self) -> String {
        match self {
            Self::Together(count) => format!("{count} in one task"),
            Self::Tasks(1) => "1 task".to_owned(),
            Self::Tasks(count) => format!("{count} tasks"),
        }
    }
}

/// Who asks, as far as a server can tell.
const PAGE: &str = "https://everytime.kr";

pub(crate) async fn measure(site: &Site, effort: Effort, report: &mut Report) {
    eprintln!("Asking the API …");
    let api = Api::of(site);
    let mut rows = Vec::new();
    for callers in CALLERS {
        let (mut bare, mut ours) = (Rates::default(), Rates::default());
        // The first round only warms up.
        for round in 0..=effort.rounds {
            let (theirs, own) = (
                api.rate(effort.answers, callers, Api::ask_barely).await,
                api.rate(effort.answers, callers, Api::read).await,
            );
            if round > 0 {
                bare.add(theirs);
                ours.add(own);
            }
        }
        let ratio = short(ours.median() / bare.median());
        rows.push(vec![callers.name(), bare.cell(), ours.cell(), ratio]);
    }
    let head = [
        "callers",
        "bare reqwest loop, a second",
        "API source, a second",
        "ours ÷ bare",
    ];
    report.add("The API", &head, &rows, NOTE);
}

const NOTE: &str = "Each caller asks again as soon as it has its answer. The stand-in answers in \
    the same process, on the same processors. A loop in the program's own task is woken from \
    another thread for each answer; that halves its rate. The source also reads and checks the \
    XML.";

/// Both ways to ask.
struct Api {
    source: ApiSource,
    client: reqwest::Client,
    url: String,
    identifier: Identifier,
}

impl Api {
    fn of(site: &Site) -> Arc<Self> {
        let url: url::Url = site.url.parse().unwrap();
        let config = SiteConfig {
            everytime_url: url.clone(),
            api_url: url,
            authorities: Vec::new(),
            proxy: None,
        };
        Arc::new(Self {
            source: ApiSource::new(&config, None, Duration::from_secs(10)).unwrap(),
            client: client(),
            url: format!("{}/find/timetable/table/friend", site.url),
            identifier: CACHED.parse().unwrap(),
        })
    }

    /// Reads the body without parsing it.
    async fn ask_barely(self: Arc<Self>) {
        let form = [("identifier", CACHED), ("friendInfo", "true")];
        let question = self.client.post(&self.url).form(&form);
        let question = question.header(ORIGIN, PAGE).header(REFERER, PAGE);
        let answer = question.header(USER_AGENT, "Mozilla/5.0").send().await;
        assert!(!answer.unwrap().bytes().await.unwrap().is_empty());
    }

    /// Reads the timetable.
    async fn read(self: Arc<Self>) {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
        let abandoned = CancellationToken::new();
        let read = self.source.read(&self.identifier, deadline, abandoned);
        assert!(!read.await.unwrap().timetable.has_no_classes());
    }

    /// Calls a second.
    async fn rate<F>(
        self: &Arc<Self>,
        calls: usize,
        callers: Callers,
        call: fn(Arc<Self>) -> F,
    ) -> f64
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let each = calls / callers.count();
        let began = Instant::now();
        let all = (0..callers.count()).map(|_| {
            let api = Arc::clone(self);
            async move {
                for _ in 0..each {
                    call(Arc::clone(&api)).await;
                }
            }
        });
        match callers {
            Callers::Together(_) => drop(join_all(all).await),
            Callers::Tasks(_) => {
                let ended = join_all(all.map(tokio::spawn)).await;
                ended.into_iter().for_each(Result::unwrap);
            }
        }
        (each * callers.count()) as f64 / began.elapsed().as_secs_f64()
    }
}
