//! Whether the width promised by a plan is reached.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use scalewise::ask::PlanRequest;
use scalewise::internal::{standard_normal, uniform};
use scalewise::law::Saturating;
use scalewise::{Dataset, Fit, Kind, Method, Result, Target};
use std::fmt::Write as _;

const SIMULATIONS: u64 = 500;
const DRAWS: usize = 24;

/// The promised width divided by the actual one.
struct Outcome {
    ratio: f64,
    /// The same if the present width is taken for the promise.
    unplanned: f64,
}

pub fn table() -> Result<String> {
    let mut text = "| truth | simulations | off by, in the median | within 15 % | promised by \
        realised: 5 % | 95 % | off by, where nothing is expected of the run |\n\
        |---|--:|--:|--:|--:|--:|--:|\n"
        .to_owned();
    for (name, bend) in [
        ("a saturating power law", 0.0),
        ("two power laws and a floor", 0.25),
    ] {
        let made = (0..SIMULATIONS).into_par_iter().map(|k| one(k, bend));
        let all: Vec<Option<Outcome>> = made.collect::<Result<_>>()?;
        let all: Vec<Outcome> = all.into_iter().flatten().collect();
        let mut ratios: Vec<f64> = all.iter().map(|o| o.ratio).collect();
        let off = |of: &dyn Fn(&Outcome) -> f64| {
            let mut off: Vec<f64> = all.iter().map(|o| (of(o) - 1.0).abs()).collect();
            off.sort_by(f64::total_cmp);
            off[off.len() / 2]
        };
        ratios.sort_by(f64::total_cmp);
        let quantile = |q: f64| ratios[((ratios.len() - 1) as f64 * q).round() as usize];
        let within = ratios.iter().filter(|r| (*r - 1.0).abs() <= 0.15).count();
        let _ = writeln!(
            text,
            "| {name} | {} | {:.1} % | {:.0} % | {:.2} | {:.2} | {:.1} % |",
            all.len(),
            100.0 * off(&|o| o.ratio),
            100.0 * within as f64 / ratios.len() as f64,
            quantile(0.05),
            quantile(0.95),
            100.0 * off(&|o| o.unplanned),
        );
    }
    Ok(text)
}

/// A ladder of 5 to 9 rungs over 2 to 3 decades, a target 10 to 100 times beyond, and the run that
/// the plan chooses; `bend` is the share of a second power law in the reducible loss.
fn one(seed: u64, bend: f64) -> Result<Option<Outcome>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut between = |low: f64, high: f64| low + (high - low) * uniform(&mut rng);
    let rungs = between(5.0, 10.0).floor() as usize;
    let decades = between(2.0, 3.0);
    let (b, c) = (between(-0.16, -0.06), between(1.2, 2.0));
    let reducible = between(0.8, 2.0);
    let noise = between(0.001, 0.005);
    let beyond = between(1.0, 2.0);
    let law = |decade: f64| {
        let fast = 10f64.powf(3.0 * b * decade);
        c + reducible * ((1.0 - bend) * 10f64.powf(b * decade) + bend * fast)
    };
    let mut noisy = |decade: f64| law(decade) * (1.0 + noise * standard_normal(&mut rng));
    let step = decades / (rungs - 1) as f64;
    let runs: Vec<(f64, f64)> = (0..rungs)
        .map(|k| step * k as f64)
        .map(|decade| (1e18 * 10f64.powf(decade), noisy(decade)))
        .collect();
    let largest = 1e18 * 10f64.powf(decades);
    let target = largest * 10f64.powf(beyond);
    let grid = format!("C={:e}..{:e}x3", 0.3 * largest, 3.0 * largest);
    let answer = PlanRequest::default()
        .at([format!("{target:e}")])
        .budget(3.1 * largest)
        .grid([grid])
        .no_seeds(true)
        .most(1)
        .draws(DRAWS)
        .seed(seed)
        .force(true)
        .of(&Dataset::from_runs(runs.clone())?)?;
    let widths = answer.widths();
    let [now, promised] = widths.as_slice() else {
        return Ok(None);
    };
    let next = answer.next_at();
    let Some(compute) = next.first().and_then(|x| x.first()).copied() else {
        return Ok(None);
    };
    let loss = noisy((compute / 1e18).log10());
    let more = runs.into_iter().chain([(compute, loss)]);
    let fit = Fit::new(Saturating).run(&Dataset::from_runs(more)?)?;
    let forecast = fit
        .forecast(Target::at(target))
        .levels(&[0.9])
        .kinds(&[Kind::Prediction])
        .methods(&[Method::Calibrated])
        .force(true)
        .run()?;
    let interval = forecast.interval(Method::Calibrated, 0.9, Kind::Prediction);
    Ok(interval.map(|i| {
        let realised = 0.5 * (i.upper - i.lower) / forecast.point;
        Outcome {
            ratio: promised / realised,
            unplanned: now / realised,
        }
    }))
}
