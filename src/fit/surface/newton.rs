//! Newton's method on the objective inside box bounds, and the path of thresholds that leads it to
//! the minimum of Huber's loss.

use super::super::general::relative_change;
use super::centred::{Centred, Point};
use super::kernel::{Rho, Workspace};
use super::sums::Square;

/// The bounds of a descent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limits {
    /// Bounds in centred units; equal bounds fix a parameter.
    pub lower: Point,
    pub upper: Point,
    /// Whether β always equals α.
    pub tied: bool,
}

impl Limits {
    pub(crate) fn moves(&self, k: usize) -> bool {
        self.lower[k] < self.upper[k] && !(self.tied && k == 4)
    }

    pub(crate) fn clamp(&self, mut p: Point) -> Point {
        for k in 0..5 {
            p[k] = p[k].max(self.lower[k]).min(self.upper[k]);
        }
        if self.tied {
            p[4] = p[3];
        }
        p
    }
}

/// Something subtracted from the objective: a multiple of a smooth function of the parameters.
pub(crate) trait Tilt {
    /// Value and gradient at `p`; the Hessian is taken by differences of the gradient.
    fn at(&self, p: &Point) -> (f64, Point);
}

/// Where a descent ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Found {
    pub p: Point,
    pub value: f64,
    pub converged: bool,
    /// Where the first step led.
    pub first: Point,
}

const MOST_STEPS: usize = 80;

/// Descends from `start` until steps are below `tolerance` relative to the parameters.
pub(crate) fn descend(
    data: &Centred,
    w: &mut Workspace,
    rho: Rho,
    limits: &Limits,
    start: Point,
    tolerance: f64,
) -> Found {
    descend_tilted(data, w, rho, limits, start, tolerance, None)
}

pub(crate) fn descend_tilted(
    data: &Centred,
    w: &mut Workspace,
    rho: Rho,
    limits: &Limits,
    start: Point,
    tolerance: f64,
    tilt: Option<&dyn Tilt>,
) -> Found {
    let mut p = limits.clamp(start);
    let total = |w: &mut Workspace, p: &Point| {
        w.value(data, p, rho) - tilt.map_or(0.0, |tilt| tilt.at(p).0)
    };
    let mut value = total(w, &p);
    let mut first: Option<Point> = None;
    if !value.is_finite() {
        return Found {
            p,
            value,
            converged: false,
            first: first.unwrap_or(p),
        };
    }
    let mut damping = 0.0;
    for _ in 0..MOST_STEPS {
        if value == 0.0 {
            return Found {
                p,
                value,
                converged: true,
                first: first.unwrap_or(p),
            };
        }
        let (mut gradient, mut hessian) = w.derivatives(data, &p, rho);
        if let Some(tilt) = tilt {
            subtract(tilt, &p, &mut gradient, &mut hessian);
        }
        let mut majorant: Option<Square> = None;
        fold(limits.tied, &mut gradient, &mut hessian);
        let free = free(limits, &p, &gradient, &hessian);
        if free == [false; 5] {
            return Found {
                p,
                value,
                converged: true,
                first: first.unwrap_or(p),
            };
        }
        loop {
            let step = if damping == 0.0 {
                step(&p, limits, free, &gradient, &hessian)
            } else {
                let safe = majorant.get_or_insert_with(|| {
                    let mut safe = w.majorant(&p);
                    fold(limits.tied, &mut [0.0; 5], &mut safe);
                    for (k, row) in safe.iter_mut().enumerate() {
                        // Keeps the matrix positive definite if the columns are nearly collinear.
                        row[k] *= 1.001;
                    }
                    safe
                });
                step(&p, limits, free, &gradient, &sum(&hessian, safe, damping))
            };
            if let Some(next) = step {
                let next = limits.clamp(next);
                let size = relative_change(&p, &next);
                let trial = total(w, &next);
                if trial < value {
                    p = next;
                    value = trial;
                    first.get_or_insert(p);
                    damping = if damping < 1e-4 { 0.0 } else { damping * 0.1 };
                    if size < tolerance {
                        return Found {
                            p,
                            value,
                            converged: true,
                            first: first.unwrap_or(p),
                        };
                    }
                    break;
                }
                if size < tolerance || (trial <= value * (1.0 + 1e-12) && size < 1e-6) {
                    // Rounding hides any further decrease. Newton's own step still improves the
                    // parameters, which are only accurate to the square root of the sum's rounding.
                    let refined = damping == 0.0 && trial <= value * (1.0 + 1e-12);
                    return Found {
                        p: if refined { next } else { p },
                        value: if refined { trial } else { value },
                        converged: true,
                        first: first.unwrap_or(p),
                    };
                }
            }
            damping = f64::max(damping, 1e-4) * 10.0;
            if damping > 1e10 {
                return Found {
                    p,
                    value,
                    converged: false,
                    first: first.unwrap_or(p),
                };
            }
        }
    }
    Found {
        p,
        value,
        converged: false,
        first: first.unwrap_or(p),
    }
}

