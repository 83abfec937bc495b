//! Forecasts many series of runs in memory at once, on all cores.

use scalewise::ask::{ForecastRequest, of_each};
use scalewise::{Dataset, Method, Result, Size};

fn main() -> Result<()> {
    // The loss of series k falls as a power of compute, to a floor of its own.
    let runs = |k: usize| {
        let floor = 1.5 + 0.01 * k as f64;
        let loss = move |c: f64| (c, floor + (c / 1e15_f64).powf(-0.1));
        (0..8).map(move |i| loss(1e18 * 10_f64.powf(0.5 * f64::from(i))))
    };
    let series: Vec<Dataset> = (0..100)
        .map(|k| Dataset::from_runs(runs(k)))
        .collect::<Result<_>>()?;
    let request = ForecastRequest::default()
        .at([Size::Times(100.0)])
        .methods([Method::Profile]);
    for (k, answer) in of_each(&request, &series).into_iter().enumerate() {
        let answer = answer?;
        let point = answer.forecasts().next().map(|forecast| forecast.law_point);
        let truth = 1.5 + 0.01 * k as f64 + (10_f64.powf(23.5) / 1e15).powf(-0.1);
        assert!(point.is_some_and(|point| (point - truth).abs() < 1e-6));
    }
    Ok(())
}
