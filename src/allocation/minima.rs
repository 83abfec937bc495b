//! The line through the minima, with its errors.
//!
//! The line is that of least squares on logarithms, whatever errors the minima have. Its errors
//! come from the noise of the runs about all parabolas and from the scatter of the minima about the
//! line, pooled. If the minima scatter by more than the noise explains, the errors come from the
//! scatter alone.

use super::isoflop::Budget;
use super::least_squares::LeastSquares;
use super::parabola::Parabola;
use super::power_line::{Errors, PowerLine};
use crate::random::{standard_normal, uniform};
use crate::resampling::{FEWEST, percentiles, reaches_beyond, stream, tail};
use statrs::distribution::{ChiSquared, ContinuousCDF, FisherSnedecor};

/// The line through the minima of the budgets, with its errors.
#[must_use]
pub fn approach2(budgets: &[Budget]) -> Option<PowerLine> {
    Minima::of(budgets).line()
}

/// The bias of the line that the parabolas cause on the given surface without noise. At a compute,
/// [`PowerLine::params`] is the factor by which Approach 2 with these sizes is wrong in N*, and its
/// inverse the factor for D*.
pub(crate) fn approach2_line_bias(budgets: &[Budget]) -> Option<PowerLine> {
    let factors: Vec<(f64, f64)> = budgets
        .iter()
        .filter_map(|b| Some((b.compute, b.minimum()?.bias_ln_params?.exp())))
        .collect();
    PowerLine::through(&factors)
}

/// The parabolas whose minima are used.
pub(crate) struct Minima {
    all: Vec<Valley>,
}

/// One parabola with a minimum.
struct Valley {
    ln_c: f64,
    ln_n: f64,
    centre: f64,
    /// ln N − centre of the runs, and their losses on the parabola.
    v: Vec<f64>,
    fitted: Vec<f64>,
    /// Mean loss, the unit of the noise.
    unit: f64,
    /// Sum of squared residuals, and its degrees of freedom.
    rss: f64,
    dof: f64,
    /// Standard error of ln N for noise of one unit.
    stderr: f64,
}

/// Level at which the scatter of the minima about the line is more than noise.
const SCATTER: f64 = 0.05;

impl Minima {
    pub(crate) fn of(budgets: &[Budget]) -> Minima {
        Minima {
            all: budgets.iter().filter_map(Valley::of).collect(),
        }
    }

    fn points(&self) -> Vec<(f64, f64)> {
        self.all.iter().map(|v| (v.ln_c, v.ln_n)).collect()
    }

    /// The line through the minima.
    pub(crate) fn line(&self) -> Option<PowerLine> {
        let line = LeastSquares::through(&self.points())?;
        let errors = self.errors(&line);
        Some(PowerLine::with_errors(&line, self.all.len(), errors))
    }

    /// The compute of each budget, with the line through the minima of the other budgets.
    pub(crate) fn without_one(&self) -> Vec<(f64, PowerLine)> {
        let all = self.points();
        let line = |left_out: usize| {
            let (mut points, mut of) = (all.clone(), self.all.iter());
            points.remove(left_out);
            let of = of.nth(left_out)?;
            let pairs: Vec<(f64, f64)> = points.iter().map(|p| (p.0.exp(), p.1.exp())).collect();
            Some((of.ln_c.exp(), PowerLine::through(&pairs)?))
        };
        (0..all.len()).filter_map(line).collect()
    }

    /// Squared noise of the runs about all parabolas, in units of their mean losses, and its
    /// degrees of freedom.
    fn noise(&self) -> (f64, f64) {
        let rss: f64 = self.all.iter().map(|v| v.rss / (v.unit * v.unit)).sum();
        let dof: f64 = self.all.iter().map(|v| v.dof).sum();
        (if dof > 0.0 { rss / dof } else { 0.0 }, dof)
    }

