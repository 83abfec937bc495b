//! The methods that assume no single law, compared with independent computations.

use approx::assert_relative_eq;
use scalewise::fit::Code;
use scalewise::forecast::Forecast;
use scalewise::law::Saturating;
use scalewise::{Dataset, Fit, FitResult, Kind, Method, Target};

const CEREBRAS: [(f64, f64); 6] = [
    (2.6e18, 2.566),
    (1.3e19, 2.299),
    (6.1e19, 2.184),
    (2.8e20, 1.996),
    (1.1e21, 1.834),
    (6.3e21, 1.704),
];

fn fit(runs: &[(f64, f64)]) -> FitResult {
    let data = Dataset::from_runs(runs.iter().copied()).unwrap();
    Fit::new(Saturating).run(&data).unwrap()
}

fn forecast(fit: &FitResult, compute: f64, methods: &[Method]) -> Forecast {
    fit.forecast(Target::at(compute))
        .levels(&[0.9])
        .methods(methods)
        .run()
        .unwrap()
}

fn ends(forecast: &Forecast, method: Method) -> (f64, f64) {
    let i = forecast.interval(method, 0.9, Kind::Prediction).unwrap();
    (i.lower, i.upper)
}

/// SciPy 1.17 (`linprog`, HiGHS) on the same programs, and a NumPy implementation of the same
/// quadrature: `studies/references/free_methods.py`.
#[test]
fn published_runs_give_the_numbers_of_a_second_implementation() {
    let witness = [
        (
            2.3e22,
            (1.5209617082814506, 1.7177668608893808),
            (1.599289679140669, 1.4656457590387817, 1.7218203117252588),
        ),
        (
            6.3e25,
            (0.9475769419658824, 1.603721511863902),
            (1.195280497243415, 0.7691822469103744, 1.7237671787474127),
        ),
    ];
    let fit = fit(&CEREBRAS);
    for (compute, envelope, (point, lower, upper)) in witness {
        let f = forecast(&fit, compute, &[Method::Envelope, Method::Quadrature]);
        let (low, high) = ends(&f, Method::Envelope);
        assert_relative_eq!(low, envelope.0, max_relative = 1e-6);
        assert_relative_eq!(high, envelope.1, max_relative = 1e-6);
        let own = f.point_of(Method::Envelope).unwrap();
        assert_relative_eq!(own, (low * high).sqrt(), max_relative = 1e-12);
        let (low, high) = ends(&f, Method::Quadrature);
        assert_relative_eq!(low, lower, max_relative = 1e-9);
        assert_relative_eq!(high, upper, max_relative = 1e-9);
        assert_relative_eq!(
            f.point_of(Method::Quadrature).unwrap(),
            point,
            max_relative = 1e-9
        );
    }
}

#[test]
fn the_unit_of_compute_and_of_loss_and_the_order_of_rows_do_not_matter() {
    let first = forecast(&fit(&CEREBRAS), 2.3e22, &Method::ALL);
    let mut runs: Vec<(f64, f64)> = CEREBRAS
        .iter()
        .map(|(c, l)| (c / 8.64e19, l * 1.5))
        .collect();
    runs.reverse();
    let second = forecast(&fit(&runs), 2.3e22 / 8.64e19, &Method::ALL);
    assert_relative_eq!(second.point, 1.5 * first.point, max_relative = 1e-6);
    for method in Method::ALL {
        let ((a, b), (c, d)) = (ends(&first, method), ends(&second, method));
        assert_relative_eq!(c, 1.5 * a, max_relative = 1e-6);
        assert_relative_eq!(d, 1.5 * b, max_relative = 1e-6);
    }
}

#[test]
fn the_recommended_point_lies_inside_its_interval_and_shows_its_members() {
    let f = forecast(&fit(&CEREBRAS), 2.3e22, &Method::DEFAULT);
    let (lower, upper) = ends(&f, Method::Calibrated);
    assert!(lower < f.point && f.point < upper);
    let names: Vec<&str> = f.members.iter().map(|m| m.name).collect();
    // Six runs: the six parameters of `broken` would fit every one of them exactly.
    let expected = ["quadrature", "envelope", "shifted", "m3", "m4", "local"];
    assert_eq!(names, expected);
    assert_eq!(f.point_of(Method::Delta), Some(f.law_point));
    assert!(f.point_of(Method::Calibrated) == Some(f.point) && f.point != f.law_point);
}

