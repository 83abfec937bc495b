//! Published ladders in families: the differences between their laws, and forecasts of one with
//! another as its prior.

use crate::score::{Scores, interval};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use scalewise::fit::{BetweenRecipes, Prior};
use scalewise::law::Saturating;
use scalewise::{Dataset, Error, ErrorKind, Fit, FitResult, Kind, Method, Result, Target};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Runs of a shortened ladder.
const SHORT: usize = 3;

/// A ladder and the run to forecast.
struct Ladder {
    runs: Vec<(f64, f64)>,
    target: (f64, f64),
    /// The law of all its runs and the target.
    law: Option<FitResult>,
}

/// Ladders of one source, by family.
pub struct Families {
    by_source: BTreeMap<String, BTreeMap<String, Vec<Ladder>>>,
}

fn bad(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Data, error.to_string())
}

fn rows(name: &str) -> Result<Vec<HashMap<String, String>>> {
    let corpus = std::env::var_os("SCALEWISE_CORPUS").unwrap_or_else(|| "../shared".into());
    let path = PathBuf::from(corpus)
        .join("data/extrapolation_kinds")
        .join(name);
    let reader = csv::Reader::from_path(path).map_err(bad)?;
    let rows = reader.into_deserialize();
    rows.map(|row| row.map_err(bad)).collect()
}

/// The family of a ladder: ladders that differ only in the recipe.
fn family(source: &str, curve: &str) -> Option<String> {
    let parts: Vec<&str> = curve.split('|').collect();
    match (source, &parts[..]) {
        // Sizes at one number of tokens.
        ("gemstones", ["size", _]) => Some("sizes".to_owned()),
        // Sizes at one ratio of tokens to parameters, on one task.
        ("olmo", ["size", task, _]) => Some((*task).to_owned()),
        // Sizes with one router and one number of experts, on one set of text.
        ("routing", ["size", _, _, loss]) => Some((*loss).to_owned()),
        _ => None,
    }
}

pub fn read() -> Result<Families> {
    let number = |row: &HashMap<String, String>, name: &str| {
        let text = row.get(name).map_or("", String::as_str);
        text.parse::<f64>().map_err(bad)
    };
    let mut runs: HashMap<String, Vec<(f64, f64)>> = HashMap::new();
    for row in rows("runs.csv")? {
        let one = (number(&row, "compute")?, number(&row, "loss")?);
        runs.entry(row["case"].clone()).or_default().push(one);
    }
    // Of several cuts of one curve, the one with the farthest target is used.
    let mut last: BTreeMap<(String, String), (String, (f64, f64))> = BTreeMap::new();
    for row in rows("targets.csv")? {
        let key = (row["source"].clone(), row["curve"].clone());
        let target = (number(&row, "compute")?, number(&row, "loss")?);
        if last.get(&key).is_none_or(|known| known.1.0 < target.0) {
            last.insert(key, (row["case"].clone(), target));
        }
    }
    let mut by_source: BTreeMap<String, BTreeMap<String, Vec<Ladder>>> = BTreeMap::new();
    for ((source, curve), (case, target)) in last {
        let Some(family) = family(&source, &curve) else {
            continue;
        };
        let mut own = runs.get(&case).cloned().unwrap_or_default();
        own.sort_by(|p, q| p.0.total_cmp(&q.0));
        let all = own.iter().copied().chain([target]).collect::<Vec<_>>();
        let law = Fit::new(Saturating).run(&Dataset::from_runs(all)?).ok();
        let ladder = Ladder {
            runs: own,
            target,
            law,
        };
        let of_source = by_source.entry(source).or_default();
        of_source.entry(family).or_default().push(ladder);
    }
    for families in by_source.values_mut() {
        families.retain(|_, ladders| ladders.len() > 1);
    }
    Ok(Families { by_source })
}

/// A difference between two laws, and the variance due to their own errors.
struct Difference {
    value: f64,
    variance: f64,
}

