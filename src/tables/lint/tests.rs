//! Tables with a finding, and similar tables without one.

use crate::code::Code;
use crate::finding::Severity;
use crate::runs::CurveKind;
use crate::tables::{Needs, ReadOptions, Reshape, read, read_series};
use std::fmt::Write as _;

fn found_with(csv: &str, options: &ReadOptions) -> Vec<Code> {
    match read(csv.as_bytes(), "runs.csv", options) {
        Ok((data, _)) => data.findings().iter().map(|d| d.code).collect(),
        Err(error) => unreachable!("{error}\n{csv}"),
    }
}

fn found(csv: &str) -> Vec<Code> {
    found_with(csv, &ReadOptions::default())
}

fn reducing() -> ReadOptions {
    ReadOptions {
        reshape: Reshape {
            reduce: "last".parse().ok(),
            ..Reshape::default()
        },
        ..ReadOptions::default()
    }
}

/// Training curves of runs with these names: steps, parameters, tokens and losses.
fn curves(column: &str, names: &[&str]) -> String {
    let mut csv = format!("{column},_step,n_params,n_tokens,loss\n");
    for (k, name) in names.iter().enumerate() {
        let n = 2e7 * 2f64.powi(k as i32);
        for step in 1..=10 {
            let d = n * 2.0 * f64::from(step);
            let loss = 4.0 - 0.3 * k as f64 - 0.05 * f64::from(step);
            let _ = writeln!(csv, "{name},{},{n:e},{d:e},{loss}", 100 * step);
        }
    }
    csv
}

#[test]
fn steps_of_several_runs_are_no_runs() {
    for column in ["run", "Name", "run_id", "model"] {
        let found = found(&curves(column, &["a", "b", "c"]));
        assert_eq!(found, [Code::SeveralSteps], "{column}");
    }
    assert_eq!(found(&curves("run", &["a"])), []);
    assert_eq!(
        found_with(&curves("run", &["a", "b", "c"]), &reducing()),
        []
    );
    let asked = ReadOptions {
        curve: Some(CurveKind::TrainingRun),
        ..ReadOptions::default()
    };
    assert_eq!(found_with(&curves("run", &["a", "b"]), &asked), []);
}

#[test]
fn checkpoints_without_steps_are_told_from_grids_and_repetitions() {
    let (mut even, mut grid, mut numbered) = (
        "run,params,tokens,loss\n".to_owned(),
        "model,params,tokens,loss\n".to_owned(),
        "run,compute,loss\n".to_owned(),
    );
    for k in 0..4 {
        let n = 1e7 * 2f64.powi(k);
        for j in 1..=9 {
            let loss = 4.0 - 0.2 * f64::from(k) - 0.03 * f64::from(j);
            let _ = writeln!(even, "r{k},{n:e},{:e},{loss}", 1e8 * f64::from(j));
            let _ = writeln!(grid, "m{k},{n:e},{:e},{loss}", 1e8 * 2f64.powi(j));
            let _ = writeln!(numbered, "{k},{:e},{loss}", 1e17 * 3f64.powi(j));
        }
    }
    assert_eq!(found(&even), [Code::SeveralSteps]);
    assert_eq!(found(&numbered), []);
    let surface = ReadOptions {
        needs: Needs::SURFACE,
        ..ReadOptions::default()
    };
    assert_eq!(found_with(&grid, &surface), []);
}

#[test]
fn tasks_are_not_pooled() {
    let mut csv = "task,seed,compute,loss\n".to_owned();
    for k in 0..5 {
        for task in ["qa", "code"] {
            let _ = writeln!(
                csv,
                "{task},0,{:e},{}",
                1e18 * 4f64.powi(k),
                3.0 - 0.2 * f64::from(k)
            );
        }
    }
    assert_eq!(found(&csv), [Code::TasksPooled]);
    let chosen = ReadOptions {
        filters: "task = qa".parse().into_iter().collect(),
        ..ReadOptions::default()
    };
    assert_eq!(found_with(&csv, &chosen), []);
    let by = ReadOptions {
        by: Some("task".to_owned()),
        ..ReadOptions::default()
    };
    for series in read_series(csv.as_bytes(), "runs.csv", &by).unwrap_or_default() {
        assert_eq!(series.data.map(|data| data.findings().len()), Ok(0));
    }
}

