//! Writes the fast tables of docs/allocation.md: the bias of Approach 2, the budgets of published
//! tables, published IsoFLOP sets against other software, and the optima of the published runs.
//! With `--check`, fails if they are stale.
//!
//! All but the first need `isoflops_multi.csv` and `chinchilla_epoch.csv`, which are not part of
//! the project, in the subfolder `data` of the folder SCALEWISE_CORPUS. Without them these tables
//! stay unchanged.

#[path = "../truths/surfaces.rs"]
mod surfaces;

use scalewise::ReadOptions;
use scalewise::allocation::{Flops, Surface};
use scalewise::fit::{Objective, Residuals};
use scalewise::internal::{Counting, approach2, approach2_bias, budgets, counted_by};
use scalewise::law::{Chinchilla, Law};
use scalewise::tables::Needs;
use scalewise::{Dataset, Fit, Result};
use std::path::{Path, PathBuf};
use studies::{Table, publish};

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
    type Maker = fn(&Path) -> Result<String>;
    let of_files: [(&str, &str, Maker); 3] = [
        ("tolerances", "isoflops_multi.csv", tolerances),
        ("isoflops", "isoflops_multi.csv", isoflops),
        ("optima", "chinchilla_epoch.csv", optima),
    ];
    for (name, file, make) in of_files {
        match corpus(file) {
            Some(path) => tables.push(Table {
                name: name.to_owned(),
                text: make(&path)?,
            }),
            None => println!("{file} is not there: its table stays as it is"),
        }
    }
    publish("docs/allocation.md", "allocation", &tables, check, 0.001)
}

fn corpus(file: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("SCALEWISE_CORPUS").unwrap_or_else(|| "../shared".into());
    let file = studies::root().join(folder).join("data").join(file);
    file.exists().then_some(file)
}

/// Error of D* at 1e24 FLOP in per cent: in closed form, by the whole approach on five budgets, and
/// by the surface that is fitted to the same runs.
fn bias() -> Result<String> {
    let mut text =
        "| α / β | how | ±2× | ±4× | ±8× | ±16× |\n|---|---|---|---|---|---|\n".to_owned();
    for (alpha, beta) in EXPONENTS {
        let surface = Surface::new(406.4, 410.7, 1.69, alpha, beta)?;
        let mut rows = Vec::new();
        for (off, place) in [(0.0, ""), (0.5, ", off centre")] {
            let closed = WIDTHS.map(|width| approach2_bias((alpha, beta), width, 15, off).1);
            let (mut whole, mut third) = ([0.0; 4], [0.0; 4]);
            for (slot, width) in WIDTHS.into_iter().enumerate() {
                let data = surfaces::dataset(&exact_runs(&surface, width, off));
                (whole[slot], third[slot]) = end_to_end(&surface, &data)?;
            }
            rows.push((format!("closed form{place}"), closed));
            rows.push((format!("end to end{place}"), whole));
            rows.push((format!("Approach 3{place}"), third));
        }
        for (how, errors) in rows {
            let cells = errors.map(|e| format!("{:.3} %", 100.0 * e + 0.0));
            text += &format!("| {alpha} / {beta} | {how} | {} |\n", cells.join(" | "));
        }
    }
    Ok(text.replace("-0.000 %", "0.000 %"))
}

fn exact_runs(surface: &Surface, width: f64, off: f64) -> Vec<(f64, f64, f64)> {
    let mut runs = Vec::new();
    for compute in [1e17, 1e18, 1e19, 1e20, 1e21] {
        for k in 0..15 {
            let place = f64::from(k) / 7.0 - 1.0 + off;
            let params = surface.optimal(compute).params * width.powf(place);
            let tokens = compute / Flops::SixNd.cost(params, 1.0);
            runs.push((params, tokens, surface.loss(params, tokens)));
        }
    }
    runs
}

/// Errors of D* at 1e24 FLOP by parabolas and by the fitted surface.
fn end_to_end(surface: &Surface, data: &Dataset) -> Result<(f64, f64)> {
    let counted = counted_by(data.fit_runs(), Counting::SixNd)?;
    let line = approach2(&budgets(&counted, 0.05, None));
    let params = line.map_or(f64::NAN, |line| line.params(1e24));
    let tokens = 1e24 / Flops::SixNd.cost(params, 1.0);
    let fitted = Surface::of(&Fit::new(Chinchilla).run(data)?)?;
    let truth = surface.optimal(1e24).tokens;
    Ok((
        tokens / truth - 1.0,
        fitted.optimal(1e24).tokens / truth - 1.0,
    ))
}

/// Tolerances of the study of published budgets.
const TOLERANCES: [f64; 5] = [0.001, 0.01, 0.05, 0.1, 0.2];

