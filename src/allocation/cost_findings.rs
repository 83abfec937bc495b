//! Findings about the way FLOP are counted.

use super::counted::{Counted, Counting, Own};
use super::flops::Flops;
use crate::code::Code;
use crate::fit::{Diagnosis, Severity};
use crate::numeric::SIX;
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::said::Said;

/// A compute column that differs from 6ND by more than this share is reported.
const APART: f64 = 0.1;
/// A ratio C/(N·D) this far below 6, as a share, is reported if the cost is fitted.
const BELOW: f64 = 0.02;
/// A ratio below 6 by at most this many standard deviations of the fitted cost may be scatter.
const SCATTER: f64 = 3.0;
/// Sizes within this factor of the fitted ones are not an extrapolation of the cost.
const NEAR: f64 = 1.05;
/// Sizes beyond this factor get a warning instead of a note.
const FAR: f64 = 10.0;

/// Findings about this way to count FLOP, given the runs with their own compute and the sizes of an
/// answer. None if the compute is in another unit than FLOP, which has its own finding.
pub(crate) fn cost_findings(flops: &Flops, own: &Own, sizes: &[f64]) -> Vec<Diagnosis> {
    let mut found = Vec::new();
    if own.in_other_unit().is_some() {
        return found;
    }
    let ratios = own.runs.iter().map(Counted::ratio);
    let (low, high) = ratios.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), ratio| {
        (low.min(ratio), high.max(ratio))
    });
    let apart = (high / SIX - 1.0).max(1.0 - low / SIX);
    if apart > APART && apart.is_finite() {
        found.push(not_six_nd(flops, own.counting, (low, high)));
    }
    found.extend(not_as_stated(flops, own));
    let model = match flops {
        Flops::Fitted(model, _) if !model.is_six_nd() => model,
        _ => return found,
    };
    // Rounded token numbers scatter to both sides of 6.
    let below = (-SCATTER * model.spread).exp().min(1.0 - BELOW);
    if model.ratios.0 < SIX * below {
        found.push(
            Diagnosis::new(
                Code::CostBelow6nd,
                // A constant k says nothing about how the cost depends on N.
                match model.is_per_nd() {
                    true => Severity::Note,
                    false => Severity::Warn,
                },
                format!(
                    "C/(N*D) is {:.2} at the least, and 6 is the cost of a parameter that every \
                     token passes through: N counts parameters that the compute does not, such as \
                     embeddings",
                    Said(model.ratios.0)
                ),
                "count N as the compute does, or give the cost as a formula",
            )
            .with_remedy(Setting::ParamsCol)
            .with_remedy(Setting::Flops),
        );
    }
    if let Some(bend) = model.bend() {
        let message = format!(
            "the fitted cost misses the compute of the runs by up to {:.1} % along the sizes, more \
             than their scatter explains",
            Said(100.0 * bend)
        );
        found.push(
            Diagnosis::new(
                Code::CostCurved,
                Severity::Warn,
                message,
                match model.is_per_nd() {
                    true => "fit 6ND + k*N^p*D, or give the cost as a formula",
                    false => "give the cost as a formula",
                },
            )
            .with_remedy(match model.is_per_nd() {
                true => Setting::Flops.to("column"),
                false => Setting::Flops.into(),
            }),
        );
    }
    found.extend(extrapolated(model.sizes, sizes));
    found
}

/// A warning if a typed formula disagrees with the compute of the runs.
fn not_as_stated(flops: &Flops, own: &Own) -> Option<Diagnosis> {
    if !matches!(flops, Flops::Formula(_)) || own.counting == Counting::SixNd {
        return None;
    }
    let shares = own.runs.iter();
    let shares = shares.map(|run| flops.cost(run.params, run.tokens) / run.compute);
    let (low, high) = shares.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), share| {
        (low.min(share), high.max(share))
    });
    (low < 1.0 - APART || high > 1.0 + APART).then(|| {
        Diagnosis::new(
            Code::FormulaNotCompute,
            Severity::Warn,
            format!(
                "the formula of the cost gives {:.0} to {:.0} % of {}",
                Said(100.0 * low),
                Said(100.0 * high),
                own.counting.of_runs()
            ),
            "check the formula, or fit the cost to the compute of the runs",
        )
        .with_remedy(Setting::Flops.to("column"))
    })
}

