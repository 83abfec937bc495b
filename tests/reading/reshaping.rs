//! JSON Lines, tracker exports, formulas, curves reduced to their ends.

use super::*;

#[test]
fn json_lines_are_a_table_too() {
    let text = "{\"step\": 9, \"flops\": \"1e18\", \"eval\": {\"loss\": 3.1}}\n{\"flops\": 1e19, \"eval\": {\"loss\": 2.74}}\n{\"flops\": 1e20, \"eval\": {\"loss\": null}}\n";
    let options = ReadOptions {
        loss_col: Some("eval.loss".to_owned()),
        ..ReadOptions::default()
    };
    let data = Dataset::from_csv_bytes(text.as_bytes(), "log.jsonl", &options).unwrap();
    let runs: Vec<(f64, f64)> = data.runs().iter().map(|r| (r.x(), r.loss())).collect();
    assert_eq!(runs, [(1e18, 3.1), (1e19, 2.74)]);
    assert_eq!((data.excluded().len(), data.excluded()[0].line), (1, 3));
}

/// A tracker's export: one column per run with its extremes, two metrics, gaps, and a table that
/// describes each run.
#[test]
fn a_wide_export_becomes_runs_by_a_stated_rule() {
    let mut text =
        "Step,\"small - loss\",\"small - loss__MIN\",\"big - loss\",\"big - lr\",\"small - lr\"\n"
            .to_owned();
    for step in 1..=20 {
        let small = 3.0 + 1.0 / f64::from(step);
        let big = if step % 2 == 0 {
            format!("{}", 2.5 + 1.0 / f64::from(step))
        } else {
            String::new()
        };
        text += &format!("{step},{small},{small},{big},0.1,0.1\n");
    }
    let options = |rule: &str| ReadOptions {
        loss_col: Some("loss".to_owned()),
        reshape: Reshape {
            wide: true,
            join: vec![b"run,params,tokens\nbig,1e9,20e9\nsmall,1e8,2e9\n".to_vec()],
            reduce: Some(rule.parse().unwrap()),
            ..Reshape::default()
        },
        ..ReadOptions::default()
    };
    let read = |rule: &str| {
        scalewise::tables::read(text.as_bytes(), "export.csv", &options(rule)).unwrap()
    };
    let (data, understanding) = read("last");
    let runs: Vec<(Option<&str>, f64, f64, u64)> = data
        .runs()
        .iter()
        .map(|r| (r.group(), r.x(), r.loss(), r.line()))
        .collect();
    assert_eq!(
        runs,
        [
            (Some("small"), 6.0 * 1e8 * 2e9, 3.05, 21),
            (Some("big"), 6.0 * 1e9 * 20e9, 2.55, 21)
        ]
    );
    assert!(
        understanding.notes()[0].contains("30 rows of 2 runs"),
        "{:?}",
        understanding.notes()
    );
    let (tail, _) = read("tail=10%");
    let expected = 3.0 + (1.0 / 19.0 + 1.0 / 20.0) / 2.0;
    assert!((tail.runs()[0].loss() - expected).abs() < 1e-12);
}

/// A tracker writes its own columns of steps and seconds beside the only metric.
#[test]
fn what_a_tracker_logs_on_its_own_is_no_metric() {
    let mut text = "Step".to_owned();
    for run in ["a", "b"] {
        for own in ["_step", "_runtime", "_timestamp", "loss"] {
            text += &format!(",{run} - {own}");
        }
    }
    text += "\n1,1,9.5,1.7e9,3.9,1,9.5,1.7e9,3.5\n2,2,19.5,1.7e9,3.1,2,19.5,1.7e9,2.8\n";
    let options = ReadOptions {
        reshape: Reshape {
            wide: true,
            join: vec![b"run,flops\na,1e18\nb,1e19\n".to_vec()],
            reduce: Some("last".parse().unwrap()),
            ..Reshape::default()
        },
        ..ReadOptions::default()
    };
    let (data, _) = scalewise::tables::read(text.as_bytes(), "export.csv", &options).unwrap();
    let losses: Vec<f64> = data.runs().iter().map(|r| r.loss()).collect();
    assert_eq!(losses, [3.1, 2.8]);
}

#[test]
fn conditions_hold_before_a_curve_is_reduced() {
    let text = "run,tag,step,compute,loss\na,train,1,1e18,9\na,eval,1,1e18,4\na,eval,2,1e18,3\na,train,3,1e18,1\n";
    let options = ReadOptions {
        filters: vec!["tag = eval".parse().unwrap()],
        reshape: Reshape {
            reduce: Some("last".parse().unwrap()),
            ..Reshape::default()
        },
        ..ReadOptions::default()
    };
    let (data, understanding) = tables::read(text.as_bytes(), "t.csv", &options).unwrap();
    assert_eq!((data.runs().len(), data.runs()[0].loss()), (1, 3.0));
    let roles: Vec<&str> = understanding.columns().iter().map(|c| c.role).collect();
    assert_eq!(roles, ["group", "filter", "step", "compute", "loss"]);
}

