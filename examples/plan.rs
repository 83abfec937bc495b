//! Which run to train next: five models of Cerebras-GPT are trained, and the loss of the 13B model
//! is the question. What would a sixth run bring, and what did it bring?
//!
//! `cargo run --release --example plan`

use scalewise::ask::{ForecastRequest, PlanRequest};
use scalewise::{Dataset, Kind, Method, Result, Size};

/// Training compute and loss on the Pile from 111M to 6.7B parameters (Dey et al. 2023, arXiv
/// 2304.03208).
const RUNS: [(f64, f64); 6] = [
    (2.6e18, 2.566),
    (1.3e19, 2.299),
    (6.1e19, 2.184),
    (2.8e20, 1.996),
    (1.1e21, 1.834),
    (6.3e21, 1.704),
];
/// The compute of the 13B model, and the loss that it reached.
const TARGET: (f64, f64) = (2.3e22, 1.575);

fn main() -> Result<()> {
    let plan = PlanRequest::default()
        .at([format!("{:e}", TARGET.0)])
        .budget(6.3e21)
        .grid(["C=1e20..6.3e21x6"])
        .most(1)
        .of(&Dataset::from_runs(RUNS[..5].iter().copied())?)?;
    println!("train next at compute {:?}", plan.next_at());
    for (width, when) in plan.widths().iter().zip(["now", "expected after it"]) {
        println!("half-width {:.1} % {when}", 100.0 * width);
    }

    for models in [5, 6] {
        let answer = ForecastRequest::default()
            .at([Size::Of(TARGET.0)])
            .of(&Dataset::from_runs(RUNS[..models].iter().copied())?)?;
        let forecast = answer.forecasts().next();
        let asked = (Method::Calibrated, 0.9, Kind::Prediction);
        let interval = forecast.and_then(|f| f.interval(asked.0, asked.1, asked.2));
        let (Some(forecast), Some(interval)) = (forecast, interval) else {
            println!("{models} models give no calibrated interval");
            continue;
        };
        println!(
            "from {models} models: {:.3}, 90 % from {:.3} to {:.3} (half-width {:.1} %)",
            forecast.point,
            interval.lower,
            interval.upper,
            50.0 * (interval.upper / interval.lower).ln()
        );
        assert!(interval.lower <= TARGET.1 && TARGET.1 <= interval.upper);
    }
    Ok(())
}
