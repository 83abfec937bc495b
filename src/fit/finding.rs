//! What the files that look for findings share.

/// One-sided level of each test: `docs/diagnoses.md` shows what all of them together come to.
pub(super) const ALARM: f64 = 0.002;

/// An end of a range as it is typed: blank where there is no limit.
pub(super) fn end(value: f64) -> String {
    match value.is_finite() {
        true => value.to_string(),
        false => String::new(),
    }
}
