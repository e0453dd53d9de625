//! Prints what a fleet costs: time to ready, a warm visit, visits a second.
//!
//! `cargo run -p webdriver-fleet --example measure -- [URL] [SLOTS] [VISITS] [CALLERS]`

use std::{
    env,
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

use webdriver_fleet::{Fleet, FleetConfig, Visit};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let url = args
        .next()
        .unwrap_or_else(|| "data:text/html,<p>x".into())
        .parse()?;
    let slots = args.next().unwrap_or_else(|| "1".into()).parse()?;
    let visits: u32 = args.next().unwrap_or_else(|| "200".into()).parse()?;
    let callers: u32 = args.next().map_or(Ok(slots as u32), |text| text.parse())?;
    let began = Instant::now();
    let config = FleetConfig {
        slots,
        ..FleetConfig::default()
    };
    let fleet = Arc::new(Fleet::start(config).await?);
    println!("ready after {:?}", began.elapsed());
    let visit = Visit {
        url,
        script: "arguments[arguments.length - 1](document.title)".into(),
        args: vec![],
        is_final: None,
        page_timeout: Duration::from_secs(10),
        deadline: Instant::now() + Duration::from_mins(10),
    };
    let began = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..callers {
        let (fleet, visit) = (Arc::clone(&fleet), visit.clone());
        tasks.spawn(async move { visit_often(&fleet, &visit, visits / callers).await });
    }
    let mut times = tasks.join_all().await.concat();
    let took = began.elapsed();
    times.sort_unstable();
    println!(
        "median {:?}, last decile {:?}",
        times[times.len() / 2],
        times[times.len() * 9 / 10]
    );
    println!(
        "{:.1} visits a second on {slots} slots",
        times.len() as f64 / took.as_secs_f64()
    );
    println!("{:#?}", fleet.status());
    fleet.shutdown(Duration::from_secs(5)).await;
    Ok(())
}

/// Times of navigation and script, without the wait for the cleaning of the visit before.
async fn visit_often(fleet: &Fleet, visit: &Visit, visits: u32) -> Vec<Duration> {
    let mut times = Vec::new();
    for _ in 0..visits {
        match fleet.visit(visit.clone()).await {
            Ok(visited) => times.push(visited.timings.navigate + visited.timings.script),
            Err(error) => println!("{error}"),
        }
    }
    times
}
