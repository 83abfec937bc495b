//! Approach 2 of Hoffmann et al. (2022): a parabola in ln N for every compute budget.

use super::counted::Counted;
use super::flops::Flops;
use super::parabola::Parabola;
use crate::numeric::Surface;
use serde::Serialize;

/// The runs of one budget and their parabola.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Budget {
    /// Geometric mean of the compute of the runs.
    pub compute: f64,
    /// (N, D, L) of each run, smallest N first.
    pub runs: Vec<(f64, f64, f64)>,
    /// L = c₀ + c₁v + c₂v², v = ln N − centre.
    pub coefficients: Option<[f64; 3]>,
    /// Mean of ln N.
    pub centre: f64,
    /// The minimum, or the reason for its absence.
    pub outcome: Outcome,
}

/// The result of a parabola.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// A minimum with at least two sizes on either side.
    Minimum(Minimum),
    /// Fewer than four different sizes.
    TooFew {
        /// Number of sizes.
        sizes: usize,
    },
    /// The parabola opens downwards.
    Concave,
    /// The minimum lies outside the sampled sizes.
    Unbracketed {
        /// N at the minimum of the parabola.
        params: f64,
    },
    /// The minimum lies at the edge of the sampled sizes: only one size is beyond it, which does
    /// not show that the loss rises there. It is not used.
    AtEdge(Minimum),
}

/// The minimum of a parabola.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Minimum {
    /// N at the minimum.
    pub params: f64,
    /// D there.
    pub tokens: f64,
    /// The parabola's loss there.
    pub loss: f64,
    /// Standard error of ln N at the minimum (delta method); absent without degrees of freedom.
    pub stderr_ln_params: Option<f64>,
    /// Distance of the minimum from the middle of the sizes in half-widths: 0 centred, 1 at the
    /// end.
    pub off_centre: f64,
    /// Error of ln N that the parabola makes on the given surface without noise.
    pub bias_ln_params: Option<f64>,
}

/// Fewest different sizes for a parabola with errors.
pub(super) const FEWEST: usize = 4;
/// Fewest different sizes on either side of a minimum that is not at the edge.
const BESIDE: usize = 2;
/// Minima farther from the middle than this share of the half-width are reported.
pub(crate) const OFF_CENTRE: f64 = 0.5;
/// Sizes with ln N closer than this are one size.
const SAME: f64 = 1e-9;

/// A gap divides a group of runs into two budgets if it is this many times as wide as the runs on
/// either side.
const CLEAR: f64 = 10.0;
/// A smaller gap is rounding.
const ROUNDING: f64 = 1e-3;

/// Groups runs whose compute agrees within a factor e^(±`tolerance`), smallest first.
pub(super) fn groups(runs: &[Counted], tolerance: f64) -> Vec<Vec<Counted>> {
    let mut rows = runs.to_vec();
    let ln_c = |run: &Counted| run.compute.ln();
    rows.sort_by(|p, q| ln_c(p).total_cmp(&ln_c(q)));
    let mut groups: Vec<Vec<Counted>> = Vec::new();
    for row in rows {
        match groups.last_mut() {
            Some(group) if ln_c(&row) - ln_c(&group[0]) <= 2.0 * tolerance => group.push(row),
            _ => groups.push(vec![row]),
        }
    }
    let groups = groups.into_iter().flat_map(by_value);
    let mut groups: Vec<Vec<Counted>> = groups.flat_map(divided).collect();
    for group in &mut groups {
        group.sort_by(|p, q| p.params.total_cmp(&q.params));
    }
    groups
}

/// Splits a group of runs, sorted by compute, by the values of compute, if each value has enough
/// sizes for a parabola: then these are the planned budgets.
fn by_value(group: Vec<Counted>) -> Vec<Vec<Counted>> {
    let near = |p: &Counted, q: &Counted| (q.compute / p.compute).ln() < ROUNDING;
    let values: Vec<&[Counted]> = group.chunk_by(near).collect();
    let planned = |value: &&[Counted]| {
        let mut value = value.to_vec();
        value.sort_by(|p, q| p.params.total_cmp(&q.params));
        sizes(&value).len() >= FEWEST
    };
    match values.iter().all(planned) {
        true => values.into_iter().map(<[Counted]>::to_vec).collect(),
        false => vec![group],
    }
}

