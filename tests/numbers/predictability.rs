//! Curves that no law continues: every finding appears on a clear case and not on a clean one.

use scalewise::fit::{Code, Severity};
use scalewise::internal::{NoiseSource, Shape};
use scalewise::law::Saturating;
use scalewise::{Dataset, Fit, FitResult, ReadOptions};

/// Losses at eight (or as many as given) values of compute, half a decade apart.
fn fitted(losses: &[f64]) -> FitResult {
    let runs = losses
        .iter()
        .enumerate()
        .map(|(k, loss)| (1e18 * 10f64.powf(0.5 * k as f64), *loss));
    Fit::new(Saturating)
        .run(&Dataset::from_runs(runs).unwrap())
        .unwrap()
}

/// A fixed scatter of 0.1 %, the same for every curve.
const SCATTER: [f64; 12] = [
    0.4, -1.1, 0.8, 0.2, -0.7, 1.3, -0.5, -0.2, 0.9, -1.2, 0.3, 0.1,
];

fn curve(n: usize, law: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..n)
        .map(|k| law(10f64.powf(0.5 * k as f64)) * (1.0 + 1e-3 * SCATTER[k]))
        .collect()
}

fn severity(fit: &FitResult, code: Code) -> Option<Severity> {
    fit.diagnoses()
        .iter()
        .find(|d| d.code == code)
        .map(|d| d.severity)
}

const SHAPES: [Code; 6] = [
    Code::NonMonotone,
    Code::InverseScaling,
    Code::Break,
    Code::Plateau,
    Code::ConcaveOnset,
    Code::StructuredResiduals,
];

#[test]
fn clean_curves_carry_none_of_the_codes() {
    for losses in [
        curve(8, |x| 1.5 * x.powf(-0.15) + 1.5),
        curve(12, |x| 1.5 * x.powf(-0.15) + 1.5),
        curve(12, |x| 3.0 * x.powf(-0.05)),
        curve(12, |x| 2.0 * x.powf(-0.5) + 1.0),
    ] {
        let fit = fitted(&losses);
        for code in SHAPES {
            assert_eq!(severity(&fit, code), None, "{code} on {losses:?}");
        }
    }
}

#[test]
fn a_sum_of_powers_is_not_refused() {
    let fit = fitted(&curve(12, |x| x.powf(-0.3) + x.powf(-0.1) + 1.0));
    for code in &SHAPES[..5] {
        assert_eq!(severity(&fit, *code), None, "{code}");
    }
}

#[test]
fn a_loss_that_rises_again_is_refused() {
    let losses = curve(10, |x| x.powf(-0.1) + 0.02 * x.powf(0.3) + 1.0);
    let fit = fitted(&losses);
    assert_eq!(severity(&fit, Code::NonMonotone), Some(Severity::Refuse));
    // Two runs that diverged in the middle of a falling curve.
    let mut losses = curve(12, |x| 1.5 * x.powf(-0.15) + 1.5);
    losses[6] *= 1.15;
    losses[7] *= 1.15;
    let fit = fitted(&losses);
    assert_eq!(severity(&fit, Code::NonMonotone), Some(Severity::Refuse));
    assert!(fit.forecast(scalewise::Target::at(1e26)).run().is_err());
    assert!(
        fit.forecast(scalewise::Target::at(1e26))
            .force(true)
            .run()
            .is_ok()
    );
}

#[test]
fn a_rise_within_the_noise_is_not_refused() {
    // The last two runs are equal within the scatter.
    let mut losses = curve(12, |x| 1.5 * x.powf(-0.15) + 1.5);
    losses[11] = losses[10] * 1.002;
    assert_eq!(severity(&fitted(&losses), Code::NonMonotone), None);
}

#[test]
fn a_law_that_may_rise_is_not_held_to_falling() {
    let losses = curve(10, |x| 2.0 + 0.1 * x.powf(0.2));
    let runs = losses
        .iter()
        .enumerate()
        .map(|(k, loss)| (1e18 * 10f64.powf(0.5 * k as f64), *loss));
    let fit = Fit::new(Saturating)
        .bounds("b", -1.0..=1.0)
        .run(&Dataset::from_runs(runs).unwrap())
        .unwrap();
    assert_eq!(severity(&fit, Code::NonMonotone), None);
    assert_eq!(severity(&fit, Code::InverseScaling), None);
}

