//! Registers a forecast from columns in memory, derives it again, and scores it when the large run is done.

use scalewise::ask::{
    self, ForecastRequest, Outcome, Question, RegisterRequest, ScoreRequest, Stamp,
};
use scalewise::tables::Source;
use scalewise::{Result, Size};

fn main() -> Result<()> {
    // Cerebras-GPT from 111M to 6.7B (Dey et al. 2023).
    let compute = [2.6e18, 1.3e19, 6.1e19, 2.8e20, 1.1e21, 6.3e21];
    let loss = [2.566, 2.299, 2.184, 1.996, 1.834, 1.704];
    let table = Source::columns(&[("compute", &compute), ("loss", &loss)], "six small runs")?;

    let question = Question::Forecast(ForecastRequest {
        at: vec![Size::Of(2.3e22)],
        ..ForecastRequest::default()
    });
    // No library reads a clock: the time is an argument.
    let stamp = Stamp {
        at: "2026-03-01T12:00:00Z".parse()?,
        machine: std::env::consts::ARCH.to_owned(),
    };
    let entry = RegisterRequest::new(question).answer(&table, &stamp)?.entry;
    println!("publish this: {}", entry.digest());

    let verified = ask::verify(&entry, "entry", Some(&table), &stamp.machine)?;
    println!("derived again: {:?}", verified.agreement);

    // The 13B model, half a year later.
    let later = "2026-09-01T12:00:00Z".parse()?;
    let request = ScoreRequest {
        outcomes: vec![Outcome {
            prediction: None,
            actual: 1.575,
        }],
        trained_after: Some(stamp.at),
    };
    for scored in &request.answer(&entry, "entry", later)?.score.scores {
        let held = scored.intervals.iter().filter(|judged| judged.inside);
        println!(
            "{}: predicted {:.3}, came true {:.3}; {} of {} intervals hold it",
            scored.id,
            scored.point,
            scored.actual,
            held.count(),
            scored.intervals.len()
        );
    }
    Ok(())
}
