//! Losses that may be zero or negative, such as densities in nats.

use scalewise::ask::{FitRequest, ForecastRequest, LawChoice};
use scalewise::fit::Residuals;
use scalewise::tables::Source;
use scalewise::{FitResult, Kind, Method, Size};

/// L = 3·(C/1e15)^−0.12 − 1.8, with fixed random errors of at most 0.01.
const RUNS: &str = "compute,loss\n\
    1e15,1.2078\n4e15,0.7377\n1.6e16,0.3526\n6.4e16,0.0\n2.56e17,-0.2564\n\
    1.024e18,-0.4981\n4.096e18,-0.7017\n1.6384e19,-0.8641\n6.5536e19,-1.0118\n";

fn choice() -> LawChoice {
    LawChoice::default()
        .residuals(Residuals::Absolute)
        .bounds([("c".to_owned(), (Some(-10.0), Some(10.0)))])
}

/// The least squares at an exponent, linear in a and c: the sum, a and c.
fn line_at(b: f64) -> (f64, f64, f64) {
    let rows: Vec<(f64, f64)> = RUNS
        .lines()
        .skip(1)
        .map(|line| {
            let (c, l) = line.split_once(',').unwrap();
            (
                (c.parse::<f64>().unwrap() / 1e15).powf(b),
                l.parse().unwrap(),
            )
        })
        .collect();
    let n = rows.len() as f64;
    let mean = |value: fn(&(f64, f64)) -> f64| rows.iter().map(value).sum::<f64>() / n;
    let (x, y) = (mean(|r| r.0), mean(|r| r.1));
    let slope = rows.iter().map(|r| (r.0 - x) * (r.1 - y)).sum::<f64>()
        / rows.iter().map(|r| (r.0 - x).powi(2)).sum::<f64>();
    let floor = y - slope * x;
    let squares = rows
        .iter()
        .map(|r| (slope * r.0 + floor - r.1).powi(2))
        .sum();
    (squares, slope, floor)
}

#[test]
fn a_floor_below_zero_is_found_from_all_rows() {
    let table = Source::bytes(RUNS.as_bytes(), "runs.csv");
    let answer = FitRequest::default().fit(choice()).answer(&table).unwrap();
    let fit = answer.fit();
    assert_eq!(
        (fit.data().runs().len(), fit.data().excluded().len()),
        (9, 0)
    );
    let nearest = (1..4000).map(|k| -f64::from(k) * 1e-4);
    let best = nearest
        .min_by(|a, b| line_at(*a).0.total_cmp(&line_at(*b).0))
        .unwrap();
    let (squares, _, floor) = line_at(best);
    let value = |name| fit.value(name).unwrap();
    assert!((value("b") - best).abs() < 1e-4, "{} {best}", value("b"));
    assert!((value("c") - floor).abs() < 5e-3, "{} {floor}", value("c"));
    assert!(fit.objective() <= squares * (1.0 + 1e-12));
    assert!(fit.trustworthy(), "{:?}", fit.diagnoses());
    let again = FitResult::from_json(&fit.to_json(), "law.json").unwrap();
    assert_eq!(again.to_json(), fit.to_json());
}

#[test]
fn forecasts_below_zero_have_the_intervals_that_need_no_logarithm() {
    let table = Source::bytes(RUNS.as_bytes(), "runs.csv");
    let request = ForecastRequest::default()
        .fit(choice())
        .at([Size::Of(1e22)])
        .methods(Method::ALL);
    let answer = request.answer(&table).unwrap();
    let forecast = answer.forecasts().next().unwrap();
    let truth = 3.0 * 1e7f64.powf(-0.12) - 1.8;
    assert!((forecast.point - truth).abs() < 0.05, "{}", forecast.point);
    for method in [Method::Delta, Method::Profile] {
        for kind in Kind::ALL {
            let found = forecast.interval(method, 0.9, kind).unwrap();
            assert!(found.lower < forecast.point && forecast.point < found.upper);
            assert!(found.upper - found.lower < 0.2, "{found:?}");
        }
    }
    for method in [Method::Calibrated, Method::Quadrature, Method::Envelope] {
        let why = forecast
            .abstentions
            .iter()
            .find(|a| a.method == method)
            .unwrap();
        assert_eq!(why.code.as_str(), "needs-positive-losses");
    }
}

#[test]
fn without_such_a_floor_losses_below_zero_are_left_out() {
    let table = Source::bytes(RUNS.as_bytes(), "runs.csv");
    for fit in [
        LawChoice::default().residuals(Residuals::Absolute),
        choice().residuals(None),
    ] {
        let error = FitRequest::default().fit(fit).answer(&table).unwrap_err();
        assert!(error.message().contains("runs-lost"), "{error}");
    }
}
