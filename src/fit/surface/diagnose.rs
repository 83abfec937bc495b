//! Findings about a surface: directions that the runs do not show, vanished terms, exponents that
//! are flat or at a bound, and rival minima that lead to another allocation.

use super::super::finding::end;
use super::centred::Point;
use super::kernel::{Rho, Workspace};
use super::newton::{Limits, descend};
use super::problem::{FINE, SurfaceProblem};
use crate::fit::{Code, Diagnosis, FitResult, Inference, Objective, Observations, Severity};
use crate::law::Form;
use crate::numeric::Surface;
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::said::Said;

/// Spread of the runs across a line in (ln N, ln D), as a share of that along it, below which N and
/// D cannot be separated: that would need half of the digits of the losses.
const ON_A_LINE: f64 = 1e-3;
/// A share as small as this is rounding alone.
const ROUNDING: f64 = 1e-12;
/// Below this share the fitted exponents decide: their errors are told.
const NEAR_A_LINE: f64 = 0.05;
/// An exponent is unknown if its standard error exceeds this share of it.
const FLAT: f64 = 0.5;
/// Level at which a nested law or a rival is not rejected.
const LEVEL: f64 = 0.9;
/// The allocations of rivals are reported at this multiple of the largest compute.
const BEYOND: f64 = 100.0;

/// Smaller over larger standard deviation of (ln N, ln D) along their principal axes.
fn flatness(o: &Observations) -> f64 {
    flatness_of(o, [0, 1])
}

/// The same with N and D at these places of the arguments.
fn flatness_of(o: &Observations, places: [usize; 2]) -> f64 {
    let n = o.len() as f64;
    let at = |i: usize, k: usize| o.input(i)[places[k]].ln();
    let mean = |k: usize| (0..o.len()).map(|i| at(i, k)).sum::<f64>() / n;
    let (mx, mz) = (mean(0), mean(1));
    let (mut xx, mut xz, mut zz) = (0.0, 0.0, 0.0);
    for i in 0..o.len() {
        let (x, z) = (at(i, 0) - mx, at(i, 1) - mz);
        xx += x * x;
        xz += x * z;
        zz += z * z;
    }
    let half = 0.5 * (xx + zz);
    let radius = (0.25 * (xx - zz).powi(2) + xz * xz).sqrt();
    let (large, small) = (half + radius, (half - radius).max(0.0));
    if large > 0.0 {
        (small / large).sqrt()
    } else {
        0.0
    }
}

/// The columns of a surface.
const SIZES: [&str; 2] = ["N", "D"];

/// The finding for runs on one line in (ln N, ln D), such as all at D/N = 20.
pub(crate) fn collinear(o: &Observations) -> Option<Diagnosis> {
    on_a_line(flatness(o), SIZES)
}

impl FitResult {
    /// The finding that the runs of a formula lie on one line in the logarithms of two columns, so
    /// that they do not separate its exponents. `places` has the columns among the arguments of the
    /// law, `names` what they are called. The rule is that of the built-in surface: knowledge of a
    /// parameter may separate them, and parameters in which the formula is linear are no exponents.
    pub(crate) fn on_one_line(&self, places: [usize; 2], names: [&str; 2]) -> Option<Diagnosis> {
        let law = self.law().typed()?;
        let is_exponent = |k: &usize| !law.linear.contains(k);
        let mut exponents = (0..self.parameters().len()).filter(is_exponent).peekable();
        let is_known = self.settings().prior.is_some() || self.settings().fixed().contains(&true);
        if is_known || exponents.peek().is_none() {
            return None;
        }
        let share = flatness_of(&self.observations().ok()?, places);
        let is_unknown = |k: usize| {
            let p = &self.parameters()[k];
            p.stderr.is_none_or(|se| se > FLAT * p.value.abs())
        };
        let nearly = share < NEAR_A_LINE && exponents.any(is_unknown);
        on_a_line(share, names).or_else(|| nearly.then(|| nearly_on_a_line(share, names)))
    }
}

fn on_a_line(share: f64, names: [&str; 2]) -> Option<Diagnosis> {
    let [a, b] = names;
    (share < ON_A_LINE).then(|| {
        let across = match share < ROUNDING {
            true => "none".to_owned(),
            false => format!("{:.1e} of that along it", Said(share)),
        };
        let message = format!(
            "ln {a} and ln {b} of the runs lie on one line (spread across it: {across}), so they do not \
             separate the terms of {a} and {b}"
        );
        refused(message, names)
    })
}

