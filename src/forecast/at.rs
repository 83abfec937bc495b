//! Intervals of a law of several columns at one point.

use super::abstain::Abstain;
use super::delta::Delta;
use crate::code::Code;
use crate::fit::FitResult;
use crate::interval::{Abstention, Interval, Kind, Method};

/// The intervals of the fitted law at these arguments by the delta method, and those that are not
/// given.
pub(crate) fn delta_at(
    fit: &FitResult,
    x: &[f64],
    levels: &[f64],
) -> (Vec<Interval>, Vec<Abstention>) {
    let (mut given, mut abstained) = (Vec::new(), Vec::new());
    let inference = fit.inference();
    let point = fit.predict(x);
    for &level in levels {
        for kind in Kind::ALL {
            let bounds = match &inference {
                Ok(inference) => Delta::new(fit, inference, x, point).bounds(level, kind),
                Err(error) => Err(Abstain::new(Code::IllConditioned, error.message())),
            };
            match bounds {
                Ok((lower, upper)) => given.push(Interval {
                    level,
                    kind,
                    method: Method::Delta,
                    lower,
                    upper,
                }),
                Err(why) => abstained.push(why.at(Method::Delta, level, kind)),
            }
        }
    }
    (given, abstained)
}
