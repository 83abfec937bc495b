//! The time of a forecast from a long log, and of an update of a followed run.

use scalewise::Result;
use scalewise::internal::{CurvePoint, CurveQuestion, Follow, Schedule, forecast_curve};
use std::time::Instant;

/// Steps of the log.
const STEPS: u32 = 1_000_000;
/// Forecasts that are timed.
const TRIES: u32 = 5;
/// Updates that are timed.
const UPDATES: u32 = 200;

/// Prints both times, of a log with its learning rate.
pub fn print() -> Result<()> {
    let end = 1.5 * f64::from(STEPS);
    let schedule = Schedule::parse("cosine:peak=3e-4,end=10%,warmup=2000")?;
    let point = |k: u32| {
        let step = f64::from(k + 1);
        // A deterministic ripple in place of noise.
        let ripple = 1.0 + 2e-3 * (step * 12.9898).sin();
        CurvePoint {
            step,
            loss: (2.5 + 3.0 * (step / 1000.0 + 1.0).powf(-0.3)) * ripple,
            lr: Some(schedule.rate(step, end)),
        }
    };
    let points: Vec<CurvePoint> = (0..STEPS).map(point).collect();
    let mut question = CurveQuestion::new(end);
    question.schedule = Some(schedule.clone());
    let mut shortest = f64::INFINITY;
    for _ in 0..TRIES {
        let start = Instant::now();
        forecast_curve(&points, &question)?;
        shortest = shortest.min(start.elapsed().as_secs_f64());
    }
    println!("{STEPS} points: {shortest:.3} s, the shortest of {TRIES}");
    let mut follow = Follow::new(question);
    for point in &points[..points.len() - UPDATES as usize] {
        follow.push(*point);
    }
    follow.forecast()?;
    let mut times = Vec::new();
    for point in &points[points.len() - UPDATES as usize..] {
        let begun = Instant::now();
        follow.push(*point);
        follow.forecast()?;
        times.push(1e3 * begun.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    println!(
        "an update: {:.2} ms, the shortest {:.2} ms, the longest {:.2} ms",
        times[times.len() / 2],
        times[0],
        times[times.len() - 1]
    );
    Ok(())
}
