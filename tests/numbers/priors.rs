//! Fits and forecasts with prior knowledge: priors compared with SciPy, held and bounded
//! parameters, and consistency of all numbers.

use approx::assert_relative_eq;
use scalewise::fit::{BetweenRecipes, Prior, Residuals};
use scalewise::forecast::Grade;
use scalewise::law::{Power, Saturating, TypedLaw};
use scalewise::{Dataset, Fit, FitResult, Kind, Method, Target};

const COMPUTE: [f64; 4] = [1e18, 1e19, 1e20, 1e21];
const LOSS: [f64; 4] = [3.5, 3.1, 2.83, 2.62];

fn runs(places: &[usize], unit: f64) -> Dataset {
    let compute: Vec<f64> = places.iter().map(|&i| unit * COMPUTE[i]).collect();
    let loss: Vec<f64> = places.iter().map(|&i| LOSS[i]).collect();
    let sigma: Vec<f64> = loss.iter().map(|loss| 0.003 * loss).collect();
    let data = Dataset::of_compute(&compute, &loss).unwrap();
    data.sigma(&sigma).unwrap()
}

fn independent() -> Vec<Prior> {
    vec![
        Prior::normal("b", -0.1, 0.02).unwrap(),
        Prior::normal("c", 1.6, 0.1).unwrap(),
    ]
}

fn correlated() -> Vec<Prior> {
    let text = r#"{"names": ["b", "c"], "mean": [-0.09, 1.4], "covariance": [[4e-4, 1.5e-3], [1.5e-3, 1e-2]]}"#;
    vec![serde_json::from_str(text).unwrap()]
}

fn fitted(data: &Dataset, priors: &[Prior]) -> FitResult {
    let fit = priors
        .iter()
        .cloned()
        .fold(Fit::new(Saturating), Fit::prior);
    fit.run(data).unwrap()
}

/// The runs give m = 0.5. The prior is at 20, where the law is flat and the penalised sum is lower.
#[test]
fn a_strong_prior_of_a_typed_law_is_found_from_afar() {
    let at: Vec<f64> = (1..33).map(|k| 0.25 * f64::from(k)).collect();
    let wobble = [0.02, -0.02].into_iter().cycle();
    let loss = at.iter().zip(wobble);
    let loss: Vec<f64> = loss
        .map(|(x, e)| 3.0 + 0.5 * (-0.5 * x).exp() + e)
        .collect();
    let data = Dataset::of_columns(&loss).unwrap().column("S", &at);
    let data = data.unwrap().sigma(&[0.04; 32]).unwrap();
    let law = TypedLaw::parse("L(S) = a + b*exp(-m*S)").unwrap();
    let fit = Fit::new(law).residuals(Residuals::Absolute);
    let m = |fit: Fit| fit.run(&data).unwrap().value("m").unwrap();
    assert!((m(fit.clone()) - 0.5).abs() < 0.1);
    assert!((m(fit.prior(Prior::normal("m", 20.0, 0.5).unwrap())) - 20.0).abs() < 1.0);
}

/// Computed by `studies/references/priors.py`: b, c, objective, their standard errors, the
/// forecast at 1e23, and the share of the prior in its variance. SciPy's descent ends some 1e-9
/// from the minimum.
#[test]
fn a_penalised_fit_is_that_of_scipy() {
    let cases: [(&[usize], bool, [f64; 7]); 5] = [
        (
            &[0, 1, 2, 3],
            false,
            [
                -0.103891913693,
                1.77464870459,
                12.4924137725,
                0.0069686631886,
                0.0793710398947,
                2.29169065785,
                0.600417407816,
            ],
        ),
        (
            &[1, 3],
            false,
            [
                -0.0856910920719,
                1.62548020048,
                0.582957606193,
                0.00698445522599,
                0.0942671668637,
                2.29539624186,
                0.428462513988,
            ],
        ),
        (
            &[3],
            false,
            [-0.1, 1.6, 0.0, 0.02, 0.1, 2.24357649137, 0.994980749831],
        ),
        (
            &[0, 1, 2, 3],
            true,
            [
                -0.0838676589948,
                1.49088886219,
                21.058979212,
                0.00311948507793,
                0.0528186385778,
                2.24696736273,
                0.392740806953,
            ],
        ),
        (
            &[1, 3],
            true,
            [
                -0.0754131406278,
                1.46197895884,
                0.547423729669,
                0.00336348587355,
                0.0546148573279,
                2.27998926978,
                0.126488544757,
            ],
        ),
    ];
    for (places, joint, wanted) in cases {
        let priors = if joint { correlated() } else { independent() };
        let fit = fitted(&runs(places, 1.0), &priors);
        let forecast = fit.forecast(Target::at(1e23)).force(true).run().unwrap();
        let stderr = |k: usize| fit.parameters()[k].stderr.unwrap();
        let found = [
            fit.value("b").unwrap(),
            fit.value("c").unwrap(),
            fit.objective(),
            stderr(1),
            stderr(2),
            forecast.law_point,
            forecast.prior_share.unwrap(),
        ];
        for (found, wanted) in found.into_iter().zip(wanted) {
            assert_relative_eq!(found, wanted, max_relative = 1e-8, epsilon = 1e-12);
        }
    }
}

