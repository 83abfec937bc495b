//! Recipes of simulated runs: their effect on forecasts, and their documents.

use super::hidden::*;
use super::tests::{simulated, until};
use crate::ErrorKind;
use crate::code::Code;
use crate::runs::ModelSize;

fn complete(text: &str, seed: u64) -> RecipeRun {
    let (schedule, points) = simulated(text, 5e-4, seed);
    RecipeRun {
        size: None,
        name: text.to_owned(),
        points,
        schedule: Some(schedule),
    }
}

fn recipe() -> Recipe {
    let runs = [
        complete("constant:warmup=300", 1),
        complete("cosine:warmup=300,end=10%", 2),
        complete("wsd:warmup=300,decay-start=9000,shape=sqrt", 3),
    ];
    Recipe::fit(&runs).expect("a recipe")
}

#[test]
fn an_earlier_run_narrows_the_interval_before_any_decay() {
    let (schedule, points) = simulated("wsd:warmup=300", 5e-4, 9);
    let known = until(&points, 10_000.0);
    let mut question = CurveQuestion::new(20_000.0);
    question.schedule = Some(schedule);
    let without = forecast_curve(&known, &question).expect("a forecast");
    question.recipe = Some(recipe());
    let with = forecast_curve(&known, &question).expect("a forecast");
    let width = |told: &CurveForecast| (told.intervals[0].upper / told.intervals[0].lower).ln();
    assert!(width(&with) < 0.6 * width(&without));
    let truth = points[points.len() - 1].loss;
    for told in [&without, &with] {
        assert!(told.intervals[0].lower < truth && truth < told.intervals[0].upper);
        assert!(
            told.findings
                .iter()
                .any(|d| d.code == Code::AnnealingNotSeen)
        );
    }
    assert_eq!(
        (without.source, with.source),
        (Source::Published, Source::Recipe)
    );
}

fn larger(text: &str, seed: u64) -> RecipeRun {
    let mut run = complete(text, seed);
    run.points.iter_mut().for_each(|p| p.loss *= 0.93);
    run
}

#[test]
fn runs_of_models_of_different_sizes_are_found() {
    let (flat, wave) = ("constant:warmup=300", "cosine:warmup=300,end=10%");
    let sized = |mut run: RecipeRun, params: f64| {
        run.size = Some(ModelSize::Params(params));
        run
    };
    let found = |runs: &[RecipeRun]| {
        let recipe = Recipe::fit(runs).expect("a recipe");
        let codes = recipe.findings.iter().map(|d| d.code);
        codes.collect::<Vec<Code>>()
    };
    let pooled = vec![Code::SizesPooled];
    // By the losses, with one schedule and with several, where the logs do not say the size.
    assert_eq!(found(&[complete(wave, 1), larger(wave, 2)]), pooled);
    assert_eq!(found(&[complete(flat, 1), larger(wave, 2)]), pooled);
    // By what the logs say, although the losses agree.
    let alike = [
        sized(complete(flat, 1), 1e8),
        sized(complete(wave, 2), 1.5e8),
    ];
    assert_eq!(found(&alike), pooled);
    // Runs of one size with different schedules, with and without a size in the logs.
    assert!(recipe().findings.is_empty());
    let alike = [
        sized(complete(flat, 1), 1e8),
        sized(complete(wave, 2), 1.02e8),
    ];
    assert!(found(&alike).is_empty());
    assert!(found(&[complete(wave, 5)]).is_empty());
    // The document keeps the finding, and forecasts from it have it too.
    let recipe = Recipe::fit(&[complete(wave, 1), larger(wave, 2)]).expect("a recipe");
    let text = recipe.to_json().expect("a document");
    let again = Recipe::from_json(&text, "earlier.json").expect("the recipe");
    assert_eq!(again.findings, recipe.findings);
    let schedule = Schedule::parse(wave).expect("a schedule");
    let asked = [(wave.to_owned(), schedule)];
    let told = again.compare(&asked, 20_000.0, &[0.9]);
    assert_eq!(told.expect("a comparison").findings, recipe.findings);
}

