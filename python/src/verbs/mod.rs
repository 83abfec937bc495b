//! The verbs: from keywords to a request and its answer.

mod check;
mod curve;
mod ledger;
mod optimum;
mod page;
mod plan;
mod plot;
mod points;
mod scores;
mod simulate;
mod versus;

use crate::answer::{Answer, Made};
use crate::choice::{FITTING, fitting};
use crate::keywords::{Keywords, usage};
use crate::reading;
use crate::table::{Rows, TEXT};
use scalewise::allocation::{AllocationMethod, Resampling};
use scalewise::ask::{
    AllocateAnswer, AllocateRequest, Ask, AskTable, BacktestAnswer, BacktestRequest, CompareAnswer,
    CompareRequest, FitAnswer, FitRequest, ForecastRequest, IsoflopAnswer, IsoflopRequest,
};
use scalewise::internal::{
    Among, FLOPS, ISOFLOP_BUDGET, MIN_RUNS, OfSeries, Piece, REPLICATES, SeriesJson, TOLERANCE,
    Targets, Wanted, at_targets, by as of_series, json, judged, many_csv, many_document,
    read_beside, targets_csv, targets_document, together,
};
use scalewise::progress::{Progress, Silent};
use scalewise::report::Document;
use scalewise::tables::Source;
use scalewise::{FitResult, Method, Result};
use std::path::Path;
use std::sync::Arc;

/// Answers a verb. The first input is `table`, or the law under the keyword `fitted`; `others` are
/// further tables.
///
/// # Errors
/// As for the library, and for a keyword without a meaning.
pub fn answer(
    verb: &str,
    table: Option<&Rows>,
    others: &[Arc<Rows>],
    mut keys: Keywords,
    steps: &dyn Progress,
) -> Result<Answer> {
    let keys = &mut keys;
    match verb {
        "laws" => ledger::laws(keys),
        "simulate" => simulate::run(keys),
        "verify" => ledger::verify(table, keys),
        "score" => ledger::score(keys),
        "ledger" => ledger::ledger(keys),
        "versus" => {
            let others = others.iter().map(Arc::as_ref);
            let tables: Vec<&Rows> = table.into_iter().chain(others).collect();
            versus::run(&tables, keys, steps)
        }
        "curve_fit" => {
            let others = others.iter().map(Arc::as_ref);
            let tables: Vec<&Rows> = table.into_iter().chain(others).collect();
            curve::fit(&tables, keys)
        }
        "curve_forecast" | "curve_compare" => curve::schedules(keys),
        "report" => page::report(table, keys, steps),
        _ => {
            let fitted = keys.law("fitted");
            let fitted = fitted.as_deref();
            match verb {
                "fit" => fit(given(table)?, keys, steps),
                "check" => check::run(given(table)?, keys),
                "forecast" => forecast(table, fitted, keys, steps),
                "backtest" => backtest(given(table)?, keys, steps),
                "compare" => compare(given(table)?, keys, steps),
                "capability" => scores::capability(given(table)?, keys, steps),
                "allocate" => allocate(table, fitted, keys, steps),
                "optimum" => optimum::run(table, fitted, keys),
                "isoflop" => isoflop(given(table)?, keys, steps),
                "curve" => curve::run(given(table)?, keys),
                "plan" => plan::run(table, fitted, keys, steps),
                "plot" => plot::run(table, fitted, keys, steps),
                "register" => ledger::register(table, keys),
                _ => Err(usage(format!("there is no verb '{verb}'"))),
            }
        }
    }
}

fn given(table: Option<&Rows>) -> Result<&Rows> {
    table.ok_or_else(|| {
        usage("a law that is fitted already has no rows to read")
            .with_hint("give the table of runs")
    })
}

/// The law of a law file, if the table is one, or the given law; `None` for a table of runs.
fn fitted_law(
    source: Option<&Source<'_>>,
    fitted: Option<&FitResult>,
    keys: &Keywords,
) -> Result<Option<FitResult>> {
    let from_file = match source {
        Some(source) if is_ours(&source.opening()) => {
            let bytes = source.document()?;
            Some(FitResult::from_json(
                &String::from_utf8_lossy(&bytes),
                source.name(),
            )?)
        }
        _ => None,
    };
    let fit = fitted.cloned().or(from_file);
    if fit.is_some() {
        let unchanged = [
            keys.given(&FITTING),
            reading::given(keys),
            keys.given(&["by"]),
        ]
        .concat();
        if !unchanged.is_empty() {
            let message = format!(
                "{} cannot change a law that is fitted already",
                unchanged.join(", ")
            );
            return Err(usage(message).with_hint("give the table of runs instead of the law"));
        }
    }
    Ok(fit)
}

