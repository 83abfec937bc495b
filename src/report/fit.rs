//! A fitted law in words and numbers.

use super::answer::{Among, Shown, code_and_words};
use super::document::{Block, Document, Fact, Tone, fact};
use super::rows::{cells, csv};
use super::status::verdict;
use crate::ask::{CURVE, FitAnswer, FitRequest, Trust};
use crate::error::Result;
use crate::fit::{
    Diagnosis, FitResult, Objective, ParameterEstimate, Residuals, Settings, Severity, Weights,
};
use crate::interval::Interval;
use crate::law::Form;
use crate::number::{compute, digits, percent, with_uncertainty};
use crate::runs::Dataset;
use crate::said::Said;

/// How many excluded rows are named.
const NAMED: usize = 3;

impl Shown for FitAnswer {
    fn document(&self) -> Document {
        fit(&self.fit, false)
    }

    fn table(&self) -> String {
        parameters_csv(&self.fit)
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn forbidden(&self) -> Option<(String, String)> {
        self.fit.refusal().map(code_and_words)
    }

    /// The law file.
    fn json(&self) -> Result<String> {
        Ok(self.fit.to_json())
    }
}

impl Among for FitAnswer {
    type Request = FitRequest;
    const NAME: &'static str = "fit";

    /// The parameters of a single law, the fitted runs, and the codes of the findings.
    fn columns(_: &FitRequest) -> Vec<&'static str> {
        [&ParameterRow::COLUMNS[..], &["runs", "findings"]].concat()
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let (runs, found) = (self.fit.fitted_runs().count(), found_against(&self.fit));
        let rows = parameter_rows(self.fit.parameters()).into_iter();
        let rows = rows.map(|row| (row, runs, found.join(" ")));
        cells(rows)
    }

    fn head(request: &FitRequest) -> Vec<String> {
        let law = request.fit.law_or(CURVE);
        let mut head = vec!["runs".to_owned()];
        match law.as_ref().is_ok_and(|law| law.typed().is_some()) {
            // Only the table shows which names of a formula are parameters.
            true => head.push("parameters".to_owned()),
            false => {
                let names = law.iter().flat_map(|law| law.parameters());
                head.extend(names.map(|p| p.name.to_string()));
            }
        }
        head.extend(["noise".to_owned(), "found against it".to_owned()]);
        head
    }

    fn line(&self) -> Vec<String> {
        let fit = &self.fit;
        let mut cells = vec![fit.fitted_runs().count().to_string()];
        let values = fit.parameters().iter();
        match fit.law().typed() {
            Some(_) => {
                let of = |p: &ParameterEstimate| {
                    format!("{} = {}", p.name, with_uncertainty(p.value, p.stderr))
                };
                cells.push(values.map(of).collect::<Vec<_>>().join(", "));
            }
            None => cells.extend(values.map(|p| with_uncertainty(p.value, p.stderr))),
        }
        let noise = fit.residual_sd().map(|(sd, _)| noise_size(fit, sd));
        // The line would be too long with all of them; the CSV has them.
        let found = found_against(fit);
        let words = match &found[..] {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        };
        cells.extend([noise.unwrap_or_default(), words]);
        cells
    }
}

/// The codes of the findings about a fit, or else its status if that is not good.
fn found_against(fit: &FitResult) -> Vec<&str> {
    let found = fit.diagnoses().iter();
    let against = found.filter(|d| d.severity > Severity::Note);
    let mut codes: Vec<&str> = against.map(|d| d.code.as_str()).collect();
    if codes.is_empty() && !fit.trustworthy() {
        codes.push(fit.status().name());
    }
    codes
}

/// What `fit` and `show` print; `details` adds every basin and every residual.
#[must_use]
pub fn fit(result: &FitResult, details: bool) -> Document {
    let mut blocks = law_and_parameters(result, false).to_vec();
    if details {
        blocks.extend(details_of(result, usize::MAX));
    }
    blocks.extend(findings(result.diagnoses()));
    blocks.into()
}

/// The law and its parameters; `forced` as in [`verdict`].
pub(super) fn law_and_parameters(result: &FitResult, forced: bool) -> [Block; 2] {
    let facts = Block::Facts(facts(result, forced));
    [facts, parameter_table(result)]
}

