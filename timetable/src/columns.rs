//! The weekday of each drawn column, from its position.
//!
//! The page always has seven cells, Monday first, and hides those of an unused weekend. The width gives
//! the number of days only at one viewport (94, 79 and 67 px for 5, 6 and 7 days on a page about 910 px
//! wide). The ratio of a column's offset to its width gives the weekday at any viewport.

use serde::{Deserialize, Serialize};

use super::mismatch::{Check, Mismatch};
use super::near::is_near;
use super::time::Weekday;

/// Largest difference between the widths of two columns, in CSS pixels: a table gives its remaining whole
/// pixels to some of its columns.
const WIDTH_TOLERANCE: f64 = 2.0;

/// One column: its header cell and its body cell. Horizontal figures are CSS pixels in the
/// viewport.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnReading {
    /// Text of the header cell, `월` to `일`.
    pub label: String,
    /// Left edge of the header cell.
    pub header_left: f64,
    /// Whether the header cell is hidden.
    pub header_hidden: bool,
    /// Left edge of the body cell.
    pub left: f64,
    /// Width of the body cell.
    pub width: f64,
    /// Whether the body cell is hidden.
    pub hidden: bool,
}

impl ColumnReading {
    /// Right edge of the body cell.
    pub fn right(&self) -> f64 {
        self.left + self.width
    }
}

/// The days shown, Monday first.
///
/// # Errors
/// [`Check::Columns`] if there are not seven, the labels are not Monday to Sunday, header and body
/// differ, or the page cannot show this set of days; [`Check::ColumnOrder`] if the columns are not drawn
/// in that order, side by side and equally wide.
pub fn shown_days(columns: &[ColumnReading]) -> Result<Vec<Weekday>, Mismatch> {
    if columns.len() != Weekday::ALL.len() {
        return Err(Mismatch::new(Check::Columns, 7, columns.len()));
    }
    for (day, column) in Weekday::ALL.into_iter().zip(columns) {
        check_header(day, column)?;
    }
    let days: Vec<_> = Weekday::ALL
        .into_iter()
        .filter(|d| !columns[d.index()].hidden)
        .collect();
    // Always Monday to Friday; a Sunday class shows Saturday too. So the shown days have no gap.
    if days.len() < 5 || days != Weekday::ALL[..days.len()] {
        return Err(Mismatch::new(
            Check::Columns,
            "Monday to Friday, Saturday or Sunday",
            days.len(),
        ));
    }
    check_places(&columns[..days.len()])?;
    Ok(days)
}

/// How many columns of this width share the space. At the page's reference viewport 470 px are shared,
/// so 94, 79 and 67 px mean 5, 6 and 7 days.
pub fn count_by_width(shared: f64, width: f64) -> usize {
    (shared / width).round() as usize
}

fn check_header(day: Weekday, column: &ColumnReading) -> Result<(), Mismatch> {
    let index = day.index();
    if !column.label.trim().starts_with(day.korean()) {
        return Err(Mismatch::new(
            Check::Columns,
            format!("column {index} headed by its day"),
            "another label",
        ));
    }
    if column.header_hidden != column.hidden {
        return Err(Mismatch::new(
            Check::Columns,
            format!("column {index} hidden: {}", column.hidden),
            column.header_hidden,
        ));
    }
    Ok(())
}