/// Whether bytes are a law file or another file of this program, and not a table.
pub fn is_ours(bytes: &[u8]) -> bool {
    bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{')
        && String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).contains("\"scalewise.")
}

/// Most series for which there is also a table for people.
const FOR_PEOPLE: usize = 100;

/// The keyword under which Python asks for the JSON of every series, which is large.
const AS_JSON: &str = "as_json";

/// The answers for every series of a table.
fn many<A: Among>(
    request: &A::Request,
    source: &Source<'_>,
    by: &str,
    as_json: bool,
    steps: &dyn Progress,
) -> Result<Answer>
where
    A::Request: AskTable,
{
    let series = request.read_by(source, by)?;
    let few = series.len() <= FOR_PEOPLE;
    let all = of_series(series, steps, |_, data| {
        let answer = Ask::watched(request, &data, &Silent)?;
        let of = |wanted| Piece::of(&answer, wanted);
        Ok(match as_json {
            true => (of(Wanted::Json)?, None),
            false => (
                of(Wanted::Table)?,
                few.then(|| of(Wanted::Document)).transpose()?,
            ),
        })
    })?;
    let (pieces, texts): (Series, Series) = all.into_iter().map(apart).unzip();
    let (pieces, texts) = (judged(pieces), judged(texts));
    Ok(Answer::made(Made {
        trust: together(&pieces),
        table: (!as_json).then(|| many_csv::<A>(request, &pieces)),
        json: as_json
            .then(|| json(&SeriesJson::new(A::NAME, by, &pieces)))
            .transpose()?,
        document: match few && !as_json {
            true => many_document::<A>(request, source.name(), &texts),
            false => Document::default(),
        },
        chart: None,
    }))
}

type Series = Vec<OfSeries<Piece>>;

/// Separates the two forms of the answer for one series.
fn apart(of: OfSeries<(Piece, Option<Piece>)>) -> (OfSeries<Piece>, OfSeries<Piece>) {
    let (piece, text) = match of.result {
        Some((piece, text)) => (Some(piece), text),
        None => (None, None),
    };
    let with = |result| OfSeries {
        series: of.series.clone(),
        code: of.code.clone(),
        reason: of.reason.clone(),
        result,
    };
    (with(piece), with(text))
}

fn levels(keys: &mut Keywords) -> Result<Vec<f64>> {
    let levels = keys.numbers("level")?;
    Ok(match levels.is_empty() {
        true => scalewise::internal::LEVELS.to_vec(),
        false => levels,
    })
}

fn level(keys: &mut Keywords) -> Result<f64> {
    Ok(keys.number("level")?.unwrap_or(scalewise::internal::LEVEL))
}

/// The request for larger runs.
fn forecast_request(keys: &mut Keywords) -> Result<ForecastRequest> {
    let force = keys.truth("force")?;
    let mut request = ForecastRequest::default()
        .table(reading::runs(keys)?)
        .fit(fitting(keys)?)
        .at(keys.sizes("at")?)
        .reach(keys.positives("reach")?)
        .levels(levels(keys)?)
        .floors(keys.truth("verbose")?)
        .force(force);
    if let Some(kind) = keys.choice("kind")? {
        request = request.kinds([kind]);
    }
    let methods = keys.choices("method")?;
    if !methods.is_empty() {
        request = request.methods(methods);
    }
    if let Some(replicates) = keys.count("replicates")? {
        request = request.replicates(replicates);
    }
    if let Some(seed) = keys.count("seed")? {
        request = request.seed(seed);
    }
    Ok(request)
}

