//! Compares a forecast that is derived again with the registered one.

use crate::code::Code;
use serde::Deserialize;
use serde_json::Value;

/// Largest relative difference that counts as agreement: instruction sets and mathematical
/// libraries change the last digits.
pub const TOLERANCE: f64 = 1e-9;

/// The comparison of two results.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Agreement {
    /// The same bytes.
    Identical,
    /// Every number within [`TOLERANCE`], everything else the same.
    Within {
        /// The largest relative difference.
        #[doc(hidden)]
        largest: f64,
        /// Where it is.
        #[doc(hidden)]
        at: String,
    },
    /// Something differs.
    Different {
        /// Where it differs.
        #[doc(hidden)]
        at: String,
        /// The registered value there.
        #[doc(hidden)]
        registered: String,
        /// The new value there.
        #[doc(hidden)]
        now: String,
    },
}

impl Agreement {
    /// Compares two results. It ignores sentences (`message`, `hint`, `reason`), the remedies that
    /// belong to them, and judgements of how reliable a result is, since other versions may have
    /// different ones.
    pub(crate) fn of(registered: &Value, now: &Value) -> Agreement {
        // Compares bytes and not values, since 0 and -0 are equal numbers.
        let (registered, now) = (without_sentences(registered), without_sentences(now));
        let bytes = |value: &Value| value.to_string();
        if bytes(&registered) == bytes(&now) {
            return Agreement::Identical;
        }
        let mut largest = (0.0, String::new());
        match first_difference(&registered, &now, "", &mut largest) {
            Some((at, registered, now)) => Agreement::Different {
                at,
                registered,
                now,
            },
            None => Agreement::Within {
                largest: largest.0,
                at: largest.1,
            },
        }
    }
}

/// Findings about a target and its cost, or about single problems, that earlier versions do not
/// have.
const ABOUT_TARGETS: [Code; 10] = [
    Code::ComputeNot6nd,
    Code::CostBelow6nd,
    Code::CostCurved,
    Code::CostExtrapolated,
    Code::OneRunDecides,
    Code::ProblemsTurn,
    Code::RatioOutsideRuns,
    Code::TargetBelowRuns,
    Code::TargetFarBeyond,
    Code::UnitsSuspect,
];

/// Whether a value is a finding about rows, or one of `ABOUT_TARGETS`.
fn is_about_rows(value: &Value) -> bool {
    let code = value.get("severity").and(value.get("code"));
    let code = code.and_then(|code| Code::deserialize(code).ok());
    code.is_some_and(|code| code.is_about_rows() || ABOUT_TARGETS.contains(&code))
}

/// The value with blank sentences, and without judgements, findings about rows and `ABOUT_TARGETS`.
fn without_sentences(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(key, _)| !JUDGEMENTS.contains(&key.as_str()))
            .map(|(key, field)| match SENTENCES.contains(&key.as_str()) {
                true if field.is_string() => (key.clone(), Value::String(String::new())),
                _ => (key.clone(), without_sentences(field)),
            })
            .collect(),
        Value::Array(items) => {
            let items = items.iter().filter(|item| !is_about_rows(item));
            items.map(without_sentences).collect()
        }
        other => other.clone(),
    }
}

const SENTENCES: [&str; 3] = ["message", "hint", "reason"];

/// Fields with judgements of the numbers and with intermediate results; earlier versions lack some
/// of them or judge differently.
const JUDGEMENTS: [&str; 12] = [
    "remedies",
    "trustworthy",
    "grade",
    "because",
    "record",
    "members",
    "sizes",
    "turning",
    "cost_model",
    "actuals",
    "replicates",
    "seed",
];

type Difference = (String, String, String);

fn first_difference(
    a: &Value,
    b: &Value,
    at: &str,
    largest: &mut (f64, String),
) -> Option<Difference> {
    let differ = || Some((at.to_owned(), a.to_string(), b.to_string()));
    match (a, b) {
        (Value::Object(p), Value::Object(q)) if p.keys().eq(q.keys()) => p
            .iter()
            .zip(q.values())
            .find_map(|((key, x), y)| first_difference(x, y, &format!("{at}/{key}"), largest)),
        (Value::Array(p), Value::Array(q)) if p.len() == q.len() => {
            let mut pairs = p.iter().zip(q).enumerate();
            pairs.find_map(|(k, (x, y))| first_difference(x, y, &format!("{at}/{k}"), largest))
        }
        (Value::Number(p), Value::Number(q)) => {
            let (Some(x), Some(y)) = (p.as_f64(), q.as_f64()) else {
                return differ();
            };
            let size = x.abs().max(y.abs());
            let relative = if size > 0.0 {
                (x - y).abs() / size
            } else {
                0.0
            };
            if relative > largest.0 {
                *largest = (relative, at.to_owned());
            }
            if relative <= TOLERANCE {
                None
            } else {
                differ()
            }
        }
        _ if a == b => None,
        _ => differ(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn findings_about_rows_may_be_new() {
        let finding = |code: &str| json!({"code": code, "severity": "warn"});
        let old = json!({"trustworthy": true, "diagnoses": []});
        let now = json!({"trustworthy": false, "diagnoses": [finding("run-far-off")]});
        assert_eq!(Agreement::of(&old, &now), Agreement::Identical);
        let other = json!({"trustworthy": true, "diagnoses": [finding("break")]});
        assert!(matches!(
            Agreement::of(&old, &other),
            Agreement::Different { .. }
        ));
    }

    #[test]
    fn judgements_may_be_others() {
        let old = json!({"trustworthy": false, "forecasts": [{"point": 1.5}]});
        let graded = json!({
            "point": 1.5, "grade": "high", "because": "it is narrow", "record": {"held": 0.9},
            "members": [{"name": "envelope", "point": 1.4}],
        });
        let now = json!({"trustworthy": true, "forecasts": [graded]});
        assert_eq!(Agreement::of(&old, &now), Agreement::Identical);
        let other = json!({"trustworthy": true, "forecasts": [{"point": 1.6}]});
        assert!(matches!(
            Agreement::of(&now, &other),
            Agreement::Different { .. }
        ));
    }

    #[test]
    fn numbers_may_differ_a_little_and_nothing_else_may() {
        let registered = json!({"a": [1.0, 2.0], "message": "F = 0.16", "name": "x"});
        assert_eq!(
            Agreement::of(&registered, &registered),
            Agreement::Identical
        );
        let close = json!({"a": [1.0, 2.000000001], "message": "F = 0.17", "name": "x"});
        match Agreement::of(&registered, &close) {
            Agreement::Within { largest, at } => {
                assert!((largest - 5e-10).abs() < 1e-15, "{largest}");
                assert_eq!(at, "/a/1");
            }
            other => unreachable!("{other:?}"),
        }
        for (other, place) in [
            (
                json!({"a": [1.0, 2.00000001], "message": "F = 0.16", "name": "x"}),
                "/a/1",
            ),
            (
                json!({"a": [1.0], "message": "F = 0.16", "name": "x"}),
                "/a",
            ),
            (
                json!({"a": [1.0, null], "message": "F = 0.16", "name": "x"}),
                "/a/1",
            ),
            (
                json!({"a": [1.0, 2.0], "message": "F = 0.16", "name": "y"}),
                "/name",
            ),
            (
                json!({"a": [1.0, 2.0], "message": null, "name": "x"}),
                "/message",
            ),
            (json!({"a": [1.0, 2.0]}), ""),
        ] {
            match Agreement::of(&registered, &other) {
                Agreement::Different { at, .. } => assert_eq!(at, place),
                agreed => unreachable!("{agreed:?}"),
            }
        }
    }
}
