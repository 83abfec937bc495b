//! Findings about ladders that follow a built-in law and are fitted with it: the table of
//! `docs/diagnoses.md` on false alarms of every law.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use scalewise::fit::{Code, Residuals, Severity};
use scalewise::internal::{standard_normal, uniform};
use scalewise::law::{BuiltIn, Law};
use scalewise::{Dataset, Error, ErrorKind, Fit, Result};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use studies::Table;

/// Relative noise of a loss.
const NOISES: [f64; 4] = [0.0, 0.001, 0.003, 0.01];
const SCALES: [Residuals; 2] = [Residuals::Relative, Residuals::Absolute];
/// Largest share of ladders that may have a wrong finding.
const LIMIT: f64 = 0.03;

/// Findings that are true of ladders with few runs, noise, or a law with more parameters than they
/// show, so that they are not false alarms: `docs/diagnoses.md` gives the reason for each.
const TRUE_OF_THEM: [Code; 8] = [
    Code::TooFewRuns,
    Code::FloorNotIdentified,
    Code::ExponentFlat,
    Code::TermNotIdentified,
    Code::IllConditioned,
    Code::SecondBasin,
    Code::AtBound,
    Code::ExponentAtBound,
];

/// Runs of a ladder, and how many ladders are made for each noise and scale of the residuals.
type Size = (usize, u64);

const CURVES: [BuiltIn; 6] = [
    BuiltIn::Power,
    BuiltIn::Saturating,
    BuiltIn::Shifted,
    BuiltIn::M3,
    BuiltIn::M4,
    BuiltIn::Broken,
];
const CURVE_SIZES: [Size; 8] = [
    (5, 60),
    (6, 60),
    (8, 60),
    (10, 60),
    (24, 30),
    (60, 12),
    (1000, 2),
    (10_000, 1),
];

const SURFACES: [BuiltIn; 3] = [
    BuiltIn::Chinchilla,
    BuiltIn::ChinchillaTied,
    BuiltIn::Kaplan,
];
/// Square grids of sizes and tokens: the runs of a grid, and how many ladders of each.
const SURFACE_SIZES: [Size; 3] = [(16, 25), (49, 15), (400, 2)];

/// Writes the table into the page.
pub fn publish() -> Result<()> {
    let mut text = "| law | runs | ladders | wrong | true of few or noisy runs |\n\
                    |---|--:|--:|---|---|\n"
        .to_owned();
    for (law, sizes) in all() {
        for (runs, each) in sizes {
            let found = Found::of(law, *runs, *each)?;
            let row = found.row(law);
            println!("{row}");
            let _ = writeln!(text, "{row}");
        }
    }
    let table = Table {
        name: "ladders of every law".to_owned(),
        text,
    };
    studies::publish(
        "docs/diagnoses.md",
        "false_alarms laws",
        &[table],
        false,
        0.0,
    )
}

/// A short version of the table: fails if a code is wrong for too many ladders.
pub fn check() -> Result<()> {
    for (law, sizes) in all() {
        for (runs, each) in sizes.iter().filter(|(runs, _)| *runs <= 60) {
            let found = Found::of(law, *runs, (*each / 10).max(2))?;
            // With few ladders, one finding per noise and scale may be chance.
            let most = (LIMIT * found.ladders as f64).max(2.0);
            if let Some((code, count)) = found.wrong().find(|(_, count)| *count as f64 > most) {
                return Err(Error::new(
                    ErrorKind::Data,
                    format!(
                        "{code} is raised on {count} of {} clean ladders of {runs} runs of '{}'",
                        found.ladders,
                        law.name()
                    ),
                ));
            }
        }
    }
    Ok(())
}

fn all() -> impl Iterator<Item = (BuiltIn, &'static [Size])> {
    let curves = CURVES.iter().map(|law| (*law, &CURVE_SIZES[..]));
    curves.chain(SURFACES.iter().map(|law| (*law, &SURFACE_SIZES[..])))
}

/// How many of the ladders of a law and a number of runs have each code.
struct Found {
    runs: usize,
    parameters: usize,
    ladders: u64,
    codes: BTreeMap<&'static str, u64>,
    /// The largest share among ladders of one noise and one scale, with these.
    worst: BTreeMap<&'static str, (f64, f64, Residuals)>,
}

impl Found {
    fn of(law: BuiltIn, runs: usize, each: u64) -> Result<Found> {
        let mut found = Found {
            runs,
            parameters: law.parameters().len(),
            ladders: 0,
            codes: BTreeMap::new(),
            worst: BTreeMap::new(),
        };
        if runs < law.parameters().len() {
            return Ok(found);
        }
        for noise in NOISES {
            for scale in SCALES {
                let said = (0..each)
                    .into_par_iter()
                    .map(|seed| said(law, runs, noise, scale, seed))
                    .collect::<Result<Vec<_>>>()?;
                let mut here: BTreeMap<&'static str, u64> = BTreeMap::new();
                for code in said.into_iter().flatten() {
                    *here.entry(code.as_str()).or_default() += 1;
                }
                found.ladders += each;
                for (code, count) in here {
                    *found.codes.entry(code).or_default() += count;
                    let share = count as f64 / each as f64;
                    let worst = found.worst.entry(code).or_insert((0.0, noise, scale));
                    if share > worst.0 {
                        *worst = (share, noise, scale);
                    }
                }
            }
        }
        Ok(found)
    }

