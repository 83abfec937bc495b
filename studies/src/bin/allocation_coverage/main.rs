//! Writes tables of docs/allocation.md from simulations and from published runs: how often the
//! intervals of allocations hold the truth, and how often the true convention for counting
//! parameters is preferred.
//!
//! `cargo run --release -p studies --bin allocation_coverage` takes a minute. A number after it
//! sets the simulations of each kind, and the tables are only printed; with `--published`, only the
//! table of published runs is made. With `--check`, fails if they are stale. The published runs,
//! which are not part of the project, are read from the folder SCALEWISE_CORPUS.

mod nanochat;
#[path = "../../truths/random.rs"]
mod random;

use random::Random;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use scalewise::Result;
use scalewise::allocation::AllocationMethod;
use scalewise::ask::{AllocateRequest, AskTable, LawChoice, RunTable};
use scalewise::progress::Silent;
use scalewise::tables::Source;
use serde_json::Value;
use std::f64::consts::TAU;
use studies::{Table, publish};

/// A surface E + A/N^α + B/D^β.
#[derive(Clone, Copy)]
struct Truth {
    a: f64,
    b: f64,
    e: f64,
    alpha: f64,
    beta: f64,
}

/// The surfaces of Hoffmann et al. (2022) and Besiroglu et al. (2024), and an asymmetric one.
const TRUTHS: [Truth; 3] = [
    Truth {
        a: 406.4,
        b: 410.7,
        e: 1.69,
        alpha: 0.34,
        beta: 0.28,
    },
    Truth {
        a: 482.01,
        b: 2085.43,
        e: 1.8172,
        alpha: 0.3478,
        beta: 0.3658,
    },
    Truth {
        a: 3000.0,
        b: 30.0,
        e: 1.7,
        alpha: 0.465,
        beta: 0.155,
    },
];
const NOISE: [f64; 2] = [0.003, 0.01];
const BEYOND: [f64; 2] = [10.0, 100.0];
const METHODS: [&str; 3] = ["delta", "profile", "bootstrap"];
const QUANTITIES: [&str; 3] = ["params", "tokens", "penalty"];
const SIMULATIONS: usize = 500;
const REFITS: usize = 400;
/// Simulations of repeated tokens.
const REPEATED: usize = 300;
/// Simulations of each way to count parameters.
const COUNTED: usize = 200;

impl Truth {
    fn loss(&self, n: f64, d: f64) -> f64 {
        self.e + self.a / n.powf(self.alpha) + self.b / d.powf(self.beta)
    }

    /// N* of 6ND = C.
    fn best(&self, c: f64) -> f64 {
        let ratio = self.alpha * self.a / (self.beta * self.b);
        (ratio * (c / 6.0).powf(self.beta)).powf(1.0 / (self.alpha + self.beta))
    }
}

/// The logarithm of a lognormal factor, by Box and Muller.
fn normal(random: &mut Random) -> f64 {
    let (u, v) = (1.0 - random.uniform(0.0, 1.0), random.uniform(0.0, 1.0));
    (-2.0 * u.ln()).sqrt() * (TAU * v).cos()
}

/// Five budgets of seven sizes within a factor 8 of a ratio D/N of 20, or a grid of six by six.
fn design(kind: usize) -> Vec<(f64, f64)> {
    if kind == 0 {
        let budgets = [1e18, 1e19, 1e20, 1e21, 1e22];
        let of = |c: f64| (0..7).map(move |k| ((c / 120.0).sqrt() * 2f64.powi(k - 3), c));
        let all = budgets.into_iter().flat_map(of);
        return all.map(|(n, c)| (n, c / (6.0 * n))).collect();
    }
    let at = |k: usize, low: f64| low * 10f64.powf(0.4 * k as f64);
    let row = |i: usize| (0..6).map(move |j| (at(i, 5e7), at(j, 1e9)));
    (0..6).flat_map(row).collect()
}

/// Whether intervals held the truth in one simulation, by target, method and quantity.
type Held = [[[bool; 3]; 3]; 2];

