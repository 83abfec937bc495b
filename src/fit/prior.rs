//! What is known about the parameters of a law before its runs are seen: a normal distribution. The
//! fit adds it as rows beside the runs (generalised ridge regression; Hoerl & Kennard 1970).

use crate::error::{Error, ErrorKind, Result};
use crate::remedy::Setting;
use crate::runs::Variable;
use crate::said::Said;
use nalgebra::{Cholesky, DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// A normal distribution over some of a law's parameters, known before the runs are seen.
///
/// Each is in the unit of its parameter. A standard deviation says how far the true value may lie
/// from the mean: about two thirds of all laws like this one lie within one standard deviation.
///
/// ```
/// use scalewise::{Dataset, Fit, fit::Prior, law::Saturating};
/// // Two runs leave a law of three parameters open; what is known of two of them closes it.
/// let runs = Dataset::from_runs([(1e18, 3.5), (1e20, 2.8)])?;
/// let fit = Fit::new(Saturating)
///     .prior(Prior::normal("c", 1.6, 0.1)?)
///     .prior(Prior::normal("b", -0.1, 0.02)?)
///     .run(&runs)?;
/// assert!((fit.value("c").unwrap() - 1.6).abs() < 0.2);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prior {
    /// The parameters.
    pub(crate) names: Vec<String>,
    /// Their means.
    pub(crate) mean: Vec<f64>,
    /// Their covariance, one row per parameter.
    pub(crate) covariance: Vec<Vec<f64>>,
    /// Relative standard deviation of a run about its law, if the source of the prior gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) noise: Option<f64>,
    /// Where the prior comes from, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) source: String,
    /// The runs of the earlier ladder that the prior comes from, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) earlier: Option<EarlierRuns>,
}

/// Properties of the runs of an earlier ladder, to be compared with those of the fitted runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EarlierRuns {
    #[serde(default, skip_serializing_if = "Variable::is_compute")]
    pub(crate) variable: Variable,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) loss_unit: Option<String>,
    pub(crate) digest: String,
}

/// How much the laws of two recipes of one family differ, as standard deviations.
///
/// The defaults are what ladders of one family show (`docs/priors.md`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BetweenRecipes {
    /// Of the exponent b, as a share of b.
    pub b: f64,
    /// Of the floor c, as a share of the loss of the largest run.
    pub c: f64,
}

impl Default for BetweenRecipes {
    fn default() -> BetweenRecipes {
        BetweenRecipes { b: 0.23, c: 0.105 }
    }
}

fn usage(message: String) -> Error {
    Error::new(ErrorKind::Usage, message).about(Setting::Prior)
}

impl Prior {
    /// A normal prior of one parameter: its mean and its standard deviation.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a standard deviation that is not positive, or a number that is not
    /// finite.
    pub fn normal(name: &str, mean: f64, sd: f64) -> Result<Prior> {
        if !(sd > 0.0 && sd.is_finite() && mean.is_finite()) {
            let message = format!(
                "the prior {name} = {} +- {} is no normal distribution",
                Said(mean),
                Said(sd)
            );
            return Err(usage(message)
                .with_hint("give a finite mean and a positive standard deviation; hold the parameter if it is known exactly")
                .with_remedy(Setting::Fix));
        }
        Ok(Prior {
            names: vec![name.to_owned()],
            mean: vec![mean],
            covariance: vec![vec![sd * sd]],
            noise: None,
            source: String::new(),
            earlier: None,
        })
    }

    /// The same prior with the words that say where it comes from.
    #[must_use]
    pub fn from(mut self, source: impl Into<String>) -> Prior {
        self.source = source.into();
        self
    }

    /// The lower triangular Cholesky factor of the covariance; `None` if this is not a normal
    /// distribution.
    pub(super) fn factor(&self) -> Option<DMatrix<f64>> {
        let k = self.names.len();
        let shaped = self.mean.len() == k
            && self.covariance.len() == k
            && self.covariance.iter().all(|row| row.len() == k);
        let finite = self.mean.iter().chain(self.covariance.iter().flatten());
        if !shaped || k == 0 || !finite.clone().all(|v| v.is_finite()) {
            return None;
        }
        let covariance = DMatrix::from_fn(k, k, |i, j| self.covariance[i][j]);
        Some(Cholesky::new(covariance)?.unpack())
    }

    /// Mean and standard deviation of one parameter.
    pub(crate) fn of(&self, name: &str) -> Option<(f64, f64)> {
        let k = self.names.iter().position(|known| known == name)?;
        Some((self.mean[k], self.covariance[k][k].sqrt()))
    }

