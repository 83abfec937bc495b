//! The cost of training: 6ND, the compute column of the runs, or a formula of N and D.

use super::cost_model::CostModel;
use super::counted::{Counting, Own};
use super::formula::Formula;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::FitResult;
use crate::numeric::{LogCost, SIX};
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::resampling::{below, stream};
use crate::said::Said;
use serde::Serialize;

/// How FLOP are computed from N and D.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Flops {
    /// C = 6ND.
    SixNd,
    /// C = k·N·D, or C = 6ND + k·N^p·D, fitted to the compute of the runs.
    #[doc(hidden)]
    Fitted(CostModel, Counting),
    /// A formula such as `6*N*D + 2*N*1e9`.
    #[doc(hidden)]
    Formula(Formula),
}

/// A way to count FLOP, as written in files.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlopsSaid {
    /// `6nd`, `k`, `column` or `formula`.
    model: &'static str,
    /// The formula in words.
    formula: String,
    /// k.
    #[serde(skip_serializing_if = "Option::is_none")]
    k: Option<f64>,
    /// Its standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    k_stderr: Option<f64>,
    /// p.
    #[serde(skip_serializing_if = "Option::is_none")]
    p: Option<f64>,
    /// Its standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    p_stderr: Option<f64>,
    /// Standard deviation of ln C of the sizes about the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    residual_spread: Option<f64>,
    /// Smallest and largest N that the model was fitted to.
    #[serde(skip_serializing_if = "Option::is_none")]
    sizes: Option<(f64, f64)>,
    /// Smallest and largest C/(N·D) of the runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    ratios: Option<(f64, f64)>,
}

/// Keeps these random streams apart from those that draw runs.
const STREAM: u64 = 0x636f_7374;

/// C/(N·D) of compute in PF-days is about 6 times this, within a factor of two.
const PF_DAYS: f64 = 1.0 / 8.64e19;

/// Refuses to fit the cost of training to a column that is not compute.
fn is_a_cost(own: &Own) -> Result<()> {
    let Some(middle) = own.in_other_unit() else {
        return Ok(());
    };
    let times = middle / SIX;
    let (what, hint) = match (0.5..=2.0).contains(&(times / PF_DAYS)) {
        true => (
            "about 6ND in PF-days".to_owned(),
            "write the unit into the heading, such as 'compute (PF-days)', or into the cells \
             (3.1 PF-day); or count 6ND",
        ),
        false => (
            format!("{} times 6ND", format_quantity(times)),
            "write the unit into the heading, such as 'compute (EFLOP)', or into the cells \
             (3.1 PF-day); or count 6ND",
        ),
    };
    let message = format!(
        "{} {} {what}: the cost of training in FLOP cannot be fitted to it",
        own.counting.of_runs(),
        match own.counting {
            Counting::Budget => "are",
            _ => "is",
        },
    );
    Err(Error::new(ErrorKind::Data, message)
        .about(Setting::Flops)
        .with_hint(hint)
        .with_remedy(Setting::Flops.to("6nd")))
}

impl Flops {
    /// Reads `6nd`, `k`, `column` or a formula.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for text that is not a formula; [`ErrorKind::Data`] for `k` and
    /// `column` if too few sizes have N, D and a compute.
    pub fn parse(text: &str, fit: &FitResult) -> Result<Flops> {
        Flops::of(text, &Own::of(fit.runs_in_order(), false))
    }

    /// Reads `6nd` or a formula, which do not depend on runs.
    pub(crate) fn exact(text: &str) -> Result<Flops> {
        match text.trim().eq_ignore_ascii_case("6nd") {
            true => Ok(Flops::SixNd),
            false => Formula::parse(text.trim()).map(Flops::Formula),
        }
    }

    /// The same as [`Flops::parse`] for runs that are counted in some way.
    pub(crate) fn of(text: &str, own: &Own) -> Result<Flops> {
        let fitted = |model: Option<CostModel>, fewest: usize| {
            let made = model.map(|model| Flops::Fitted(model, own.counting));
            made.ok_or_else(|| {
                let message = format!(
                    "fewer than {fewest} model sizes have N, D and a compute, from which the cost \
                     of training could be fitted"
                );
                Error::new(ErrorKind::Data, message)
                    .about(Setting::Flops)
                    .with_hint("count 6ND, or give a formula")
                    .with_remedy(Setting::Flops.to("6nd"))
            })
        };
        let text = text.trim();
        if ["k", "column"].contains(&text.to_ascii_lowercase().as_str()) {
            is_a_cost(own)?;
        }
        match text.to_ascii_lowercase().as_str() {
            "k" => fitted(CostModel::per_nd(&own.runs), 2),
            "column" => fitted(CostModel::column(&own.runs), 3),
            _ => Flops::exact(text),
        }
    }

