//! Whether the runs form a curve that a law of compute can describe and continue.

use super::result::FitResult;
use super::shape::{Contrast, Knee, NoiseSource, Shape};
use super::status::{Diagnosis, Severity};
use super::{far_off, isolated};
use crate::code::Code;
use crate::law::Input;
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::runs::Variable;
use crate::said::Said;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Smallest rise and bend, in ln L, that refuse a forecast, however significant they are.
const LEAST_RISE: f64 = 0.01;
const LEAST_BEND: f64 = 0.02;
/// A rise counts if it is at least this share of the range of ln L.
const LEAST_SHARE: f64 = 0.05;

/// The exponent beyond a knee must be at least this many times the one before.
const KNEE_RATIO: f64 = 1.5;

/// Limits of z by number of points: 99.8 % points of the statistics of [`Shape`] under the hardest
/// curve that is still allowed. That is a flat curve for rise and bend, and a straight line of ln L
/// on ln C for the knee.
struct Limits {
    points: usize,
    rise: f64,
    bend: f64,
    knee: f64,
}

const fn limits(points: usize, rise: f64, bend: f64, knee: f64) -> Limits {
    Limits {
        points,
        rise,
        bend,
        knee,
    }
}

/// For noise estimated from neighbours. This table and the next are printed by
/// `cargo run --release -p studies --bin false_alarms limits`.
const FROM_NEIGHBOURS: [Limits; 11] = [
    limits(5, 19.0, 14.9, 15.5),
    limits(6, 10.8, 8.0, 8.4),
    limits(7, 13.9, 11.6, 10.7),
    limits(8, 11.0, 9.3, 9.6),
    limits(9, 11.6, 10.4, 10.8),
    limits(10, 9.8, 9.1, 8.8),
    limits(11, 10.2, 9.5, 9.1),
    limits(12, 9.2, 8.6, 8.2),
    limits(16, 8.3, 8.1, 7.5),
    limits(24, 6.8, 6.9, 6.4),
    limits(48, 6.2, 6.5, 5.7),
];
/// For known noise.
const KNOWN: [Limits; 8] = [
    limits(3, 3.3, 2.9, 3.1),
    limits(4, 3.5, 3.3, 3.1),
    limits(6, 3.7, 3.7, 3.5),
    limits(8, 3.9, 3.8, 3.7),
    limits(10, 4.2, 4.0, 3.8),
    limits(12, 4.2, 4.1, 3.9),
    limits(24, 4.6, 4.6, 4.2),
    limits(48, 4.8, 5.0, 4.4),
];

/// The limit of one statistic at `shape.points`; between two rows the larger of their limits.
fn limit(shape: &Shape, which: fn(&Limits) -> f64) -> f64 {
    let table: &[Limits] = match shape.source {
        NoiseSource::Neighbours => &FROM_NEIGHBOURS,
        NoiseSource::Given | NoiseSource::Replicates(_) => &KNOWN,
    };
    let above = table.partition_point(|row| row.points < shape.points);
    let upper = which(&table[above.min(table.len() - 1)]);
    let exact = table
        .get(above)
        .is_some_and(|row| row.points == shape.points);
    let z = if exact || above == 0 {
        upper
    } else {
        upper.max(which(&table[above - 1]))
    };
    match shape.source {
        // The same tail probability with the degrees of freedom of the replicates.
        NoiseSource::Replicates(freedom) => StudentsT::new(0.0, 1.0, freedom)
            .map_or(f64::INFINITY, |t| t.inverse_cdf(Normal::standard().cdf(z))),
        _ => z,
    }
}

/// The findings on the curve of losses, for laws of compute.
pub(super) fn findings(fit: &FitResult) -> Vec<Diagnosis> {
    if fit.law.inputs() != [Input::Compute] {
        return Vec::new();
    }
    if let Some(found) = score_taken_for_loss(fit) {
        return vec![found];
    }
    let x = fit.variable();
    let mut found = Vec::new();
    found.extend(inverse_scaling(fit));
    // Without a fall there is no break in it.
    let rises = found.iter().any(|d| d.severity == Severity::Refuse);
    let runs = fit.runs_in_order();
    let Some(mut shape) = Shape::in_order(&runs) else {
        return found;
    };
    let largest = fit.largest_fitted();
    if unrest(&shape, largest) > 1.0
        && let Some(alone) = isolated::run(&runs, unrest, any_unrest)
    {
        let what = "the line between its neighbours; the other runs lie on a smooth curve";
        let share = alone.height.exp_m1();
        found.push(far_off::diagnosis(fit, alone.run, share, what));
        shape = alone.rest;
    }
    let may_rise = fit.law.form().is_power() && fit.settings.upper[1] > 0.0;
    if !may_rise {
        found.extend(non_monotone(&shape, x));
    }
    if rises {
        return found;
    }
    // A bend of the fitted law itself is not evidence against it.
    let bends = bend(&shape, x).filter(|_| !bends_itself(fit, &shape.bend));
    let knows_knee = steepens_itself(fit, &shape.knee, runs[0].x);
    let late = late_knee(&shape, x, largest).filter(|_| !knows_knee);
    let broken = bends.or(late);
    if broken.is_none() && !knows_knee {
        found.extend(onset(&shape, x));
    }
    found.extend(broken);
    found
}