    /// Mean and standard deviation of parameter `of`, given that parameter `given` has this value.
    pub(crate) fn given(&self, of: &str, given: &str, value: f64) -> Option<(f64, f64)> {
        let (_, whole) = self.of(of)?;
        let (mean, sd) = self.holding(given, value)?.of(of)?;
        // Rounding may make the standard deviation zero or not a number.
        let least = 1e-9 * whole;
        Some((mean, if sd > least { sd } else { least }))
    }

    /// The prior of the other parameters, given that parameter `name` has this value; `None` if
    /// there are no others.
    pub(super) fn holding(&self, name: &str, value: f64) -> Option<Prior> {
        let Some(held) = self.names.iter().position(|known| known == name) else {
            return Some(self.clone());
        };
        let rest: Vec<usize> = (0..self.names.len()).filter(|k| *k != held).collect();
        let variance = self.covariance[held][held];
        let share = |k: usize| self.covariance[k][held] / variance;
        let off = value - self.mean[held];
        let left = |i: usize, k: usize| self.covariance[i][k] - share(i) * self.covariance[held][k];
        (!rest.is_empty()).then(|| Prior {
            names: rest.iter().map(|&k| self.names[k].clone()).collect(),
            mean: rest
                .iter()
                .map(|&k| self.mean[k] + share(k) * off)
                .collect(),
            covariance: (rest.iter())
                .map(|&i| rest.iter().map(|&k| left(i, k)).collect())
                .collect(),
            ..self.clone()
        })
    }

    /// Joins several priors into one, as independent of each other; `None` if there are none.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if one is not a normal distribution or two are about the same
    /// parameter.
    pub(crate) fn joined(all: &[Prior]) -> Result<Option<Prior>> {
        let Some(first) = all.first() else {
            return Ok(None);
        };
        let mut joined = first.clone();
        for prior in all {
            let noise = prior.noise.is_none_or(|noise| noise > 0.0 && noise < 1.0);
            if prior.factor().is_none() || !noise {
                let names = crate::text::excerpt(&prior.names.join(", "));
                let message = format!("the prior of {names} is no normal distribution");
                return Err(usage(message));
            }
        }
        for prior in &all[1..] {
            if let Some(name) = prior.names.iter().find(|n| joined.names.contains(n)) {
                let message = format!("there are two priors of {name}");
                return Err(usage(message).with_hint("give one prior of each parameter"));
            }
            let (old, new) = (joined.names.len(), prior.names.len());
            joined.names.extend(prior.names.iter().cloned());
            joined.mean.extend(&prior.mean);
            for row in &mut joined.covariance {
                row.resize(old + new, 0.0);
            }
            for row in &prior.covariance {
                let zeros = std::iter::repeat_n(0.0, old);
                joined
                    .covariance
                    .push(zeros.chain(row.iter().copied()).collect());
            }
            joined.noise = joined.noise.or(prior.noise);
            joined.earlier = joined.earlier.take().or(prior.earlier.clone());
            if !prior.source.is_empty() && prior.source != joined.source {
                let sources = [std::mem::take(&mut joined.source), prior.source.clone()];
                let named: Vec<String> = sources.into_iter().filter(|s| !s.is_empty()).collect();
                joined.source = named.join(", ");
            }
        }
        Ok(Some(joined))
    }

    /// Priors of these two parameters as rows of variance one. Each row is a factor for either
    /// parameter and the value that the weighted sum should have.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if a prior is about another parameter.
    pub(crate) fn whitened(all: &[Prior], names: [&str; 2]) -> Result<Vec<([f64; 2], f64)>> {
        let Some(prior) = Prior::joined(all)? else {
            return Ok(Vec::new());
        };
        let Some(penalty) = Penalty::new(prior, &names, (1.0, None, false)) else {
            let message = format!("a prior of something else than {}", names.join(" and "));
            return Err(usage(message).with_hint("give a prior of these parameters of the law"));
        };
        let row = |(factors, wanted): &(Vec<f64>, f64)| ([factors[0], factors[1]], *wanted);
        Ok(penalty.rows.iter().map(row).collect())
    }

    /// The prior in words: "b = -0.094 ± 0.015, c = 1.6 ± 0.1 (earlier.json)".
    pub(crate) fn said(&self) -> String {
        let one = |k: usize| {
            format!(
                "{} = {} ± {}",
                self.names[k],
                rounded(self.mean[k], 4),
                rounded(self.covariance[k][k].max(0.0).sqrt(), 2)
            )
        };
        let all: Vec<String> = (0..self.names.len()).map(one).collect();
        match self.source.as_str() {
            "" => all.join(", "),
            source => format!("{} ({source})", all.join(", ")),
        }
    }
}

/// The number rounded to this many digits.
fn rounded(value: f64, digits: usize) -> Said {
    let text = format!("{value:.*e}", digits - 1);
    Said(text.parse().unwrap_or(value))
}

