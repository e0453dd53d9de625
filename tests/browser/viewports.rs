//! However wide the window is, a timetable is the same.

use crate::support::reader::Reader;
use crate::support::{Site, expected, fixtures};
use serde_json::{Value, json};
use webdriver_fleet::BrowserConfig;

const FIXTURES: [&str; 6] = [
    "weekday",
    "sunday",
    "saturday",
    "periods-left",
    "half-hour-axis",
    "until-midnight",
];

fn window(width: u32, args: &[String]) -> BrowserConfig {
    BrowserConfig {
        viewport: (width, 1000),
        extra_args: args.to_vec(),
        ..BrowserConfig::default()
    }
}

/// What was read otherwise than expected; a page that is refused counts as such.
async fn differences(site: &Site, reader: &Reader) -> Vec<String> {
    let mut wrong = Vec::new();
    for name in FIXTURES {
        let fixture = site.fixtures.named(name).unwrap();
        let expected = expected(&fixtures().join(name));
        let found = match reader.read(&fixture.identifier).await {
            Ok(timetable) => serde_json::to_value(timetable).unwrap(),
            Err(fault) => Value::from(fault.to_string()),
        };
        if found != expected["timetable"] {
            wrong.push(format!("{name}: {found}"));
        }
    }
    wrong
}

/// One for each scale of the page.
#[tokio::test]
async fn a_narrow_a_usual_and_a_wide_window_give_the_same_answer() {
    widths_agree(&[500, 910, 1367]).await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn every_width_gives_the_same_answer() {
    widths_agree(&[500, 780, 910, 1366, 1367, 1920]).await;
}

async fn widths_agree(widths: &[u32]) {
    let site = Site::start(&fixtures()).await;
    for &width in widths {
        let reader = Reader::start(&site, window(width, &[])).await;
        assert_eq!(reader.evaluate("innerWidth").await, json!(width));
        let wrong = differences(&site, &reader).await;
        assert!(wrong.is_empty(), "{width} px:\n{}", wrong.join("\n"));
        reader.stop().await;
    }
}

#[tokio::test]
async fn a_fractional_pixel_density_gives_the_same_answer() {
    densities_agree(&[1.25]).await;
}

#[tokio::test]
#[ignore = "make test-all"]
async fn every_pixel_density_gives_the_same_answer() {
    densities_agree(&[1.25, 2.0]).await;
}

/// A ratio of 1.25 makes layout fall between whole CSS pixels; the tolerances must take that.
async fn densities_agree(ratios: &[f64]) {
    let site = Site::start(&fixtures()).await;
    for &ratio in ratios {
        let argument = format!("--force-device-scale-factor={ratio}");
        let reader = Reader::start(&site, window(910, &[argument])).await;
        let found = reader.evaluate("devicePixelRatio").await;
        assert_eq!(found.as_f64(), Some(ratio));
        let wrong = differences(&site, &reader).await;
        assert!(wrong.is_empty(), "ratio {ratio}:\n{}", wrong.join("\n"));
        reader.stop().await;
    }
}