/// The largest statistic in units of its limit, among those large enough to matter.
fn unrest(shape: &Shape, largest: f64) -> f64 {
    let of = |z: f64, which: fn(&Limits) -> f64, material: bool| match material {
        true => z / limit(shape, which),
        false => 0.0,
    };
    let rise = of(shape.rise.z, |row| row.rise, rises_much(shape));
    let bend = of(shape.bend.z, |row| row.bend, shape.bend.size >= LEAST_BEND);
    let knee = of(shape.knee.z, |row| row.knee, is_late(shape, largest));
    rise.max(bend).max(knee)
}

/// The same with statistics that are too small to matter.
fn any_unrest(shape: &Shape) -> f64 {
    let rise = shape.rise.z / limit(shape, |row| row.rise);
    let bend = shape.bend.z / limit(shape, |row| row.bend);
    rise.max(bend)
        .max(shape.knee.z / limit(shape, |row| row.knee))
}

/// Whether the fitted law itself has at least half of the bend: its height above the chord in C.
fn bends_itself(fit: &FitResult, bend: &Contrast) -> bool {
    let own = |x: f64| fit.predict(&[x]);
    let share = (bend.to - bend.turn) / (bend.to - bend.from);
    let chord = share * own(bend.from) + (1.0 - share) * own(bend.to);
    (own(bend.turn) / chord).ln() >= 0.5 * bend.size
}

/// Whether the fitted law itself has at least half of the steepening in ln L against ln C.
fn steepens_itself(fit: &FitResult, knee: &Knee, smallest: f64) -> bool {
    let own = |x: f64| fit.predict(&[x]).ln();
    let slope = |from: f64, to: f64| (own(to) - own(from)) / (to / from).ln();
    let steepens = slope(smallest, knee.at) - slope(knee.at, knee.to);
    steepens >= 0.5 * (knee.before - knee.after)
}

/// The noise of one run, in words.
fn noise_words(shape: &Shape) -> String {
    match shape.source {
        NoiseSource::Given => "the given sigma".to_owned(),
        NoiseSource::Replicates(_) => {
            format!(
                "a noise of {:.2} % a run (replicates)",
                Said(100.0 * shape.noise)
            )
        }
        NoiseSource::Neighbours => format!("a noise of {:.2} % a run", Said(100.0 * shape.noise)),
    }
}

/// How far a test went beyond its limit, in words.
fn against(z: f64, limit: f64) -> String {
    format!("{:.1} standard errors, limit {:.1}", Said(z), Said(limit))
}

/// A score is bounded and grows where a loss falls, so no power law of it can hold.
fn score_taken_for_loss(fit: &FitResult) -> Option<Diagnosis> {
    let name = fit.data.loss_column.as_deref()?;
    // The scale of the score: a share or per cent.
    let whole = match fit.fitted_runs().all(|run| run.loss <= 1.0) {
        true => 1.0,
        false => 100.0,
    };
    let bounded = fit.fitted_runs().all(|run| run.loss <= whole);
    if !bounded || !is_score_name(name) {
        return None;
    }
    let runs = fit.runs_in_order();
    let (first, last) = (runs.first()?, runs.last()?);
    let falls = trend(fit).slope < 0.0;
    let noun = fit.variable().noun();
    let ends = format!(
        "from {} at {}{} to {} at {}",
        format_quantity(first.loss),
        fit.variable().before(),
        format_quantity(first.x),
        format_quantity(last.loss),
        format_quantity(last.x)
    );
    Some(if falls {
        Diagnosis::new(
            Code::InverseScaling,
            Severity::Refuse,
            format!(
                "column '{name}' holds a score, where larger is better, and it falls with {noun}: {ends}"
            ),
            "larger models do worse here, and such trends are known to reverse; if smaller is better after all, \
             rename the column; if this is what you want to draw, force the numbers",
        )
        .with_remedy(Setting::Force)
    } else {
        Diagnosis::new(
            Code::InverseScaling,
            Severity::Refuse,
            format!(
                "column '{name}' holds a score, not a loss: it does not fall with {noun}, {ends}"
            ),
            format!(
                "give the error {whole} - score as the loss column, or the counts of passes to the capability command"
            ),
        )
    })
}

