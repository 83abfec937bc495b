//! The laws of one task, fitted to its scores.

use super::least::{Curve, Fitted, Minimum, covariance, descend};
use super::mean::MeanLaw;
use super::noise::{Sampling, scatter, spread};
use super::sigmoid::Sigmoid;
use crate::fit::{Fit, FitResult};
use crate::law::BuiltIn;
use crate::runs::Dataset;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// A law of the score of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Law {
    /// −ln Q = A·C^(−α).
    Compute,
    /// −ln Q = A/N^α + B/D^β.
    Size,
    /// A sigmoid of a loss on the task; the loss has a law of its own.
    TwoStep,
}

impl Law {
    /// All laws.
    pub const ALL: [Law; 3] = [Law::Compute, Law::Size, Law::TwoStep];

    /// Its name on the command line and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Law::Compute => "compute",
            Law::Size => "size",
            Law::TwoStep => "two-step",
        }
    }

    /// The priors of the parameters: exponents of −ln Q about 0.2 in compute and about 0.4 in
    /// parameters and tokens, within a factor of 2.2; a ceiling at 0.9 of the range above chance,
    /// and ln k about 0.
    fn prior(self) -> &'static [Prior] {
        const COMPUTE: Prior = Some((-1.609_437_912_434_100_3, 0.8));
        const SIZE: Prior = Some((-0.916_290_731_874_155, 0.8));
        match self {
            Law::Compute => &[None, COMPUTE],
            Law::Size => &[None, SIZE, None, SIZE],
            Law::TwoStep => &[Some((0.9, 0.2)), Some((0.0, 1.0)), None],
        }
    }

    /// Number of parameters that are fitted to the scores.
    fn parameters(self) -> usize {
        match self {
            Law::Compute => 2,
            Law::Size => 4,
            Law::TwoStep => 3,
        }
    }
}

/// A model's score on one task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskRun {
    /// Training compute C.
    pub compute: f64,
    /// Parameters N and tokens D.
    pub size: Option<(f64, f64)>,
    /// The score, between 0 and 1.
    pub score: f64,
    /// The sampling error of the score.
    pub sampling: Sampling,
    /// The score of guessing.
    pub chance: f64,
    /// A loss on the task.
    pub loss: Option<f64>,
}

/// The model to forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreTarget {
    /// Training compute C.
    pub compute: f64,
    /// Parameters N and tokens D, if known.
    pub size: Option<(f64, f64)>,
}

impl From<&TaskRun> for ScoreTarget {
    fn from(run: &TaskRun) -> ScoreTarget {
        ScoreTarget {
            compute: run.compute,
            size: run.size,
        }
    }
}

/// One fitted law.
#[derive(Debug, Clone)]
pub struct LawFit {
    /// The law.
    pub law: Law,
    /// Its parameters as the search has them.
    pub(super) parameters: Vec<f64>,
    /// Their covariance.
    pub(super) covariance: DMatrix<f64>,
    /// The change of the parameters per standard error of the score of each model, one column per
    /// model.
    pub(super) pull: DMatrix<f64>,
    /// Scatter of the models: their variance as a share of p(1 − p).
    pub scatter: f64,
    /// Score − fitted score, per model.
    pub residuals: Vec<f64>,
    /// Degrees of freedom of a variance of which only the share from scatter was estimated
    /// (Satterthwaite 1946); models − parameters if no sampling error is known.
    pub dof: f64,
    /// Whether the descents converged.
    pub converged: bool,
    pub(super) step: Step,
}

/// The inputs of a law.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// The largest values of the inputs among the models.
    Direct(Vec<f64>),
    /// The law of the loss, the mean and standard deviation of the losses, and the correlation of
    /// the errors of both steps.
    Loss(Box<FitResult>, (f64, f64), f64),
}

/// The laws of one task.
#[derive(Debug, Clone)]
pub struct TaskFit {
    /// The models that were fitted.
    pub runs: Vec<TaskRun>,
    /// The laws that the table allows.
    pub laws: Vec<LawFit>,
    /// Laws that it does not allow, with the reason.
    pub without: Vec<(Law, String)>,
}

