//! Fits the rates of a whole benchmark: a weaker law, of −ln(mean pass rate).

use super::builder::CapabilityFit;
use super::curve::{Curve, CurvePoint};
use super::findings::{few_models, judge_line};
use super::fit::enough;
use super::line::{Line, logs, usable};
use super::result::{Capability, row};
use super::steps::Evidence;
use super::verdict::shape;
use crate::error::Result;
use crate::fit::{Code, Diagnosis, Severity};
use crate::remedy::Setting;
use crate::runs::{PassRates, Role};
use nalgebra::{DMatrix, DVector};

impl CapabilityFit {
    /// Fits rates of a whole benchmark: −ln of the mean pass rate, which is not the mean of
    /// −ln(pass rate).
    ///
    /// # Errors
    /// [`ErrorKind::NoFit`](crate::ErrorKind::NoFit) with fewer than two models to fit.
    pub fn run_rates(&self, table: &PassRates) -> Result<Capability> {
        self.check()?;
        let fitted: Vec<usize> = (0..table.rates.len())
            .filter(|&k| table.rates[k].role == Role::Fit)
            .collect();
        enough(fitted.len(), &table.source)?;
        let metric = |k: usize| -table.rates[k].rate.ln();
        let error = |k: usize| {
            let r = &table.rates[k];
            r.samples
                .map(|n| ((1.0 - r.rate) / (n as f64 * r.rate)).sqrt())
        };
        let x: Vec<f64> = fitted
            .iter()
            .map(|&k| table.rates[k].compute.ln())
            .collect();
        let y: Vec<f64> = fitted.iter().map(|&k| metric(k)).collect();
        let errors: Option<Vec<f64>> = fitted.iter().map(|&k| error(k)).collect();
        let covariance =
            errors.map(|e| DMatrix::from_diagonal(&DVector::from_vec(e).map(|s| s * s)));
        let names: Vec<String> = fitted
            .iter()
            .map(|&k| table.rates[k].model.clone())
            .collect();
        let rates: Vec<(f64, Option<f64>)> = fitted
            .iter()
            .map(|&k| {
                let r = &table.rates[k];
                let error = r
                    .samples
                    .map(|n| (r.rate * (1.0 - r.rate) / n as f64).sqrt());
                (r.rate, error)
            })
            .collect();
        let mut diagnoses = table.findings.clone();
        if y.iter().all(|m| m.is_finite()) {
            diagnoses.extend(shape(&Evidence {
                names: &names,
                x: &x,
                metric: &y,
                covariance: covariance.as_ref(),
                freedom: None,
                rates: &rates,
                chance: self.chance,
            }));
        } else {
            let zero = Diagnosis::new(
                Code::ZeroPassCells,
                Severity::Refuse,
                "a pass rate of 0 has no logarithm, and without counts for each problem nothing stands in for it",
                "leave the model out, or give one row a problem with its counts",
            );
            diagnoses.push(
                zero.with_remedy(Setting::Where)
                    .with_remedy(Setting::FitBelow),
            );
        }
        diagnoses.extend(few_models(fitted.len()));
        diagnoses.push(Diagnosis::new(
            Code::AggregateOnly,
            Severity::Note,
            "only rates of the whole benchmark: the law is of -ln(mean pass rate), whose curve bends where problems \
             differ (Jensen), and no problem is told from another",
            "give one row a model and problem with n_samples and n_correct",
        ));
        let line = usable(&y).then(|| match &covariance {
            Some(v) => Line::weighed(&x, &y, v),
            None => Line::ordinary(&x, &logs(&y)),
        });
        let points = (0..table.rates.len())
            .map(|k| CurvePoint {
                model: table.rates[k].model.clone(),
                compute: table.rates[k].compute,
                metric: Some(metric(k)).filter(|m| m.is_finite()),
                stderr: error(k).filter(|e| e.is_finite()),
                role: table.rates[k].role,
            })
            .collect();
        let mut curve = Curve {
            diagnoses,
            ..Curve::new("all".to_owned(), &[], points, line)
        };
        judge_line(&mut curve);
        Ok(Capability {
            source: table.source.clone(),
            compute_name: table.compute_name.clone(),
            rows: table.rows,
            excluded: table.excluded.clone(),
            rule: None,
            estimator: None,
            models: curve
                .points
                .iter()
                .zip(&table.rates)
                .map(|(p, r)| row(p, None, r.rate, true))
                .collect(),
            problems: 0,
            zero_cells: 0,
            hardest: 0,
            trade_off: Vec::new(),
            overall: curve,
            solved_by_all: None,
            turning: Vec::new(),
            fitted: None,
            buckets: Vec::new(),
            counts: None,
        })
    }
}
