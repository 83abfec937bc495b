//! Fuzz targets: every reader of text, with conditions on what it accepts. Shared by libFuzzer
//! (`fuzz/`) and the harness on a stable compiler (`cli/tests/fuzz.rs`).
#![allow(dead_code)]

#[path = "spoken.rs"]
pub mod spoken;
#[path = "typed_law.rs"]
pub mod typed_law;

use scalewise::ReadOptions;
use scalewise::internal::{foreign_table, read_point};
use scalewise::law::{Chinchilla, Law, Power, Saturating};
use scalewise::ledger::{Entry, Score};
use scalewise::quantity::{format_quantity, parse_quantity};
use scalewise::runs::CountTable;
use scalewise::tables::{
    self, CountOptions, Filter, Let, Needs, Reduce, Reshape, WantedColumn, read_counts,
};
use scalewise::{Dataset, Fit, FitResult, Target, capability};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::OnceLock;

/// A reader.
pub type Reader = fn(&[u8]);

/// Every target with its name, which is also that of its folder of seeds.
pub const ALL: [(&str, Reader); 13] = [
    ("table", table),
    ("log", log),
    ("counts", counts),
    ("foreign", foreign),
    ("quantity", quantity),
    ("filter", filter),
    ("formula", formula),
    ("typed_law", typed_law::typed_law),
    ("law_file", law_file),
    ("verdict", verdict),
    ("entry", entry),
    ("spoken", spoken::spoken),
    ("config", config),
];

/// A larger table makes the fuzzer slow and adds no new path.
const ROWS: usize = 60;
/// Bytes of a log that is long enough to be read in blocks.
const LOG: usize = 9000;
/// A table for filters and formulas.
const TABLE: &[u8] = b"run,flops,loss,lr\na,1e18,3.1,1e-3\nb,1e19,2.9,\n";

/// A file of any format becomes a table that reads, or is refused.
pub fn foreign(bytes: &[u8]) {
    let name = match bytes {
        [b':' | b'{' | b'[', ..] => "runs.json",
        [_, _, _, 0, 0, 0, 0, 0, ..] => "events.out.tfevents.1",
        _ => "run.csv",
    };
    for log in [
        None,
        Some("megatron"),
        Some("modded-nanogpt"),
        Some("nanogpt"),
    ] {
        if let Ok(table) = foreign_table(bytes.to_vec(), name, log) {
            let _ = Dataset::from_source(&table, &ReadOptions::default());
        }
    }
}

/// Every run has each column of the law, and either all runs have compute or none.
fn further_columns(bytes: &[u8]) {
    let options = ReadOptions {
        needs: Needs::COLUMNS,
        columns: ["flops", "lr", "n_params", "model"]
            .map(WantedColumn::if_there)
            .into(),
        negative_losses: true,
        ..ReadOptions::default()
    };
    let Ok((data, understanding)) = tables::read(bytes, "runs.csv", &options) else {
        return;
    };
    assert_eq!(
        understanding.rows(),
        data.runs().len() + data.excluded().len()
    );
    for run in data.runs() {
        assert_eq!(run.has_compute(), data.has_compute());
        assert!(run.loss().is_finite() && run.x() > 0.0);
        for name in data.columns() {
            assert!(run.column(name).is_some_and(f64::is_finite));
        }
    }
}

/// Rows are counted, fits are finite, and a law file is read back to the same bytes.
pub fn table(bytes: &[u8]) {
    further_columns(bytes);
    let Ok((data, understanding)) = tables::read(bytes, "runs.csv", &ReadOptions::default()) else {
        return;
    };
    assert_eq!(
        understanding.rows(),
        data.runs().len() + data.excluded().len()
    );
    if data.runs().len() > ROWS {
        return;
    }
    for fit in [Fit::new(Saturating), Fit::new(Power)] {
        let Ok(result) = fit.run(&data) else {
            continue;
        };
        assert!(result.parameters().iter().all(|p| p.value.is_finite()));
        let text = result.to_json();
        let again = FitResult::from_json(&text, "law.json").unwrap();
        assert_eq!(again.to_json(), text);
        let farther = (result.data().largest_fitted().unwrap() * 100.0).min(1e300);
        if let Ok(forecast) = result.forecast(Target::at(farther)).run() {
            assert!(forecast.point > 0.0 && forecast.point.is_finite());
            for i in &forecast.intervals {
                let ordered = 0.0 <= i.lower && i.lower <= i.upper && i.upper.is_finite();
                assert!(ordered, "{i:?}");
            }
        }
    }
}