fn forecast(
    table: Option<&Rows>,
    fitted: Option<&FitResult>,
    keys: &mut Keywords,
    steps: &dyn Progress,
) -> Result<Answer> {
    let source = table.map(Rows::open).transpose()?;
    let fit = fitted_law(source.as_ref(), fitted, keys)?;
    if let Some(answer) = points::forecast(source.as_ref(), fit.as_ref(), keys, steps)? {
        return Ok(answer);
    }
    let by = reading::columns(keys, "by")?;
    let targets = keys.text("targets")?;
    let at = keys.has("at").then(|| keys.peek_sizes("at")).transpose()?;
    let request = forecast_request(keys)?;
    let as_json = keys.truth(AS_JSON)?;
    keys.done()?;
    match (fit, source, by) {
        (Some(fit), _, _) => request.of_fit(fit).map(Answer::of_forecast),
        (None, Some(source), Some(by)) => {
            let targets = match (targets, at) {
                (None, Some(at)) => Targets::same(&at)?,
                (Some(text), None) => read_targets(&text, &by, &request)?,
                (None, None) if request.check().is_ok() => Targets::HeldOut,
                _ => {
                    let message = "by needs either targets or at, or runs that are held out";
                    return Err(usage(message));
                }
            };
            forecasts(&request, &source, &by, &targets, as_json, steps)
        }
        (None, Some(source), None) => {
            if targets.is_some() {
                return Err(usage("targets are for several series")
                    .with_hint("say with by what tells the series apart"));
            }
            request.check()?;
            let answer = request.watched(&request.read(&source)?, steps)?;
            Ok(Answer::of_forecast(answer))
        }
        (None, None, _) => Err(usage("there is neither a table nor a law")),
    }
}

/// A table of targets, given as CSV or as the path of a file.
fn read_targets(given: &str, by: &str, request: &ForecastRequest) -> Result<Targets> {
    match given.strip_prefix(TEXT) {
        Some(text) => Targets::read(text.as_bytes(), "targets", by, request),
        None => Targets::read(&read_beside(Path::new(given))?, given, by, request),
    }
}

fn forecasts(
    request: &ForecastRequest,
    source: &Source<'_>,
    by: &str,
    targets: &Targets,
    as_json: bool,
    steps: &dyn Progress,
) -> Result<Answer> {
    let series = request.read_by(source, by)?;
    let wanted = match as_json {
        true => Wanted::Json,
        false => Wanted::Table,
    };
    let all = at_targets(request, targets, "targets", series, wanted, steps)?;
    Ok(Answer::made(Made {
        table: (!as_json).then(|| targets_csv(request, targets, &all)),
        document: match all.len() <= FOR_PEOPLE && !as_json {
            true => targets_document(request, targets, &all),
            false => Document::default(),
        },
        json: as_json
            .then(|| json(&SeriesJson::new("forecast", by, &all)))
            .transpose()?,
        trust: together(&all),
        chart: None,
    }))
}

/// Answers for one table, or for each of its series.
fn one_or_many<A>(
    request: &A::Request,
    table: &Rows,
    by: Option<&str>,
    keys: &mut Keywords,
    steps: &dyn Progress,
    one: fn(A) -> Answer,
) -> Result<Answer>
where
    A: Among,
    A::Request: AskTable,
{
    let as_json = keys.truth(AS_JSON)?;
    keys.done()?;
    let source = table.open()?;
    match by {
        Some(by) => many::<A>(request, &source, by, as_json, steps),
        None => request.watched(&request.read(&source)?, steps).map(one),
    }
}

fn fit(table: &Rows, keys: &mut Keywords, steps: &dyn Progress) -> Result<Answer> {
    let by = reading::columns(keys, "by")?;
    let force = keys.truth("force")?;
    let request = FitRequest::default()
        .table(reading::runs(keys)?.force(force))
        .fit(fitting(keys)?)
        .level(level(keys)?);
    one_or_many::<FitAnswer>(&request, table, by.as_deref(), keys, steps, Answer::of_fit)
}

fn backtest(table: &Rows, keys: &mut Keywords, steps: &dyn Progress) -> Result<Answer> {
    let by = reading::columns(keys, "by")?;
    let force = keys.truth("force")?;
    let request = BacktestRequest::default()
        .table(reading::runs(keys)?)
        .fit(fitting(keys)?)
        .level(level(keys)?)
        .method(keys.choice("method")?.unwrap_or(Method::Calibrated))
        .min_runs(keys.count("min_runs")?.unwrap_or(MIN_RUNS))
        .force(force);
    one_or_many::<BacktestAnswer>(
        &request,
        table,
        by.as_deref(),
        keys,
        steps,
        Answer::of_backtest,
    )
}

