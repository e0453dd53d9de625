//! Memory of the service, of a session and of a cached timetable.

use crate::common::figures::short;
use crate::common::report::Report;
use crate::common::service::Service;
use crate::common::site::{CACHED, Site};
use crate::{Effort, engines};

pub(crate) async fn measure(site: &Site, effort: Effort, report: &mut Report) {
    eprintln!("Weighing …");
    let mut rows = Vec::new();
    for engine in engines() {
        let sessions = |count: usize| {
            let mut settings = engine.settings();
            settings.push(("GONGGANG_POOL_SIZE", count.to_string()));
            settings
        };
        let (one, three) = (
            others(site, &sessions(1)).await,
            others(site, &sessions(3)).await,
        );
        let name = format!("a session of {}", engine.name());
        rows.push(vec![name, short((three - one) / 2.0)]);
    }
    rows.extend(service_and_cache(site, effort.cached).await);
    report.add("Memory", &["of", "MiB"], &rows, NOTE);
}

const NOTE: &str = "Resident memory of the service; proportional share of driver and browser of \
    a session, after 20 pages each. Timetables have eight classes; they come from the API \
    source, which caches the same.";

/// Memory of drivers and browsers after a few pages.
async fn others(site: &Site, settings: &[(&str, String)]) -> f64 {
    let service = Service::start(site, settings);
    service.rate(site, 60, 6).await;
    let memory = service.memory_of_others();
    service.stop();
    memory
}

/// The service with an empty cache and with so many cached timetables.
async fn service_and_cache(site: &Site, cached: usize) -> Vec<Vec<String>> {
    let service = Service::start(site, &[("GONGGANG_SOURCE", "api".to_owned())]);
    service.read(CACHED).await;
    let before = service.memory();
    service.rate(site, cached, 8).await;
    let after = service.memory();
    service.stop();
    let each = (after - before) * 1024.0 / cached as f64;
    vec![
        vec!["the service".to_owned(), short(before)],
        vec![
            format!("the service, {cached} cached timetables"),
            short(after),
        ],
        vec!["a cached timetable".to_owned(), format!("{each:.1} KiB")],
    ]
}
