//! Exponents of single problems and pass@k on real counts: writes tables of `docs/capability.md`;
//! with `--check`, fails if they are stale.
//!
//! The own ladder is in `data/ladder`. The Pythia counts (Brown et al. 2024, as released with
//! Schaeffer et al. 2025) are read from the folder `SCALEWISE_CORPUS` (default `../shared`) and are
//! not part of this repository.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use scalewise::ask::{CapabilityRequest, ProblemChoice};
use scalewise::capability::{
    About, CapabilityFit, Curve, CurveForecast, PassInterval, PassQuantity, pass_at_k,
};
use scalewise::internal::{Graded, uniform};
use scalewise::runs::{Count, CountTable, PassCounts};
use scalewise::tables::{CountOptions, read_counts};
use scalewise::{Error, ErrorKind, Interval, Kind, Method, Result, Role};
use std::path::{Path, PathBuf};
use studies::{Table, publish};

/// Samples drawn of the 10,000, the requested k, and the number of draws.
const DRAWN: u64 = 100;
const K: u64 = 1000;
const REPEATS: u64 = 20;

mod record;

use record::Outcome;

fn main() -> Result<()> {
    let check = std::env::args().any(|argument| argument == "--check");
    let ladder = studies::root().join("data/ladder/pass_counts.csv");
    let pythia = corpus("pythia_math_pass_counts.csv");
    let mut origins = vec![("own ladder", ladder, OWN.as_slice())];
    origins.extend(
        pythia
            .iter()
            .map(|path| ("Pythia", path.clone(), PYTHIA.as_slice())),
    );
    let (text, outcomes) = points(&origins)?;
    let mut tables = Vec::new();
    match &pythia {
        Some(path) => {
            tables.push(Table {
                name: "own_exponents".to_owned(),
                text,
            });
            tables.push(Table {
                name: "pass_record".to_owned(),
                text: record::table(&outcomes),
            });
            tables.push(Table {
                name: "pass_distance".to_owned(),
                text: record::by_distance(&outcomes),
            });
            tables.push(Table {
                name: "pass_at_k".to_owned(),
                text: pass_at(path)?,
            });
        }
        None => println!("the Pythia counts are not there: the tables stay as they are"),
    }
    publish("docs/capability.md", "passes", &tables, check, 0.011)?;
    record::check(&outcomes, check)
}

fn corpus(file: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("SCALEWISE_CORPUS").unwrap_or_else(|| "../shared".into());
    let file = studies::root().join(folder).join("data").join(file);
    file.exists().then_some(file)
}

fn counts(path: &Path, below: Option<f64>) -> Result<PassCounts> {
    let name = path.to_string_lossy();
    let bytes = std::fs::read(path)
        .map_err(|error| Error::new(ErrorKind::Io, error.to_string()).at(&name, None, None))?;
    let options = CountOptions {
        fit_below: below,
        ..CountOptions::default()
    };
    match read_counts(&bytes, &name, &options)? {
        CountTable::Counts(counts) => Ok(counts),
        CountTable::Rates(_) => Err(Error::new(ErrorKind::Data, "counts are needed")),
    }
}

/// The largest compute fitted to; everything larger is forecast.
const OWN: [f64; 8] = [
    1.05e11, 1.87e11, 3.3e11, 5.9e11, 1.05e12, 3.3e12, 1.05e13, 3.3e13,
];
const PYTHIA: [f64; 3] = [2e21, 6e21, 1.5e22];

/// Errors of the ln metric and coverage, one row per source and set of problems; and all outcomes
/// of each source.
fn points(sources: &[(&str, PathBuf, &[f64])]) -> Result<(String, Vec<record::Source>)> {
    let mut text = "| models | problems | forecasts | law | recommended | law's interval | interval | mean of p |\n\
                    |---|---|---:|---:|---:|---:|---:|---:|\n"
        .to_owned();
    let mut outcomes = Vec::new();
    for (name, path, origins) in sources {
        let (mut all, mut buckets) = (Tally::default(), Tally::default());
        for below in *origins {
            let table = counts(path, Some(*below))?;
            let fit = CapabilityFit::new().run(&table)?;
            all.add(&table, &fit.overall)?;
            for bucket in &fit.buckets {
                buckets.add(&table, bucket)?;
            }
        }
        text += &all.row(name, "all");
        text += &buckets.row(name, "buckets");
        outcomes.push(record::Source {
            name: (*name).to_owned(),
            origins: origins.len(),
            of_law: all.of_law,
            metric: [all.metric, buckets.metric].concat(),
            rate: [all.rate, buckets.rate].concat(),
        });
    }
    Ok((text, outcomes))
}

#[derive(Default)]
struct Tally {
    law: Vec<f64>,
    /// Whether the interval of the law contained the outcome.
    of_law: Vec<bool>,
    recommended: Vec<f64>,
    metric: Vec<Outcome>,
    rate: Vec<Outcome>,
}

impl Tally {
    /// Adds every actual of a curve that has a calibrated forecast and a 90 % interval.
    fn add(&mut self, table: &PassCounts, curve: &Curve) -> Result<()> {
        for point in curve.points.iter().filter(|p| p.role == Role::Actual) {
            let Some(actual) = point.metric else { continue };
            let forecast = curve
                .forecast(point.compute)
                .levels(&[0.9])
                .force(true)
                .run()?;
            let (Some(found), Some(mean)) = (forecast.metric.calibrated, &forecast.mean_pass_rate)
            else {
                continue;
            };
            self.law.push((forecast.metric.value / actual).ln());
            let of_law = interval_of(&forecast.metric, Method::Delta);
            self.of_law
                .push(of_law.is_some_and(|i| i.lower <= actual && actual <= i.upper));
            self.recommended.push((found / actual).ln());
            let model = table.models().iter().position(|m| m.name == point.model);
            let rates = model.map(|m| curve.problems.iter().map(move |&i| &table.counts(m)[i]));
            let rates = rates.into_iter().flatten();
            let sum: f64 = rates.map(|c| c.passes as f64 / c.samples as f64).sum();
            let rate = sum / curve.problems.len() as f64;
            let error = (found / actual).ln();
            let whole = curve.name == "all";
            let of = (&forecast, Graded::Metric, whole);
            let metric = Outcome::of(of, &forecast.metric, actual, error);
            self.metric.extend(metric);
            let error = mean.point_of(Method::Calibrated) - rate;
            let of = (&forecast, Graded::Rate, whole);
            self.rate.extend(Outcome::of(of, mean, rate, error));
        }
        Ok(())
    }

