//! The meaning of column names and of the numbers below them.

use super::*;

/// Losses of a ladder.
const LOSSES: [&str; 6] = ["3.50", "3.31", "3.14", "2.99", "2.86", "2.75"];

/// A table of one size column, a loss column and others.
fn ladder(header: &str, sizes: &[&str]) -> String {
    let rows = sizes.iter().zip(LOSSES);
    let rows = rows.map(|(size, loss)| format!("{size},{loss}\n"));
    format!("{header}\n{}", rows.collect::<String>())
}

fn check(table: &str, more: &[&str]) -> Ran {
    run_with(&[&["check", "-"], more].concat(), table)
}

fn checked(table: &str, more: &[&str]) -> serde_json::Value {
    let more = [more, &["--format", "json"]].concat();
    let ran = check(table, &more);
    // The whole table is shown before a finding that forbids a fit.
    assert!([0, 3].contains(&ran.code), "{table}\n{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

fn role<'a>(answer: &'a serde_json::Value, column: &str) -> &'a serde_json::Value {
    let columns = answer["columns"].as_array().unwrap();
    let found = columns.iter().find(|c| c["name"] == column);
    &found.unwrap()["role"]
}

fn largest(answer: &serde_json::Value, role: &str) -> f64 {
    let ranges = answer["ranges"].as_array().unwrap();
    let found = ranges.iter().find(|r| r["role"] == role);
    found.unwrap()["max"].as_f64().unwrap()
}

#[test]
fn names_that_people_have_are_known() {
    let sizes = ["1e18", "1e19", "1e20", "1e21", "1e22"];
    for (compute, loss) in [
        ("total_flos", "eval_loss"),
        ("Training FLOPs", "Validation Loss"),
        ("summary/total_flops", "summary/eval/loss"),
        ("metrics.train_flops", "metrics.val_loss"),
        ("achieved_flops", "cd_val_loss"),
        ("training-compute", "eval/paloma/macro_loss"),
        ("flops", "train_loss"),
        ("flops", "val_bpb"),
    ] {
        let answer = checked(&ladder(&format!("{compute},{loss}"), &sizes), &[]);
        assert_eq!(role(&answer, compute), "compute");
        assert_eq!(role(&answer, loss), "loss");
    }
    let both = "parameter_count,throughput/total_tokens,loss\n1e8,2e9,3\n2e8,4e9,2.8\n";
    let answer = checked(both, &[]);
    assert_eq!(role(&answer, "parameter_count"), "params");
    assert_eq!(role(&answer, "throughput/total_tokens"), "tokens");
    // The name of a model is not a size, and neither are ratios.
    let words = "Model Size,params_per_step,flops,loss\ns-20M,3,1e18,3\ns-40M,4,1e19,2.8\n";
    let answer = checked(words, &[]);
    assert_eq!(role(&answer, "Model Size"), "ignored");
    assert_eq!(role(&answer, "params_per_step"), "ignored");
}

#[test]
fn a_loss_beside_one_of_an_evaluation_is_asked_for() {
    for other in ["eval_loss", "eval/loss", "validation loss", "val/lm/loss"] {
        let ran = check(
            &format!("flops,loss,{other}\n1e18,3,3.1\n1e19,2.8,2.9\n"),
            &[],
        );
        assert_eq!(ran.code, 3, "{}", ran.out);
        let (first, hint) = (&*ran.err, "--loss-col loss, --loss-col");
        assert!(
            first.contains(&format!("2 columns could be the loss: loss, {other}")),
            "{first}"
        );
        assert!(first.contains(hint), "{first}");
        assert!(first.contains("try: scalewise fit - --loss-col"), "{first}");
    }
    for other in [
        "train_loss",
        "aux_loss",
        "eval_loss_stderr",
        "loss_scale",
        "val_acc",
    ] {
        let table = format!("flops,loss,{other}\n1e18,3,3.1\n1e19,2.8,2.9\n");
        assert_eq!(role(&checked(&table, &[]), "loss"), "loss", "{other}");
    }
}

