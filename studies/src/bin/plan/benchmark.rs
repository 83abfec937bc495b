//! A public benchmark of which runs to buy (arXiv 2604.22753), with exact fits for every method.
//!
//! Each group of a task has a pool of runs with costs, and a target region that is never bought.
//! Budgets are shares of the cost of the pool. A law is fitted within its bounds at each budget to
//! what was bought, and scored by R² on the target region, clipped to −1..1.

use crate::tables::{Bench, Entry, Output, Rows, Runs, Table};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use scalewise::ask::Design;
use scalewise::fit::{Basin, Residuals};
use scalewise::internal::{Observations, Outlook, next_runs};
use scalewise::law::{Input, Law, TypedLaw};
use scalewise::{Error, ErrorKind, Fit, Result};
use std::fmt::Write as _;

/// Seeds of what is random.
const SEEDS: u64 = 10;
/// The task whose laws take hours; its rows are not made.
const SLOW: &str = "lr_bsz";
/// Orders of the pool in which runs are bought, where many runs have equal arguments and costs but
/// different outcomes: which of them is bought first is chance.
const ORDERS: u64 = 5;
/// The task, and the published R² of "Ours" and "All Data" at the largest
/// budget.
const TASKS: [(&str, f64, f64); 8] = [
    ("lr_bsz", 0.22, 0.04),
    ("domain", 0.95, 0.81),
    ("vocab", 0.98, 0.93),
    ("parallel", 0.99, 0.99),
    ("moe", 0.83, 0.81),
    ("data_con", 0.86, 0.79),
    ("sparsity", 0.53, 0.37),
    ("farseer", 0.93, 0.91),
];
/// How runs are bought.
const DESIGNS: [Design; 5] = [
    Design::Random,
    Design::Cheapest,
    Design::D,
    Design::V,
    Design::Ours,
];
/// Designs that need a law begin with so many of the cheapest different runs for each parameter,
/// but no more than this share of the budget.
const BEGUN: f64 = 1.5;
const BEGUN_SHARE: f64 = 0.25;
/// How often a law is fitted on the way to a budget.
const ROUNDS: usize = 3;

fn orders(task: &str) -> u64 {
    if task == "moe" { ORDERS } else { 1 }
}

fn shares(task: &str) -> [f64; 3] {
    match task {
        "domain" | "sparsity" => [0.2, 0.35, 0.5],
        _ => [0.01, 0.05, 0.1],
    }
}

/// The pool and the target region of one output in one group.
struct Pool {
    law: TypedLaw,
    fit: Fit,
    x: Vec<Vec<f64>>,
    y: Vec<f64>,
    cost: Vec<f64>,
    target: Vec<Vec<f64>>,
    observed: Vec<f64>,
}

pub fn table() -> Result<String> {
    let bench = Bench::read()?;
    let mut text = "| task | laws | budget | random | cheapest | D-optimal | V-optimal | ours | \
        standard error of ours | all runs | published: ours | published: all runs |\n\
        |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
        .to_owned();
    for (task, ours, all) in TASKS.iter().filter(|task| task.0 != SLOW) {
        let (laws, means, error, exact) = of_task(&bench, task)?;
        for (k, share) in shares(task).iter().enumerate() {
            let _ = write!(text, "| {task} | {laws} | {:.0} % |", 100.0 * share);
            for mean in &means[k] {
                let _ = write!(text, " {mean:.2} |");
            }
            let published = match k {
                2 => format!("{ours:.2} | {all:.2}"),
                _ => " | ".to_owned(),
            };
            let _ = writeln!(text, " {:.3} | {exact:.2} | {published} |", error[k]);
        }
    }
    Ok(text)
}

