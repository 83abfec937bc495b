//! The tables of what is in use: by method, set, kind and distance.

use crate::before::BEFORE;
use crate::cases::Case;
use crate::figures::{Figures, HEAD, Said, mean, quantile};
use scalewise::Method;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const BINS: [(f64, f64); 4] = [(1.0, 3.0), (3.0, 8.0), (8.0, 20.0), (20.0, f64::INFINITY)];

fn said<'a>(cases: impl Iterator<Item = &'a Case>, method: Method) -> Vec<(Said, f64)> {
    cases
        .filter_map(|c| Some((*c.said.get(method.name())?, c.actual)))
        .collect()
}

/// The kinds as the tables name them.
pub const KINDS: [&str; 6] = [
    "size ladder",
    "data ladder",
    "unknown",
    "training run",
    "data-set size",
    "samples",
];

/// By method, of the curves whose learning rate does not decay.
pub fn methods(cases: &[Case]) -> String {
    let plain = || cases.iter().filter(|c| !c.decays);
    let mut text = format!("| method | {HEAD} | abstained |\n|---|---|---|---|---|---|---|\n");
    for method in Method::DETERMINISTIC {
        let given = said(plain(), method);
        let abstained = plain().count() - given.len();
        let figures = Figures::of(&given).cells();
        let _ = writeln!(text, "| {} | {figures} | {abstained} |", method.name());
    }
    text
}

/// By kind and set, with the figures of version 0.3.
pub fn sets(cases: &[Case]) -> String {
    let mut rows: BTreeMap<(&str, String), Vec<&Case>> = BTreeMap::new();
    for case in cases {
        rows.entry(case.row()).or_default().push(case);
    }
    let mut text = format!(
        "| kind | set | {HEAD} | 0.3: coverage, % | interval score | median error, % | RMS error, % | score ÷ 0.3 |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|\n"
    );
    let mut ratios: BTreeMap<&str, Vec<(f64, f64, f64)>> = BTreeMap::new();
    for ((kind, set), own) in &rows {
        let figures = Figures::of(&said(own.iter().copied(), Method::Calibrated));
        let Some(before) = BEFORE.iter().find(|b| b.0 == *kind && b.1 == set) else {
            continue;
        };
        let (coverage, score, median, rms) = before.2;
        let ratio = figures.score / score;
        let family = match (own[0].decays, *kind) {
            (true, _) => "with a decaying rate",
            (false, "size ladder" | "data ladder" | "unknown") => "ladders",
            (false, _) => "other kinds without a decaying rate",
        };
        ratios
            .entry(family)
            .or_default()
            .push((figures.coverage, ratio, figures.rms / rms));
        let _ = writeln!(
            text,
            "| {kind} | {set} | {} | {coverage:.1} | {score:.3} | {median:.2} | {rms:.2} | {ratio:.2} |",
            figures.cells()
        );
    }
    for (family, all) in ratios {
        let geometric =
            |of: fn(&(f64, f64, f64)) -> f64| mean(all.iter().map(|r| of(r).ln())).exp();
        let _ = writeln!(
            text,
            "| mean over sets | {family} | | {:.1} | | | | | | | RMS ÷ 0.3: {:.2} | {:.2} |",
            mean(all.iter().map(|r| r.0)),
            geometric(|r| r.2),
            geometric(|r| r.1)
        );
    }
    text
}

/// By kind.
pub fn kinds(cases: &[Case]) -> String {
    let mut text = format!("| kind | learning rate | {HEAD} |\n|---|---|---|---|---|---|---|\n");
    for kind in KINDS {
        for decays in [false, true] {
            let own = cases
                .iter()
                .filter(|c| c.kind == kind && c.decays == decays);
            let given = said(own, Method::Calibrated);
            if !given.is_empty() {
                let rate = match (kind, decays) {
                    ("training run", false) => "does not decay",
                    ("training run", true) => "decays",
                    _ => "",
                };
                let _ = writeln!(
                    text,
                    "| {kind} | {rate} | {} |",
                    Figures::of(&given).cells()
                );
            }
        }
    }
    text
}

/// By distance, of the curves whose learning rate does not decay.
pub fn distances(cases: &[Case]) -> String {
    let mut text =
        format!("| target ÷ largest run | method | {HEAD} |\n|---|---|---|---|---|---|---|\n");
    for (low, high) in BINS {
        let range = if high.is_finite() {
            format!("{low}–{high}")
        } else {
            format!("over {low}")
        };
        for method in [Method::Calibrated, Method::Delta] {
            let inside = |c: &&Case| !c.decays && low <= c.factor && c.factor < high;
            let given = said(cases.iter().filter(inside), method);
            let _ = writeln!(
                text,
                "| {range} | {} | {} |",
                method.name(),
                Figures::of(&given).cells()
            );
        }
    }
    text
}

/// Points of single laws, of the members and the recommended one.
pub fn points(cases: &[Case]) -> String {
    let names = [
        "power",
        "saturating",
        "shifted",
        "m3",
        "m4",
        "broken",
        "envelope",
        "quadrature",
        "local",
        "recommended",
    ];
    let mut text = "| point | IC: cases | IC: mean error of ln L | all: cases | all: mean error of ln L | all: median, % | all: RMS, % |\n|---|---|---|---|---|---|---|\n".to_owned();
    for name in names {
        let errors = |image_only: bool| -> Vec<f64> {
            cases
                .iter()
                .filter(|c| !c.decays && (!image_only || c.set == "IC"))
                .filter_map(|c| Some((c.points.get(name)? - c.actual).abs()))
                .collect()
        };
        let (image, all) = (errors(true), errors(false));
        let _ = writeln!(
            text,
            "| {name} | {} | {:.4} | {} | {:.4} | {:.2} | {:.2} |",
            image.len(),
            mean(image.iter().copied()),
            all.len(),
            mean(all.iter().copied()),
            100.0 * quantile(all.clone(), 0.5),
            100.0 * mean(all.iter().map(|e| e * e)).sqrt(),
        );
    }
    text
}