    /// The noise that sets the errors of the line: pooled from runs and minima, or the scatter of
    /// the minima alone.
    fn scale(&self, line: &LeastSquares) -> Option<Scale> {
        let (noise, dof) = self.noise();
        let beyond = self.all.len() as f64 - 2.0;
        let off = |v: &Valley| v.ln_n - line.level - line.slope * (v.ln_c - line.centre);
        // Squared distances of the minima from the line, in units of their errors for noise of one.
        let in_errors = self.all.iter().map(|v| (off(v) / v.stderr).powi(2));
        let scatter: f64 = in_errors.sum::<f64>();
        let pooled = |square: f64, dof: f64| Scale {
            noise: square,
            dof,
            is_scatter: false,
        };
        if beyond < 1.0 {
            return (dof > 0.0).then(|| pooled(noise, dof));
        }
        let of_scatter = scatter / beyond;
        let exceeds = noise > 0.0
            && FisherSnedecor::new(beyond, dof).is_ok_and(|f| f.sf(of_scatter / noise) < SCATTER);
        match dof > 0.0 && !exceeds {
            true => Some(pooled(
                (noise * dof + scatter) / (dof + beyond),
                dof + beyond,
            )),
            false => Some(Scale {
                noise: line.variance?,
                dof: beyond,
                is_scatter: true,
            }),
        }
    }

    fn errors(&self, line: &LeastSquares) -> Option<Errors> {
        let scale = self.scale(line)?;
        let count = self.all.len() as f64;
        let (mut level, mut both, mut exponent) = (0.0, 0.0, 0.0);
        for valley in &self.all {
            let variance = match scale.is_scatter {
                true => scale.noise,
                false => scale.noise * valley.stderr * valley.stderr,
            };
            let weight = (valley.ln_c - line.centre) / line.sxx;
            level += variance / (count * count);
            both += variance * weight / count;
            exponent += variance * weight * weight;
        }
        Some(Errors {
            level,
            both,
            exponent,
            dof: scale.dof,
        })
    }

    /// Parametric bootstrap: lines through the minima of losses drawn around each parabola. The
    /// noise of each draw varies with its own uncertainty.
    pub(crate) fn redrawn(&self, times: usize, seed: u64) -> Redrawn {
        let line = LeastSquares::through(&self.points());
        let scale = line.as_ref().and_then(|line| self.scale(line));
        let mut lines = Vec::new();
        if let Some(scale) = &scale {
            let spread = ChiSquared::new(scale.dof).ok();
            for k in 0..times {
                let mut random = stream(seed, k);
                let chance = uniform(&mut random);
                let chi = spread.as_ref().map_or(scale.dof, |c| c.inverse_cdf(chance));
                let noise = (scale.noise * scale.dof / chi).sqrt();
                // Without a minimum between the sizes a parabola says nothing about its place.
                // Keeping only draws in which all have one would be a biased choice.
                let points: Option<Vec<(f64, f64)>> = (self.all.iter())
                    .map(|valley| {
                        let ln_n = match scale.is_scatter {
                            true => valley.ln_n + noise * standard_normal(&mut random),
                            false => valley.redrawn(noise, &mut random)?,
                        };
                        Some((valley.ln_c, ln_n))
                    })
                    .collect();
                let made = points.and_then(|points| LeastSquares::through(&points));
                lines.push(made.map(|line| (line.level, line.slope)));
            }
        }
        Redrawn {
            centre: line.map_or(0.0, |line| line.centre),
            lines,
        }
    }
}

/// The noise of the minima.
struct Scale {
    /// Squared noise: of the losses, or of ln N if it is the scatter of the minima.
    noise: f64,
    dof: f64,
    is_scatter: bool,
}