impl Families {
    /// The differences between recipes among the ladders of these sources.
    fn differences<'a>(
        &self,
        sources: impl Iterator<Item = &'a String>,
    ) -> (Vec<Difference>, Vec<Difference>) {
        let (mut of_b, mut of_c) = (Vec::new(), Vec::new());
        for ladders in sources.flat_map(|source| self.by_source[source].values()) {
            let laws: Vec<&FitResult> = ladders.iter().filter_map(|l| l.law.as_ref()).collect();
            for (i, j) in (0..laws.len()).flat_map(|j| (0..j).map(move |i| (i, j))) {
                let (one, other) = (known(laws[i]), known(laws[j]));
                let (Some(one), Some(other)) = (one, other) else {
                    continue;
                };
                of_b.push(Difference {
                    value: (one.b.0 / other.b.0).ln(),
                    variance: (one.b.1 / one.b.0).powi(2) + (other.b.1 / other.b.0).powi(2),
                });
                let loss = 0.5 * (one.loss + other.loss);
                of_c.push(Difference {
                    value: (one.c.0 - other.c.0) / loss,
                    variance: (one.c.1.powi(2) + other.c.1.powi(2)) / (loss * loss),
                });
            }
        }
        (of_b, of_c)
    }

    fn recipes<'a>(&self, sources: impl Iterator<Item = &'a String>) -> BetweenRecipes {
        let (b, c) = self.differences(sources);
        BetweenRecipes {
            b: deviation(&b),
            c: deviation(&c),
        }
    }

    pub fn between(&self) -> String {
        let mut text = "| source | families | ladders | pairs | b differs by, % of b | c differs by, % of the loss |\n|---|---|---|---|---|---|\n"
            .to_owned();
        let mut line = |name: &str, sources: Vec<&String>| {
            let of = || sources.iter().map(|source| &self.by_source[*source]);
            let pairs = self.differences(sources.iter().copied()).0.len();
            let between = self.recipes(sources.iter().copied());
            let ladders: usize = of().flat_map(BTreeMap::values).map(Vec::len).sum();
            let families: usize = of().map(BTreeMap::len).sum();
            let _ = writeln!(
                text,
                "| {name} | {families} | {ladders} | {pairs} | {:.1} | {:.1} |",
                100.0 * between.b,
                100.0 * between.c
            );
        };
        for source in self.by_source.keys() {
            line(source, vec![source]);
        }
        line("all", self.by_source.keys().collect());
        text
    }

    /// Every ladder with every other of its family as prior, and with the variance between recipes
    /// from the other sources.
    pub fn scores(&self) -> Result<String> {
        let mut text = "| source | runs | forecasts | coverage, %: without | with | half-width, %: without | with | median error, %: without | with | RMS error, %: without | with | score: without | with |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"
            .to_owned();
        for (source, families) in &self.by_source {
            let others = self.by_source.keys().filter(|other| *other != source);
            let between = self.recipes(others);
            for short in [true, false] {
                let (without, with) = scored(families, between, short)?;
                let cell = |of: fn(&Scores) -> f64, digits: usize| {
                    let plain = match without.forecasts() {
                        0 => "–".to_owned(),
                        _ => format!("{:.digits$}", of(&without)),
                    };
                    format!("{plain} | {:.digits$}", of(&with))
                };
                let runs = if short { "3" } else { "all" };
                let _ = writeln!(
                    text,
                    "| {source} | {runs} | {} | {} | {} | {} | {} | {} |",
                    with.forecasts(),
                    cell(Scores::coverage, 1),
                    cell(Scores::half_width, 1),
                    cell(Scores::error, 1),
                    cell(Scores::rms, 1),
                    cell(Scores::score, 3),
                );
            }
        }
        Ok(text)
    }
}

fn scored(
    families: &BTreeMap<String, Vec<Ladder>>,
    between: BetweenRecipes,
    short: bool,
) -> Result<(Scores, Scores)> {
    let pairs: Vec<(&Ladder, &Ladder)> = (families.values())
        .flat_map(|of| {
            of.iter()
                .flat_map(move |one| of.iter().map(move |other| (one, other)))
        })
        .filter(|(one, other)| !std::ptr::eq(*one, *other))
        .collect();
    let made = (pairs.par_iter())
        .map(|(one, earlier)| forecasts(one, earlier, between, short))
        .collect::<Result<Vec<_>>>()?;
    let (mut without, mut with) = (Scores::default(), Scores::default());
    for ((one, _), (plain, known)) in pairs.iter().zip(&made) {
        // Only where the earlier ladder is a prior.
        let Some(known) = known else {
            continue;
        };
        for (scores, forecast) in [(&mut without, plain), (&mut with, known)] {
            if let Some(i) = interval(forecast, Method::Calibrated) {
                scores.add(forecast.point, i, one.target.1);
            }
        }
    }
    Ok((without, with))
}

type Made = scalewise::forecast::Forecast;

fn forecasts(
    one: &Ladder,
    earlier: &Ladder,
    between: BetweenRecipes,
    short: bool,
) -> Result<(Made, Option<Made>)> {
    let from = match short {
        true => one.runs.len().saturating_sub(SHORT),
        false => 0,
    };
    let data = Dataset::from_runs(one.runs[from..].to_vec())?;
    let made = |fit: FitResult| {
        fit.forecast(Target::at(one.target.0))
            .levels(&[0.9])
            .kinds(&[Kind::Prediction])
            .methods(&[Method::Calibrated])
            .force(true)
            .run()
    };
    let plain = made(Fit::new(Saturating).run(&data)?)?;
    let prior = (earlier.law.as_ref()).and_then(|law| Prior::earlier(law, between).ok());
    let known = prior.map(|prior| made(Fit::new(Saturating).prior(prior).run(&data)?));
    Ok((plain, known.transpose()?))
}

/// Exponent and floor with their standard errors, and the loss of the largest run.
struct Known {
    b: (f64, f64),
    c: (f64, f64),
    loss: f64,
}

/// `None` if the runs do not determine them.
fn known(law: &FitResult) -> Option<Known> {
    let prior = Prior::earlier(law, BetweenRecipes { b: 0.0, c: 0.0 });
    prior.ok()?;
    let vcov = law.vcov()?;
    let of = |k: usize| Some((law.parameters()[k].value, vcov[k][k]?.sqrt()));
    let loss = law.data().fit_runs().map(|run| run.loss());
    Some(Known {
        b: of(1)?,
        c: of(2)?,
        loss: loss.fold(f64::INFINITY, f64::min),
    })
}

/// Standard deviation of the true differences, by weighted moments (DerSimonian & Laird 1986, with
/// the weights of Paule & Mandel 1982).
fn deviation(all: &[Difference]) -> f64 {
    let mut square = 0.0;
    for _ in 0..100 {
        let (mut sum, mut weights) = (0.0, 0.0);
        for one in all {
            let weight = (one.variance + square + 1e-12).powi(-2);
            sum += weight * (one.value * one.value - one.variance);
            weights += weight;
        }
        square = (sum / weights).max(0.0);
    }
    square.sqrt()
}
