//! Coverage for a known truth: sums of two power laws above a floor, and single ones, forecast
//! 10,000 times beyond the largest run. Writes the table "mixtures" of `docs/calibration.md`;
//! `--check` compares.

use scalewise::internal::Ladder;
use scalewise::law::{Law, Power, Saturating};
use scalewise::{Dataset, Fit, Kind, Method, Result, Target};
use std::fmt::Write as _;
use studies::Table;

const SEEDS: u64 = 500;
const NOISE: f64 = 0.002;
const EXPONENT: f64 = -0.155;
/// The loss of the largest run is 1, of which this is reducible.
const REDUCIBLE: f64 = 0.4;
/// Share of the reducible loss at the largest run that falls more slowly, and its exponent.
const SLOW: (f64, f64) = (0.3, 0.3 * EXPONENT);
const LARGEST: f64 = 1e22;
const BEYOND: f64 = 1e4;
const METHODS: [Method; 5] = Method::DETERMINISTIC;
/// Of 500 seeds, a few may fall on the other side of an end on another machine.
const STALE: f64 = 0.6;

fn main() -> Result<()> {
    let check = std::env::args().any(|argument| argument == "--check");
    let mut text = "| truth | decades | runs | calibrated, % | envelope, % | quadrature, % | delta, % | profile, % | width of calibrated ÷ delta | of envelope ÷ delta | not given |\n\
                    |---|---|---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for (name, slow) in [("two powers", SLOW.0), ("one power", 0.0)] {
        for decades in [4, 6] {
            for runs in [6, 12] {
                let _ = writeln!(
                    text,
                    "| {name} | {decades} | {runs} | {} |",
                    row(slow, decades, runs)?
                );
            }
        }
    }
    let table = Table {
        name: "mixtures".to_owned(),
        text,
    };
    studies::publish("docs/calibration.md", "mixtures", &[table], check, STALE)
}

fn row(slow: f64, decades: i32, runs: usize) -> Result<String> {
    let share = |share: f64, exponent: f64| REDUCIBLE * share * LARGEST.powf(-exponent);
    let mut held = [0_u32; METHODS.len()];
    let mut given = [0_u32; METHODS.len()];
    let mut widths: Vec<[f64; METHODS.len()]> = Vec::new();
    for seed in 0..SEEDS {
        let ladder = Ladder {
            law: &Saturating,
            parameters: vec![share(1.0 - slow, EXPONENT), EXPONENT, 1.0 - REDUCIBLE],
            plus: vec![(&Power as &dyn Law, vec![share(slow, SLOW.1), SLOW.1])],
            range: (LARGEST * 10f64.powi(-decades), LARGEST),
            runs,
            beyond: vec![LARGEST * BEYOND],
            noise: NOISE,
            seed,
        };
        let simulated = ladder.simulate()?;
        let truth = simulated[runs].true_loss;
        let data = Dataset::from_runs(simulated[..runs].iter().map(|r| (r.compute, r.loss)))?;
        let forecast = Fit::new(Saturating)
            .run(&data)?
            .forecast(Target::at(LARGEST * BEYOND))
            .levels(&[0.9])
            .kinds(&[Kind::Prediction])
            .methods(&METHODS)
            .force(true)
            .run()?;
        let mut width = [f64::NAN; METHODS.len()];
        for (k, method) in METHODS.into_iter().enumerate() {
            let Some(i) = forecast.interval(method, 0.9, Kind::Prediction) else {
                continue;
            };
            given[k] += 1;
            held[k] += u32::from(i.lower <= truth && truth <= i.upper);
            width[k] = (i.upper / i.lower).ln();
        }
        widths.push(width);
    }
    let place = |method: Method| METHODS.iter().position(|m| *m == method).unwrap_or(0);
    let percent = |method: Method| {
        let k = place(method);
        format!(
            "{:.1}",
            100.0 * f64::from(held[k]) / f64::from(given[k].max(1))
        )
    };
    let ratio = |method: Method| {
        let (k, delta) = (place(method), place(Method::Delta));
        let mut ratios: Vec<f64> = widths
            .iter()
            .map(|w| w[k] / w[delta])
            .filter(|r| r.is_finite())
            .collect();
        ratios.sort_by(f64::total_cmp);
        format!(
            "{:.1}",
            ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN)
        )
    };
    let missing = SEEDS as u32 - given.into_iter().min().unwrap_or(0);
    let order = [
        Method::Calibrated,
        Method::Envelope,
        Method::Quadrature,
        Method::Delta,
        Method::Profile,
    ];
    let coverage: Vec<String> = order.into_iter().map(percent).collect();
    Ok(format!(
        "{} | {} | {} | {missing}",
        coverage.join(" | "),
        ratio(Method::Calibrated),
        ratio(Method::Envelope)
    ))
}
