//! Profile likelihood of a·C^b + c in closed form for each exponent.

use super::observations::Observations;
use crate::numeric::{EXPONENTS, Limits, PowerProblem, minimise_to};

/// For one exponent the sum of squares is a quadratic in the other parameters, so the set of
/// forecasts that the data allow is known in closed form; this is its building block.
///
/// On a piece, a forecast v costs `rss + k·(v − v_hat)²`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Piece {
    /// Smallest sum of squares on the piece.
    pub rss: f64,
    /// The forecast there.
    pub v_hat: f64,
    /// Curvature: what one squared unit of forecast costs.
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

    /// Unit of the losses inside: functionals given and returned here are divided by it.
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

    /// The interior piece (if any optimum on it respects the bounds it will be feasible) and the
    /// two edges c = 0 and s = 0, for the functional d_s·s + d_c·c at exponent `b`.
    pub(crate) fn pieces(&mut self, b: f64, d_s: f64, d_c: f64) -> Pieces {
        let problem = &mut self.problem;
        let (mut w, mut we, mut wee, mut wy, mut wey) = (0.0, 0.0, 0.0, 0.0, 0.0);
        // Sums about the values at C_max (e = 1), where they lose least.
        let mut e = Vec::with_capacity(problem.u.len());
        for i in 0..problem.u.len() {
            let value = (b * problem.u[i]).exp();
            let q2 = problem.q[i] * problem.q[i];
            w += q2;
            we += q2 * value;
            wy += q2 * problem.y[i];
            e.push(value);
        }
        let (mean_e, mean_y) = (we / w, wy / w);
        let (mut see, mut sey) = (0.0, 0.0);
        for ((e, y), q) in e.iter().zip(&problem.y).zip(&problem.q) {
            let q2 = q * q;
            let d = e - mean_e;
            see += q2 * d * d;
            sey += q2 * d * (y - mean_y);
            wee += q2 * e * e;
            wey += q2 * e * y;
        }
        let rss = |s: f64, c: f64| -> f64 {
            (0..e.len())
                .map(|i| {
                    let r = problem.q[i] * (c + s * e[i] - problem.y[i]);
                    r * r
                })
                .sum()
        };
        let s_floorless = wey / wee;
        let floorless = Piece {
            rss: rss(s_floorless, 0.0),
            v_hat: d_s * s_floorless,
            k: wee / (d_s * d_s),
        };
        let flat = Piece {
            rss: rss(0.0, mean_y),
            v_hat: d_c * mean_y,
            k: w / (d_c * d_c),
        };
        let interior = (self.constant && see > 0.0).then(|| {
            let s = sey / see;
            let c = mean_y - s * mean_e;
            // Inverse of [[Σq²e², Σq²e], [Σq²e, Σq²]] applied to (d_s, d_c).
            let m_s = (d_s - d_c * mean_e) / see;
            let m_c = d_c / w - m_s * mean_e;
            let variance = d_s * m_s + d_c * m_c;
            Interior {
                piece: Piece {
                    rss: rss(s, c),
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
            floorless,
            flat: self.constant.then_some(flat),
        }
    }
}

/// See [`PowerProfile::pieces`].
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

/// What is extremised: a functional d_s·s + d_c·c of the parameters at each exponent.
pub(crate) trait Functional {
    /// (d_s, d_c) at exponent `b`, for parameters in the profile's own units.
    fn direction(&self, b: f64) -> (f64, f64);
    /// Noise of a new observation of the functional, which joins the uncertainty of the curve.
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
    /// Smallest and largest value of the functional over all laws with RSS ≤ `threshold`; with
    /// noise, over all laws and noises d with RSS + d² ≤ `threshold`. `at` is the fitted exponent.
    pub(crate) fn range(
        &mut self,
        at: f64,
        threshold: f64,
        functional: &dyn Functional,
    ) -> (f64, f64) {
        let nodes = self.nodes(at, threshold);
        let mut extreme = |sign: f64| {
            let mut value = |b: f64| {
                let (d_s, d_c) = functional.direction(b);
                let pieces = self.pieces(b, d_s, d_c);
                sign * pieces
                    .extreme(threshold, sign, functional.noise())
                    .unwrap_or(-sign * FAR)
            };
            let values: Vec<f64> = nodes.iter().map(|&b| value(b)).collect();
            let Some(best) = (0..nodes.len()).max_by(|&i, &k| values[i].total_cmp(&values[k]))
            else {
                return f64::NAN;
            };
            let low = nodes[best.saturating_sub(1)];
            let high = nodes[(best + 1).min(nodes.len() - 1)];
            let refined = minimise_to(|b| -value(b), low, high, 1e-9);
            sign * value(refined).max(values[best])
        };
        (extreme(-1.0), extreme(1.0))
    }

    /// Smallest and largest exponent with RSS ≤ `threshold`.
    pub(crate) fn exponents(&mut self, at: f64, threshold: f64) -> (f64, f64) {
        let nodes = self.nodes(at, threshold);
        let first = nodes.first().copied().unwrap_or(at);
        (first, nodes.last().copied().unwrap_or(at))
    }

    /// Exponents that resolve the set {b : RSS(b) ≤ threshold} however small it is: a coarse grid,
    /// the fitted exponent, and an even cover of every stretch of the set.
    fn nodes(&mut self, at: f64, threshold: f64) -> Vec<f64> {
        const COARSE: usize = 48;
        const COVER: usize = 12;
        let mut nodes: Vec<f64> = (0..COARSE)
            .map(|k| {
                let t = k as f64 / (COARSE - 1) as f64;
                EXPONENTS.1 * (EXPONENTS.0 / EXPONENTS.1).powf(t)
            })
            .chain([at])
            .collect();
        nodes.sort_by(f64::total_cmp);
        let inside: Vec<bool> = nodes
            .iter()
            .map(|&b| b == at || self.problem.project(b).2 <= threshold)
            .collect();
        let mut cover = Vec::new();
        let mut k = 0;
        while k < nodes.len() {
            if !inside[k] {
                k += 1;
                continue;
            }
            let first = k;
            while k + 1 < nodes.len() && inside[k + 1] {
                k += 1;
            }
            let left = match first.checked_sub(1) {
                Some(before) => self.edge(nodes[first], nodes[before], threshold),
                None => nodes[first],
            };
            let right = match nodes.get(k + 1) {
                Some(&after) => self.edge(nodes[k], after, threshold),
                None => nodes[k],
            };
            cover.extend((0..=COVER).map(|j| left + (right - left) * j as f64 / COVER as f64));
            cover.extend_from_slice(&nodes[first..=k]);
            k += 1;
        }
        cover.sort_by(f64::total_cmp);
        cover.dedup();
        cover
    }

    /// The exponent between `inside` and `outside` where RSS(b) crosses the threshold.
    fn edge(&mut self, inside: f64, outside: f64, threshold: f64) -> f64 {
        let (mut inside, mut outside) = (inside, outside);
        for _ in 0..48 {
            let middle = 0.5 * (inside + outside);
            if self.problem.project(middle).2 <= threshold {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        inside
    }
}

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
    /// The extreme value and the functional it is reached at.
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
