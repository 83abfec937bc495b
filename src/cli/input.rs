//! From arguments to data, fits and targets.

use super::args::{DataArgs, FitArgs, ObjectiveName, ReshapeArgs, TableArgs};
use super::printer::Printer;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{DEFAULT_HUBER_DELTA, Fit, FitResult, Objective};
use crate::law::{self, Input, Law};
use crate::quantity::parse_quantity;
use crate::runs::{Dataset, Variable};
use crate::said::Said;
use crate::tables::{Filter, Needs, ReadOptions, Reshape, Size, Source, read_beside};
use std::path::Path;

pub fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage, message)
}

/// A quantity that a flag gives, positive.
pub fn positive(flag: &str, text: &str) -> Result<f64> {
    let value = parse_quantity(text).map_err(|e| {
        usage(format!("{flag}: {e}"))
            .with_hint("write a quantity such as 2.6e18, 70B or 3.1 PF-day")
    })?;
    if value > 0.0 {
        Ok(value)
    } else {
        Err(usage(format!("{flag}: '{text}' is not positive")))
    }
}

/// The conditions that a repeatable flag gives.
pub fn filters(list: &[String]) -> Result<Vec<Filter>> {
    list.iter().map(|e| e.parse()).collect()
}

impl TableArgs {
    /// The compute below which is fitted.
    pub fn limit(&self) -> Result<Option<f64>> {
        let limit = self.fit_below.as_deref();
        limit.map(|c| positive("--fit-below", c)).transpose()
    }
}

impl ReshapeArgs {
    fn get(&self) -> Result<Reshape> {
        Ok(Reshape {
            wide: self.wide,
            step_col: self.step_col.clone(),
            join: self.join.as_deref().map(read_beside).transpose()?,
            lets: self
                .lets
                .iter()
                .map(|text| text.parse())
                .collect::<Result<_>>()?,
            reduce: self.reduce.as_deref().map(str::parse).transpose()?,
        })
    }
}

impl DataArgs {
    pub fn options(&self, law: Option<&dyn Law>) -> Result<ReadOptions> {
        let over = self.over.map(Variable::from).unwrap_or_default();
        if let Some(law) =
            law.filter(|law| over != Variable::Compute && law.inputs() != [Input::Compute])
        {
            return Err(usage(format!(
                "--over {}: law '{}' has more than one variable",
                over.noun(),
                law.name()
            ))
            .with_hint("choose a law of one variable with --law, or leave --over out"));
        }
        let needs = match law.map(|law| law.inputs()) {
            Some(inputs) if !inputs.contains(&Input::Compute) => Needs {
                sigma: self.sigma_col.is_some(),
                unique_tokens: inputs.contains(&Input::UniqueTokens),
                ..Needs::SURFACE
            },
            _ => Needs {
                sigma: self.sigma_col.is_some(),
                ..Needs::CURVE
            },
        };
        Ok(ReadOptions {
            compute_col: self.table.compute_col.clone(),
            params_col: self.table.params_col.clone(),
            tokens_col: self.table.tokens_col.clone(),
            unique_col: self.unique_col.clone(),
            loss_col: self.loss_col.clone(),
            sigma_col: self.sigma_col.clone(),
            group_col: self.group_col.clone(),
            filters: filters(&self.table.filters)?,
            excludes: filters(&self.table.exclude)?,
            fit_below: self.table.limit()?,
            needs,
            over,
            loss: self.unit.conversion()?,
            by: None,
            reshape: self.reshape.get()?,
        })
    }
}

/// The law of that name.
pub fn law_named(name: &str) -> Result<&'static dyn Law> {
    law::by_name(name).ok_or_else(|| {
        let names: Vec<&str> = law::all().iter().map(|law| law.name()).collect();
        usage(format!("there is no law '{name}'")).with_hint(format!(
            "the laws are {}; 'scalewise laws' explains them",
            names.join(", ")
        ))
    })
}