/// Whether a column of this name holds a score, where larger is better.
fn is_score_name(name: &str) -> bool {
    const SCORES: [&str; 14] = [
        "acc",
        "accuracy",
        "acc_norm",
        "score",
        "scores",
        "pass",
        "pass_rate",
        "auc",
        "auroc",
        "f1",
        "em",
        "exact_match",
        "win_rate",
        "success_rate",
    ];
    const LOSSES: [&str; 10] = [
        "loss",
        "error",
        "err",
        "xent",
        "nll",
        "brier",
        "perplexity",
        "ppl",
        "minus",
        "1",
    ];
    let lower = name.to_lowercase();
    // The number in pass@1 and top-5 is ignored; 1-accuracy is an error rate.
    let lower = lower.split('@').next().unwrap_or_default();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let joined = words.join("_");
    let has = |list: &[&str]| {
        list.iter()
            .any(|entry| words.contains(entry) || joined.ends_with(entry) && entry.contains('_'))
    };
    let starts_with_one = words.first() == Some(&"1");
    let lossy = words
        .iter()
        .any(|word| LOSSES[..LOSSES.len() - 1].contains(word));
    has(&SCORES) && !lossy && !starts_with_one
}

/// One-sided level at which the straight line counts as rising.
const RISES: f64 = 0.05;

/// The straight line of the loss on ln C.
struct Trend {
    slope: f64,
    /// Whether the slope is significantly positive, by Student's t.
    rises: bool,
}

fn trend(fit: &FitResult) -> Trend {
    let runs = fit.runs_in_order();
    let n = runs.len() as f64;
    let (mut x, mut y) = (0.0, 0.0);
    for run in &runs {
        x += run.x.ln() / n;
        y += run.loss / n;
    }
    let (mut xx, mut xy) = (0.0, 0.0);
    for run in &runs {
        let (dx, dy) = (run.x.ln() - x, run.loss - y);
        xx += dx * dx;
        xy += dx * dy;
    }
    let slope = xy / xx;
    let rest = runs
        .iter()
        .map(|run| run.loss - y - slope * (run.x.ln() - x));
    let rest: f64 = rest.map(|r| r * r).sum();
    // Equal losses differ from their mean by rounding.
    let rounding = n * (1e-12 * y).powi(2);
    let freedom = n - 2.0;
    let limit = StudentsT::new(0.0, 1.0, freedom).map_or(0.0, |t| t.inverse_cdf(1.0 - RISES));
    let explained = slope * slope * xx;
    let clear = explained > limit * limit * rest / freedom.max(1.0);
    Trend {
        slope,
        rises: slope > 0.0 && clear && explained > rounding,
    }
}

/// The finding that the loss does not fall along the straight line on ln C, where a law with b < 0
/// must fall.
fn inverse_scaling(fit: &FitResult) -> Option<Diagnosis> {
    let power_form = fit.law.form().is_power();
    // Runs of one compute have no trend.
    let one_compute = fit.smallest_fitted() == fit.largest_fitted();
    if !power_form || one_compute || fit.settings.upper[1] > 0.0 {
        return None;
    }
    let trend = trend(fit);
    let noun = fit.variable().noun();
    if trend.rises {
        let refused = Diagnosis::new(
            Code::InverseScaling,
            Severity::Refuse,
            format!("the loss does not fall with {noun}, it rises"),
            "check that the loss column is a loss (smaller is better) and the compute column is compute; \
             otherwise nothing here supports a forecast",
        );
        return Some(refused);
    }
    let mut losses = fit.fitted_runs().map(|run| run.loss);
    let first = losses.next()?;
    let equal = losses.all(|loss| loss == first);
    (equal || trend.slope >= 0.0).then(|| {
        let message = match equal {
            true => format!("there is no trend: all losses are {}", format_quantity(first)),
            false => format!(
                "there is no trend: the loss does not fall with {noun}, and rises by no more than the runs scatter"
            ),
        };
        Diagnosis::new(
            Code::NoTrend,
            Severity::Warn,
            message,
            format!(
                "do not use a and b, nor the intervals that assume the law (delta, profile, bootstrap), which says that \
                 nothing changes: spread the runs over more decades of {noun}, and check that the columns are the right ones"
            ),
        )
    })
}

