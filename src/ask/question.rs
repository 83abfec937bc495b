//! What can be registered.

use super::{AllocateRequest, CapabilityRequest, ForecastRequest};
use serde::{Deserialize, Serialize};

/// A question whose answer can be registered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Question {
    /// The loss of larger runs.
    Forecast(ForecastRequest),
    /// How often a larger model solves problems.
    Capability(CapabilityRequest),
    /// What to train with a budget.
    Allocation(AllocateRequest),
}
