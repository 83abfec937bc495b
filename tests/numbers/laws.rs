//! Laws as users have them: built in, and made at run time.
#![allow(clippy::unwrap_used)]

use scalewise::internal::central_difference;
use scalewise::law::{self, Input, Law, Parameter, Search};
use scalewise::{Dataset, Fit, FitResult, Target, report};
use std::sync::Arc;

/// A polynomial in ln C with any number of terms.
#[derive(Debug, Clone)]
struct Polynomial {
    name: String,
    formula: String,
    parameters: Vec<Parameter>,
    python: String,
}

impl Polynomial {
    fn of_degree(degree: usize) -> Polynomial {
        let names: Vec<String> = (0..=degree).map(|k| format!("p{k}")).collect();
        let terms: Vec<String> = (0..=degree).map(|k| format!("p{k}*ln(C)^{k}")).collect();
        let body = terms.join(" + ").replace("ln", "log").replace('^', "**");
        Polynomial {
            name: format!("polynomial-{degree}"),
            formula: format!("L(C) = {}", terms.join(" + ")),
            parameters: names
                .into_iter()
                .map(|name| Parameter::owned(name, Search::Linear).within(-1e3, 1e3))
                .collect(),
            python: format!("from math import log\n\ndef loss(C):\n    return {body}"),
        }
    }
}

impl Law for Polynomial {
    fn name(&self) -> &str {
        &self.name
    }

    fn formula(&self) -> &str {
        &self.formula
    }

    fn inputs(&self) -> &[Input] {
        &[Input::Compute]
    }

    fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        p.iter().rev().fold(0.0, |sum, p| sum * x[0].ln() + p)
    }

    fn python(&self) -> Option<&str> {
        Some(&self.python)
    }
}

#[test]
fn a_law_made_at_run_time_is_fitted_saved_and_forecast() {
    let law: Arc<dyn Law> = Arc::new(Polynomial::of_degree(1));
    let runs = (0..8).map(|k| {
        let compute = 10_f64.powf(18.0 + 0.5 * f64::from(k));
        let wiggle = 1.0 + 0.003 * f64::from((k * 7) % 5 - 2);
        (compute, (9.0 - 0.15 * compute.ln()) * wiggle)
    });
    let data = Dataset::from_runs(runs).unwrap();
    let fit = Fit::shared(Arc::clone(&law)).run(&data).unwrap();
    assert!((fit.value("p1").unwrap() + 0.15).abs() < 0.02);
    let forecast = |fit: &FitResult| fit.forecast(Target::at(1e23)).run().unwrap();
    let text = fit.to_json();
    assert!(text.contains("polynomial-1") && FitResult::from_json(&text, "law.json").is_err());
    let again = FitResult::from_json_with(Polynomial::of_degree(1), &text, "law.json").unwrap();
    assert_eq!(again.to_json(), text);
    assert_eq!(forecast(&again).intervals, forecast(&fit).intervals);
    let code = report::python(&fit).unwrap();
    assert!(code.contains("from math import log\n\np0 = ") && code.contains("def loss(C):"));
    assert!(report::latex(&fit).is_none());
}

/// The public type gives access to everything that makes fits exact: closed-form gradients, starts
/// from the data, and units of the data.
#[test]
fn built_in_laws_are_reached_in_full() {
    for law in law::all() {
        let p: Vec<f64> = (law.parameters().iter())
            .map(|p| match p.search {
                Search::Even(low, high) | Search::Log(low, high) => 0.5 * (low + high),
                _ => 0.7,
            })
            .collect();
        let x = [
            [3.0; 3],
            [5.0, 7.0, 6.0],
            [11.0, 13.0, 9.0],
            [20.0, 40.0, 31.0],
        ];
        let x: Vec<&[f64]> = x.iter().map(|x| &x[..law.inputs().len()]).collect();
        let (mut exact, mut both) = (vec![0.0; p.len()], vec![0.0; p.len()]);
        let mut differences = vec![0.0; p.len()];
        law.gradient(x[1], &p, &mut exact);
        let value = law.predict_with_gradient(x[1], &p, &mut both);
        central_difference(law, x[1], &p, &mut differences);
        assert_eq!((value, &exact), (law.predict(x[1], &p), &both));
        assert_ne!(exact, differences, "{}: not in closed form", law.name());
        let exact_search = ["saturating", "power", "chinchilla", "chinchilla-tied"];
        if !exact_search.contains(&law.name()) {
            assert!(
                !law.starts(&x, &[4.0, 3.0, 2.5, 2.3]).is_empty(),
                "{}",
                law.name()
            );
            let ones = vec![1.0; law.inputs().len()];
            assert_eq!(
                law.change_units(&p, &ones, 1.0).unwrap(),
                p,
                "{}",
                law.name()
            );
        }
        assert_eq!(law::by_name(law.name()), Some(*law));
        assert!(law.python().is_some() && law.latex().is_some());
    }
}
