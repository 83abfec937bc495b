//! The widths chosen without one source, and the results on it.

use crate::cases::Case;
use crate::figures::{Figures, Said, share};
use scalewise::internal::Widths;
use scalewise::runs::CurveKind;
use std::collections::{BTreeMap, BTreeSet};

/// Factors tried for each kind.
const FACTORS: std::ops::RangeInclusive<u32> = 30..=130;
/// Smallest mean coverage of a factor over the sets of a kind.
const COVERAGE: f64 = 0.9;
/// The same for ladders: a left-out ladder is covered four points less often than those on which
/// the factor was chosen.
const COVERAGE_OF_LADDERS: f64 = 0.94;

/// The sources, sorted.
pub fn sources(cases: &[Case]) -> BTreeSet<&str> {
    cases.iter().map(|c| c.source.as_str()).collect()
}

/// The widths chosen without a source. For each kind, among the factors with sufficient mean
/// coverage over sets, it is the one with the smallest interval score in the geometric mean over
/// sets. Curves with a decaying rate are not used.
pub fn without(cases: &[Case], source: &str) -> Widths {
    let others = |kind: CurveKind| -> Vec<&Case> {
        let fits = |c: &&Case| !c.decays && c.source != source && c.curve == kind;
        cases.iter().filter(fits).collect()
    };
    let start = Widths::MEASURED;
    let widest = best(&others(CurveKind::DatasetSize), COVERAGE, |factor| Widths {
        widest: factor,
        ..start
    });
    let start = Widths { widest, ..start };
    let ladder = best(&others(CurveKind::Ladder), COVERAGE_OF_LADDERS, |factor| {
        Widths {
            ladder: factor,
            ..start
        }
    });
    let training_run = best(&others(CurveKind::TrainingRun), COVERAGE, |factor| Widths {
        training_run: factor,
        ..start
    });
    Widths {
        widest,
        ladder,
        training_run,
    }
}

fn best(cases: &[&Case], least: f64, widths: impl Fn(f64) -> Widths) -> f64 {
    let mut sets: BTreeMap<(&str, String), Vec<&Case>> = BTreeMap::new();
    for case in cases {
        sets.entry(case.row()).or_default().push(case);
    }
    let tried = FACTORS.map(|percent| {
        let factor = f64::from(percent) / 100.0;
        let widths = widths(factor);
        let of_sets: Vec<Figures> = sets
            .values()
            .map(|cases| Figures::of(&with(cases.iter().copied(), &widths)))
            .collect();
        let count = of_sets.len() as f64;
        let coverage = of_sets.iter().map(|f| f.coverage / 100.0).sum::<f64>() / count;
        let score = of_sets.iter().map(|f| f.score.ln()).sum::<f64>() / count;
        // A factor that covers too little is worse than any that does not.
        (factor, (least - coverage).max(0.0), score)
    });
    let best = tried.min_by(|a, b| a.1.total_cmp(&b.1).then(a.2.total_cmp(&b.2)));
    best.map_or(1.0, |(factor, ..)| factor)
}

/// The forecasts with these widths for the cases that have an interval.
pub fn with<'a>(cases: impl Iterator<Item = &'a Case>, widths: &Widths) -> Vec<(Said, f64)> {
    let of = |c: &Case| {
        let interval = c.anatomy.as_ref()?.interval(widths)?;
        Some((Said::of(interval), c.actual))
    };
    cases.filter_map(of).collect()
}

/// A case, the widths chosen without its source, and the forecast with them.
pub type HeldOut<'a> = (&'a Case, Widths, Said);

/// Every case with an interval.
pub fn held_out(cases: &[Case]) -> Vec<HeldOut<'_>> {
    let mut all = Vec::new();
    for source in sources(cases) {
        let widths = without(cases, source);
        for case in cases.iter().filter(|c| c.source == source) {
            let interval = case.anatomy.as_ref().and_then(|a| a.interval(&widths));
            all.extend(interval.map(|interval| (case, widths, Said::of(interval))));
        }
    }
    all
}

/// Table "nested": each set with widths that were chosen without its source.
pub fn nested(cases: &[Case], held_out: &[HeldOut<'_>]) -> String {
    let mut sets: BTreeMap<(&str, String), Vec<&HeldOut<'_>>> = BTreeMap::new();
    for entry in held_out {
        sets.entry(entry.0.row()).or_default().push(entry);
    }
    let mut text =
        "| kind | set | factor chosen | cases | coverage, % | interval score | in use: coverage, % | interval score |\n|---|---|---|---|---|---|---|---|\n"
            .to_owned();
    for ((kind, set), entries) in &sets {
        let (first, widths, _) = entries[0];
        let factor = match first.curve {
            CurveKind::Ladder => widths.ladder,
            CurveKind::TrainingRun => widths.training_run,
            _ => widths.widest,
        };
        let said: Vec<(Said, f64)> = entries.iter().map(|(c, _, s)| (*s, c.actual)).collect();
        let chosen = Figures::of(&said);
        let used = Figures::of(&with(entries.iter().map(|(c, ..)| *c), &Widths::MEASURED));
        text += &format!(
            "| {kind} | {set} | {factor:.2} | {} | {:.1} | {:.3} | {:.1} | {:.3} |\n",
            chosen.cases, chosen.coverage, chosen.score, used.coverage, used.score
        );
    }
    let plain: Vec<_> = held_out.iter().filter(|(c, ..)| !c.decays).collect();
    let all = share(plain.iter().map(|(c, _, s)| s.covers(c.actual)));
    let all_sources = without(cases, "");
    text += &format!(
        "| all, by the same rule | | ladder {:.2}, training run {:.2}, widest {:.2} | | | | | |\n",
        all_sources.ladder, all_sources.training_run, all_sources.widest
    );
    text += &format!(
        "| all without a decaying rate | | | {} | {:.1} | | | |\n",
        plain.len(),
        100.0 * all
    );
    text
}
