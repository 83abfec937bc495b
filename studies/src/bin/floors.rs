//! Coverage of the calibrated 90 % interval for a new run, if the truth is one power law with or
//! without a floor. Writes the table "floors" of `docs/calibration.md`; `--check` compares.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use scalewise::internal::standard_normal;
use scalewise::law::Saturating;
use scalewise::{Dataset, Fit, Kind, Method, Result, Target};
use std::fmt::Write as _;
use studies::Table;

/// Floor as a share of the loss of the largest run, and the seeds of each cell.
const FLOORS: [(f64, u64); 4] = [(0.0, 100), (0.3, 40), (0.6, 40), (0.85, 40)];
const EXPONENTS: [f64; 5] = [0.05, 0.1, 0.2, 0.3, 0.5];
const RUNS: [usize; 4] = [4, 5, 8, 24];
/// Decades that the runs span.
const SPANS: [f64; 4] = [1.0, 1.5, 2.0, 3.0];
const BEYOND: [f64; 3] = [10.0, 100.0, 1000.0];
const NOISE: f64 = 0.005;
/// In a cell, one or two runs may fall on the other side of an end on another machine.
const STALE: f64 = 2.1;

/// One cell of the grid.
#[derive(Clone, Copy)]
struct Cell {
    floor: f64,
    exponent: f64,
    runs: usize,
    decades: f64,
    seeds: u64,
}

/// At each target: the share of intervals that held, and the median half-width in %.
type Held = [(f64, f64); BEYOND.len()];

fn main() -> Result<()> {
    let check = std::env::args().any(|argument| argument == "--check");
    let mut text = "| floor ÷ loss of the largest run | times the largest run | mean coverage, % | worst cell, % | half-width, %: 4 runs | 5 runs | 8 runs | 24 runs |\n\
                    |---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for (floor, seeds) in FLOORS {
        let cells = cells(floor, seeds);
        let held = cells
            .par_iter()
            .map(of_cell)
            .collect::<Result<Vec<Held>>>()?;
        for (k, beyond) in BEYOND.iter().enumerate() {
            let shares = || held.iter().map(|held| 100.0 * held[k].0);
            let mean = shares().sum::<f64>() / held.len() as f64;
            let worst = shares().fold(f64::INFINITY, f64::min);
            let widths = RUNS.map(|runs| {
                let own = cells
                    .iter()
                    .zip(&held)
                    .filter(|(cell, _)| cell.runs == runs);
                format!("{:.1}", median(own.map(|(_, held)| held[k].1).collect()))
            });
            let _ = writeln!(
                text,
                "| {floor} | {beyond} | {mean:.1} | {worst:.0} | {} |",
                widths.join(" | ")
            );
        }
    }
    let table = Table {
        name: "floors".to_owned(),
        text,
    };
    studies::publish("docs/calibration.md", "floors", &[table], check, STALE)
}

fn cells(floor: f64, seeds: u64) -> Vec<Cell> {
    let mut cells = Vec::new();
    for exponent in EXPONENTS {
        for runs in RUNS {
            cells.extend(SPANS.map(|decades| Cell {
                floor,
                exponent,
                runs,
                decades,
                seeds,
            }));
        }
    }
    cells
}

fn of_cell(cell: &Cell) -> Result<Held> {
    let law = |x: f64| cell.floor / (1.0 - cell.floor) + x.powf(-cell.exponent);
    let mut held = [0_u32; BEYOND.len()];
    let mut widths = [const { Vec::new() }; BEYOND.len()];
    for seed in 0..cell.seeds {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut noisy = |x: f64| law(x) * (1.0 + NOISE * standard_normal(&mut rng));
        let runs: Vec<(f64, f64)> = (0..cell.runs)
            .map(|i| {
                let t = i as f64 / (cell.runs - 1) as f64;
                let x = 10f64.powf(cell.decades * (t - 1.0));
                (1e20 * x, noisy(x))
            })
            .collect();
        let fit = Fit::new(Saturating).run(&Dataset::from_runs(runs)?)?;
        for (k, beyond) in BEYOND.into_iter().enumerate() {
            let actual = noisy(beyond);
            let forecast = fit
                .forecast(Target::at(1e20 * beyond))
                .levels(&[0.9])
                .kinds(&[Kind::Prediction])
                .methods(&[Method::Calibrated])
                .force(true)
                .run()?;
            if let Some(i) = forecast.interval(Method::Calibrated, 0.9, Kind::Prediction) {
                held[k] += u32::from(i.lower <= actual && actual <= i.upper);
                widths[k].push(50.0 * (i.upper / i.lower).ln());
            }
        }
    }
    let share = |held: u32| f64::from(held) / cell.seeds as f64;
    Ok(std::array::from_fn(|k| {
        (share(held[k]), median(std::mem::take(&mut widths[k])))
    }))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