/// Every basin, and the residuals of the first `most` runs.
pub(super) fn details_of(result: &FitResult, most: usize) -> [Block; 2] {
    [basin_table(result), residual_table(result, most)]
}

/// The formula with the name of the law. The name of a user's formula is the formula itself.
pub(super) fn named(result: &FitResult) -> String {
    let (formula, name) = (result.formula(), result.law().name());
    match formula == name {
        true => formula,
        false => format!("{formula}   ({name})"),
    }
}

/// The first lines of every report about a fit, whose numbers may be forced.
pub(super) fn facts(result: &FitResult, forced: bool) -> Vec<Fact> {
    let mut facts = vec![
        fact("Law", named(result)),
        fact("Data", data_line(result.data())),
        fact("Fit", fit_line(result)),
        fact("Noise", noise_line(result)),
    ];
    let prior = result.settings().prior.as_ref();
    facts.extend(prior.map(|penalty| fact("Prior", penalty.prior.said())));
    if let Some(otherwise) = result.claimed_otherwise() {
        facts.push(("Law file".to_owned(), otherwise.to_owned(), Tone::Bad));
    }
    let (status, tone) = verdict(result.status(), result.diagnoses(), forced);
    facts.push(("Status".to_owned(), status, tone));
    facts
}

pub(super) fn data_line(data: &Dataset) -> String {
    data_naming(data, NAMED)
}

/// The data in short, naming only one excluded row.
pub(super) fn data_in_short(data: &Dataset) -> String {
    data_naming(data, 1)
}

fn data_naming(data: &Dataset, most: usize) -> String {
    let fitted = data.fit_runs().count();
    let actual = data.actuals().count();
    let source = source_name(&data.source);
    let mut line = format!(
        "{source}: {} rows, {fitted} used",
        data.runs.len() + data.excluded.len()
    );
    if !data.curve.is_ladder() {
        line += &format!(", {}", data.curve.points());
    }
    if let Some(unit) = &data.loss_unit {
        line += &format!(", loss in {unit}");
    }
    for note in &data.notes {
        line += &format!(", {note}");
    }
    if actual > 0 {
        line += &format!(", {actual} kept as actual");
    }
    if !data.excluded.is_empty() {
        let named: Vec<String> = data
            .excluded
            .iter()
            .take(most)
            .map(|e| format!("line {}: {}", e.line, e.reason))
            .collect();
        let more = data.excluded.len().saturating_sub(most);
        let rest = if more > 0 {
            format!("; {more} more: see scalewise check")
        } else {
            String::new()
        };
        line += &format!(
            ", {} excluded ({}{rest})",
            data.excluded.len(),
            named.join("; ")
        );
    }
    line
}

/// The name of a source; in words if it is not a file.
pub(super) fn source_name(source: &str) -> &str {
    match source {
        "" => "in memory",
        "-" => "standard input",
        name => name,
    }
}

/// The objective in words.
pub(super) fn objective_words(objective: Objective) -> String {
    match objective {
        Objective::Squared => "least squares".to_owned(),
        Objective::Huber { delta } => format!("Huber loss (delta {})", Said(delta)),
        Objective::Lad => "least absolute deviations".to_owned(),
        Objective::Quantile { q } => format!("quantile {} of the runs", Said(q)),
    }
}

fn fit_line(result: &FitResult) -> String {
    let settings = result.settings();
    let loss = objective_words(settings.objective);
    let basins = result.basins().len();
    let plural = if basins == 1 { "" } else { "s" };
    let how = match (result.law().form(), settings.objective) {
        _ if settings.prior.is_some() => {
            "with the squared distance from the prior added; lowest minimum of the descents tried"
                .to_owned()
        }
        (Form::General, _) => "lowest minimum of the starts tried".to_owned(),
        // With bounds on A or B, they are not solved for by the scan.
        (Form::Surface, _) if bounded(settings, 0) || bounded(settings, 1) => {
            "lowest minimum of the starts tried".to_owned()
        }
        (Form::Surface, _) => format!(
            "lowest minimum from a grid of {}",
            searched_exponents(result)
        ),
        (Form::Power | Form::PowerPlusConstant, Objective::Squared) => {
            "global minimum of the exponent scan".to_owned()
        }
        (Form::Power | Form::PowerPlusConstant, _) => {
            "lowest minimum of the exponent scan".to_owned()
        }
    };
    let starts = result
        .starts()
        .map_or_else(String::new, |(agreeing, tried)| {
            format!(", {}", agreement(agreeing, tried))
        });
    format!(
        "{loss} on {} residuals; {how}, {basins} basin{plural}{starts}",
        settings.residuals.name()
    )
}

