//! Published ladders of language models: forecasts from planned runs, from random runs of equal
//! cost, and from all runs.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use scalewise::ask::PlanRequest;
use scalewise::law::Saturating;
use scalewise::{Dataset, Error, ErrorKind, Fit, Kind, Method, Result, Target};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Runs before the plan: the smallest ones.
const BEGUN: usize = 4;
/// Fewest runs of a ladder, so that there is something to choose.
const FEWEST: usize = 7;
/// Budgets as shares of the cost of all other runs.
const SHARES: [f64; 3] = [0.1, 0.3, 0.5];
/// Random subsets of each ladder.
const RANDOM: u64 = 10;
const DRAWS: usize = 16;

type Run = (f64, f64);

struct Case {
    set: String,
    runs: Vec<Run>,
    target: Run,
}

/// |error of ln L|, and the relative half-width of the calibrated 90 % interval.
type Said = (f64, f64);

pub fn table() -> Result<String> {
    let cases = cases()?;
    let mut text =
        "| set | ladders | budget | planned: error | width | random: error | width | all \
        runs: error | width |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n"
            .to_owned();
    let mut sets: Vec<&str> = cases.iter().map(|case| case.set.as_str()).collect();
    sets.dedup();
    for share in SHARES {
        let made: Vec<Result<Option<[Said; 3]>>> =
            cases.par_iter().map(|c| one(c, share)).collect();
        let made: Vec<Option<[Said; 3]>> = made.into_iter().collect::<Result<_>>()?;
        for set in sets.iter().copied().chain(["all"]) {
            let own = cases
                .iter()
                .zip(&made)
                .filter(|(c, _)| set == "all" || c.set == set);
            let own: Vec<[Said; 3]> = own.filter_map(|(_, said)| *said).collect();
            if own.is_empty() {
                continue;
            }
            let mean = |k: usize| {
                let all = || own.iter().map(move |said| said[k]);
                let count = own.len() as f64;
                (
                    all().map(|s| s.0).sum::<f64>() / count,
                    all().map(|s| s.1).sum::<f64>() / count,
                )
            };
            let _ = write!(text, "| {set} | {} | {:.0} % |", own.len(), 100.0 * share);
            for k in 0..3 {
                let (error, width) = mean(k);
                let _ = write!(text, " {:.2} % | {:.1} % |", 100.0 * error, 100.0 * width);
            }
            text.push('\n');
        }
    }
    Ok(text)
}

/// Planned, random and all runs of a ladder.
fn one(case: &Case, share: f64) -> Result<Option<[Said; 3]>> {
    let (begun, pool) = case.runs.split_at(BEGUN);
    let budget = share * pool.iter().map(|run| run.0).sum::<f64>();
    if pool.iter().all(|run| run.0 > budget) {
        return Ok(None);
    }
    let planned = planned(begun, pool, budget, case.target.0)?;
    let mut random = Vec::new();
    for seed in 0..RANDOM {
        random.extend(said(&at_random(begun, pool, budget, seed), case.target)?);
    }
    let all = said(&case.runs, case.target)?;
    let (Some(planned), Some(all)) = (said(&planned, case.target)?, all) else {
        return Ok(None);
    };
    if random.is_empty() {
        return Ok(None);
    }
    let count = random.len() as f64;
    let mean = (
        random.iter().map(|s| s.0).sum::<f64>() / count,
        random.iter().map(|s| s.1).sum::<f64>() / count,
    );
    Ok(Some([planned, mean, all]))
}

/// Buys the planned run, reads its loss and plans again, until nothing is affordable or the plan is
/// empty.
fn planned(begun: &[Run], pool: &[Run], budget: f64, target: f64) -> Result<Vec<Run>> {
    let (mut runs, mut open, mut left) = (begun.to_vec(), pool.to_vec(), budget);
    loop {
        open.retain(|run| run.0 <= left);
        if open.is_empty() {
            return Ok(runs);
        }
        let rows: String = open.iter().map(|run| format!("{:e}\n", run.0)).collect();
        let answer = PlanRequest::default()
            .at([format!("{target:e}")])
            .budget(left)
            .candidates(format!("compute\n{rows}"))
            .no_seeds(true)
            .most(4)
            .draws(DRAWS)
            .force(true)
            .of(&Dataset::from_runs(runs.clone())?)?;
        let next = answer.next_at();
        let next = next.first().and_then(|x| x.first()).copied();
        let Some(place) = next.and_then(|x| open.iter().position(|run| run.0 == x)) else {
            return Ok(runs);
        };
        let run = open.remove(place);
        left -= run.0;
        runs.push(run);
    }
}

