//! Profile likelihood of a·C^b + c in closed form for each exponent.

use super::observations::Observations;
use crate::numeric::{EXPONENTS, Limits, PowerProblem, crossing, minimise_to};

/// For one exponent the sum of squares is a quadratic in the other parameters, which gives the
/// forecasts that the data allow in closed form. A piece is one such quadratic: a forecast v has
/// the sum of squares `rss + k·(v − v_hat)²`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Piece {
    /// Smallest sum of squares on the piece.
    pub rss: f64,
    /// The forecast with that sum.
    pub v_hat: f64,
    /// Curvature: the increase of the sum per squared unit of forecast.
    pub k: f64,
}

/// RSS as a function of the exponent and of a linear functional of (s, c).
#[derive(Debug, Clone)]
pub(crate) struct PowerProfile {
    problem: PowerProblem,
    constant: bool,
}

impl PowerProfile {
    /// `None` unless the residuals are linear in f.
    pub(crate) fn new(o: &Observations, constant: bool) -> Option<PowerProfile> {
        let problem = PowerProblem::new(o, constant, Limits::natural(constant))?;
        Some(PowerProfile { problem, constant })
    }

    /// Unit of the losses inside. Functionals passed in and returned are in this unit.
    pub(crate) fn unit(&self) -> f64 {
        self.problem.unit
    }

    /// ln C_max.
    pub(crate) fn log_reference(&self) -> f64 {
        self.problem.log_reference
    }

    /// Smallest RSS.
    pub(crate) fn best_rss(&self) -> f64 {
        let basins = self.problem.clone().basins();
        basins.first().map_or(f64::INFINITY, |basin| basin.rss)
    }

    /// Smallest RSS with c = 0.
    pub(crate) fn floorless_rss(&self) -> f64 {
        let mut problem = self.problem.clone();
        problem.forbid_constant();
        problem
            .basins()
            .first()
            .map_or(f64::INFINITY, |basin| basin.rss)
    }

    /// Sums over the runs and best parameters at exponent `b`.
    fn at(&mut self, b: f64) -> At {
        self.problem.exponentials(b);
        let problem = &self.problem;
        let (mut w, mut we, mut wee, mut wy, mut wey) = (0.0, 0.0, 0.0, 0.0, 0.0);
        // Sums about the mean lose the fewest digits.
        for ((e, y), q) in problem.scratch.iter().zip(&problem.y).zip(&problem.q) {
            let q2 = q * q;
            w += q2;
            we += q2 * e;
            wy += q2 * y;
        }
        let (mean_e, mean_y) = (we / w, wy / w);
        let (mut see, mut sey) = (0.0, 0.0);
        for ((e, y), q) in problem.scratch.iter().zip(&problem.y).zip(&problem.q) {
            let q2 = q * q;
            let d = e - mean_e;
            see += q2 * d * d;
            sey += q2 * d * (y - mean_y);
            wee += q2 * e * e;
            wey += q2 * e * y;
        }
        let s_floorless = wey / wee;
        let interior = (self.constant && see > 0.0).then(|| {
            let s = sey / see;
            let c = mean_y - s * mean_e;
            (s, c, problem.sum_of_squares(s, c))
        });
        At {
            b,
            w,
            mean_e,
            see,
            wee,
            interior,
            floorless: (s_floorless, problem.sum_of_squares(s_floorless, 0.0)),
            flat: self
                .constant
                .then(|| (mean_y, problem.sum_of_squares(0.0, mean_y))),
        }
    }
}

/// Sums over the runs at one exponent, and the best parameters with their sum of squares. They do
/// not depend on the functional.
#[derive(Debug, Clone, Copy)]
struct At {
    b: f64,
    /// Σq².
    w: f64,
    /// The mean of e = e^(b·u), its spread Σq²(e − mean)², and Σq²e².
    mean_e: f64,
    see: f64,
    wee: f64,
    /// (s, c, RSS) with both free.
    interior: Option<(f64, f64, f64)>,
    /// (s, RSS) with c = 0.
    floorless: (f64, f64),
    /// (c, RSS) with s = 0.
    flat: Option<(f64, f64)>,
}

