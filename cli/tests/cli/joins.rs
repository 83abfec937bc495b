//! `--join`, `--join-on`, `--prefer` and `--let`: data from other tables.

use super::*;
use std::path::Path;

/// Pass counts of four models, with their compute where `compute` says so.
fn counts(compute: bool) -> String {
    let mut text = format!(
        "model,problem,n_samples,n_correct{}\n",
        if compute { ",compute" } else { "" }
    );
    for (k, passes) in [
        [1, 2, 4, 6],
        [3, 5, 8, 10],
        [7, 9, 12, 14],
        [12, 14, 16, 17],
    ]
    .iter()
    .enumerate()
    {
        for (p, passed) in passes.iter().enumerate() {
            text += &format!("m{k},p{p},20,{passed}");
            text += &if compute {
                format!(",1e{}\n", 18 + k)
            } else {
                "\n".to_owned()
            };
        }
    }
    text
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("counts.csv", &counts(false));
    write("whole.csv", &counts(true));
    write(
        "models.csv",
        "model,flops\nm0,1e18\nm1,1e19\nm2,1e20\nm3,1e21\n",
    );
    write(
        "sizes.csv",
        "model_name,size,data\nm0,1e8,1e10\nm1,1e9,1e10\nm2,1e9,1e11\nm3,1e10,1e11\n",
    );
    folder
}

fn csv(folder: &Path, arguments: &str) -> String {
    let words: Vec<&str> = arguments.split(' ').collect();
    let ran = run_in(folder, &words, "");
    assert!([0, 4].contains(&ran.code), "{arguments}: {}", ran.err);
    ran.out
}

#[test]
fn pass_counts_take_what_other_tables_say_of_their_models() {
    let folder = folder();
    let csv = |arguments: &str| csv(folder.path(), arguments);
    let whole = csv("capability whole.csv --at 1e23 --format csv");
    let joined = csv("capability counts.csv --join models.csv --at 1e23 --format csv");
    assert_eq!(joined, whole);
    let formula =
        "capability counts.csv --join sizes.csv --let compute=size*data --at 1e23 --format csv";
    assert_eq!(csv(formula), whole);
    let two = "capability counts.csv --join sizes.csv --join models.csv --at 1e23 --format csv";
    assert_eq!(csv(two), whole);
    let check = csv("check counts.csv --join models.csv");
    assert!(check.contains("flops"), "{check}");
    let words = ["capability", "counts.csv", "--at", "1e23"];
    let ran = run_in(folder.path(), &words, "");
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("no column for the compute"), "{}", ran.err);
}

#[test]
fn a_registered_capability_holds_what_it_was_joined_with() {
    let folder = folder();
    let register =
        "register capability counts.csv --join models.csv --at 1e23 --force -o entry.json";
    csv(folder.path(), register);
    // The entry and the table itself are enough to derive it again.
    std::fs::remove_file(folder.path().join("models.csv")).unwrap();
    let verified = csv(folder.path(), "verify entry.json counts.csv");
    assert!(verified.contains("same"), "{verified}");
}

#[test]
fn tables_that_disagree_are_decided_between() {
    let folder = folder();
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
    };
    write("runs.csv", "run,flops,loss\na,1e18,3.1\nb,1e19,2.8\n");
    write("more.csv", "Id,flops\na,1e18\nb,3e19\n");
    let words = [
        "check",
        "runs.csv",
        "--join",
        "more.csv",
        "--join-on",
        "run=Id",
    ];
    let ran = run_in(folder.path(), &words, "");
    assert_eq!(ran.code, 3);
    for part in ["runs.csv:3", "'b'", "1e19", "3e19", "--prefer left"] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    let ran = run_in(
        folder.path(),
        &[&words[..], &["--prefer", "right"]].concat(),
        "",
    );
    assert!(ran.out.contains("1e18 .. 3e19"), "{}{}", ran.out, ran.err);
    let ran = run_in(folder.path(), &words[..4], "");
    assert!(ran.err.contains("--join-on run=COLUMN"), "{}", ran.err);
}