/// Rows of training curves, repeated until blocks of them are read in parallel, give the rows of a
/// plain reading, or an error on the same line.
pub fn log(bytes: &[u8]) {
    let mut text = b"run,compute,step,loss\n".to_vec();
    while text.len() < LOG {
        text.extend_from_slice(bytes);
        text.push(b'\n');
    }
    let read = |rule| {
        let reshape = Reshape {
            reduce: Some(rule),
            ..Reshape::default()
        };
        let options = ReadOptions {
            reshape,
            ..ReadOptions::default()
        };
        tables::read(&text, "log.csv", &options)
    };
    let _ = read(Reduce::Tail(0.3));
    let _ = read(Reduce::SmoothMin(3));
    let read = read(Reduce::Last);
    if bytes.contains(&b'"') {
        return;
    }
    match (last_rows(&text), read) {
        (Err(line), Ok(_)) => panic!("line {line} was accepted"),
        (Err(line), Err(error)) => {
            let place = format!("log.csv:{line}: ");
            assert!(error.to_string().starts_with(&place), "{place}{error}");
        }
        (Ok(rows), Err(error)) => {
            let usable = rows
                .iter()
                .any(|(_, compute, loss)| *compute && loss.is_some());
            assert!(!usable, "{error}");
        }
        (Ok(rows), Ok((data, understanding))) => {
            assert_eq!(understanding.rows(), rows.len());
            let usable = rows.into_iter().filter(|(_, compute, _)| *compute);
            let wanted: Vec<(u64, u64)> = usable
                .filter_map(|(line, _, loss)| Some((line, loss?.to_bits())))
                .collect();
            let found = data.runs().iter().map(|r| (r.line(), r.loss().to_bits()));
            assert_eq!(found.collect::<Vec<_>>(), wanted);
        }
    }
}

/// Line of a row, whether its compute is usable, and its loss.
type Kept = (u64, bool, Option<f64>);

/// The remaining row of each run, or the line of the first refused row.
fn last_rows(text: &[u8]) -> Result<Vec<Kept>, u64> {
    /// The largest step with a loss, and the largest with an unusable one.
    #[derive(Default)]
    struct Run {
        last: Option<(f64, Kept)>,
        end: Option<(f64, Kept)>,
    }
    let positive = |cell: &str| parse_quantity(cell).ok().filter(|v| *v > 0.0);
    let (mut names, mut runs) = (Vec::new(), HashMap::<String, Run>::new());
    for (line, bytes) in lines(text).into_iter().skip(1) {
        let row = std::str::from_utf8(bytes).map_err(|_| line)?;
        if row.trim().is_empty() {
            continue;
        }
        let cells: Vec<&str> = row.split(',').map(str::trim).collect();
        let [name, compute, step, loss] = cells[..] else {
            return Err(line);
        };
        let fitted = positive(compute).filter(|v| (1e-100..=1e100).contains(v));
        let (usable, value) = (fitted.is_some(), positive(loss));
        let step = match loss {
            "" => f64::NEG_INFINITY,
            _ => parse_quantity(step).map_err(|_| line)?,
        };
        if value.is_some() && name.is_empty() {
            return Err(line);
        }
        let run = runs.entry(name.to_owned()).or_default();
        let row = (step, (line, usable, value));
        if value.is_none() {
            // Of equal steps, the first without a loss and the last with one.
            if run.end.is_none_or(|(at, _)| at < step) {
                run.end = Some(row);
            }
        } else {
            if run.last.is_none() {
                names.push(name.to_owned());
            }
            if run.last.is_none_or(|(at, _)| step.total_cmp(&at).is_ge()) {
                run.last = Some(row);
            }
        }
    }
    let mut rows = Vec::new();
    for name in names {
        let Run { last, end } = runs.remove(&name).unwrap();
        let (at, last) = last.unwrap();
        rows.push(
            end.filter(|(end, _)| *end > at)
                .map_or(last, |(_, end)| end),
        );
    }
    let mut without: Vec<_> = runs.into_values().map(|run| run.end.unwrap().1).collect();
    without.sort_by_key(|row| row.0);
    rows.extend(without);
    // A curve is reduced with all its positive losses; its result is fitted only in this range.
    for (_, _, loss) in &mut rows {
        *loss = loss.filter(|v| (1e-140..=1e140).contains(v));
    }
    Ok(rows)
}