#[test]
fn the_unit_of_compute_does_not_matter() {
    let unit = 1.0 / 8.64e19;
    for priors in [independent(), correlated()] {
        for places in [&[0, 1, 2, 3][..], &[1, 3]] {
            let at = |unit: f64| {
                let fit = fitted(&runs(places, unit), &priors);
                let forecast = fit.forecast(Target::at(1e23 * unit)).levels(&[0.9]).run();
                let numbers = forecast_numbers(&forecast.unwrap());
                (fit, numbers)
            };
            let ((flop, own), (days, other)) = (at(1.0), at(unit));
            for name in ["b", "c"] {
                let (p, q) = (flop.value(name).unwrap(), days.value(name).unwrap());
                assert_relative_eq!(p, q, max_relative = 1e-9);
            }
            assert_eq!(own.len(), other.len());
            for (p, q) in own.into_iter().zip(other) {
                assert_relative_eq!(p, q, max_relative = 1e-9);
            }
        }
    }
}

fn forecast_numbers(forecast: &scalewise::forecast::Forecast) -> Vec<f64> {
    let ends = forecast.intervals.iter().flat_map(|i| [i.lower, i.upper]);
    [forecast.point, forecast.law_point]
        .into_iter()
        .chain(ends)
        .collect()
}

/// The ladder of a published forecast (marin#4697), whose authors hold the floor at 1.6.
fn ladder() -> Dataset {
    let compute = [1e18, 3e18, 1e19, 3e19, 1e20, 3e20];
    let loss = [3.5273, 3.3398, 3.1494, 3.0066, 2.8509, 2.7222];
    Dataset::of_compute(&compute, &loss).unwrap()
}

/// The methods that assume no single law.
const FREE: [Method; 3] = [Method::Calibrated, Method::Envelope, Method::Quadrature];

#[test]
fn nothing_lies_below_a_floor_that_is_held_or_bounded() {
    let data = ladder();
    for floor in [0.5, 1.0, 1.6, 2.0, 2.4, 2.6] {
        let held = Fit::new(Saturating).fix("c", floor);
        let above = Fit::new(Saturating).bounds("c", floor..=f64::INFINITY);
        let between = Fit::new(Saturating).bounds("c", floor..=2.7);
        for (what, fit) in [("held", held), ("above", above), ("between", between)] {
            let fit = fit.run(&data).unwrap();
            for compute in [1e21, 1e24, 1e30, 1e60] {
                let asked = fit.forecast(Target::at(compute)).force(true);
                let asked = asked.methods(&Method::ALL).levels(&[0.5, 0.9, 0.99]);
                let forecast = asked.run().unwrap();
                assert!(forecast.point >= floor, "{what} {floor} at {compute:e}");
                for i in forecast
                    .intervals
                    .iter()
                    .filter(|i| FREE.contains(&i.method))
                {
                    let known = format!("{what} {floor} at {compute:e}: {i:?}");
                    assert!(i.lower >= floor && i.lower < i.upper, "{known}");
                    assert!(i.upper.is_finite(), "{known}");
                }
            }
            let reach = fit.reach(floor - 0.01).run().unwrap();
            assert_eq!((reach.x, reach.recommended), (None, None), "{what} {floor}");
            let covers = reach
                .intervals
                .iter()
                .find(|i| i.attainable && FREE.contains(&i.method));
            assert!(covers.is_none(), "{what} {floor}: {covers:?}");
        }
    }
}