impl Valley {
    fn of(budget: &Budget) -> Option<Valley> {
        let minimum = budget.minimum()?;
        let v: Vec<f64> = (budget.runs.iter())
            .map(|run| run.0.ln() - budget.centre)
            .collect();
        let losses: Vec<f64> = budget.runs.iter().map(|run| run.2).collect();
        let fit = Parabola::fit(&v, &losses)?;
        let unit = losses.iter().sum::<f64>().abs() / losses.len() as f64;
        let [c0, c1, c2] = fit.coefficients;
        Some(Valley {
            ln_c: budget.compute.ln(),
            ln_n: minimum.params.ln(),
            centre: budget.centre,
            fitted: v.iter().map(|v| c0 + v * (c1 + v * c2)).collect(),
            v,
            unit,
            rss: fit.rss,
            dof: fit.dof,
            stderr: unit * fit.unit_stderr(),
        })
    }

    /// ln N at the minimum of newly drawn losses; `None` if it is not between the sizes.
    fn redrawn(
        &self,
        noise: f64,
        random: &mut impl rand_chacha::rand_core::RngCore,
    ) -> Option<f64> {
        let drawn = self.fitted.iter();
        let drawn: Vec<f64> = drawn
            .map(|loss| loss + noise * self.unit * standard_normal(random))
            .collect();
        let fit = Parabola::fit(&self.v, &drawn)?;
        let at = fit.minimum();
        let within = at > self.v[0] && at < self.v[self.v.len() - 1];
        (fit.coefficients[2] > 0.0 && within).then_some(self.centre + at)
    }
}

/// Lines of a parametric bootstrap.
pub(crate) struct Redrawn {
    centre: f64,
    /// Level and exponent; absent for draws in which a parabola has no minimum between its sizes.
    lines: Vec<Option<(f64, f64)>>,
}

impl Redrawn {
    /// Number of draws in which a parabola has no minimum between its sizes.
    pub(crate) fn failures(&self) -> usize {
        self.lines.iter().filter(|line| line.is_none()).count()
    }

    /// Percentile interval of a quantity of (draw, ln N* at a compute, exponent). A draw without a
    /// minimum counts as beyond both ends. `None` if such draws reach an end, or with too few
    /// draws.
    pub(crate) fn interval(
        &self,
        compute: f64,
        level: f64,
        quantity: impl Fn(usize, f64, f64) -> f64,
    ) -> Option<(f64, f64)> {
        let count = self.lines.len();
        if count < FEWEST || !reaches_beyond(count, level) {
            return None;
        }
        let off = compute.ln() - self.centre;
        let value = |(k, line): (usize, &Option<(f64, f64)>)| match line {
            None => Some(None),
            Some((at, slope)) => {
                let value = quantity(k, at + slope * off, *slope);
                value.is_finite().then_some(Some(value))
            }
        };
        let values = self.lines.iter().enumerate().map(value);
        let values: Vec<Option<f64>> = values.collect::<Option<_>>()?;
        let with = |beyond: f64| -> Vec<f64> {
            let all = values.iter();
            all.map(|value| value.unwrap_or(beyond)).collect()
        };
        let (lower, _) = percentiles(with(f64::NEG_INFINITY), tail(level));
        let (_, upper) = percentiles(with(f64::INFINITY), tail(level));
        (lower.is_finite() && upper.is_finite()).then_some((lower, upper))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redrawn(failures: usize) -> Redrawn {
        let lines = (0..1000).map(|k| (k >= failures).then_some((k as f64, 1.0)));
        Redrawn {
            centre: 0.0,
            lines: lines.collect(),
        }
    }

    #[test]
    fn draws_without_a_minimum_lie_beyond_both_ends() {
        let of = |failures| redrawn(failures).interval(1.0, 0.9, |_, at, _| at);
        let (low, high) = of(0).unwrap();
        assert!((low - 49.95).abs() < 1e-9 && (high - 949.05).abs() < 1e-9);
        // Losing the 30 smallest draws must not narrow the interval.
        let (low, high) = of(30).unwrap();
        assert!((low - 49.95).abs() < 1e-9 && (high - 979.05).abs() < 1e-9);
        assert_eq!(of(60), None);
        assert_eq!(redrawn(60).failures(), 60);
    }
}
