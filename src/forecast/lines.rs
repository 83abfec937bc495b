//! Straight lines of ln L against ln C through the largest runs, which give the last direction of
//! the curve.

use super::curve::Curve;
use crate::fit::central_quantile;

/// Weight of a run in the local slope: (C/C_max)^WEIGHT.
const WEIGHT: f64 = 2.25;
/// Share of the local slope that is kept beyond the largest run. Published curves keep 0.74 of the
/// slope of their last three runs in the median (0.39 to 1.0 for nine of ten).
const DAMPING: f64 = 0.65;
/// Weight of a run in the straight line that a curve without a floor may follow.
const WEIGHT_STRAIGHT: f64 = 1.0;

/// Two lines through one curve.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines {
    local: Line,
    straight: Line,
}

/// ln L = `at_largest` + `slope`·ln(C/C_max).
#[derive(Debug, Clone, Copy)]
struct Line {
    at_largest: f64,
    slope: f64,
}

impl Lines {
    /// `None` with a single value of compute.
    pub(super) fn through(curve: &Curve) -> Option<Lines> {
        Some(Lines {
            local: Line::weighted(curve, WEIGHT)?,
            straight: Line::weighted(curve, WEIGHT_STRAIGHT)?,
        })
    }

    /// ln L at u* = `distance` if the curve flattens as published curves do.
    pub(super) fn damped(&self, distance: f64) -> f64 {
        self.local.at_largest + DAMPING * self.local.slope * distance
    }

    /// ln L there if the curve keeps its local slope, as the excess over a known floor does.
    pub(super) fn kept(&self, distance: f64) -> f64 {
        self.local.at_largest + self.local.slope * distance
    }

    /// ln L there if the curve goes on as a power law without a floor.
    pub(super) fn straight(&self, distance: f64) -> f64 {
        self.straight.at_largest + self.straight.slope * distance
    }
}

/// The curve falls if its slope is at least this many standard errors.
const FALL: f64 = 2.0;

/// Whether the runs fall by more than their scatter about a straight line.
pub(super) fn falls(curve: &Curve) -> bool {
    let Some(line) = Line::unweighted(curve) else {
        return false;
    };
    let count = curve.u.len() as f64;
    let mean = curve.u.iter().sum::<f64>() / count;
    let across: f64 = curve.u.iter().map(|u| (u - mean).powi(2)).sum();
    let squares: f64 = line.residuals(curve).map(|r| r * r).sum();
    let error = (squares / (count - 2.0).max(1.0) / across).sqrt();
    line.slope < 0.0 && -line.slope >= FALL * error
}

/// Level of the test for a bend.
const BEND: f64 = 0.9;
/// A bend below this is rounding.
const ROUNDING: f64 = 1e-9;