#[test]
fn a_loss_above_a_bounded_floor_is_reached() {
    let fit = Fit::new(Saturating).bounds("c", 0.0..=1.0);
    let fit = fit.run(&ladder()).unwrap();
    let reach = fit.reach(1.3).run().unwrap();
    let (own, recommended) = (reach.x.unwrap(), reach.recommended.unwrap());
    assert!(
        (own / recommended).ln().abs() < 5.0,
        "{own:e} {recommended:e}"
    );
    // All runs lie above 2.7, and no interval reaches 2 below them.
    let held = Fit::new(Saturating).fix("c", 1.6).run(&ladder()).unwrap();
    let reach = held.reach(2.0).levels(&[0.9]).run().unwrap();
    for i in &reach.intervals {
        assert!(i.lower.unwrap() > 3e20, "{i:?}");
    }
}

/// A larger held floor gives a higher forecast.
#[test]
fn the_forecast_rises_with_the_floor() {
    let mut before = 0.0;
    for floor in [0.0, 0.5, 1.0, 1.4, 1.6, 1.8, 2.0, 2.2, 2.4, 2.5] {
        let fit = Fit::new(Saturating).fix("c", floor).run(&ladder()).unwrap();
        let point = fit.forecast(Target::at(1e24)).run().unwrap().point;
        assert!(point > before, "{floor}: {point} after {before}");
        before = point;
    }
}

#[test]
fn where_the_loss_may_rise_the_headline_is_the_laws_own() {
    let compute = [1e18, 1e19, 1e20, 1e21, 1e22];
    let loss = [2.0, 2.1, 2.22, 2.35, 2.5];
    let data = Dataset::of_compute(&compute, &loss).unwrap();
    let fit = Fit::new(Saturating)
        .bounds("b", -1.0..=1.0)
        .run(&data)
        .unwrap();
    assert!(fit.refusal().is_none() && fit.value("b").unwrap() > 0.0);
    let forecast = fit.forecast(Target::at(1e23)).run().unwrap();
    assert_eq!(forecast.point, forecast.law_point);
    assert!(forecast.point > 2.5);
    let why = forecast
        .abstentions
        .iter()
        .find(|a| a.method == Method::Calibrated);
    assert_eq!(why.unwrap().code.as_str(), "knowledge-of-law");
}

#[test]
fn a_floor_that_may_lie_below_zero_is_tested_below_zero() {
    // 3·x^-0.1 − 0.5 with 0.1 % noise: no law with c ≥ 0 describes it.
    let noise = [0.4, -0.7, 0.9, -0.3, -0.8, 0.6, 0.2, -0.5];
    let rows = (0..8).map(|i| {
        let x = 10f64.powi(i);
        (
            x,
            (3.0 * x.powf(-0.1) - 0.5) * (1.0 + 0.001 * noise[i as usize]),
        )
    });
    let data = Dataset::from_runs(rows).unwrap();
    let told = |fit: &FitResult| {
        let mut found = fit.diagnoses().iter();
        found.any(|d| d.code.as_str() == "floor-not-identified")
    };
    let free = Fit::new(Saturating)
        .bounds("c", -2.0..=2.0)
        .run(&data)
        .unwrap();
    assert!(free.value("c").unwrap() < -0.3 && !told(&free));
    let natural = Fit::new(Saturating).run(&data).unwrap();
    assert!(told(&natural));
}

#[test]
fn a_floor_above_runs_is_said_with_the_runs() {
    let fit = Fit::new(Saturating).fix("c", 2.9).run(&ladder()).unwrap();
    let found = fit
        .diagnoses()
        .iter()
        .find(|d| d.code.as_str() == "floor-above-runs");
    let message = &found.unwrap().message;
    assert!(message.contains("2 of 6 runs"), "{message}");
    assert!(
        message.contains("2.85") && message.contains("2.72"),
        "{message}"
    );
    // The members have no value for such runs, so the law's own number is kept.
    let forecast = fit.forecast(Target::at(1e24)).run().unwrap();
    assert_eq!(
        (forecast.point, forecast.grade),
        (forecast.law_point, Grade::Low)
    );
}