#[test]
fn several_new_names_of_what_is_not_needed_are_none() {
    let table = "flops,num_params,parameter_count,loss\n1e18,1e8,1e8,3\n1e19,3e8,3e8,2.8\n";
    assert_eq!(role(&checked(table, &[]), "num_params"), "ignored");
    let ran = run_with(&["allocate", "-", "--compute", "1e21"], table);
    assert!(
        ran.err.contains("2 columns could be the params"),
        "{}",
        ran.err
    );
}

#[test]
fn units_of_headers_hold_for_numbers_without_one() {
    let sizes = ["1", "10", "100", "1e3", "10000 FLOP"];
    for (header, unit) in [
        ("total_gflops", 1e9),
        ("train_zflops", 1e21),
        ("compute_pf_days", 8.64e19),
        ("compute (PF-days)", 8.64e19),
        ("flops (1e18)", 1e18),
    ] {
        let answer = checked(&ladder(&format!("{header},loss"), &sizes), &[]);
        assert_eq!(largest(&answer, "compute"), 1e3 * unit, "{header}");
        let again = checked(
            &ladder(&format!("{header},loss"), &sizes),
            &["--compute-col", header],
        );
        assert_eq!(largest(&again, "compute"), 1e3 * unit, "{header}");
    }
    let sizes = |params: &str, tokens: &str| {
        let table = format!("{params},{tokens},loss\n50,0.25,4.4\n100,2,3.9\n3200M,256,2.2\n");
        let answer = checked(&table, &[]);
        [largest(&answer, "params"), largest(&answer, "tokens")]
    };
    assert_eq!(sizes("params (M)", "tokens (B)"), [3.2e9, 256e9]);
    assert_eq!(
        sizes("params_millions", "tokens_in_billions"),
        [3.2e9, 256e9]
    );
    assert_eq!(sizes("params_m", "train_tokens [B]"), [3.2e9, 256e9]);
    assert_eq!(sizes("params", "tokens"), [3.2e9, 256.0]);
    let text = check("params (M),tokens (B),loss\n50,0.25,4.4\n100,2,3.9\n", &[]).out;
    assert!(text.contains("params, in millions"), "{text}");
    let law = ["allocate", "-", "--compute", "1e22"];
    let plain = "params,tokens,loss\n5e7,2e9,3.6\n1e8,2e9,3.4\n2e8,8e9,3.0\n4e8,8e9,2.9\n\
                 8e8,3e10,2.6\n5e7,3e10,3.2\n8e8,2e9,3.2\n2e8,3e10,2.8\n";
    let scaled = "params (M),tokens (B),loss\n50,2,3.6\n100,2,3.4\n200,8,3.0\n400,8,2.9\n\
                  800,30,2.6\n50,30,3.2\n800,2,3.2\n200,30,2.8\n";
    let numbers = |ran: Ran| {
        let lines = ran.out.lines().filter(|line| !line.starts_with("Data"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        numbers(run_with(&law, plain)),
        numbers(run_with(&law, scaled))
    );
    let data = run_with(&law, scaled).out;
    assert!(
        data.contains("'params (M)' in millions, 'tokens (B)' in billions"),
        "{data}"
    );
}

#[test]
fn per_cent_is_that_of_the_name_or_of_the_cell() {
    for (header, cells) in [
        ("accuracy (%)", ["20", "30", "50.5"]),
        ("acc_pct", ["20", "30", "50.5"]),
        ("acc", ["20%", "0.3", "50.5 %"]),
    ] {
        let rows = cells.iter().zip(["1e18", "1e19", "1e20"]);
        let rows: String = rows.map(|(acc, c)| format!("m{c},{c},{acc}\n")).collect();
        let answer = checked(&format!("model,flops,{header}\n{rows}"), &[]);
        let rates = answer["models"].as_array().unwrap();
        let rates: Vec<f64> = rates
            .iter()
            .map(|m| m["pass_rate"].as_f64().unwrap())
            .collect();
        assert_eq!(rates, [0.2, 0.3, 0.505], "{header}");
    }
}

#[test]
fn numbers_are_read_as_people_write_them() {
    let sizes = [
        "2.00×10¹⁹",
        "1.31x10^20",
        "10^21",
        "1.3·10^22 FLOP",
        "~8 ZFLOP",
        "18.9 YFLOP",
    ];
    let answer = checked(
        &ladder("C @ anchor,loss", &sizes),
        &["--compute-col", "C @ anchor"],
    );
    assert_eq!(answer["used"], 6);
    let note = "only approximate numbers in 1 row (line 6: C @ anchor '~8 ZFLOP')";
    assert!(
        answer["notes"].as_array().unwrap().contains(&note.into()),
        "{}",
        answer["notes"]
    );
    let tokens = [
        "300B tokens",
        "1.3 billion",
        "2 trillion",
        "20M",
        "75 300 M",
        "about 8T",
    ];
    let answer = checked(&ladder("tokens,loss", &tokens), &["--over", "tokens"]);
    assert_eq!(
        (answer["used"].clone(), largest(&answer, "tokens")),
        (6.into(), 8e12)
    );
    let odd = checked(
        &ladder("flops,loss", &["1e18", "1e19†", "1e20 (est.)", "1e21"]),
        &[],
    );
    let reasons = odd["excluded"].to_string();
    assert!(
        reasons.contains("has the remark '†' after the number"),
        "{reasons}"
    );
    assert!(
        reasons.contains("has the remark '(est.)' after the number"),
        "{reasons}"
    );
}

#[test]
fn thousands_are_separated_where_a_whole_column_says_so() {
    let sizes = ["2", "69", "875", "\"5,387\""];
    let answer = checked(&ladder("flops,loss", &sizes), &[]);
    assert_eq!(
        (answer["used"].clone(), largest(&answer, "compute")),
        (4.into(), 5387.0)
    );
    assert!(
        answer["notes"].to_string().contains("commas of 'flops'"),
        "{}",
        answer["notes"]
    );
    // One cell that cannot be grouped, a comma among the losses, or semicolons leave it undecided.
    for table in [
        ladder("flops,loss", &["2", "69", "\"8,75\"", "\"5,387\""]),
        "flops,loss\n2,3.1\n69,3\n\"5,387\",2.9\n\"6,100\",\"2,9\"\n".to_owned(),
        "flops;loss\n2;3.1\n69;3\n5,387;2.9\n".to_owned(),
    ] {
        let answer = checked(&table, &[]);
        assert!(answer["excluded"].to_string().contains("5,387"), "{table}");
        let next = check(&table, &[]).out;
        assert!(
            next.contains("Next     scalewise fit - --decimal ,"),
            "{next}"
        );
        let point = checked(&table, &["--decimal", "."]);
        assert!(!point["excluded"].to_string().contains("5,387"), "{table}");
    }
}

#[test]
fn decimal_commas_are_read_where_they_are_named() {
    let comma = "n_params;n_tokens;loss\n20.000.000;400.000.000;4,632\n40.000.000;8,00e+08;4,068\n";
    let ran = check(comma, &[]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("(--decimal ,"), "{}", ran.err);
    assert!(
        ran.err.contains("try: scalewise fit - --decimal ,"),
        "{}",
        ran.err
    );
    let answer = checked(comma, &["--decimal", ","]);
    assert_eq!(largest(&answer, "params"), 4e7);
    assert_eq!(largest(&answer, "tokens"), 8e8);
    assert_eq!(largest(&answer, "loss"), 4.632);
    let curves = "run;step;flops;loss\na;1.000;1,5e18;3,5\na;2.000;1,5e18;3,125\nb;9;2e18;3\n";
    let reduced = checked(curves, &["--decimal", ",", "--reduce", "last"]);
    assert_eq!(
        (reduced["used"].clone(), largest(&reduced, "loss")),
        (2.into(), 3.125)
    );
    let json = check("{\"flops\":1e18,\"loss\":3}\n", &["--decimal", ","]);
    assert_eq!(json.code, 2, "{}", json.err);
}

#[test]
fn columns_are_shown_where_a_role_is_missing() {
    let table = "name,budget,compute_per_step,final_ppl\na,1e18,3,30.5\nb,1e19,4,20.5\n";
    let ran = check(table, &[]);
    assert_eq!(ran.code, 3);
    for shown in ["name", "text", "1e18 .. 1e19", "30.5", "number"] {
        assert!(ran.out.contains(shown), "{}", ran.out);
    }
    let next = "try: scalewise fit - --compute-col budget --loss-col final_ppl";
    assert!(ran.err.contains(next), "{}", ran.err);
    let json = check(table, &["--format", "json"]);
    let seen: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(seen["columns"][1]["range"], serde_json::json!([1e18, 1e19]));
    let ran = run_with(
        &["forecast", "-", "--at", "10x", "--loss-col", "ppl"],
        table,
    );
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("columns:\n  name"), "{}", ran.err);
    let next = "try: scalewise forecast - --at 10x --loss-col final_ppl --compute-col budget";
    assert!(ran.err.contains(next), "{}", ran.err);
    let many: Vec<String> = (0..30).map(|k| format!("c{k}")).collect();
    let ran = run_with(
        &["fit", "-"],
        &format!("{}\n{}\n", many.join(","), ["x"; 30].join(",")),
    );
    assert!(ran.err.contains("… and 18 more"), "{}", ran.err);
}

#[test]
fn the_kind_of_a_table_leads_to_its_verb() {
    let counts = "model,flops,problem,n,c\ns,1e18,a,10,3\nl,1e20,a,10,9\n";
    let out = check(counts, &[]).out;
    assert!(
        out.contains("pass counts, one row a model and problem"),
        "{out}"
    );
    assert!(
        out.contains("Next     scalewise capability - --at 10x"),
        "{out}"
    );
    let err = run_with(&["fit", "-"], counts).err;
    assert!(
        err.contains("try: scalewise capability - --at 10x"),
        "{err}"
    );
    let curves = "run,step,flops,loss\na,1,1e18,4\na,2,2e18,3\nb,1,1e19,3.5\nb,2,2e19,2.8\n";
    let out = check(curves, &[]).out + &check(curves, &["--reduce", "last"]).out;
    assert!(out.contains("training curves"), "{out}");
    assert!(out.contains("--reduce last"), "{out}");
}

#[test]
fn comments_bars_and_lines_of_markdown_are_no_columns_or_rows() {
    for table in [
        "# exported today, by hand\n# at noon\nname,flops,loss\na,1e18,3\nb,1e19,2.8\n",
        "name|flops|loss\na|1e18|3\nb|1e19|2.8\n",
        "| name | flops | loss |\n|:---|---:|---|\n| a | 1e18 | 3 |\n| b | 1e19 | 2.8 |\n",
        "#flops,loss\n1e18,3\n1e19,2.8\n",
    ] {
        let answer = checked(table, &[]);
        let read = (&answer["used"], &answer["excluded"]);
        assert_eq!(read, (&2.into(), &serde_json::json!([])), "{table}");
    }
    let ran = check("My runs\nflops,loss\n1e18,3\n", &[]);
    assert!(ran.err.contains("remove a title"), "{}", ran.err);
    let ran = check("flops loss\n1e18 3\n", &[]);
    assert!(ran.err.contains("separate the columns by"), "{}", ran.err);
}

#[test]
fn levels_and_multiples_are_read_as_they_are_said() {
    let forecast = |level: &str, at: &str| {
        ok(&[
            "forecast",
            "data/simulated_ladder.csv",
            "--at",
            at,
            "--level",
            level,
        ])
    };
    let fraction = forecast("0.9", "10x");
    for (level, at) in [("90", "10x"), ("90%", "10x"), ("0.9", "10X")] {
        assert_eq!(forecast(level, at), fraction, "{level} {at}");
    }
    let unclear = run(&["forecast", RUNS, "--at", "10x", "--level", "9"]);
    assert_eq!(unclear.code, 2);
    assert!(
        unclear.err.contains("a level is a probability such as 0.9"),
        "{}",
        unclear.err
    );
}
