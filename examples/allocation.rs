//! Writes the tables of docs/allocation.md that take no time: the bias of Approach 2, and published
//! IsoFLOP sets against other software. With `--check`, fails where they are stale.
//!
//! The second needs `isoflops_multi.csv`, which is not part of the project, in the folder that
//! SCALEWISE_CORPUS names (its subfolder `data`); without it the table stays as it is.
#![allow(clippy::print_stdout)]

mod support;
#[path = "../tests/common/surfaces.rs"]
mod surfaces;

use scalewise::allocation::{Flops, Surface, approach2, approach2_bias, budgets};
use scalewise::data::{Needs, ReadOptions};
use scalewise::fit::{Objective, Residuals};
use scalewise::law::Chinchilla;
use scalewise::{Dataset, Fit, Result};
use std::path::{Path, PathBuf};
use support::{Table, publish};

const WIDTHS: [f64; 4] = [2.0, 4.0, 8.0, 16.0];
/// (α, β) of a symmetric surface, of Hoffmann et al. (2022), and of an asymmetric one.
const EXPONENTS: [(f64, f64); 3] = [(0.31, 0.31), (0.34, 0.28), (0.465, 0.155)];

/// Experiment, its name in the table, and the mean objective times 1e6 of vpnls 0.1.0 and of
/// ml-scalefit as their comparison prints them (Czech et al. 2026).
const SETS: [(&str, &str, f64, f64); 5] = [
    (
        "ml_scalefit__massivetext__chinchilla",
        "Chinchilla, MassiveText",
        13.1,
        13.4,
    ),
    ("llama_3__raw_loss", "Llama 3", 2.3, 2.4),
    ("marin_202603__comma__llama_2", "Marin, Comma", 22.9, 23.5),
    ("marin_202603__dclm__llama_2", "Marin, DCLM", 22.9, 23.4),
    (
        "marin_202603__nemotron__llama_2",
        "Marin, Nemotron",
        22.6,
        24.2,
    ),
];

fn main() -> Result<()> {
    let check = std::env::args().any(|argument| argument == "--check");
    let mut tables = vec![Table {
        name: "bias".to_owned(),
        text: bias()?,
    }];
    match corpus() {
        Some(file) => tables.push(Table {
            name: "isoflops".to_owned(),
            text: isoflops(&file)?,
        }),
        None => println!("isoflops_multi.csv is not there: its table stays as it is"),
    }
    publish("docs/allocation.md", "allocation", &tables, check, 0.001)
}

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("SCALEWISE_CORPUS").unwrap_or_else(|| "../shared".into());
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(folder)
        .join("data/isoflops_multi.csv");
    file.exists().then_some(file)
}

/// Error of D* at 1e24 FLOP in per cent: in closed form, and by the whole approach on five budgets.
fn bias() -> Result<String> {
    let mut text =
        "| α / β | how | ±2× | ±4× | ±8× | ±16× |\n|---|---|---|---|---|---|\n".to_owned();
    for (alpha, beta) in EXPONENTS {
        let surface = Surface::new(406.4, 410.7, 1.69, alpha, beta)?;
        let closed = WIDTHS.map(|width| approach2_bias(alpha, beta, width, 15).1);
        let mut whole = [0.0; 4];
        for (slot, width) in whole.iter_mut().zip(WIDTHS) {
            *slot = end_to_end(&surface, width)?;
        }
        for (how, errors) in [("closed form", closed), ("end to end", whole)] {
            let cells = errors.map(|e| format!("{:.3} %", 100.0 * e + 0.0));
            text += &format!("| {alpha} / {beta} | {how} | {} |\n", cells.join(" | "));
        }
    }
    Ok(text.replace("-0.000 %", "0.000 %"))
}

fn end_to_end(surface: &Surface, width: f64) -> Result<f64> {
    let mut runs = Vec::new();
    for compute in [1e17, 1e18, 1e19, 1e20, 1e21] {
        for k in 0..15 {
            let params = surface.optimal(compute).params * width.powf(f64::from(k) / 7.0 - 1.0);
            let tokens = compute / Flops::SixNd.cost(params, 1.0);
            runs.push((params, tokens, surface.loss(params, tokens)));
        }
    }
    let data = surfaces::dataset(&runs);
    let line = approach2(&budgets(data.fit_runs(), 0.05, None)?);
    let params = line.map_or(f64::NAN, |line| line.params(1e24));
    let tokens = 1e24 / Flops::SixNd.cost(params, 1.0);
    Ok(tokens / surface.optimal(1e24).tokens - 1.0)
}

/// Mean Huber loss of plain residuals times 1e6.
fn isoflops(file: &Path) -> Result<String> {
    let bytes = scalewise::data::read_bytes(file)?;
    let mut text =
        "| experiment | runs | Scalewise | vpnls | ml-scalefit |\n|---|---|---|---|---|\n"
            .to_owned();
    for (experiment, name, vpnls, scalefit) in SETS {
        let options = ReadOptions {
            needs: Needs::SURFACE,
            filters: vec![format!("experiment = '{experiment}'").parse()?],
            ..ReadOptions::default()
        };
        let data = Dataset::from_csv_bytes(&bytes, "isoflops_multi.csv", &options)?;
        let fit = Fit::new(Chinchilla)
            .loss(Objective::Huber { delta: 1e-3 })
            .residuals(Residuals::Absolute)
            .run(&data)?;
        let runs = data.fit_runs().count();
        let mean = 1e6 * fit.objective() / runs as f64;
        text += &format!("| {name} | {runs} | {mean:.2} | {vpnls} | {scalefit} |\n");
    }
    Ok(text)
}
