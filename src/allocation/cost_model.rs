//! The cost per parameter and token, C/(N·D), fitted to the compute of the runs.
//!
//! Runs of one size have the same cost per token, so each size counts once, however many runs it
//! has.

use super::cost_curve::Curve;
use super::counted::Counted;
use super::parabola::Parabola;
use crate::fit::central_quantile;
use crate::numeric::SIX;

/// C/(N·D) = base + k·N^(p−1): with base 6 it is 6ND + k·N^p·D, with base 0 and p = 1 it is k·N·D.
#[derive(Debug, Clone, PartialEq)]
pub struct CostModel {
    base: f64,
    /// p − 1.
    slope: f64,
    /// Mean ln N of the fitted sizes.
    centre: f64,
    /// k·N^(p−1) at the centre.
    level: f64,
    /// Deviation of ln C from the model for a single size. It is zero except in the variants that
    /// an interval compares.
    pub(super) shift: f64,
    /// Standard deviation of ln C about the model.
    pub(crate) spread: f64,
    /// A square root of the covariance of (level, slope).
    root: [[f64; 2]; 2],
    /// Smallest and largest fitted N.
    pub(crate) sizes: (f64, f64),
    /// Smallest and largest C/(N·D) of the runs.
    pub(crate) ratios: (f64, f64),
    /// ln N − centre of each size, and the residual of ln C there.
    residuals: Vec<(f64, f64)>,
    /// ln N − centre of each size, and ln(C/(N·D)).
    points: Vec<(f64, f64)>,
}

/// Sizes with ln N closer than this are one size.
const SAME: f64 = 1e-9;
/// Fewest sizes for a model of one and of two parameters.
const FEWEST: [usize; 2] = [2, 3];
/// Residuals bent by less than this are not a finding: D* would be wrong by no more.
const BEND: f64 = 0.01;
/// Level of the tests for bent or wandering residuals. There are few sizes, and a rejection is
/// rarely noise.
const SURE: f64 = 0.98;
/// An interval compares variants this share of a standard error to each side.
const NEAR: f64 = 0.05;

impl CostModel {
    /// C = k·N·D.
    #[must_use]
    pub fn per_nd(runs: &[Counted]) -> Option<CostModel> {
        let data = Sizes::of(runs, FEWEST[0])?;
        let count = data.points.len() as f64;
        let level = (data.points.iter().map(|p| p.1).sum::<f64>() / count).exp();
        let found = Curve {
            base: 0.0,
            level,
            slope: 0.0,
        };
        let spread = found.spread(&data.points, 1);
        let root = [[level * spread / count.sqrt(), 0.0], [0.0, 0.0]];
        Some(data.model(found, spread, root))
    }

    /// C = 6ND + k·N^p·D.
    #[must_use]
    pub fn column(runs: &[Counted]) -> Option<CostModel> {
        let data = Sizes::of(runs, FEWEST[1])?;
        let is_six = |point: &(f64, f64)| (point.1 - SIX.ln()).abs() < 1e-6;
        let mut found = Curve {
            base: SIX,
            level: 0.0,
            slope: 0.0,
        };
        if !data.points.iter().all(is_six) {
            found = Curve::scan(&data.points);
            found.descend(&data.points, true);
        }
        let spread = found.spread(&data.points, 2);
        let root = found.root(&data.points, spread);
        Some(data.model(found, spread, root))
    }

    /// A model without errors, C = base·N·D + k·N^p·D.
    #[must_use]
    pub fn exact(base: f64, k: f64, p: f64) -> CostModel {
        CostModel {
            base,
            slope: p - 1.0,
            centre: 0.0,
            level: k,
            shift: 0.0,
            spread: 0.0,
            root: [[0.0; 2]; 2],
            sizes: (1.0, f64::MAX),
            ratios: (base + k, base + k),
            residuals: Vec::new(),
            points: Vec::new(),
        }
    }

    fn curve(&self) -> Curve {
        Curve {
            base: self.base,
            level: self.level,
            slope: self.slope,
        }
    }

    /// k.
    pub(crate) fn k(&self) -> f64 {
        self.level * (-self.slope * self.centre).exp()
    }

    /// p.
    pub(crate) fn exponent(&self) -> f64 {
        1.0 + self.slope
    }

    /// Standard errors of k and p.
    pub(crate) fn stderrs(&self) -> (f64, f64) {
        let scale = (-self.slope * self.centre).exp();
        let of_k = [0, 1].map(|j| scale * (self.root[0][j] - self.k_by_slope() * self.root[1][j]));
        let length = |v: [f64; 2]| v[0].hypot(v[1]);
        (length(of_k), length(self.root[1]))
    }