/// One task, law by law, or some of its laws.
pub fn show(task: &str, laws: &[&String]) -> Result<()> {
    let bench = Bench::read()?;
    let wanted = |entry: &&Entry| {
        let is_asked = laws.is_empty() || laws.iter().any(|law| **law == entry.law);
        entry.task == task && entry.is_separable() && is_asked
    };
    for entry in bench.entries.iter().filter(wanted) {
        let (means, all) = of_law(&bench, entry)?;
        let row = |means: &[f64; 5]| means.map(|mean| format!("{mean:.3}")).join(" ");
        let rows: Vec<String> = means.iter().map(row).collect();
        println!("{}: {}; all {all:.3}", entry.law, rows.join(" | "));
    }
    Ok(())
}

type Means = [[f64; 5]; 3];

/// The number of laws, the mean R² by budget and design, the standard error of ours over laws, and
/// the mean with all runs.
fn of_task(bench: &Bench, task: &str) -> Result<(usize, Means, [f64; 3], f64)> {
    let entries: Vec<&Entry> = bench
        .entries
        .iter()
        .filter(|e| e.task == task && e.is_separable())
        .collect();
    let made = entries.par_iter().map(|entry| of_law(bench, entry));
    let made: Vec<(Means, f64)> = made.collect::<Result<_>>()?;
    let count = made.len() as f64;
    let mut means = [[0.0; 5]; 3];
    let mut error = [0.0; 3];
    for k in 0..3 {
        for (d, mean) in means[k].iter_mut().enumerate() {
            *mean = made.iter().map(|m| m.0[k][d]).sum::<f64>() / count;
        }
        let squares = made.iter().map(|m| (m.0[k][4] - means[k][4]).powi(2));
        error[k] = (squares.sum::<f64>() / (count - 1.0).max(1.0) / count).sqrt();
    }
    let exact = made.iter().map(|m| m.1).sum::<f64>() / count;
    Ok((made.len(), means, error, exact))
}

/// The mean R² over seeds by budget and design, and that of all runs.
fn of_law(bench: &Bench, entry: &Entry) -> Result<(Means, f64)> {
    let table = &bench.tables[&entry.task];
    let mut means = [[0.0; 5]; 3];
    for (d, design) in DESIGNS.iter().enumerate() {
        let seeds = match *design {
            Design::Random => SEEDS,
            _ => orders(&entry.task),
        };
        let made = (0..seeds).into_par_iter().map(|seed| {
            let mut scored = [Scored::default(), Scored::default(), Scored::default()];
            let order = if *design == Design::Random { 0 } else { seed };
            for group in table.groups() {
                let pools = pools(table, entry, &group, order)?;
                let bought = bought(&pools, shares(&entry.task), *design, seed)?;
                for (scored, rows) in scored.iter_mut().zip(&bought) {
                    pools.iter().try_for_each(|pool| scored.add(pool, rows))?;
                }
            }
            Ok(scored.map(|s| s.r2()))
        });
        let made: Vec<[f64; 3]> = made.collect::<Result<_>>()?;
        for k in 0..3 {
            means[k][d] = made.iter().map(|r2| r2[k]).sum::<f64>() / seeds as f64;
        }
    }
    Ok((means, bench.known(entry).test_r2))
}

/// Predictions and outcomes of the target region.
#[derive(Default)]
struct Scored {
    predicted: Vec<f64>,
    observed: Vec<f64>,
}

impl Scored {
    /// Adds the predictions of a pool; a group without a fit is left out.
    fn add(&mut self, pool: &Pool, rows: &[usize]) -> Result<()> {
        let Some(basins) = fitted(pool, rows)? else {
            return Ok(());
        };
        let p = &basins.1[0].parameters;
        let said: Vec<f64> = pool.target.iter().map(|x| pool.law.predict(x, p)).collect();
        if said.iter().all(|v| v.is_finite()) {
            self.predicted.extend(said);
            self.observed.extend(&pool.observed);
        }
        Ok(())
    }

