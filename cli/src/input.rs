//! Converts arguments to parts of requests.

use super::args::{
    AdditionArgs, CountColumns, DataArgs, FitArgs, GatherArgs, ReshapeArgs, RuleArgs, TableArgs,
    UnitArgs,
};
use super::printer::Printer;
use scalewise::FitResult;
use scalewise::Size;
use scalewise::ask::{CountChoice, ModelSize, ProblemChoice, RunTable};
use scalewise::internal::{read_beside, shell_quoted};
use scalewise::quantity::parse_quantity;
use scalewise::tables::{Gather, Source};
use scalewise::{Error, ErrorKind, Result};
use std::path::PathBuf;

pub fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage, message)
}

/// A positive quantity from a flag.
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

/// Positive quantities from a flag.
pub fn positives(flag: &str, texts: &[String]) -> Result<Vec<f64>> {
    texts.iter().map(|text| positive(flag, text)).collect()
}

/// Targets from a flag: quantities, or multiples of the largest fitted run.
pub fn sizes(flag: &str, texts: &[String]) -> Result<Vec<Size>> {
    let read = |text: &String| Size::read(text, |number| positive(flag, number));
    texts.iter().map(read).collect()
}

/// Models from a flag: as for [`sizes`], or parameters and tokens such as `13B:5T`.
pub fn models(flag: &str, texts: &[String]) -> Result<Vec<ModelSize>> {
    let read = |text: &String| match text.split_once(':') {
        Some((params, tokens)) => Ok(ModelSize::Trained {
            params: positive(flag, params)?,
            tokens: positive(flag, tokens)?,
        }),
        None => Size::read(text, |number| positive(flag, number)).map(ModelSize::Compute),
    };
    texts.iter().map(read).collect()
}

impl TableArgs {
    fn fit_below(&self) -> Result<Option<f64>> {
        let limit = self.fit_below.as_deref();
        limit.map(|c| positive("--fit-below", c)).transpose()
    }

    /// How a table of pass counts is read.
    pub fn counts(&self, columns: &CountColumns) -> Result<CountChoice> {
        let table = CountChoice::default()
            .fit_below(self.fit_below()?)
            .conditions(&self.filters)
            .exclude(&self.exclude)
            .join_on(&self.more.join_on)
            .formulas(&self.more.lets);
        let joined = self.more.joined()?;
        let table = joined.into_iter().fold(table, CountChoice::join);
        let table = with(table, &self.more.prefer, CountChoice::prefer);
        let table = with(table, &self.decimal, CountChoice::decimal);
        let table = with(table, &self.compute_col, CountChoice::compute);
        let table = with(table, &self.params_col, CountChoice::params);
        let table = with(table, &self.tokens_col, CountChoice::tokens);
        let table = with(table, &columns.model_col, CountChoice::model);
        let table = with(table, &columns.problem_col, CountChoice::problem);
        let table = with(table, &columns.samples_col, CountChoice::samples);
        let table = with(table, &columns.passes_col, CountChoice::passes);
        let table = with(table, &columns.pass_rate_col, CountChoice::pass_rate);
        let table = with(table, &columns.stderr_col, CountChoice::stderr);
        let table = with(table, &columns.chance_col, CountChoice::chance);
        Ok(with(table, &columns.task_loss_col, CountChoice::task_loss))
    }
}

impl GatherArgs {
    /// Opens the table of these files, patterns and folders.
    pub fn open(&self, input: &[PathBuf]) -> Result<Source<'static>> {
        let mut how = Gather::default().log_lines(self.log_line.iter().cloned());
        if let Some(rule) = &self.run_from {
            how = how.run_from(rule.clone());
        }
        Source::gather(input, &how)
    }
}

/// Paths quoted for a shell.
pub fn typed(paths: &[PathBuf]) -> String {
    let words: Vec<String> = paths
        .iter()
        .map(|path| shell_quoted(&path.to_string_lossy()))
        .collect();
    words.join(" ")
}

/// Sets a text of a request if it is given.
pub fn with<'a, T>(request: T, text: &'a Option<String>, set: impl FnOnce(T, &'a str) -> T) -> T {
    match text {
        Some(text) => set(request, text),
        None => request,
    }
}

impl ReshapeArgs {
    fn reshape(&self, table: RunTable) -> RunTable {
        let table = with(table.wide(self.wide), &self.step_col, RunTable::step);
        with(table, &self.reduce, RunTable::reduce)
    }
}

