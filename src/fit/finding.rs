//! Shared by the modules that look for findings.

/// One-sided level of each test. `docs/diagnoses.md` gives the level of all of them together.
pub(super) const ALARM: f64 = 0.002;

/// An end of a range as it is typed: blank if there is no limit.
pub(super) fn end(value: f64) -> String {
    match value.is_finite() {
        true => value.to_string(),
        false => String::new(),
    }
}
