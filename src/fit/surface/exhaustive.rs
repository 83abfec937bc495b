//! The published search as a cross-check: 4,500 starts of L-BFGS in (ln A, ln B, ln E, α, β)
//! (Hoffmann et al. 2022, appendix D.3; Besiroglu et al. 2024).

use super::centred::Point;
use super::kernel::Workspace;
use super::problem::SurfaceProblem;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Observations, Settings};
use crate::law::{Form, Law};
use crate::numeric::descend;

/// Most evaluations of the objective per start; a tight descent needs some hundreds.
const BUDGET: u32 = 3_000;
/// A start has reached the optimum if its objective is higher by at most this share.
const REACHED: f64 = 1e-6;
/// A term below this share of the loss has vanished: the descent is trapped there.
const VANISHED: f64 = 1e-6;

/// Results of the published starts.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Exhaustive {
    /// How many starts were run.
    pub starts: usize,
    /// How many ended within 1e-6 of the smallest objective among them.
    pub reached: usize,
    /// How many ended where the term of N or of D has vanished (A → 0 or B → 0).
    pub trapped: usize,
    /// The smallest objective among them.
    pub objective: f64,
    /// Raw (A, B, E, α, β) there.
    pub parameters: Vec<f64>,
}

/// The published grid: ln A and ln B in 0, 5, … 25, ln E in −1, −½, … 1, α and β in 0, ½, … 2.
fn published_starts() -> Vec<Point> {
    let mut starts = Vec::with_capacity(4_500);
    for a in 0..6 {
        for b in 0..6 {
            for e in 0..5 {
                for alpha in 0..5 {
                    for beta in 0..5 {
                        starts.push([
                            5.0 * f64::from(a),
                            5.0 * f64::from(b),
                            0.5 * f64::from(e) - 1.0,
                            0.5 * f64::from(alpha),
                            0.5 * f64::from(beta),
                        ]);
                    }
                }
            }
        }
    }
    starts
}

/// Runs every `stride`-th of the published starts.
///
/// # Errors
/// [`ErrorKind::Usage`] for a law that is not a surface, or with bounds on A or B.
pub(crate) fn exhaustive(
    law: &dyn Law,
    observations: &Observations,
    settings: &Settings,
    stride: usize,
) -> Result<Exhaustive> {
    let problem = match law.form() {
        Form::Surface => SurfaceProblem::new(law, observations, settings),
        _ => None,
    };
    problem.map(|p| p.exhaustive(stride)).ok_or_else(|| {
        Error::new(
            ErrorKind::Usage,
            "the published starts are those of E + A/N^alpha + B/D^beta with A and B free",
        )
    })
}

impl SurfaceProblem {
    /// Runs every `stride`-th of the published starts on all processors.
    fn exhaustive(&self, stride: usize) -> Exhaustive {
        let starts: Vec<Point> = published_starts()
            .into_iter()
            .step_by(stride.max(1))
            .collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = starts.len().div_ceil(threads).max(1);
        let ends: Vec<(f64, Point)> = std::thread::scope(|scope| {
            let running: Vec<_> = starts
                .chunks(share)
                .map(|part| scope.spawn(move || self.descend_all(part)))
                .collect();
            // The starts of a thread that panicked are left out.
            let done = running.into_iter().map(|t| t.join().unwrap_or_default());
            done.flatten().collect()
        });
        let finite = ends.iter().filter(|e| e.0.is_finite());
        let Some(best) = finite.min_by(|p, q| p.0.total_cmp(&q.0)) else {
            return Exhaustive {
                starts: starts.len(),
                reached: 0,
                trapped: 0,
                objective: f64::INFINITY,
                parameters: Vec::new(),
            };
        };
        let reached = |e: &&(f64, Point)| e.0 <= best.0 * (1.0 + REACHED) + f64::MIN_POSITIVE;
        let trapped = |e: &&(f64, Point)| e.1[0] < VANISHED || e.1[1] < VANISHED;
        Exhaustive {
            starts: starts.len(),
            reached: ends.iter().filter(reached).count(),
            trapped: ends.iter().filter(trapped).count(),
            objective: best.0,
            parameters: self.data.raw(&best.1).to_vec(),
        }
    }

    fn descend_all(&self, starts: &[Point]) -> Vec<(f64, Point)> {
        let mut w = Workspace::new(&self.data);
        starts
            .iter()
            .map(|s| self.descend_from(&mut w, s))
            .collect()
    }

    fn descend_from(&self, w: &mut Workspace, start: &Point) -> (f64, Point) {
        let (data, tied) = (&self.data, self.limits.tied);
        // Nothing but the scale: line searches of argmin have absolute tolerances.
        let point = |q: &[f64]| -> Point {
            let beta = if tied { q[3] } else { q[4] };
            [
                (q[0] - q[3] * data.mean_x).exp() / data.unit,
                (q[1] - beta * data.mean_z).exp() / data.unit,
                q[2].exp() / data.unit,
                q[3],
                beta,
            ]
        };
        let rho = self.rho(1e-3);
        let unit = w.value(data, &point(start), rho);
        if !(unit > 0.0 && unit.is_finite()) {
            return (unit, point(start));
        }
        let objective = |q: &[f64], gradient: &mut [f64]| {
            let p = point(q);
            let value = w.value(data, &p, rho);
            if !value.is_finite() {
                return f64::NAN;
            }
            let (g, _) = w.derivatives(data, &p, rho);
            gradient[0] = g[0] * p[0] / unit;
            gradient[1] = g[1] * p[1] / unit;
            gradient[2] = g[2] * p[2] / unit;
            gradient[3] = (g[3] - data.mean_x * g[0] * p[0]) / unit;
            let beta = (g[4] - data.mean_z * g[1] * p[1]) / unit;
            if tied {
                gradient[3] += beta;
                gradient[4] = 0.0;
            } else {
                gradient[4] = beta;
            }
            value / unit
        };
        let end = point(&descend(objective, start.to_vec(), BUDGET));
        (self.reported(w, &end), end)
    }
}
