//! The canonical order of runs.
//!
//! A table of runs is a set: its meaning does not depend on the order of its rows. Sums of
//! floating-point numbers and choices among equals do depend on an order. So everything is computed
//! from runs in this order, which depends only on their values.

use super::run::Run;
use std::cmp::Ordering;

/// Compares two runs by the variable of the law, then by every other value. Runs that are equal
/// here can change places without changing any result. The name comes before the loss, so that a
/// table that lists repetitions by seed is already in canonical order.
pub(crate) fn by_value(a: &Run, b: &Run) -> Ordering {
    let optional = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => a.is_some().cmp(&b.is_some()),
    };
    (a.x.total_cmp(&b.x))
        .then_with(|| optional(a.params, b.params))
        .then_with(|| optional(a.tokens, b.tokens))
        .then_with(|| optional(a.unique_tokens, b.unique_tokens))
        .then_with(|| optional(a.budget, b.budget))
        .then_with(|| by_columns(a, b))
        .then_with(|| by_name(name(a), name(b)))
        .then_with(|| a.pair.cmp(&b.pair))
        .then_with(|| a.loss.total_cmp(&b.loss))
        .then_with(|| optional(a.sigma, b.sigma))
}

/// Compares the further columns of the runs, one by one.
fn by_columns(a: &Run, b: &Run) -> Ordering {
    let columns = a.columns.iter().zip(&b.columns);
    let mut compared = columns.map(|((name, value), (other, beside))| {
        name.cmp(other).then_with(|| value.total_cmp(beside))
    });
    let first = compared.find(|order| order.is_ne());
    first.unwrap_or_else(|| a.columns.len().cmp(&b.columns.len()))
}

/// The run or model that a row belongs to; empty without a name.
fn name(run: &Run) -> &str {
    run.group.as_deref().unwrap_or_default()
}

/// The runs in canonical order; equal runs keep their relative order.
pub(crate) fn in_order<'a>(runs: impl IntoIterator<Item = &'a Run>) -> Vec<&'a Run> {
    let mut runs: Vec<&Run> = runs.into_iter().collect();
    runs.sort_by(|a, b| by_value(a, b));
    runs
}

/// Compares names naturally: a number inside a name counts by its value, so `p2` comes before
/// `p10`.
pub(crate) fn by_name(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    while let (Some(p), Some(q)) = (left.chars().next(), right.chars().next()) {
        let (one, other) = (digits(left), digits(right));
        let (compared, ends) = match one.is_empty() || other.is_empty() {
            true => (p.cmp(&q), (p.len_utf8(), q.len_utf8())),
            false => (by_number(one, other), (one.len(), other.len())),
        };
        if compared.is_ne() {
            return compared;
        }
        (left, right) = (&left[ends.0..], &right[ends.1..]);
    }
    // 7 and 07 are the same number but different names.
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

/// The leading digits of a text.
fn digits(text: &str) -> &str {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    &text[..end]
}

/// Compares whole numbers of any length.
fn by_number(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_one_size_are_ordered_by_their_other_columns() {
        let data = crate::Dataset::of_compute(&[1e18, 1e18, 1e18], &[3.0, 3.0, 3.0])
            .and_then(|data| data.column("lr", &[3.0, -1.0, 2.0]))
            .unwrap_or_else(|error| unreachable!("{error}"));
        let ordered = in_order(data.runs());
        let found: Vec<Option<f64>> = ordered.iter().map(|run| run.column("lr")).collect();
        assert_eq!(found, [Some(-1.0), Some(2.0), Some(3.0)]);
    }

    #[test]
    fn names_count_numbers_by_their_value() {
        let mut names = [
            "p10",
            "p2",
            "q1",
            "p2b",
            "p",
            "p02",
            "",
            "é3",
            "HumanEval/9",
            "HumanEval/10",
        ];
        names.sort_by(|a, b| by_name(a, b));
        let wanted = [
            "",
            "HumanEval/9",
            "HumanEval/10",
            "p",
            "p02",
            "p2",
            "p2b",
            "p10",
            "q1",
            "é3",
        ];
        assert_eq!(names, wanted);
    }
}
