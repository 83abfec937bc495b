//! A fit and a forecast of runs in memory whose losses have known standard deviations.

use scalewise::law::Saturating;
use scalewise::{Dataset, Fit, Kind, Method, Result, Target};

fn main() -> Result<()> {
    let compute = [1e18, 1e19, 1e20, 1e21, 1e22];
    let loss = [3.52, 3.01, 2.64, 2.38, 2.19];
    // Of means over as many seeds as each size allowed.
    let sigma = [0.01, 0.01, 0.01, 0.015, 0.02];
    let data = Dataset::of_compute(&compute, &loss)?.sigma(&sigma)?;
    let fit = Fit::new(Saturating).run(&data)?;
    let forecast = fit.forecast(Target::at(1e24)).levels(&[0.9]).run()?;
    let interval = forecast.interval(Method::Calibrated, 0.9, Kind::Prediction);
    assert!(interval.is_some_and(|i| i.lower < forecast.point && forecast.point < i.upper));
    for finding in &forecast.diagnoses {
        println!("{}: {}", finding.code, finding.message);
    }
    Ok(())
}
