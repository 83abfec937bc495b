//! Pass counts → mean log pass rate → law: −E\[ln pass_rate(C)\] = α·C^(−k).
//!
//! The second law of predictable scaling (OpenAI 2023, *GPT-4 Technical Report*, §3.2), with its
//! data rules, the sampling error of the counts, difficulty buckets, and a refusal where a
//! capability cannot be extrapolated.
//!
//! ```text
//! PassCounts -> problems   which problems and models, how hard each problem is
//!            -> estimator  counts of one problem to −ln p            (plain rules)
//!            -> hierarchy  the likelihood of all counts, zeros too    (default; cells, mixing)
//!            -> line       ln metric against ln C
//!            -> exponents  every problem with an exponent of its own; trend: their mean
//!            -> verdict    named findings
//!            -> Curve      law, forecasts, intervals
//! ```
//!
//! The metric is about *these problems*: what the problems of the table would show if every model
//! were sampled infinitely often. Intervals for *problems like these* add the uncertainty of which
//! problems were written.

mod builder;
mod by_likelihood;
mod by_rule;
mod calibrated;
mod cells;
mod curve;
mod estimator;
mod exponents;
mod findings;
mod fit;
mod fitted;
mod graded;
mod hierarchy;
mod integral;
mod line;
mod mean_pass;
mod mixing;
mod pass_at;
mod pass_lines;
mod problems;
mod rates;
mod result;
mod root;
mod seen;
pub(crate) mod simulation;
mod standing;
mod steps;
mod trend;
mod turning;
mod verdict;

pub use builder::{CapabilityFit, Rule};
pub(crate) use curve::CurvePoint;
pub use curve::{About, Curve, CurveForecast, CurveForecastBuilder, PassInterval, PassQuantity};
pub use estimator::{Estimator, PassEstimate, pass_at_k};
pub use pass_at::PassAt;
pub(crate) use problems::TradeOff;
pub use result::Capability;
pub(crate) use result::ModelRow;
pub use standing::{PassRecord, PassStanding};
pub use turning::{Turn, Turning};
pub use verdict::Verdict;

/// What the reports and the studies use.
pub(crate) mod hidden {
    pub use super::standing::{Graded, LAW_RECORD, PASS_ORIGINS, PASS_RECORD, PassOutcomes};
}