#[test]
fn one_compute_is_enough_for_one_free_parameter() {
    let held = Fit::new(Saturating).fix("c", 1.6).fix("b", -0.0941);
    let one = held
        .run(&Dataset::from_runs([(3.82e17, 3.5422)]).unwrap())
        .unwrap();
    assert!(one.refusal().is_none());
    let codes: Vec<&str> = one.diagnoses().iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["too-few-runs"]);
    let a = (3.5422 - 1.6) * 3.82e17f64.powf(0.0941);
    let wanted = 1.6 + a * 1e21f64.powf(-0.0941);
    let forecast = one.forecast(Target::at(1e21)).run().unwrap();
    assert_relative_eq!(forecast.point, wanted, max_relative = 1e-12);
}

#[test]
fn a_conflict_of_runs_and_prior_is_told() {
    let told = |mean: f64, sd: f64| {
        let prior = Prior::normal("c", mean, sd).unwrap();
        let fit = Fit::new(Saturating).prior(prior).run(&ladder()).unwrap();
        let mut found = fit.diagnoses().iter();
        found.any(|d| d.code.as_str() == "prior-conflict")
    };
    // The runs alone give 1.43 with a standard error of 0.16.
    assert!(!told(1.6, 0.1) && !told(1.4, 0.01) && !told(2.3, 1.0));
    assert!(told(2.4, 0.05) && told(0.2, 0.05));
}

/// A weak prior changes little, and a strong one narrows the interval.
#[test]
fn a_prior_without_content_leaves_the_forecast() {
    let at = |fit: Fit| {
        let fit = fit.run(&ladder()).unwrap();
        let forecast = fit.forecast(Target::at(1e23)).levels(&[0.9]).run().unwrap();
        let i = forecast
            .interval(Method::Calibrated, 0.9, Kind::Prediction)
            .unwrap();
        [forecast.law_point, forecast.point, i.lower, i.upper]
    };
    let new = || Fit::new(Saturating);
    let plain = at(new());
    let normal = |name: &str, mean: f64, sd: f64| Prior::normal(name, mean, sd).unwrap();
    for empty in [
        new().prior(normal("c", 1.6, 100.0)),
        new().prior(normal("b", -0.1, 10.0)),
        new()
            .prior(normal("b", -0.1, 10.0))
            .prior(normal("c", 1.6, 100.0)),
        new().bounds("b", -2.4999..=-0.004),
        new().bounds("c", 0.0..=1e9),
    ] {
        for (found, wanted) in at(empty).into_iter().zip(plain) {
            assert_relative_eq!(found, wanted, max_relative = 1e-3);
        }
    }
    let width = |of: [f64; 4]| (of[3] / of[2]).ln();
    let mut before = width(plain);
    for sd in [0.2, 0.1, 0.05, 0.02] {
        let now = width(at(new().prior(normal("c", 1.5, sd))));
        assert!(now < before, "{sd}: {now} after {before}");
        before = now;
    }
}

#[test]
fn few_runs_need_a_prior_with_content() {
    let two = Dataset::from_runs([(1e19, 3.1494), (3e20, 2.7222)]).unwrap();
    let given = |name: &str, mean: f64, sd: f64| {
        let prior = Prior::normal(name, mean, sd).unwrap();
        let fit = Fit::new(Saturating).prior(prior).run(&two).unwrap();
        let forecast = fit.forecast(Target::at(1e22)).run().unwrap();
        forecast
            .interval(Method::Calibrated, 0.9, Kind::Prediction)
            .is_some()
    };
    assert!(given("c", 1.6, 0.1) && given("b", -0.1, 0.02));
    assert!(!given("c", 1.6, 1e9) && !given("b", -0.1, 10.0));
}

#[test]
fn an_earlier_law_must_be_about_such_runs_and_others() {
    let compute = [1e18, 3e18, 1e19, 3e19, 1e20, 3e20];
    let loss = [3.5273, 3.3398, 3.1494, 3.0066, 2.8509, 2.7222];
    let params = Dataset::of(scalewise::runs::Variable::Params, &compute, &loss).unwrap();
    let next = Dataset::from_runs([(2.00e19, 3.2373), (1.31e20, 2.9538), (7.16e20, 2.7515)]);
    let refused = |earlier: &Dataset, data: &Dataset| {
        let law = Fit::new(Saturating).run(earlier).unwrap();
        let prior = Prior::earlier(&law, BetweenRecipes::default()).unwrap();
        let made = Fit::new(Saturating).prior(prior).run(data);
        made.err().map(|e| e.to_string())
    };
    let next = next.unwrap();
    assert_eq!(refused(&ladder(), &next), None);
    let other = refused(&params, &next).unwrap();
    assert!(other.contains("over compute"), "{other}");
    let same = refused(&ladder(), &ladder()).unwrap();
    assert!(same.contains("these very runs"), "{same}");
}

