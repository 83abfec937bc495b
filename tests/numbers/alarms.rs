//! Findings that must not be raised on good runs, but must be raised on bad ones.

use super::normal::normal;
use super::random::Random;
use scalewise::fit::{Code, FitStatus, Residuals, Severity};
use scalewise::law::{BuiltIn, Law, Parameter, Saturating, Search};
use scalewise::runs::CurveKind;
use scalewise::{Dataset, Fit, FitResult, ReadOptions, Target};

/// Runs over four decades that follow a law up to noise.
fn ladder(law: &dyn Law, p: &[f64], n: usize, noise: f64, seed: u64) -> Dataset {
    let mut random = Random::seeded(seed);
    let runs = (0..n).map(|i| {
        let compute = 1e18 * 1e4f64.powf(i as f64 / (n - 1) as f64);
        let loss = law.predict(&[compute], p) * (1.0 + noise * normal(&mut random));
        (compute, loss)
    });
    Dataset::from_runs(runs).unwrap()
}

fn severity(fit: &FitResult, code: Code) -> Option<Severity> {
    let found = fit.diagnoses().iter().find(|d| d.code == code);
    found.map(|d| d.severity)
}

/// With many runs, or parameters that they hardly determine, rounding keeps the steps of a search
/// from becoming small.
#[test]
fn rounding_is_no_failure_of_a_search() {
    let laws: [(BuiltIn, &[f64]); 2] = [
        (BuiltIn::Shifted, &[200.0, -0.15, 1.7, 1e19]),
        (BuiltIn::M4, &[200.0, -0.15, 1.7, 5.0, 0.5]),
    ];
    for (law, p) in laws {
        for residuals in [Residuals::Relative, Residuals::Absolute] {
            let data = ladder(&law, p, 5000, 0.01, 1);
            let fit = Fit::new(law).residuals(residuals).run(&data).unwrap();
            assert_ne!(
                fit.status(),
                FitStatus::NotConverged,
                "{law:?} {residuals:?}"
            );
        }
    }
}

/// A law with a wrong gradient, so that no search converges.
#[derive(Debug)]
struct Misleading;

impl Law for Misleading {
    fn name(&self) -> &str {
        "misleading"
    }

    fn formula(&self) -> &str {
        "L(C) = a + b*ln(C)"
    }

    fn parameters(&self) -> &[Parameter] {
        static LIST: [Parameter; 2] = [
            Parameter::new("a", Search::Even(1.0, 10.0)),
            Parameter::new("b", Search::Even(-1.0, -0.1)),
        ];
        &LIST
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        p[0] + p[1] * x[0].ln()
    }

    fn gradient(&self, x: &[f64], _: &[f64], out: &mut [f64]) {
        out.copy_from_slice(&[-1.0, -x[0].ln()]);
    }
}

#[test]
fn a_search_that_stops_early_has_not_converged() {
    let data = ladder(&Saturating, &[200.0, -0.15, 1.7], 12, 0.001, 0);
    let fit = Fit::new(Misleading).run(&data).unwrap();
    assert_eq!(fit.status(), FitStatus::NotConverged);
    assert_eq!(severity(&fit, Code::NotConverged), Some(Severity::Warn));
}

/// Losses at values of compute half a decade apart.
fn fitted(losses: &[f64]) -> FitResult {
    let runs = losses.iter().enumerate();
    let runs = runs.map(|(k, loss)| (1e18 * 10f64.powf(0.5 * k as f64), *loss));
    let data = Dataset::from_runs(runs).unwrap();
    Fit::new(Saturating).run(&data).unwrap()
}

/// 1.5·x^−0.15 + 1.5 with a scatter of 0.1 %.
fn smooth(n: usize) -> Vec<f64> {
    let scatter = |k: usize| 1e-3 * (12.9898 * (k + 1) as f64).sin();
    let law = |k: usize| 1.5 * 10f64.powf(0.5 * k as f64).powf(-0.15) + 1.5;
    (0..n).map(|k| law(k) * (1.0 + scatter(k))).collect()
}

#[test]
fn one_run_off_is_no_break_and_a_kink_is() {
    for n in [8, 12] {
        for place in [2, n / 2, n - 2] {
            for factor in [0.85, 1.15, 1.4] {
                let mut losses = smooth(n);
                losses[place] *= factor;
                let fit = fitted(&losses);
                let what = format!("{n} runs, {factor} at {place}: {:?}", fit.diagnoses());
                assert_eq!(fit.refusal(), None, "{what}");
                let off = severity(&fit, Code::RunFarOff);
                assert_eq!(off, Some(Severity::Warn), "{what}");
                assert!(fit.forecast(Target::at(1e26)).run().is_ok(), "{what}");
            }
        }
    }
    // The largest run alone may have a low loss, but not the three largest.
    let mut losses = smooth(12);
    losses[11] *= 0.35;
    assert_eq!(fitted(&losses).refusal(), None);
    losses[10] *= 0.6;
    losses[9] *= 0.85;
    let refusal = fitted(&losses).refusal().map(|d| d.code);
    assert_eq!(refusal, Some(Code::Break));
    // A rise at the largest run may be a turning point.
    let mut losses = smooth(12);
    losses[11] *= 1.3;
    let refusal = fitted(&losses).refusal().map(|d| d.code);
    assert_eq!(refusal, Some(Code::NonMonotone));
}

