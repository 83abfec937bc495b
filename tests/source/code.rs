//! The law as Python code gives the values of the law.

use crate::tools;

use scalewise::ReadOptions;
use scalewise::law::{self, Input, Law, TypedLaw};
use scalewise::tables::Needs;
use scalewise::{Dataset, Fit, report};
use std::process::Command;

/// exp and log may differ between Python and Rust in the last digits, and M4 is solved to the last
/// digit of L.
const SAME: f64 = 1e-12;

#[test]
fn python_computes_the_same_losses() {
    if Command::new("python3").arg("--version").output().is_err() {
        return tools::skip_without("python3");
    }
    for law in law::all() {
        let surface = law.inputs().contains(&Input::Params);
        let mut table = "params,tokens,unique_tokens,compute,loss\n".to_owned();
        for k in 0..7 {
            for j in 0..if surface { 6 } else { 1 } {
                let n = 1e7 * 3f64.powi(k);
                let d = 1e9 * 4f64.powi(j + k / 2);
                let loss = 1.7 + 400.0 / n.powf(0.34) + 800.0 / d.powf(0.3);
                let wiggle = 1.0 + 0.002 * f64::from((k * 7 + j * 3) % 5 - 2);
                table += &format!(
                    "{n},{d},{},{},{}\n",
                    d.min(6e10),
                    6.0 * n * d,
                    loss * wiggle
                );
            }
        }
        let options = ReadOptions {
            needs: if surface {
                Needs {
                    unique_tokens: law.inputs().contains(&Input::UniqueTokens),
                    ..Needs::SURFACE
                }
            } else {
                Needs::CURVE
            },
            ..ReadOptions::default()
        };
        let data = Dataset::from_csv_bytes(table.as_bytes(), "runs", &options).unwrap();
        let fit = Fit::new(*law).run(&data).unwrap();
        let mut code = report::python(&fit).unwrap();
        for run in fit.data().fit_runs() {
            let arguments: Vec<String> = law
                .inputs()
                .iter()
                .map(|input| match input {
                    Input::Compute => format!("{:?}", run.x() * 10.0),
                    Input::Params => format!("{:?}", run.params().unwrap() * 10.0),
                    Input::Tokens => format!("{:?}", run.tokens().unwrap()),
                    Input::UniqueTokens => format!("{:?}", run.unique_tokens().unwrap()),
                    other => unreachable!("{other:?}"),
                })
                .collect();
            code += &format!("print(repr(loss({})))\n", arguments.join(", "));
        }
        let output = Command::new("python3")
            .arg("-c")
            .arg(&code)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{code}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let said = String::from_utf8(output.stdout).unwrap();
        let said: Vec<f64> = said.lines().map(|l| l.parse().unwrap()).collect();
        assert_eq!(said.len(), fit.data().fit_runs().count());
        for (run, found) in fit.data().fit_runs().zip(said) {
            let x: Vec<f64> = law
                .inputs()
                .iter()
                .map(|input| match input {
                    Input::Compute => run.x() * 10.0,
                    Input::Params => run.params().unwrap() * 10.0,
                    Input::Tokens => run.tokens().unwrap(),
                    Input::UniqueTokens => run.unique_tokens().unwrap(),
                    other => unreachable!("{other:?}"),
                })
                .collect();
            let expected = fit.predict(&x);
            assert!(
                (found / expected - 1.0).abs() < SAME,
                "{}: {found} {expected}",
                law.name()
            );
        }
    }
}

#[test]
fn python_computes_the_losses_of_typed_laws() {
    if Command::new("python3").arg("--version").output().is_err() {
        return tools::skip_without("python3");
    }
    let points = [(1e7, 1.0), (3e8, 2.5), (2e9, 7.0)];
    for formula in [
        "L(N, S) = E + a*N^-b + c/(1 + S)",
        "L(N, S) = a - (b - S) - -c^2*S^2^a/N",
        "L(N, S) = a/(b/(S/c))/ln(N) + (N^a)^b - min(a, S, 3)*max(S, b)",
        "L(N, S) = exp(-S*a) + sqrt(b*N) + tanh(S) + abs(a - S) + log10(N) - log2(S + c)",
        "L(N, S) = (-a)^2*S - (a*S)^-b*1e-12*N",
    ] {
        let law = TypedLaw::parse(formula).unwrap();
        let values: Vec<f64> = (0..law.parameters().len())
            .map(|k| 0.3 + 0.2 * k as f64)
            .collect();
        let mut code = law.python().unwrap().to_owned();
        for (parameter, value) in law.parameters().iter().zip(&values) {
            code += &format!("\n{} = {value:?}", parameter.name);
        }
        for (n, s) in points {
            code += &format!("\nprint(repr(loss({n:?}, {s:?})))");
        }
        let output = Command::new("python3").arg("-c").arg(&code).output();
        let output = output.unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{code}\n{error}");
        let said = String::from_utf8(output.stdout).unwrap();
        let said: Vec<f64> = said.lines().map(|l| l.parse().unwrap()).collect();
        for ((n, s), found) in points.into_iter().zip(said) {
            let expected = law.predict(&[n, s], &values);
            assert!(
                (found / expected - 1.0).abs() < SAME,
                "{formula}: {found} {expected}"
            );
        }
        assert!(law.latex().unwrap().starts_with("L(N, S) = "));
    }
}

#[test]
fn equations_name_every_parameter_s_number() {
    for law in law::all().iter().filter(|l| l.inputs() == [Input::Compute]) {
        let runs = [3.1, 2.75, 2.46, 2.21, 2.0, 1.84, 1.7, 1.59];
        let data = runs.iter().enumerate();
        let data = Dataset::from_runs(data.map(|(k, l)| (10f64.powi(18 + k as i32), *l))).unwrap();
        let equation = report::latex(&Fit::new(*law).run(&data).unwrap()).unwrap();
        assert!(!equation.contains(['<', '>']), "{equation}");
        assert_eq!(
            equation.matches('{').count(),
            equation.matches('}').count(),
            "{equation}"
        );
    }
}
