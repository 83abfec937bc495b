//! A law of your own, L(C) = c + s·|ln(C/1e24)|^p, fitted and forecast like a built-in one.

use scalewise::law::{Law, Parameter, Search};
use scalewise::{Dataset, Fit, Kind, Target};

#[derive(Debug)]
struct LogPower;

/// The compute at which this law is centred.
const CENTRE: f64 = 1e24;

impl Law for LogPower {
    fn name(&self) -> &str {
        "log-power"
    }

    fn formula(&self) -> &str {
        "L(C) = c + s*|ln(C/1e24)|^p"
    }

    fn parameters(&self) -> &[Parameter] {
        // c and s are found by linear least squares for each p that is tried.
        static LIST: [Parameter; 3] = [
            Parameter::new("c", Search::Linear).within(0.0, f64::INFINITY),
            Parameter::new("s", Search::Linear).within(0.0, f64::INFINITY),
            Parameter::new("p", Search::Log(0.5, 8.0)).within(0.0, f64::INFINITY),
        ];
        &LIST
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        p[0] + p[1] * (x[0] / CENTRE).ln().abs().powf(p[2])
    }

    // `gradient` may be left out: central differences stand in for it.
}

fn main() -> scalewise::Result<()> {
    let runs = [
        (1e18, 3.02),
        (1e19, 2.71),
        (1e20, 2.44),
        (1e21, 2.25),
        (1e22, 2.11),
        (1e23, 2.02),
        (2e23, 2.01),
    ];
    let fit = Fit::new(LogPower).run(&Dataset::from_runs(runs)?)?;
    print!("{}", scalewise::report::fit(&fit, false).to_text(false));
    let forecast = fit
        .forecast(Target::at(5e23))
        .kinds(&[Kind::Prediction])
        .run()?;
    println!("\nat 5e23: {:.3}", forecast.point);
    for i in &forecast.intervals {
        println!(
            "  {} {}: [{:.3}, {:.3}]",
            i.method.name(),
            i.level,
            i.lower,
            i.upper
        );
    }
    Ok(())
}