/// Runs in random order, each if it is still affordable.
fn at_random(begun: &[Run], pool: &[Run], budget: f64, seed: u64) -> Vec<Run> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut runs, mut open, mut left) = (begun.to_vec(), pool.to_vec(), budget);
    while !open.is_empty() {
        let run = open.remove((rng.next_u64() % open.len() as u64) as usize);
        if run.0 <= left {
            left -= run.0;
            runs.push(run);
        }
    }
    runs
}

fn said(runs: &[Run], target: Run) -> Result<Option<Said>> {
    let fit = Fit::new(Saturating).run(&Dataset::from_runs(runs.to_vec())?)?;
    let forecast = fit
        .forecast(Target::at(target.0))
        .levels(&[0.9])
        .kinds(&[Kind::Prediction])
        .methods(&[Method::Calibrated])
        .force(true)
        .run()?;
    let interval = forecast.interval(Method::Calibrated, 0.9, Kind::Prediction);
    Ok(interval.map(|i| {
        let error = (forecast.point / target.1).ln().abs();
        (error, 0.5 * (i.upper - i.lower) / forecast.point)
    }))
}

/// The published ladders that have enough runs, and that of this repository.
fn cases() -> Result<Vec<Case>> {
    let mut runs: HashMap<String, Vec<Run>> = HashMap::new();
    for row in file("runs.csv")?.deserialize() {
        let (case, compute, loss): (String, f64, f64) = row.map_err(bad)?;
        runs.entry(case).or_default().push((compute, loss));
    }
    let mut cases = Vec::new();
    for row in file("targets.csv")?.deserialize() {
        let row: BTreeMap<String, String> = row.map_err(bad)?;
        let number = |name: &str| row[name].parse::<f64>().unwrap_or(f64::NAN);
        if !matches!(row["kind"].as_str(), "size-ladder" | "data-ladder") {
            continue;
        }
        let mut own = runs.remove(&row["case"]).unwrap_or_default();
        own.sort_by(|a, b| a.0.total_cmp(&b.0));
        cases.push(Case {
            set: row["set"].clone(),
            runs: own,
            target: (number("compute"), number("loss")),
        });
    }
    cases.extend(own()?);
    cases.retain(|case| case.runs.len() >= FEWEST);
    cases.sort_by(|a, b| a.set.cmp(&b.set));
    Ok(cases)
}

/// The ladder of this repository: one run of each rung, and the largest as the target.
fn own() -> Result<Option<Case>> {
    let path = studies::root().join("data/ladder/runs.csv");
    let mut runs: Vec<Run> = Vec::new();
    let mut budgets: Vec<String> = Vec::new();
    for row in csv::Reader::from_path(path).map_err(bad)?.deserialize() {
        let row: BTreeMap<String, String> = row.map_err(bad)?;
        let number = |name: &str| row[name].parse::<f64>().unwrap_or(f64::NAN);
        if !budgets.contains(&row["budget"]) {
            budgets.push(row["budget"].clone());
            runs.push((number("flops"), number("loss")));
        }
    }
    runs.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(runs.pop().map(|target| Case {
        set: "this repository".to_owned(),
        runs,
        target,
    }))
}

fn file(name: &str) -> Result<csv::Reader<std::fs::File>> {
    let corpus = std::env::var_os("SCALEWISE_CORPUS").unwrap_or_else(|| "../shared".into());
    let path = PathBuf::from(corpus)
        .join("data/extrapolation_kinds")
        .join(name);
    csv::Reader::from_path(path).map_err(bad)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn bad(error: csv::Error) -> Error {
    Error::new(ErrorKind::Data, error.to_string())
}
