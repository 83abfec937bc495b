//! Tests on the residuals of a law of several outcomes.

use super::finding::ALARM;
use super::observations::argument;
use super::result::FitResult;
use super::status::{Diagnosis, Severity};
use crate::code::Code;
use crate::law::Law;
use crate::runs::{OUTCOME, Run};
use crate::said::Said;
use statrs::distribution::{ContinuousCDF, Normal};

/// Fewest runs for an estimate of the correlation.
const FEWEST: usize = 6;
/// For two outcomes, a smaller correlation widens an interval by less than a tenth.
const WEAK: f64 = 0.2;

/// A warning if the errors of the outcomes of one run are correlated. The fit takes them as
/// independent, so its intervals are then too narrow.
pub(super) fn outcomes_move_together(fit: &FitResult) -> Option<Diagnosis> {
    let outcomes = fit.law.several().len();
    let rows: Vec<&Run> = fit.data.fit_runs().collect();
    // The rows of one run are adjacent.
    let runs: Vec<&[&Run]> = rows.chunks_exact(outcomes.max(1)).collect();
    let is_whole = |run: &&[&Run]| {
        let places = run.iter().map(|row| row.column(OUTCOME));
        places.enumerate().all(|(k, place)| place == Some(k as f64))
    };
    if outcomes < 2 || runs.len() < FEWEST || !runs.iter().all(is_whole) {
        return None;
    }
    let p = fit.values();
    let residual = |row: &Run| {
        let law: &dyn Law = &*fit.law;
        let x = law.inputs().iter().map(|input| argument(law, *input, row));
        Some(row.loss - law.predict(&x.collect::<Option<Vec<f64>>>()?, &p))
    };
    let column = |k: usize| standardised(runs.iter().map(|run| residual(run[k])).collect());
    let columns: Vec<Vec<f64>> = (0..outcomes).map(column).collect::<Option<_>>()?;
    let count = runs.len() as f64;
    let pairs = (0..outcomes).flat_map(|i| (0..i).map(move |k| (i, k)));
    let correlations = pairs.map(|(i, k)| {
        let products = columns[i].iter().zip(&columns[k]).map(|(a, b)| a * b);
        products.sum::<f64>() / count
    });
    let correlations: Vec<f64> = correlations.collect();
    let pairs = correlations.len() as f64;
    let mean = correlations.iter().sum::<f64>() / pairs;
    // Standard error of the mean if the errors are independent.
    let size = 1.0 / ((count - 1.0) * pairs).sqrt();
    let probability = Normal::standard().sf(mean / size);
    (mean > WEAK && probability < ALARM).then(|| {
        Diagnosis::new(
            Code::OutcomesMoveTogether,
            Severity::Warn,
            format!(
                "the errors of the outcomes of one run move together (mean correlation {}): the \
                 intervals take them as independent, and are too narrow",
                Said((mean * 100.0).round() / 100.0)
            ),
            "where outcomes share no parameter, fit each alone",
        )
    })
}

/// The numbers minus their mean, divided by their standard deviation; `None` if they are all equal.
fn standardised(values: Vec<Option<f64>>) -> Option<Vec<f64>> {
    let values: Vec<f64> = values.into_iter().collect::<Option<_>>()?;
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let size = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    let size = size.sqrt();
    (size > 0.0 && size.is_finite()).then(|| values.iter().map(|v| (v - mean) / size).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::standard_normal as normal;
    use crate::{Dataset, Fit, Result, law::TypedLaw};
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    /// Whether the finding appears for 12 runs of two outcomes with errors of this correlation.
    fn fires(correlation: f64, seed: u64) -> Result<bool> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let s: Vec<f64> = (1..=12).map(f64::from).collect();
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for s in &s {
            let (a, b) = (normal(&mut random), normal(&mut random));
            let b = correlation * a + (1.0 - correlation * correlation).sqrt() * b;
            x.push((2.0 + 1.0 / s) * (1.0 + 0.01 * a));
            y.push((3.0 + 2.0 / s) * (1.0 + 0.01 * b));
        }
        let data = Dataset::of_columns(&x)?.column("y", &y)?.column("S", &s)?;
        let law = TypedLaw::parse("x(S) = c + a/S; y(S) = d + b/S")?;
        let fit = Fit::new(law).run(&data)?;
        let has = |found: &Diagnosis| found.code == Code::OutcomesMoveTogether;
        Ok(fit.diagnoses().iter().any(has))
    }

    fn share(correlation: f64) -> Result<usize> {
        let fired = (0..200).map(|seed| fires(correlation, seed));
        let fired: Vec<bool> = fired.collect::<Result<_>>()?;
        Ok(fired.into_iter().filter(|fires| *fires).count())
    }

    #[test]
    fn errors_that_move_together_are_found_and_others_are_not() -> Result<()> {
        let (alone, together) = (share(0.0)?, share(0.95)?);
        assert!(alone <= 4, "{alone} of 200 false alarms");
        assert!(together >= 180, "{together} of 200 found");
        Ok(())
    }
}