/// A prior as a fit uses it: rows of variance one beside those of the runs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Penalty {
    pub prior: Prior,
    /// For each row, a factor on every parameter of the law and the value that their sum should
    /// have.
    rows: Vec<(Vec<f64>, f64)>,
    /// Standard deviation of a residual, or 1 if residuals are weighted by a given sigma.
    pub noise: f64,
    /// Degrees of freedom of the noise; `None` if it is known or assumed.
    pub dof: Option<f64>,
    /// Whether the noise is assumed, because it is not given and the runs do not determine it.
    pub assumed: bool,
}

impl Penalty {
    /// The rows for a law with parameters of these names; `None` if the prior is about another one.
    pub(super) fn new(
        prior: Prior,
        names: &[&str],
        (noise, dof, assumed): (f64, Option<f64>, bool),
    ) -> Option<Penalty> {
        let place = |name: &String| names.iter().position(|known| known == name);
        let places: Vec<usize> = prior.names.iter().map(place).collect::<Option<_>>()?;
        let inverse = prior.factor()?.try_inverse()?;
        let wanted = &inverse * DVector::from_vec(prior.mean.clone());
        let row = |i: usize| {
            let mut row = vec![0.0; names.len()];
            for (k, place) in places.iter().enumerate() {
                row[*place] = inverse[(i, k)];
            }
            (row, wanted[i])
        };
        Some(Penalty {
            rows: (0..places.len()).map(row).collect(),
            prior,
            noise,
            dof,
            assumed,
        })
    }

    /// How many rows it has.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Residual of one row.
    pub(super) fn residual(&self, row: usize, p: &[f64]) -> f64 {
        let (factors, wanted) = &self.rows[row];
        let sum: f64 = factors.iter().zip(p).map(|(f, p)| f * p).sum();
        sum - wanted
    }

    /// Its derivatives.
    pub(crate) fn slopes(&self, row: usize) -> &[f64] {
        &self.rows[row].0
    }

    /// What it adds to the sum of squares.
    pub(crate) fn value(&self, p: &[f64]) -> f64 {
        (0..self.len()).map(|k| self.residual(k, p).powi(2)).sum()
    }

    /// The same with parameter `k` measured in this unit.
    pub(super) fn in_unit(&self, k: usize, unit: f64) -> Penalty {
        let mut scaled = self.clone();
        for (factors, _) in &mut scaled.rows {
            factors[k] *= unit;
        }
        scaled
    }

    /// Whether it speaks of this parameter.
    pub(crate) fn is_about(&self, name: &str) -> bool {
        self.prior.names.iter().any(|known| known == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditional_moments_are_those_of_a_bivariate_normal() {
        let prior = Prior {
            names: vec!["b".to_owned(), "c".to_owned()],
            mean: vec![-0.1, 1.5],
            covariance: vec![vec![4e-4, 1e-3], vec![1e-3, 1e-2]],
            noise: None,
            source: String::new(),
            earlier: None,
        };
        // Mean -0.1 + (1e-3/1e-2)·0.2; variance 4e-4 − 1e-6/1e-2.
        let (mean, sd) = prior.given("b", "c", 1.7).unwrap();
        approx::assert_relative_eq!(mean, -0.08, max_relative = 1e-12);
        approx::assert_relative_eq!(sd, 3e-4f64.sqrt(), max_relative = 1e-12);
        // The rows of the penalty are the Mahalanobis distance.
        let penalty = Penalty::new(prior, &["a", "b", "c"], (1.0, None, false)).unwrap();
        let d = DVector::from_vec(vec![0.03, -0.2]);
        let m = DMatrix::from_row_slice(2, 2, &[4e-4, 1e-3, 1e-3, 1e-2]);
        let wanted = (d.transpose() * m.try_inverse().unwrap() * &d)[(0, 0)];
        let found = penalty.value(&[7.0, -0.1 + 0.03, 1.5 - 0.2]);
        approx::assert_relative_eq!(found, wanted, max_relative = 1e-10);
    }

    #[test]
    fn priors_are_joined_and_contradictions_refused() {
        let b = Prior::normal("b", -0.1, 0.02).unwrap();
        let c = Prior::normal("c", 1.6, 0.1).unwrap().from("last year");
        let joined = Prior::joined(&[b.clone(), c]).unwrap().unwrap();
        assert_eq!(joined.said(), "b = -0.1 ± 0.02, c = 1.6 ± 0.1 (last year)");
        assert_eq!(joined.covariance[0][1], 0.0);
        assert!(Prior::joined(&[b.clone(), b]).is_err());
        for (mean, sd) in [
            (1.0, 0.0),
            (1.0, -1.0),
            (f64::NAN, 1.0),
            (1.0, f64::INFINITY),
        ] {
            assert!(Prior::normal("c", mean, sd).is_err());
        }
    }
}
