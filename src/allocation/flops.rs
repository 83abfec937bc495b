//! What training costs: 6ND, the compute column of the runs, or a formula of N and D.

use super::formula::Formula;
use super::least_squares::LeastSquares;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::FitResult;
use crate::numeric::{LogCost, SIX};
use crate::remedy::Setting;
use crate::said::Said;

/// How FLOP follow from N and D.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Flops {
    /// C = 6ND.
    SixNd,
    /// ln(C/ND) as a line in ln N, fitted to the compute column of the runs: N may be counted with
    /// or without embeddings, and attention adds its share.
    #[doc(hidden)]
    Column {
        /// ln(C/ND) at ln N = 0.
        offset: f64,
        /// Its slope.
        slope: f64,
        /// Standard deviation of ln C about it.
        spread: f64,
    },
    /// A formula such as `6*N*D + 2*N*1e9`.
    #[doc(hidden)]
    Formula(Formula),
}

impl Flops {
    /// From `6nd`, `column` or a formula.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for text that is no formula; [`ErrorKind::Data`] for `column` when
    /// fewer than three runs have N, D and a compute.
    pub fn parse(text: &str, fit: &FitResult) -> Result<Flops> {
        match text.trim().to_ascii_lowercase().as_str() {
            "6nd" => Ok(Flops::SixNd),
            "column" => Flops::of_runs(fit),
            _ => Formula::parse(text).map(Flops::Formula),
        }
    }

    fn of_runs(fit: &FitResult) -> Result<Flops> {
        let rows: Vec<(f64, f64)> = fit
            .runs_in_order()
            .into_iter()
            .filter_map(|r| {
                let (n, d) = (r.params?, r.tokens?);
                Some((n.ln(), (r.x / (n * d)).ln()))
            })
            .collect();
        let refused = |why| {
            Err(Error::new(ErrorKind::Data, why)
                .with_hint("count 6ND, or give a formula")
                .with_remedy(Setting::Flops.to("6nd")))
        };
        let line = LeastSquares::through(&rows);
        let Some((line, variance)) = line.and_then(|l| l.variance.map(|v| (l, v))) else {
            return refused("too few runs have N, D and a compute of their own");
        };
        if line.slope <= -1.0 {
            return refused("the compute column does not grow with N at the same D");
        }
        Ok(Flops::Column {
            offset: line.level - line.slope * line.centre,
            slope: line.slope,
            spread: variance.sqrt(),
        })
    }

    /// In words.
    pub(crate) fn describe(&self) -> String {
        match self {
            Flops::SixNd => "C = 6ND, with N as the params column counts it".to_owned(),
            Flops::Column {
                offset,
                slope,
                spread,
            } => format!(
                "C = {:.4}*N^{:.4}*D, fitted to the compute column (spread {:.2} %)",
                Said(offset.exp()),
                Said(1.0 + slope),
                Said(spread * 100.0)
            ),
            Flops::Formula(f) => format!("C = {}", f.text()),
        }
    }

    /// FLOP for N parameters and D tokens.
    #[must_use]
    #[doc(hidden)]
    pub fn cost(&self, params: f64, tokens: f64) -> f64 {
        match self {
            Flops::SixNd => SIX * params * tokens,
            Flops::Column { offset, slope, .. } => {
                (offset + (1.0 + slope) * params.ln() + tokens.ln()).exp()
            }
            Flops::Formula(f) => f.value(params, tokens),
        }
    }

    /// ln C and its derivatives by ln N and ln D.
    pub(crate) fn log_cost(&self, ln_n: f64, ln_d: f64) -> LogCost {
        match self {
            Flops::SixNd => LogCost::six_nd(ln_n, ln_d),
            Flops::Column { offset, slope, .. } => LogCost {
                value: offset + (1.0 + slope) * ln_n + ln_d,
                by_n: 1.0 + slope,
                by_d: 1.0,
            },
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

    /// Whether ln C is a plane in ln N and ln D, so that everything has a closed form.
    pub(crate) fn is_power(&self) -> bool {
        !matches!(self, Flops::Formula(_))
    }
}