impl At {
    /// The interior piece and the two edges c = 0 and s = 0, for the functional d_s·s + d_c·c. The
    /// interior piece is feasible if any optimum on it respects the bounds.
    fn pieces(&self, d_s: f64, d_c: f64) -> Pieces {
        let interior = self.interior.map(|(s, c, rss)| {
            // Inverse of [[Σq²e², Σq²e], [Σq²e, Σq²]] applied to (d_s, d_c).
            let m_s = (d_s - d_c * self.mean_e) / self.see;
            let m_c = d_c / self.w - m_s * self.mean_e;
            let variance = d_s * m_s + d_c * m_c;
            Interior {
                piece: Piece {
                    rss,
                    v_hat: d_s * s + d_c * c,
                    k: 1.0 / variance,
                },
                s,
                c,
                ds_dv: m_s / variance,
                dc_dv: m_c / variance,
            }
        });
        Pieces {
            interior,
            floorless: Piece {
                rss: self.floorless.1,
                v_hat: d_s * self.floorless.0,
                k: self.wee / (d_s * d_s),
            },
            flat: self.flat.map(|(c, rss)| Piece {
                rss,
                v_hat: d_c * c,
                k: self.w / (d_c * d_c),
            }),
        }
    }
}

/// See [`PowerProfile::coarse`].
pub(crate) struct Coarse {
    grid: Vec<f64>,
    rss: Vec<f64>,
}

/// Exponents that resolve the set {b : RSS(b) ≤ threshold}, with the sums at each.
pub(crate) struct Cover {
    threshold: f64,
    nodes: Vec<At>,
}

impl Cover {
    /// Smallest and largest exponent with RSS ≤ threshold; `None` if there is none.
    pub(crate) fn exponents(&self) -> Option<(f64, f64)> {
        Some((self.nodes.first()?.b, self.nodes.last()?.b))
    }
}

/// See [`At::pieces`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pieces {
    pub interior: Option<Interior>,
    /// c = 0.
    pub floorless: Piece,
    /// s = 0.
    pub flat: Option<Piece>,
}

/// The piece with both parameters free, and how they move with the forecast.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Interior {
    pub piece: Piece,
    s: f64,
    c: f64,
    ds_dv: f64,
    dc_dv: f64,
}

impl Interior {
    /// Whether the best parameters for forecast `v` respect s ≥ 0 and c ≥ 0.
    pub(crate) fn feasible(&self, v: f64) -> bool {
        let dv = v - self.piece.v_hat;
        self.s + self.ds_dv * dv >= 0.0 && self.c + self.dc_dv * dv >= 0.0
    }
}

/// The functional d_s·s + d_c·c whose extremes are wanted; its direction depends on the exponent.
pub(crate) trait Functional {
    /// (d_s, d_c) at exponent `b`, for parameters in the profile's own units.
    fn direction(&self, b: f64) -> (f64, f64);
    /// Noise of a new observation of the functional, added to the uncertainty of the curve.
    fn noise(&self) -> Noise;
}

/// How a new observation scatters about the functional, per unit of weighted residual.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Noise {
    /// No new observation: confidence of the functional itself.
    None,
    /// y = v + d·κ.
    Added(f64),
    /// ln y = ln v + d·κ.
    Multiplied(f64),
}

impl PowerProfile {
    /// Smallest and largest value of the functional over all laws with RSS ≤ the cover's threshold;
    /// with noise, over all laws and noises d with RSS + d² ≤ that threshold.
    pub(crate) fn range(&mut self, cover: &Cover, functional: &dyn Functional) -> (f64, f64) {
        let nodes = &cover.nodes;
        let mut extreme = |sign: f64| {
            let value = |at: &At| {
                let (d_s, d_c) = functional.direction(at.b);
                let pieces = at.pieces(d_s, d_c);
                sign * pieces
                    .extreme(cover.threshold, sign, functional.noise())
                    .unwrap_or(-sign * FAR)
            };
            let values = nodes.iter().map(value).enumerate();
            let best = values.max_by(|(_, a), (_, b)| a.total_cmp(b));
            let Some((best, highest)) = best else {
                return f64::NAN;
            };
            let low = nodes[best.saturating_sub(1)].b;
            let high = nodes[(best + 1).min(nodes.len() - 1)].b;
            let refined = minimise_to(|b| -value(&self.at(b)), low, high, REFINED);
            sign * value(&self.at(refined)).max(highest)
        };
        (extreme(-1.0), extreme(1.0))
    }

    /// RSS(b) on a coarse grid and at the fitted exponent, which every level's cover begins with.
    pub(crate) fn coarse(&mut self, fitted: f64) -> Coarse {
        const COARSE: usize = 48;
        let mut grid: Vec<f64> = (0..COARSE)
            .map(|k| {
                let t = k as f64 / (COARSE - 1) as f64;
                EXPONENTS.1 * (EXPONENTS.0 / EXPONENTS.1).powf(t)
            })
            .chain([fitted])
            .collect();
        grid.sort_by(f64::total_cmp);
        let rss = |&b: &f64| match b == fitted {
            // Rounding must not put it outside.
            true => f64::NEG_INFINITY,
            false => self.problem.project(b).2,
        };
        Coarse {
            rss: grid.iter().map(rss).collect(),
            grid,
        }
    }