impl AdditionArgs {
    /// The texts of the joined tables.
    fn joined(&self) -> Result<Vec<String>> {
        let text = |path: &std::path::PathBuf| {
            let bytes = read_beside(path)?;
            String::from_utf8(bytes).map_err(|_| {
                Error::new(ErrorKind::Data, "it is not UTF-8")
                    .at(&path.to_string_lossy(), None, None)
                    .with_hint("save it as UTF-8")
            })
        };
        self.join.iter().map(text).collect()
    }
}

impl UnitArgs {
    fn units(&self, table: RunTable) -> RunTable {
        let Some(unit) = &self.loss_unit else {
            return table;
        };
        let mut table = with(table.unit(unit), &self.loss_in, RunTable::fitted_in);
        if let Some(bytes) = self.bytes_per_token {
            table = table.bytes_per_token(bytes);
        }
        if let Some(words) = self.words_per_token {
            table = table.words_per_token(words);
        }
        table
    }
}

impl DataArgs {
    /// How a table of runs is read.
    pub fn table(&self) -> Result<RunTable> {
        let table = RunTable::default()
            .fit_below(self.table.fit_below()?)
            .conditions(&self.table.filters)
            .exclude(&self.table.exclude)
            .join_on(&self.table.more.join_on)
            .formulas(&self.table.more.lets)
            .over(self.over.unwrap_or_default())
            .curve(self.curve)
            .hold(&self.hold)
            .lr_decay_ahead(self.lr_decay_ahead);
        let joined = self.table.more.joined()?;
        let table = joined.into_iter().fold(table, RunTable::join);
        let table = with(table, &self.table.more.prefer, RunTable::prefer);
        let table = with(table, &self.table.decimal, RunTable::decimal);
        let table = with(table, &self.table.compute_col, RunTable::compute);
        let table = with(table, &self.table.params_col, RunTable::params);
        let table = with(table, &self.table.tokens_col, RunTable::tokens);
        let table = with(table, &self.unique_col, RunTable::unique_tokens);
        let table = with(table, &self.budget_col, RunTable::budget);
        let table = with(table, &self.loss_col, RunTable::loss);
        let table = with(table, &self.sigma_col, RunTable::sigma);
        let table = with(table, &self.group_col, RunTable::group);
        Ok(self.reshape.reshape(self.unit.units(table)))
    }
}

impl RuleArgs {
    /// Which problems are used.
    pub fn problems(&self) -> ProblemChoice {
        ProblemChoice::default()
            .rule(self.rule)
            .estimator(self.estimator)
            .buckets(self.buckets)
            .hardest(self.hardest)
            .chance(self.chance)
            .seed(self.seed)
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

/// The law of a law file; `None` if the input is a table. A law file is recognised by its first
/// character.
pub fn law_file(
    source: &Source<'_>,
    fit: &FitArgs,
    data: &DataArgs,
    by: Option<&str>,
    printer: &Printer,
) -> Result<Option<FitResult>> {
    if !looks_like_json(&source.opening()) {
        return Ok(None);
    }
    let mut given: Vec<&str> = fit.given().into_iter().chain(data.given()).collect();
    given.extend(by.map(|_| "--by"));
    if !given.is_empty() {
        let message = format!(
            "{} cannot change a law that is fitted already",
            given.join(", ")
        );
        return Err(usage(message).with_hint("give the table of runs instead of the law file"));
    }
    load(&source.document()?, source.name(), printer).map(Some)
}

/// Loads a fit from the bytes of a law file, with a note if the file claims another verdict than
/// its runs give.
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

/// Bytes in which a file of this program names its format.
const OPENING: usize = 4096;

/// Whether bytes are a law file or another file of this program, and not a table.
pub fn looks_like_json(bytes: &[u8]) -> bool {
    says(bytes, "\"scalewise.")
}

/// Whether bytes are a registered forecast.
pub fn looks_like_entry(bytes: &[u8]) -> bool {
    says(bytes, "\"scalewise.registered\"")
}

fn says(bytes: &[u8], words: &str) -> bool {
    // JSON Lines also begin with an object, but do not name a format of this program.
    bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{')
        && String::from_utf8_lossy(&bytes[..bytes.len().min(OPENING)]).contains(words)
}
