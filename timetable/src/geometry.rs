//! Where the page draws a class, and the time that a drawn block means.
//!
//! With P pixels an hour, s and e the start and end in 5-minute units, the page's own script sets
//! `top = P*⌊s/12⌋ + ⌊P*(s mod 12)/12⌋` from midnight and
//! `height = round_half_up(P*(e−s)/12) + 1`, the one pixel being a border (measured on the page,
//! see `docs/page.md`). Both lose less than a pixel, which is less than half a unit at any accepted
//! [`Scale`], so the inverse is exact.

use super::mismatch::{Check, Mismatch};
use super::scale::Scale;
use super::time::{TimeOfDay, TimeRange, UNITS_PER_DAY, UNITS_PER_HOUR};

/// The border that the page adds to a block's height, in CSS pixels.
const BORDER: f64 = 1.0;
/// Floating-point and sub-pixel noise, in CSS pixels.
const NOISE: f64 = 0.05;

/// `top` of a class that starts at `start`, in CSS pixels from midnight.
pub fn block_top(scale: Scale, start: TimeOfDay) -> f64 {
    let p = scale.pixels_per_hour();
    let (hours, units) = (
        start.units() / UNITS_PER_HOUR,
        start.units() % UNITS_PER_HOUR,
    );
    p * f64::from(hours) + (p * f64::from(units) / f64::from(UNITS_PER_HOUR)).floor()
}

/// `height` of a class of this length, in CSS pixels.
pub fn block_height(scale: Scale, range: TimeRange) -> f64 {
    (scale.pixels_per_unit() * f64::from(range.units()) + 0.5).floor() + BORDER
}

/// The time that a block of this `top` and `height` (CSS pixels) stands for.
///
/// # Errors
/// [`Check::Block`] if the block fits no 5-minute time within the page's own rounding, or leaves the
/// day.
pub fn range_of_block(scale: Scale, top: f64, height: f64) -> Result<TimeRange, Mismatch> {
    let unit = scale.pixels_per_unit();
    let start = nearest_unit(top / unit).ok_or_else(|| outside_day("top", top))?;
    let length =
        nearest_unit((height - BORDER) / unit).ok_or_else(|| outside_day("height", height))?;
    // The page rounds the offset within the hour down, so a block is never below its exact place.
    let off_start = top - f64::from(start) * unit;
    if !(-1.0 - NOISE..=NOISE).contains(&off_start) {
        return Err(misfit("top", f64::from(start) * unit, top));
    }
    let off_length = height - BORDER - f64::from(length) * unit;
    if off_length.abs() > 0.5 + NOISE {
        return Err(misfit("height", f64::from(length) * unit + BORDER, height));
    }
    let end = start.checked_add(length).and_then(TimeOfDay::from_units);
    TimeOfDay::from_units(start)
        .zip(end)
        .and_then(|(start, end)| TimeRange::new(start, end))
        .ok_or_else(|| outside_day("height", height))
}

/// `None` unless the value rounds to a unit of the day.
fn nearest_unit(units: f64) -> Option<u16> {
    let rounded = units.round();
    (0.0..=f64::from(UNITS_PER_DAY))
        .contains(&rounded)
        .then_some(rounded as u16)
}

fn outside_day(what: &str, found: f64) -> Mismatch {
    Mismatch::new(Check::Block, format!("{what} inside the day"), found)
}

fn misfit(what: &str, nearest: f64, found: f64) -> Mismatch {
    Mismatch::new(
        Check::Block,
        format!("{what} on the 5-minute grid, nearest {nearest:.3} px"),
        found,
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scale(pixels: f64) -> Scale {
        Scale::new(pixels).unwrap()
    }

    fn range(start: &str, end: &str) -> TimeRange {
        TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    fn units(start: u16, end: u16) -> TimeRange {
        TimeRange::new(
            TimeOfDay::from_units(start).unwrap(),
            TimeOfDay::from_units(end).unwrap(),
        )
        .unwrap()
    }

    /// Measured on the page: start, end, height and top at 50 px, height and top at 60 px.
    const MEASURED: [(&str, &str, [f64; 4]); 7] = [
        ("09:00", "10:15", [64.0, 450.0, 76.0, 540.0]),
        ("12:30", "13:45", [64.0, 625.0, 76.0, 750.0]),
        ("13:15", "14:30", [64.0, 662.0, 76.0, 795.0]),
        ("09:25", "10:40", [64.0, 470.0, 76.0, 565.0]),
        ("14:00", "14:50", [43.0, 700.0, 51.0, 840.0]),
        ("08:00", "08:50", [43.0, 400.0, 51.0, 480.0]),
        ("22:00", "24:00", [101.0, 1100.0, 121.0, 1320.0]),
    ];

    #[test]
    fn the_formula_gives_every_measured_block() {
        for (start, end, [h50, t50, h60, t60]) in MEASURED {
            let range = range(start, end);
            for (p, height, top) in [(50.0, h50, t50), (60.0, h60, t60)] {
                let drawn = (
                    block_top(scale(p), range.start()),
                    block_height(scale(p), range),
                );
                assert_eq!(drawn, (top, height), "{start} at {p}");
            }
        }
    }

    #[test]
    fn every_start_and_end_on_the_grid_is_read_back_at_every_scale() {
        for p in [25.0, 40.0, 50.0, 52.5, 55.0, 60.0, 62.5, 75.0, 100.0] {
            for start in 0..UNITS_PER_DAY {
                for end in start + 1..=UNITS_PER_DAY {
                    let range = units(start, end);
                    let (top, height) = (
                        block_top(scale(p), range.start()),
                        block_height(scale(p), range),
                    );
                    assert_eq!(range_of_block(scale(p), top, height), Ok(range));
                }
            }
        }
    }

    #[test]
    fn a_block_drawn_without_rounding_is_read_as_well() {
        let exact = range_of_block(scale(50.0), 50.0 * 113.0 / 12.0, 62.5 + 1.0);
        assert_eq!(exact, Ok(range("09:25", "10:40")));
    }

    #[test]
    fn a_block_off_the_grid_is_refused_not_rounded() {
        for (top, height) in [
            (452.0, 51.0),
            (450.0, 53.0),
            (448.0, 51.0),
            (-50.0, 51.0),
            (1150.0, 101.0),
            (1200.0, 51.0),
            (450.0, 1.0),
            (450.0, 0.0),
            (f64::NAN, 51.0),
            (450.0, f64::INFINITY),
        ] {
            let refused = range_of_block(scale(50.0), top, height).map_err(|m| m.check);
            assert_eq!(refused, Err(Check::Block), "{top} {height}");
        }
    }

    proptest! {
        /// With any numbers, an accepted block is where its time says, to the pixel.
        #[test]
        fn an_accepted_block_is_never_a_pixel_from_its_time(
            p in 25.0..200.0f64, top in -100.0..5000.0f64, height in -10.0..5000.0f64,
        ) {
            let scale = scale(p);
            if let Ok(range) = range_of_block(scale, top, height) {
                let exact = f64::from(range.start().units()) * scale.pixels_per_unit();
                prop_assert!((top - exact).abs() <= 1.0 + NOISE);
                let length = f64::from(range.units()) * scale.pixels_per_unit();
                prop_assert!((height - 1.0 - length).abs() <= 0.5 + NOISE);
            }
        }
    }
}