/// Budgets with at least four sizes, and all budgets, for each grouping and tolerance.
fn tolerances(file: &Path) -> Result<String> {
    let mut text =
        "| table | by | 0.1 % | 1 % | 5 % | 10 % | 20 % |\n|---|---|---|---|---|---|---|\n"
            .to_owned();
    let folder = file.parent().and_then(Path::parent).unwrap_or(file);
    let mut tables: Vec<(String, Dataset)> = Vec::new();
    for (experiment, name, ..) in SETS {
        let data = read(file, &format!("experiment = '{experiment}'"))?;
        tables.push((name.to_owned(), data));
    }
    for name in [
        "marin_budget.csv",
        "marin_nemotron.csv",
        "nanochat_results.csv",
    ] {
        let path = folder.join("formats").join(name);
        if path.exists() {
            tables.push((format!("`{name}`"), read(&path, "")?));
        }
    }
    for (name, data) in tables {
        for (by, words) in [
            (Counting::Budget, "budget"),
            (Counting::Compute, "compute"),
            (Counting::SixNd, "6ND"),
        ] {
            let Ok(runs) = counted_by(data.fit_runs(), by) else {
                continue;
            };
            let six = counted_by(data.fit_runs(), Counting::SixNd)?;
            if by == Counting::Compute && runs == six {
                continue;
            }
            let cells = TOLERANCES.map(|tolerance| {
                let found = budgets(&runs, tolerance, None);
                let usable = found.iter().filter(|b| b.coefficients.is_some()).count();
                format!("{usable} of {}", found.len())
            });
            text += &format!("| {name} | {words} | {} |\n", cells.join(" | "));
        }
    }
    Ok(text)
}

fn read(file: &Path, condition: &str) -> Result<Dataset> {
    let options = ReadOptions {
        needs: Needs::SURFACE,
        filters: match condition {
            "" => Vec::new(),
            _ => vec![condition.parse()?],
        },
        budgets: true,
        ..ReadOptions::default()
    };
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Dataset::from_csv_bytes(&scalewise::internal::read_bytes(file)?, &name, &options)
}

/// Mean Huber loss of plain residuals times 1e6.
fn isoflops(file: &Path) -> Result<String> {
    let mut text =
        "| experiment | runs | Scalewise | vpnls | ml-scalefit |\n|---|---|---|---|---|\n"
            .to_owned();
    for (experiment, name, vpnls, scalefit) in SETS {
        let data = read(file, &format!("experiment = '{experiment}'"))?;
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

/// Published coefficients (A, B, E, α, β) for the same runs and objective.
const PUBLISHED: [(&str, [f64; 5]); 3] = [
    (
        "refit of Besiroglu et al. 2024, as printed",
        [482.01, 2085.43, 1.8172, 0.3478, 0.3658],
    ),
    (
        "Hoffmann et al. 2022, from the source of the paper",
        [406.40102, 410.72283, 1.6933737, 0.33917084, 0.2849083],
    ),
    (
        "Hoffmann et al. 2022, as printed",
        [406.4, 410.7, 1.69, 0.34, 0.28],
    ),
];

/// The optimum of log residuals for some rows and thresholds, and the objective at published
/// coefficients.
fn optima(file: &Path) -> Result<String> {
    const BUDGET: f64 = 5.76e23;
    let mut text = "| runs | δ | | objective | A | B | E | α | β | D*/N* at 5.76e23 |\n|---|---|---|---|---|---|---|---|---|---|\n".to_owned();
    let mut row = |runs: usize, delta: f64, name: &str, objective: f64, p: &[f64]| -> Result<()> {
        let best = Surface::new(p[0], p[1], p[2], p[3], p[4])?.optimal(BUDGET);
        let delta = if delta.is_finite() {
            format!("{delta:e}")
        } else {
            "∞".to_owned()
        };
        text += &format!(
            "| {runs} | {delta} | {name} | {objective:.5e} | {:.2} | {:.1} | {:.4} | {:.4} | {:.4} | {:.1} |\n",
            p[0],
            p[1],
            p[2],
            p[3],
            p[4],
            best.tokens / best.params
        );
        Ok(())
    };
    for (condition, deltas) in [
        (
            "excluded_by_epoch = 0",
            &[1e-4, 1e-3, 1e-2, f64::INFINITY][..],
        ),
        ("loss > 0", &[1e-3, f64::INFINITY][..]),
    ] {
        let data = read(file, condition)?;
        let runs = data.fit_runs().count();
        for &delta in deltas {
            let fit = Fit::new(Chinchilla)
                .loss(Objective::Huber { delta })
                .run(&data)?;
            row(runs, delta, "optimum", fit.objective(), &fit.values())?;
            if (runs, delta) == (240, 1e-3) {
                for (name, p) in PUBLISHED {
                    row(runs, delta, name, huber(&data, &p, delta), &p)?;
                }
            }
        }
    }
    Ok(text)
}

fn huber(data: &Dataset, p: &[f64; 5], delta: f64) -> f64 {
    data.fit_runs()
        .filter_map(|run| {
            let fitted = Chinchilla.predict(&[run.params()?, run.tokens()?], p);
            let r = (fitted / run.loss()).ln().abs();
            let inside = r.min(delta);
            Some(inside * (r - 0.5 * inside))
        })
        .sum()
}
