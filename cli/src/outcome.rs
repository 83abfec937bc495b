//! How a verb ended.

use scalewise::ask::Trust;

/// How a verb ended when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A result without objections.
    Done,
    /// A finding refuses the result: exit code 4.
    Refused,
    /// A result that cannot be relied on without further evidence: exit code 5 with `--strict`.
    NotTrustworthy,
}

impl From<Trust> for Outcome {
    fn from(trust: Trust) -> Outcome {
        match trust {
            Trust::Trustworthy => Outcome::Done,
            Trust::NotTrustworthy => Outcome::NotTrustworthy,
            Trust::Refused => Outcome::Refused,
        }
    }
}