impl FitArgs {
    pub fn law(&self) -> Result<&'static dyn Law> {
        law_named(self.law.as_deref().unwrap_or("saturating"))
    }

    pub fn fit(&self) -> Result<Fit> {
        let objective = match (self.objective.unwrap_or(ObjectiveName::Squared), self.delta) {
            (ObjectiveName::Huber, Some(delta)) if delta.is_infinite() => {
                return Err(usage("--delta must be a finite number")
                    .with_hint("an infinite threshold is least squares: --objective squared"));
            }
            (ObjectiveName::Huber, delta) => Objective::Huber {
                delta: delta.unwrap_or(DEFAULT_HUBER_DELTA),
            },
            (_, Some(_)) => {
                return Err(usage("--delta is the threshold of the Huber loss")
                    .with_hint("add --objective huber, or leave --delta out"));
            }
            (ObjectiveName::Squared, None) => Objective::Squared,
            (ObjectiveName::Lad, None) => Objective::Lad,
        };
        let law = self.law()?;
        let mut fit = Fit::new(law).loss(objective);
        let huber = matches!(objective, Objective::Huber { .. });
        if huber && self.delta.is_none() && law.inputs().contains(&Input::Params) {
            fit = fit.huber_from_data();
        }
        if let Some(scale) = self.residuals {
            fit = fit.residuals(scale.into());
        }
        for text in &self.fix {
            let (name, value) = assignment("--fix", text)?;
            fit = fit.fix(name, number("--fix", value)?);
        }
        for text in &self.bound {
            let (name, range) = assignment("--bound", text)?;
            let (low, high) = range.split_once("..").ok_or_else(|| {
                usage(format!("--bound: '{text}' is not NAME=LOW..HIGH"))
                    .with_hint("for example --bound b=-1..0; leave an end out for no limit")
            })?;
            let end = |text: &str, none: f64| {
                if text.is_empty() {
                    Ok(none)
                } else {
                    number("--bound", text)
                }
            };
            fit = fit.bounds(
                name,
                end(low, f64::NEG_INFINITY)?..=end(high, f64::INFINITY)?,
            );
        }
        Ok(fit)
    }
}

/// Splits NAME=VALUE.
pub fn assignment<'a>(flag: &str, text: &'a str) -> Result<(&'a str, &'a str)> {
    text.split_once('=')
        .map(|(name, value)| (name.trim(), value.trim()))
        .filter(|(name, value)| !name.is_empty() && !value.is_empty())
        .ok_or_else(|| usage(format!("{flag}: '{text}' is not NAME=VALUE")))
}

/// A finite number of any sign.
pub fn number(flag: &str, text: &str) -> Result<f64> {
    parse_quantity(text).map_err(|e| usage(format!("{flag}: {e}")))
}

/// A fit from a law file or from a table of runs, told apart by their first character.
pub fn fit_from(
    path: &Path,
    fit: &FitArgs,
    data: &DataArgs,
    level: f64,
    printer: &Printer,
) -> Result<FitResult> {
    fit_of(&Source::open(path)?, fit, data, level, printer)
}

/// The same of a source that is open already.
pub fn fit_of(
    source: &Source<'_>,
    fit: &FitArgs,
    data: &DataArgs,
    level: f64,
    printer: &Printer,
) -> Result<FitResult> {
    if looks_like_json(&source.opening()) {
        let given: Vec<&str> = fit.given().into_iter().chain(data.given()).collect();
        if !given.is_empty() {
            return Err(usage(format!(
                "{} cannot change a law that is fitted already",
                given.join(", ")
            ))
            .with_hint("give the table of runs instead of the law file"));
        }
        return load(&source.document()?, source.name(), printer);
    }
    let options = data.options(Some(fit.law()?))?;
    let dataset = Dataset::from_source(source, &options)?;
    fit.fit()?.level(level).run(&dataset)
}

/// A fit from the bytes of a law file. Says so where the file claims another verdict than its runs.
pub fn load(bytes: &[u8], source: &str, printer: &Printer) -> Result<FitResult> {
    let text = std::str::from_utf8(bytes).map_err(|_| {
        Error::new(ErrorKind::Data, "not a law file: it is not UTF-8").at(source, None, None)
    })?;
    let fit = FitResult::from_json(text, source)?;
    if let Some(difference) = fit.claimed_otherwise() {
        printer.note(&format!("warning: {source}: {difference}"));
    }
    Ok(fit)
}