/// A column that the fit does not use may differ: the cells of the table are kept and named.
#[test]
fn tables_may_disagree_about_a_column_that_the_fit_does_not_use() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
    };
    let runs = "run,flops,loss,host\na,1e18,3.1,x\nb,1e19,2.8,y\nc,1e20,2.6,z\nd,1e21,2.5,z\n";
    write("runs.csv", runs);
    write("more.csv", "run,host,lr\na,x,1\nb,q,2\nc,q,3\nd,z,4\n");
    let words = ["fit", "runs.csv", "--join", "more.csv"];
    let ran = |more: &[&str]| run_in(folder.path(), &[&words[..], more].concat(), "");
    let plain = run_in(
        folder.path(),
        &["check", "runs.csv", "--join", "more.csv"],
        "",
    );
    let kept = "joined table: its 'host' differs in 2 rows, and the cells of the table are kept";
    assert!(plain.out.contains(kept), "{}{}", plain.out, plain.err);
    assert_eq!(ran(&[]).code, 0);
    for used in [
        &["--where", "host != q"][..],
        &["--hold", "host = q"],
        &["--let", "size=host"],
    ] {
        let ran = ran(used);
        assert!(ran.err.contains("runs.csv:3"), "{used:?}: {}", ran.err);
        assert!(ran.err.contains("--prefer left"), "{used:?}: {}", ran.err);
    }
}

/// Files that are read together have a column only for the run.
#[test]
fn a_run_is_the_model_where_no_column_names_it() {
    let folder = folder();
    let text = counts(true).replacen("model,", "run,", 1);
    std::fs::write(folder.path().join("runs.csv"), text).unwrap();
    let csv = |arguments: &str| csv(folder.path(), arguments);
    let whole = csv("capability whole.csv --at 1e23 --format csv");
    let runs = csv("capability runs.csv --at 1e23 --format csv");
    assert_eq!(runs, whole);
    // A name with several amounts of compute does not name a model.
    let seeds = "run,compute,problem,n_samples,n_correct\n\
        1,1e18,a,9,1\n1,1e18,b,9,1\n1,1e19,a,9,3\n1,1e19,b,9,2\n1,1e20,a,9,4\n1,1e20,b,9,6\n";
    std::fs::write(folder.path().join("seeds.csv"), seeds).unwrap();
    let check = csv("check seeds.csv");
    assert!(
        check.contains("1e18") || check.contains("3 models"),
        "{check}"
    );
}

/// A folder of logs and the table of their runs: rows below each other that no run is made of. The
/// error says how to put them side by side, and that works.
#[test]
fn a_table_of_runs_beside_its_logs_is_to_be_joined() {
    let folder = tempfile::tempdir().unwrap();
    let mut runs = "run,params,tokens\n".to_owned();
    for k in 0..7 {
        let n = 1e7 * 2f64.powi(k);
        runs += &format!("r{k},{n},{}\n", 20.0 * n);
        let loss = |step: i32| 1.7 + 900.0 * (120.0 * n * n).powf(-0.15) + 0.5 / f64::from(step);
        let rows = (1..=9).map(|step| format!("{step},{}\n", loss(step)));
        let log = format!("step,loss\n{}", rows.collect::<String>());
        std::fs::write(folder.path().join(format!("r{k}.csv")), log).unwrap();
    }
    std::fs::write(folder.path().join("runs.csv"), runs).unwrap();
    let ran = run_in(folder.path(), &["fit", "."], "");
    for said in [
        "63 have only a loss, and 7 only the size",
        "--join RUNS.csv, --reduce last",
    ] {
        assert!(ran.err.contains(said), "{}", ran.err);
    }
    let joined = ["fit", ".", "--join", "runs.csv", "--reduce", "last"];
    let ran = run_in(folder.path(), &joined, "");
    assert!(
        ran.code == 0 && ran.out.contains("7 used"),
        "{}{}",
        ran.out,
        ran.err
    );
}