fn one(truth: &Truth, kind: usize, noise: f64, seed: usize) -> Option<Held> {
    let mut random = Random::seeded(seed as u64);
    let runs = design(kind);
    let columns: Vec<[f64; 3]> = runs
        .iter()
        .map(|(n, d)| {
            [
                *n,
                *d,
                truth.loss(*n, *d) * (noise * normal(&mut random)).exp(),
            ]
        })
        .collect();
    let column = |k: usize| -> Vec<f64> { columns.iter().map(|row| row[k]).collect() };
    let (n, d, loss) = (column(0), column(1), column(2));
    let all = [("params", &n[..]), ("tokens", &d[..]), ("loss", &loss[..])];
    let largest = runs.iter().map(|(n, d)| 6.0 * n * d).fold(0.0, f64::max);
    let budgets = BEYOND.map(|times| times * largest);
    let sizes = budgets.map(|c| 0.5 * truth.best(c));
    let request = AllocateRequest::default()
        .compute(budgets.map(scalewise::Size::Of))
        .sizes(sizes)
        .replicates(REFITS)
        .seed(seed as u64)
        .sensitivity(false);
    let answer = request.answer(&Source::columns(&all, "runs").ok()?).ok()?;
    let json = serde_json::to_value(&answer).ok()?;
    let mut held = Held::default();
    for (t, c) in budgets.into_iter().enumerate() {
        let at = &json["allocations"][t];
        let n = truth.best(c);
        let least = truth.loss(n, c / (6.0 * n));
        let penalty = truth.loss(sizes[t], c / (6.0 * sizes[t])) / least - 1.0;
        let own = at["sizes"].as_array()?.iter().find(|size| {
            let params = size["params"].as_f64();
            params.is_some_and(|params| (params / sizes[t] - 1.0).abs() < 1e-9)
        })?;
        for (m, method) in METHODS.iter().enumerate() {
            let ends = |all: &Value, quantity: Option<&str>, value: f64| {
                let all = all.as_array().map_or(&[][..], Vec::as_slice);
                let own = all.iter().find(|i| {
                    i["method"] == **method && quantity.is_none_or(|q| i["quantity"] == q)
                });
                own.is_some_and(|i| {
                    // An absent end is no limit.
                    let below = i["lower"].as_f64().is_none_or(|lower| lower <= value);
                    below && i["upper"].as_f64().is_none_or(|upper| value <= upper)
                })
            };
            held[t][m] = [
                ends(&at["intervals"], Some("params"), n),
                ends(&at["intervals"], Some("tokens"), c / (6.0 * n)),
                ends(&own["intervals"], None, penalty),
            ];
        }
    }
    Some(held)
}

/// Coverage in per cent of 90 % intervals, by design, noise and target.
fn coverage(simulations: usize) -> String {
    let mut text = "| runs | noise | target | method | N* | D* | penalty of N*/2 |\n\
                    |---|---|---|---|---|---|---|\n"
        .to_owned();
    for (kind, name) in ["5 budgets of 7 sizes", "grid of 6 by 6"]
        .iter()
        .enumerate()
    {
        for noise in NOISE {
            let all: Vec<Held> = (0..simulations * TRUTHS.len())
                .into_par_iter()
                .filter_map(|k| one(&TRUTHS[k % TRUTHS.len()], kind, noise, k))
                .collect();
            for (t, times) in BEYOND.iter().enumerate() {
                for (m, method) in METHODS.iter().enumerate() {
                    text += &format!("| {name} | {} % | {times}x | {method} |", 100.0 * noise);
                    for q in 0..QUANTITIES.len() {
                        let held = all.iter().filter(|held| held[t][m][q]).count();
                        text += &format!(" {:.1} |", 100.0 * held as f64 / all.len() as f64);
                    }
                    text += "\n";
                }
            }
        }
    }
    text
}

/// Conventions for counting the parameters of a model: columns, as functions of depth, width and
/// vocabulary.
const COUNTS: [&str; 3] = [
    "transformer",
    "transformer+head",
    "transformer+head+embedding+value_embedding",
];
const WORDS: f64 = 32768.0;

/// Depth and width of the models.
const SHAPES: [(f64, f64); 8] = [
    (4.0, 256.0),
    (8.0, 256.0),
    (6.0, 512.0),
    (12.0, 512.0),
    (10.0, 768.0),
    (20.0, 768.0),
    (16.0, 1280.0),
    (32.0, 1280.0),
];

/// A table of models of several shapes at five budgets, with a loss that depends on one of the
/// counts.
fn models(truth: &Truth, counted: usize, noise: f64, seed: usize) -> (String, f64) {
    let mut random = Random::seeded(seed as u64);
    let mut csv = "transformer,head,embedding,value_embedding,tokens,loss\n".to_owned();
    let mut largest = 0.0_f64;
    for budget in [1e18, 3e18, 1e19, 3e19, 1e20] {
        for (depth, width) in SHAPES {
            let transformer = 12.0 * depth * width * width;
            let head = WORDS * width;
            let value = 0.5 * depth * WORDS * width;
            let n = [
                transformer,
                transformer + head,
                transformer + head + head + value,
            ][counted];
            let d = budget / (6.0 * n);
            largest = largest.max(budget);
            let loss = truth.loss(n, d) * (noise * normal(&mut random)).exp();
            csv += &format!("{transformer},{head},{head},{value},{d},{loss}\n");
        }
    }
    (csv, largest)
}

/// Whether the true convention is preferred, whether clearly, and which of its intervals hold.
type Preferred = (bool, bool, [bool; 3]);

