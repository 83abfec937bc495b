//! Whether the numbers of seeds or rungs that `--power` gives show a multiplier as often as
//! promised.

use super::{BASE, Curve, Design, PROMISED, answers, place, request};
use scalewise::{Method, Result};
use serde_json::Value;
use std::fmt::Write as _;

/// Simulations per promise.
const COUNT: u64 = 400;
/// More runs of either recipe than this are not simulated.
const MOST: usize = 400;
/// Designs for which the required number of runs is computed: rungs, seeds, paired.
const FROM: [Design; 3] = [(8, 3, true), (6, 1, true), (4, 5, false)];
const WANTED: [f64; 3] = [1.02, 1.05, 1.1];

/// The median of the requested number over the simulations.
fn middle(answers: &[Value], k: usize, what: &str) -> Option<usize> {
    let one = |answer: &Value| place(answer)["power"]["needed"][k][what].as_u64();
    let mut all: Vec<u64> = answers.iter().filter_map(one).collect();
    all.sort_unstable();
    usize::try_from(*all.get(all.len() / 2)?).ok()
}

/// How often a recipe that is better by ln m is shown to be better, in per cent.
fn shown(log_m: f64, design: Design) -> Result<f64> {
    let other: Curve = [BASE[0] * (BASE[1] * log_m).exp(), BASE[1], BASE[2]];
    let found = answers(&request(&[Method::Delta]), other, design, COUNT)?;
    let better = found.iter().filter(|one| place(one)["verdict"] == "better");
    Ok(100.0 * better.count() as f64 / found.len().max(1) as f64)
}

pub fn table() -> Result<String> {
    let mut text = "| from rungs, seeds, paired | m | seeds times | shown, % | or rungs of one seed | shown, % |\n\
                    |---|---|---|---|---|---|\n"
        .to_owned();
    for (rungs, seeds, paired) in FROM {
        let asked = request(&[Method::Delta]).power(true);
        let promised = answers(&asked, BASE, (rungs, seeds, paired), PROMISED)?;
        for (k, m) in WANTED.into_iter().enumerate() {
            let log_m = m.ln();
            let cell = |found: Option<(usize, Design)>| -> Result<String> {
                Ok(match found {
                    Some((count, design)) if design.0 * design.1 <= MOST => {
                        format!("{count} | {:.1}", shown(log_m, design)?)
                    }
                    Some((count, _)) => format!("{count} | -"),
                    None => "- | -".to_owned(),
                })
            };
            let times = middle(&promised, k, "repeats");
            let more = middle(&promised, k, "rungs");
            let _ = writeln!(
                text,
                "| {rungs}, {seeds}, {} | {m} | {} | {} |",
                if paired { "yes" } else { "no" },
                cell(times.map(|times| (times, (rungs, seeds * times, paired))))?,
                cell(more.map(|more| (more, (more, 1, paired))))?,
            );
        }
    }
    Ok(text)
}