/// The n-th shown column stands n widths from the first, in the body and in the header.
fn check_places(shown: &[ColumnReading]) -> Result<(), Mismatch> {
    let first = &shown[0];
    let shared = shown.iter().map(|column| column.width).sum::<f64>();
    let width = shared / shown.len() as f64;
    for (index, column) in shown.iter().enumerate() {
        if width <= WIDTH_TOLERANCE || !is_near(column.width, width, WIDTH_TOLERANCE) {
            return Err(Mismatch::new(
                Check::ColumnOrder,
                format!("column {index} {width} px wide"),
                column.width,
            ));
        }
        for offset in [
            column.left - first.left,
            column.header_left - first.header_left,
        ] {
            if !is_near(offset / width, index as f64, 0.5) {
                return Err(Mismatch::new(
                    Check::ColumnOrder,
                    format!("column {index} in its place"),
                    offset,
                ));
            }
        }
    }
    if count_by_width(shown[shown.len() - 1].right() - first.left, width) != shown.len() {
        return Err(Mismatch::new(
            Check::ColumnOrder,
            format!("{} columns side by side", shown.len()),
            width,
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page whose first column begins at `left` and whose `days` columns are `width` px wide.
    fn page(days: usize, left: f64, width: f64) -> Vec<ColumnReading> {
        (0..7)
            .map(|i| {
                let hidden = i >= days;
                let left = if hidden { 0.0 } else { left + width * i as f64 };
                ColumnReading {
                    label: Weekday::ALL[i].korean().to_owned(),
                    header_left: left,
                    header_hidden: hidden,
                    left,
                    width: if hidden { 0.0 } else { width },
                    hidden,
                }
            })
            .collect()
    }

    #[test]
    fn columns_are_named_at_any_width_and_beside_any_axis() {
        for (days, width) in [
            (5, 94.0),
            (6, 79.0),
            (7, 67.0),
            (5, 66.0),
            (6, 55.0),
            (7, 47.0),
            (5, 181.6),
        ] {
            for left in [0.0, 62.0, 140.5] {
                let shown = shown_days(&page(days, left, width));
                assert_eq!(
                    shown.as_deref(),
                    Ok(&Weekday::ALL[..days]),
                    "{days} × {width}"
                );
            }
        }
    }

    #[test]
    fn the_three_reference_widths_name_five_six_and_seven_days() {
        for (width, days) in [(94.0, 5), (79.0, 6), (67.0, 7)] {
            assert_eq!(count_by_width(470.0, width), days);
        }
    }

    #[test]
    fn columns_out_of_place_are_refused() {
        let spoil = |spoil: fn(&mut Vec<ColumnReading>)| {
            let mut columns = page(5, 62.0, 94.0);
            spoil(&mut columns);
            shown_days(&columns).map_err(|mismatch| mismatch.check)
        };
        assert_eq!(spoil(|c| drop(c.pop())), Err(Check::Columns));
        assert_eq!(spoil(|c| c.push(c[6].clone())), Err(Check::Columns));
        assert_eq!(spoil(|c| c.swap(0, 1)), Err(Check::Columns));
        assert_eq!(spoil(|c| c[2].hidden = true), Err(Check::Columns));
        assert_eq!(spoil(|c| c[5].header_hidden = false), Err(Check::Columns));
        let sunday_alone = |c: &mut Vec<ColumnReading>| {
            let sunday = &mut c[6];
            (sunday.hidden, sunday.header_hidden, sunday.width) = (false, false, 94.0);
        };
        assert_eq!(spoil(sunday_alone), Err(Check::Columns));
        assert_eq!(spoil(|c| c[3].width = 188.0), Err(Check::ColumnOrder));
        assert_eq!(
            spoil(|c| c.iter_mut().for_each(|c| c.left = -c.left)),
            Err(Check::ColumnOrder)
        );
        assert_eq!(
            spoil(|c| c.iter_mut().for_each(|c| c.width = f64::NAN)),
            Err(Check::ColumnOrder)
        );
        assert_eq!(
            spoil(|c| c.iter_mut().for_each(|c| c.width = 0.0)),
            Err(Check::ColumnOrder)
        );
        let swapped_in_place = |c: &mut Vec<ColumnReading>| {
            let (monday, tuesday) = (c[0].left, c[1].left);
            (c[0].left, c[1].left) = (tuesday, monday);
        };
        assert_eq!(spoil(swapped_in_place), Err(Check::ColumnOrder));
    }
}