fn preferred(truth: &Truth, counted: usize, noise: f64, seed: usize) -> Option<Preferred> {
    let (csv, largest) = models(truth, counted, noise, seed);
    let request = AllocateRequest::default()
        .table(RunTable::default().params(COUNTS.join("|")))
        .compute([scalewise::Size::Of(10.0 * largest)])
        .replicates(REFITS)
        .seed(seed as u64)
        .sensitivity(false);
    let table = Source::bytes(csv.as_bytes(), "models.csv");
    let answer = request.conventions(&table, &Silent).ok()??;
    let json = serde_json::to_value(&answer).ok()?;
    let own = &json["conventions"][counted]["allocation"]["exponents"];
    let a = truth.beta / (truth.alpha + truth.beta);
    let held = METHODS.map(|method| {
        let all = own.as_array().map_or(&[][..], Vec::as_slice);
        let own = all
            .iter()
            .find(|i| i["method"] == method && i["quantity"] == "params-exponent");
        own.is_some_and(|i| {
            let below = i["lower"].as_f64().is_none_or(|lower| lower <= a);
            below && i["upper"].as_f64().is_none_or(|upper| a <= upper)
        })
    });
    let is_own = json["preferred"] == counted;
    Some((is_own, json["margin"]["clear"] == true, held))
}

/// The share of normal numbers below a positive one (Abramowitz & Stegun 1964, 26.2.17).
fn below(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * x);
    let terms = [
        0.319_381_530,
        -0.356_563_782,
        1.781_477_937,
        -1.821_255_978,
        1.330_274_429,
    ];
    let sum = terms.iter().rev().fold(0.0, |sum, term| (sum + term) * t);
    1.0 - (-0.5 * x * x).exp() / TAU.sqrt() * sum
}

/// How often the true one of two known laws has the higher likelihood, which no rule can exceed
/// (Neyman & Pearson 1933). The rival is the law of another convention that is nearest to the
/// noise-free losses.
fn bound(truth: &Truth, counted: usize, noise: f64) -> Option<f64> {
    let (csv, largest) = models(truth, counted, 0.0, 0);
    let request = AllocateRequest::default()
        .table(RunTable::default().params(COUNTS.join("|")))
        .compute([scalewise::Size::Of(10.0 * largest)])
        .methods([AllocationMethod::Delta])
        .sensitivity(false);
    let table = Source::bytes(csv.as_bytes(), "models.csv");
    let answer = request.conventions(&table, &Silent).ok()??;
    let json = serde_json::to_value(&answer).ok()?;
    let runs = json["runs"].as_f64()?;
    let all = json["conventions"].as_array()?.iter().enumerate();
    let rivals = all.filter(|(k, _)| *k != counted);
    let apart = rivals.filter_map(|(_, one)| one["noise"].as_f64());
    let apart = apart.reduce(f64::min)? * runs.sqrt() / noise;
    Some(below(0.5 * apart))
}

fn conventions(simulations: usize) -> String {
    let mut text = "| true count | noise | most likely | at most | clearly so | undecided | another clearly | a held by delta | profile | bootstrap |\n\
                    |---|---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for (counted, name) in COUNTS.iter().enumerate() {
        for noise in NOISE {
            let all: Vec<_> = (0..simulations)
                .into_par_iter()
                .filter_map(|k| preferred(&TRUTHS[1], counted, noise, k))
                .collect();
            let share = |what: &dyn Fn(&Preferred) -> bool| {
                let count = all.iter().filter(|one| what(one)).count();
                100.0 * count as f64 / all.len() as f64
            };
            text += &format!(
                "| `{name}` | {} % | {:.1} % | {:.1} % | {:.1} % | {:.1} % | {:.1} % | {:.1} % | {:.1} % | {:.1} % |\n",
                100.0 * noise,
                share(&|one| one.0),
                100.0 * bound(&TRUTHS[1], counted, noise).unwrap_or(f64::NAN),
                share(&|one| one.0 && one.1),
                share(&|one| !one.1),
                share(&|one| !one.0 && one.1),
                share(&|one| one.2[0]),
                share(&|one| one.2[1]),
                share(&|one| one.2[2]),
            );
        }
    }
    text
}

/// E + A/N′^α + B/D′^β of Muennighoff et al. (2023) with U unique tokens among D.
fn repeated(truth: &Truth, n: f64, d: f64, unique: f64) -> f64 {
    let effective = |total: f64, unique: f64, decay: f64| match total <= unique {
        true => total,
        false => unique * (1.0 - decay * (-(total / unique - 1.0) / decay).exp_m1()),
    };
    let unique = unique.min(d);
    let ratio = truth.alpha * truth.a / (truth.beta * truth.b);
    let fed = (ratio * unique.powf(truth.beta)).powf(1.0 / truth.alpha);
    truth.loss(
        effective(n, fed.min(n), DECAY.1),
        effective(d, unique, DECAY.0),
    )
}