#[test]
fn levels_are_nested_and_those_that_were_not_measured_abstain() {
    let levels = [0.1, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999];
    let measured = levels.iter().filter(|l| (0.5..=0.99).contains(*l));
    let measured = measured.count();
    for method in [Method::Calibrated, Method::Envelope, Method::Quadrature] {
        let f = fit(&CEREBRAS)
            .forecast(Target::at(1e23))
            .levels(&levels)
            .methods(&[method])
            .run()
            .unwrap();
        let widths: Vec<f64> = f.intervals.iter().map(|i| i.upper / i.lower).collect();
        assert_eq!(widths.len(), measured);
        let without: Vec<f64> = f.abstentions.iter().map(|a| a.level).collect();
        assert_eq!(without, [0.1, 0.999], "{method:?}");
        assert!(
            widths.windows(2).all(|w| w[0] < w[1]),
            "{method:?} {widths:?}"
        );
    }
}

/// Replicates that show 3 % noise are not averaged into small residuals.
#[test]
fn replicates_and_given_sigma_set_the_width_of_the_envelope() {
    let mean = |c: f64| 20.0 * c.powf(-0.1) + 1.5;
    let computes = [1e18, 1e19, 1e20, 1e21, 1e22, 1e23];
    let single: Vec<(f64, f64)> = computes.iter().map(|&c| (c, mean(c))).collect();
    let twice: Vec<(f64, f64)> = computes
        .iter()
        .flat_map(|&c| [(c, 0.97 * mean(c)), (c, 1.03 * mean(c))])
        .collect();
    let width = |runs: &[(f64, f64)]| {
        let (lower, upper) = ends(
            &forecast(&fit(runs), 1e25, &[Method::Envelope]),
            Method::Envelope,
        );
        upper / lower - 1.0
    };
    assert!(width(&single) < 0.05, "{}", width(&single));
    assert!(width(&twice) > 0.1, "{}", width(&twice));
    let mut csv = "compute,loss,sigma\n".to_owned();
    for (c, l) in &single {
        csv += &format!("{c:e},{l},{}\n", 0.03 * l);
    }
    let data = Dataset::from_csv_bytes(csv.as_bytes(), "runs.csv", &Default::default()).unwrap();
    let given = Fit::new(Saturating).run(&data).unwrap();
    let (lower, upper) = ends(
        &forecast(&given, 1e25, &[Method::Envelope]),
        Method::Envelope,
    );
    assert!(upper / lower - 1.0 > 0.1);
}

#[test]
fn a_kink_that_no_mixture_passes_abstains_for_the_envelope_alone() {
    // Convexity in ln C is required, but these losses rise between two falls by far more than eight
    // bands.
    let mut csv = "compute,loss,sigma\n".to_owned();
    for (c, l) in [
        ("1e18", 3.0),
        ("1e19", 2.9),
        ("1e20", 2.0),
        ("1e21", 1.95),
        ("1e22", 1.2),
        ("1e23", 1.19),
    ] {
        csv += &format!("{c},{l},0.0005\n");
    }
    let data = Dataset::from_csv_bytes(csv.as_bytes(), "runs.csv", &Default::default()).unwrap();
    let fit = Fit::new(Saturating).run(&data).unwrap();
    let f = fit
        .forecast(Target::at(1e24))
        .levels(&[0.9])
        .methods(&[Method::Calibrated, Method::Envelope, Method::Quadrature])
        .force(true)
        .run()
        .unwrap();
    assert_eq!(f.abstentions.len(), 1);
    assert_eq!(f.abstentions[0].code, Code::EnvelopeInfeasible);
    assert!(
        f.diagnoses
            .iter()
            .any(|d| d.code == Code::EnvelopeInfeasible)
    );
    let ((ql, qu), (cl, cu)) = (ends(&f, Method::Quadrature), ends(&f, Method::Calibrated));
    // Nothing limits quadrature, so its interval claims too much.
    let (quadrature, calibrated) = ((qu / ql).ln(), (cu / cl).ln());
    assert!(calibrated > 1.2 * quadrature, "{calibrated} {quadrature}");
}