    /// The way in words.
    pub(crate) fn describe(&self) -> String {
        let (model, counting) = match self {
            Flops::SixNd => return "C = 6ND, with N as the params column counts it".to_owned(),
            Flops::Formula(f) => return format!("C = {}", f.text()),
            Flops::Fitted(model, counting) => (model, counting),
        };
        if *counting == Counting::SixNd {
            return "C = 6ND: the runs have neither a compute nor a budget that 6ND is not"
                .to_owned();
        }
        let runs = counting.of_runs();
        let spread = Said(100.0 * model.spread);
        let (k, p) = model.stderrs();
        match model.is_per_nd() {
            true => format!(
                "C = k*N*D with k = {:.4} +- {:.4}, fitted to {runs} (spread {spread:.2} %)",
                Said(model.k()),
                Said(k)
            ),
            false if model.is_six_nd() => format!(
                "C = 6ND, as {runs} {}",
                match counting {
                    Counting::Budget => "have it",
                    _ => "has it",
                }
            ),
            false => format!(
                "C = 6*N*D {} {}*N^p*D with p = {:.3} +- {:.3}, fitted to {runs} \
                 (spread {spread:.2} %)",
                if model.k() < 0.0 { '-' } else { '+' },
                crate::number::digits(model.k().abs(), 4),
                Said(model.exponent()),
                Said(p)
            ),
        }
    }

    /// The way as written in files.
    pub(crate) fn said(&self) -> FlopsSaid {
        let model = match self {
            Flops::Fitted(model, _) => Some(model),
            _ => None,
        };
        let several = model.filter(|model| !model.is_per_nd());
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        FlopsSaid {
            model: match (self, several) {
                (Flops::SixNd, _) => "6nd",
                (Flops::Formula(_), _) => "formula",
                (Flops::Fitted(..), None) => "k",
                (Flops::Fitted(..), Some(_)) => "column",
            },
            formula: self.describe(),
            k: model.and_then(|m| finite(m.k())),
            k_stderr: model.and_then(|m| finite(m.stderrs().0)),
            p: several.and_then(|m| finite(m.exponent())),
            p_stderr: several.and_then(|m| finite(m.stderrs().1)),
            residual_spread: model.map(|m| m.spread),
            sizes: model.map(|m| m.sizes),
            ratios: model.map(|m| m.ratios),
        }
    }

    /// FLOP for N parameters and D tokens.
    #[must_use]
    #[doc(hidden)]
    pub fn cost(&self, params: f64, tokens: f64) -> f64 {
        match self {
            Flops::SixNd => SIX * params * tokens,
            Flops::Fitted(model, _) => model.ln_ratio(params.ln()).0.exp() * params * tokens,
            Flops::Formula(f) => f.value(params, tokens),
        }
    }

    /// ln C and its derivatives by ln N and ln D.
    pub(crate) fn log_cost(&self, ln_n: f64, ln_d: f64) -> LogCost {
        match self {
            Flops::SixNd => LogCost::six_nd(ln_n, ln_d),
            Flops::Fitted(model, _) => {
                let (ln_ratio, slope) = model.ln_ratio(ln_n);
                LogCost {
                    value: ln_ratio + ln_n + ln_d,
                    by_n: 1.0 + slope,
                    by_d: 1.0,
                }
            }
            Flops::Formula(f) => {
                let (n, d) = (ln_n.exp(), ln_d.exp());
                let [value, by_n, by_d] = f.with_derivatives(n, d);
                LogCost {
                    value: value.ln(),
                    by_n: n * by_n / value,
                    by_d: d * by_d / value,
                }
            }
        }
    }

    /// Deviation of ln C of a size from a fitted cost. It is zero except in the variants that an
    /// interval compares.
    pub(crate) fn off(&self) -> f64 {
        match self {
            Flops::Fitted(model, _) => model.shift,
            _ => 0.0,
        }
    }

    /// Whether ln C is linear in ln N and ln D, so that everything has a closed form.
    pub(crate) fn is_power(&self) -> bool {
        match self {
            Flops::SixNd => true,
            Flops::Fitted(model, _) => model.is_per_nd(),
            Flops::Formula(_) => false,
        }
    }

    /// For a fitted cost, pairs on both sides of it, each in one uncertain direction, with their
    /// distance in standard errors; empty otherwise.
    pub(crate) fn sides(&self) -> Vec<(Flops, Flops, f64)> {
        let Flops::Fitted(model, counting) = self else {
            return Vec::new();
        };
        let of = |model| Flops::Fitted(model, *counting);
        let both = |(low, high, apart)| (of(low), of(high), apart);
        model.sides().into_iter().map(both).collect()
    }

    /// Refits of a fitted cost for a bootstrap; empty if the cost is exact.
    pub(crate) fn redrawn(&self, times: usize, seed: u64) -> Vec<Flops> {
        let Flops::Fitted(model, counting) = self else {
            return Vec::new();
        };
        if model.sides().is_empty() {
            return Vec::new();
        }
        let one = |k| {
            let mut random = stream(seed ^ STREAM, k);
            Flops::Fitted(model.redrawn(|count| below(&mut random, count)), *counting)
        };
        (0..times).map(one).collect()
    }
}