/// Whether a coefficient has bounds other than being non-negative.
fn bounded(settings: &Settings, k: usize) -> bool {
    settings.lower[k] != 0.0 || settings.upper[k].is_finite()
}

/// The exponents of a surface and their ranges.
fn searched_exponents(result: &FitResult) -> String {
    let settings = result.settings();
    let all = result.parameters().iter().enumerate().skip(3);
    let searched: Vec<String> = all
        .filter(|(k, _)| settings.lower[*k] < settings.upper[*k])
        .map(|(k, p)| format!("{} in {}..{}", p.name, settings.lower[k], settings.upper[k]))
        .collect();
    if searched.is_empty() {
        "one cell (the exponents are held)".to_owned()
    } else {
        searched.join(", ")
    }
}

/// How many of the starts led to the best minimum, in words.
pub(super) fn agreement(agreeing: usize, tried: usize) -> String {
    match (agreeing, tried) {
        (_, 1) => "reached from one start only".to_owned(),
        (1, _) => format!("reached from 1 of {tried} different starts only"),
        // Less than half of the starts is weak evidence.
        _ if 2 * agreeing < tried => {
            format!("reached from {agreeing} of {tried} different starts")
        }
        _ => format!("{agreeing} of {tried} descents from different starts agree"),
    }
}

pub(super) fn noise_line(result: &FitResult) -> String {
    if result.settings().weights == Weights::KnownSigma {
        return "sigma given for every run".to_owned();
    }
    if let Some(penalty) = result.settings().prior.as_ref().filter(|p| p.dof.is_none()) {
        let from = match penalty.assumed {
            true => "assumed",
            false => "as the source of the prior has it",
        };
        return format!("{} a run, {from}", noise_size(result, penalty.noise));
    }
    match result.residual_sd() {
        Some((sd, dof)) => format!(
            "{} a run, estimated from residuals ({dof} degrees of freedom)",
            noise_size(result, sd)
        ),
        None => "unknown: no degrees of freedom are left".to_owned(),
    }
}

/// A standard deviation on the scale of the residuals.
pub(super) fn noise_size(result: &FitResult, sd: f64) -> String {
    match result.settings().residuals {
        Residuals::Absolute => digits(sd, 2),
        Residuals::Relative | Residuals::Log => format!("{} %", digits(sd * 100.0, 2)),
    }
}

fn parameter_table(result: &FitResult) -> Block {
    let first = result.parameters().iter().find_map(|p| p.intervals.first());
    let title = match first {
        Some(i) => format!("{} interval ({})", percent(i.level), i.method.name()),
        None => "interval".to_owned(),
    };
    let rows = parameter_cells(result).map(|cells| {
        let [name, value, stderr] = cells.0;
        vec![
            name,
            value,
            stderr,
            cells.1.unwrap_or_else(|| "n/a".to_owned()),
        ]
    });
    let head = ["", "estimate", "std. error", &title];
    Block::table(&head, &[0, 3], rows)
}

/// The name, value, standard error and first interval of each parameter.
pub(super) fn parameter_cells(
    result: &FitResult,
) -> impl Iterator<Item = ([String; 3], Option<String>)> {
    result.parameters().iter().enumerate().map(|(k, p)| {
        let fixed = result.settings().lower[k] == result.settings().upper[k];
        let spread = p
            .stderr
            .or_else(|| p.intervals.first().map(|i| 0.25 * (i.upper - i.lower)));
        let stderr = match p.stderr {
            Some(se) => digits(se, 2),
            None if fixed => "fixed".to_owned(),
            None if result.on_bound(k) => "at bound".to_owned(),
            None => "n/a".to_owned(),
        };
        let interval = p
            .intervals
            .first()
            .filter(|_| !fixed)
            .map(|i| bracket(i, spread));
        let value = match fixed {
            true => Said(p.value).to_string(),
            false => with_uncertainty(p.value, spread),
        };
        ([p.name.clone(), value, stderr], interval)
    })
}

