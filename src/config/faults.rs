//! Settings that cannot be used: all of them, not only the first.

use std::borrow::Cow;

/// One setting that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {why}")]
pub struct SettingFault {
    /// Its variable.
    pub variable: Cow<'static, str>,
    /// What is wrong with it and what it takes.
    pub why: String,
}

/// Faults gathered on the way.
#[derive(Default)]
pub(super) struct Faults(Vec<SettingFault>);

impl Faults {
    pub(super) fn add(&mut self, variable: impl Into<Cow<'static, str>>, why: String) {
        let variable = variable.into();
        self.0.push(SettingFault { variable, why });
    }

    /// The value, or `None` and one fault more.
    pub(super) fn check<T>(
        &mut self,
        variable: &'static str,
        value: Result<T, String>,
    ) -> Option<T> {
        value.map_err(|why| self.add(variable, why)).ok()
    }

    pub(super) fn none_or<T>(
        self,
        build: impl FnOnce() -> Option<T>,
    ) -> Result<T, Vec<SettingFault>> {
        match build() {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }
}
