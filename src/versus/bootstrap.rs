//! Bootstrap of two laws together. It refits them to resampled residuals of each group of rows, or
//! to normal errors if the noise is known.
//!
//! Residuals determine the size of the noise only as well as their degrees of freedom allow. If all
//! refits had the same noise, their percentiles would be too narrow for few runs, as an interval
//! with normal instead of Student's quantiles is. So each refit draws its own variance as
//! s²·ν/χ²(ν), which is the uncertainty of the variance of a normal sample.

use super::design::Group;
use super::estimate::Estimate;
use super::surface::Full;
use crate::error::Result;
use crate::progress::Listener;
use crate::random::{standard_normal, uniform};
use crate::resampling::{below, stream};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// The parameters of refitted pairs of laws.
#[derive(Debug, Clone)]
pub(super) struct Refits(pub(super) Vec<Full>);

impl Refits {
    /// Refits both laws `replicates` times.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) if the listener stops it.
    pub(super) fn new(
        estimate: &Estimate<'_>,
        replicates: usize,
        seed: u64,
        listener: Listener<'_>,
    ) -> Result<Refits> {
        let design = estimate.task.design;
        let residuals = estimate.residuals();
        let pools = [Group::Single, Group::Sum, Group::Difference].map(|group| {
            let own: Vec<f64> = (design.rows.iter().zip(&residuals))
                .filter(|(row, _)| row.group == group)
                .map(|(_, r)| *r)
                .collect();
            standard(own)
        });
        let pool = |group: Group| &pools[place_of(group)];
        let mut targets = vec![0.0; design.rows.len()];
        let mut made = Vec::with_capacity(replicates);
        listener.0.expect(replicates);
        for k in 0..replicates {
            listener.go_on()?;
            let mut rng = stream(seed, k);
            // Paired runs have two independent variances; rows of a single group have one.
            let noise = estimate.freedoms().map(|dof| match ChiSquared::new(dof) {
                Ok(chi) if !design.known => (dof / chi.inverse_cdf(uniform(&mut rng))).sqrt(),
                _ => 1.0,
            });
            for (row, target) in design.rows.iter().zip(&mut targets) {
                let (errors, noise) = (pool(row.group), noise[place_of(row.group)]);
                let error = match design.known {
                    true => standard_normal(&mut rng),
                    false => errors[below(&mut rng, errors.len())],
                };
                *target = estimate.fitted(row) + error * noise * estimate.task.scales.of(row.group);
            }
            let start = &estimate.solution.full;
            if let Some(found) = estimate.task.solve(start, None, Some(&targets)) {
                made.push(found.full);
            }
            listener.0.step();
        }
        Ok(Refits(made))
    }
}

/// Index of a group among single rows, sums and differences.
fn place_of(group: Group) -> usize {
    match group {
        Group::Sum => 1,
        Group::Difference => 2,
        Group::Single | Group::Prior => 0,
    }
}

/// Residuals scaled to mean zero and variance one, since a fit shrinks them (Davison & Hinkley
/// 1997, §6.2.3).
fn standard(mut residuals: Vec<f64>) -> Vec<f64> {
    let n = residuals.len() as f64;
    let mean = residuals.iter().sum::<f64>() / n;
    let sd = (residuals.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / n).sqrt();
    if sd > 0.0 {
        residuals.iter_mut().for_each(|r| *r = (*r - mean) / sd);
    }
    residuals
}