/// `[lower, upper]` with the digits that the spread supports.
pub(super) fn bracket(interval: &Interval, spread: Option<f64>) -> String {
    let end = |v: f64| with_uncertainty(v, spread);
    format!("[{}, {}]", end(interval.lower), end(interval.upper))
}

fn basin_table(result: &FitResult) -> Block {
    let mut head = vec!["basin", "objective"];
    head.extend(result.parameters().iter().map(|p| p.name.as_str()));
    let rows = result.basins().iter().enumerate().map(|(k, basin)| {
        let mut row = vec![
            (k + 1).to_string(),
            format!("{:.12e}", Said(basin.objective)),
        ];
        row.extend(basin.parameters.iter().map(|v| Said(*v).to_string()));
        row
    });
    Block::table(&head, &[], rows)
}

fn residual_table(result: &FitResult, most: usize) -> Block {
    let relative = result.settings().residuals != Residuals::Absolute;
    let residuals = result.residuals_in_order().into_iter().take(most);
    let rows = residuals.map(|(run, r)| {
        let shown = match relative {
            true => format!("{:+.2} %", Said(r * 100.0)),
            false => format!("{:+.4}", Said(r)),
        };
        vec![
            run.line.to_string(),
            run.known_x().map_or_else(String::new, compute),
            digits(run.loss, 5),
            digits(run.loss + signed_error(result, run.loss, r), 5),
            shown,
        ]
    });
    let variable = result.variable().noun();
    Block::table(&["line", variable, "loss", "fitted", "residual"], &[], rows)
}

/// f − L, from a residual on the scale of the fit.
fn signed_error(result: &FitResult, loss: f64, residual: f64) -> f64 {
    match result.settings().residuals {
        Residuals::Absolute => residual,
        Residuals::Relative => residual * loss,
        Residuals::Log => loss * residual.exp_m1(),
    }
}

/// Each finding with its hint.
pub(super) fn findings(diagnoses: &[Diagnosis]) -> Option<Block> {
    (!diagnoses.is_empty()).then(|| Block::Findings(diagnoses.to_vec().into()))
}

table_row!(
    /// One row of the parameters' CSV.
    pub(super) struct ParameterRow<'a> {
        name: &'a str,
        value: f64,
        stderr: Option<f64>,
        level: Option<f64>,
        kind: Option<&'a str>,
        method: Option<&'a str>,
        lower: Option<f64>,
        upper: Option<f64>,
    }
);

/// The parameters as CSV at full precision, one row per parameter and interval. `status` is `ok`,
/// or `abstained: CODE` if a finding refuses a forecast, with its words as the reason.
#[must_use]
pub fn parameters_csv(result: &FitResult) -> String {
    let (status, reason) = match result.refusal() {
        Some(refusal) => (format!("abstained: {}", refusal.code), &*refusal.message),
        None => ("ok".to_owned(), ""),
    };
    let header = [&ParameterRow::COLUMNS[..], &["status", "reason"]].concat();
    let rows = parameter_rows(result.parameters()).into_iter();
    csv(&header, rows.map(|row| (row, &status, reason)))
}

fn parameter_rows(parameters: &[ParameterEstimate]) -> Vec<ParameterRow<'_>> {
    let mut rows = Vec::new();
    for p in parameters {
        let row = |interval: Option<&Interval>| ParameterRow {
            name: &p.name,
            value: p.value,
            stderr: p.stderr,
            level: interval.map(|i| i.level),
            kind: interval.map(|i| i.kind.name()),
            method: interval.map(|i| i.method.name()),
            lower: interval.map(|i| i.lower),
            upper: interval.map(|i| i.upper),
        };
        if p.intervals.is_empty() {
            rows.push(row(None));
        }
        rows.extend(p.intervals.iter().map(|i| row(Some(i))));
    }
    rows
}