fn compare(table: &Rows, keys: &mut Keywords, steps: &dyn Progress) -> Result<Answer> {
    let by = reading::columns(keys, "by")?;
    let force = keys.truth("force")?;
    let request = CompareRequest::default()
        .table(reading::runs(keys)?.force(force))
        .laws(keys.texts("laws")?);
    one_or_many::<CompareAnswer>(&request, table, by.as_deref(), keys, steps, Answer::plain)
}

fn allocate_request(keys: &mut Keywords) -> Result<AllocateRequest> {
    let force = keys.truth("force")?;
    let mut request = AllocateRequest::default()
        .table(reading::runs(keys)?)
        .fit(fitting(keys)?)
        .compute(keys.sizes("compute")?)
        .params(keys.positives("params")?)
        .tokens(keys.positives("tokens")?)
        .ratio(keys.positives("ratio")?)
        .unique(keys.positives("unique")?)
        .sizes(keys.positives("sizes")?)
        .inference_tokens(keys.positive("n_inference")?)
        .price(keys.number("price")?)
        .level(level(keys)?)
        .joint(keys.truth("joint")?)
        .resample(keys.choice("resample")?.unwrap_or(Resampling::Cases))
        .replicates(keys.count("replicates")?.unwrap_or(REPLICATES))
        .seed(keys.count("seed")?.unwrap_or(0))
        .sensitivity(true)
        .force(force);
    request = request.flops(keys.text("flops")?.unwrap_or_else(|| FLOPS.to_owned()));
    let methods: Vec<AllocationMethod> = keys.choices("method")?;
    Ok(match methods.is_empty() {
        true => request,
        false => request.methods(methods),
    })
}

fn allocate(
    table: Option<&Rows>,
    fitted: Option<&FitResult>,
    keys: &mut Keywords,
    steps: &dyn Progress,
) -> Result<Answer> {
    let source = table.map(Rows::open).transpose()?;
    let fit = fitted_law(source.as_ref(), fitted, keys)?;
    let by = reading::columns(keys, "by")?;
    let request = allocate_request(keys)?;
    let as_json = keys.truth(AS_JSON)?;
    keys.done()?;
    let repeats = request.is_of_repeats(fit.as_ref())?;
    if request.is_of_formula(fit.as_ref())? {
        let request = request.of_formula()?;
        let fit = match (fit, source, by) {
            (_, _, Some(_)) => {
                let error = usage("by is not for a law that is a formula");
                return Err(error.with_hint("leave it out"));
            }
            (Some(fit), _, _) => fit,
            (None, Some(source), _) => request.fitted(&request.read(&source)?)?,
            (None, None, _) => return Err(usage("there is neither a table nor a law")),
        };
        return request.of_fit(fit).map(Answer::of_optimum);
    }
    match (fit, source, by) {
        (_, _, Some(_)) if repeats => Err(usage("by is not for a law of repeated tokens")
            .with_hint("leave it out, or choose law='chinchilla'")),
        (Some(fit), _, _) if repeats => request.capped_of_fit(fit).map(Answer::plain),
        (Some(fit), _, _) => request.of_fit(fit).map(Answer::of_allocation),
        (None, Some(source), None) if repeats => {
            let data = request.of_first_law().read(&source)?;
            request.capped(&data, steps).map(Answer::plain)
        }
        (None, Some(source), Some(by)) => {
            many::<AllocateAnswer>(&request, &source, &by, as_json, steps)
        }
        (None, Some(source), None) => match request.conventions(&source, steps)? {
            Some(compared) => Ok(Answer::plain(compared)),
            None => request
                .watched(&request.read(&source)?, steps)
                .map(Answer::of_allocation),
        },
        (None, None, _) => Err(usage("there is neither a table nor a law")),
    }
}

fn isoflop(table: &Rows, keys: &mut Keywords, steps: &dyn Progress) -> Result<Answer> {
    let by = reading::columns(keys, "by")?;
    let force = keys.truth("force")?;
    let mut request = IsoflopRequest::default()
        .table(reading::runs(keys)?.force(force))
        .flops(keys.text("flops")?)
        .fit(fitting(keys)?)
        .tolerance(keys.number("tolerance")?.unwrap_or(TOLERANCE))
        .level(level(keys)?);
    request = match keys.has("compute") {
        true => request.compute(keys.sizes("compute")?),
        false => request.compute([ISOFLOP_BUDGET.parse()?]),
    };
    one_or_many::<IsoflopAnswer>(
        &request,
        table,
        by.as_deref(),
        keys,
        steps,
        Answer::of_isoflop,
    )
}
