//! Laws of parameters or tokens alone, and losses in other units.

use super::{ok, run, run_with};

const TABLE: &str = "run,n_params,n_tokens,nats,sd
a,1M,10B,4.605,0.02
b,3M,10B,4.1,0.02
c,10M,10B,3.7,0.02
d,30M,10B,3.4,0.02
e,100M,10B,3.15,0.02
f,300M,10B,2.98,0.02
g,1B,10B,2.85,0.02
";

fn said(args: &[&str]) -> String {
    let ran = run_with(args, TABLE);
    assert!(matches!(ran.code, 0 | 5), "{args:?}: {}", ran.err);
    ran.out + &ran.err
}

/// The variable is named and never called compute.
#[test]
fn a_law_of_parameters_never_speaks_of_compute() {
    let over = ["-", "--over", "params", "--loss-col", "nats"];
    let with = |verb: &str, more: &[&str]| {
        let args: Vec<&str> = [verb].iter().chain(&over).chain(more).copied().collect();
        said(&args).to_lowercase()
    };
    let at = ["--fit-below", "500M", "--at", "1B,10B"];
    let reach = ["--reach", "2.9", "--method", "delta"];
    let csv = ["--at", "10B", "--format", "csv"];
    for (verb, more) in [
        ("check", &[][..]),
        ("fit", &[]),
        ("forecast", &at),
        ("forecast", &reach),
        ("forecast", &csv),
        ("backtest", &[]),
        ("compare", &[]),
    ] {
        let text = with(verb, more);
        assert!(!text.contains("compute"), "{verb} {more:?}: {text}");
        assert!(!text.contains("flop"), "{verb} {more:?}: {text}");
    }
    for verb in ["backtest", "compare"] {
        let json = with(verb, &["--format", "json"]);
        assert!(json.contains("\"variable\": \"params\""), "{verb}: {json}");
    }
    assert!(with("fit", &[]).contains("l(n) = a*n^b + c"));
    assert!(with("forecast", &at).contains("1b                3.33 "));
    assert!(with("forecast", &[&at[..], &["-v"]].concat()).contains("n = 1b: 3.33 times"));
    assert!(with("forecast", &csv).starts_with("series,parameters,"));
}

/// The numbers are the same as for a column called compute.
#[test]
fn a_law_of_tokens_is_the_same_law() {
    let table = "n_tokens,loss\n1B,3.4\n3B,3.1\n10B,2.85\n30B,2.7\n100B,2.6\n";
    let ask = |flags: &[&str]| {
        let common = ["forecast", "-", "--at", "1T", "--format", "csv"];
        let args: Vec<&str> = common.iter().chain(flags).copied().collect();
        let out = run_with(&args, table).out;
        out.split_once('\n').map(|(_, rows)| rows.to_owned())
    };
    let tokens = ask(&["--over", "tokens"]);
    assert!(tokens.as_ref().is_some_and(|rows| rows.lines().count() > 3));
    assert_eq!(tokens, ask(&["--compute-col", "n_tokens"]));
}

#[test]
fn a_row_without_parameters_is_left_out_and_a_law_of_two_variables_is_refused() {
    let table = "n_params,loss\n1M,3\n,2.9\n3M,2.7\n10M,2.5\n30M,2.4\n";
    let out = run_with(&["check", "-", "--over", "params"], table).out;
    assert!(
        out.contains("parameters is blank") || out.contains("n_params is blank"),
        "{out}"
    );
    let args = [
        "fit",
        "data/cerebras_gpt.csv",
        "--over",
        "params",
        "--law",
        "chinchilla",
    ];
    let ran = run(&args);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("more than one variable"), "{}", ran.err);
}

#[test]
fn a_law_file_keeps_its_variable_and_unit() {
    let folder = tempfile::tempdir().unwrap();
    let law = folder.path().join("law.json");
    let law = law.to_str().unwrap();
    let fitted = run_with(
        &[
            "fit",
            "-",
            "--over",
            "params",
            "--loss-col",
            "nats",
            "--loss-unit",
            "nats/token",
            "-o",
            law,
        ],
        TABLE,
    );
    assert_eq!(fitted.code, 0, "{}", fitted.err);
    let shown = ok(&["show", law]);
    assert!(shown.contains("L(N) = a*N^b + c"), "{shown}");
    assert!(ok(&["forecast", law, "--at", "10B"]).contains("N = 10B"));
    let svg = folder.path().join("law.svg");
    ok(&["plot", law, "--at", "10B", "-o", svg.to_str().unwrap()]);
    let svg = std::fs::read_to_string(svg).unwrap();
    assert!(svg.contains("Parameters N") && svg.contains("nats/token"));
    assert!(!svg.contains("FLOP") && !svg.contains("compute"));
}