/// Numbered lines, with any line ending.
fn lines(text: &[u8]) -> Vec<(u64, &[u8])> {
    let (mut lines, mut start, mut at) = (Vec::new(), 0, 0);
    while at < text.len() {
        if matches!(text[at], b'\r' | b'\n') {
            lines.push((lines.len() as u64 + 1, &text[start..at]));
            at += usize::from(text[at..].starts_with(b"\r\n"));
            start = at + 1;
        }
        at += 1;
    }
    lines
}

/// Passes never exceed samples, and forecasts are probabilities.
pub fn counts(bytes: &[u8]) {
    let options = CountOptions::default();
    let Ok(CountTable::Counts(counts)) = read_counts(bytes, "counts.csv", &options) else {
        return;
    };
    let cells = (0..counts.models().len()).flat_map(|model| counts.counts(model));
    assert!(cells.clone().all(|c| c.passes <= c.samples));
    // Large counts are slow to fit and add nothing new.
    if cells.clone().count() > 4 * ROWS || cells.clone().any(|c| c.samples > 2000) {
        return;
    }
    if let Ok(fit) = capability::CapabilityFit::new().buckets(2).run(&counts)
        && let Ok(forecast) = fit.overall.forecast(1e30).levels(&[0.9]).run()
    {
        let rate = forecast.geometric_mean_pass_rate.value;
        assert!((0.0..=1.0).contains(&rate), "{rate}");
    }
}

/// A quantity written for people reads back to two digits.
pub fn quantity(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(point) = read_point(text, &["N", "S"]) {
        assert!(point.len() == 2 && point.values().all(|value| value.is_finite()));
    }
    if let Ok(value) = parse_quantity(text) {
        assert!(value.is_finite());
        let again = parse_quantity(&format_quantity(value)).unwrap();
        let near = (again - value).abs() <= 1e-2 * value.abs();
        assert!(near, "{text} {value} {again}");
    }
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        let value = text.parse().ok().filter(|v: &f64| v.is_finite());
        assert_eq!(parse_quantity(text).ok(), value, "{text}");
    }
}

/// A valid filter can be applied to a table.
pub fn filter(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(filter) = text.parse::<Filter>() {
        let options = ReadOptions {
            filters: vec![filter.clone()],
            ..ReadOptions::default()
        };
        let held = ReadOptions {
            holds: vec![filter],
            ..ReadOptions::default()
        };
        let _ = tables::read(TABLE, "runs.csv", &held);
        let _ = tables::read(TABLE, "runs.csv", &options);
    }
}

/// A valid formula can make a column.
pub fn formula(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(made) = text.parse::<Let>() {
        let mut options = ReadOptions::default();
        options.reshape.lets.push(made);
        let _ = tables::read(TABLE, "runs.csv", &options);
    }
}

/// An accepted law file is read back to the same bytes and can be used.
pub fn law_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(fit) = FitResult::from_json(text, "law.json") {
        let written = fit.to_json();
        let again = FitResult::from_json(&written, "law.json").unwrap();
        assert_eq!(again.to_json(), written);
        if fit.data().fit_runs().count() <= ROWS {
            let _ = fit.forecast(Target::at(1e25)).run();
        }
    }
}

