//! Comparing pixels that were laid out with those that were meant.

/// Whether `found` is within `tolerance` of `expected`; never for what is not a number.
pub(super) fn is_near(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance
}
