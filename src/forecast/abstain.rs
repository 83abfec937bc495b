//! Why a method gives no interval.

use crate::interval::{Abstention, Kind, Method};

/// Why a method gives no interval.
#[derive(Debug, Clone)]
pub(crate) struct Abstain {
    pub(super) code: &'static str,
    pub(super) reason: String,
}

impl Abstain {
    /// In place of a method that nobody asked for; never shown.
    pub(super) fn not_asked() -> Abstain {
        Abstain::new("", "")
    }

    /// Of one interval that was asked for.
    pub(crate) fn at(self, method: Method, level: f64, kind: Kind) -> Abstention {
        Abstention {
            level,
            kind,
            method,
            code: self.code.to_owned(),
            reason: self.reason,
        }
    }

    pub(crate) fn new(code: &'static str, reason: impl Into<String>) -> Abstain {
        Abstain {
            code,
            reason: reason.into(),
        }
    }
}