/// Law files of a refused curve, an accepted one and a refused surface, with the text about each.
fn judged() -> &'static [(Value, String)] {
    static FILES: OnceLock<Vec<(Value, String)>> = OnceLock::new();
    FILES.get_or_init(|| {
        let curve = |losses: [f64; 7]| {
            let runs = losses.into_iter().zip(18..);
            Dataset::from_runs(runs.map(|(loss, e)| (10f64.powi(e), loss))).unwrap()
        };
        let mut surface = "params,tokens,loss\n".to_owned();
        for e in 7..14 {
            let n = 10f64.powi(e);
            let wobble = 1.0 + 0.03 * f64::from(e).sin();
            let loss = Chinchilla.predict(&[n, 20.0 * n], &[406.4, 410.7, 1.69, 0.34, 0.28]);
            surface += &format!("{n},{},{}\n", 20.0 * n * wobble, loss * wobble);
        }
        let options = ReadOptions {
            needs: tables::Needs::SURFACE,
            ..ReadOptions::default()
        };
        let surface = Dataset::from_csv_bytes(surface.as_bytes(), "runs.csv", &options).unwrap();
        let falling = curve([3.3, 2.75, 2.37, 2.1, 1.95, 1.82, 1.75]);
        let bent = curve([2.5, 2.3, 2.42, 2.6, 2.79, 3.02, 3.2]);
        let fits = [
            Fit::new(Saturating).run(&bent).unwrap(),
            Fit::new(Saturating).run(&falling).unwrap(),
            Fit::new(Chinchilla).run(&surface).unwrap(),
        ];
        let texts = fits.iter().map(FitResult::to_json);
        texts
            .map(|t| (serde_json::from_str(&t).unwrap(), t))
            .collect()
    })
}

/// If findings, status, covariance and standard errors of a law file are edited, it is refused or
/// gives the text of the unedited file. The first line chooses a file; the others are edits: a
/// position and a value.
pub fn verdict(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let mut lines = text.lines();
    let number: usize = lines.next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let (file, told) = &judged()[number % judged().len()];
    let mut edited = file.clone();
    for (place, value) in lines.filter_map(|line| line.split_once(' ')) {
        let open = [
            "/diagnoses",
            "/status",
            "/trustworthy",
            "/vcov",
            "/made_by",
            "/fit/starts",
        ];
        let may = open.iter().any(|start| place.starts_with(start)) || place.ends_with("/stderr");
        if let (true, Ok(value)) = (may, serde_json::from_str(value))
            && let Some(there) = edited.pointer_mut(place)
        {
            *there = value;
        }
    }
    if let Ok(fit) = FitResult::from_json(&edited.to_string(), "law.json") {
        assert_eq!(&fit.to_json(), told);
    }
}

/// An accepted entry or score has exactly the bytes that it serialises to. The bytes are also tried
/// with a valid seal.
pub fn entry(bytes: &[u8]) {
    sealed(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let body = lines[..lines.len().saturating_sub(2)].concat();
        let digest = Sha256::digest(body.as_bytes());
        let digest: String = digest.iter().map(|b| format!("{b:02x}")).collect();
        sealed(format!("{body}  \"digest\": \"sha256:{digest}\"\n}}\n").as_bytes());
    }
}

fn sealed(bytes: &[u8]) {
    if let Ok(entry) = Entry::read(bytes, "entry.json") {
        assert_eq!(entry.text().as_bytes(), bytes);
        for prediction in &entry.registration().predictions {
            let _ = scalewise::ledger::Scored::of(prediction, 2.0);
        }
    }
    if let Ok(score) = Score::read(bytes, "entry.score.json") {
        assert_eq!(score.text().as_bytes(), bytes);
    }
}

/// Defaults never override the user's words, and give only flags that may be set in the file.
pub fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    for verb in [
        "forecast",
        "plot",
        "capability",
        "allocate",
        "report",
        "simulate",
    ] {
        let words = ["scalewise", verb, "runs.csv", "--at", "1e22"];
        let arguments: Vec<std::ffi::OsString> = words.map(Into::into).to_vec();
        let Ok((all, used)) = scalewise_cli::put_in(text, arguments.clone()) else {
            continue;
        };
        assert_eq!(all[..2], arguments[..2]);
        assert!(all.ends_with(&arguments[2..]));
        let flags = &all[2..all.len() - 3];
        for word in flags {
            let word = word.to_str().unwrap();
            let flag = word.strip_prefix("--").unwrap();
            let name = flag.split('=').next().unwrap();
            assert!(scalewise_cli::CONFIG_KEYS.contains(&name), "{word}");
            assert!(used.iter().any(|used| used == name), "{word}");
            assert!(!word.chars().any(char::is_control), "{word:?}");
        }
    }
}
