//! [`FitResult`](crate::FitResult) + target → [`Forecast`]: a point and intervals that carry their
//! level, kind and method.

mod abstain;
mod at;
mod band;
mod bootstrap;
mod combine;
mod curve;
mod delta;
mod envelope;
mod free;
mod grade;
mod held;
mod informed;
mod knowledge;
mod level_table;
mod levels;
mod lines;
mod lp;
mod own_backtest;
mod prepared;
mod profile;
mod profile_general;
mod quadrature;
mod reach;
mod record;
mod record_table;
pub(crate) mod request;
mod result;
mod whole;
mod widths;

pub(crate) use abstain::Abstain;
pub(crate) use at::delta_at;
pub(crate) use bootstrap::Refits;
pub(crate) use curve::Curve;
pub(crate) use free::{Free, FreeAt};
pub use grade::Grade;
pub(crate) use levels::{measured, not_measured};
pub(crate) use prepared::Prepared;
pub use reach::{Loss, Reach, ReachInterval};
pub use record::Record;
pub use request::ForecastBuilder;
pub(crate) use request::{Target, check_target};
pub use result::Forecast;
pub use whole::Anatomy;
pub use widths::Widths;
