//! The shape of a curve of losses without any law: how noisy the runs are, and how clearly they
//! rise, bend down or bend away from a straight line.
//!
//! Each statistic is the largest of a family of contrasts of the losses, divided by its standard
//! error. Each family tests something that every law of compute here satisfies:
//!
//! - A law falls. A block of runs above an earlier block is evidence against it.
//! - a·(C + C₀)^b + c with b < 0, and every positive mixture of such terms, is convex in C. A run
//!   above the chord between a smaller and a larger one is evidence against it.
//! - Σ aⱼ·C^bⱼ is convex in ln L against ln C (each C^b is log-linear, and sums of log-convex
//!   functions are log-convex). A knee downwards in that plane is evidence against every sum of
//!   powers.

use super::objective::Residuals;
use super::observations::Observations;
use super::profile::PowerProfile;
use crate::runs::{Run, in_order};

/// With more values of compute than this, neighbours are averaged: the families grow with the cube.
const MOST_POINTS: usize = 48;
/// Fewest values of compute for an estimate of the noise from neighbours.
const FEWEST_POINTS: usize = 5;
/// Smallest relative noise. Repeated identical runs differ by 0.06 % to 0.12 % in the loss (40 to
/// 75 seeds of a GPT-2 sized model); a smoother curve is a simulation.
const LEAST_NOISE: f64 = 2e-4;

/// Where the noise of a [`Shape`] comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum NoiseSource {
    /// Every run has a known σ.
    Given,
    /// Runs at the same compute, with this many degrees of freedom.
    Replicates(f64),
    /// The smallest of three estimates: residuals of the best a·C^b + c, residuals of a cubic of ln
    /// L in ln C, and the scatter of neighbouring runs.
    Neighbours,
}

/// The largest of a family of contrasts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Contrast {
    /// In units of its standard error; 0 if no contrast of the family has the sign of the test.
    pub z: f64,
    /// In ln L.
    pub size: f64,
    /// Smallest compute that takes part.
    pub from: f64,
    /// The compute in between at which the shape turns.
    pub turn: f64,
    /// Largest compute that takes part.
    pub to: f64,
}

/// A knee downwards of ln L against ln C.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Knee {
    /// Steepening at the knee in units of its standard error.
    pub z: f64,
    /// Compute at the knee.
    pub at: f64,
    /// Largest compute that takes part.
    pub to: f64,
    /// Share of the whole range of ln C that lies below the knee.
    pub share: f64,
    /// Exponent below the knee.
    pub before: f64,
    /// Exponent above it.
    pub after: f64,
}

/// Statistics of a curve of losses; made by [`Shape::of`].
///
/// ```
/// use scalewise::internal::Shape;
/// // falls, then rises
/// let runs: Vec<(f64, f64)> = [3.0, 2.8, 2.65, 2.55, 2.6, 2.7, 2.85, 3.0]
///     .iter().enumerate().map(|(k, loss)| (10f64.powi(18 + k as i32), *loss)).collect();
/// let shape = Shape::of(scalewise::Dataset::from_runs(runs)?.runs()).unwrap();
/// assert!(shape.rise.z > 5.0 && shape.rise.size > 0.1);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// Points compared: different computes, neighbours averaged where there are more than 48.
    pub points: usize,
    /// Relative standard deviation of one run.
    pub noise: f64,
    /// The source of the noise.
    pub source: NoiseSource,
    /// ln of the largest over the smallest loss of a point.
    pub range: f64,
    /// A later block of runs above an earlier one.
    pub rise: Contrast,
    /// A run above the chord, in C, of two others.
    pub bend: Contrast,
    /// The clearest knee downwards, over the smallest runs or all of them.
    pub knee: Knee,
}

/// One compute.
#[derive(Debug, Clone, Copy)]
struct Point {
    u: f64,
    /// ln L.
    y: f64,
    /// Variance in units of the squared noise.
    v: f64,
}

impl Shape {
    /// The statistics of these runs, in any order and of any role; `None` with fewer than five
    /// values of compute, or fewer than three if the noise is known.
    #[must_use]
    pub fn of(runs: &[Run]) -> Option<Shape> {
        Shape::in_order(&in_order(runs))
    }

    /// The same of runs in canonical order.
    pub(super) fn in_order(runs: &[&Run]) -> Option<Shape> {
        // The statistics are of ln L.
        if runs.iter().any(|run| run.loss <= 0.0) {
            return None;
        }
        let (points, known) = pool(runs);
        let fewest = if known.is_some() { 3 } else { FEWEST_POINTS };
        if points.len() < fewest {
            return None;
        }
        let points = thin(points);
        let (noise, source) = match known {
            Some(known) => known,
            None => (noise_of_neighbours(&points)?, NoiseSource::Neighbours),
        };
        let noise = match source {
            NoiseSource::Given => noise,
            _ => noise.max(LEAST_NOISE),
        };
        let (low, high) = points
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| {
                (l.min(p.y), h.max(p.y))
            });
        let mut shape = Shape {
            points: points.len(),
            noise,
            source,
            range: high - low,
            rise: rise(&points),
            bend: bend(&points),
            knee: knee(&points),
        };
        shape.rise.z /= noise;
        shape.bend.z /= noise;
        shape.knee.z /= noise;
        Some(shape)
    }
}