/// Whether the runs contradict a straight line: the t test of a quadratic term of ln L in ln C.
pub(super) fn bends(curve: &Curve) -> bool {
    let count = curve.u.len();
    let (Some(line), true) = (Line::unweighted(curve), count > 3) else {
        return false;
    };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / count as f64;
    let middle = mean(&curve.u);
    let u: Vec<f64> = curve.u.iter().map(|u| u - middle).collect();
    let squares: Vec<f64> = u.iter().map(|u| u * u).collect();
    // The part of the squares that neither a constant nor u explains.
    let slope = dot(&u, &squares) / dot(&u, &u);
    let level = mean(&squares);
    let bend: Vec<f64> = (u.iter().zip(&squares))
        .map(|(u, square)| square - level - slope * u)
        .collect();
    let residuals: Vec<f64> = line.residuals(curve).collect();
    let size = dot(&bend, &residuals) / dot(&bend, &bend);
    let rest = residuals.iter().zip(&bend).map(|(r, b)| r - size * b);
    let noise = rest.map(|r| r * r).sum::<f64>() / (count - 3) as f64;
    let largest = bend.iter().map(|b| (size * b).abs()).fold(0.0, f64::max);
    let quantile = central_quantile(BEND, Some((count - 3) as f64));
    largest > ROUNDING && size.abs() > quantile * (noise / dot(&bend, &bend)).sqrt()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl Line {
    /// Least squares with equal weights; the line may rise.
    fn unweighted(curve: &Curve) -> Option<Line> {
        let count = curve.u.len() as f64;
        let mean_u = curve.u.iter().sum::<f64>() / count;
        let mean_y = curve.y.iter().map(|y| y.ln()).sum::<f64>() / count;
        let rows = || curve.u.iter().zip(&curve.y);
        let across: f64 = rows().map(|(u, _)| (u - mean_u).powi(2)).sum();
        let product: f64 = rows().map(|(u, y)| (u - mean_u) * (y.ln() - mean_y)).sum();
        let slope = product / across;
        let at_largest = mean_y - slope * mean_u;
        slope.is_finite().then_some(Line { at_largest, slope })
    }

    fn residuals<'a>(&'a self, curve: &'a Curve) -> impl Iterator<Item = f64> + 'a {
        let rows = curve.u.iter().zip(&curve.y);
        rows.map(|(u, y)| y.ln() - self.at_largest - self.slope * u)
    }

    /// Least squares with weights (C/C_max)^`power`. A rising line is made level.
    fn weighted(curve: &Curve, power: f64) -> Option<Line> {
        let rows = || curve.u.iter().zip(&curve.y);
        let weight = |u: f64| (power * u).exp();
        let (mut total, mut mean_u, mut mean_y) = (0.0, 0.0, 0.0);
        for (&u, y) in rows() {
            let w = weight(u);
            total += w;
            mean_u += w * u;
            mean_y += w * y.ln();
        }
        (mean_u, mean_y) = (mean_u / total, mean_y / total);
        let (mut across, mut product) = (0.0, 0.0);
        for (&u, y) in rows() {
            let w = weight(u);
            across += w * (u - mean_u).powi(2);
            product += w * (u - mean_u) * (y.ln() - mean_y);
        }
        let slope = product / across;
        // With a single value of compute there is no slope.
        slope.is_finite().then(|| Line {
            at_largest: mean_y - slope.min(0.0) * mean_u,
            slope: slope.min(0.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(rows: &[(f64, f64)]) -> Curve {
        Curve::new(rows.iter().map(|(c, y)| (*c, *y, None)))
    }

    #[test]
    fn a_power_law_lies_on_its_straight_line() {
        let rows = [1e18_f64, 3e18, 1e19, 1e20].map(|c| (c, 40.0 * c.powf(-0.07)));
        let lines = Lines::through(&curve(&rows)).unwrap();
        let there = 40.0 * 1e23_f64.powf(-0.07);
        let distance = 1000_f64.ln();
        assert!((lines.straight(distance) - there.ln()).abs() < 1e-9);
        let damped = rows[3].1.ln() - DAMPING * 0.07 * distance;
        assert!((lines.damped(distance) - damped).abs() < 1e-9);
    }

    #[test]
    fn a_flat_curve_does_not_fall() {
        assert!(!falls(&curve(&[
            (1.0, 2.0),
            (10.0, 2.0),
            (100.0, 2.0),
            (1000.0, 2.0)
        ])));
        assert!(!falls(&curve(&[
            (1.0, 2.0),
            (10.0, 2.1),
            (100.0, 1.99),
            (1000.0, 2.05)
        ])));
        assert!(falls(&curve(&[
            (1.0, 2.0),
            (10.0, 1.9),
            (100.0, 1.85),
            (1000.0, 1.83)
        ])));
    }

    #[test]
    fn a_floor_and_an_onset_bend_and_a_noisy_power_law_does_not() {
        let computes = [1e18_f64, 1e19, 1e20, 1e21, 1e22, 1e23];
        let of = |law: &dyn Fn(f64) -> f64| {
            let wiggle = [1.002, 0.999, 1.001, 0.998, 1.001, 0.999];
            let rows = computes.iter().zip(wiggle).map(|(c, w)| (*c, w * law(*c)));
            bends(&curve(&rows.collect::<Vec<_>>()))
        };
        assert!(!of(&|c| 40.0 * c.powf(-0.07)));
        assert!(of(&|c| 40.0 * c.powf(-0.07) + 1.5));
        assert!(of(&|c| (c / 1e20 + 1.0).powf(-0.2)));
        let exact = computes.map(|c| (c, 40.0 * c.powf(-0.07)));
        assert!(!bends(&curve(&exact)));
    }

    #[test]
    fn a_rise_is_level_and_one_compute_has_no_line() {
        let rising = Lines::through(&curve(&[(1.0, 1.0), (2.0, 2.0)])).unwrap();
        assert_eq!(rising.damped(5.0), rising.damped(0.0));
        assert!(Lines::through(&curve(&[(1.0, 1.0), (1.0, 2.0)])).is_none());
    }
}