impl TaskFit {
    /// Fits the laws that these models allow.
    pub fn new(runs: &[TaskRun], laws: &[Law]) -> TaskFit {
        let mut fit = TaskFit {
            runs: runs.to_vec(),
            laws: Vec::new(),
            without: Vec::new(),
        };
        for law in laws {
            match fitted(*law, runs) {
                Ok(made) => fit.laws.push(made),
                Err(why) => fit.without.push((*law, why)),
            }
        }
        fit
    }

    /// The largest compute of the fitted models.
    pub fn largest(&self) -> f64 {
        self.runs.iter().map(|r| r.compute).fold(0.0, f64::max)
    }

    /// The chance level of a larger model: that of the largest fitted model.
    pub fn chance(&self) -> f64 {
        let last = self
            .runs
            .iter()
            .max_by(|a, b| a.compute.total_cmp(&b.compute));
        last.map_or(0.0, |run| run.chance)
    }
}

fn fitted(law: Law, runs: &[TaskRun]) -> Result<LawFit, String> {
    let needed = law.parameters() + 1;
    if runs.len() < needed {
        let n = runs.len();
        return Err(format!(
            "{n} models are fewer than its {needed} parameters and noise need"
        ));
    }
    let chance: Vec<f64> = runs.iter().map(|r| r.chance).collect();
    let scores: Vec<f64> = runs.iter().map(|r| r.score).collect();
    match law {
        Law::Compute => {
            let largest = runs.iter().map(|r| r.compute).fold(0.0, f64::max);
            let x: Vec<Vec<f64>> = runs
                .iter()
                .map(|r| vec![(r.compute / largest).ln()])
                .collect();
            different(&x, 0, "compute")?;
            let curve = MeanLaw { x, chance };
            let starts = curve.starts(&scores);
            solved(law, &curve, runs, &starts, Step::Direct(vec![largest]))
        }
        Law::Size => {
            let sizes: Option<Vec<(f64, f64)>> = runs.iter().map(|r| r.size).collect();
            let sizes = sizes.ok_or("not every model has parameters and tokens")?;
            shaped(&sizes)?;
            let n = sizes.iter().map(|s| s.0).fold(0.0, f64::max);
            let d = sizes.iter().map(|s| s.1).fold(0.0, f64::max);
            let x: Vec<Vec<f64>> = (sizes.iter())
                .map(|s| vec![(s.0 / n).ln(), (s.1 / d).ln()])
                .collect();
            let curve = MeanLaw { x, chance };
            let starts = curve.starts(&scores);
            solved(law, &curve, runs, &starts, Step::Direct(vec![n, d]))
        }
        Law::TwoStep => two_steps(runs, chance),
    }
}

/// An error for fewer than three different values, which do not determine the shape of a law.
fn different(x: &[Vec<f64>], k: usize, what: &str) -> Result<(), String> {
    let mut values: Vec<f64> = x.iter().map(|x| x[k]).collect();
    values.sort_by(f64::total_cmp);
    values.dedup_by(|a, b| (*a - *b).abs() < 1e-6);
    match values.len() {
        0..=1 => Err(format!(
            "all models have one value of {what}, and the law needs three"
        )),
        2 => Err(format!(
            "the models have two values of {what}, and the law needs three"
        )),
        _ => Ok(()),
    }
}

/// An error if the parameters and tokens do not determine the shape of a law in both.
fn shaped(sizes: &[(f64, f64)]) -> Result<(), String> {
    let logs: Vec<Vec<f64>> = (sizes.iter())
        .map(|(n, d)| vec![n.ln(), d.ln(), (d / n).ln()])
        .collect();
    different(&logs, 0, "parameters")?;
    different(&logs, 1, "tokens")?;
    different(&logs, 2, "tokens per parameter")
}

