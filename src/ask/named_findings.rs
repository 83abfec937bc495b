//! Findings about several answers, which name the answer that they are about.

use crate::fit::Diagnosis;

/// The findings about several answers. A finding that all of them have stays as it is; any other
/// says which answer it is about.
pub(super) fn each_named(all: &[(String, &[Diagnosis])]) -> Vec<Diagnosis> {
    let mut named: Vec<Diagnosis> = Vec::new();
    for (place, found) in all {
        for one in *found {
            let mut one = one.clone();
            if !all.iter().all(|(_, other)| other.contains(&one)) {
                one.message = format!("at {place}: {}", one.message);
            }
            if !named.contains(&one) {
                named.push(one);
            }
        }
    }
    named
}

/// As [`each_named`], but each code once: that of the first answer that has it.
pub(super) fn first_named(all: &[(String, &[Diagnosis])]) -> Vec<Diagnosis> {
    let mut first: Vec<Diagnosis> = Vec::new();
    for found in each_named(all) {
        if first.iter().all(|other| other.code != found.code) {
            first.push(found);
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;
    use crate::fit::Severity;

    #[test]
    fn a_finding_of_one_answer_names_it() {
        let found = |message: &str| Diagnosis::new(Code::AtBound, Severity::Note, message, "look");
        let (near, far) = (
            [found("both"), found("near")],
            [found("both"), found("far")],
        );
        let all = [
            ("1e20".to_owned(), &near[..]),
            ("1e22".to_owned(), &far[..]),
        ];
        let said: Vec<String> = each_named(&all).into_iter().map(|d| d.message).collect();
        assert_eq!(said, ["both", "at 1e20: near", "at 1e22: far"]);
        assert_eq!(first_named(&all).len(), 1);
        assert_eq!(each_named(&all[..1])[1].message, "near");
    }
}