/// The best N at a budget of 6ND under a cap, by a golden section.
fn best_repeated(truth: &Truth, compute: f64, cap: f64) -> f64 {
    let loss = |ln_n: f64| {
        let n = ln_n.exp();
        repeated(truth, n, compute / (6.0 * n), cap)
    };
    let ratio = 0.5 * (5f64.sqrt() - 1.0);
    let (mut low, mut high) = (14.0, 32.0);
    while high - low > 1e-9 {
        let (p, q) = (high - ratio * (high - low), low + ratio * (high - low));
        match loss(p) <= loss(q) {
            true => high = q,
            false => low = p,
        }
    }
    f64::exp(0.5 * (low + high))
}

/// R_D and R_N.
const DECAY: (f64, f64) = (15.0, 6.0);
const CAP: f64 = 2e10;
const CAPPED: [f64; 2] = [1e22, 1e23];

/// Whether the delta intervals under a cap hold N*, D* and L*, by budget.
fn capped(noise: f64, seed: usize) -> Option<[[bool; 3]; 2]> {
    let truth = &TRUTHS[1];
    let mut random = Random::seeded(seed as u64);
    let mut csv = "params,tokens,unique_tokens,loss\n".to_owned();
    for n in [5e7, 2e8, 8e8, 3.2e9] {
        for unique in [5e8, 5e9, 4e10] {
            for epochs in [1.0, 4.0, 16.0] {
                let d = unique * epochs;
                let loss = repeated(truth, n, d, unique) * (noise * normal(&mut random)).exp();
                csv += &format!("{n},{d},{unique},{loss}\n");
            }
        }
    }
    let request = AllocateRequest::default()
        .fit(LawChoice::default().law("data-constrained"))
        .compute(CAPPED.map(scalewise::Size::Of))
        .unique([CAP]);
    let table = Source::bytes(csv.as_bytes(), "repeated.csv");
    let data = request.read(&table).ok()?;
    let answer = request.capped(&data, &Silent).ok()?;
    let json = serde_json::to_value(&answer).ok()?;
    let mut held = [[false; 3]; 2];
    for (t, compute) in CAPPED.into_iter().enumerate() {
        let n = best_repeated(truth, compute, CAP);
        let d = compute / (6.0 * n);
        let truths = [n, d, repeated(truth, n, d, CAP)];
        let all = json["laws"][0]["allocations"].as_array()?.iter();
        let at = all.filter(|at| at["cap"] == CAP).nth(t)?;
        for (k, quantity) in ["params", "tokens", "loss"].into_iter().enumerate() {
            let own = at["intervals"].as_array()?.iter();
            let own = own.clone().find(|i| i["quantity"] == quantity)?;
            let (low, high) = (own["lower"].as_f64(), own["upper"].as_f64());
            held[t][k] =
                low.is_none_or(|low| low <= truths[k]) && high.is_none_or(|high| truths[k] <= high);
        }
    }
    Some(held)
}

fn caps(simulations: usize) -> String {
    let mut text =
        "| noise | budget | N* | D* | L* | tables with intervals |\n|---|---|---|---|---|---|\n"
            .to_owned();
    for noise in NOISE {
        let all: Vec<[[bool; 3]; 2]> = (0..simulations)
            .into_par_iter()
            .filter_map(|k| capped(noise, k))
            .collect();
        for (t, compute) in CAPPED.into_iter().enumerate() {
            text += &format!("| {} % | {compute:e} |", 100.0 * noise);
            for k in 0..3 {
                let held = all.iter().filter(|held| held[t][k]).count();
                text += &format!(" {:.1} % |", 100.0 * held as f64 / all.len() as f64);
            }
            text += &format!(" {} of {simulations} |\n", all.len());
        }
    }
    text
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = arguments.iter().any(|argument| argument == "--check");
    if let Some(few) = arguments.iter().find_map(|argument| argument.parse().ok()) {
        print!("{}\n{}\n{}", coverage(few), conventions(few), caps(few));
        return Ok(());
    }
    let table = |name: &str, text: String| Table {
        name: name.to_owned(),
        text,
    };
    let mut tables: Vec<Table> = nanochat::nanochat()?
        .into_iter()
        .map(|text| table("nanochat", text))
        .collect();
    if !arguments.iter().any(|argument| argument == "--published") {
        tables.push(table("coverage", coverage(SIMULATIONS)));
        tables.push(table("conventions", conventions(COUNTED)));
        tables.push(table("caps", caps(REPEATED)));
    }
    publish(
        "docs/allocation.md",
        "allocation_coverage",
        &tables,
        check,
        0.02,
    )
}
