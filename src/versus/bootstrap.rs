//! Bootstrap of two laws together: refits to their own residuals, put back at random within each
//! group of rows, or to normal errors where the noise is known.

use super::curve::Two;
use super::design::Group;
use super::estimate::Estimate;
use crate::error::Result;
use crate::progress::Listener;
use crate::random::standard_normal;
use crate::resampling::{below, stream};

/// Refitted pairs of laws.
#[derive(Debug, Clone)]
pub(super) struct Refits(pub(super) Vec<Two>);

impl Refits {
    /// # Errors
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) where the listener stops them.
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
        let pool = |group: Group| match group {
            Group::Sum => &pools[1],
            Group::Difference => &pools[2],
            _ => &pools[0],
        };
        let two = &estimate.two;
        let mut targets = vec![0.0; design.rows.len()];
        let mut made = Vec::with_capacity(replicates);
        listener.0.expect(replicates);
        for k in 0..replicates {
            listener.go_on()?;
            let mut rng = stream(seed, k);
            for (row, target) in design.rows.iter().zip(&mut targets) {
                let errors = pool(row.group);
                let error = match design.known {
                    true => standard_normal(&mut rng),
                    false => errors[below(&mut rng, errors.len())],
                };
                let fitted = row.w[0] * two.a.at(row.u[0]) + row.w[1] * two.b.at(row.u[1]);
                *target = fitted + error * estimate.task.scales.of(row.group);
            }
            let start = &estimate.solution.full;
            if let Some(found) = estimate.task.solve(start, None, Some(&targets)) {
                made.push(Two::of(&found.full));
            }
            listener.0.step();
        }
        Ok(Refits(made))
    }
}

/// Residuals with mean zero and variance one: what the fit has taken from them is put back
/// (Davison & Hinkley 1997, §6.2.3).
fn standard(mut residuals: Vec<f64>) -> Vec<f64> {
    let n = residuals.len() as f64;
    let mean = residuals.iter().sum::<f64>() / n;
    let sd = (residuals.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / n).sqrt();
    if sd > 0.0 {
        residuals.iter_mut().for_each(|r| *r = (*r - mean) / sd);
    }
    residuals
}
