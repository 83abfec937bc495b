//! The scatter of the points of a log, and the correlation of neighbours.

use super::condense::Block;
use super::log::Point;

/// The scatter of a log about its own trend.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Noise {
    /// Standard deviation of a point, as a share of the loss.
    pub sigma: f64,
    /// Correlation of a point's deviation with that of the one before, between −1 and 1.
    pub correlation: f64,
}

/// Largest autocorrelation assumed; a larger one would make any log worthless.
const MOST: f64 = 0.98;

/// The scatter of the points about straight lines through their blocks. If blocks are single
/// points, it is the scatter of each point about the line through its neighbours.
pub(super) fn scatter(points: &[Point], blocks: &[Block]) -> Noise {
    let single = blocks.len() == points.len();
    let deviations: Vec<f64> = match single {
        true => from_neighbours(points),
        false => from_lines(points, blocks),
    };
    let Some(sigma) = deviation(&deviations) else {
        return Noise::default();
    };
    let correlation = match single {
        // Deviations from a line through both neighbours are correlated by construction, so the
        // correlation stays unknown.
        true => 0.0,
        false => lag_one(&deviations),
    };
    Noise { sigma, correlation }
}

/// The deviation (2y₁ − y₀ − y₂)/√6 of three neighbours has the variance of one point (Gasser et
/// al. 1986); here it is generalised to unequal steps.
fn from_neighbours(points: &[Point]) -> Vec<f64> {
    let three = |p: &[Point]| {
        let share = (p[1].step - p[0].step) / (p[2].step - p[0].step);
        let line = p[0].loss + share * (p[2].loss - p[0].loss);
        let size = (1.0 + share * share + (1.0 - share).powi(2)).sqrt();
        (p[1].loss - line) / (size * p[1].loss)
    };
    points.windows(3).map(three).collect()
}

fn from_lines(points: &[Point], blocks: &[Block]) -> Vec<f64> {
    let nodes: Vec<(f64, f64)> = blocks.iter().map(|b| (b.step, b.loss)).collect();
    let mut deviations = Vec::with_capacity(points.len());
    let mut k = 0;
    for point in points {
        while k + 2 < nodes.len() && nodes[k + 1].0 < point.step {
            k += 1;
        }
        let Some((a, b)) = nodes.get(k).zip(nodes.get(k + 1)) else {
            break;
        };
        let line = a.1 + (b.1 - a.1) * (point.step - a.0) / (b.0 - a.0);
        deviations.push(point.loss / line - 1.0);
    }
    deviations
}

/// The standard deviation about zero, without the largest twentieth, since the first points and
/// jumps are not noise.
fn deviation(deviations: &[f64]) -> Option<f64> {
    let mut squares: Vec<f64> = deviations.iter().map(|d| d * d).collect();
    squares.retain(|s| s.is_finite());
    if squares.is_empty() {
        return None;
    }
    let kept = squares.len() - squares.len() / 20;
    squares.select_nth_unstable_by(kept - 1, f64::total_cmp);
    let mean = squares[..kept].iter().sum::<f64>() / kept as f64;
    // Without their tails, normal deviations have 0.76 of their full variance.
    let whole = if kept < squares.len() { 0.76 } else { 1.0 };
    Some((mean / whole).sqrt())
}

/// The correlation of each value with the one before, about zero.
pub(super) fn lag_one(values: &[f64]) -> f64 {
    let products: f64 = values.windows(2).map(|w| w[0] * w[1]).sum();
    let squares: f64 = values.iter().map(|v| v * v).sum();
    let correlation = products / squares;
    match correlation.is_finite() {
        true => correlation.clamp(-MOST, MOST),
        false => 0.0,
    }
}

/// The number of independent values that one of these is worth: (1 − ρ)/(1 + ρ) for a first-order
/// autoregression, and at most one.
pub(super) fn share_of_information(correlation: f64) -> f64 {
    let rho = correlation.clamp(0.0, MOST);
    (1.0 - rho) / (1.0 + rho)
}