#[test]
fn curve_intervals_are_not_what_these_methods_give() {
    let f = fit(&CEREBRAS)
        .forecast(Target::at(1e23))
        .levels(&[0.9])
        .kinds(&[Kind::Confidence])
        .methods(&[Method::Calibrated])
        .run()
        .unwrap();
    assert!(f.intervals.is_empty());
    assert_eq!(f.abstentions[0].code, Code::PredictionOnly);
}

/// Twelve runs whose larger half does not follow from the smaller half.
#[test]
fn a_history_of_misses_widens_and_a_clean_one_does_not() {
    let widened = |runs: &[(f64, f64)]| {
        let data = Dataset::from_runs(runs.iter().copied()).unwrap();
        let f = Fit::new(Saturating)
            .run(&data)
            .unwrap()
            .forecast(Target::at(1e25))
            .levels(&[0.9])
            .methods(&[Method::Calibrated])
            .force(true)
            .run()
            .unwrap();
        f.diagnoses
            .iter()
            .any(|d| d.code == Code::WidenedByBacktest)
    };
    let computes = (0..12).map(|k| 10f64.powf(18.0 + 0.4 * f64::from(k)));
    let clean: Vec<(f64, f64)> = computes
        .clone()
        .map(|c| (c, 20.0 * c.powf(-0.1) + 1.5))
        .collect();
    let bent: Vec<(f64, f64)> = computes
        .map(|c| {
            (
                c,
                20.0 * c.powf(-0.1) + 1.5 - 0.25 * (c / 1e20_f64).ln().max(0.0),
            )
        })
        .collect();
    assert!(!widened(&clean));
    assert!(widened(&bent));
    assert!(
        !widened(&bent[..10]),
        "ten runs are too few to claim a widening"
    );
}

#[cfg(feature = "corpus")]
mod corpus {
    use super::*;
    use scalewise::ReadOptions;
    use scalewise::internal::read_targets;
    use scalewise::tables::read_series;
    use std::collections::HashMap;
    use std::path::PathBuf;

    fn folder() -> PathBuf {
        let corpus = std::env::var_os("SCALEWISE_CORPUS").unwrap_or_else(|| "../shared".into());
        PathBuf::from(corpus).join("data/extrapolation_dev")
    }