#[test]
fn a_law_file_keeps_the_prior() {
    let fit = fitted(&runs(&[1, 3], 1.0), &correlated());
    let text = fit.to_json();
    let again = FitResult::from_json(&text, "law.json").unwrap();
    assert_eq!(again.to_json(), text);
    let at = |fit: &FitResult| fit.forecast(Target::at(1e23)).run().unwrap();
    assert_eq!(at(&fit), at(&again));
    // A prior that was edited no longer matches the parameters.
    let forged = text.replace("1.4", "1.5");
    assert!(FitResult::from_json(&forged, "law.json").is_err());
}

#[test]
fn an_earlier_ladder_is_a_prior_of_exponent_and_floor() {
    let earlier = Fit::new(Saturating).run(&ladder()).unwrap();
    let prior = Prior::earlier(&earlier, BetweenRecipes::default()).unwrap();
    // Three runs of the next recipe (marin#6044), whose loss at 1.19e23 was 2.256.
    let next = Dataset::from_runs([(2.00e19, 3.2373), (1.31e20, 2.9538), (7.16e20, 2.7515)]);
    let fit = Fit::new(Saturating)
        .prior(prior)
        .run(&next.unwrap())
        .unwrap();
    let forecast = fit
        .forecast(Target::at(1.19e23))
        .levels(&[0.9])
        .run()
        .unwrap();
    let i = forecast
        .interval(Method::Calibrated, 0.9, Kind::Prediction)
        .unwrap();
    assert!(i.lower < 2.256 && 2.256 < i.upper, "{i:?}");
    let half_width = 0.5 * (i.upper / i.lower).ln();
    assert!(half_width < 0.06, "{half_width}");
    // A ladder that does not determine its floor cannot be a prior, nor can another law.
    let losses = [3.0, 2.9, 2.7, 2.3, 1.7, 1.0];
    let flat = Dataset::from_runs((0..6).map(|i| (10f64.powi(i), losses[i as usize]))).unwrap();
    for fit in [
        Fit::new(Saturating).run(&flat),
        Fit::new(Power).run(&ladder()),
    ] {
        assert!(Prior::earlier(&fit.unwrap(), BetweenRecipes::default()).is_err());
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let c = || Prior::normal("c", 1.6, 0.1).unwrap();
    let with = |fit: Fit| fit.run(&ladder()).unwrap_err().to_string();
    let twice = with(Fit::new(Saturating).prior(c()).prior(c()));
    assert!(twice.contains("two priors of c"), "{twice}");
    let held = with(Fit::new(Saturating).prior(c()).fix("c", 1.6));
    assert!(held.contains("held"), "{held}");
    let unknown = with(Fit::new(Saturating).prior(Prior::normal("E", 1.6, 0.1).unwrap()));
    assert!(unknown.contains("no parameter 'E'"), "{unknown}");
    let robust = Fit::new(Saturating).loss(scalewise::fit::Objective::Lad);
    assert!(with(robust.prior(c())).contains("least squares"));
    for text in [
        r#"{"names": ["b", "c"], "mean": [0], "covariance": [[1]]}"#,
        r#"{"names": ["c"], "mean": [1.6], "covariance": [[-1]]}"#,
        r#"{"names": [], "mean": [], "covariance": []}"#,
        r#"{"names": ["c"], "mean": [1.6], "covariance": [[0.01]], "noise": -1}"#,
    ] {
        let prior: Prior = serde_json::from_str(text).unwrap();
        let refused = with(Fit::new(Saturating).prior(prior));
        assert!(
            refused.contains("no normal distribution"),
            "{text}: {refused}"
        );
    }
    for (name, mean) in [("b", 0.5), ("c", -1.0)] {
        let outside = with(Fit::new(Saturating).prior(Prior::normal(name, mean, 0.1).unwrap()));
        assert!(outside.contains("outside the range"), "{outside}");
    }
    let one = Dataset::from_runs([(1e20, 3.0)]).unwrap();
    let alone = Fit::new(Saturating)
        .prior(c())
        .run(&one)
        .unwrap_err()
        .to_string();
    assert!(alone.contains("1 usable run"), "{alone}");
}
