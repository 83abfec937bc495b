//! Points such as N=1e9,S=8 in `--at`.

use scalewise::Result;
use scalewise::internal::read_named;
use std::collections::BTreeMap;

/// Whether `--at` has points of a law of several columns.
pub fn are_given(at: &[String]) -> bool {
    at.iter().any(|part| part.contains('='))
}

/// The points of `--at` before the law is known, which checks the names later.
pub fn read(at: &[String]) -> Result<Vec<BTreeMap<String, f64>>> {
    grouped(at).iter().map(|text| read_named(text)).collect()
}

/// The parts of `--at` grouped into points: a repeated name begins the next point.
pub fn grouped(parts: &[String]) -> Vec<String> {
    let mut points: Vec<Vec<&String>> = Vec::new();
    let name = |part: &str| part.split('=').next().unwrap_or_default().trim().to_owned();
    for part in parts {
        match points.last_mut() {
            Some(point) if point.iter().all(|other| name(other) != name(part)) => point.push(part),
            _ => points.push(vec![part]),
        }
    }
    let joined = |point: &Vec<&String>| {
        let parts: Vec<&str> = point.iter().map(|part| part.as_str()).collect();
        parts.join(",")
    };
    points.iter().map(joined).collect()
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn a_name_that_comes_again_begins_a_point() {
        let parts = ["N=1", "S=2", "N=3", "S=4"].map(str::to_owned);
        assert_eq!(grouped(&parts), ["N=1,S=2", "N=3,S=4"]);
        assert_eq!(
            grouped(&["N=1".to_owned(), "N=2".to_owned()]),
            ["N=1", "N=2"]
        );
        assert_eq!(
            grouped(&["1e24".to_owned(), "S=2".to_owned()]),
            ["1e24,S=2"]
        );
    }
}