/// Splits a group of runs, sorted by compute, at clear gaps.
fn divided(mut group: Vec<Counted>) -> Vec<Vec<Counted>> {
    let ln_c: Vec<f64> = group.iter().map(|run| run.compute.ln()).collect();
    let gap = |k: &usize| ln_c[*k] - ln_c[*k - 1];
    let widest = (1..ln_c.len()).max_by(|p, q| gap(p).total_cmp(&gap(q)));
    let clear = widest.filter(|k| {
        let (below, above) = (ln_c[*k - 1] - ln_c[0], ln_c[ln_c.len() - 1] - ln_c[*k]);
        gap(k) > ROUNDING.max(CLEAR * below.max(above))
    });
    match clear {
        None => vec![group],
        Some(k) => {
            let above = group.split_off(k);
            [divided(group), divided(above)].concat()
        }
    }
}

/// The different ln N of runs that are sorted by N.
pub(super) fn sizes(runs: &[Counted]) -> Vec<f64> {
    let mut sizes: Vec<f64> = runs.iter().map(|run| run.params.ln()).collect();
    sizes.dedup_by(|p, q| (*p - *q).abs() < SAME);
    sizes
}

/// Groups runs whose compute agrees within a factor e^(±`tolerance`), and fits a parabola to each
/// group. With a `surface` and its cost, each minimum has its bias.
#[must_use]
pub fn budgets(
    runs: &[Counted],
    tolerance: f64,
    surface: Option<(&Surface, &Flops)>,
) -> Vec<Budget> {
    let groups = groups(runs, tolerance).into_iter();
    groups.map(|group| budget(&group, surface)).collect()
}

fn budget(group: &[Counted], surface: Option<(&Surface, &Flops)>) -> Budget {
    let n = group.len() as f64;
    let compute = (group.iter().map(|r| r.compute.ln()).sum::<f64>() / n).exp();
    let logs: Vec<f64> = group.iter().map(|r| r.params.ln()).collect();
    let centre = logs.iter().sum::<f64>() / n;
    let made = |outcome, coefficients| Budget {
        compute,
        runs: (group.iter())
            .map(|r| (r.params, r.tokens, r.loss))
            .collect(),
        coefficients,
        centre,
        outcome,
    };
    let sizes = sizes(group);
    if sizes.len() < FEWEST {
        return made(Outcome::TooFew { sizes: sizes.len() }, None);
    }
    let v: Vec<f64> = logs.iter().map(|x| x - centre).collect();
    let losses: Vec<f64> = group.iter().map(|r| r.loss).collect();
    let Some(fit) = Parabola::fit(&v, &losses) else {
        return made(Outcome::Concave, None);
    };
    let c = fit.coefficients;
    if c[2] <= 0.0 {
        return made(Outcome::Concave, Some(c));
    }
    let at = fit.minimum();
    let params = (centre + at).exp();
    let (low, high) = (v[0], v[v.len() - 1]);
    let below = sizes.iter().filter(|size| **size - centre < at).count();
    let beside = below.min(sizes.len() - below);
    if at <= low || at >= high {
        return made(Outcome::Unbracketed { params }, Some(c));
    }
    let minimum = Minimum {
        params,
        tokens: compute / (params * ratio(group, centre + at)),
        loss: c[0] + at * (c[1] + at * c[2]),
        stderr_ln_params: fit.noise().map(|noise| noise * fit.unit_stderr()),
        off_centre: (at - 0.5 * (low + high)) / (0.5 * (high - low)),
        bias_ln_params: surface.and_then(|surface| bias(&v, centre, compute, surface)),
    };
    let outcome = match beside < BESIDE {
        true => Outcome::AtEdge(minimum),
        false => Outcome::Minimum(minimum),
    };
    made(outcome, Some(c))
}

/// C/(N·D) at ln N, interpolated between the nearest runs.
fn ratio(group: &[Counted], ln_n: f64) -> f64 {
    let after = group.partition_point(|run| run.params.ln() <= ln_n);
    let (low, high) = (&group[after - 1], &group[after.min(group.len() - 1)]);
    let width = high.params.ln() - low.params.ln();
    let share = if width > 0.0 {
        (ln_n - low.params.ln()) / width
    } else {
        0.0
    };
    low.ratio() * (high.ratio() / low.ratio()).powf(share)
}

