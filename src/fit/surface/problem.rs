//! The problem of a surface, and its minima.

use super::super::basin::Basin;
use super::super::general::relative_change;
use super::super::inference::Inference;
use super::super::objective::Objective;
use super::super::observations::{Observations, SEARCHED_RUNS};
use super::super::settings::Settings;
use super::centred::{Centred, Point};
use super::kernel::{Rho, Workspace};
use super::newton::{Found, Limits, descend, kkt_violation};
use super::scan::scan;
use crate::law::Law;

/// A descent ends when its steps are below this share of the parameters.
pub(super) const FINE: f64 = 1e-12;
/// The same for descents on the path of thresholds.
const ROUGH: f64 = 1e-3;
/// Further descents if the last one ran out of steps.
const MORE: usize = 3;
/// The widest threshold from which least absolute deviations reach a minimum close by, in units of
/// the mean residual.
const CLOSE: f64 = 0.03;
/// Descents about other centres if the usual one runs out of steps.
const FAR: usize = 6;
/// Starts closer than this after their first step count as one start.
const TOGETHER: f64 = 0.01;
/// This many of the lowest minima among fewer runs descend to the end among all runs.
const SEEN_IN_ALL: usize = 4;
/// More starts are tried unless this many different ones reach the lowest minimum.
const CONFIRMED: usize = 2;
/// Ends closer than this are one minimum.
const BESIDE: f64 = 1e-6;
/// Largest share of the sum of its terms that a component of the gradient may be at a minimum.
const KKT: f64 = 1e-6;
/// Least absolute deviations as Huber's loss: the threshold in units of the mean residual.
const LAD_THRESHOLD: f64 = 1e-7;

/// A surface problem: the data, the bounds and the objective.
#[derive(Debug, Clone)]
pub(crate) struct SurfaceProblem {
    pub data: Centred,
    pub limits: Limits,
    pub objective: Objective,
}

/// Every minimum, best first, and how many of the descents reached the best.
pub(crate) struct Minima {
    pub found: Vec<Found>,
    pub agreeing: usize,
    pub tried: usize,
}

impl Minima {
    fn sorted(mut found: Vec<Found>, agreeing: usize, tried: usize) -> Minima {
        found.retain(|f| f.value.is_finite());
        found.sort_by(|p, q| p.value.total_cmp(&q.value));
        Minima {
            found,
            agreeing,
            tried,
        }
    }
}

impl SurfaceProblem {
    /// `None` for quantiles, and if A or B has bounds: in centred units these are not a box.
    pub(crate) fn new(
        law: &dyn Law,
        o: &Observations,
        settings: &Settings,
    ) -> Option<SurfaceProblem> {
        let (lower, upper) = (&settings.lower, &settings.upper);
        let natural = (0..2).all(|k| lower[k] == 0.0 && upper[k] == f64::INFINITY);
        if !natural || settings.objective.is_quantile() {
            return None;
        }
        let data = Centred::new(o);
        let tied = law.parameters().len() == 4;
        let beta = if tied { 3 } else { 4 };
        let limits = Limits {
            lower: [0.0, 0.0, lower[2] / data.unit, lower[3], lower[beta]],
            upper: [
                f64::INFINITY,
                f64::INFINITY,
                upper[2] / data.unit,
                upper[3],
                upper[beta],
            ],
            tied,
        };
        Some(SurfaceProblem {
            data,
            limits,
            objective: settings.objective,
        })
    }

    /// The loss to minimise. For least absolute deviations it depends on the mean residual.
    pub(crate) fn rho(&self, mean_residual: f64) -> Rho {
        match self.objective {
            Objective::Squared => Rho::Squared,
            Objective::Huber { delta } => Rho::Huber(delta),
            // [`SurfaceProblem::new`] refuses quantiles.
            Objective::Lad | Objective::Quantile { .. } => {
                Rho::Huber((LAD_THRESHOLD * mean_residual).max(1e-14 * self.data.size_of_a_loss()))
            }
        }
    }