#[test]
fn a_recipe_is_read_back_as_it_was_written_and_not_otherwise() {
    let recipe = recipe();
    let text = recipe.to_json().expect("a document");
    let again = Recipe::from_json(&text, "earlier.json").expect("the recipe");
    assert_eq!(again.laws, recipe.laws);
    assert_eq!(again.to_json().expect("a document"), text);
    let kind = |text: &str| {
        Recipe::from_json(text, "earlier.json")
            .err()
            .map(|e| e.kind())
    };
    let changed = text.replacen("\"fallen\": 0", "\"fallen\": 1", 1);
    assert_ne!(changed, text);
    for text in [changed.as_str(), "", "{}", "[1, 2]"] {
        assert_eq!(kind(text), Some(ErrorKind::Data), "{text}");
    }
}

#[test]
fn schedules_are_compared_as_the_truth_has_them() {
    let recipe = recipe();
    let schedules = [
        "constant:warmup=300",
        "cosine:warmup=300,end=10%",
        "linear:warmup=300",
    ];
    let parsed = schedules.map(|text| {
        let schedule = Schedule::parse(text).expect("a schedule");
        (text.to_owned(), schedule)
    });
    let told = recipe
        .compare(&parsed, 20_000.0, &[0.9])
        .expect("a comparison");
    let truth = schedules.map(|text| {
        let (_, points) = simulated(text, 0.0, 1);
        points[points.len() - 1].loss
    });
    for (told, truth_here) in told.schedules.iter().zip(truth) {
        assert!(
            (told.point / truth_here - 1.0).abs() < 5e-3,
            "{told:?} and {truth_here}"
        );
        assert!(told.intervals[0].lower < truth_here && truth_here < told.intervals[0].upper);
        let (difference, between) = (truth_here - truth[0], told.differences[0]);
        assert!(
            between.lower <= difference && difference <= between.upper,
            "{told:?}"
        );
    }
    assert!(recipe.compare(&[], 20_000.0, &[0.9]).is_err());
}

#[test]
fn the_best_start_of_a_decay_is_inside_the_run() {
    let recipe = recipe();
    let wsd = Schedule::parse("wsd:warmup=300").expect("a schedule");
    let best = recipe.best_decay_start(&wsd, 20_000.0).expect("a start");
    assert!(best.flat.0 <= best.start && best.start <= best.flat.1);
    assert!(best.losses.iter().all(|(_, loss)| *loss >= best.point));
    let cosine = Schedule::parse("cosine").expect("a schedule");
    assert!(recipe.best_decay_start(&cosine, 20_000.0).is_err());
}

#[test]
fn a_run_that_is_followed_has_the_forecast_of_its_log() {
    let (schedule, points) = simulated("cosine:warmup=300,end=10%", 5e-4, 4);
    let known = until(&points, 12_000.0);
    let mut question = CurveQuestion::new(20_000.0);
    question.schedule = Some(schedule);
    let whole = forecast_curve(&known, &question).expect("a forecast");
    let mut follow = Follow::new(question);
    known.iter().for_each(|point| follow.push(*point));
    let followed = follow.forecast().expect("a forecast");
    assert_eq!(followed.point, whole.point);
}

#[test]
fn a_long_run_is_followed_as_closely() {
    // About 12,000 points, one per step, kept as means of 8.
    let (schedule, points) = simulated("cosine:warmup=300,end=10%", 0.0, 4);
    let mut question = CurveQuestion::new(20_000.0);
    question.schedule = Some(schedule);
    let known = until(&points, 12_000.0);
    let mut dense = Vec::new();
    for pair in known.windows(2) {
        for k in 0..100 {
            let share = f64::from(k) / 100.0;
            dense.push(CurvePoint {
                step: pair[0].step + 100.0 * share,
                loss: pair[0].loss + share * (pair[1].loss - pair[0].loss),
                lr: None,
            });
        }
    }
    let whole = forecast_curve(&dense, &question).expect("a forecast");
    let mut follow = Follow::new(question);
    dense.iter().for_each(|point| follow.push(*point));
    let followed = follow.forecast().expect("a forecast");
    assert_eq!(followed.read, dense.len());
    // Means of 8 steps hardly differ from the single steps.
    assert!((followed.point / whole.point - 1.0).abs() < 1e-3);
}