#[test]
fn a_sharp_drop_is_refused() {
    // By half within a factor of three in compute, after a slow power law.
    let losses = curve(12, |x| {
        3.0 * x.powf(-0.03) / (1.0 + (x / 1e5).powi(2)).powf(0.3)
    });
    let fit = fitted(&losses);
    let broken = fit.diagnoses().iter().find(|d| d.code == Code::Break);
    let broken = broken.unwrap_or_else(|| panic!("{losses:?}: {:?}", fit.diagnoses()));
    assert_eq!(broken.severity, Severity::Refuse);
    assert!(
        broken.message.contains("standard errors"),
        "{}",
        broken.message
    );
}

#[test]
fn a_late_change_of_exponent_is_refused() {
    let losses = curve(12, |x| 3.0 * x.powf(-0.03) * (x / 1e4).max(1.0).powf(-0.15));
    let fit = fitted(&losses);
    let broken = fit.diagnoses().iter().find(|d| d.code == Code::Break);
    let broken = broken.unwrap_or_else(|| panic!("{losses:?}: {:?}", fit.diagnoses()));
    assert!(
        broken.message.contains("of the range in ln C"),
        "{}",
        broken.message
    );
    // The same knee early in the range is an onset.
    let losses = curve(12, |x| 3.0 * x.powf(-0.03) * (x / 3e1).max(1.0).powf(-0.15));
    let fit = fitted(&losses);
    assert_eq!(severity(&fit, Code::Break), None);
    assert_eq!(severity(&fit, Code::ConcaveOnset), Some(Severity::Warn));
}

#[test]
fn a_near_chance_start_warns_and_still_forecasts() {
    let losses = curve(12, |x| (1.0 + x / 100.0).powf(-0.3));
    let fit = fitted(&losses);
    assert_eq!(severity(&fit, Code::ConcaveOnset), Some(Severity::Warn));
    assert_eq!(severity(&fit, Code::Break), None);
    assert!(fit.forecast(scalewise::Target::at(1e26)).run().is_ok());
}

#[test]
fn a_loss_that_stops_falling_warns_and_still_forecasts() {
    let losses = curve(12, |x| 3.0 * x.min(3e3).powf(-0.1));
    let fit = fitted(&losses);
    assert_eq!(severity(&fit, Code::Plateau), Some(Severity::Warn));
    assert!(fit.forecast(scalewise::Target::at(1e26)).run().is_ok());
}

fn table(header: &str, values: &[f64]) -> FitResult {
    let mut text = format!("flops,{header}\n");
    for (k, value) in values.iter().enumerate() {
        text += &format!("1e{},{value}\n", 18 + k);
    }
    let options = ReadOptions {
        loss_col: Some(header.trim_matches('"').into()),
        ..ReadOptions::default()
    };
    let data = Dataset::from_csv_bytes(text.as_bytes(), "runs.csv", &options).unwrap();
    Fit::new(Saturating).run(&data).unwrap()
}

#[test]
fn a_score_is_not_a_loss() {
    let falling = [0.505, 0.454, 0.467, 0.27];
    for name in [
        "accuracy",
        "eval/acc",
        "acc_norm",
        "pass@1",
        "MMLU score",
        "exact-match",
    ] {
        let found = severity(&table(name, &falling), Code::InverseScaling);
        assert_eq!(found, Some(Severity::Refuse), "{name}");
    }
    for name in [
        "loss",
        "error",
        "1-accuracy",
        "1 - acc",
        "brier_score",
        "accelerator",
        "passes_error",
    ] {
        let found = severity(&table(name, &falling), Code::InverseScaling);
        assert_eq!(found, None, "{name}");
    }
    // Not within [0, 1], and not per cent.
    let found = severity(
        &table("score", &[500.0, 450.0, 420.0, 400.0]),
        Code::InverseScaling,
    );
    assert_eq!(found, None);
    let rising = table("accuracy", &[0.2, 0.3, 0.4, 0.45]);
    let refusal = rising.refusal().unwrap();
    assert!(refusal.hint.contains("1 - score"), "{}", refusal.hint);
    // The law file says the same.
    let again = FitResult::from_json(&rising.to_json(), "law.json").unwrap();
    assert_eq!(again.refusal(), rising.refusal());
    assert_eq!(again.data().loss_column(), Some("accuracy"));
}