#[test]
fn reshaping_that_cannot_work_says_why() {
    let wide = |text: &str, reshape: Reshape| {
        let options = ReadOptions {
            reshape,
            ..ReadOptions::default()
        };
        Dataset::from_csv_bytes(text.as_bytes(), "t.csv", &options)
            .unwrap_err()
            .to_string()
    };
    let only_wide = || Reshape {
        wide: true,
        ..Reshape::default()
    };
    let error = wide("a,b\n1,2\n", only_wide());
    assert!(error.contains("no column for the step"), "{error}");
    let error = wide("step,a - x,a - y\n1,2,3\n", only_wide());
    assert!(error.contains("2 metrics: x, y"), "{error}");
    let joined = Reshape {
        join: vec![b"run,flops\na,1e18\n".to_vec()],
        ..Reshape::default()
    };
    let error = wide("run,loss\nb,3\n", joined);
    assert!(
        error.contains("t.csv:2") && error.contains("nothing is known of run 'b'"),
        "{error}"
    );
    let twice = Reshape {
        join: vec![b"run,flops\na,1e18\na,1e19\n".to_vec()],
        ..Reshape::default()
    };
    let error = wide("run,loss\na,3\n", twice);
    assert!(error.contains("lines 2 and 3"), "{error}");
    let reduced = Reshape {
        reduce: Some("last".parse().unwrap()),
        ..Reshape::default()
    };
    let error = wide("run,compute,loss\na,1e18,\n", reduced);
    assert!(error.contains("no row has a loss"), "{error}");
}

#[test]
fn a_formula_makes_a_column() {
    let text = "run,n_params,step,eval/loss,note\na,1e8,100,3.1,x\nb,2e8,,2.9,x\nc,4e8,300,2.8,x\n";
    let read = |lets: &[&str]| {
        let options = ReadOptions {
            loss_col: Some("eval/loss".to_owned()),
            reshape: Reshape {
                lets: lets.iter().map(|l| l.parse().unwrap()).collect(),
                ..Reshape::default()
            },
            ..ReadOptions::default()
        };
        Dataset::from_csv_bytes(text.as_bytes(), "t.csv", &options)
    };
    let data = read(&[
        "tokens_seen = step*512*2K",
        "compute = 6*(n_params + 1M)*tokens_seen",
    ])
    .unwrap();
    let computes: Vec<f64> = data.runs().iter().map(|r| r.x()).collect();
    let expected = |n: f64, step: f64| 6.0 * (n + 1e6) * (step * 512.0 * 2e3);
    assert_eq!(computes, [expected(1e8, 100.0), expected(4e8, 300.0)]);
    assert_eq!(data.excluded()[0].line, 3);
    let quoted = read(&["compute = 1e18*`eval/loss`^2/3.1"]).unwrap();
    assert!((quoted.runs()[0].x() / 3.1e18 - 1.0).abs() < 1e-12);
    let error = |lets: &[&str]| read(lets).unwrap_err().to_string();
    assert!(
        error(&["compute = 6*n_param"]).contains("no column 'n_param'"),
        "{}",
        error(&["compute = 6*n_param"])
    );
    assert!(error(&["compute = 6*"]).contains("makes no sense after '6*'"));
    assert!(error(&["step = 6"]).contains("there is a column 'step' already"));
}

/// Neither a run that diverged nor one that never logged a loss has a loss; both are named, with
/// their lines.
#[test]
fn curves_that_end_without_a_loss_are_excluded_by_name() {
    let text = b"run,compute,step,loss\na,1e18,1,3\na,1e18,2,2.9\nb,1e19,1,2.8\nb,1e19,2,NaN\nc,1e20,1,\nc,1e20,2,\nd,1e21,1,0\nd,1e21,2,2.5\n";
    for rule in ["last", "tail=100%", "smooth-min=2"] {
        let options = ReadOptions {
            reshape: Reshape {
                reduce: Some(rule.parse().unwrap()),
                ..Reshape::default()
            },
            ..ReadOptions::default()
        };
        let (data, _) = scalewise::tables::read(text, "log.csv", &options).unwrap();
        let kept: Vec<(u64, f64)> = data.runs().iter().map(|r| (r.line(), r.loss())).collect();
        let a = if rule == "last" { 2.9 } else { 2.95 };
        assert_eq!(kept, [(3, a), (9, 2.5)], "{rule}");
        let left: Vec<u64> = data.excluded().iter().map(|e| e.line).collect();
        assert_eq!(left, [5, 6], "{rule}");
    }
}