#[test]
fn a_curve_without_a_trend_does_not_rise() {
    let flat = fitted(&[2.0; 8]);
    assert_eq!(severity(&flat, Code::InverseScaling), None);
    assert_eq!(severity(&flat, Code::NoTrend), Some(Severity::Warn));
    let forecast = flat.forecast(Target::at(1e24)).run().unwrap();
    assert!((forecast.point - 2.0).abs() < 0.01, "{}", forecast.point);
    let scattered = fitted(&[2.0, 2.03, 1.98, 2.01, 2.02, 1.99, 2.02, 2.01]);
    assert_eq!(severity(&scattered, Code::InverseScaling), None);
    assert_eq!(severity(&scattered, Code::NoTrend), Some(Severity::Warn));
    let rising = fitted(&[2.0, 2.03, 2.08, 2.11, 2.12, 2.19, 2.22, 2.25]);
    let rises = severity(&rising, Code::InverseScaling);
    assert_eq!(rises, Some(Severity::Refuse));
    assert_eq!(severity(&rising, Code::NoTrend), None);
}

/// A bend that the law itself has is no evidence against it.
#[test]
fn a_law_that_bends_is_not_told_that_it_bends() {
    let shifted = [200.0, -0.15, 1.7, 1e19];
    for seed in 0..10 {
        let data = ladder(&BuiltIn::Shifted, &shifted, 24, 0.001, seed);
        let own = Fit::new(BuiltIn::Shifted).run(&data).unwrap();
        assert_eq!(severity(&own, Code::ConcaveOnset), None, "seed {seed}");
        let other = Fit::new(Saturating).run(&data).unwrap();
        let told = severity(&other, Code::ConcaveOnset);
        assert_eq!(told, Some(Severity::Warn), "seed {seed}");
    }
}

fn units(text: &str, curve: Option<CurveKind>) -> Option<Severity> {
    let options = ReadOptions {
        curve,
        ..ReadOptions::default()
    };
    let data = Dataset::from_csv_bytes(text.as_bytes(), "runs.csv", &options).unwrap();
    severity(
        &Fit::new(Saturating).run(&data).unwrap(),
        Code::UnitsSuspect,
    )
}

#[test]
fn small_numbers_alone_are_no_mix_up_of_units() {
    let table = |header: &str, row: &dyn Fn(f64) -> String| {
        (0..6).fold(format!("{header}\n"), |text, k| {
            let c = 10.0 * 3f64.powi(k);
            text + &format!("{},{}\n", row(c), 1.0 + c.powf(-0.2))
        })
    };
    let small = table("compute,loss", &|c| format!("{c}"));
    for kind in [None, Some(CurveKind::DatasetSize), Some(CurveKind::Samples)] {
        assert_eq!(units(&small, kind), None, "{kind:?}");
    }
    // Each model needs more compute than that for a single token.
    let params = table("compute,params,loss", &|c| {
        format!("{c},{}", 1e8 * c.sqrt())
    });
    assert_eq!(units(&params, None), Some(Severity::Note));
    let both = |unit: f64| {
        table("compute,params,tokens,loss", &|c| {
            let [n, d] = [1e8 * c.sqrt(), 2e9 * c.sqrt()];
            format!("{},{n},{d}", 6.0 * n * d / unit)
        })
    };
    assert_eq!(units(&both(1.0), None), None);
    assert_eq!(units(&both(8.64e19), None), Some(Severity::Note));
    assert_eq!(units(&both(1e3), None), Some(Severity::Note));
}

/// A finding about a parameter says which numbers not to use.
#[test]
fn findings_about_parameters_say_what_not_to_use() {
    let data = ladder(&BuiltIn::Power, &[20.0, -0.05], 8, 0.01, 3);
    let fit = Fit::new(Saturating).run(&data).unwrap();
    let found = fit
        .diagnoses()
        .iter()
        .find(|d| d.code == Code::FloorNotIdentified);
    let hint = &found.unwrap().hint;
    assert!(
        hint.contains("do not use c, nor the delta interval"),
        "{hint}"
    );
}
