//! The page's vertical scale, read from its own axis of hours.

use serde::{Deserialize, Serialize};

use super::mismatch::{Check, Mismatch};
use super::near::is_near;
use super::time::UNITS_PER_HOUR;

/// Smallest scale at which a rounding error of one pixel is less than half a 5-minute unit.
const MIN_PIXELS_PER_HOUR: f64 = 2.0 * UNITS_PER_HOUR as f64 + 1.0;
/// Largest plausible scale; beyond it the axis was misread.
const MAX_PIXELS_PER_HOUR: f64 = 600.0;
/// Largest distance of an axis row from the common pitch, in CSS pixels: sub-pixel layout only.
const PITCH_TOLERANCE: f64 = 0.25;
/// Largest difference between the height of a row and the pitch, in CSS pixels: a border more or less.
const HEIGHT_TOLERANCE: f64 = 2.0;

/// CSS pixels per hour.
///
/// The page uses 50 if the viewport is 641 to 1366 px wide, else 60. Other values are accepted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale(f64);

/// One row of the axis, in CSS pixels from the top of the table's row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AxisRow {
    /// Upper edge.
    pub top: f64,
    /// Height of the box, borders included.
    pub height: f64,
    /// `오전 9시` on the hourly axis, `09:30` on the half-hourly one.
    pub label: String,
}

impl Scale {
    /// `None` outside the range that can be read.
    pub fn new(pixels_per_hour: f64) -> Option<Self> {
        let whole = pixels_per_hour.round();
        // Layout works in 1/64 px: a measured 49.984 is the page's 50.
        let pixels = if (pixels_per_hour - whole).abs() < 1.0 / 50.0 {
            whole
        } else {
            pixels_per_hour
        };
        (MIN_PIXELS_PER_HOUR..=MAX_PIXELS_PER_HOUR)
            .contains(&pixels)
            .then_some(Self(pixels))
    }

    /// The scale of an axis of 24 rows of an hour or 48 of half an hour, evenly spaced from midnight.
    ///
    /// # Errors
    /// [`Check::Axis`] for another number of rows, uneven rows or a label with another time than its row;
    /// [`Check::Scale`] for a scale outside the range.
    pub fn from_axis(rows: &[AxisRow]) -> Result<Self, Mismatch> {
        let rows_per_hour = match rows.len() {
            24 => 1.0,
            48 => 2.0,
            other => return Err(Mismatch::new(Check::Axis, "24 or 48 rows", other)),
        };
        let pitch = (rows[rows.len() - 1].top - rows[0].top) / (rows.len() - 1) as f64;
        for (index, row) in rows.iter().enumerate() {
            check_row(row, index, pitch, 60 / rows_per_hour as u16)?;
        }
        Self::new(pitch * rows_per_hour).ok_or_else(|| {
            Mismatch::new(Check::Scale, "25 to 600 px an hour", pitch * rows_per_hour)
        })
    }

    /// CSS pixels per hour.
    pub fn pixels_per_hour(self) -> f64 {
        self.0
    }

    /// CSS pixels per 5-minute unit.
    pub fn pixels_per_unit(self) -> f64 {
        self.0 / f64::from(UNITS_PER_HOUR)
    }

    /// Height of a day in CSS pixels.
    pub fn pixels_per_day(self) -> f64 {
        self.0 * 24.0
    }
}

/// Checks position, height and label of a row.
fn check_row(row: &AxisRow, index: usize, pitch: f64, minutes: u16) -> Result<(), Mismatch> {
    let expected = pitch * index as f64;
    if !is_near(row.top, expected, PITCH_TOLERANCE) {
        return Err(Mismatch::new(
            Check::Axis,
            format!("row {index} at {expected} px"),
            row.top,
        ));
    }
    if !is_near(row.height, pitch, HEIGHT_TOLERANCE) {
        return Err(Mismatch::new(
            Check::Axis,
            format!("row {index} {pitch} px high"),
            row.height,
        ));
    }
    match minutes_named_by(&row.label) {
        Some(named) if named != index as u16 * minutes => Err(Mismatch::new(
            Check::Axis,
            format!("row {index} labelled as minute {}", index as u16 * minutes),
            named,
        )),
        _ => Ok(()),
    }
}

/// Minutes since midnight of an axis label; `None` for an unknown wording.
fn minutes_named_by(label: &str) -> Option<u16> {
    let label = label.trim();
    if let Some((hours, minutes)) = label.split_once(':') {
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        // A time beyond the day equals no row's time, so the label is refused.
        return Some(hours.saturating_mul(60).saturating_add(minutes));
    }
    let (half, hour) = label.strip_suffix('시')?.split_once(' ')?;
    let hour: u16 = hour.parse().ok().filter(|hour| *hour <= 23)?;
    match half {
        "오전" => Some(hour % 12 * 60),
        // The page may write 1 p.m. as 오후 1시 or 오후 13시.
        "오후" => Some((hour % 12 + 12) * 60),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(rows: usize, pitch: f64) -> Vec<AxisRow> {
        let label = |i: usize| match (rows, i) {
            (24, 0..12) => format!("오전 {i}시"),
            (24, 12) => "오후 12시".to_owned(),
            (24, _) => format!("오후 {}시", i - 12),
            _ => format!("{:02}:{:02}", i / 2, i % 2 * 30),
        };
        (0..rows)
            .map(|i| AxisRow {
                top: pitch * i as f64,
                height: pitch,
                label: label(i),
            })
            .collect()
    }

    #[test]
    fn twenty_four_rows_are_hours_and_forty_eight_are_halves() {
        for scale in [50.0, 60.0, 55.0, 75.0, 62.5] {
            assert_eq!(Scale::from_axis(&axis(24, scale)), Ok(Scale(scale)));
            assert_eq!(Scale::from_axis(&axis(48, scale / 2.0)), Ok(Scale(scale)));
        }
    }

    #[test]
    fn sub_pixel_layout_of_a_whole_scale_is_that_scale() {
        assert_eq!(Scale::from_axis(&axis(24, 49.984_375)), Ok(Scale(50.0)));
    }

    fn check_of(rows: &[AxisRow]) -> Check {
        Scale::from_axis(rows).unwrap_err().check
    }

    #[test]
    fn an_axis_that_cannot_be_trusted_is_refused() {
        assert_eq!(check_of(&[]), Check::Axis);
        assert_eq!(check_of(&axis(24, 50.0)[1..]), Check::Axis);
        assert_eq!(check_of(&axis(24, 10.0)), Check::Scale);
        assert_eq!(check_of(&axis(24, f64::NAN)), Check::Axis);
        let mut uneven = axis(24, 50.0);
        uneven[7].top += 1.0;
        assert_eq!(check_of(&uneven), Check::Axis);
        let mut tall = axis(24, 50.0);
        tall[7].height = 75.0;
        assert_eq!(check_of(&tall), Check::Axis);
        let mut shifted = axis(24, 50.0);
        shifted[9].label = "오전 8시".to_owned();
        assert_eq!(check_of(&shifted), Check::Axis);
        // Found by fuzzing: in 16 bits 66076 minutes are 540, which is 09:00.
        for label in ["1101:16", "51615:00", "65535:65535"] {
            shifted[9].label = label.to_owned();
            assert_eq!(check_of(&shifted), Check::Axis);
        }
    }

    #[test]
    fn labels_in_other_words_are_left_to_the_other_checks() {
        let mut english = axis(24, 50.0);
        english[9].label = "9 AM".to_owned();
        assert!(Scale::from_axis(&english).is_ok());
    }
}
