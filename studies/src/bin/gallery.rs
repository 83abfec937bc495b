//! Draws the gallery in `plots/`; with `--check`, fails if a picture or the index is missing or
//! outdated.

#[path = "../truths/ladders.rs"]
mod ladders;
#[path = "../truths/surfaces.rs"]
mod surfaces;

use ladders::{TARGET, ladder};

use scalewise::allocation::{Flops, Surface};
use scalewise::ask::{
    CapabilityAnswer, CapabilityRequest, PlotAnswer, ProblemChoice, SurfaceAnswer,
};
use scalewise::chart::{self, Chart, Theme};
use scalewise::forecast::Forecast;
use scalewise::internal::{
    Benchmark, Counting, DataUsed, Registration, Rows, Subject, approach2, budgets, counted_by,
    ladder_csv,
};
use scalewise::law::{BuiltIn, Chinchilla, Power, Saturating};
use scalewise::ledger::{Ledger, Prediction, Score};
use scalewise::runs::{CountTable, PassCounts};
use scalewise::tables::{CountOptions, read_counts};
use scalewise::{
    Dataset, Error, ErrorKind, Fit, FitResult, Method, ReadOptions, Result, Size, Target,
};

/// One picture: its file, its description, and the SVG.
struct Picture {
    name: &'static str,
    caption: &'static str,
    /// Empty if the data are not part of this repository and not available.
    svg: String,
}

fn main() -> Result<()> {
    let check = std::env::args().any(|argument| argument == "--check");
    let mut pictures = pictures()?;
    pictures.extend(of_surfaces()?);
    let folder = studies::root().join("plots");
    let mut files: Vec<(String, String)> = pictures
        .iter()
        .filter(|p| !p.svg.is_empty())
        .map(|p| (format!("{}.svg", p.name), p.svg.clone()))
        .collect();
    for kept in pictures.iter().filter(|p| p.svg.is_empty()) {
        println!(
            "plots/{}.svg stays as it is: its data is not here",
            kept.name
        );
    }
    files.push(("README.md".to_owned(), index(&pictures)));
    for (name, text) in files {
        let path = folder.join(&name);
        if check {
            let there = std::fs::read_to_string(&path).unwrap_or_default();
            if structure(&there) != structure(&text) {
                return Err(Error::new(ErrorKind::Data, "it is stale")
                    .at(&format!("plots/{name}"), None, None)
                    .with_hint("run: cargo run --release -p studies --bin gallery"));
            }
        } else {
            studies::write(&path, text.as_bytes())?;
            println!("wrote plots/{name}");
        }
    }
    Ok(())
}

fn pictures() -> Result<Vec<Picture>> {
    let (cerebras, c_targets) = fitted("data/cerebras_gpt.csv", 1e22, Saturating, &[2.3e22])?;
    let (power, p_targets) = fitted("data/cerebras_gpt.csv", 1e22, Power, &[2.3e22])?;
    let (ladder, l_targets) = fitted("data/simulated_ladder.csv", 1e23, Saturating, &[1e24])?;
    let view = |fit: FitResult, forecasts: Vec<Forecast>, method: Method| {
        PlotAnswer::of(fit, forecasts, 0.9, method)
    };
    let benchmark = Benchmark {
        seed: 2026,
        ..Benchmark::default()
    };
    let capability = passes(benchmark.simulate()?.counts, 6, 1e24)?;
    let main = view(cerebras, c_targets, Method::Calibrated);
    let simulated = view(ladder, l_targets, Method::Calibrated);
    let ledger = simulated_ledger()?;
    Ok(vec![
        Picture {
            name: "ladder",
            caption: "Our own largest model, forecast from runs of at most a hundredth of its compute before it was trained, and what came true (`docs/experiment.md`)",
            svg: own_ladder()?,
        },
        Picture {
            name: "cerebras_forecast",
            caption: "Cerebras-GPT 13B, forecast from the six smaller models (`data/cerebras_gpt.csv`)",
            svg: chart::scaling(&main).to_svg(&Theme::light()),
        },
        Picture {
            name: "cerebras_reducible",
            caption: "The same above the fitted irreducible loss, where the law is a straight line",
            svg: chart::reducible(&main).to_svg(&Theme::light()),
        },
        Picture {
            name: "cerebras_power",
            caption: "The same runs under a pure power law",
            svg: chart::scaling(&view(power, p_targets, Method::Delta)).to_svg(&Theme::light()),
        },
        Picture {
            name: "simulated_both",
            caption: "A simulated ladder with known truth, forecast 100 times beyond (`data/simulated_ladder.csv`)",
            svg: chart::both(&simulated).to_svg(&Theme::light().size(1200, 480)),
        },
        Picture {
            name: "simulated_dark",
            caption: "The same on a dark ground",
            svg: chart::scaling(&simulated).to_svg(&Theme::dark()),
        },
        Picture {
            name: "capability_buckets",
            caption: "Mean log pass rate of a simulated benchmark by difficulty, n = 100, forecast 1,000 times beyond",
            svg: chart::capability(&capability).to_svg(&Theme::light().size(620, 420)),
        },
        Picture {
            name: "capability_problems",
            caption: "Every problem of the same benchmark, from the easiest to the hardest",
            svg: chart::problems(capability.fit())
                .map_or_else(String::new, |c| c.to_svg(&Theme::light().size(620, 760))),
        },
        Picture {
            name: "pythia_buckets",
            caption: "Published counts: Pythia-12B on MATH forecast from six smaller models (Brown et al. 2024)",
            svg: pythia()?,
        },
        Picture {
            name: "ledger_simulated",
            caption: "Two hundred registered forecasts with known truth, ten times beyond ten runs with 0.5 % noise, and their delta intervals (`docs/register.md`)",
            svg: chart::ledger(&ledger).to_svg(&Theme::light().size(560, 460)),
        },
    ])
}