fn subtract(tilt: &dyn Tilt, p: &Point, gradient: &mut Point, hessian: &mut Square) {
    let (_, slope) = tilt.at(p);
    for k in 0..5 {
        gradient[k] -= slope[k];
        let h = 1e-5 * p[k].abs().max(1e-3);
        let (mut above, mut below) = (*p, *p);
        above[k] += h;
        below[k] -= h;
        let (above, below) = (tilt.at(&above).1, tilt.at(&below).1);
        for i in 0..5 {
            // Each pair is visited twice, which makes the result symmetric.
            let half = 0.5 * (above[i] - below[i]) / (2.0 * h);
            if half.is_finite() {
                hessian[i][k] -= half;
                hessian[k][i] -= half;
            }
        }
    }
}

/// With tied exponents the derivatives by β belong to α.
pub(crate) fn fold(tied: bool, gradient: &mut Point, square: &mut Square) {
    if !tied {
        return;
    }
    gradient[3] += gradient[4];
    let last = square[4];
    for k in 0..5 {
        square[3][k] += last[k];
    }
    for row in square.iter_mut() {
        row[3] += row[4];
    }
    gradient[4] = 0.0;
}

/// Parameters that may move: not fixed, not pressed against a bound, and with some effect.
fn free(limits: &Limits, p: &Point, gradient: &Point, hessian: &Square) -> [bool; 5] {
    std::array::from_fn(|k| {
        limits.moves(k)
            && !(p[k] <= limits.lower[k] && gradient[k] >= 0.0)
            && !(p[k] >= limits.upper[k] && gradient[k] <= 0.0)
            && (gradient[k] != 0.0 || hessian[k][k] != 0.0)
    })
}

/// The point one Newton step away. A parameter that would cross its bound stops there and the
/// others are solved again.
fn step(
    p: &Point,
    limits: &Limits,
    mut free: [bool; 5],
    gradient: &Point,
    hessian: &Square,
) -> Option<Point> {
    let mut next = *p;
    loop {
        let taken: Point = std::array::from_fn(|k| if free[k] { 0.0 } else { next[k] - p[k] });
        let mut rhs = [0.0; 5];
        for i in 0..5 {
            rhs[i] = -gradient[i] - (0..5).map(|k| hessian[i][k] * taken[k]).sum::<f64>();
        }
        let d = solve_positive(hessian, &rhs, free)?;
        let mut crossed = false;
        for k in 0..5 {
            if !free[k] {
                continue;
            }
            let wanted = p[k] + d[k];
            next[k] = wanted.max(limits.lower[k]).min(limits.upper[k]);
            if next[k] != wanted {
                free[k] = false;
                crossed = true;
            }
        }
        if !crossed || free == [false; 5] {
            return Some(next);
        }
    }
}

/// Cholesky's solution over the free parameters; `None` if the matrix is not positive definite.
pub(crate) fn solve_positive(h: &Square, rhs: &Point, free: [bool; 5]) -> Option<Point> {
    let mut l = [[0.0; 5]; 5];
    let mut y = [0.0; 5];
    for i in 0..5 {
        if !free[i] {
            continue;
        }
        for k in 0..=i {
            if !free[k] {
                continue;
            }
            let mut sum = h[i][k];
            for j in 0..k {
                sum -= l[i][j] * l[k][j];
            }
            if i == k {
                // A pivot this small is rounding, not curvature.
                if sum.is_nan() || sum <= 1e-15 * h[i][i] {
                    return None;
                }
                l[i][i] = sum.sqrt();
            } else {
                l[i][k] = sum / l[k][k];
            }
        }
        let mut sum = rhs[i];
        for j in 0..i {
            sum -= l[i][j] * y[j];
        }
        y[i] = sum / l[i][i];
    }
    let mut x = [0.0; 5];
    for i in (0..5).rev() {
        if !free[i] {
            continue;
        }
        let mut sum = y[i];
        for j in i + 1..5 {
            sum -= l[j][i] * x[j];
        }
        x[i] = sum / l[i][i];
    }
    x.iter().all(|v| v.is_finite()).then_some(x)
}

fn sum(h: &Square, safe: &Square, factor: f64) -> Square {
    std::array::from_fn(|i| std::array::from_fn(|k| h[i][k] + factor * safe[i][k]))
}

/// The largest violation of the conditions of Karush, Kuhn and Tucker at `p`: each component of the
/// gradient relative to the sum of the sizes of its terms. Parameters held at a bound do not count.
pub(crate) fn kkt_violation(
    data: &Centred,
    w: &mut Workspace,
    rho: Rho,
    limits: &Limits,
    p: &Point,
) -> f64 {
    w.value(data, p, rho);
    let (mut gradient, mut hessian) = w.derivatives(data, p, rho);
    let mut size = w.gradient_size(p);
    fold(limits.tied, &mut gradient, &mut hessian);
    if limits.tied {
        size[3] += size[4];
    }
    (0..5)
        .filter(|&k| limits.moves(k) && size[k] > 0.0)
        .map(|k| {
            let g = gradient[k] / size[k];
            if p[k] <= limits.lower[k] {
                (-g).max(0.0)
            } else if p[k] >= limits.upper[k] {
                g.max(0.0)
            } else {
                g.abs()
            }
        })
        .fold(0.0, f64::max)
}
