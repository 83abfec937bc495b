//! The record of forecasts by the width of their interval and by distance.

use scalewise::internal::{LAW_RECORD, PASS_ORIGINS, PASS_RECORD, PassOutcomes};
use scalewise::{Error, ErrorKind, Result};
use std::fmt::Write as _;

/// A forecast whose outcome is known.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Whether it is of all problems.
    pub whole: bool,
    /// Whether the interval is wide (0), of middle width (1) or narrow (2).
    pub class: usize,
    /// Target compute ÷ that of the largest fitted model.
    pub factor: f64,
    /// Whether the calibrated 90 % interval held.
    pub held: bool,
    /// Error of the ln metric, or of the mean pass rate as a fraction.
    pub error: f64,
    /// The error relative to the interval's half-width on that side.
    pub reach: f64,
}

/// The outcomes of one ladder.
pub struct Source {
    pub name: String,
    /// Sets of fitted models.
    pub origins: usize,
    /// Whether the law's own interval of the metric of all problems held, per forecast.
    pub of_law: Vec<bool>,
    pub metric: Vec<Outcome>,
    pub rate: Vec<Outcome>,
}

impl Source {
    fn of(&self, quantity: usize) -> &[Outcome] {
        match quantity {
            0 => &self.metric,
            _ => &self.rate,
        }
    }
}

const QUANTITIES: [&str; 2] = ["−E[ln p]", "mean of p"];
const WIDTHS: [[&str; 3]; 2] = [
    ["above 0.45", "0.2 to 0.45", "up to 0.2"],
    ["above 15 points", "5 to 15 points", "up to 5 points"],
];
const SETS: [(&str, bool); 2] = [("all", true), ("buckets", false)];
/// The ranges of distance in the second table.
const DISTANCES: [(f64, f64); 4] = [(0.0, 3.2), (3.2, 10.0), (10.0, 100.0), (100.0, 1.1e3)];

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let values = sorted(values);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The record of some ladders in the library's form, for all problems or for buckets.
fn record<'a>(outcomes: impl Iterator<Item = &'a Outcome>, whole: bool) -> PassOutcomes {
    let all: Vec<&Outcome> = outcomes.filter(|one| one.whole == whole).collect();
    [0, 1, 2].map(|class| {
        let own = || all.iter().filter(|one| one.class == class);
        (
            own().count() as u32,
            own().filter(|one| one.held).count() as u32,
            median(own().map(|one| one.error.abs())),
            own().map(|one| one.factor).fold(0.0, f64::max),
        )
    })
}

fn error(quantity: usize, size: f64) -> String {
    match quantity {
        0 => format!("{:.1} %", 100.0 * size),
        _ => format!("{:.1} points", 100.0 * size),
    }
}

/// One row per quantity, set of problems, width and ladder.
pub fn table(sources: &[Source]) -> String {
    let mut text = "| forecast of | problems | half-width | ladder | forecasts | held | median error | farthest |\n\
                    |---|---|---|---|---:|---:|---:|---:|\n"
        .to_owned();
    for (q, name) in QUANTITIES.iter().enumerate() {
        for (problems, whole) in SETS {
            for class in [2, 1, 0] {
                for source in sources {
                    let (n, held, off, far) = record(source.of(q).iter(), whole)[class];
                    if n > 0 {
                        let (off, width) = (error(q, off), WIDTHS[q][class]);
                        let _ = writeln!(
                            text,
                            "| {name} | {problems} | {width} | {} | {n} | {held} | {off} | {far:.0}x |",
                            source.name
                        );
                    }
                }
            }
        }
    }
    text
}

/// One row per quantity and distance: the coverage, and the factor by which the intervals of each
/// ladder must be scaled for 90 % of them to hold.
pub fn by_distance(sources: &[Source]) -> String {
    let mut text =
        "| forecast of | ladder | times beyond | forecasts | held | 90 % would hold at |\n\
                    |---|---|---|---:|---:|---:|\n"
            .to_owned();
    for (q, name) in QUANTITIES.iter().enumerate() {
        for source in sources {
            for (from, to) in DISTANCES {
                let own = || {
                    let all = source.of(q).iter();
                    all.filter(move |one| from < one.factor && one.factor <= to)
                };
                let reach = sorted(own().map(|one| one.reach));
                let n = reach.len();
                if n == 0 {
                    continue;
                }
                let held = own().filter(|one| one.held).count();
                let width = reach[(9 * n).div_ceil(10) - 1];
                let _ = writeln!(
                    text,
                    "| {name} | {} | {from} to {to} | {n} | {:.0} % | {width:.2} times the width |",
                    source.name,
                    100.0 * held as f64 / n as f64,
                );
            }
        }
    }
    text
}

/// Compares the record with that in the library; without the Pythia counts only that of the own
/// ladder.
pub fn check(sources: &[Source], check: bool) -> Result<()> {
    let here = |count: usize| {
        let of = |q: usize, whole| {
            record(
                sources[..count].iter().flat_map(|source| source.of(q)),
                whole,
            )
        };
        [0, 1].map(|q| [of(q, true), of(q, false)])
    };
    let mut found = vec![here(1)];
    if sources.len() > 1 {
        found.push(here(2));
        let origins: usize = sources.iter().map(|source| source.origins).sum();
        if check && origins != PASS_ORIGINS as usize {
            return Err(stale(format!("there are {origins} origins")));
        }
        let of_law = sources.iter().flat_map(|source| &source.of_law);
        let held = of_law.clone().filter(|held| **held).count();
        let of_law = (of_law.count() as u32, held as u32);
        if check && of_law != LAW_RECORD {
            return Err(stale(format!("the law's own intervals have {of_law:?}")));
        }
    }
    for (now, there) in found.iter().zip(PASS_RECORD) {
        let pairs = now.iter().flatten().flatten();
        let pairs = pairs.zip(there.iter().flatten().flatten());
        let same = |a: &(u32, u32, f64, f64), b: &(u32, u32, f64, f64)| {
            (a.0, a.1) == (b.0, b.1) && (a.2 - b.2).abs() < 5e-4 && (a.3 - b.3).abs() < 0.5
        };
        for (a, b) in pairs {
            if check && !same(a, b) {
                return Err(stale(format!(
                    "the record has {a:?}, and the source says {b:?}"
                )));
            }
        }
    }
    if !check {
        println!("{found:?}");
    }
    Ok(())
}

fn stale(message: String) -> Error {
    Error::new(ErrorKind::Data, message).at("src/capability/standing.rs", None, None)
}