/// Fits a law of the loss, and a sigmoid of the observed losses.
fn two_steps(runs: &[TaskRun], chance: Vec<f64>) -> Result<LawFit, String> {
    let losses: Option<Vec<f64>> = runs.iter().map(|r| r.loss).collect();
    let losses = losses.ok_or("not every model has a loss on the task")?;
    let first = law_of_loss(runs, &losses).map_err(|why| format!("the loss has no law: {why}"))?;
    let curve = Sigmoid::new(&losses, chance);
    let scale = curve.scale;
    let mut made = solved(
        Law::TwoStep,
        &curve,
        runs,
        &Sigmoid::starts(),
        Step::Direct(vec![]),
    )?;
    let of_loss = first.residuals();
    let together = correlation(&of_loss, &standardised(&made, runs));
    made.step = Step::Loss(Box::new(first), scale, together);
    Ok(made)
}

fn law_of_loss(runs: &[TaskRun], losses: &[f64]) -> crate::Result<FitResult> {
    let sizes: Option<Vec<(f64, f64)>> = runs.iter().map(|r| r.size).collect();
    let by_size = sizes.and_then(|sizes| {
        shaped(&sizes).ok()?;
        let (n, d): (Vec<f64>, Vec<f64>) = sizes.into_iter().unzip();
        let data = Dataset::of_params_tokens(&n, &d, losses).ok()?;
        Fit::new(BuiltIn::Chinchilla).run(&data).ok()
    });
    if let Some(fit) = by_size {
        return Ok(fit);
    }
    let compute: Vec<f64> = runs.iter().map(|r| r.compute).collect();
    Fit::new(BuiltIn::Saturating).run(&Dataset::of_compute(&compute, losses)?)
}

fn standardised(fit: &LawFit, runs: &[TaskRun]) -> Vec<f64> {
    let rows = fit.residuals.iter().zip(runs);
    rows.map(|(r, run)| {
        let p = run.score - r;
        r / run.sampling.total(p, fit.scatter).sqrt()
    })
    .collect()
}

/// Correlation about zero, between −1 and 1; 0 unless it clearly exceeds its standard error.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let product = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    match product.abs() > CLEAR / (a.len() as f64).sqrt() {
        true => product.clamp(-1.0, 1.0),
        false => 0.0,
    }
}

/// Standard errors by which a correlation has to differ from zero.
const CLEAR: f64 = 2.0;

/// Most rounds of reweighting; the weights change little after the first ones.
const ROUNDS: usize = 30;
/// Scatter of the models assumed in the first round.
const ROUGH: f64 = 1e-3;

/// A curve with one more row per parameter, for its prior.
struct WithPrior<'a, C>(&'a C);

/// Mean and standard deviation of a parameter's prior; `None` without a prior. The priors keep an
/// exponent plausible if the scores do not determine it.
type Prior = Option<(f64, f64)>;

impl<C: Curve> Curve for WithPrior<'_, C> {
    fn bounds(&self) -> Vec<(f64, f64)> {
        self.0.bounds()
    }

    fn fitted(&self, parameters: &[f64]) -> Fitted {
        let own = self.0.fitted(parameters);
        let (n, k) = (own.values.len(), parameters.len());
        let value = |i: usize| match i < n {
            true => own.values[i],
            false => parameters[i - n],
        };
        let slope = |i: usize, j: usize| match i < n {
            true => own.jacobian[(i, j)],
            false => f64::from(u8::from(i - n == j)),
        };
        Fitted {
            values: DVector::from_fn(n + k, |i, _| value(i)),
            jacobian: DMatrix::from_fn(n + k, k, slope),
        }
    }
}