    /// Derivative of ln k by p, times the level, with the sign changed.
    fn k_by_slope(&self) -> f64 {
        self.level * self.centre
    }

    /// Whether C is 6ND and nothing else.
    pub(super) fn is_six_nd(&self) -> bool {
        self.base == SIX && self.level == 0.0
    }

    /// Whether C is k·N·D.
    pub(crate) fn is_per_nd(&self) -> bool {
        self.base == 0.0
    }

    /// ln(C/(N·D)) at ln N, and its slope; not a number if the model has no cost there.
    pub(super) fn ln_ratio(&self, ln_n: f64) -> (f64, f64) {
        let (value, share) = self.curve().at(ln_n - self.centre);
        (value + self.shift, self.slope * self.level * share)
    }

    /// The largest residual if the residuals of neighbouring sizes are more alike than noise is: ln
    /// C is wrong by up to that.
    pub(crate) fn bend(&self) -> Option<f64> {
        let most = self.residuals.iter().map(|r| r.1.abs()).fold(0.0, f64::max);
        (most > BEND && (self.bends()? || self.wanders())).then_some(most)
    }

    /// Whether the residuals of neighbouring sizes are too close to each other to be noise (von
    /// Neumann 1941).
    fn wanders(&self) -> bool {
        let n = self.residuals.len() as f64;
        let square: f64 = self.residuals.iter().map(|r| r.1 * r.1).sum();
        let steps = self.residuals.windows(2);
        let steps: f64 = steps.map(|two| (two[1].1 - two[0].1).powi(2)).sum();
        let spread = (4.0 * (n - 2.0) / (n * n - 1.0)).sqrt();
        steps / square < 2.0 - central_quantile(SURE, None) * spread
    }

    /// Whether a parabola in the residuals is significant.
    fn bends(&self) -> Option<bool> {
        let (u, rest): (Vec<f64>, Vec<f64>) = self.residuals.iter().copied().unzip();
        let fit = Parabola::fit(&u, &rest)?;
        let noise = fit.noise()?;
        let sure = central_quantile(SURE, Some(fit.dof)) * noise;
        let stands_out = |k: usize| fit.coefficients[k].abs() > sure * fit.inverse[k][k].sqrt();
        Some(stands_out(2) || (self.is_per_nd() && stands_out(1)))
    }

    /// Pairs of models on both sides of the fitted one, each in one uncertain direction, with their
    /// distance in standard errors. In the last pair a single size lies off the curve, as the
    /// fitted sizes do.
    pub(super) fn sides(&self) -> Vec<(CostModel, CostModel, f64)> {
        let moved = |j: usize, by: f64| CostModel {
            level: self.level + by * self.root[0][j],
            slope: self.slope + by * self.root[1][j],
            ..self.clone()
        };
        let off = |by: f64| CostModel {
            shift: by * self.spread,
            ..self.clone()
        };
        let uncertain = |j: &usize| self.root[0][*j] != 0.0 || self.root[1][*j] != 0.0;
        let directions = (0..2).filter(uncertain);
        let mut sides: Vec<_> = directions
            .map(|j| (moved(j, -NEAR), moved(j, NEAR), 2.0 * NEAR))
            .collect();
        if self.spread > 0.0 {
            sides.push((off(-NEAR), off(NEAR), 2.0 * NEAR));
        }
        sides
    }

    /// A bootstrap replicate: the model refitted to its own curve plus random residuals, and
    /// shifted by another one. `draw` gives a random number below its argument.
    pub(super) fn redrawn(&self, mut draw: impl FnMut(usize) -> usize) -> CostModel {
        let count = self.residuals.len();
        if count == 0 || self.spread == 0.0 {
            return self.clone();
        }
        let free = if self.is_per_nd() { 1.0 } else { 2.0 };
        // Residuals of a fit are smaller than the noise (Davison & Hinkley 1997, §6.2.3).
        let inflation = (count as f64 / (count as f64 - free)).sqrt();
        let mut any = || inflation * self.residuals[draw(count)].1;
        let curve = self.curve();
        let points: Vec<(f64, f64)> = (self.points.iter())
            .map(|&(u, _)| (u, curve.at(u).0 + any()))
            .collect();
        let mut found = curve;
        match self.is_per_nd() {
            true => found.level = (points.iter().map(|p| p.1).sum::<f64>() / count as f64).exp(),
            false => found.descend(&points, true),
        }
        CostModel {
            level: found.level,
            slope: found.slope,
            shift: any(),
            ..self.clone()
        }
    }
}