/// Loss and pass rate of `data/ladder` as they were registered, in the manner of figures 1 and 2 of
/// the GPT-4 report.
fn own_ladder() -> Result<String> {
    const BELOW: f64 = 1.05e12;
    const LARGEST: f64 = 1e14;
    let folder = studies::root().join("data/ladder");
    let read = |file: &str| scalewise::internal::read_bytes(&folder.join(file));
    let options = ReadOptions {
        sigma_col: Some("seed_sigma".to_owned()),
        fit_below: Some(BELOW),
        ..ReadOptions::default()
    };
    let data = Dataset::from_csv_bytes(&read("losses.csv")?, "losses.csv", &options)?;
    // The names of the runs do not fit the picture.
    let nameless = vec![""; data.runs().len()];
    let data = data.group(&nameless)?;
    let fit = Fit::new(Saturating).run(&data)?;
    let forecast = fit.forecast(Target::at(LARGEST)).levels(&[0.9]).run()?;
    let shown = PlotAnswer::of(fit, vec![forecast], 0.9, Method::Calibrated);
    let loss = chart::scaling(&shown).titled("Held-out loss, nats a byte");
    let options = CountOptions {
        fit_below: Some(BELOW),
        ..CountOptions::default()
    };
    let CountTable::Counts(counts) =
        read_counts(&read("pass_counts.csv")?, "pass_counts.csv", &options)?
    else {
        return Err(Error::new(
            ErrorKind::Data,
            "pass_counts.csv holds no counts",
        ));
    };
    let passes =
        chart::capability(&passes(counts, 1, LARGEST)?).titled("Mean log pass rate of 96 problems");
    let both = Chart::side_by_side(
        "Forecast at 100 times the compute of the largest run used, and what came true",
        vec![loss, passes],
    )
    .described("Two panels: loss and mean log pass rate of small language models against compute, forecast at 1e14 FLOP from runs of at most 1e12, with the actual values.");
    Ok(both.to_svg(&Theme::light().size(600, 430)))
}

/// A forecast of pass counts.
fn passes(counts: PassCounts, buckets: usize, target: f64) -> Result<CapabilityAnswer> {
    let request = CapabilityRequest::default()
        .problems(ProblemChoice::default().buckets(buckets))
        .at([Size::Of(target)])
        .levels([0.9]);
    request.of(&CountTable::Counts(counts))
}

/// Published counts that are not part of this repository; empty if they are not available.
fn pythia() -> Result<String> {
    let folder = std::env::var("SCALEWISE_CORPUS").unwrap_or_else(|_| "../shared".to_owned());
    let path = studies::root().join(folder);
    let Ok(bytes) = std::fs::read(path.join("data/pythia_math_pass_counts.csv")) else {
        return Ok(String::new());
    };
    let options = CountOptions {
        fit_below: Some(2e22),
        ..CountOptions::default()
    };
    let CountTable::Counts(counts) = read_counts(&bytes, "pythia_math_pass_counts.csv", &options)?
    else {
        return Ok(String::new());
    };
    let answer = passes(counts, 6, 2.16e22)?;
    Ok(chart::capability(&answer).to_svg(&Theme::light().size(620, 420)))
}

