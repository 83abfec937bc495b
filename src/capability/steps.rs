//! The curve that the tests judge: one point per value of compute, with its errors.

use nalgebra::DMatrix;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// The input of the tests: the metric of every fitted model, in order of compute.
pub(super) struct Evidence<'a> {
    pub(super) names: &'a [String],
    /// ln C.
    pub(super) x: &'a [f64],
    /// −ln pass rate, or its mean.
    pub(super) metric: &'a [f64],
    /// Covariance of the metric over samples and problems; absent without numbers of samples.
    pub(super) covariance: Option<&'a DMatrix<f64>>,
    /// Degrees of freedom of that covariance if it is an estimate: the number of problems minus
    /// one.
    pub(super) freedom: Option<f64>,
    /// Mean pass rate and its standard error.
    pub(super) rates: &'a [(f64, Option<f64>)],
    pub(super) chance: Option<f64>,
}

/// The evidence with models of one compute, such as seeds, averaged: their differences say nothing
/// about compute.
pub(super) struct Steps {
    pub(super) names: Vec<String>,
    pub(super) x: Vec<f64>,
    pub(super) metric: Vec<f64>,
    pub(super) covariance: Option<DMatrix<f64>>,
    freedom: Option<f64>,
    pub(super) rates: Vec<(f64, Option<f64>)>,
    pub(super) chance: Option<f64>,
}

/// Models whose ln C differ by less than this are at one compute.
const SAME: f64 = 1e-6;

impl Steps {
    pub(super) fn new(e: &Evidence<'_>) -> Steps {
        let mut groups: Vec<std::ops::Range<usize>> = Vec::new();
        for i in 0..e.x.len() {
            match groups.last_mut() {
                Some(last) if e.x[i] - e.x[last.start] < SAME => last.end = i + 1,
                _ => groups.push(i..i + 1),
            }
        }
        let size = |g: &std::ops::Range<usize>| g.len() as f64;
        let mean = |v: &[f64]| -> Vec<f64> {
            let of = |g: &std::ops::Range<usize>| v[g.clone()].iter().sum::<f64>() / size(g);
            groups.iter().map(of).collect()
        };
        let averaged = |v: &DMatrix<f64>| {
            DMatrix::from_fn(groups.len(), groups.len(), |a, b| {
                let (a, b) = (&groups[a], &groups[b]);
                let block = v.view((a.start, b.start), (a.len(), b.len()));
                block.sum() / (size(a) * size(b))
            })
        };
        let rate = |g: &std::ops::Range<usize>| {
            let rates = &e.rates[g.clone()];
            let errors: Option<Vec<f64>> = rates.iter().map(|r| r.1).collect();
            let squares = |errors: Vec<f64>| errors.iter().map(|s| s * s).sum::<f64>();
            (
                rates.iter().map(|r| r.0).sum::<f64>() / size(g),
                errors.map(|errors| squares(errors).sqrt() / size(g)),
            )
        };
        let name = |g: &std::ops::Range<usize>| match g.len() {
            1 => e.names[g.start].clone(),
            n => format!("{} and {} more of its compute", e.names[g.start], n - 1),
        };
        Steps {
            names: groups.iter().map(name).collect(),
            x: mean(e.x),
            metric: mean(e.metric),
            covariance: e.covariance.map(averaged),
            freedom: e.freedom,
            rates: groups.iter().map(rate).collect(),
            chance: e.chance,
        }
    }

    /// The quantile, in standard errors, with this probability above it.
    pub(super) fn quantile(&self, above: f64) -> f64 {
        match self.freedom.map(|dof| StudentsT::new(0.0, 1.0, dof)) {
            Some(Ok(t)) => t.inverse_cdf(1.0 - above),
            _ => Normal::standard().inverse_cdf(1.0 - above),
        }
    }

    /// The covariance, made regular for use as weights. An estimate from few problems is shrunk
    /// towards equal correlations, as if these had been observed on as many further problems as
    /// there are models. With fewer problems than models the estimate is singular, and some
    /// contrast of the models would seem to have no error.
    pub(super) fn settled(&self) -> Option<DMatrix<f64>> {
        let v = self.covariance.as_ref()?;
        let Some(freedom) = self.freedom else {
            return Some(v.clone());
        };
        let n = v.nrows();
        let sd: Vec<f64> = (0..n).map(|i| v[(i, i)].sqrt()).collect();
        let pairs = (0..n).flat_map(|i| (0..i).map(move |j| (i, j)));
        let correlations = pairs.map(|(i, j)| v[(i, j)] / (sd[i] * sd[j]).max(1e-300));
        let equal = correlations.sum::<f64>() / (n * (n - 1) / 2).max(1) as f64;
        let share = n as f64 / (freedom + n as f64);
        Some(DMatrix::from_fn(n, n, |i, j| {
            let target = if i == j { 1.0 } else { equal } * sd[i] * sd[j];
            (1.0 - share) * v[(i, j)] + share * target
        }))
    }
}
