//! Quantile fits: curves with a given share of the runs below them.

use scalewise::ask::{FitRequest, ForecastRequest, LawChoice, ObjectiveName};
use scalewise::fit::{Code, Objective, Residuals};
use scalewise::law::Saturating;
use scalewise::{Dataset, Fit, FitResult, Method, Size};

/// The runs of studies/references/quantiles.py.
const RUNS: [(f64, f64); 18] = [
    (1e17, 3.71),
    (1e17, 3.93),
    (1e17, 4.22),
    (1e18, 3.12),
    (1e18, 3.29),
    (1e18, 3.41),
    (1e19, 2.70),
    (1e19, 2.78),
    (1e19, 2.84),
    (1e20, 2.40),
    (1e20, 2.43),
    (1e20, 2.47),
    (1e21, 2.185),
    (1e21, 2.193),
    (1e21, 2.21),
    (1e22, 2.035),
    (1e22, 2.039),
    (1e22, 2.043),
];

fn fitted(q: f64, residuals: Residuals) -> FitResult {
    let data = Dataset::from_runs(RUNS).unwrap();
    let fit = Fit::new(Saturating).loss(Objective::Quantile { q });
    fit.residuals(residuals).run(&data).unwrap()
}

fn residual(fit: &FitResult, (c, l): (f64, f64)) -> f64 {
    let value = |name| fit.value(name).unwrap();
    (value("a") * c.powf(value("b")) + value("c")) / l - 1.0
}

#[test]
fn quantiles_are_those_of_linear_programs() {
    for (q, objective, [a, b, c]) in [
        (0.1, 0.045910967, [643.2998, -0.146770, 1.65260]),
        (0.3, 0.136079088, [651.0095, -0.147140, 1.65786]),
        (0.5, 0.166997823, [850.0929, -0.151114, 1.63632]),
        (0.8, 0.100104098, [2069.0608, -0.171346, 1.69130]),
    ] {
        let fit = fitted(q, Residuals::Relative);
        // The linear programs are solved to 1e-7.
        assert!((fit.objective() / objective - 1.0).abs() < 1e-6, "{q}");
        for (name, wanted) in [("a", a), ("b", b), ("c", c)] {
            let found = fit.value(name).unwrap();
            assert!((found / wanted - 1.0).abs() < 2e-3, "{q} {name} {found}");
        }
    }
}

/// Zero is a subgradient of the sum by a and by c, and no nearby exponent has a smaller sum.
#[test]
fn the_minimum_satisfies_its_conditions() {
    for q in [0.1, 0.3, 0.5, 0.8] {
        let fit = fitted(q, Residuals::Relative);
        let b = fit.value("b").unwrap();
        let slopes: [fn(f64, f64) -> f64; 2] = [|c, b| (c / 1e22).powf(b), |_, _| 1.0];
        for by in slopes {
            let (mut sum, mut room) = (0.0, 0.0);
            for (c, l) in RUNS {
                let (r, slope) = (residual(&fit, (c, l)), by(c, b) / l);
                match r.abs() < 1e-9 {
                    // A run on the curve may have any slope between −q and 1 − q.
                    true => {
                        sum += (0.5 - q) * slope;
                        room += 0.5 * slope;
                    }
                    false if r > 0.0 => sum += (1.0 - q) * slope,
                    false => sum -= q * slope,
                }
            }
            assert!(f64::abs(sum) <= room + 1e-9, "{q}: {sum} {room}");
        }
        let below = RUNS
            .iter()
            .filter(|run| residual(&fit, **run) > 1e-9)
            .count();
        let at_most = RUNS
            .iter()
            .filter(|run| residual(&fit, **run) > -1e-9)
            .count();
        let share = q * RUNS.len() as f64;
        assert!(below as f64 <= share && share <= at_most as f64, "{q}");
        let data = Dataset::from_runs(RUNS).unwrap();
        for near in [b * 0.999, b * 1.001, b * 0.8, b * 1.2] {
            let fixed = Fit::new(Saturating)
                .loss(Objective::Quantile { q })
                .fix("b", near);
            let fixed = fixed.run(&data).unwrap();
            assert!(fixed.objective() >= fit.objective(), "{q} {near}");
        }
    }
}

#[test]
fn the_middle_is_that_of_least_absolute_deviations() {
    let data = Dataset::from_runs(RUNS).unwrap();
    for residuals in [Residuals::Relative, Residuals::Absolute, Residuals::Log] {
        let half = fitted(0.5, residuals).objective();
        let lad = Fit::new(Saturating)
            .loss(Objective::Lad)
            .residuals(residuals);
        let lad = lad.run(&data).unwrap().objective();
        assert!((2.0 * half / lad - 1.0).abs() < 1e-9, "{residuals:?}");
    }
}

#[test]
fn nothing_made_for_the_middle_is_said_of_a_quantile() {
    let data = Dataset::from_runs(RUNS).unwrap();
    let choice = LawChoice::default()
        .objective(ObjectiveName::Quantile)
        .quantile(0.3);
    let request = ForecastRequest::default()
        .fit(choice.clone())
        .at([Size::Times(10.0)])
        .methods(Method::ALL);
    let answer = request.of(&data).unwrap();
    let forecast = answer.forecasts().next().unwrap();
    assert!(forecast.intervals.is_empty());
    assert!(
        forecast
            .abstentions
            .iter()
            .all(|a| a.code == Code::QuantileFit)
    );
    assert_eq!(forecast.point, answer.fit().predict(&[1e23]));
    let found = answer
        .fit()
        .diagnoses()
        .iter()
        .any(|d| d.code == Code::QuantileFit);
    assert!(found, "{:?}", answer.fit().diagnoses());
    let again = FitResult::from_json(&answer.fit().to_json(), "law.json").unwrap();
    assert_eq!(again.to_json(), answer.fit().to_json());
    // The share is required, and only for this objective.
    let without = LawChoice::default().objective(ObjectiveName::Quantile);
    let error = FitRequest::default().fit(without).of(&data).unwrap_err();
    assert!(error.remedies().iter().any(|r| r.setting() == "quantile"));
    let other = LawChoice::default().quantile(0.3);
    assert!(FitRequest::default().fit(other).of(&data).is_err());
    for q in [0.0, 1.0, -0.1, f64::NAN] {
        let request = FitRequest::default().fit(choice.clone().quantile(q));
        assert!(request.of(&data).is_err(), "{q}");
    }
}