    fn r2(&self) -> f64 {
        let count = self.observed.len() as f64;
        let mean = self.observed.iter().sum::<f64>() / count;
        let pairs = self.predicted.iter().zip(&self.observed);
        let rest: f64 = pairs.map(|(p, o)| (p - o).powi(2)).sum();
        let total: f64 = self.observed.iter().map(|o| (o - mean).powi(2)).sum();
        match count > 0.0 {
            true => (1.0 - rest / total).clamp(-1.0, 1.0),
            false => -1.0,
        }
    }
}

/// The minima of the law for some rows of the pool; `None` if there are no rows.
fn fitted(pool: &Pool, rows: &[usize]) -> Result<Option<(Observations, Vec<Basin>)>> {
    if rows.is_empty() {
        return Ok(None);
    }
    let x = rows.iter().map(|k| pool.x[*k].clone()).collect();
    let y = rows.iter().map(|k| pool.y[*k]).collect();
    let o = Observations::new(x, y, Residuals::Absolute)?;
    let basins = pool.fit.run_observations(&o)?;
    Ok(Some((o, basins)))
}

/// The rows that each budget has bought.
fn bought(pools: &[Pool], shares: [f64; 3], design: Design, seed: u64) -> Result<Vec<Vec<usize>>> {
    let first = &pools[0];
    let total: f64 = first.cost.iter().sum();
    let mut bought: Vec<usize> = Vec::new();
    let mut all = Vec::new();
    let mut by_cost: Vec<usize> = (0..first.cost.len()).collect();
    by_cost.sort_by(|a, b| first.cost[*a].total_cmp(&first.cost[*b]));
    let shuffled = shuffled(by_cost.clone(), seed);
    for share in shares {
        let budget = share * total;
        let spent = |bought: &[usize]| bought.iter().map(|k| first.cost[*k]).sum::<f64>();
        match design {
            // A run that would exceed the budget is kept for the next budget.
            Design::Random | Design::Cheapest => {
                let order = if design == Design::Random {
                    &shuffled
                } else {
                    &by_cost
                };
                for k in &order[bought.len()..] {
                    if spent(&bought) + first.cost[*k] > budget {
                        break;
                    }
                    bought.push(*k);
                }
            }
            _ => {
                begin(first, &by_cost, budget, &mut bought);
                for round in 0..ROUNDS {
                    let left = budget - spent(&bought);
                    let next = next(pools, &bought, design, left)?;
                    let part = left / (ROUNDS - round) as f64;
                    let mut paid = 0.0;
                    for k in next {
                        if paid >= part {
                            break;
                        }
                        paid += first.cost[k];
                        bought.push(k);
                    }
                }
            }
        }
        all.push(bought.clone());
    }
    Ok(all)
}

/// Adds the cheapest different runs until there are enough for a law.
fn begin(pool: &Pool, by_cost: &[usize], budget: f64, bought: &mut Vec<usize>) {
    let wanted = (BEGUN * pool.law.parameters().len() as f64).ceil() as usize;
    let mut spent: f64 = bought.iter().map(|k| pool.cost[*k]).sum();
    for k in by_cost {
        let known = bought.iter().any(|b| pool.x[*b] == pool.x[*k]);
        let enough = bought.len() >= wanted;
        let dear = !bought.is_empty() && spent + pool.cost[*k] > BEGUN_SHARE * budget;
        if enough || dear || spent + pool.cost[*k] > budget {
            break;
        }
        if !known {
            spent += pool.cost[*k];
            bought.push(*k);
        }
    }
}

/// The runs that a design buys next, for all outputs together.
fn next(pools: &[Pool], bought: &[usize], design: Design, left: f64) -> Result<Vec<usize>> {
    let first = &pools[0];
    let open: Vec<usize> = (0..first.y.len()).filter(|k| !bought.contains(k)).collect();
    let fits = pools.iter().map(|pool| fitted(pool, bought));
    let fits: Vec<_> = fits.collect::<Result<_>>()?;
    let mut outlooks = Vec::new();
    for (pool, fit) in pools.iter().zip(&fits) {
        if let Some((observations, basins)) = fit {
            outlooks.push(Outlook {
                fit: &pool.fit,
                observations,
                basins,
                targets: &pool.target,
                runs: open.iter().map(|k| pool.x[*k].clone()).collect(),
            });
        }
    }
    let costs: Vec<f64> = open.iter().map(|k| first.cost[*k]).collect();
    let chosen = next_runs(&outlooks, &costs, (design, left, 0))?;
    Ok(chosen.into_iter().map(|k| open[k]).collect())
}