#[test]
fn recipes_are_not_pooled_without_a_word() {
    let table = |recipes: [&str; 2], own_computes: bool| {
        let mut csv = "recipe,seed,compute,loss\n".to_owned();
        for k in 0..5 {
            for (j, recipe) in recipes.iter().enumerate() {
                let apart = if own_computes {
                    2f64.powi(j as i32)
                } else {
                    1.0
                };
                let compute = 1e18 * 4f64.powi(k) * apart;
                let loss = 3.0 - 0.2 * f64::from(k) - 0.1 * j as f64;
                let _ = writeln!(csv, "{recipe},0,{compute:e},{loss}");
            }
        }
        csv
    };
    let mixed = table(["A", "B"], false);
    assert_eq!(found(&mixed), [Code::RecipesPooled]);
    let chosen = ReadOptions {
        filters: "recipe = A".parse().into_iter().collect(),
        ..ReadOptions::default()
    };
    assert_eq!(found_with(&mixed, &chosen), []);
    // A recipe that changes with size, or that is one, makes one curve.
    assert_eq!(found(&table(["A", "B"], true)), []);
    assert_eq!(found_with(&table(["A", "A"], false), &chosen), []);
}

#[test]
fn lost_runs_matter_where_they_are_the_largest_or_many() {
    let table = |losses: &[&str]| {
        let rows = losses.iter().enumerate();
        let rows = rows.map(|(k, loss)| format!("r{k},1e{},{loss}\n", 17 + k));
        format!("run,compute,loss\n{}", rows.collect::<String>())
    };
    let lost = [Code::RunsLost];
    assert_eq!(found(&table(&["4", "3.5", "3.2", "3", "NaN"])), lost);
    assert_eq!(found(&table(&["4", "3.5", "3.2", "3", "-0.5"])), lost);
    assert_eq!(found(&table(&["4", "bad", "worse", "3", "2.8"])), lost);
    assert_eq!(found(&table(&["4", "NaN", "3.2", "3", "2.8"])), []);
    // Planned runs have no loss yet.
    assert_eq!(found(&table(&["4", "3.5", "3.2", "3", ""])), []);
    let below = ReadOptions {
        fit_below: Some(1e20),
        ..ReadOptions::default()
    };
    assert_eq!(
        found_with(&table(&["4", "3.5", "3.2", "NaN", "2.8"]), &below),
        []
    );
    let left_out = ReadOptions {
        excludes: "run = r4".parse().into_iter().collect(),
        ..ReadOptions::default()
    };
    assert_eq!(
        found_with(&table(&["4", "3.5", "3.2", "3", "NaN"]), &left_out),
        []
    );
}

#[test]
fn sweeps_and_seeds_are_told_apart() {
    let table = |column: &str| {
        let mut csv = format!("params,tokens,{column},loss\n");
        for k in 0..4 {
            for value in 1..=3 {
                let n = 1e7 * 2f64.powi(k);
                let loss = 4.0 - 0.2 * f64::from(k) + 0.01 * f64::from(value);
                let _ = writeln!(csv, "{n:e},{:e},{value},{loss}", 20.0 * n);
            }
        }
        csv
    };
    for column in ["lr", "config/batch_size", "optimizer.beta2", "Weight Decay"] {
        assert_eq!(found(&table(column)), [Code::SweepPooled], "{column}");
    }
    assert_eq!(found(&table("seed")), []);
    let by_size = table("lr").replace(",2,", ",1,").replace(",3,", ",1,");
    assert_eq!(found(&by_size), []);
}

