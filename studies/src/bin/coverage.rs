//! Simulated coverage of the intervals if the law is exactly right.
//!
//! Writes the tables of `docs/statistics.md`; with `--check`, repeats the simulation and fails if
//! the tables are stale or a claim on the page does not hold.

use scalewise::internal::Ladder;
use scalewise::law::Saturating;
use scalewise::{Dataset, Error, ErrorKind, Fit, Kind, Method, Result, Target};
use studies::Table;

/// Simulated ladders per row of the table.
const SIMULATIONS: u64 = 2_000;
const RUNS: [usize; 4] = [6, 8, 12, 24];
const LEVELS: [f64; 2] = [0.8, 0.9];
/// Four decades of compute, and a target 100 times beyond.
const RANGE: (f64, f64) = (1e18, 1e22);
const TARGET: f64 = 1e24;
/// Relative standard deviation of a run.
const NOISE: f64 = 0.01;
const LARGEST_LOSS: f64 = 4.0;
/// Largest allowed deviation from nominal in points: 3.3 standard errors of 2,000 simulations at 80
/// %.
const TOLERANCE: f64 = 3.0;
/// Largest difference of a cell between machines in points: rounding decides at most four of 2,000
/// simulations.
const STALE: f64 = 0.2;

/// A true law, by its exponent and the floor's share of the largest loss.
struct Truth {
    exponent: f64,
    floor: f64,
    /// Coverage must also not exceed nominal by more than the tolerance.
    two_sided: bool,
}

const TRUTHS: [Truth; 3] = [
    Truth {
        exponent: -0.15,
        floor: 0.5,
        two_sided: true,
    },
    Truth {
        exponent: -0.05,
        floor: 0.5,
        two_sided: false,
    },
    Truth {
        exponent: -0.15,
        floor: 0.0,
        two_sided: false,
    },
];

impl Truth {
    fn parameters(&self) -> Vec<f64> {
        let reducible = LARGEST_LOSS * (1.0 - self.floor);
        let a = reducible * RANGE.0.powf(-self.exponent);
        vec![a, self.exponent, LARGEST_LOSS * self.floor]
    }
}

/// Counts for one method, level and kind.
#[derive(Clone, Default)]
struct Count {
    given: u64,
    held: u64,
    half_widths: Vec<f64>,
}

impl Count {
    fn percent(&self) -> f64 {
        100.0 * self.held as f64 / self.given as f64
    }

    /// Half of ln(upper ÷ lower), in percent.
    fn median_half_width(&self) -> f64 {
        let mut sorted = self.half_widths.clone();
        sorted.sort_by(f64::total_cmp);
        100.0 * sorted[sorted.len() / 2]
    }
}

/// One row of the tables: a truth and a number of runs; counts by kind, method, level.
struct Row {
    truth: usize,
    runs: usize,
    refused: u64,
    counts: Vec<Count>,
}

const KINDS: [Kind; 2] = [Kind::Prediction, Kind::Confidence];
const METHODS: [Method; 2] = [Method::Delta, Method::Profile];

fn cells() -> impl Iterator<Item = (Kind, Method, f64)> {
    KINDS.into_iter().flat_map(|kind| {
        METHODS
            .into_iter()
            .flat_map(move |method| LEVELS.map(|level| (kind, method, level)))
    })
}

fn main() -> Result<()> {
    let check = std::env::args().any(|argument| argument == "--check");
    let rows = simulate_all()?;
    claims(&rows)?;
    let tables = KINDS.map(|kind| Table {
        name: format!("coverage of {} intervals", kind.name()),
        text: table(&rows, kind),
    });
    studies::publish("docs/statistics.md", "coverage", &tables, check, STALE)
}