/// A random order of these numbers.
fn shuffled(mut all: Vec<usize>, seed: u64) -> Vec<usize> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    for k in (1..all.len()).rev() {
        all.swap(k, (rng.next_u64() % (k as u64 + 1)) as usize);
    }
    all
}

/// The pools of a group, one for each output: a run has all outputs. The first order of the runs is
/// that of the table.
fn pools(table: &Table, entry: &Entry, group: &str, order: u64) -> Result<Vec<Pool>> {
    let made = entry.outputs.iter().map(|output| {
        let mut pool = pool(table, entry, output, group)?;
        if order > 0 {
            let places = shuffled((0..pool.y.len()).collect(), order);
            pool.x = places.iter().map(|k| pool.x[*k].clone()).collect();
            pool.y = places.iter().map(|k| pool.y[*k]).collect();
            pool.cost = places.iter().map(|k| pool.cost[*k]).collect();
        }
        Ok(pool)
    });
    made.collect()
}

fn pool(table: &Table, entry: &Entry, output: &Output, group: &str) -> Result<Pool> {
    let law = TypedLaw::parse(&output.text(&table.header))?;
    let mut fit = Fit::new(law.clone()).residuals(Residuals::Absolute);
    for (name, low, high) in &output.bounds {
        fit = fit.bounds(name, *low..=*high);
    }
    let (train, test) = (table.rows("train", group), table.rows("test", group));
    Ok(Pool {
        fit,
        x: arguments(&law, &train)?,
        y: train.column(&output.name)?,
        cost: costs(&entry.task, &train)?,
        target: arguments(&law, &test)?,
        observed: test.column(&output.name)?,
        law,
    })
}

/// What each run costs, as the benchmark counts it.
fn costs(task: &str, rows: &Rows<'_>) -> Result<Vec<f64>> {
    let product = |names: &[&str]| -> Result<Vec<f64>> {
        let columns: Vec<Vec<f64>> = names
            .iter()
            .map(|n| rows.column(n))
            .collect::<Result<_>>()?;
        let count = columns.first().map_or(0, Vec::len);
        Ok((0..count)
            .map(|i| columns.iter().map(|c| c[i]).product())
            .collect())
    };
    Ok(match task {
        "parallel" => product(&["N"])?,
        "vocab" => product(&["P", "D"])?,
        "domain" => vec![1.0; rows.column("r1")?.len()],
        "moe" => product(&["N", "E"])?,
        "sparsity" => {
            let both = product(&["N1", "D1"])?
                .into_iter()
                .zip(product(&["N2", "D2"])?);
            both.map(|(a, b)| a + b).collect()
        }
        _ => product(&["N", "D"])?,
    })
}

fn arguments(law: &TypedLaw, rows: &Rows<'_>) -> Result<Vec<Vec<f64>>> {
    let columns = law.inputs().iter().map(|input| {
        rows.column(match input {
            Input::Compute => "C",
            Input::Params => "N",
            Input::Tokens => "D",
            Input::UniqueTokens => "U",
            Input::Column(k) => &law.columns()[*k],
            _ => return Err(Error::new(ErrorKind::Data, "a column of an unknown kind")),
        })
    });
    let columns: Runs = columns.collect::<Result<_>>()?;
    let count = columns.first().map_or(0, Vec::len);
    let row = |i: usize| columns.iter().map(|column| column[i]).collect();
    Ok((0..count).map(row).collect())
}
