//! A law of your own, L(C) = c + s·|ln(C/1e24)|^p, fitted and forecast like a built-in one.

use scalewise::law::{Law, Parameter, Search};
use scalewise::{Dataset, Fit, Target};

#[derive(Debug)]
struct LogPower([Parameter; 3]);

impl Law for LogPower {
    fn name(&self) -> &str {
        "log-power"
    }
    fn formula(&self) -> &str {
        "L(C) = c + s*|ln(C/1e24)|^p"
    }
    fn parameters(&self) -> &[Parameter] {
        &self.0
    }
    // Without `gradient`, central differences are used.
    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        p[0] + p[1] * (x[0] / 1e24).ln().abs().powf(p[2])
    }
}

fn main() -> scalewise::Result<()> {
    // Linear parameters are solved for by least squares at each p tried.
    let linear = |name| Parameter::new(name, Search::Linear);
    let power = Parameter::new("p", Search::Log(0.5, 8.0));
    let law = LogPower([linear("c"), linear("s"), power]);
    let compute = [1e18, 1e19, 1e20, 1e21, 1e22, 1e23, 2e23];
    let loss = [3.02, 2.71, 2.44, 2.25, 2.11, 2.02, 2.01];
    let fit = Fit::new(law).run(&Dataset::of_compute(&compute, &loss)?)?;
    let forecast = fit.forecast(Target::at(5e23)).run()?;
    assert!((forecast.law_point - 2.0).abs() < 0.02);
    Ok(())
}
