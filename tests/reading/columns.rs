//! Variables of a law other than compute, parameters and tokens; and held-out rows.

use super::*;
use scalewise::tables::{LossConversion, Source, Text, WantedColumn};

/// The needs of a law of only these columns.
fn of(columns: &[&str]) -> ReadOptions {
    ReadOptions {
        needs: Needs::COLUMNS,
        columns: columns.iter().map(|c| WantedColumn::required(*c)).collect(),
        ..plain()
    }
}

fn values(data: &Dataset, name: &str) -> Vec<Option<f64>> {
    data.runs().iter().map(|run| run.column(name)).collect()
}

fn reasons(data: &Dataset) -> Vec<String> {
    let say = |row: &scalewise::runs::Excluded| format!("{}: {}", row.line, row.reason);
    data.excluded().iter().map(say).collect()
}

fn refusal(text: &str, options: &ReadOptions) -> String {
    match tables::read(text.as_bytes(), "runs.csv", options) {
        Ok((data, _)) => format!("was read: {data:?}"),
        Err(error) => said(&error),
    }
}

#[test]
fn a_column_holds_any_finite_number_and_other_cells_exclude_their_row() {
    let text = "flops,loss,lr\n1e18,3.1,1e-3\n1e18,3.0,-2\n1e18,2.9,0\n1e18,2.8,\n1e18,2.7,x\n\
                1e18,2.6,inf\n1e18,2.5,2K\n1e18,2.4,-0.0\n";
    let options = ReadOptions {
        columns: vec![WantedColumn::required("lr")],
        ..plain()
    };
    let (data, understanding) = read(text, &options);
    assert_eq!(
        values(&data, "lr"),
        [1e-3, -2.0, 0.0, 2000.0, 0.0].map(Some)
    );
    assert_eq!(
        reasons(&data),
        [
            "5: lr is blank",
            "6: lr is not a number ('x')",
            "7: lr is infinite ('inf')"
        ]
    );
    assert_eq!(data.columns().collect::<Vec<_>>(), ["lr"]);
    assert!(data.has_compute());
    let used = &understanding.columns()[2];
    assert_eq!(
        (used.name.as_str(), used.role, used.named_by_user),
        ("lr", "variable", true)
    );
}

#[test]
fn a_missing_column_is_an_error_only_where_it_is_required() {
    let text = "flops,loss,Bsz,s\n1e18,3.1,256,1\n1e19,2.8,512,2\n";
    let wanted = |columns: Vec<WantedColumn>| ReadOptions { columns, ..plain() };
    assert_eq!(
        refusal(text, &wanted(vec![WantedColumn::required("bsze")])),
        "runs.csv: law: no column 'bsze'; the columns are flops, loss, Bsz, s\ndid you mean 'Bsz'?"
    );
    // A single letter matches only itself.
    let one = refusal(text, &wanted(vec![WantedColumn::required("S")]));
    assert!(one.contains("no column 'S'"), "{one}");
    let some = ["bsz", "S", "c0", "bsz"].map(WantedColumn::if_there);
    let (data, _) = read(text, &wanted(some.to_vec()));
    assert_eq!(data.columns().collect::<Vec<_>>(), ["bsz"]);
    assert_eq!(values(&data, "bsz"), [256.0, 512.0].map(Some));
    let (data, _) = read(text, &plain());
    assert_eq!(data.columns().count(), 0);
}

#[test]
fn the_loss_is_no_law_of_itself_and_no_weight_is_one_of_the_variables() {
    let text = "flops,val_loss,std\n1e18,3.1,1\n1e19,2.8,2\n";
    let said = refusal(text, &of(&["val_loss"]));
    assert!(
        said.starts_with(
            "runs.csv: column 'val_loss' is the loss, and the loss cannot be a law of itself\n"
        ),
        "{said}"
    );
    let (data, _) = read(text, &of(&["std"]));
    assert_eq!(values(&data, "std"), [1.0, 2.0].map(Some));
    assert!(data.runs().iter().all(|run| run.sigma().is_none()));
    // The training loss is the variable, and the evaluation loss is the loss.
    let both = "loss,val_loss,flops\n3.3,3.1,1e18\n3.0,2.8,1e19\n";
    let (data, _) = read(both, &of(&["loss"]));
    assert_eq!(data.loss_column(), Some("val_loss"));
}

