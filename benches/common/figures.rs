//! Medians and spreads.

use std::time::Duration;

/// Durations of one kind of read.
#[derive(Default)]
pub struct Figures(Vec<Duration>);

impl Figures {
    pub fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// All of several.
    pub fn pooled<'a>(several: impl Iterator<Item = &'a Self>) -> Self {
        Self(several.flat_map(|one| &one.0).copied().collect())
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub fn median(&self) -> Duration {
        self.quantile(0.5)
    }

    pub fn most(&self) -> Duration {
        self.quantile(1.0)
    }

    /// How many times as long as `other`, by the medians.
    pub fn ratio(&self, other: &Self) -> f64 {
        self.median().as_secs_f64() / other.median().as_secs_f64()
    }

    /// The median, and the tenth and the ninetieth percentile behind it, in milliseconds.
    pub fn cell(&self) -> String {
        let millis = |q| self.quantile(q).as_secs_f64() * 1000.0;
        format!(
            "{} ({}–{})",
            short(millis(0.5)),
            short(millis(0.1)),
            short(millis(0.9))
        )
    }

    fn quantile(&self, q: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort();
        sorted[((sorted.len() - 1) as f64 * q).round() as usize]
    }
}

/// Events a second, a figure a round.
#[derive(Default)]
pub struct Rates(Vec<f64>);

impl Rates {
    pub fn add(&mut self, rate: f64) {
        self.0.push(rate);
    }

    pub fn median(&self) -> f64 {
        self.sorted()[self.0.len() / 2]
    }

    /// The median, and the least and the most behind it.
    pub fn cell(&self) -> String {
        let sorted = self.sorted();
        let [least, most] = [sorted[0], sorted[sorted.len() - 1]];
        format!(
            "{} ({}–{})",
            short(self.median()),
            short(least),
            short(most)
        )
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }
}

/// Three digits are enough for these measurements.
pub fn short(value: f64) -> String {
    match value.abs() {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