/// Simulated runs on six compute budgets, L = 1.82 + 482/N^0.348 + 2085/D^0.366 with 0.5 % noise.
fn of_surfaces() -> Result<Vec<Picture>> {
    let data = surfaces::dataset(&surfaces::isoflop_runs(54, 6));
    let fit = Fit::new(Chinchilla).run(&data)?;
    let runs = counted_by(data.fit_runs(), Counting::SixNd)?;
    let found = budgets(&runs, 0.1, Some((&Surface::of(&fit)?, &Flops::SixNd)));
    let residuals = chart::residuals(&fit);
    let shown = SurfaceAnswer::of(fit, Flops::SixNd, 0.9)?;
    let light = Theme::light();
    Ok(vec![
        Picture {
            name: "isoflop_curves",
            caption: "Simulated runs on six compute budgets: a parabola in ln N for each, and its minimum",
            svg: chart::isoflops(&found, approach2(&found).as_ref()).to_svg(&light),
        },
        Picture {
            name: "loss_surface",
            caption: "The surface fitted to the same runs: lines of equal loss and the efficient frontier",
            svg: chart::contours(&shown).to_svg(&light),
        },
        Picture {
            name: "allocation",
            caption: "What it says to train with a budget, with 90 % confidence bands",
            svg: chart::allocation(&shown).to_svg(&light),
        },
        Picture {
            name: "surface_residuals",
            caption: "Its residuals against N, D and C: a trend would say what the form lacks",
            svg: residuals.to_svg(&light),
        },
    ])
}

fn fitted(
    file: &str,
    below: f64,
    law: BuiltIn,
    targets: &[f64],
) -> Result<(FitResult, Vec<Forecast>)> {
    let path = studies::root().join(file);
    let bytes = scalewise::internal::read_bytes(&path)?;
    let options = ReadOptions {
        fit_below: Some(below),
        ..ReadOptions::default()
    };
    let fit = Fit::new(law).run(&Dataset::from_csv_bytes(&bytes, file, &options)?)?;
    let forecasts = targets
        .iter()
        .map(|c| fit.forecast(Target::at(*c)).run())
        .collect::<Result<Vec<Forecast>>>()?;
    Ok((fit, forecasts))
}

/// Forecasts of a known law, each with other noise, and their outcomes.
fn simulated_ledger() -> Result<Ledger> {
    let time = "2026-03-01T12:00:00Z".parse()?;
    let mut files = Vec::new();
    for seed in 2026..2226u64 {
        let runs = ladder(seed).simulate()?;
        let (small, large) = runs.split_at(10);
        let table = ladder_csv(small);
        let data = Dataset::from_csv_bytes(table.as_bytes(), "runs.csv", &ReadOptions::default())?;
        let fit = Fit::new(Saturating).run(&data)?;
        let forecast = fit
            .forecast(Target::at(TARGET))
            .methods(&[Method::Delta])
            .force(true)
            .run()?;
        let entry = Registration {
            subject: Subject::Forecast,
            registered_at: time,
            made_by: "the gallery".to_owned(),
            machine: String::new(),
            outcome: format!("the simulated loss of seed {seed}"),
            data: DataUsed::of(
                &Rows::read(table.as_bytes(), "runs.csv", None)?,
                "runs.csv",
                1e22,
            ),
            request: serde_json::Value::Null,
            predictions: vec![Prediction::of_loss(&forecast)],
            result: Default::default(),
        }
        .seal()?;
        let score = Score::of(&entry, "entry", &[(None, large[0].loss)], time, Some(time))?;
        files.push((format!("{seed}.json"), Ok(entry.text().as_bytes().to_vec())));
        files.push((
            format!("{seed}.score.json"),
            Ok(score.text().as_bytes().to_vec()),
        ));
    }
    Ok(Ledger::read(files))
}

fn index(pictures: &[Picture]) -> String {
    let mut text =
        "# Gallery\n\nRegenerated by `cargo run --release -p studies --bin gallery`.\n".to_owned();
    for p in pictures {
        text += &format!("\n{}\n\n![{}]({}.svg)\n", p.caption, p.caption, p.name);
    }
    text
}

/// A picture without its numbers, since the last digits of coordinates differ between machines.
fn structure(svg: &str) -> String {
    let mut out = String::new();
    for c in svg.chars() {
        if c.is_ascii_digit() {
            if !out.ends_with('0') {
                out.push('0');
            }
        } else {
            out.push(c);
        }
    }
    out
}
