//! A test of the laws by the ladder itself: each of its larger models is forecast from all smaller
//! ones, and the errors are judged together.
//!
//! If the laws hold, these errors are independent in units of their standard deviations. A law of
//! the wrong shape makes them lean to one side before most of them leave their intervals, so the
//! mean error is tested besides the number of misses (Harvey and Collier 1977 test a linear model
//! by it).

use super::rolling::{errors, one_by_one};
use super::task::{Law, TaskRun};
use crate::fit::{Code, Diagnosis, Severity, central_quantile};
use crate::number::percent;
use crate::said::Said;
use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, Normal, StudentsT};

/// A number of misses or a mean error is too large if one as large is at most this probable.
const IMPROBABLE: f64 = 0.05;
/// A mean error counts only if at least this multiple of the promised share of models is missed.
const MANY_MISSES: f64 = 2.0;
/// Fewest values of compute whose models are forecast.
const FEWEST: usize = 3;
/// Limits of the probability that a single error is smaller, so that one model never decides alone
/// by an error that no table of a distribution reaches.
const EXTREME: f64 = 1e-12;

/// How the larger models of a ladder came out. Models of one compute count as one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeldOut {
    /// Number of models that were forecast.
    pub models: usize,
    /// How many of them their intervals of [`HeldOut::LEVEL`] contain.
    pub inside: usize,
    /// Probability of at least as many misses if the intervals hold as often as they say.
    pub of_misses: f64,
    /// Mean of score − forecast, in standard deviations of a forecast.
    pub mean: f64,
    /// Probability of a mean at least as far from zero if the laws hold.
    pub of_mean: f64,
}

impl HeldOut {
    /// Level of the intervals whose misses are counted.
    pub const LEVEL: f64 = 0.9;

    /// Forecasts the larger models one by one. `None` for too few of them.
    pub fn of(runs: &[TaskRun], laws: &[Law]) -> Option<HeldOut> {
        let steps = one_by_one(runs, laws);
        // Models of one compute are forecast by the same fit.
        let mut each: Vec<(f64, Vec<f64>)> = Vec::new();
        for (step, (model, error)) in steps.iter().zip(errors(runs, &steps)) {
            let compute = runs[model].compute;
            let error = normal(-error, step.forecast.dof);
            match each.last_mut() {
                Some((same, own)) if *same == compute => own.push(error),
                _ => each.push((compute, vec![error])),
            }
        }
        let models = each.len();
        if models < FEWEST {
            return None;
        }
        let mean = |own: &[f64]| own.iter().sum::<f64>() / own.len() as f64;
        let errors: Vec<f64> = each.iter().map(|(_, own)| mean(own)).collect();
        let reach = central_quantile(HeldOut::LEVEL, None);
        let misses = errors.iter().filter(|error| error.abs() > reach).count() as u64;
        let all = Binomial::new(1.0 - HeldOut::LEVEL, models as u64).ok()?;
        let mean = mean(&errors);
        let z = mean * (models as f64).sqrt();
        Some(HeldOut {
            models,
            inside: models - misses as usize,
            of_misses: misses.checked_sub(1).map_or(1.0, |fewer| all.sf(fewer)),
            mean,
            of_mean: 2.0 * Normal::standard().sf(z.abs()),
        })
    }

    /// A warning if the laws do not explain the errors.
    pub fn finding(&self) -> Option<Diagnosis> {
        let misses = self.models - self.inside;
        let many =
            misses as f64 >= MANY_MISSES * (1.0 - HeldOut::LEVEL) * self.models as f64 - 1e-9;
        let leans = self.of_mean <= IMPROBABLE && many;
        if !leans && self.of_misses > IMPROBABLE {
            return None;
        }
        let side = match self.mean > 0.0 {
            true => "above",
            false => "below",
        };
        Some(Diagnosis::new(
            Code::HeldOutMisses,
            Severity::Warn,
            format!(
                "{misses} of the {} larger models, each forecast from all smaller ones, lie \
                 outside their {} intervals, and on average they lie {:.1} standard deviations \
                 {side} their forecasts; if the laws held, so many misses would have a probability \
                 of {}, and so large a mean one of {}",
                self.models,
                percent(HeldOut::LEVEL),
                Said(self.mean.abs()),
                probable(self.of_misses),
                probable(self.of_mean)
            ),
            "the score follows another curve than these laws, and larger models may be off by \
             much more than the interval says: measure models nearer to the target",
        ))
    }
}

/// A probability in per cent.
fn probable(p: f64) -> String {
    match p < 5e-4 {
        true => "less than 0.1 %".to_owned(),
        false => format!("{:.1} %", Said(100.0 * p)),
    }
}

