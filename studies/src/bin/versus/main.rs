//! Two recipes with known laws: how often the intervals of their compute multiplier hold, how often
//! the test of equal exponents is wrong, and whether the promised power is kept. Writes the tables
//! of `docs/versus.md`, or those that are named; `--check` compares the rows of one design.

mod counts;
mod surfaces;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use scalewise::ask::{Recipe, VersusAnswer, VersusRequest, of_each};
use scalewise::internal::standard_normal;
use scalewise::{Dataset, Error, ErrorKind, Method, Result};
use serde_json::Value;
use std::fmt::Write as _;
use studies::Table;

/// Simulated comparisons per cell, and those with a bootstrap.
const COUNT: u64 = 1000;
const REFITTED: u64 = 400;
/// Simulations whose promises are averaged.
const PROMISED: u64 = 100;
/// One or two comparisons may fall on the other side on another machine.
const STALE: f64 = 1.1;
/// Relative standard deviation of a run, and the share of its variance that paired runs have in
/// common.
const NOISE: f64 = 0.003;
const COMMON: f64 = 0.8;
const RANGE: (f64, f64) = (1e18, 1e22);

/// (s, b, c) of c + s·(C/1e22)^b.
type Curve = [f64; 3];
const BASE: Curve = [0.6, -0.15, 1.6];
/// The other recipe, by name.
const TRUTHS: [(&str, Curve); 4] = [
    ("both shared", [0.58, -0.15, 1.6]),
    ("floor shared", [0.58, -0.165, 1.6]),
    ("exponent shared", [0.58, -0.15, 1.63]),
    ("neither", [0.57, -0.17, 1.62]),
];
/// Rungs, seeds of each, and whether runs are paired.
type Design = (usize, usize, bool);
const DESIGNS: [Design; 10] = [
    (4, 2, false),
    (4, 5, false),
    (4, 3, true),
    (6, 1, true),
    (8, 1, false),
    (8, 1, true),
    (8, 3, true),
    (12, 1, false),
    (12, 5, false),
    (12, 1, true),
];

fn loss([s, b, c]: Curve, compute: f64) -> f64 {
    c + s * (compute / RANGE.1).powf(b)
}

/// Both recipes of one simulation.
fn recipes(other: Curve, (rungs, seeds, paired): Design, seed: u64) -> Result<Vec<Recipe>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut compute, mut labels) = (Vec::new(), Vec::new());
    let mut losses = [Vec::new(), Vec::new()];
    for rung in 0..rungs {
        let share = rung as f64 / (rungs - 1) as f64;
        let c = RANGE.0 * (RANGE.1 / RANGE.0).powf(share);
        for label in 0..seeds {
            let common = standard_normal(&mut rng) * if paired { COMMON.sqrt() } else { 0.0 };
            for (curve, losses) in [BASE, other].iter().zip(&mut losses) {
                let own = standard_normal(&mut rng);
                let own = own * if paired { (1.0 - COMMON).sqrt() } else { 1.0 };
                losses.push(loss(*curve, c) * (1.0 + NOISE * (common + own)));
            }
            compute.push(c);
            labels.push(if paired {
                label.to_string()
            } else {
                String::new()
            });
        }
    }
    let [a, b] = losses;
    let recipe = |name: &str, losses: Vec<f64>| {
        let data = Dataset::of_compute(&compute, &losses)?.pair(&labels)?;
        Ok(Recipe::new(name, data))
    };
    Ok(vec![recipe("A", a)?, recipe("B", b)?])
}

/// All simulations of a cell, answered.
fn answers(
    request: &VersusRequest,
    other: Curve,
    design: Design,
    count: u64,
) -> Result<Vec<Value>> {
    let data: Vec<Vec<Recipe>> = (0..count)
        .map(|seed| recipes(other, design, seed))
        .collect::<Result<_>>()?;
    of_all(request, &data)
}

/// Comparisons, answered.
fn of_all(request: &VersusRequest, data: &[Vec<Recipe>]) -> Result<Vec<Value>> {
    let json = |answer: Result<VersusAnswer>| -> Result<Value> {
        Ok(serde_json::to_value(answer?).unwrap_or_default())
    };
    of_each(request, data).into_iter().map(json).collect()
}

fn request(methods: &[Method]) -> VersusRequest {
    VersusRequest::default()
        .levels([0.9])
        .methods(methods.to_vec())
        .replicates(200)
        .force(true)
}

/// ln m of the truth at the largest run.
fn truth(other: Curve) -> f64 {
    let above = loss(other, RANGE.1) - BASE[2];
    (above / BASE[0]).ln() / BASE[1]
}

fn place(answer: &Value) -> &Value {
    &answer["compared"][0]["places"][0]
}

/// How many of the intervals of a method hold the truth, of all that are given.
fn coverage(answers: &[Value], of: fn(&Value) -> &Value, method: Method, log_m: f64) -> f64 {
    let (mut held, mut given) = (0, 0);
    for answer in answers {
        let intervals = of(answer)["intervals"].as_array();
        let own = intervals.into_iter().flatten();
        let Some(interval) = own.clone().find(|i| i["method"] == method.name()) else {
            continue;
        };
        given += 1;
        let above = interval["lower"]
            .as_f64()
            .is_none_or(|lower| lower.ln() <= log_m);
        let below = interval["upper"]
            .as_f64()
            .is_none_or(|upper| log_m <= upper.ln());
        held += usize::from(above && below);
    }
    100.0 * f64::from(u32::try_from(held).unwrap_or(0)) / f64::from(given.max(1))
}