#[test]
fn a_law_of_other_columns_needs_no_compute_and_none_is_told() {
    let text = "r1,r2,loss\n0.2,0.8,2.6\n0.5,0.5,2.5\n0.8,0.2,\n";
    let (data, understanding) = read(text, &of(&["r1", "r2"]));
    assert_eq!(data.runs().len(), 2);
    assert_eq!(reasons(&data), ["4: loss is blank"]);
    assert!(!data.has_compute() && data.largest_fitted().is_none());
    let json = in_json(&understanding);
    assert_eq!(json["compute_from"], "unknown");
    assert_eq!(json["compute_decades"], 0.0);
    let ranges = json["ranges"].as_array().unwrap();
    assert!(ranges.iter().all(|range| range["role"] != "compute"));
    let run = serde_json::to_value(&data.runs()[0]).unwrap();
    assert_eq!(run["compute"], serde_json::Value::Null);
    // Laws of compute still need it.
    let one = ReadOptions {
        columns: vec![WantedColumn::required("r1")],
        ..plain()
    };
    assert!(refusal(text, &one).starts_with("runs.csv: no column for the compute"));
}

#[test]
fn compute_is_known_of_all_runs_or_of_none() {
    let text = "flops,loss,lr\n1e18,3.1,1\n,2.9,2\n1e20,2.8,3\n";
    let (data, understanding) = read(text, &of(&["lr"]));
    assert_eq!(data.runs().len(), 3);
    assert!(data.runs().iter().all(|run| !run.has_compute()));
    assert_eq!(
        understanding.notes(),
        ["compute is known of 2 of 3 runs, and is not used"]
    );
    let (data, understanding) = read(&text.replace(",2.9", "many,2.9"), &of(&["lr"]));
    assert_eq!((data.runs().len(), data.has_compute()), (3, false));
    assert!(
        understanding.notes().contains(
            &"compute left blank in 1 row (line 3: flops is not a number ('many'))".into()
        ),
        "{:?}",
        understanding.notes()
    );
    let named = ReadOptions {
        compute_col: Some("flops".into()),
        ..of(&["lr"])
    };
    let (data, _) = read(&text.replace(",2.9", "many,2.9"), &named);
    assert_eq!(reasons(&data), ["3: flops is not a number ('many')"]);
    assert!(data.has_compute());
    let sizes = "params,tokens,loss,lr\n1e9,2e10,3.1,1\n1e9,4e10,3.0,2\n";
    let (data, _) = read(sizes, &of(&["lr"]));
    assert_eq!(data.largest_fitted(), Some(2.4e20));
}

#[test]
fn a_limit_of_compute_needs_it() {
    let text = "lr,loss\n1,3.1\n2,2.9\n";
    let below = ReadOptions {
        fit_below: Some(1e20),
        ..of(&["lr"])
    };
    let said = refusal(text, &below);
    assert!(said.contains("no column for the compute"), "{said}");
    assert!(said.contains("hold"), "{said}");
    let (data, _) = read("flops,lr,loss\n1e18,1,3.1\n,2,2.9\n1e21,3,2.8\n", &below);
    assert_eq!(reasons(&data), ["3: flops is blank"]);
    assert_eq!((data.fit_runs().count(), data.actuals().count()), (1, 1));
    let front = ReadOptions {
        reshape: Reshape {
            reduce: "pareto".parse().ok(),
            ..Reshape::default()
        },
        ..of(&["lr"])
    };
    assert!(refusal(text, &front).contains("no column for the compute"));
}