/// All rows, one thread each: a simulation depends only on its seed.
fn simulate_all() -> Result<Vec<Row>> {
    let jobs: Vec<(usize, usize)> = (0..TRUTHS.len())
        .flat_map(|truth| RUNS.map(|runs| (truth, runs)))
        .collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        loop {
            let k = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(&(truth, runs)) = jobs.get(k) else {
                return Ok(rows);
            };
            rows.push(simulate(truth, runs)?);
        }
    };
    let mut rows = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let mut rows = Vec::new();
        for thread in threads {
            let lost = |_| Error::new(ErrorKind::Io, "a simulation ended early");
            rows.extend(thread.join().map_err(lost)??);
        }
        Ok::<_, Error>(rows)
    })?;
    rows.sort_by_key(|row| (row.truth, row.runs));
    Ok(rows)
}

fn simulate(truth: usize, runs: usize) -> Result<Row> {
    let mut row = Row {
        truth,
        runs,
        refused: 0,
        counts: vec![Count::default(); cells().count()],
    };
    for seed in 0..SIMULATIONS {
        let ladder = Ladder {
            law: &Saturating,
            parameters: TRUTHS[truth].parameters(),
            plus: Vec::new(),
            range: RANGE,
            runs,
            beyond: vec![TARGET],
            noise: NOISE,
            seed: seed + 10_000 * (runs as u64 + 100 * truth as u64),
        };
        let simulated = ladder.simulate()?;
        let new = simulated[runs];
        let data = Dataset::from_runs(simulated[..runs].iter().map(|r| (r.compute, r.loss)))?;
        let fit = Fit::new(Saturating).run(&data)?;
        if fit.refusal().is_some() {
            row.refused += 1;
            continue;
        }
        let forecast = fit
            .forecast(Target::at(TARGET))
            .levels(&LEVELS)
            .methods(&METHODS)
            .run()?;
        for ((kind, method, level), count) in cells().zip(&mut row.counts) {
            let Some(interval) = forecast.interval(method, level, kind) else {
                continue;
            };
            let value = match kind {
                Kind::Prediction => new.loss,
                Kind::Confidence => new.true_loss,
            };
            count.given += 1;
            count.held += u64::from(interval.lower <= value && value <= interval.upper);
            count
                .half_widths
                .push(0.5 * (interval.upper / interval.lower).ln());
        }
    }
    Ok(row)
}

/// What `docs/statistics.md` claims of prediction intervals.
fn claims(rows: &[Row]) -> Result<()> {
    for row in rows {
        for ((kind, method, level), count) in cells().zip(&row.counts) {
            let off = count.percent() - 100.0 * level;
            let truth = &TRUTHS[row.truth];
            let bad = off < -TOLERANCE || (truth.two_sided && off > TOLERANCE);
            if kind == Kind::Prediction && (bad || count.given == 0) {
                return Err(Error::new(
                    ErrorKind::Data,
                    format!(
                        "{} prediction intervals at {level} cover {:.1} % (b = {}, {} runs)",
                        method.name(),
                        count.percent(),
                        truth.exponent,
                        row.runs
                    ),
                ));
            }
        }
    }
    Ok(())
}

fn table(rows: &[Row], kind: Kind) -> String {
    let mut text = "\
| truth | runs | delta 80 % | profile 80 % | delta 90 % | profile 90 % | half-width of delta 90 % | of profile 90 % | not given |
|---|---|---|---|---|---|---|---|---|
"
    .to_owned();
    for row in rows {
        let truth = &TRUTHS[row.truth];
        let count = |method: Method, level: f64| {
            cells()
                .zip(&row.counts)
                .find(|(cell, _)| *cell == (kind, method, level))
                .map_or_else(Count::default, |(_, count)| count.clone())
        };
        let floor = if truth.floor == 0.0 {
            "c = 0".to_owned()
        } else {
            format!("c = {} of the largest loss", truth.floor)
        };
        let all = METHODS.map(|method| LEVELS.map(|level| count(method, level)));
        let least = all.iter().flatten().map(|c| c.given).min().unwrap_or(0);
        let [[delta80, delta90], [profile80, profile90]] = all;
        text += &format!(
            "| b = {}, {floor} | {} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} % | {:.1} % | {} |\n",
            truth.exponent,
            row.runs,
            delta80.percent(),
            profile80.percent(),
            delta90.percent(),
            profile90.percent(),
            delta90.median_half_width(),
            profile90.median_half_width(),
            SIMULATIONS - least,
        );
    }
    text
}