/// How often a hypothesis is rejected at 5 %.
fn rejected(answers: &[Value], name: &str) -> f64 {
    let p = answers.iter().filter_map(|answer| {
        let all = answer["compared"][0]["hypotheses"].as_array()?;
        all.iter().find(|h| h["name"] == name)?["p"].as_f64()
    });
    let all: Vec<f64> = p.collect();
    100.0 * all.iter().filter(|p| **p < 0.05).count() as f64 / all.len().max(1) as f64
}

fn coverage_table(designs: &[Design]) -> Result<String> {
    let mut text = "| truth | rungs | seeds | paired | profile | delta | bootstrap | equal exponents rejected | equal floors rejected |\n\
                    |---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for (k, (name, other)) in TRUTHS.into_iter().enumerate() {
        for &design in designs {
            let parametric = answers(
                &request(&[Method::Profile, Method::Delta]),
                other,
                design,
                COUNT,
            )?;
            let of = |method| format!("{:.1}", coverage(&parametric, place, method, truth(other)));
            // Refits take time, and one truth is enough to show their coverage.
            let refits = match k {
                0 => {
                    let refitted =
                        answers(&request(&[Method::Bootstrap]), other, design, REFITTED)?;
                    format!(
                        "{:.1}",
                        coverage(&refitted, place, Method::Bootstrap, truth(other))
                    )
                }
                _ => "-".to_owned(),
            };
            let test = |hypothesis: &str| format!("{:.1}", rejected(&parametric, hypothesis));
            let (rungs, seeds, paired) = design;
            let _ = writeln!(
                text,
                "| {name} | {rungs} | {seeds} | {} | {} | {} | {refits} | {} | {} |",
                if paired { "yes" } else { "no" },
                of(Method::Profile),
                of(Method::Delta),
                test("equal exponents"),
                test("equal floors"),
            );
        }
    }
    Ok(text)
}

fn power_table(designs: &[Design]) -> Result<String> {
    let mut text = "| rungs | seeds | paired | smallest m that is promised | shown, % |\n|---|---|---|---|---|\n".to_owned();
    for &design in designs {
        let asked = request(&[Method::Profile]).power(true);
        let promised: Vec<f64> = answers(&asked, BASE, design, PROMISED)?
            .iter()
            .filter_map(|answer| place(answer)["power"]["smallest"].as_f64())
            .map(f64::ln)
            .collect();
        let promised = promised.iter().sum::<f64>() / promised.len().max(1) as f64;
        // A recipe that is better by exactly that at every compute.
        let other = [BASE[0] * (BASE[1] * promised).exp(), BASE[1], BASE[2]];
        let found = answers(&request(&[Method::Profile]), other, design, COUNT)?;
        let better = found
            .iter()
            .filter(|answer| place(answer)["verdict"] == "better");
        let shown = 100.0 * better.count() as f64 / found.len().max(1) as f64;
        let (rungs, seeds, paired) = design;
        let _ = writeln!(
            text,
            "| {rungs} | {seeds} | {} | {:.3} | {shown:.1} |",
            if paired { "yes" } else { "no" },
            promised.exp(),
        );
    }
    Ok(text)
}

/// Whether the page has every row of a table, up to rounding of its numbers.
fn holds(page: &str, table: &str) -> bool {
    let mut rows = table.lines().skip(2);
    rows.all(|row| page.lines().any(|line| studies::agree(line, row, STALE)))
}

fn main() -> Result<()> {
    const PAGE: &str = "docs/versus.md";
    if std::env::args().any(|argument| argument == "--check") {
        let page = std::fs::read_to_string(studies::root().join(PAGE)).unwrap_or_default();
        let one = &DESIGNS[..1];
        if holds(&page, &coverage_table(one)?)
            && holds(&page, &power_table(one)?)
            && holds(&page, &surfaces::table(1)?)
        {
            return Ok(());
        }
        let error = Error::new(ErrorKind::Data, "its tables are stale");
        return Err(error
            .at(PAGE, None, None)
            .with_hint("run: cargo run --release -p studies --bin versus"));
    }
    let asked: Vec<String> = std::env::args().skip(1).collect();
    type Make = fn() -> Result<String>;
    let all: [(&str, Make); 4] = [
        ("coverage", || coverage_table(&DESIGNS)),
        ("power", || power_table(&DESIGNS)),
        ("counts", counts::table),
        ("surfaces", || surfaces::table(surfaces::CELLS)),
    ];
    for (name, make) in all {
        if asked.is_empty() || asked.iter().any(|one| one == name) {
            let text = make()?;
            let name = name.to_owned();
            studies::publish(PAGE, "versus", &[Table { name, text }], false, STALE)?;
        }
    }
    Ok(())
}