    /// Increase of the objective per squared standard error, at the point of the last
    /// [`Workspace::value`]; `None` without noise to compare with.
    pub(crate) fn unit_excess(
        &self,
        w: &Workspace,
        rho: Rho,
        inference: &Inference,
    ) -> Option<f64> {
        let unit = match rho {
            // F with 1 and n − p degrees of freedom.
            Rho::Squared => inference.noise?.powi(2),
            // The likelihood-ratio test of M-estimates (Ronchetti 1982): Σρ is to be divided by
            // Eψ²/Eψ′, and twice its excess is χ².
            Rho::Huber(delta) => {
                let (mut psi2, mut inside, mut count) = (0.0, 0.0, 0.0);
                for (r, m) in w.r.iter().zip(&self.data.multiplicity) {
                    psi2 += m * r.abs().min(delta).powi(2);
                    inside += m * f64::from(r.abs() <= delta);
                    count += m;
                }
                let free = count - inference.free.len() as f64;
                0.5 * (psi2 / free) / (inside / count)
            }
        };
        (unit > 0.0 && unit.is_finite()).then_some(unit)
    }

    /// The objective as the fit reports it.
    pub(super) fn reported(&self, w: &mut Workspace, p: &Point) -> f64 {
        match self.objective {
            Objective::Lad => {
                w.value(&self.data, p, Rho::Squared);
                w.absolute(&self.data)
            }
            _ => w.value(&self.data, p, self.rho(0.0)),
        }
    }

    /// Mean size of the residuals at `p`.
    pub(crate) fn mean_residual(&self, w: &mut Workspace, p: &Point) -> f64 {
        w.value(&self.data, p, Rho::Squared);
        let count: f64 = self.data.multiplicity.iter().sum();
        w.absolute(&self.data) / count
    }

    /// The lowest minimum and every other that the scan leads to. `for_scale` omits the search that
    /// separates the many minima of least absolute deviations.
    ///
    /// If there are many runs, the minima are searched among fewer of them, and only the descents
    /// from the lowest few use all.
    pub(crate) fn minimise(&self, w: &mut Workspace, for_scale: bool) -> Minima {
        match self.data.rows > SEARCHED_RUNS {
            true => self.minimise_many(w, for_scale),
            false => self.minimise_all(w, for_scale),
        }
    }

    fn minimise_all(&self, w: &mut Workspace, for_scale: bool) -> Minima {
        let robust = self.is_robust();
        let rho = match self.objective {
            Objective::Squared => Rho::Squared,
            Objective::Huber { delta } => Rho::Huber(delta),
            Objective::Lad | Objective::Quantile { .. } => Rho::Huber(0.0),
        };
        let starts = scan(&self.data, rho, &self.limits);
        let mut found: Vec<Found> = Vec::new();
        // Where each path led on its first threshold, and the descent that went on from there.
        let mut seen: Vec<(Point, usize)> = Vec::new();
        // Where each start led with its first step, and the descent that it ended in.
        let mut ends: Vec<(Point, usize)> = Vec::new();
        for (k, list) in [&starts.first, &starts.more].into_iter().enumerate() {
            if k > 0 && agreement(&ends, &found).0 >= CONFIRMED {
                break;
            }
            for start in list {
                ends.push(if robust {
                    self.along_path(w, start.p, 1.0, &mut seen, &mut found)
                } else {
                    self.straight(w, start.p, &mut seen, &mut found)
                });
            }
            for f in &mut found {
                f.value = self.reported(w, &f.p);
            }
        }
        if self.objective == Objective::Lad && !for_scale {
            // Least absolute deviations have dozens of minima, which a wide threshold merges.
            for start in starts.first.iter().chain(&starts.more) {
                ends.push(self.along_path(w, start.p, CLOSE, &mut Vec::new(), &mut found));
            }
        }
        self.judge(w, &mut found);
        let (agreeing, tried) = agreement(&ends, &found);
        Minima::sorted(found, agreeing, tried)
    }

    /// Descends among all runs from the lowest minima among fewer of them.
    fn minimise_many(&self, w: &mut Workspace, for_scale: bool) -> Minima {
        let few = SurfaceProblem {
            data: self.data.some(SEARCHED_RUNS),
            ..self.clone()
        };
        let among_few = few.minimise(&mut Workspace::new(&few.data), for_scale);
        let mut found: Vec<Found> = Vec::new();
        let mut seen: Vec<(Point, usize)> = Vec::new();
        for start in among_few.found.iter().take(SEEN_IN_ALL) {
            if self.is_robust() {
                self.along_path(w, start.p, 1.0, &mut seen, &mut found);
            } else {
                self.straight(w, start.p, &mut seen, &mut found);
            }
            if self.objective == Objective::Lad && !for_scale {
                self.along_path(w, start.p, CLOSE, &mut Vec::new(), &mut found);
            }
        }
        self.judge(w, &mut found);
        Minima::sorted(found, among_few.agreeing, among_few.tried)
    }

    fn is_robust(&self) -> bool {
        match self.objective {
            Objective::Squared => false,
            Objective::Huber { delta } => delta.is_finite(),
            Objective::Lad | Objective::Quantile { .. } => true,
        }
    }