fn rises_much(shape: &Shape) -> bool {
    shape.rise.size >= LEAST_RISE && shape.rise.size >= LEAST_SHARE * shape.range
}

fn non_monotone(shape: &Shape, x: Variable) -> Option<Diagnosis> {
    let rise = shape.rise;
    let limit = limit(shape, |row| row.rise);
    (rise.z > limit && rises_much(shape)).then(|| {
        Diagnosis::new(
            Code::NonMonotone,
            Severity::Refuse,
            format!(
                "the loss rises by {:.1} % after {}{}, up to {}, against {} ({})",
                Said(100.0 * rise.size.exp_m1()),
                x.before(),
                format_quantity(rise.turn),
                format_quantity(rise.to),
                noise_words(shape),
                against(rise.z, limit)
            ),
            "no law here rises: look for runs that diverged or were tuned worse and leave them out, \
             or fit one branch of the curve",
        )
        .with_remedy(Setting::Exclude)
        .with_remedy(Setting::Where)
    })
}

/// A knee beyond this share of the range is a change of regime that decides the forecast.
const LATE: f64 = 0.6;
/// Such a change multiplies the exponent by at least this factor.
const LATE_RATIO: f64 = 3.0;

/// Whether the knee is late and steep enough for a change of regime that reaches the largest run.
fn is_late(shape: &Shape, largest: f64) -> bool {
    let knee = shape.knee;
    let late = knee.share >= LATE && knee.to >= largest * (1.0 - 1e-9);
    late && knee.after <= LATE_RATIO * knee.before.min(0.0)
}

/// Two powers of C, the second steeper, joined late in the range of the runs.
fn late_knee(shape: &Shape, x: Variable, largest: f64) -> Option<Diagnosis> {
    let knee = shape.knee;
    let limit = limit(shape, |row| row.knee);
    (knee.z > limit && is_late(shape, largest)).then(|| {
        Diagnosis::new(
            Code::Break,
            Severity::Refuse,
            format!(
                "the loss goes as {0}^{1:.3} over {2:.0} % of the range in ln {0}, up to {3}{4}, and as {0}^{5:.3} from there on, \
                 against {6} ({7})",
                x.symbol(),
                knee.before,
                100.0 * knee.share,
                x.before(),
                format_quantity(knee.at),
                knee.after,
                noise_words(shape),
                against(knee.z, limit)
            ),
            BREAK_HINT,
        )
        .with_remedy(Setting::Where)
    })
}

const BREAK_HINT: &str = "nothing before a break tells how it goes on: fit the runs beyond it alone once there are \
     enough of them";

fn bend(shape: &Shape, x: Variable) -> Option<Diagnosis> {
    let bend = shape.bend;
    let limit = limit(shape, |row| row.bend);
    (bend.z > limit && bend.size >= LEAST_BEND).then(|| {
        Diagnosis::new(
            Code::Break,
            Severity::Refuse,
            format!(
                "the loss drops faster and faster after {}{}: it lies {:.1} % above the straight line in {} from {} \
                 to {}, against {} ({})",
                x.before(),
                format_quantity(bend.turn),
                Said(100.0 * bend.size.exp_m1()),
                x.symbol(),
                format_quantity(bend.from),
                format_quantity(bend.to),
                noise_words(shape),
                against(bend.z, limit)
            ),
            BREAK_HINT,
        )
        .with_remedy(Setting::Where)
    })
}

fn onset(shape: &Shape, x: Variable) -> Option<Diagnosis> {
    let knee = shape.knee;
    let limit = limit(shape, |row| row.knee);
    let material = knee.after <= KNEE_RATIO * knee.before.min(0.0);
    (knee.z > limit && material).then(|| {
        Diagnosis::new(
            Code::ConcaveOnset,
            Severity::Warn,
            format!(
                "the smallest runs lie on a plateau before the power law: the loss goes as {0}^{1:.3} up to {2}{3} and as \
                 {0}^{4:.3} from there to {5}, against {6} ({7})",
                x.symbol(),
                knee.before,
                x.before(),
                format_quantity(knee.at),
                knee.after,
                format_quantity(knee.to),
                noise_words(shape),
                against(knee.z, limit)
            ),
            format!(
                "no sum of powers bends this way: leave the runs below {}{} out",
                x.before(),
                format_quantity(knee.at)
            ),
        )
        .with_remedy(Setting::Where)
    })
}