    fn read(name: &str) -> Vec<u8> {
        std::fs::read(folder().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// case → (point, lower, upper).
    fn reference(name: &str) -> HashMap<String, (f64, f64, f64)> {
        let text = String::from_utf8(read(name)).unwrap();
        let numbers = |line: &str| {
            let cells: Vec<&str> = line.split(',').collect();
            let number = |k: usize| cells[k].parse().unwrap();
            (cells[0].to_owned(), (number(1), number(2), number(3)))
        };
        text.lines().skip(1).map(numbers).collect()
    }

    fn forecasts() -> Vec<(String, Forecast)> {
        let options = ReadOptions {
            by: Some("case".to_owned()),
            ..ReadOptions::default()
        };
        let series = read_series(&read("runs.csv"), "runs.csv", &options).unwrap();
        let fits: HashMap<String, FitResult> = series
            .into_iter()
            .map(|s| (s.key, Fit::new(Saturating).run(&s.data.unwrap()).unwrap()))
            .collect();
        let methods = [Method::Calibrated, Method::Envelope, Method::Quadrature];
        read_targets(
            &read("targets.csv"),
            "targets.csv",
            "case",
            &ReadOptions::default(),
        )
        .unwrap()
        .into_iter()
        .map(|t| {
            let f = fits[&t.series]
                .forecast(Target::at(t.compute(f64::NAN).unwrap()))
                .levels(&[0.9])
                .methods(&methods)
                .force(true)
                .run();
            (t.series, f.unwrap())
        })
        .collect()
    }

    /// `reference_envelope.csv` and `reference_quadrature.csv` come from SciPy's HiGHS and NumPy.
    #[test]
    fn every_published_curve_agrees_with_the_references() {
        for (method, file) in [
            (Method::Envelope, "reference_envelope.csv"),
            (Method::Quadrature, "reference_quadrature.csv"),
        ] {
            let reference = reference(file);
            let all = forecasts();
            assert_eq!(all.len(), reference.len());
            for (case, f) in all {
                let (point, lower, upper) = reference[&case];
                let (low, high) = ends(&f, method);
                assert_relative_eq!(f.point_of(method).unwrap(), point, max_relative = 1e-6);
                assert_relative_eq!(low, lower, max_relative = 1e-6);
                assert_relative_eq!(high, upper, max_relative = 1e-6);
            }
        }
    }
}

/// Replicates add information about a curve and must not mislead: with 40 runs at each of 8
/// computes and 5 % noise, the recommended point stays near a truth of 1.971. (Taken separately,
/// they let quadrature's discrepancy process explain everything.)
#[test]
fn replicates_do_not_mislead() {
    use rand_chacha::rand_core::SeedableRng;
    let truth = |c: f64| 900.0 * c.powf(-0.15) + 1.7;
    for seed in 0..3 {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let mut runs = Vec::new();
        for i in 0..8 {
            let c = 10f64.powf(18.0 + 0.5 * f64::from(i));
            for _ in 0..40 {
                let noise = scalewise::internal::standard_normal(&mut rng);
                runs.push((c, truth(c) * (1.0 + 0.05 * noise)));
            }
        }
        let fit = Fit::new(Saturating)
            .run(&Dataset::from_runs(runs).unwrap())
            .unwrap();
        let forecast = fit.forecast(Target::at(3e23)).run().unwrap();
        let off = |point: f64| (point / truth(3e23)).ln().abs();
        assert!(off(forecast.point) < 0.1, "seed {seed}: {}", forecast.point);
        // Quadrature's own point must be right, too, and not only because the envelope limits it.
        // Earlier it was 1e-5 of the truth.
        let quadrature = forecast.members.iter().find(|m| m.name == "quadrature");
        let quadrature = quadrature.unwrap().point;
        assert!(
            off(quadrature) < 0.5,
            "seed {seed}: quadrature {quadrature}"
        );
        let interval = forecast
            .interval(Method::Calibrated, 0.9, Kind::Prediction)
            .unwrap();
        assert!(interval.lower < truth(3e23) && truth(3e23) < interval.upper);
    }
}

/// If no mixture of power laws fits the runs, few mixtures remain, and their bounds agree with each
/// other only. Whatever noise is claimed for the rungs of `data/ladder`, whose curve is slightly
/// S-shaped, the width of the interval hardly changes; earlier it was ±0.7 % at the measured σ and
/// ±6 % at a σ larger by a tenth.
#[test]
fn a_curve_that_is_no_mixture_gets_no_narrow_interval() {
    let options = scalewise::ReadOptions {
        sigma_col: Some("seed_sigma".to_owned()),
        fit_below: Some(1.05e12),
        ..Default::default()
    };
    let bytes = std::fs::read("data/ladder/losses.csv").unwrap();
    let rungs = Dataset::from_csv_bytes(&bytes, "losses.csv", &options).unwrap();
    assert_eq!(rungs.fit_runs().count(), 38);
    for factor in [0.25, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 4.0] {
        let sigma = rungs.runs().iter().map(|run| factor * run.sigma().unwrap());
        let sigma: Vec<f64> = sigma.collect();
        let data = rungs.clone().sigma(&sigma).unwrap();
        let fit = Fit::new(Saturating).run(&data).unwrap();
        let f = forecast(&fit, 1e14, &[Method::Calibrated]);
        let (lower, upper) = ends(&f, Method::Calibrated);
        let half = 0.5 * (upper / lower).ln();
        assert!((0.05..0.15).contains(&half), "σ × {factor}: ±{half:.4}");
        assert!((1.05..1.12).contains(&f.point), "σ × {factor}: {}", f.point);
    }
}
