//! The forecast of a run by one law: the mixture over its exponents and its responses to falls.

use super::condense::Block;
use super::laws::{CurveLaw, Known};
use super::noise::{lag_one, share_of_information};
use super::path::Path;
use super::posterior::{Before, Cell, Scatter, Seen, cells, closest, residuals};
use super::response::Response;

/// Parameters subtracted from the degrees of freedom: L0, A, α and the amplitude.
const PARAMETERS: f64 = 4.0;
/// Tolerance of ln α; the scatter about a law does not need an exact exponent.
const ROUGH: f64 = 1e-3;
/// The fewest independent points that a run counts for.
const LEAST_WORTH: f64 = 4.0;

/// The blocks of a run, and the steps at which a forecast is wanted.
pub(super) struct Asked<'a> {
    pub path: &'a Path,
    pub blocks: &'a [Block],
    /// The weight of each block, one on average.
    pub weights: &'a [f64],
    pub steps: &'a [f64],
    pub known: &'a [Known],
    /// The misfit of any law as a share of the loss, and the most independent points that a run
    /// counts for, since a misfit does not average out.
    pub misfit: (f64, f64),
}

/// The columns of a law for one response.
struct Columns {
    known: Known,
    s: Vec<f64>,
    falls: Vec<f64>,
    targets: Vec<(f64, f64)>,
    /// S at the last block, in the unit of the path.
    unit: f64,
}

/// The parameters of a law that fit a run best, prior included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BestParameters {
    /// L0.
    pub floor: f64,
    /// A·S^(−α) at the last point.
    pub reducible: f64,
    /// α.
    pub exponent: f64,
    /// The final effect on the loss of a fall of the rate from its peak to zero.
    pub amplitude: f64,
    /// The response to falls.
    pub response: Option<Response>,
}

/// The forecast of one law.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub law: CurveLaw,
    /// The mean and the variance at each step.
    pub at: Vec<(f64, f64)>,
    pub best: BestParameters,
}

/// The forecasts of several laws, with the scatter that they share.
pub(super) struct AllTold {
    pub told: Vec<Told>,
    pub scatter: Scatter,
}

/// The forecasts of the laws, in units of the loss; `None` if no law falls.
pub(super) fn told(asked: &Asked<'_>, laws: &[CurveLaw]) -> Option<AllTold> {
    let scale = asked.blocks.last()?.loss;
    let y: Vec<f64> = asked.blocks.iter().map(|b| b.loss / scale).collect();
    let wanted = asked.known.iter().filter(|k| laws.contains(&k.law));
    let columns: Vec<Columns> = wanted.map(|k| Columns::new(asked, *k)).collect();
    let mut best: Option<(f64, Vec<f64>)> = None;
    for c in &columns {
        let seen = c.seen(&y, asked.weights);
        let Some(cell) = closest(&seen, ROUGH) else {
            continue;
        };
        if best.as_ref().is_none_or(|(sum, _)| cell.sum < *sum) {
            best = Some((cell.sum, residuals(&seen, &cell)));
        }
    }
    let (sum, residuals) = best?;
    let n = y.len() as f64;
    let correlation = lag_one(&residuals);
    let misfit = asked.misfit.0.powi(2);
    let worth = n * share_of_information(correlation);
    let scatter = Scatter {
        variance: sum / (n - PARAMETERS).max(1.0) + misfit,
        worth: worth.clamp(LEAST_WORTH.min(n), asked.misfit.1.max(LEAST_WORTH)),
        misfit,
    };
    let mut told = Vec::new();
    for &law in laws {
        let mut all: Vec<(Cell, &Columns)> = Vec::new();
        for c in columns.iter().filter(|c| c.known.law == law) {
            let found = cells(&c.seen(&y, asked.weights), &c.before(), scatter);
            all.extend(found.into_iter().map(|cell| (cell, c)));
        }
        told.extend(mixture(law, &all, scatter, n, scale));
    }
    (!told.is_empty()).then_some(AllTold {
        told,
        scatter: Scatter {
            variance: scatter.variance * scale * scale,
            ..scatter
        },
    })
}

impl Columns {
    fn new(asked: &Asked<'_>, known: Known) -> Columns {
        let path = asked.path;
        let power = |step: f64| match known.law {
            CurveLaw::PowerInSteps => step,
            _ => path.sum(step),
        };
        let last = asked.blocks.last().map_or(1.0, |b| b.step);
        let unit = power(last).max(f64::MIN_POSITIVE);
        let fall = |step: f64| known.response.map_or(0.0, |r| r.at(path, step));
        let s = |step: f64| (power(step) / unit).max(1e-12);
        Columns {
            known,
            s: asked.blocks.iter().map(|b| s(b.step)).collect(),
            falls: asked.blocks.iter().map(|b| fall(b.step)).collect(),
            targets: asked.steps.iter().map(|t| (s(*t), fall(*t))).collect(),
            unit,
        }
    }

    fn seen<'a>(&'a self, y: &'a [f64], weights: &'a [f64]) -> Seen<'a> {
        Seen {
            y,
            weights,
            s: &self.s,
            falls: &self.falls,
            targets: &self.targets,
        }
    }

    fn before(&self) -> Before {
        Before {
            exponent: self.known.exponent,
            amplitude: self.known.amplitude,
            at: self.known.at / self.unit,
        }
    }
}

/// The weighted mean and variance over all cells.
fn mixture(
    law: CurveLaw,
    all: &[(Cell, &Columns)],
    scatter: Scatter,
    n: f64,
    scale: f64,
) -> Option<Told> {
    let highest = all
        .iter()
        .max_by(|p, q| p.0.weight.total_cmp(&q.0.weight))?;
    let top = highest.0.weight;
    let weights: Vec<f64> = all.iter().map(|c| (c.0.weight - top).exp()).collect();
    let total: f64 = weights.iter().sum();
    let unit = scatter.variance * n / scatter.worth;
    let at = |k: usize| {
        let each = || all.iter().map(|c| c.0.told[k]).zip(&weights);
        let mean = each().map(|((m, _), w)| m * w).sum::<f64>() / total;
        let spread = |((m, v), w): ((f64, f64), &f64)| w * ((m - mean).powi(2) + v * unit);
        let variance = each().map(spread).sum::<f64>() / total;
        (mean * scale, variance * scale * scale)
    };
    let (cell, columns) = highest;
    Some(Told {
        law,
        at: (0..cell.told.len()).map(at).collect(),
        best: BestParameters {
            floor: cell.floor * scale,
            reducible: cell.reducible * scale,
            exponent: cell.alpha,
            amplitude: cell.amplitude * scale,
            response: columns.known.response,
        },
    })
}