/// The normal value that is as improbable as this value of Student's t.
fn normal(t: f64, dof: f64) -> f64 {
    let Ok(student) = StudentsT::new(0.0, 1.0, dof) else {
        return t;
    };
    let beyond = student.sf(t.abs()).max(EXTREME);
    -Normal::standard().inverse_cdf(beyond) * t.signum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::hidden::Sampling;
    use approx::assert_relative_eq;

    /// Ten models over four decades of compute, without noise.
    fn ladder(score: impl Fn(f64) -> f64) -> Vec<TaskRun> {
        let model = |k: i32| {
            let compute = 1e18 * 10f64.powf(f64::from(k) * 4.0 / 9.0);
            TaskRun {
                compute,
                size: None,
                score: score(compute / 1e20),
                sampling: Sampling::Examples(1000.0),
                chance: 0.25,
                loss: None,
            }
        };
        (0..10).map(model).collect()
    }

    fn logistic(c: f64) -> f64 {
        0.25 + 0.75 / (1.0 + (c / 30.0).powf(-0.5))
    }

    #[test]
    fn a_score_of_another_shape_is_found_and_one_of_the_law_is_not() {
        let law = |c: f64| 0.25 + 0.75 * (-1.6 * c.powf(-0.16)).exp();
        let fine = HeldOut::of(&ladder(law), &Law::ALL).unwrap();
        assert_eq!((fine.models, fine.inside), (5, 5));
        assert!(fine.finding().is_none(), "{fine:?}");
        let other = HeldOut::of(&ladder(logistic), &Law::ALL).unwrap();
        assert!(other.mean > 1.0 && other.of_mean < 0.02, "{other:?}");
        let found = other.finding().unwrap();
        assert_eq!(
            (found.code, found.severity),
            (Code::HeldOutMisses, Severity::Warn)
        );
        assert!(
            found.message.contains("above their forecasts"),
            "{}",
            found.message
        );
    }

    #[test]
    fn the_order_of_the_models_does_not_matter_and_few_models_say_nothing() {
        let runs = ladder(logistic);
        let turned: Vec<TaskRun> = runs.iter().rev().cloned().collect();
        let of = |runs: &[TaskRun]| HeldOut::of(runs, &Law::ALL);
        let (one, other) = (of(&runs).unwrap(), of(&turned).unwrap());
        assert_eq!((one.models, one.inside), (other.models, other.inside));
        assert_relative_eq!(one.mean, other.mean, max_relative = 1e-6);
        assert!(of(&runs[..7]).is_some() && of(&runs[..6]).is_none());
    }

    #[test]
    fn a_lean_without_misses_and_one_miss_are_no_finding() {
        let some = |inside, of_misses, of_mean| HeldOut {
            models: 8,
            inside,
            of_misses,
            mean: -0.9,
            of_mean,
        };
        assert!(some(7, 0.57, 0.01).finding().is_none());
        assert!(some(6, 0.19, 0.2).finding().is_none());
        let found = some(6, 0.19, 0.01).finding().unwrap();
        assert!(
            found.message.contains("below their forecasts"),
            "{}",
            found.message
        );
        // Misses to both sides have a mean near zero.
        assert!(some(5, 0.038, 0.9).finding().is_some());
    }

    /// Misses alone: the score jumps, so that models lie above and then below their forecasts.
    #[test]
    fn the_probability_of_misses_is_binomial() {
        let jump = |c: f64| 0.25 + 0.65 / (1.0 + (c / 20.0).powf(-3.0));
        let found = HeldOut::of(&ladder(jump), &Law::ALL).unwrap();
        let (n, misses) = (found.models as i32, found.models - found.inside);
        let choose = |k: i32| {
            (0..k)
                .map(|j| f64::from(n - j) / f64::from(j + 1))
                .product::<f64>()
        };
        let fewer = (0..misses as i32).map(|k| choose(k) * 0.1f64.powi(k) * 0.9f64.powi(n - k));
        assert!(misses > 0, "{found:?}");
        assert_relative_eq!(
            found.of_misses,
            1.0 - fewer.sum::<f64>(),
            max_relative = 1e-9
        );
    }

    /// Repeated scores of the same models are no more models.
    #[test]
    fn models_of_one_compute_count_as_one() {
        let runs = ladder(logistic);
        let last = runs[9].clone();
        let mut more = runs.clone();
        more.extend([last.clone(), last]);
        let (one, other) = (HeldOut::of(&runs, &Law::ALL), HeldOut::of(&more, &Law::ALL));
        assert_relative_eq!(
            one.unwrap().of_mean,
            other.unwrap().of_mean,
            max_relative = 1e-9
        );
    }

    #[test]
    fn an_error_in_few_degrees_of_freedom_counts_less() {
        assert_relative_eq!(normal(1.959_963_984_540_054, 1e9), 1.96, epsilon = 1e-3);
        assert_relative_eq!(normal(-4.302_652_729_911_275, 2.0), -1.96, epsilon = 1e-3);
        assert!(normal(1e300, 2.0).is_finite() && normal(-1e9, 1e6) < -6.0);
    }
}