#[test]
fn rows_are_held_out_by_conditions() {
    let text = "lr,loss,split\n1,3.1,train\n2,2.9,test\n3,2.8,train\n4,,test\n";
    let held = ReadOptions {
        holds: vec![filter("split = test")],
        ..of(&["lr"])
    };
    let (data, understanding) = read(text, &held);
    let roles: Vec<Role> = data.runs().iter().map(|run| run.role()).collect();
    assert_eq!(roles, [Role::Fit, Role::Actual, Role::Fit]);
    assert_eq!(reasons(&data), ["5: loss is blank"]);
    assert_eq!(understanding.columns()[2].role, "filter");
    let both = ReadOptions {
        fit_below: Some(1e19),
        holds: vec![filter("split = test"), filter("lr >= 3")],
        ..plain()
    };
    let text = "flops,loss,split,lr\n1e18,3.1,test,1\n1e18,3.0,train,2\n1e20,2.8,train,2\n1e18,3,train,3\n";
    let (data, _) = read(text, &both);
    let roles: Vec<Role> = data.runs().iter().map(|run| run.role()).collect();
    assert_eq!(roles, [Role::Actual, Role::Fit, Role::Actual, Role::Actual]);
    let wrong = ReadOptions {
        holds: vec![filter("splt = test")],
        ..plain()
    };
    let said = refusal(text, &wrong);
    assert!(said.contains("no column 'splt'"), "{said}");
    let wrong = ReadOptions {
        holds: vec![filter("split > 3")],
        ..plain()
    };
    let said = refusal(text, &wrong);
    assert!(
        said.contains("hold 'split > 3': 'test' is text and cannot be compared with a number"),
        "{said}"
    );
}

#[test]
fn losses_may_have_any_sign_beside_columns() {
    let any_sign = ReadOptions {
        negative_losses: true,
        ..of(&["lr"])
    };
    let (data, _) = read("lr,loss\n1,-3\n0,0\n-1,2\n", &any_sign);
    let losses: Vec<f64> = data.runs().iter().map(|run| run.loss()).collect();
    assert_eq!(losses, [-3.0, 0.0, 2.0]);
    let log = "run,step,lr,loss\na,1,1,-1\na,2,1,-2\nb,1,2,0.5\nb,2,2,0\n";
    let last = ReadOptions {
        reshape: Reshape {
            reduce: "last".parse().ok(),
            ..Reshape::default()
        },
        ..any_sign
    };
    let (data, _) = read(log, &last);
    let found: Vec<_> = data
        .runs()
        .iter()
        .map(|run| (run.column("lr"), run.loss()))
        .collect();
    assert_eq!(found, [(Some(1.0), -2.0), (Some(2.0), 0.0)]);
}

