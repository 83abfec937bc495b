//! The law and how it is fitted, built from the arguments.

use super::args::FitArgs;
use super::input::{assignment, number, usage};
use scalewise::ask::LawChoice;
use scalewise::fit::{BetweenRecipes, Prior};
use scalewise::internal::read_document;
use scalewise::{Error, FitResult, Result};
use std::collections::BTreeMap;
use std::path::Path;

impl FitArgs {
    /// The chosen law and how it is fitted.
    pub fn choice(&self) -> Result<LawChoice> {
        let choice = LawChoice::default()
            .objective(self.objective)
            .delta(self.delta)
            .quantile(self.quantile)
            .residuals(self.residuals)
            .formulas(self.law.clone())?;
        let (mut fix, mut bounds) = (BTreeMap::new(), BTreeMap::new());
        let twice = |flag: &str, name: &str| Err(usage(format!("{flag} {name} is given twice")));
        for text in &self.fix {
            let (name, value) = assignment("--fix", text)?;
            let value = number("--fix", value)?;
            if fix.insert(name.to_owned(), value).is_some() {
                return twice("--fix", name);
            }
        }
        for text in &self.bound {
            let (name, range) = assignment("--bound", text)?;
            let (low, high) = range.split_once("..").ok_or_else(|| {
                usage(format!("--bound: '{text}' is not NAME=LOW..HIGH"))
                    .with_hint("for example --bound b=-1..0; leave an end out for no limit")
            })?;
            let end = |text: &str| {
                (!text.is_empty())
                    .then(|| number("--bound", text))
                    .transpose()
            };
            let ends = (end(low)?, end(high)?);
            if bounds.insert(name.to_owned(), ends).is_some() {
                return twice("--bound", name);
            }
        }
        let prior = priors(&self.prior, self.prior_between.as_deref())?;
        Ok(choice.fix(fix).bounds(bounds).prior(prior))
    }
}

/// All priors that were given.
fn priors(texts: &[String], between: Option<&str>) -> Result<Vec<Prior>> {
    let files = |text: &&String| !text.contains('=');
    if between.is_some() && !texts.iter().any(|text| files(&text)) {
        let message = "--prior-between widens the prior of an earlier ladder, and none is given";
        return Err(usage(message).with_hint("give its law file: --prior earlier.json"));
    }
    let between = between.map_or(Ok(BetweenRecipes::default()), between_recipes)?;
    texts.iter().map(|text| one(text, between)).collect()
}

fn one(text: &str, between: BetweenRecipes) -> Result<Prior> {
    if !text.contains('=') {
        return earlier(Path::new(text), between);
    }
    let (name, value) = assignment("--prior", text)?;
    let parts = ["+-", "±", "+/-"];
    let Some((mean, sd)) = parts.iter().find_map(|sign| value.split_once(sign)) else {
        return match name {
            "b" if value.chars().all(char::is_alphabetic) => Prior::published(value),
            _ => Err(usage(format!("--prior: '{text}' is not NAME=MEAN+-SD"))
                .with_hint("for example --prior c=1.6+-0.1; a parameter that is known exactly is held by --fix")),
        };
    };
    Prior::normal(
        name,
        number("--prior", mean.trim())?,
        number("--prior", sd.trim())?,
    )
}

/// The law file of an earlier ladder.
fn earlier(path: &Path, between: BetweenRecipes) -> Result<Prior> {
    let name = path.to_string_lossy();
    let bytes = read_document(path)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| usage(format!("--prior: {name} is no law file: it is not UTF-8")))?;
    let hint = |e: Error| {
        match e.hint() {
        Some(_) => e,
        None => e.with_hint(
            "--prior takes the law file of an earlier ladder (scalewise fit RUNS.csv -o LAW.json), or NAME=MEAN+-SD",
        ),
    }
    };
    let law = FitResult::from_json(text, &name).map_err(hint)?;
    Ok(Prior::earlier(&law, between)?.from(name))
}

/// Parses `b=0.2,c=0.1`; values that are left out keep their default.
fn between_recipes(text: &str) -> Result<BetweenRecipes> {
    let mut between = BetweenRecipes::default();
    for part in text.split(',') {
        let (name, value) = assignment("--prior-between", part)?;
        let value = number("--prior-between", value)?;
        let place = match name {
            "b" => &mut between.b,
            "c" => &mut between.c,
            _ => {
                let message =
                    format!("--prior-between: recipes differ in b and c, not in '{name}'");
                return Err(usage(message).with_hint("for example --prior-between b=0.2,c=0.03"));
            }
        };
        if value.is_nan() || value < 0.0 {
            return Err(usage(format!(
                "--prior-between: {name} must not be negative"
            )));
        }
        *place = value;
    }
    Ok(between)
}
