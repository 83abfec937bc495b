//! Pass counts → mean log pass rate → law: −E\[ln pass_rate(C)\] = α·C^(−k).

mod estimator;

pub use estimator::{Estimate, Estimator, pass_at_k};
