//! Tables with facts about runs and their steps.

use super::*;
use scalewise::tables::Prefer;

fn joined(tables: &[&str]) -> Reshape {
    Reshape {
        join: tables.iter().map(|text| text.as_bytes().to_vec()).collect(),
        ..Reshape::default()
    }
}

fn with(text: &str, reshape: Reshape) -> Result<(Dataset, Understanding), Error> {
    let options = ReadOptions {
        reshape,
        ..ReadOptions::default()
    };
    tables::read(text.as_bytes(), "t.csv", &options)
}

/// Compute and loss of each run.
fn pairs(read: Result<(Dataset, Understanding), Error>) -> Vec<(f64, f64)> {
    match read {
        Ok((data, _)) => data.runs().iter().map(|r| (r.x(), r.loss())).collect(),
        Err(error) => unreachable!("{error}"),
    }
}

fn refusal(read: Result<(Dataset, Understanding), Error>) -> String {
    match read {
        Ok((data, _)) => unreachable!("{data:?}"),
        Err(error) => said(&error),
    }
}

const RUNS: &str = "run,loss\na,3.1\nb,2.8\n";
const FLOPS: [(f64, f64); 2] = [(1e18, 3.1), (1e19, 2.8)];

#[test]
fn several_tables_are_joined_each_by_its_own_column_of_runs() {
    for tables in [
        ["run,n\na,1e8\nb,2e8\n", "run,flops\nb,1e19\na,1e18\n"],
        ["RUN,n\na,1e8\nb,2e8\n", "model,flops\n b ,1e19\na,1e18\n"],
    ] {
        assert_eq!(pairs(with(RUNS, joined(&tables))), FLOPS, "{tables:?}");
    }
    // A column with the same name wins, whatever other columns there are.
    let models = "model,run,flops\nx,a,1e18\nx,b,1e19\n";
    assert_eq!(pairs(with(RUNS, joined(&[models]))), FLOPS);
}

#[test]
fn the_columns_that_tell_runs_apart_can_be_named() {
    let text = "id,group,loss\n1,x,3.1\n2,x,2.8\n";
    let other = "key,group,flops\n1,x,1e18\n2,x,1e19\n";
    let on = |pairs: &[&str]| Reshape {
        join_on: pairs.iter().map(|pair| (*pair).to_owned()).collect(),
        ..joined(&[other])
    };
    assert_eq!(pairs(with(text, on(&["id=key"]))), FLOPS);
    assert_eq!(pairs(with(text, on(&["group,id=key"]))), FLOPS);
    let error = refusal(with(text, on(&["id=kex"])));
    assert!(error.contains("'x' is on lines 2 and 3"), "{error}");
    let error = refusal(with(text, on(&["id=key", "seed"])));
    assert!(error.contains("'seed' to join on"), "{error}");
    let error = refusal(with(
        "id,loss\n1,3\n",
        Reshape {
            join_on: vec!["nothing".to_owned()],
            ..joined(&["id,flops\n1,1e18\n"])
        },
    ));
    assert!(error.contains("no column for the group"), "{error}");
    // Both columns of a key of two columns.
    let options = ReadOptions {
        group_col: Some("family,size".to_owned()),
        reshape: joined(&["size,family,flops\ns,x,1e18\ns,y,1e19\n"]),
        ..ReadOptions::default()
    };
    let (data, _) = read("family,size,loss\nx,s,3.1\ny,s,2.8\n", &options);
    let runs: Vec<_> = data.runs().iter().map(|r| (r.group(), r.x())).collect();
    assert_eq!(runs, [(Some("x / s"), 1e18), (Some("y / s"), 1e19)]);
}

#[test]
fn a_column_of_both_tables_must_not_differ() {
    let text = "run,flops,seed,loss\na,1e18,1,3.1\nb,,2,2.8\n";
    let other = "run,flops,seed\na,1.0e18,\nb,1e19,2\n";
    assert_eq!(pairs(with(text, joined(&[other]))), FLOPS);
    let other = "run,flops\na,2e18\nb,1e19\n";
    let error = refusal(with(text, joined(&[other])));
    assert_eq!(
        error,
        "t.csv:2: run 'a' has 'flops' 1e18 here and 2e18 on line 2 of the joined table\n\
         say which of the tables is right, or rename the column in one of them (prefer = left, prefer = right)"
    );
    for (prefer, compute) in [(Prefer::Left, 1e18), (Prefer::Right, 2e18)] {
        let reshape = Reshape {
            prefer: Some(prefer),
            ..joined(&[other])
        };
        let expected = [(compute, 3.1), (1e19, 2.8)];
        assert_eq!(pairs(with(text, reshape)), expected);
    }
}