/// Error of ln N that a parabola through these sizes makes on a surface without noise.
fn bias(v: &[f64], centre: f64, compute: f64, (surface, flops): (&Surface, &Flops)) -> Option<f64> {
    let exact: Option<Vec<f64>> = (v.iter())
        .map(|v| {
            let ln_n = centre + v;
            let tokens = flops.ln_tokens(ln_n, compute)?.exp();
            Some(surface.loss(ln_n.exp(), tokens)).filter(|loss| loss.is_finite())
        })
        .collect();
    let fit = Parabola::fit(v, &exact?)?;
    let best = flops.optimal(surface, compute).ok()?;
    (fit.coefficients[2] > 0.0).then(|| centre + fit.minimum() - best.params.ln())
}

impl Budget {
    /// The minimum that is used.
    #[must_use]
    pub fn minimum(&self) -> Option<&Minimum> {
        match &self.outcome {
            Outcome::Minimum(minimum) => Some(minimum),
            _ => None,
        }
    }

    /// The minimum between the sizes, whether or not it is used.
    #[must_use]
    pub fn any_minimum(&self) -> Option<&Minimum> {
        match &self.outcome {
            Outcome::Minimum(minimum) | Outcome::AtEdge(minimum) => Some(minimum),
            _ => None,
        }
    }
}

/// The relative errors of N* and D* that Approach 2 makes on a surface with the exponents α and β,
/// without any noise, from sizes evenly spaced in ln N over N*/`width` … N*·`width`.
///
/// Along a budget L − const ∝ e^(−αv)/α + e^(βv)/β with v = ln(N/N*), so that neither A, B and E
/// nor the budget matter: every budget is off by the same factor, and so is any extrapolation.
///
/// ```
/// use scalewise::internal::approach2_bias;
/// let (_, tokens) = approach2_bias((0.34, 0.28), 16.0, 15, 0.0);
/// assert!((tokens * 100.0 + 5.100).abs() < 1e-3);
/// assert_eq!(approach2_bias((0.31, 0.31), 16.0, 15, 0.0).1.abs() < 1e-12, true);
/// ```
///
/// With `off`, the middle of the sizes lies at N*·`width`^`off`.
#[must_use]
pub fn approach2_bias(
    (alpha, beta): (f64, f64),
    width: f64,
    points: usize,
    off: f64,
) -> (f64, f64) {
    let half = width.ln();
    let v: Vec<f64> = (0..points)
        .map(|i| half * (2.0 * i as f64 / (points - 1) as f64 - 1.0 + off))
        .collect();
    let loss: Vec<f64> = v
        .iter()
        .map(|v| (-alpha * v).exp() / alpha + (beta * v).exp() / beta)
        .collect();
    let Some(fit) = Parabola::fit(&v, &loss) else {
        return (f64::NAN, f64::NAN);
    };
    let shift = fit.minimum();
    (shift.exp_m1(), (-shift).exp_m1())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_that_are_written_apart_are_no_one_budget() {
        let run = |k: usize, compute: f64| {
            let params = 1e8 * 2f64.powi(k as i32);
            Counted {
                params,
                tokens: compute / (6.0 * params),
                loss: 3.0,
                compute,
            }
        };
        let computes = [1e18, 1.05e18, 1.1e18];
        let of = |sizes: usize| -> Vec<usize> {
            let runs = computes.into_iter();
            let runs = runs.flat_map(|compute| (0..sizes).map(move |k| run(k, compute)));
            groups(&runs.collect::<Vec<_>>(), 0.1)
                .iter()
                .map(Vec::len)
                .collect()
        };
        assert_eq!(of(4), [4, 4, 4]);
        // Three sizes are too few for a parabola.
        assert_eq!(of(3), [9]);
    }

    #[test]
    fn a_clear_gap_divides_what_the_tolerance_would_join() {
        let of = |computes: &[f64]| -> Vec<usize> {
            let run = |compute: &f64| Counted {
                params: 1e9,
                tokens: compute / 6e9,
                loss: 3.0,
                compute: *compute,
            };
            let runs: Vec<Counted> = computes.iter().map(run).collect();
            groups(&runs, 0.1).iter().map(Vec::len).collect()
        };
        assert_eq!(of(&[9e18, 9.0001e18, 8.9999e18, 1e19]), [3, 1]);
        assert_eq!(of(&[1e18, 1.15e18, 1e18, 1.15e18]), [2, 2]);
        assert_eq!(of(&[9e18, 9.3e18, 9.5e18, 1e19]), [4]);
        assert_eq!(of(&[1e18, 1.0005e18, 3e18]), [2, 1]);
    }
}