/// The sizes of runs, with their cost per parameter and token.
struct Sizes {
    centre: f64,
    /// ln N − centre and ln(C/(N·D)), one pair per size.
    points: Vec<(f64, f64)>,
    sizes: (f64, f64),
    ratios: (f64, f64),
}

impl Sizes {
    fn of(runs: &[Counted], fewest: usize) -> Option<Sizes> {
        let mut all: Vec<(f64, f64)> = (runs.iter())
            .map(|run| (run.params.ln(), run.ratio().ln()))
            .collect();
        all.sort_by(|p, q| p.0.total_cmp(&q.0).then(p.1.total_cmp(&q.1)));
        let groups = all.chunk_by(|p, q| (p.0 - q.0).abs() <= SAME);
        let mut points: Vec<(f64, f64)> = groups
            .map(|group| {
                let mean = group.iter().map(|p| p.1).sum::<f64>() / group.len() as f64;
                (group[0].0, mean)
            })
            .collect();
        if points.len() < fewest || points.iter().any(|p| !(p.0.is_finite() && p.1.is_finite())) {
            return None;
        }
        let ends = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
                (low.min(v), high.max(v))
            })
        };
        let sizes = ends(&mut runs.iter().map(|run| run.params));
        let ratios = ends(&mut runs.iter().map(Counted::ratio));
        let centre = points.iter().map(|p| p.0).sum::<f64>() / points.len() as f64;
        for point in &mut points {
            point.0 -= centre;
        }
        Some(Sizes {
            centre,
            points,
            sizes,
            ratios,
        })
    }

    fn model(self, found: Curve, spread: f64, root: [[f64; 2]; 2]) -> CostModel {
        let off = |&(u, y): &(f64, f64)| (u, y - found.at(u).0);
        CostModel {
            base: found.base,
            slope: found.slope,
            centre: self.centre,
            level: found.level,
            shift: 0.0,
            spread,
            root,
            sizes: self.sizes,
            ratios: self.ratios,
            residuals: self.points.iter().map(off).collect(),
            points: self.points,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(ratio: impl Fn(f64) -> f64) -> Vec<Counted> {
        let sizes: Vec<f64> = (0..12).map(|k| 1e7 * 1.9f64.powi(k)).collect();
        let run = |n: f64, d: f64| Counted {
            params: n,
            tokens: d,
            loss: 3.0,
            compute: ratio(n) * n * d,
        };
        sizes
            .iter()
            .flat_map(|&n| [run(n, 1e9), run(n, 2e10)])
            .collect()
    }

    #[test]
    fn exact_costs_are_found_exactly() {
        for (k, p) in [(2000.0, 0.7), (-3e4, 0.45), (1e-4, 1.4), (0.7, 1.0)] {
            let found = CostModel::column(&runs(|n| 6.0 + k * n.powf(p - 1.0)));
            let found = found.expect("twelve sizes are enough");
            approx::assert_relative_eq!(found.exponent(), p, epsilon = 1e-6);
            approx::assert_relative_eq!(found.k(), k, max_relative = 1e-4);
            assert!(found.spread < 1e-7 && found.bend().is_none(), "{found:?}");
        }
        let six = CostModel::column(&runs(|_| 6.0)).expect("twelve sizes are enough");
        assert!(six.k().abs() < 1e-12 && six.spread == 0.0 && six.sides().is_empty());
        let k = CostModel::per_nd(&runs(|_| 4.7)).expect("twelve sizes are enough");
        approx::assert_relative_eq!(k.k(), 4.7, max_relative = 1e-12);
    }

    #[test]
    fn the_slope_of_the_cost_is_that_of_differences() {
        let model = CostModel::exact(6.0, 2000.0, 0.7);
        for ln_n in [-1e-3, 0.0, 12.0, 20.0] {
            let at = |h: f64| model.ln_ratio(ln_n + h).0;
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            approx::assert_relative_eq!(
                model.ln_ratio(ln_n).1,
                difference,
                epsilon = 1e-8,
                max_relative = 1e-6
            );
        }
    }

    #[test]
    fn residuals_that_bend_are_told_from_noise() {
        let bent = |n: f64| 6.4 - 2.0 * (-n / 3e8).exp();
        assert!(CostModel::column(&runs(bent)).is_some_and(|m| m.bend().is_some()));
        assert!(CostModel::per_nd(&runs(bent)).is_some_and(|m| m.bend().is_some()));
        let noisy = |n: f64| 6.0 + 0.2 * (n.ln() * 37.0).sin();
        assert!(CostModel::column(&runs(noisy)).is_some_and(|m| m.bend().is_none()));
    }
}