#[test]
fn what_conditions_leave_out_need_not_be_known() {
    let read_without = |exclude: &str| {
        let options = ReadOptions {
            excludes: vec![filter(exclude)],
            reshape: joined(&["run,flops,state\na,1e18,done\nb,1e19,done\n"]),
            ..ReadOptions::default()
        };
        tables::read(
            b"run,loss,seed\na,3.1,1\nb,2.8,1\nc,9,7\n",
            "t.csv",
            &options,
        )
    };
    assert_eq!(pairs(read_without("run = c")), FLOPS);
    assert_eq!(pairs(read_without("seed = 7")), FLOPS);
    let error = refusal(read_without("state = failed"));
    assert!(error.contains("nothing is known of run 'c'"), "{error}");
}

/// A table of several rows per run is joined by run and step, and one of one row per run by the
/// run.
#[test]
fn steps_have_to_agree_where_both_tables_are_curves() {
    let text = "run,step,loss\na,1,4\na,2,3.1\nb,1,3.5\nb,2,2.8\n";
    let last = |table: &str| Reshape {
        reduce: Some("last".parse().unwrap()),
        ..joined(&[table])
    };
    let curves = "run_name,_step,flops\nb,2.0,1e19\nb,1,5e18\na,1,5e17\na,2,1e18\n";
    assert_eq!(pairs(with(text, last(curves))), FLOPS);
    let (_, understanding) = with(text, last(curves)).unwrap_or_else(|e| unreachable!("{e}"));
    assert!(understanding.notes()[0].contains("'run_name' there"));
    let missing = "run,step,flops\nb,2,1e19\nb,1,5e18\na,1,5e17\na,3,1e18\n";
    let (data, understanding) = with(text, last(missing)).unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!(data.excluded()[0].reason, "flops is blank");
    let notes = understanding.notes().join("; ");
    assert!(notes.contains("blank for 1 rows"), "{notes}");
    let twice = "run,step,flops\nb,2,1e19\nb,2,5e18\n";
    let error = refusal(with(text, last(twice)));
    assert!(
        error.contains("run 'b' has step 2 and is on lines 2 and 3"),
        "{error}"
    );
    // The last step and last loss of a run do not apply to all its rows.
    let runs = "run,_step,flops,loss\na,2,1e18,3.05\nb,2,1e19,2.75\n";
    let (data, understanding) = with(text, last(runs)).unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!(data.runs()[0].loss(), 3.1);
    let notes = understanding.notes().join("; ");
    assert!(notes.contains("its _step, loss are not used"), "{notes}");
}

#[test]
fn tables_with_one_column_a_run_are_joined_by_run_and_step() {
    let wide = |metric: &str, value: fn(f64, f64) -> f64| {
        let mut text = format!("Step,\"a - b - {metric}\",c - {metric},c - {metric}__MIN\n");
        for step in [1.0, 2.0, 3.0] {
            text += &format!("{step},{:e},{:e},7\n", value(1.0, step), value(2.0, step));
        }
        text
    };
    let loss = wide("loss", |run, step| 4.0 - run / 2.0 - step / 10.0);
    let flops = wide("flops", |run, step| 1e18 * run * step);
    let tokens = wide("lr", |_, step| 0.1 / step);
    let reshape = Reshape {
        wide: true,
        reduce: Some("last".parse().unwrap()),
        ..joined(&[&flops, &tokens])
    };
    let (data, _) = with(&loss, reshape).unwrap_or_else(|e| unreachable!("{e}"));
    let runs: Vec<_> = data.runs().iter().map(|r| (r.group(), r.x())).collect();
    assert_eq!(runs, [(Some("a - b"), 3e18), (Some("c"), 6e18)]);
    let nameless = joined(&["step,c - flops,d\n1,1e18,2\n"]);
    let error = refusal(with("run,step,loss\nc,1,3\n", nameless));
    assert!(error.contains("'d' does not say what"), "{error}");
}