/// A refusal because the runs lie along a line, with what to do instead.
fn refused(message: String, names: [&str; 2]) -> Diagnosis {
    let refusal = |hint: String| Diagnosis::new(Code::CollinearND, Severity::Refuse, message, hint);
    if names == SIZES {
        let hint = "do not use A, B and the exponents, nor intervals made with them: fit the one-variable law \
                    'saturating' along that line, or add runs with another D/N";
        return refusal(hint.to_owned()).with_remedy(Setting::Law.to("saturating"));
    }
    let [a, b] = names;
    refusal(format!(
        "do not use the exponents, nor intervals made with them: add runs with another ratio of {b} to {a}"
    ))
}

pub(crate) fn findings(fit: &FitResult, inference: &Inference) -> Vec<Diagnosis> {
    if fit.law().form() != Form::Surface {
        return Vec::new();
    }
    let mut found = Vec::new();
    found.extend(near_collinear(fit, inference));
    found.extend(exponents(fit));
    let problem = SurfaceProblem::new(fit.law(), &inference.observations, fit.settings());
    if let Some(problem) = problem {
        let nested = Nested::new(fit, inference, &problem);
        found.extend(nested.iter().flat_map(Nested::findings));
        if let Some(nested) = &nested {
            found.extend(rivals(fit, nested.threshold()));
        }
    }
    found
}

fn near_collinear(fit: &FitResult, inference: &Inference) -> Option<Diagnosis> {
    let share = flatness(&inference.observations);
    let unknown = fit.parameters()[3..].iter().any(|p| match p.stderr {
        Some(se) => se > FLAT * p.value,
        None => true,
    });
    let free = fit.settings().fixed()[3..].iter().all(|f| !f);
    (share < NEAR_A_LINE && unknown && free).then(|| nearly_on_a_line(share, SIZES))
}

fn nearly_on_a_line(share: f64, names: [&str; 2]) -> Diagnosis {
    let [a, b] = names;
    let message = format!(
        "ln {a} and ln {b} of the runs are nearly on one line (spread across it {:.1} % of that along it) \
         and the exponents are not determined",
        Said(share * 100.0)
    );
    refused(message, names)
}

fn exponents(fit: &FitResult) -> Vec<Diagnosis> {
    let mut found = Vec::new();
    for (k, p) in fit.parameters().iter().enumerate().skip(3) {
        if fit.on_bound(k) {
            let (low, high) = (end(fit.settings().lower[k]), end(fit.settings().upper[k]));
            found.push(Diagnosis::new(
                Code::ExponentAtBound,
                Severity::Warn,
                format!(
                    "the exponent {} = {} lies on the end of its range {low}..{high}",
                    p.name, p.value
                ),
                format!(
                    "do not use {}, nor the intervals that assume the law (delta, profile, bootstrap): the runs do not show \
                     a power law in that direction; spread them wider in N and in D",
                    p.name
                ),
            ));
        } else if let Some(se) = p.stderr.filter(|se| *se > FLAT * p.value) {
            let flat = Diagnosis::new(
                Code::ExponentFlat,
                Severity::Warn,
                format!(
                    "the exponent {} = {:.3} has a standard error of {:.3}: the runs hardly show it",
                    p.name,
                    p.value,
                    Said(se)
                ),
                format!(
                    "do not use {}, nor the delta interval, which takes its error for small: add runs that differ more in \
                     that direction, or hold the exponent",
                    p.name
                ),
            );
            found.push(flat.with_remedy(Setting::Fix));
        }
    }
    found
}

/// Tests the law against the same law without one of its terms.
struct Nested<'a> {
    problem: &'a SurfaceProblem,
    rho: Rho,
    p: Point,
    best: f64,
    /// Increase of the objective per squared standard error.
    unit: f64,
    quantile: f64,
}