#[test]
fn the_order_of_rows_and_the_unit_of_compute_do_not_matter() {
    let losses = curve(12, |x| (1.0 + x / 100.0).powf(-0.3));
    let run = |k: usize, unit: f64| (unit * 10f64.powf(0.5 * k as f64), losses[k]);
    let straight = Dataset::from_runs((0..12).map(|k| run(k, 1e18))).unwrap();
    let turned = Dataset::from_runs((0..12).rev().map(|k| run(k, 1e3))).unwrap();
    let (a, b) = (
        Shape::of(straight.runs()).unwrap(),
        Shape::of(turned.runs()).unwrap(),
    );
    for (p, q) in [
        (a.knee.z, b.knee.z),
        (a.bend.z, b.bend.z),
        (a.noise, b.noise),
        (a.knee.after, b.knee.after),
    ] {
        assert!((p - q).abs() <= 1e-6 * p.abs(), "{p} {q}");
    }
}

#[test]
fn replicates_and_known_sigma_set_the_noise() {
    // Three runs at each compute, 1 % apart: their pooled scatter is 1 %, with 2·6 degrees of
    // freedom.
    let runs = (0..6).flat_map(|k| {
        [-0.01f64, 0.0, 0.01].map(|e| (10f64.powi(18 + k), 3.0 * 0.9f64.powi(k) * e.exp()))
    });
    let data = Dataset::from_runs(runs).unwrap();
    let shape = Shape::of(data.runs()).unwrap();
    assert_eq!(shape.points, 6);
    assert_eq!(shape.source, NoiseSource::Replicates(12.0));
    assert!((shape.noise - 0.01).abs() < 1e-9, "{}", shape.noise);
    let sigma: Vec<f64> = data.runs().iter().map(|run| 0.02 * run.loss()).collect();
    let data = data.sigma(&sigma).unwrap();
    let shape = Shape::of(data.runs()).unwrap();
    assert_eq!(shape.source, NoiseSource::Given);
    // A rise of 1 % in one point of three runs, each with 2 %: 0.01/(0.02·√(2/3)) or less.
    assert!(shape.rise.z < 0.7, "{:?}", shape.rise);
}

/// Realistic extrapolations of published curves: almost none may be refused.
#[cfg(feature = "corpus")]
#[test]
fn published_curves_are_rarely_refused() {
    use scalewise::tables::read_series;
    use std::collections::BTreeMap;
    let folder = std::env::var("SCALEWISE_CORPUS").unwrap_or_else(|_| "../shared".into());
    let path = format!("{folder}/data/extrapolation_dev/runs.csv");
    let options = ReadOptions {
        by: Some("case".into()),
        ..ReadOptions::default()
    };
    let series = read_series(&std::fs::read(&path).unwrap(), &path, &options).unwrap();
    assert_eq!(series.len(), 177);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut refused = 0;
    for s in &series {
        let fit = Fit::new(Saturating).run(s.data.as_ref().unwrap()).unwrap();
        refused += usize::from(fit.refusal().is_some());
        for d in fit
            .diagnoses()
            .iter()
            .filter(|d| d.severity > Severity::Note)
        {
            *counts.entry(d.code.as_str()).or_insert(0) += 1;
        }
    }
    println!("{refused} of {} refused: {counts:?}", series.len());
    assert!(refused <= 3, "{refused} of 177 refused: {counts:?}");
}

#[cfg(feature = "corpus")]
#[test]
fn a_published_break_is_refused() {
    let folder = std::env::var("SCALEWISE_CORPUS").unwrap_or_else(|_| "../shared".into());
    let path = format!("{folder}/data/bnsl_4digit_addition.csv");
    let options = ReadOptions {
        compute_col: Some("n_train".into()),
        loss_col: Some("test_xent".into()),
        filters: vec!["is_train = 1".parse().unwrap()],
        ..ReadOptions::default()
    };
    let bytes = std::fs::read(&path).unwrap();
    let data = Dataset::from_csv_bytes(&bytes, &path, &options).unwrap();
    let fit = Fit::new(Saturating).run(&data).unwrap();
    assert_eq!(fit.refusal().map(|d| d.code), Some(Code::Break));
}
