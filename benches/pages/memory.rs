//! What the service, a session and a kept timetable take.

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
    rows.extend(service_and_cache(site, effort.kept).await);
    report.add("Memory", &["of", "MiB"], &rows, NOTE);
}

const NOTE: &str = "Of the service resident memory; of a session, driver and browser, the \
    proportional share, after 20 pages each. Timetables of eight classes; they come from the API \
    source, which keeps the same.";

/// Memory of drivers and browsers after a few pages.
async fn others(site: &Site, settings: &[(&str, String)]) -> f64 {
    let service = Service::start(site, settings);
    service.rate(site, 60, 6).await;
    let memory = service.memory_of_others();
    service.stop();
    memory
}

/// The service with nothing kept and with so many timetables kept.
async fn service_and_cache(site: &Site, kept: usize) -> Vec<Vec<String>> {
    let service = Service::start(site, &[("GONGGANG_SOURCE", "api".to_owned())]);
    service.read(CACHED).await;
    let before = service.memory();
    service.rate(site, kept, 8).await;
    let after = service.memory();
    service.stop();
    let each = (after - before) * 1024.0 / kept as f64;
    vec![
        vec!["the service".to_owned(), short(before)],
        vec![format!("the service, {kept} timetables kept"), short(after)],
        vec!["a kept timetable".to_owned(), format!("{each:.1} KiB")],
    ]
}