    /// Gives the ends of descents their values, and checks which of them are minima.
    fn judge(&self, w: &mut Workspace, found: &mut [Found]) {
        for f in found.iter_mut() {
            f.value = self.reported(w, &f.p);
            f.converged = f.converged && self.is_minimum(w, &f.p);
        }
        settle_twins(found);
    }

    /// [`descend`], continued about other centres if it runs out of steps.
    fn to_the_end(&self, w: &mut Workspace, rho: Rho, start: Point) -> Found {
        let found = descend(&self.data, w, rho, &self.limits, start, FINE);
        if found.converged {
            return found;
        }
        let mut far = found;
        for _ in 0..FAR {
            far = self.descend_about_the_terms(rho, &far);
            if far.converged {
                break;
            }
        }
        far.value = w.value(&self.data, &far.p, rho);
        if far.value <= found.value { far } else { found }
    }

    /// Descends with ln N and ln D centred where the terms are largest. A steep term matters only
    /// for the smallest runs, and about any other centre its coefficient follows the exponent along
    /// a bent valley.
    fn descend_about_the_terms(&self, rho: Rho, found: &Found) -> Found {
        let (data, x, z) = self.data.about_the_terms(found.p[3], found.p[4]);
        let mut w = Workspace::new(&data);
        let mut p = found.p;
        p[0] *= (-p[3] * x).exp();
        p[1] *= (-p[4] * z).exp();
        let mut end = descend(&data, &mut w, rho, &self.limits, p, FINE);
        end.p[0] *= (end.p[3] * x).exp();
        end.p[1] *= (end.p[4] * z).exp();
        end
    }

    /// Descends roughly, then to the minimum unless another start led to the same place.
    fn straight(
        &self,
        w: &mut Workspace,
        start: Point,
        seen: &mut Vec<(Point, usize)>,
        found: &mut Vec<Found>,
    ) -> (Point, usize) {
        let rho = self.rho(0.0);
        let rough = descend(&self.data, w, rho, &self.limits, start, ROUGH);
        if let Some((_, end)) = seen
            .iter()
            .find(|(q, _)| relative_change(q, &rough.p) < 0.01)
        {
            return (rough.first, *end);
        }
        seen.push((rough.p, found.len()));
        found.push(self.to_the_end(w, rho, rough.p));
        (rough.first, found.len() - 1)
    }

    /// Descends along thresholds that shrink from `widest` times the mean residual to the final
    /// one. Returns the first step and the place in `found` where this start ended.
    fn along_path(
        &self,
        w: &mut Workspace,
        start: Point,
        widest: f64,
        seen: &mut Vec<(Point, usize)>,
        found: &mut Vec<Found>,
    ) -> (Point, usize) {
        let mean = self.mean_residual(w, &start);
        let target = match self.rho(mean) {
            Rho::Huber(target) => target,
            Rho::Squared => f64::INFINITY,
        };
        let mut p = start;
        let mut threshold = target.max(widest * mean);
        let mut first = None;
        loop {
            let last = threshold <= target;
            let tolerance = if last { FINE } else { ROUGH };
            let mut rho = Rho::Huber(threshold);
            let mut here = descend(&self.data, w, rho, &self.limits, p, tolerance);
            let alone = first.is_none();
            let step = *first.get_or_insert(here.first);
            for _ in 0..if last { MORE } else { 0 } {
                // The threshold of least absolute deviations depends on the residuals here. It
                // leaves few rows with curvature, so it may need more steps than one descent has.
                let own = self.rho(self.mean_residual(w, &here.p));
                if here.converged && own == rho {
                    break;
                }
                rho = own;
                here = descend(&self.data, w, rho, &self.limits, here.p, tolerance);
            }
            p = here.p;
            if alone && !last {
                let near = |(q, _): &&(Point, usize)| relative_change(q, &p) < 0.01;
                if let Some((_, end)) = seen.iter().find(near) {
                    return (step, *end);
                }
                seen.push((p, found.len()));
            }
            if last {
                found.push(if here.converged {
                    here
                } else {
                    self.to_the_end(w, rho, here.p)
                });
                return (step, found.len() - 1);
            }
            threshold = (threshold * 0.1).max(target);
        }
    }

    fn is_minimum(&self, w: &mut Workspace, p: &Point) -> bool {
        let mean = self.mean_residual(w, p);
        // Without noise the gradient is only rounding.
        if mean <= 1e-12 * self.data.size_of_a_loss() {
            return true;
        }
        let rho = self.rho(mean);
        kkt_violation(&self.data, w, rho, &self.limits, p) <= KKT
    }
}

