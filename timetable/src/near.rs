//! Compares pixels.

/// Whether `found` is within `tolerance` of `expected`. False for NaN.
pub(super) fn is_near(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance
}