    fn row(&self, name: &str, problems: &str) -> String {
        let n = self.law.len();
        let rms = |errors: &[f64]| {
            (errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64).sqrt()
        };
        let share =
            |all: &[Outcome]| 100.0 * all.iter().filter(|one| one.held).count() as f64 / n as f64;
        format!(
            "| {name} | {problems} | {n} | {:.3} | {:.3} | {:.0} % | {:.0} % | {:.0} % |\n",
            rms(&self.law),
            rms(&self.recommended),
            100.0 * self.of_law.iter().filter(|held| **held).count() as f64 / n as f64,
            share(&self.metric),
            share(&self.rate)
        )
    }
}

/// The prediction interval of these problems by a method.
fn interval_of(quantity: &PassQuantity, method: Method) -> Option<Interval> {
    let own = |i: &&PassInterval| {
        i.about == About::TheseProblems
            && (i.interval.method, i.interval.kind) == (method, Kind::Prediction)
    };
    Some(quantity.intervals.iter().find(own)?.interval)
}

impl Outcome {
    /// The outcome of the calibrated interval of these problems.
    fn of(
        (forecast, what, whole): (&CurveForecast, Graded, bool),
        quantity: &PassQuantity,
        actual: f64,
        error: f64,
    ) -> Option<Outcome> {
        let interval = interval_of(quantity, Method::Calibrated)?;
        let point = quantity.point_of(Method::Calibrated);
        let end = if actual > point {
            interval.upper
        } else {
            interval.lower
        };
        Some(Outcome {
            whole,
            class: what.class((interval.lower, interval.upper)),
            factor: forecast.extrapolation,
            held: interval.lower <= actual && actual <= interval.upper,
            error,
            reach: (actual - point) / (end - point),
        })
    }
}

/// pass@1000 of every model from a hundredth of its samples.
fn pass_at(path: &Path) -> Result<String> {
    let table = counts(path, None)?;
    let problems = table.problems().len() as f64;
    let models = 0..table.models().len();
    let truth = models.clone().map(|m| {
        let rates = table.counts(m).iter();
        let rates = rates.map(|c| Ok(pass_at_k(c.samples, c.passes, K)?.value));
        Ok(rates.sum::<Result<f64>>()? / problems)
    });
    let truth: Vec<f64> = truth.collect::<Result<_>>()?;
    let mut errors = [Vec::new(), Vec::new(), Vec::new()];
    let (mut inside, mut asked) = (0_usize, 0_usize);
    for seed in 0..REPEATS {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let drawn = models.clone().map(|m| {
            let one = |count: &Count| Count::new(drawn(count, &mut rng), DRAWN);
            table.counts(m).iter().map(one).collect()
        });
        let drawn: Vec<Vec<Count>> = drawn.collect();
        let named = table.models().iter().map(|m| (m.name.clone(), m.compute));
        let small = PassCounts::new(named.collect(), table.problems().to_vec(), drawn)?;
        let answer = CapabilityRequest::default()
            .problems(ProblemChoice::default().buckets(1))
            .levels([0.9])
            .pass_at([K])
            .force(true)
            .of(&CountTable::Counts(small))?;
        let mut off = [0.0; 3];
        for (at, truth) in answer.pass_at().iter().zip(&truth) {
            let others = [at.beta_binomial, at.line];
            off[0] += (at.rate.value - truth).abs();
            for (sum, other) in off[1..].iter_mut().zip(others) {
                *sum += (other.unwrap_or(0.0) - truth).abs();
            }
            asked += 1;
            inside += usize::from(at.rate.intervals.iter().any(|i| {
                i.about == About::TheseProblems
                    && i.interval.lower <= *truth
                    && *truth <= i.interval.upper
            }));
        }
        for (errors, off) in errors.iter_mut().zip(off) {
            errors.push(100.0 * off / truth.len() as f64);
        }
    }
    let names = ["likelihood of all counts", "beta-binomial a model", "line"];
    let mut text = "| pass@1000 by | mean error, points | sd over draws | interval |\n\
                    |---|---:|---:|---:|\n"
        .to_owned();
    for (name, errors) in names.iter().zip(&errors) {
        let n = errors.len() as f64;
        let mean = errors.iter().sum::<f64>() / n;
        let sd = (errors.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        let held = match *name == names[0] {
            true => format!("{:.0} %", 100.0 * inside as f64 / asked as f64),
            false => "none".to_owned(),
        };
        text += &format!("| {name} | {mean:.2} | {sd:.2} | {held} |\n");
    }
    Ok(text)
}

/// How many of the samples drawn without replacement pass.
fn drawn(count: &Count, rng: &mut ChaCha8Rng) -> u64 {
    let (mut left, mut passes, mut found) = (count.samples, count.passes, 0);
    for _ in 0..DRAWN {
        if uniform(rng) * (left as f64) < passes as f64 {
            passes -= 1;
            found += 1;
        }
        left -= 1;
    }
    found
}