impl<'a> Nested<'a> {
    fn new(
        fit: &FitResult,
        inference: &Inference,
        problem: &'a SurfaceProblem,
    ) -> Option<Nested<'a>> {
        if !inference.enough() || problem.objective == Objective::Lad {
            return None;
        }
        let raw = fit.values();
        let beta = raw.get(4).copied().unwrap_or(raw[3]);
        let p = problem
            .data
            .centred(&[raw[0], raw[1], raw[2], raw[3], beta]);
        let mut w = Workspace::new(&problem.data);
        let rho = problem.rho(0.0);
        let best = w.value(&problem.data, &p, rho);
        let unit = problem.unit_excess(&w, rho, inference)?;
        Some(Nested {
            problem,
            rho,
            p,
            best,
            unit,
            quantile: inference.quantile(LEVEL),
        })
    }

    fn threshold(&self) -> f64 {
        self.best + self.unit * self.quantile * self.quantile
    }

    fn findings(&self) -> Vec<Diagnosis> {
        // Without noise, a term is absent only if it is exactly zero.
        let noiseless = self.unit <= (1e-12 * self.problem.data.size_of_a_loss()).powi(2);
        let mut found = Vec::new();
        for (k, term, what) in [(0, "N", "A"), (1, "D", "B")] {
            if self.p[k] == 0.0 {
                found.push(Diagnosis::new(
                    Code::TermNotIdentified,
                    Severity::Refuse,
                    format!("{what} = 0: the loss of these runs does not fall with {term}"),
                    format!(
                        "do not use {what} and its exponent: add runs that differ in {term} at the same other size, or use a \
                         law of compute alone"
                    ),
                ));
            } else if !noiseless && let Some(t) = self.without(k) {
                found.push(Diagnosis::new(
                    Code::TermNotIdentified,
                    Severity::Warn,
                    format!(
                        "the runs hardly tell the term of {term} from none: without it the objective rises by {t:.2} \
                         squared standard errors, below {:.2}",
                        self.quantile * self.quantile
                    ),
                    format!(
                        "do not use {what} and its exponent, nor the delta interval: add runs that differ in {term} at the \
                         same other size"
                    ),
                ));
            }
        }
        let free = self.problem.limits.lower[2] < self.problem.limits.upper[2];
        if free && self.p[2] == 0.0 {
            found.push(floor("E = 0".to_owned()));
        } else if free
            && !noiseless
            && let Some(t) = self.without(2)
        {
            found.push(floor(format!(
                "without E the objective rises by {t:.2} squared standard errors, below {:.2}",
                self.quantile * self.quantile
            )));
        }
        found
    }

    /// The increase of the objective without coefficient `k`, in squared standard errors; `None` if
    /// it is larger than the noise allows.
    fn without(&self, k: usize) -> Option<f64> {
        let mut limits: Limits = self.problem.limits;
        if limits.lower[k] > 0.0 {
            return None;
        }
        (limits.lower[k], limits.upper[k]) = (0.0, 0.0);
        let data = &self.problem.data;
        let mut w = Workspace::new(data);
        let found = descend(data, &mut w, self.rho, &limits, self.p, FINE.sqrt());
        let excess = (found.value - self.best) / self.unit;
        (excess < self.quantile * self.quantile).then_some(excess.max(0.0))
    }
}

fn floor(why: String) -> Diagnosis {
    Diagnosis::new(
        Code::FloorNotIdentified,
        Severity::Warn,
        format!("the runs do not show whether the loss has a floor: {why}"),
        "do not use E, nor the delta interval, which leaves out other floors: a floor needs larger runs or less noise; \
         L* depends on it at once, N* and D* through the exponents fitted with it",
    )
}

/// The second minimum if it is within the noise, with the allocation that it leads to.
fn rivals(fit: &FitResult, threshold: f64) -> Option<Diagnosis> {
    let rival = fit.basins().get(1).filter(|b| b.objective <= threshold)?;
    let compute = BEYOND * fit.largest_fitted();
    let answer = |p: &[f64]| {
        let beta = p.get(4).copied().unwrap_or(p[3]);
        match Surface::new(p[0], p[1], p[2], p[3], beta) {
            Ok(surface) => match surface.optimal(compute).sensible() {
                Ok(best) => format!(
                    "N* = {}, D* = {}, L* = {:.4}",
                    format_quantity(best.params),
                    format_quantity(best.tokens),
                    Said(best.loss)
                ),
                Err(e) => e.message().to_owned(),
            },
            Err(e) => e.message().to_owned(),
        }
    };
    let near = {
        let (p, q) = (&fit.basins()[0].parameters, &rival.parameters);
        (3..p.len()).all(|k| (p[k] - q[k]).abs() < 0.01 * p[k])
    };
    (!near).then(|| {
        Diagnosis::new(
            Code::SecondBasin,
            Severity::Warn,
            format!(
                "a second minimum explains the runs about as well (alpha = {:.3}): at {} FLOP it says {}, the best one {}",
                rival.parameters[3],
                format_quantity(compute),
                answer(&rival.parameters),
                answer(&fit.basins()[0].parameters)
            ),
            "add runs where the two differ",
        )
    })
}