/// Merges the runs of one compute into one point. The noise is known if every run has a σ, or from
/// the pooled scatter of replicates with at least three degrees of freedom.
fn pool(runs: &[&Run]) -> (Vec<Point>, Option<(f64, NoiseSource)>) {
    let given = runs.iter().all(|run| run.sigma.is_some());
    let (mut squares, mut freedom) = (0.0, 0.0);
    let points = runs
        .chunk_by(|a, b| a.x == b.x)
        .map(|same| {
            let weight = |run: &Run| match run.sigma {
                Some(sigma) if given => (run.loss / sigma).powi(2),
                _ => 1.0,
            };
            let total: f64 = same.iter().map(|run| weight(run)).sum();
            let mean = same
                .iter()
                .map(|run| weight(run) * run.loss.ln())
                .sum::<f64>()
                / total;
            squares += same
                .iter()
                .map(|run| (run.loss.ln() - mean).powi(2))
                .sum::<f64>();
            freedom += same.len() as f64 - 1.0;
            Point {
                u: same[0].x.ln(),
                y: mean,
                v: 1.0 / total,
            }
        })
        .collect();
    let known = if given {
        Some((1.0, NoiseSource::Given))
    } else if freedom >= 3.0 && squares > 0.0 {
        Some(((squares / freedom).sqrt(), NoiseSource::Replicates(freedom)))
    } else {
        None
    };
    (points, known)
}

/// Averages neighbours until at most [`MOST_POINTS`] are left.
fn thin(points: Vec<Point>) -> Vec<Point> {
    if points.len() <= MOST_POINTS {
        return points;
    }
    let size = points.len().div_ceil(MOST_POINTS);
    points
        .chunks(size)
        .map(|group| {
            let total: f64 = group.iter().map(|p| 1.0 / p.v).sum();
            let mean = |value: fn(&Point) -> f64| {
                group.iter().map(|p| value(p) / p.v).sum::<f64>() / total
            };
            Point {
                u: mean(|p| p.u),
                y: mean(|p| p.y),
                v: 1.0 / total,
            }
        })
        .collect()
}

/// The smallest of three estimates of the noise, which fail on different curves: the residuals of
/// the best a·C^b + c; those of a cubic of ln L in ln C, which follows a smooth turn; and the
/// median deviation from the line between both neighbours, which a sudden break inflates little.
fn noise_of_neighbours(points: &[Point]) -> Option<f64> {
    let mut squares: Vec<f64> = points
        .windows(3)
        .map(|p| {
            let w = (p[1].u - p[0].u) / (p[2].u - p[0].u);
            let d = p[1].y - (1.0 - w) * p[0].y - w * p[2].y;
            d * d / (p[1].v + (1.0 - w).powi(2) * p[0].v + w * w * p[2].v)
        })
        .collect();
    squares.sort_by(f64::total_cmp);
    let middle = squares.len() / 2;
    let median = if squares.len().is_multiple_of(2) {
        0.5 * (squares[middle - 1] + squares[middle])
    } else {
        squares[middle]
    };
    // The median of a squared standard normal deviate is 0.6745².
    let local = (median / 0.454_936_423_119_572_8).sqrt();
    let inputs = points.iter().map(|p| vec![p.u.exp()]).collect();
    let losses = points.iter().map(|p| p.y.exp()).collect();
    let mut o = Observations::new(inputs, losses, Residuals::Relative).ok()?;
    for (weight, p) in o.weight.iter_mut().zip(points) {
        *weight = p.v.sqrt().recip();
    }
    let rss = PowerProfile::new(&o, true)?.best_rss();
    let fitted = (rss / (points.len() as f64 - 3.0)).sqrt();
    let smooth = noise_of_cubic(points).unwrap_or(f64::INFINITY);
    Some(local.min(fitted).min(smooth)).filter(|noise| noise.is_finite())
}