    /// Whether a code is true of these ladders.
    fn is_true(&self, code: &str) -> bool {
        // With so few runs, one of them does determine a parameter.
        let few = self.runs <= 2 * self.parameters;
        let listed = TRUE_OF_THEM.iter().any(|known| known.as_str() == code);
        listed || few && code == Code::OneRunDecides.as_str()
    }

    fn wrong(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let all = self.codes.iter().map(|(code, count)| (*code, *count));
        all.filter(|(code, _)| !self.is_true(code))
    }

    fn row(&self, law: BuiltIn) -> String {
        let words = |wanted: bool| {
            let codes = self
                .codes
                .iter()
                .filter(|(code, _)| self.is_true(code) == wanted);
            let words = codes.map(|(code, count)| {
                let share = 100.0 * *count as f64 / self.ladders as f64;
                format!("`{code}` {share:.1} %{}", self.where_worst(code, wanted))
            });
            words.collect::<Vec<_>>().join(", ")
        };
        format!(
            "| `{}` | {} | {} | {} | {} |",
            law.name(),
            self.runs,
            self.ladders,
            words(false),
            words(true)
        )
    }

    /// Where a wrong code is raised most often, if it is raised often.
    fn where_worst(&self, code: &str, is_true: bool) -> String {
        match self.worst.get(code) {
            Some((share, noise, scale)) if !is_true && *share > LIMIT => format!(
                " ({:.0} % at noise {} %, {})",
                100.0 * share,
                100.0 * noise,
                match scale {
                    Residuals::Absolute => "absolute",
                    _ => "relative",
                }
            ),
            _ => String::new(),
        }
    }
}

/// The warnings and refusals for one ladder of a law.
fn said(law: BuiltIn, runs: usize, noise: f64, scale: Residuals, seed: u64) -> Result<Vec<Code>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let p = truth(law, &mut rng);
    let mut noisy = |value: f64| value * (1.0 + noise * standard_normal(&mut rng));
    let data = if law.inputs().len() == 1 {
        let step = 4.0 / (runs - 1) as f64;
        let compute = (0..runs).map(|i| 10f64.powf(18.0 + step * i as f64));
        let runs = compute.map(|c| (c, noisy(law.predict(&[c], &p))));
        Dataset::from_runs(runs)?
    } else {
        let side = (runs as f64).sqrt().round() as usize;
        let step = 2.0 / (side - 1) as f64;
        let (mut params, mut tokens, mut losses) = (Vec::new(), Vec::new(), Vec::new());
        for i in 0..runs {
            let n = 10f64.powf(7.5 + step * (i / side) as f64);
            let d = 10f64.powf(9.0 + step * (i % side) as f64);
            params.push(n);
            tokens.push(d);
            losses.push(noisy(law.predict(&[n, d], &p)));
        }
        Dataset::of_params_tokens(&params, &tokens, &losses)?
    };
    let fit = Fit::new(law).residuals(scale).run(&data)?;
    let mut codes: Vec<Code> = fit
        .diagnoses()
        .iter()
        .filter(|d| d.severity > Severity::Note)
        .map(|d| d.code)
        .collect();
    codes.sort_by_key(|code| code.as_str());
    codes.dedup();
    Ok(codes)
}

/// Parameters of a law: the loss of a curve is about 4 at 1e18 FLOP, where its runs begin.
fn truth(law: BuiltIn, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut between = |low: f64, high: f64| low + (high - low) * uniform(rng);
    let b = -between(0.08, 0.3);
    let start = |above: f64| 4.0 * above * 1e18f64.powf(-b);
    match law {
        BuiltIn::Power => vec![start(1.0), b],
        BuiltIn::Saturating => {
            let floor = between(0.2, 0.6);
            vec![start(1.0 - floor), b, 4.0 * floor]
        }
        BuiltIn::Shifted => {
            let (floor, d) = (between(0.2, 0.6), 10f64.powf(between(18.5, 19.5)));
            let a = 4.0 * (1.0 - floor) * (1e18 + d).powf(-b);
            vec![a, b, 4.0 * floor, d]
        }
        BuiltIn::M3 => vec![start(1.0), b, 10f64.powf(-between(20.5, 21.5))],
        BuiltIn::M4 => {
            let floor = between(0.2, 0.6);
            let above = 4.0 * (1.0 - floor);
            let a = between(1.0, 3.0) * above * 1e18f64.powf(-b);
            vec![a, b, 4.0 * floor, 4.5, between(0.5, 1.5)]
        }
        BuiltIn::Broken => {
            let (floor, later) = (between(0.1, 0.3), -between(0.08, 0.3));
            let d = 10f64.powf(between(19.5, 20.5));
            vec![
                start(1.0 - floor),
                b,
                4.0 * floor,
                later,
                d,
                between(0.1, 0.5),
            ]
        }
        BuiltIn::Kaplan => {
            let (n, d) = (between(0.06, 0.09), between(0.08, 0.11));
            vec![8.8e13, 5.4e13, n, d]
        }
        _ => {
            let (alpha, beta) = (between(0.3, 0.4), between(0.25, 0.35));
            let sizes = vec![
                1.2 * 3e8f64.powf(alpha),
                1.2 * 1e10f64.powf(beta),
                1.7,
                alpha,
                beta,
            ];
            match law {
                BuiltIn::ChinchillaTied => {
                    vec![sizes[0], 1.2 * 1e10f64.powf(alpha), 1.7, alpha]
                }
                _ => sizes,
            }
        }
    }
}