#[test]
fn columns_survive_what_is_done_to_a_table() {
    let log =
        "run,step,flops,loss,S\na,1,1e17,4.0,9\na,2,1e18,3.1,0\nb,1,1e18,3.9,9\nb,2,1e19,2.8,4\n";
    let wanted = ReadOptions {
        columns: vec![WantedColumn::required("S")],
        ..plain()
    };
    for rule in ["last", "tail=50%", "min"] {
        let reduced = ReadOptions {
            group_col: Some("run".into()),
            reshape: Reshape {
                reduce: rule.parse().ok(),
                ..Reshape::default()
            },
            ..wanted.clone()
        };
        let (data, _) = read(log, &reduced);
        assert_eq!(values(&data, "S"), [0.0, 4.0].map(Some), "{rule}");
    }
    let joined = ReadOptions {
        reshape: Reshape {
            join: vec![b"run,S\na,1.5\nb,-2\n".to_vec()],
            ..Reshape::default()
        },
        ..wanted.clone()
    };
    let (data, _) = read("run,flops,loss\na,1e18,3.1\nb,1e19,2.8\n", &joined);
    assert_eq!(values(&data, "S"), [1.5, -2.0].map(Some));
    let wide = ReadOptions {
        reshape: Reshape {
            wide: true,
            join: vec![b"run,flops,S\na,1e18,7\nb,1e19,8\n".to_vec()],
            reduce: "last".parse().ok(),
            ..Reshape::default()
        },
        ..wanted.clone()
    };
    let (data, _) = read("Step,a - loss,b - loss\n1,3.9,3.5\n2,3.1,2.8\n", &wide);
    assert_eq!(values(&data, "S"), [7.0, 8.0].map(Some));
    let derived = ReadOptions {
        reshape: Reshape {
            lets: vec!["S=2*lr".parse().unwrap()],
            ..Reshape::default()
        },
        ..wanted.clone()
    };
    let (data, _) = read("flops,loss,lr\n1e18,3.1,1\n1e19,2.8,2\n", &derived);
    assert_eq!(values(&data, "S"), [2.0, 4.0].map(Some));
    let lines = "{\"flops\":1e18,\"loss\":3.1,\"S\":3}\n{\"flops\":1e19,\"loss\":2.8,\"S\":\"1e-3\"}\n{\"flops\":1e20,\"loss\":2.7}\n";
    let (data, _) = read(lines, &wanted);
    assert_eq!(values(&data, "S"), [3.0, 1e-3].map(Some));
    assert_eq!(reasons(&data), ["3: S is blank"]);
    let units = ReadOptions {
        loss: LossConversion::new("bits/token", "nats/token", Text::default()).ok(),
        ..wanted
    };
    let (data, _) = read("flops,loss,S\n1e18,3.1,3\n1e19,2.8,1\n", &units);
    assert_eq!(values(&data, "S"), [3.0, 1.0].map(Some));
}

#[test]
fn each_series_has_its_columns_and_says_by_itself_whether_it_has_compute() {
    let options = ReadOptions {
        by: Some("case".into()),
        filters: vec![filter("lr < 9")],
        ..of(&["lr"])
    };
    let text = "case,flops,loss,lr\nx,1e18,3.1,1\ny,,3.0,2\nx,1e19,2.8,3\nx,1e20,2.7,9\n";
    let series = read_series(text.as_bytes(), "runs.csv", &options).unwrap_or_default();
    let found: Vec<_> = series
        .iter()
        .filter_map(|one| Some((&*one.key, values(one.data.as_ref().ok()?, "lr"))))
        .collect();
    assert_eq!(
        found,
        [("x", vec![Some(1.0), Some(3.0)]), ("y", vec![Some(2.0)])]
    );
    let known: Vec<_> = series
        .iter()
        .filter_map(|one| Some(one.data.as_ref().ok()?.has_compute()))
        .collect();
    assert_eq!(known, [true, false]);
}

#[test]
fn commas_of_thousands_are_seen_in_such_columns_too() {
    let text = "lr;loss;bsz\n1;3.1;\"1,024\"\n2;2.9;\"1,048,576\"\n";
    let (data, understanding) = read(text, &of(&["bsz"]));
    assert_eq!(values(&data, "bsz"), [1024.0, 1_048_576.0].map(Some));
    assert!(
        understanding.notes()[0].starts_with("commas of 'bsz'"),
        "{:?}",
        understanding.notes()
    );
    let comma = ReadOptions {
        reshape: Reshape {
            decimal: ",".parse().ok(),
            ..Reshape::default()
        },
        ..of(&["lr"])
    };
    let (data, _) = read("lr;loss\n0,5;3,1\n0,25;2,9\n", &comma);
    assert_eq!(values(&data, "lr"), [0.5, 0.25].map(Some));
}

