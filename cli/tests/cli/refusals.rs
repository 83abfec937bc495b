//! Refusals: exit codes and messages.

use super::*;

#[test]
fn rising_loss_is_refused_with_exit_code_4() {
    let rising = "tests/fixtures/bad/rising.csv";
    let ran = run(&["forecast", rising, "--at", "1e24"]);
    assert_eq!(ran.code, 4);
    assert!(
        ran.out
            .contains("refused: inverse-scaling: the loss does not fall with compute"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("Status  REFUSED"), "{}", ran.out);
    assert!(!ran.out.contains("Forecast"), "{}", ran.out);
    let rows = table(&run(&["forecast", rising, "--at", "1e24", "--format", "csv"]).out);
    assert!(
        rows.iter()
            .all(|r| r["status"] == "abstained: inverse-scaling" && r["point"].is_empty())
    );
    assert_eq!(
        run(&["forecast", rising, "--at", "1e24", "--force"]).code,
        0
    );
    assert_eq!(run(&["fit", rising]).code, 4);
}

/// Forced numbers stand beside what would have refused them, and nothing says that they are
/// refused.
#[test]
fn what_force_overrides_is_not_called_refused() {
    let rising = "tests/fixtures/bad/rising.csv";
    let accuracy = [
        "data/hindsight_neglect_opt.csv",
        "--compute-col",
        "n_params",
    ];
    let of_several = "L(N, D) = E + A*N^a + B*D^b";
    let asked: [&[&str]; 9] = [
        &["forecast", rising, "--at", "1e24"],
        &["forecast", rising, "--at", "1e24", "-v"],
        &["report", rising, "--at", "1e24", "--format", "text"],
        &["allocate", RUNS, "--compute", "1e24"],
        &["allocate", RUNS, "--compute", "1e24", "-v"],
        &[
            "report", RUNS, "--kind", "surface", "--at", "1e24", "--format", "text",
        ],
        &["allocate", RUNS, "--law", of_several, "--compute", "1e24"],
        &[&["capability"][..], &accuracy, &["--at", "10x"]].concat(),
        &[&["capability"][..], &accuracy, &["--at", "10x", "-v"]].concat(),
    ];
    for args in asked {
        let forced = run(&[args, &["--force"]].concat());
        assert_eq!(forced.code, 0, "{args:?}: {}", forced.err);
        let said = forced.out.to_lowercase();
        assert!(
            said.contains("would be refused"),
            "{args:?}: {}",
            forced.out
        );
        let wrong =
            |line: &&str| line.starts_with("refused") || line.starts_with("status  refused");
        let wrong = said.lines().find(wrong);
        assert_eq!(wrong, None, "{args:?}");
    }
    let out = ok(&["forecast", rising, "--at", "1e24", "--force"]);
    assert!(
        out.contains("REFUSED: the number is given although a finding forbids it"),
        "{out}"
    );
    let other = run(&["forecast", rising, "--at", "1e24"]);
    assert!(
        other.out.contains("\nrefused: inverse-scaling: "),
        "{}",
        other.out
    );
}

#[test]
fn an_accuracy_that_falls_is_refused_with_exit_code_4() {
    let file = "data/hindsight_neglect_opt.csv";
    let columns = ["--compute-col", "n_params", "--loss-col", "accuracy"];
    let args = [&["forecast", file, "--at", "1.75e11"], &columns[..]].concat();
    let ran = run(&args);
    assert_eq!(ran.code, 4);
    assert!(
        ran.out
            .contains("refused: inverse-scaling: column 'accuracy' holds a score"),
        "{}",
        ran.out
    );
    let forced = run(&[&args[..], &["--force"]].concat());
    assert_eq!(forced.code, 0);
    assert!(forced.out.contains("Forecast"), "{}", forced.out);
}

#[test]
fn strict_turns_distrust_into_exit_code_5() {
    let runs = std::fs::read_to_string(root().join(RUNS)).unwrap();
    let twice = format!("{runs}{}\n", runs.lines().last().unwrap());
    assert_eq!(run_with(&["fit", "-"], &twice).code, 0);
    assert_eq!(run_with(&["fit", "-", "--strict"], &twice).code, 5);
    // A badly determined parameter is no doubt about the rows or the optimum.
    assert_eq!(run_with(&["fit", "-", "--strict"], &runs).code, 0);
}

#[test]
fn errors_say_what_where_and_what_to_do() {
    let bad = |name: &str| format!("tests/fixtures/bad/{name}");
    let cases: Vec<(Vec<String>, i32, String)> = [
        (
            vec!["fit".into(), bad("too_few_rows.csv")],
            4,
            "error: tests/fixtures/bad/too_few_rows.csv: 2 usable runs, but law 'saturating' has 3 free parameters\n\nhint: add runs, hold a parameter, or use a law with fewer parameters (--fix, --law)\n",
        ),
        (
            vec!["fit".into(), bad("one_compute.csv")],
            4,
            "error: tests/fixtures/bad/one_compute.csv: all 4 runs have the same compute\n\nhint: add runs, hold a parameter, or use a law with fewer parameters (--fix, --law)\n",
        ),
        (
            vec!["fit".into(), bad("two_computes.csv")],
            4,
            "error: tests/fixtures/bad/two_computes.csv: 2 different values of compute, but law 'saturating' has 3 free parameters\n\nhint: add runs, hold a parameter, or use a law with fewer parameters (--fix, --law)\n",
        ),
        (
            vec!["fit".into(), RUNS.into(), "--fit-below".into(), "1e19".into()],
            4,
            "error: data/cerebras_gpt.csv: 1 usable run, but law 'saturating' has 3 free parameters\n\nhint: 6 runs are kept out of the fit: raise its upper limit, or hold out fewer (--fit-below)\n",
        ),
        (
            vec!["fit".into(), RUNS.into(), "--law".into(), "linear".into()],
            2,
            "error: there is no law 'linear'\n\nhint: the laws are saturating, power, shifted, m3, m4, broken, chinchilla, chinchilla-tied, kaplan, data-constrained, bounded-repeat, experts, granularity, mixture-2, vocabulary, parallel, precision, sparsity, hill, farseer, step-law-lr, step-law-batch; or type a formula, such as 'L = a*C^b + c'\n",
        ),
        (
            vec!["fit".into(), RUNS.into(), "--fix".into(), "E=1".into()],
            2,
            "error: law 'saturating' has no parameter 'E'\n\nhint: its parameters are a, b, c\n",
        ),
        (
            vec!["forecast".into(), RUNS.into(), "--at".into(), "1e-5q".into()],
            2,
            "error: --at: ",
        ),
        (
            vec!["forecast".into(), RUNS.into()],
            2,
            "error: there is nothing to forecast\n\nhint: give a target such as 1e25 or 100x, or a loss to be reached, or hold out the runs that are to be forecast (--at, --reach, --fit-below)\n",
        ),
        (vec!["fit".into(), "no/such/file.csv".into()], 1, "error: no/such/file.csv: "),
        (vec!["fit".into(), "src".into()], 3, "error: src: no file is a table; not read: "),
        (
            vec!["plot".into(), RUNS.into(), "-o".into(), "no/such/folder/x.svg".into()],
            1,
            "error: no/such/folder/x.svg: its folder does not exist\n\nhint: make the folder first\n",
        ),
        (vec!["fit".into(), RUNS.into(), "--level".into(), "9".into()], 2, "error: invalid value '9' for '--level <P>': a level is a probability such as 0.9, or per cent such as 90%"),
        (vec!["fit".into(), RUNS.into(), "--delta".into(), "1".into()], 2, "error: a threshold belongs to Huber's loss"),
        (vec!["plot".into(), RUNS.into(), "-o".into(), "x.eps".into()], 2, "error: 'x.eps' has no known picture format"),
    ]
    .into_iter()
    .map(|(args, code, message)| (args, code, message.to_owned()))
    .collect();
    for (args, code, message) in cases {
        let ran = run(&args.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(ran.code, code, "{args:?}: {}", ran.err);
        assert!(ran.err.starts_with(&message), "{args:?}:\n{}", ran.err);
        assert_eq!(ran.out, "", "{args:?}");
    }
}

/// Every bad table of the reading tests, through the program: a message, a documented exit code, no
/// panic.
#[test]
fn every_bad_table_fails_politely_or_names_what_it_left_out() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("tests/fixtures/bad");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        for verb in ["check", "fit"] {
            let ran = run(&[verb, text(&path)]);
            assert!(
                [0, 3, 4].contains(&ran.code),
                "{verb} {}: {} {}",
                path.display(),
                ran.code,
                ran.err
            );
            assert!(!ran.err.contains("panicked"), "{verb} {}", path.display());
            if ran.code == 3 {
                assert!(
                    ran.err.contains("error: ") && ran.err.contains("hint: "),
                    "{}",
                    ran.err
                );
            }
        }
    }
}

#[test]
fn training_curves_are_not_taken_for_runs() {
    let ran = run_with(
        &["forecast", "-", "--at", "1e25"],
        "run,step,compute,loss\na,1,1e18,9\na,2,1e18,5\nb,1,1e19,8\nb,2,1e19,4\nc,2,1e20,3\n",
    );
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("--reduce"), "{}", ran.err);
}

/// What is missing is easier to add to a command that works.
#[test]
fn a_verb_without_what_it_needs_shows_an_example() {
    for (verb, example) in [
        (&["plan"][..], "example: scalewise plan runs.csv --at"),
        (&["curve", "fit"], "example: scalewise curve fit a.csv"),
        (&["forecast"], "example: scalewise forecast runs.csv"),
    ] {
        let ran = run(verb);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(example), "{}", ran.err);
    }
    let other = run(&["fit", "a.csv", "--no-such-flag"]);
    assert!(!other.err.contains("example:"), "{}", other.err);
}
