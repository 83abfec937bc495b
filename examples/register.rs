//! Registers a forecast from runs in memory, derives it again, and scores it when the large run is
//! done.

use scalewise::ask::{
    Actual, ForecastRequest, Question, RegisterRequest, ScoreRequest, Stamp, VerifyRequest,
};
use scalewise::ledger::{Agreement, Time};
use scalewise::{Dataset, Result, Size};

fn main() -> Result<()> {
    // Cerebras-GPT from 111M to 6.7B (Dey et al. 2023).
    let compute = [2.6e18, 1.3e19, 6.1e19, 2.8e20, 1.1e21, 6.3e21];
    let loss = [2.566, 2.299, 2.184, 1.996, 1.834, 1.704];
    let data = Dataset::from_runs(compute.into_iter().zip(loss))?;
    let request = ForecastRequest::default().at([Size::Of(2.3e22)]);
    // The library does not read a clock: the time is an argument.
    let registered_at: Time = "2026-03-01T12:00:00Z".parse()?;
    let stamp = Stamp::new(registered_at, std::env::consts::ARCH);
    let registered = RegisterRequest::new(Question::Forecast(request)).of(data.clone(), &stamp)?;
    println!("publish this: {}", registered.entry().digest());

    let verify = VerifyRequest::default().machine(std::env::consts::ARCH);
    let verified = verify.of(registered.entry(), data)?;
    assert_eq!(verified.agreement(), Some(&Agreement::Identical));

    // The 13B model, half a year later.
    let outcome = ScoreRequest::default().outcomes([Actual::new(1.575)]);
    let scored = outcome.of(registered.entry(), "2026-09-01T12:00:00Z".parse()?)?;
    assert!(scored.score().scores()[0].error().abs() < 0.03);
    Ok(())
}