#[test]
fn rows_along_a_variable_of_the_law_are_neither_a_curve_nor_a_sweep() {
    let mut text = String::from("run,step,flops,loss,lr\n");
    for (run, flops) in [("a", 1e18), ("b", 1e19), ("c", 1e20)] {
        for step in 1..=4 {
            let loss = 3.0 + f64::from(step).recip();
            text.push_str(&format!("{run},{step},{flops:e},{loss},{step}e-3\n"));
        }
    }
    let codes = |options: &ReadOptions| -> Vec<String> {
        let (data, _) = read(&text, options);
        let codes = data.findings().iter().map(|found| found.code.to_string());
        codes.collect()
    };
    assert!(
        codes(&plain()).contains(&"several-steps".to_owned()),
        "{:?}",
        codes(&plain())
    );
    for column in ["step", "lr"] {
        let found = codes(&of(&[column]));
        assert!(
            !found.contains(&"several-steps".to_owned()),
            "{column}: {found:?}"
        );
        assert!(
            !found.contains(&"sweep-pooled".to_owned()),
            "{column}: {found:?}"
        );
    }
}

#[test]
fn the_best_row_is_chosen_for_each_value_of_a_variable() {
    let options = ReadOptions {
        reshape: Reshape {
            reduce: "min".parse().ok(),
            ..Reshape::default()
        },
        ..of(&["S"])
    };
    let text = "S,loss,seed\n0,3.0,1\n0,2.9,2\n4,2.8,1\n4,2.7,2\n";
    let (data, understanding) = read(text, &options);
    let found: Vec<_> = data
        .runs()
        .iter()
        .map(|r| (r.column("S"), r.loss()))
        .collect();
    assert_eq!(found, [(Some(0.0), 2.9), (Some(4.0), 2.7)]);
    assert!(
        understanding.notes()[0].contains("the smallest loss of each S"),
        "{:?}",
        understanding.notes()
    );
}

#[test]
fn the_order_of_rows_never_matters_to_the_digest_of_what_is_in_order() {
    let first = read("lr,loss\n2,3.1\n1,3.1\n", &of(&["lr"])).0;
    let other = read("lr,loss\n1,3.1\n2,3.1\n", &of(&["lr"])).0;
    assert_ne!(first.digest(), other.digest());
    let plain = read("flops,loss,lr\n1e18,3.1,1\n", &plain()).0;
    let with = read("flops,loss,lr\n1e18,3.1,1\n", &of(&["lr"])).0;
    assert_ne!(plain.digest(), with.digest());
}

#[test]
fn a_source_that_is_a_file_has_the_same_columns() {
    let text = b"lr,loss\n1,3.1\n2,2.9\n";
    let source = Source::bytes(text, "runs.csv");
    let data = Dataset::from_source(&source, &of(&["lr"]));
    assert_eq!(
        data.map(|data| values(&data, "lr")),
        Ok(vec![Some(1.0), Some(2.0)])
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_cells_make_it_panic_and_no_row_vanishes(
        rows in proptest::collection::vec(("[0-9a-zA-Z.,+e-]{0,8}|\\PC{0,3}", "[0-9.e-]{0,5}", "[0-9]{0,3}"), 0..10)
    ) {
        let mut text = String::from("S,loss,flops\n1,2,3\n");
        for (a, b, c) in &rows {
            text.push_str(&format!("\"{}\",{b},{c}\n", a.replace('"', "\"\"")));
        }
        let any_sign = ReadOptions {
            negative_losses: true,
            holds: vec![filter("loss != ''")],
            ..of(&["S"])
        };
        for options in [of(&["S"]), any_sign] {
            if let Ok((data, understanding)) = tables::read(text.as_bytes(), "runs.csv", &options) {
                prop_assert_eq!(understanding.rows(), data.runs().len() + data.excluded().len());
                prop_assert!(data.runs().iter().all(|r| r.column("S").is_some_and(f64::is_finite)));
                let same = data.runs()[0].has_compute();
                prop_assert!(data.runs().iter().all(|r| r.has_compute() == same));
                prop_assert!(data.runs().iter().all(|r| r.x() > 0.0 && r.x().is_finite()));
            }
        }
    }
}