/// Root mean square of the residuals of a cubic; `None` with fewer than eight points.
fn noise_of_cubic(points: &[Point]) -> Option<f64> {
    const TERMS: usize = 4;
    let n = points.len();
    if n < 2 * TERMS {
        return None;
    }
    let (first, last) = (points[0].u, points[n - 1].u);
    let scaled = |values: fn(f64, &Point) -> f64| -> Vec<f64> {
        let t = |p: &Point| (2.0 * p.u - first - last) / (last - first);
        points
            .iter()
            .map(|p| values(t(p), p) / p.v.sqrt())
            .collect()
    };
    // Chebyshev polynomials stay well conditioned where powers do not.
    let mut basis: [Vec<f64>; TERMS] = [
        scaled(|_, _| 1.0),
        scaled(|t, _| t),
        scaled(|t, _| 2.0 * t * t - 1.0),
        scaled(|t, _| t * (4.0 * t * t - 3.0)),
    ];
    let mut residual = scaled(|_, p| p.y);
    for k in 0..TERMS {
        let (done, rest) = basis.split_at_mut(k + 1);
        let direction = &done[k];
        let square = dot(direction, direction);
        for column in rest.iter_mut().chain([&mut residual]) {
            let share = dot(direction, column) / square;
            for (value, d) in column.iter_mut().zip(direction) {
                *value -= share * d;
            }
        }
    }
    Some((dot(&residual, &residual) / (n - TERMS) as f64).sqrt())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Largest difference of the means of two adjacent blocks, later minus earlier.
fn rise(points: &[Point]) -> Contrast {
    let n = points.len();
    let mut sums = vec![(0.0, 0.0); n + 1];
    for (i, p) in points.iter().enumerate() {
        sums[i + 1] = (sums[i].0 + p.y, sums[i].1 + p.v);
    }
    let block = |from: usize, to: usize| {
        let count = (to - from) as f64;
        (
            (sums[to].0 - sums[from].0) / count,
            (sums[to].1 - sums[from].1) / (count * count),
        )
    };
    let mut best = Contrast::default();
    for middle in 1..n {
        for from in 0..middle {
            let (low, v_low) = block(from, middle);
            for to in middle + 1..=n {
                let (high, v_high) = block(middle, to);
                let z = (high - low) / (v_low + v_high).sqrt();
                if z > best.z {
                    best = Contrast {
                        z,
                        size: high - low,
                        from: points[from].u.exp(),
                        turn: points[middle - 1].u.exp(),
                        to: points[to - 1].u.exp(),
                    };
                }
            }
        }
    }
    best
}

/// Largest height of a point above the chord between two others, in units of its own loss.
fn bend(points: &[Point]) -> Contrast {
    let n = points.len();
    let mut best = Contrast::default();
    for middle in 1..n.saturating_sub(1) {
        let p = points[middle];
        for left in &points[..middle] {
            for right in &points[middle + 1..] {
                // Weight of the left end, (C₂ − C)/(C₂ − C₁), computed without cancellation.
                let near = (p.u - right.u).exp_m1();
                let w = near / (left.u - right.u).exp_m1();
                let (a, b) = (w * (left.y - p.y).exp(), (1.0 - w) * (right.y - p.y).exp());
                let height = 1.0 - a - b;
                let z = height / (p.v + a * a * left.v + b * b * right.v).sqrt();
                if z > best.z {
                    best = Contrast {
                        z,
                        size: -(a + b).ln(),
                        from: left.u.exp(),
                        turn: p.u.exp(),
                        to: right.u.exp(),
                    };
                }
            }
        }
    }
    best
}

/// Clearest steepening of two joined lines through the first m points of ln L against ln C.
fn knee(points: &[Point]) -> Knee {
    let mut best = Knee::default();
    for m in 4..=points.len() {
        let first = &points[..m];
        let (mut w, mut wu, mut wy) = (0.0, 0.0, 0.0);
        for p in first {
            w += 1.0 / p.v;
            wu += p.u / p.v;
            wy += p.y / p.v;
        }
        let (mean_u, mean_y) = (wu / w, wy / w);
        for knot in &first[1..m - 1] {
            let hinge = |p: &Point| (p.u - knot.u).max(0.0);
            let mean_h = first.iter().map(|p| hinge(p) / p.v).sum::<f64>() / w;
            let (mut uu, mut uh, mut hh, mut uy, mut hy) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for p in first {
                let (u, h, y) = (p.u - mean_u, hinge(p) - mean_h, p.y - mean_y);
                uu += u * u / p.v;
                uh += u * h / p.v;
                hh += h * h / p.v;
                uy += u * y / p.v;
                hy += h * y / p.v;
            }
            let clear = hh - uh * uh / uu;
            let change = (hy - uh * uy / uu) / clear;
            let z = -change * clear.sqrt();
            if z > best.z {
                let before = (uy - change * uh) / uu;
                best = Knee {
                    z,
                    at: knot.u.exp(),
                    share: (knot.u - first[0].u) / (points[points.len() - 1].u - first[0].u),
                    to: first[m - 1].u.exp(),
                    before,
                    after: before + change,
                };
            }
        }
    }
    best
}
