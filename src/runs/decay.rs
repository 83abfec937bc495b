//! The finding about a learning rate that still decays after the last row.

use crate::code::Code;
use crate::finding::{Diagnosis, Severity};

/// A warning that the decay of the learning rate will lower the loss further; `seen` says how the
/// decay is known.
pub(crate) fn decay_ahead(seen: &str) -> Diagnosis {
    Diagnosis::new(
        Code::DecayAhead,
        Severity::Warn,
        format!(
            "the learning rate still decays after the last row{seen}: the loss will end below this forecast, by an amount that this \
             method does not know"
        ),
        "take the forecast for the loss before the decay, or fit runs whose learning rate had decayed",
    )
}