#[test]
fn runs_that_ended_early_are_named() {
    let table = |state: &str, end: &str| {
        let mut csv = "run,State,_step,flops,loss\n".to_owned();
        for k in 0..6 {
            let (state, end) = match k {
                2 => (state, end),
                _ => ("finished", "2000"),
            };
            let _ = writeln!(
                csv,
                "r{k},{state},{end},1e{},{}",
                17 + k,
                4.0 - 0.2 * f64::from(k)
            );
        }
        csv
    };
    let early = [Code::EndedEarly];
    assert_eq!(found(&table("finished", "2000")), []);
    assert_eq!(found(&table("FINISHED", "1900")), []);
    assert_eq!(found(&table("Crashed", "2000")), early);
    assert_eq!(found(&table("running", "2000")), early);
    assert_eq!(found(&table("finished", "600")), early);
    let planned = table("finished", "2000").replace("State", "max_steps");
    assert_eq!(found(&planned.replace("finished", "2000")), []);
    assert_eq!(found(&planned.replace("finished", "4000")), early);
}

#[test]
fn duplicates_and_mixed_units_are_found() {
    let rows = "a,2e7,4e8,4.6\nb,4e7,8e8,4.1\nc,8e7,1.6e9,3.7\n";
    let header = "name,params,tokens,loss\n";
    assert_eq!(found(&format!("{header}{rows}")), []);
    assert_eq!(
        found(&format!("{header}{rows}{rows}")),
        [Code::DuplicateRuns]
    );
    // Replicates of few digits are equal by chance.
    let replicates = "x,1e18,3.12\nx,1e18,3.13\nx,1e18,3.12\nx,1e19,2.9\nx,1e19,2.92\n";
    assert_eq!(found(&format!("model,compute,loss\n{replicates}")), []);
    let mixed = "a,20,4e8,4.6\nb,40M,8e8,4.1\nc,80,1.6e9,3.7\n";
    assert_eq!(found(&format!("{header}{mixed}")), [Code::MixedUnits]);
    let all = "a,20000000,4e8,4.6\nb,40M,8e8,4.1\nc,0.08B,1.6e9,3.7\n";
    assert_eq!(found(&format!("{header}{all}")), []);
}

#[test]
fn what_is_refused_says_how_to_go_on() {
    let (data, _) = match read(
        curves("Name", &["a", "b"]).as_bytes(),
        "log.csv",
        &ReadOptions::default(),
    ) {
        Ok(read) => read,
        Err(error) => unreachable!("{error}"),
    };
    let found = &data.findings()[0];
    assert_eq!(found.severity, Severity::Refuse);
    assert!(
        found.message.starts_with("20 rows are of 2 runs"),
        "{}",
        found.message
    );
    assert!(
        found.message.contains("(lines 2, 3, 4, 5, 6 and 15 more)"),
        "{}",
        found.message
    );
    let ways: Vec<String> = found.remedies.iter().map(ToString::to_string).collect();
    assert!(ways.contains(&"reduce = last".to_owned()), "{ways:?}");
    let refused = data.clone().unless_blocked(|_| false);
    assert_eq!(
        refused.map(drop).map_err(|e| e.kind()),
        Err(crate::ErrorKind::Data)
    );
    let forced = data.unless_blocked(|_| true);
    let severity = forced.map(|data| data.findings()[0].severity);
    assert_eq!(severity, Ok(Severity::Warn));
}

/// One training run whose learning rate is `rate` of the share of its steps.
fn training_run(column: &str, rate: impl Fn(f64) -> f64) -> String {
    let mut csv = format!("step,flops,{column},loss\n");
    for step in 1..=40 {
        let at = f64::from(step);
        let loss = 2.0 + 3.0 * at.powf(-0.4);
        let _ = writeln!(csv, "{step},{:e},{},{loss}", at * 1e17, rate(at / 40.0));
    }
    csv
}