/// 4.605 nats a token at 4.3 bytes a token are 4.605/(ln 2 · 4.3) = 1.54503 bits a byte, and σ goes
/// with it.
#[test]
fn losses_are_converted_with_their_sigma() {
    let args = [
        "check",
        "-",
        "--over",
        "params",
        "--loss-col",
        "nats",
        "--sigma-col",
        "sd",
        "--loss-unit",
        "nats/token",
        "--loss-in",
        "bits/byte",
        "--bytes-per-token",
        "4.3",
        "--format",
        "json",
    ];
    let json: serde_json::Value = serde_json::from_str(&run_with(&args, TABLE).out).unwrap();
    let range = |role: &str| {
        let ranges = json["ranges"].as_array().unwrap();
        ranges.iter().find(|r| r["role"] == role).unwrap()["max"]
            .as_f64()
            .unwrap()
    };
    let factor = std::f64::consts::LN_2 * 4.3;
    assert!((range("loss") - 4.605 / factor).abs() < 1e-12);
    assert!((range("sigma") - 0.02 / factor).abs() < 1e-12);
    assert_eq!(json["loss_unit"], "bits/byte");
}

#[test]
fn units_that_make_no_sense_are_refused_with_a_hint() {
    for (flags, words) in [
        (&["--loss-unit", "nats/tokn"][..], "did you mean 'token'?"),
        (
            &["--loss-unit", "nats/token", "--loss-in", "bits/byte"],
            "--bytes-per-token",
        ),
        (&["--loss-in", "bits/byte"], "--loss-unit"),
        (
            &[
                "--loss-unit",
                "nats/token",
                "--loss-in",
                "bits/byte",
                "--bytes-per-token",
                "0",
            ],
            "not positive",
        ),
    ] {
        let args: Vec<&str> = ["fit", "data/cerebras_gpt.csv"]
            .iter()
            .chain(flags)
            .copied()
            .collect();
        let ran = run(&args);
        assert_eq!(ran.code, 2, "{flags:?}: {}", ran.err);
        assert!(ran.err.contains(words), "{flags:?}: {}", ran.err);
    }
}

/// Found by users: a number of parameters given for a compute, and messages that spoke of compute
/// nevertheless.
#[test]
fn slips_of_the_variable_are_said() {
    let ran = run(&["forecast", "data/cerebras_gpt.csv", "--at", "13B"]);
    let said = [
        "times the compute of the smallest run",
        "--over params",
        "7B:140B",
    ];
    assert!(said.iter().all(|s| ran.err.contains(s)), "{}", ran.err);
    let ran = run(&["forecast", "data/cerebras_gpt.csv", "--at", "1e16"]);
    assert!(ran.out.contains("target-below-runs"), "{}", ran.out);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (entry, law) = (path("entry.json"), path("law.json"));
    let data = [
        "data/cerebras_gpt.csv",
        "--over",
        "params",
        "--fit-below",
        "1e10",
    ];
    let ask = |verb: &[&str]| {
        let args: Vec<&str> = verb[..1]
            .iter()
            .chain(&data)
            .chain(&verb[1..])
            .copied()
            .collect();
        let ran = run(&args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out
    };
    let out = ask(&["register", "--at", "13B", "-o", &entry]);
    assert!(out.contains("up to N = 6.7B"), "{out}");
    ask(&["fit", "-o", &law]);
    let python = ok(&["show", &law, "--format", "python"]);
    assert!(
        python.contains("def loss(N):") && python.contains("N**b"),
        "{python}"
    );
    assert!(ok(&["show", &law, "--format", "latex"]).starts_with("L(N) = "));
    let unit = ask(&["forecast", "--at", "13B", "--loss-unit", "nats/token"]);
    assert!(unit.contains("loss in nats/token"), "{unit}");
}