fn not_six_nd(flops: &Flops, counting: Counting, (low, high): (f64, f64)) -> Diagnosis {
    let message = format!(
        "C/(N*D) of the runs is {:.2} to {:.2}{}, and not 6: 6ND is {} of it",
        Said(low),
        Said(high),
        match counting {
            Counting::Budget => " by their budgets",
            _ => " by their compute column",
        },
        match (low < SIX, high > SIX) {
            (true, true) => format!(
                "{:.0} to {:.0} %",
                Said(100.0 * SIX / high),
                Said(100.0 * SIX / low)
            ),
            (true, false) => format!("up to {:.0} %", Said(100.0 * SIX / low)),
            _ => format!("as little as {:.0} %", Said(100.0 * SIX / high)),
        }
    );
    match flops {
        Flops::SixNd => Diagnosis::new(
            Code::ComputeNot6nd,
            Severity::Warn,
            message,
            "the answer counts 6ND; count as the runs do, or count other parameters as N",
        )
        .with_remedy(Setting::Flops.to("column"))
        .with_remedy(Setting::ParamsCol),
        _ => Diagnosis::new(
            Code::ComputeNot6nd,
            Severity::Note,
            message,
            "the answer does not count 6ND; budgets in FLOP mean what the answer counts",
        ),
    }
}

/// A finding about the size of an answer that is farthest from the sizes of the fitted cost.
fn extrapolated((smallest, largest): (f64, f64), sizes: &[f64]) -> Option<Diagnosis> {
    let beyond = |n: f64| (n / largest).max(smallest / n);
    let farthest = sizes
        .iter()
        .copied()
        .max_by(|p, q| beyond(*p).total_cmp(&beyond(*q)))?;
    let factor = beyond(farthest);
    if !(factor > NEAR && factor.is_finite()) {
        return None;
    }
    let (side, end) = match farthest > largest {
        true => ("larger than the largest", largest),
        false => ("smaller than the smallest", smallest),
    };
    let severity = if factor > FAR {
        Severity::Warn
    } else {
        Severity::Note
    };
    Some(
        Diagnosis::new(
            Code::CostExtrapolated,
            severity,
            format!(
                "N* = {} is {:.1} times {side} size that the cost was fitted to, {}",
                format_quantity(farthest),
                Said(factor),
                format_quantity(end)
            ),
            "give the cost as a formula that is known to hold there",
        )
        .with_remedy(Setting::Flops),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(ratio: impl Fn(usize) -> f64) -> bool {
        let one = |k: usize| {
            let params = 1e7 * 2f64.powi(k as i32);
            let tokens = 20.0 * params;
            Counted {
                params,
                tokens,
                loss: 3.0,
                compute: ratio(k) * params * tokens,
            }
        };
        let own = Own {
            counting: Counting::Compute,
            named: false,
            runs: (0..8).map(one).collect(),
        };
        let flops = Flops::of("column", &own).unwrap();
        let found = cost_findings(&flops, &own, &[]);
        found.iter().any(|d| d.code == Code::CostBelow6nd)
    }

    #[test]
    fn a_formula_is_compared_with_the_compute_of_the_runs() {
        let run = |params: f64| Counted {
            params,
            tokens: 20.0 * params,
            loss: 3.0,
            compute: 7.0 * params * 20.0 * params,
        };
        let of = |text: &str, counting| {
            let own = Own {
                counting,
                named: false,
                runs: [1e8, 1e9].map(run).to_vec(),
            };
            let flops = Flops::of(text, &own).unwrap();
            let found = cost_findings(&flops, &own, &[]);
            found.iter().any(|d| d.code == Code::FormulaNotCompute)
        };
        assert!(of("9*N*D", Counting::Compute));
        assert!(of("6*N*D", Counting::Budget));
        assert!(!of("7.2*N*D", Counting::Compute));
        assert!(!of("9*N*D", Counting::SixNd));
    }

    #[test]
    fn tokens_that_are_rounded_are_no_parameters_that_do_not_count() {
        let rounded = [0.03, -0.055, 0.05, -0.02, -0.045, 0.06, 0.01, -0.05];
        assert!(!told(|k| 6.0 * (1.0 + rounded[k])));
        // Embeddings are a share of the parameters that falls with size.
        assert!(told(|k| 6.0 * (1.0 - 0.4 * 0.7f64.powi(k as i32))));
    }
}