#[test]
fn a_learning_rate_that_still_falls_at_the_last_row_is_said() {
    let severities = |csv: &str, options: &ReadOptions| match read(csv.as_bytes(), "log", options) {
        Ok((data, _)) => {
            assert_eq!(data.curve(), CurveKind::TrainingRun);
            let found = data.findings().iter();
            assert!(found.clone().all(|d| d.code == Code::DecayAhead));
            found.map(|d| d.severity).collect::<Vec<_>>()
        }
        Err(error) => unreachable!("{error}"),
    };
    let plain = ReadOptions::default();
    let cosine = |share: f64| 3e-4 * (0.1 + 0.45 * (1.0 + (std::f64::consts::PI * share).cos()));
    for column in ["lr", "train/learning_rate", "optimizer/lr"] {
        let half_way = training_run(column, |at| cosine(at / 2.0));
        assert_eq!(severities(&half_way, &plain), [Severity::Warn], "{column}");
        let early = ReadOptions {
            fit_below: Some(2e18),
            ..ReadOptions::default()
        };
        let finished = training_run(column, cosine);
        assert_eq!(severities(&finished, &plain), [], "{column}");
        assert_eq!(severities(&finished, &early), [Severity::Warn], "{column}");
    }
    // Warm-up and a plateau: whether a decay follows, only the user knows.
    let stable = training_run("lr", |at| 3e-4 * (10.0 * at).min(1.0));
    assert_eq!(severities(&stable, &plain), [Severity::Note]);
    let asked = ReadOptions {
        lr_decay_ahead: true,
        ..ReadOptions::default()
    };
    assert_eq!(severities(&stable, &asked), [Severity::Warn]);
    let decayed = training_run("lr", |at| 3e-4 * (10.0 * (1.0 - at)).clamp(0.0, 1.0));
    assert_eq!(severities(&decayed, &plain), []);
    let stepwise = training_run("lr", |at| if at < 0.5 { 3e-4 } else { 1e-4 });
    assert_eq!(severities(&stepwise, &plain), []);
}

#[test]
fn points_of_an_unknown_kind_are_said() {
    let of = |heading: &str, curve: Option<CurveKind>| {
        let csv = format!("{heading},loss\n1,3.1\n2,2.9\n4,2.8\n8,2.75\n");
        let options = ReadOptions {
            compute_col: Some(heading.to_owned()),
            curve,
            ..ReadOptions::default()
        };
        match read(csv.as_bytes(), "runs.csv", &options) {
            Ok((data, _)) => (
                data.curve(),
                data.findings().iter().map(|d| d.code).collect(),
            ),
            Err(error) => unreachable!("{error}"),
        }
    };
    assert_eq!(
        of("games", None),
        (CurveKind::Unknown, vec![Code::CurveUnknown])
    );
    assert_eq!(
        of("games", Some(CurveKind::Ladder)),
        (CurveKind::Ladder, vec![])
    );
    assert_eq!(
        of("games", Some(CurveKind::Unknown)),
        (CurveKind::Unknown, vec![])
    );
    assert_eq!(of("PF-days of compute", None), (CurveKind::Ladder, vec![]));
    assert_eq!(of("train_size", None), (CurveKind::DatasetSize, vec![]));
}

#[test]
fn branches_of_one_trunk_are_not_independent() {
    let table = |trunks: [&str; 4]| {
        let mut csv = "run,tokens,loss,sigma,trunk\n".to_owned();
        for (k, trunk) in trunks.iter().enumerate() {
            let loss = 3.0 - 0.1 * k as f64;
            let _ = writeln!(csv, "a@{k},{}e9,{loss},0.01,{trunk}", k + 1);
        }
        csv
    };
    let over = |csv: &str, sigma_col: Option<&str>| {
        let options = ReadOptions {
            over: crate::runs::Variable::Tokens,
            sigma_col: sigma_col.map(str::to_owned),
            ..ReadOptions::default()
        };
        found_with(csv, &options)
    };
    let shared = table(["a", "a", "a", ""]);
    assert_eq!(over(&shared, None), [Code::BranchesShareTrunk]);
    assert_eq!(over(&shared, Some("sigma")), []);
    assert_eq!(over(&table(["a", "b", "", ""]), None), []);
}
