//! Common free time of several people whose timetables are cached.

use std::time::Instant;

use serde_json::json;

use crate::Effort;
use crate::common::figures::Figures;
use crate::common::report::Report;
use crate::common::service::Service;
use crate::common::site::Site;

const LINKS: [usize; 3] = [2, 10, 50];

pub(crate) async fn measure(site: &Site, effort: Effort, report: &mut Report) {
    eprintln!("Finding common free time …");
    let service = Service::start(site, &[("GONGGANG_QUEUE", "64".to_owned())]);
    let mut rows = Vec::new();
    for links in LINKS {
        let links: Vec<_> = (0..links).map(|_| site.fresh_identifier()).collect();
        let began = Instant::now();
        ask(&service, &links).await;
        let cold = began.elapsed();
        let mut cached = Figures::default();
        for _ in 0..effort.answers / 100 {
            let began = Instant::now();
            ask(&service, &links).await;
            cached.add(began.elapsed());
        }
        rows.push(vec![
            links.len().to_string(),
            format!("{:.0}", cold.as_secs_f64() * 1000.0),
            cached.cell(),
        ]);
    }
    service.stop();
    let head = ["links", "all of them cold, ms", "all of them cached, ms"];
    report.add(
        "Common free time",
        &head,
        &rows,
        "`POST /v1/free`, two sessions.",
    );
}

async fn ask(service: &Service, links: &[String]) {
    let answer = service.post("/v1/free", &json!({"links": links})).await;
    assert_eq!(answer.unwrap()["people"], links.len());
}