/// The best minimum from these starts by weighted least squares. The weights are the inverse
/// variances of the fitted scores, which maximises the likelihood of binomial counts if models do
/// not scatter.
fn solved(
    law: Law,
    curve: &impl Curve,
    runs: &[TaskRun],
    starts: &[Vec<f64>],
    step: Step,
) -> Result<LawFit, String> {
    let (n, k) = (runs.len(), law.parameters());
    let prior = law.prior();
    let curve = &WithPrior(curve);
    let known = |i: usize| prior[i - n].map_or(0.0, |p| p.0);
    let observed = DVector::from_fn(n + k, |i, _| match i < n {
        true => runs[i].score,
        false => known(i),
    });
    let sampling: Vec<Sampling> = runs.iter().map(|r| r.sampling).collect();
    let weighed = |variance: &dyn Fn(usize) -> f64| {
        DVector::from_fn(n + k, |i, _| match i < n {
            true => 1.0 / variance(i),
            false => prior[i - n].map_or(0.0, |p| 1.0 / (p.1 * p.1)),
        })
    };
    let rough = weighed(&|i| ROUGH * spread(runs[i].score.clamp(0.02, 0.98)));
    let all = starts.iter();
    let all = all.filter_map(|start| descend(curve, &observed, &rough, start));
    let mut at: Minimum = all
        .min_by(|a, b| a.value.total_cmp(&b.value))
        .ok_or("its search found no minimum")?;
    let dof = n as f64 - k as f64;
    let residuals_of =
        |fitted: &Fitted| -> Vec<f64> { (0..n).map(|i| observed[i] - fitted.values[i]).collect() };
    let (mut own, mut weights) = (0.0, rough);
    for _ in 0..ROUNDS {
        let fitted = curve.fitted(&at.parameters);
        let values: Vec<f64> = fitted.values.iter().take(n).copied().collect();
        own = scatter(&residuals_of(&fitted), &values, &sampling, dof);
        weights = weighed(&|i| sampling[i].total(values[i], own));
        let Some(next) = descend(curve, &observed, &weights, &at.parameters) else {
            break;
        };
        let change = (next.parameters.iter().zip(&at.parameters))
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        at = next;
        if change < 1e-9 {
            break;
        }
    }
    let fitted = curve.fitted(&at.parameters);
    let bounds = curve.bounds();
    // A parameter at its bound has the uncertainty of its prior.
    let inside = |k: usize| at.parameters[k] > bounds[k].0 && at.parameters[k] < bounds[k].1;
    let free: Vec<usize> = (0..k)
        .filter(|&k| inside(k) || prior[k].is_some())
        .collect();
    let covariance = covariance(&fitted.jacobian, &weights, &free);
    let pull =
        &covariance * DMatrix::from_fn(k, n, |i, j| fitted.jacobian[(j, i)] * weights[j].sqrt());
    Ok(LawFit {
        law,
        covariance,
        pull,
        scatter: own,
        residuals: residuals_of(&fitted),
        dof: effective(dof, own, &sampling, &fitted),
        converged: at.converged,
        parameters: at.parameters,
        step,
    })
}

/// Largest number of degrees of freedom; more make no difference.
pub(super) const MANY: f64 = 1e6;

fn effective(dof: f64, scatter: f64, sampling: &[Sampling], fitted: &Fitted) -> f64 {
    let part = |k: usize| {
        let (p, s) = (fitted.values[k], sampling[k]);
        1.0 - s.variance(p) / s.total(p, scatter)
    };
    let mean = (0..sampling.len()).map(part).sum::<f64>() / sampling.len() as f64;
    (dof / mean.max(0.0).powi(2)).min(MANY)
}

impl LawFit {
    /// The parameters in the form of the law: A and α, or A, α, B and β, in the units of the table;
    /// or the ceiling, slope and middle of the sigmoid.
    pub fn named(&self, chance: f64) -> Vec<(&'static str, f64)> {
        let p = &self.parameters;
        let term = |k: usize, largest: f64| {
            let exponent = p[2 * k + 1].exp();
            ((p[2 * k] + exponent * largest.ln()).exp(), exponent)
        };
        match &self.step {
            Step::Direct(largest) if self.law == Law::Compute => {
                let (a, alpha) = term(0, largest[0]);
                vec![("A", a), ("alpha", alpha)]
            }
            Step::Direct(largest) => {
                let (a, alpha) = term(0, largest[0]);
                let (b, beta) = term(1, largest[1]);
                vec![("A", a), ("alpha", alpha), ("B", b), ("beta", beta)]
            }
            Step::Loss(_, scale, _) => vec![
                ("ceiling", chance + (1.0 - chance) * p[0]),
                ("k", p[1].exp() / scale.1),
                ("x0", scale.0 + scale.1 * p[2]),
            ],
        }
    }
}