/// A file of ours says so within so many bytes.
const OPENING: usize = 4096;

/// Whether bytes are a law file or another one of ours, and no table.
pub fn looks_like_json(bytes: &[u8]) -> bool {
    says(bytes, "\"scalewise.")
}

/// Whether bytes are a registered forecast.
pub fn looks_like_entry(bytes: &[u8]) -> bool {
    says(bytes, "\"scalewise.registered\"")
}

fn says(bytes: &[u8], words: &str) -> bool {
    // JSON Lines hold an object a line too, but none says that it is a file of ours.
    bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{')
        && String::from_utf8_lossy(&bytes[..bytes.len().min(OPENING)]).contains(words)
}

/// A target as it is written: a quantity, or 100x of the largest fitted run.
pub fn size(flag: &str, text: &str) -> Result<Size> {
    Size::read(text, |number| positive(flag, number))
}

/// A target: a quantity, or 100x of the largest fitted run.
pub fn target(flag: &str, text: &str, largest: f64) -> Result<f64> {
    let compute = size(flag, text)?.beside(largest);
    match compute > 0.0 && compute.is_finite() {
        true => Ok(compute),
        false => Err(usage(format!(
            "{flag}: {text} of {:e} is no number that can be written",
            Said(largest)
        ))
        .with_hint("give a smaller multiple of the largest fitted run")),
    }
}

/// Targets, each once and in the order first given: `10x,1e23` is one target where both are 1e23.
pub fn targets(flag: &str, texts: &[String], largest: f64) -> Result<Vec<f64>> {
    let all = texts.iter().map(|text| target(flag, text, largest));
    Ok(each_once(all.collect::<Result<Vec<_>>>()?, same_number))
}

/// Targets as they are written, each once, for what asks them of many series: `100x` is another
/// number in each.
pub fn written_once(flag: &str, texts: &[String]) -> Result<Vec<String>> {
    let size = |text: &String| Size::read(text, |number| positive(flag, number));
    let sizes = texts.iter().map(|text| Ok((size(text)?, text.clone())));
    let same = |a: &(Size, String), b: &(Size, String)| match (a.0, b.0) {
        (Size::Of(a), Size::Of(b)) | (Size::Times(a), Size::Times(b)) => same_number(&a, &b),
        _ => false,
    };
    let once = each_once(sizes.collect::<Result<Vec<_>>>()?, same);
    Ok(once.into_iter().map(|(_, text)| text).collect())
}

/// Positive quantities, each once and in the order first given.
pub fn positives(flag: &str, texts: &[String]) -> Result<Vec<f64>> {
    let all = texts.iter().map(|text| positive(flag, text));
    Ok(each_once(all.collect::<Result<Vec<_>>>()?, same_number))
}

/// What a list flag asks for, each once and in the order first given: a second answer to one
/// question would only repeat the first.
pub fn each_once<T>(values: impl IntoIterator<Item = T>, same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for value in values {
        if !kept.iter().any(|other| same(other, &value)) {
            kept.push(value);
        }
    }
    kept
}

/// Whether two numbers are one but for the rounding of a product such as that of `10x`.
pub fn same_number(a: &f64, b: &f64) -> bool {
    a == b || (a - b).abs() <= 4.0 * f64::EPSILON * a.abs().min(b.abs())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn equal_numbers_are_one_target_whatever_they_are_written_as() {
        let of = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|t| (*t).to_owned()).collect();
            targets("--at", &texts, 2.3e22).unwrap()
        };
        assert_eq!(of(&["1e23", "1e24", "100e21", "1e23"]), [1e23, 1e24]);
        assert_eq!(of(&["2.3e23", "10x", "10x"]), [2.3e23]);
        assert_eq!(of(&["70B", "7e10"]), [7e10]);
        assert_eq!(of(&["1e23", "1.0000001e23"]).len(), 2);
        let level = each_once([0.9, 0.8, 0.90], same_number);
        assert_eq!(level, [0.9, 0.8]);
    }
}