    /// Exponents that resolve the set {b : RSS(b) ≤ threshold}, however small it is: the coarse
    /// grid points in it, the fitted exponent, and an even cover of every interval of the set.
    pub(crate) fn cover(&mut self, coarse: &Coarse, threshold: f64) -> Cover {
        const COVER: usize = 12;
        let grid = &coarse.grid;
        let inside: Vec<bool> = coarse.rss.iter().map(|rss| *rss <= threshold).collect();
        let mut cover = Vec::new();
        let mut k = 0;
        while k < grid.len() {
            if !inside[k] {
                k += 1;
                continue;
            }
            let first = k;
            while k + 1 < grid.len() && inside[k + 1] {
                k += 1;
            }
            let left = match first.checked_sub(1) {
                Some(before) => self.edge(grid[first], grid[before], threshold),
                None => grid[first],
            };
            let right = match grid.get(k + 1) {
                Some(&after) => self.edge(grid[k], after, threshold),
                None => grid[k],
            };
            cover.extend((0..=COVER).map(|j| left + (right - left) * j as f64 / COVER as f64));
            cover.extend_from_slice(&grid[first..=k]);
            k += 1;
        }
        cover.sort_by(f64::total_cmp);
        cover.dedup();
        Cover {
            threshold,
            nodes: cover.into_iter().map(|b| self.at(b)).collect(),
        }
    }

    /// The exponent between `inside` and `outside` where RSS(b) crosses the threshold.
    fn edge(&mut self, inside: f64, outside: f64, threshold: f64) -> f64 {
        let excess = |b: f64| self.problem.project(b).2 - threshold;
        crossing(excess, inside, outside)
    }
}

/// The exponent of an extreme is refined to this share of itself. The value is flat there, but a =
/// s·C_max^(−b) changes so fast with b that 1e-6 would lose half of its digits.
const REFINED: f64 = 1e-9;

/// Stands for "not allowed" in a search that needs finite values.
const FAR: f64 = 1e100;

impl Pieces {
    /// Largest (sign = 1) or smallest (sign = −1) value at this exponent, `None` if nothing is
    /// allowed.
    fn extreme(&self, threshold: f64, sign: f64, noise: Noise) -> Option<f64> {
        if let Some(interior) = &self.interior
            && let Some((v, y)) = interior.piece.extreme(threshold, sign, noise)
            && interior.feasible(v)
        {
            return Some(y);
        }
        let edges = [Some(self.floorless), self.flat];
        edges
            .into_iter()
            .flatten()
            .filter_map(|piece| piece.extreme(threshold, sign, noise))
            .map(|(_, y)| y.max(0.0))
            .max_by(|p, q| (sign * p).total_cmp(&(sign * q)))
    }
}

impl Piece {
    /// The extreme value, after the functional at which it is reached.
    fn extreme(&self, threshold: f64, sign: f64, noise: Noise) -> Option<(f64, f64)> {
        let room = threshold - self.rss;
        if !(room >= 0.0 && self.k > 0.0) {
            return None;
        }
        let reach = (room / self.k).sqrt();
        match noise {
            Noise::None => {
                let v = self.v_hat + sign * reach;
                Some((v, v))
            }
            Noise::Added(kappa) => {
                // Ellipse (v − v̂)²k + d² ≤ room: its support in the direction (1, κ).
                let length = (1.0 / self.k + kappa * kappa).sqrt();
                let v = self.v_hat + sign * room.sqrt() / (self.k * length);
                Some((v, self.v_hat + sign * room.sqrt() * length))
            }
            Noise::Multiplied(kappa) => {
                let spread = kappa * room.sqrt();
                // Extremise ln(v̂ ± reach·sin φ) ± spread·cos φ: tan φ = reach/(v·spread).
                let value = |phi: f64| self.v_hat + sign * reach * phi.sin();
                let mut phi = (reach / self.v_hat).atan2(spread);
                for _ in 0..60 {
                    let v = value(phi);
                    if v <= 0.0 {
                        return None;
                    }
                    let next = (reach / v).atan2(spread);
                    let change = (next - phi).abs();
                    phi = next;
                    if change < 1e-13 {
                        break;
                    }
                }
                let v = value(phi);
                (v > 0.0).then(|| (v, v * (sign * spread * phi.cos()).exp()))
            }
        }
    }
}
