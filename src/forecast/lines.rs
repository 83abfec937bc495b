//! Straight lines of ln L against ln C through the largest runs: where the curve was heading.

use super::curve::Curve;

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

    /// ln L there if the curve goes on as a power law without a floor.
    pub(super) fn straight(&self, distance: f64) -> f64 {
        self.straight.at_largest + self.straight.slope * distance
    }
}

/// A slope of fewer standard errors than this is no fall.
const FALL: f64 = 2.0;

/// Whether the runs fall by more than their scatter about a straight line.
pub(super) fn falls(curve: &Curve) -> bool {
    let count = curve.u.len() as f64;
    let Some(line) = Line::weighted(curve, 0.0) else {
        return false;
    };
    let mean = curve.u.iter().sum::<f64>() / count;
    let across: f64 = curve.u.iter().map(|u| (u - mean).powi(2)).sum();
    let residual = |(u, y): (&f64, &f64)| y.ln() - line.at_largest - line.slope * u;
    let squares: f64 = curve
        .u
        .iter()
        .zip(&curve.y)
        .map(residual)
        .map(|r| r * r)
        .sum();
    let error = (squares / (count - 2.0).max(1.0) / across).sqrt();
    line.slope < 0.0 && -line.slope >= FALL * error
}

impl Line {
    /// Least squares with weights (C/C_max)^`power`. A line that rises is taken as level.
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
        let slope = (product / across).min(0.0);
        let at_largest = mean_y - slope * mean_u;
        (slope.is_finite() && at_largest.is_finite()).then_some(Line { at_largest, slope })
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
    fn a_rise_is_level_and_one_compute_has_no_line() {
        let rising = Lines::through(&curve(&[(1.0, 1.0), (2.0, 2.0)])).unwrap();
        assert_eq!(rising.damped(5.0), rising.damped(0.0));
        assert!(Lines::through(&curve(&[(1.0, 1.0), (1.0, 2.0)])).is_none());
    }
}