/// Replaces the end of a descent that ran out of steps by a converged end close to it. Their values
/// differ by rounding, which must not decide whether the minimum counts as converged.
fn settle_twins(found: &mut [Found]) {
    let converged: Vec<Found> = found.iter().filter(|f| f.converged).copied().collect();
    for f in found.iter_mut().filter(|f| !f.converged) {
        let twin =
            |g: &&Found| g.value <= f.value * (1.0 + FINE) && relative_change(&g.p, &f.p) < BESIDE;
        if let Some(twin) = converged.iter().find(twin) {
            *f = *twin;
        }
    }
}

fn reaches(value: f64, best: f64) -> bool {
    value <= best * (1.0 + 1e-8) + f64::MIN_POSITIVE
}

/// How many starts reached the best minimum, and how many there were: (agreeing, tried). Starts
/// that meet after their first step count as one.
fn agreement(ends: &[(Point, usize)], found: &[Found]) -> (usize, usize) {
    let best = found.iter().map(|f| f.value).fold(f64::INFINITY, f64::min);
    let mut different: Vec<&(Point, usize)> = Vec::new();
    for end in ends {
        let same = |other: &(Point, usize)| relative_change(&other.0, &end.0) < TOGETHER;
        if !different.iter().any(|other| same(other)) {
            different.push(end);
        }
    }
    let agreeing = different
        .iter()
        .filter(|end| reaches(found[end.1].value, best));
    (agreeing.count(), different.len())
}

/// Every basin of a surface law, best first, and (starts that reached the best, starts tried);
/// `None` if the bounds need the general search.
pub(crate) fn basins(
    law: &dyn Law,
    o: &Observations,
    settings: &Settings,
    for_scale: bool,
) -> Option<(Vec<Basin>, (usize, usize))> {
    let problem = SurfaceProblem::new(law, o, settings)?;
    let mut w = Workspace::new(&problem.data);
    let minima = problem.minimise(&mut w, for_scale);
    let width = law.parameters().len();
    let basins = minima
        .found
        .iter()
        .map(|f| Basin {
            // Rounding of the units must not move a value out of its bounds.
            parameters: (problem.data.raw(&f.p)[..width].iter())
                .zip(settings.lower.iter().zip(&settings.upper))
                .map(|(p, (lower, upper))| p.max(*lower).min(*upper))
                .collect(),
            objective: f.value,
            converged: f.converged,
        })
        .collect();
    Some((Basin::distinct(basins), (minima.agreeing, minima.tried)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::Residuals;
    use crate::fit::objective::Weights;
    use crate::law::Chinchilla;
    use crate::random::standard_normal;
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    /// The sizes come in turns with two ratios of tokens, a pattern that an even step through the
    /// table would miss.
    #[test]
    fn some_of_many_runs_lead_to_the_minima_of_all() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let inputs: Vec<Vec<f64>> = (0..SEARCHED_RUNS + 1000)
            .map(|k| {
                let params = 1e7 * 1e3f64.powf((k / 2) as f64 / 2000.0);
                vec![params, params * [5.0, 80.0][k % 2]]
            })
            .collect();
        let truth = [482.01, 2085.43, 1.8172, 0.3478, 0.3658];
        let y = inputs.iter().map(|x| {
            let noise = 1.0 + 0.005 * standard_normal(&mut random);
            Chinchilla.predict(x, &truth) * noise
        });
        let y = y.collect();
        let o = Observations::new(inputs, y, Residuals::Log).unwrap();
        let list = Chinchilla.parameters();
        for objective in [
            Objective::Squared,
            Objective::Huber { delta: 1e-3 },
            Objective::Lad,
        ] {
            let settings = Settings {
                objective,
                residuals: Residuals::Log,
                weights: Weights::Equal,
                lower: list.iter().map(|p| p.lower).collect(),
                upper: list.iter().map(|p| p.upper).collect(),
                prior: None,
            };
            let problem = SurfaceProblem::new(&Chinchilla, &o, &settings).unwrap();
            let mut w = Workspace::new(&problem.data);
            let all = problem.minimise_all(&mut w, false).found[0];
            let some = problem.minimise(&mut w, false).found[0];
            assert!(some.converged, "{objective:?}");
            // Least absolute deviations have many minima that differ by less.
            assert!(some.value <= all.value * (1.0 + 1e-9), "{objective:?}");
        }
    }
}
