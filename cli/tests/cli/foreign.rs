//! Files of other programs: the commands of docs/formats.md, which all read the same ladder, and
//! the numbers that studies/references/formats.py found with other readers.

use super::*;
use serde_json::Value;
use std::collections::BTreeMap;

type Pairs = Vec<(f64, f64)>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/formats")
}

/// The commands of the table in docs/formats.md with their last two cells.
fn documented() -> Vec<(String, [String; 2])> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/formats.md");
    let page = std::fs::read_to_string(page).unwrap();
    let table = page.split("<!-- formats -->").nth(1).unwrap();
    let table = table.split("<!-- /formats -->").next().unwrap();
    let row = |line: &str| {
        let (command, ends) = line.split_once("| `scalewise ")?.1.split_once("` |")?;
        let mut ends = ends.split('|').map(|cell| cell.trim().to_owned());
        Some((command.to_owned(), [ends.next()?, ends.next()?]))
    };
    table.lines().filter_map(row).collect()
}

/// Compute and final loss of every run, or compute and mean pass rate of every model.
fn found(command: &str) -> Result<Pairs, String> {
    let words = command
        .split('\'')
        .enumerate()
        .flat_map(|(k, part)| match k % 2 {
            1 => vec![part.to_owned()],
            _ => part.split_whitespace().map(str::to_owned).collect(),
        });
    let output = assert_cmd::Command::cargo_bin("scalewise")
        .unwrap()
        .current_dir(folder())
        .args(words)
        .args(["--format", "json", "--quiet"])
        .output()
        .unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let (rows, value) = match command.starts_with("fit") {
        true => (&answer["data"]["runs"], "loss"),
        false if answer["format"] == "scalewise.scores" => (&answer["tasks"][0]["models"], "score"),
        false => (&answer["models"], "mean_pass_rate"),
    };
    let pair = |row: &Value| Some((row["compute"].as_f64()?, row[value].as_f64()?));
    let mut pairs: Pairs = rows.as_array().unwrap().iter().filter_map(pair).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(pairs)
}

fn expected() -> BTreeMap<String, Pairs> {
    let text = std::fs::read_to_string(folder().join("expected.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// To four digits, as the table has them.
fn digits(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap()
}

#[test]
fn every_format_gives_the_numbers_of_another_reader() {
    let (documented, expected) = (documented(), expected());
    assert_eq!(documented.len(), expected.len());
    for (command, ends) in documented {
        let wanted = &expected[&command];
        if command.contains(".xlsx") && !cfg!(feature = "xlsx") {
            let error = found(&command).unwrap_err();
            assert!(
                error.contains("spreadsheet") && error.contains("CSV"),
                "{error}"
            );
            continue;
        }
        let found = found(&command).unwrap_or_else(|error| panic!("{command}: {error}"));
        assert_eq!(found.len(), wanted.len(), "{command}");
        for (found, wanted) in found.iter().zip(wanted) {
            // A product of sizes is rounded once more there; all other numbers are equal.
            let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-12;
            assert!(
                near(found.0, wanted.0) && near(found.1, wanted.1),
                "{command}: {found:?}"
            );
        }
        for (end, shown) in [found[0], found[found.len() - 1]].iter().zip(&ends) {
            assert_eq!(digits(end.1), shown.parse::<f64>().unwrap(), "{command}");
        }
    }
}

#[test]
fn rows_of_many_files_are_named_by_their_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    for (k, name) in ["a", "b", "c", "d", "e"].into_iter().enumerate() {
        let loss = 4.0 * 0.9_f64.powi(k as i32);
        write(
            &format!("r/{name}/m.csv"),
            &format!("flops,loss\n1e{},{loss}\n", 18 + k),
        );
    }
    write("r/c/m.csv", "flops,loss\n\n1e20,NaN\n");
    let check = |args: &[&str]| {
        let output = assert_cmd::Command::cargo_bin("scalewise")
            .unwrap()
            .current_dir(folder.path())
            .args(args)
            .output()
            .unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let said = check(&["check", "r", "--format", "json"]);
    assert!(said.contains("(r/c/m.csv:3)"), "{said}");
    assert!(said.contains("names of the runs: a, b, c, d, e"), "{said}");
    let said = check(&[
        "check",
        "r",
        "--run-from",
        "r/(.)/",
        "--where",
        "run != 'a'",
    ]);
    assert!(said.contains("condition"), "{said}");
    assert!(check(&["check", "none*.csv"]).contains("no file fits the pattern"));
    assert!(check(&["check", "r", "--run-from", "("]).contains("no regular expression"));
    for (run, loss) in [("abc", 3.1), ("def", 2.9)] {
        let files = format!("wandb/run-20260101_000000-{run}/files");
        let summary = format!("{{\"eval/loss\": {loss}, \"_step\": 9, \"odd\": NaN}}");
        write(&format!("{files}/wandb-summary.json"), &summary);
        let config = "wandb_version: 1\n_wandb:\n  value: {cli: x}\nn_params:\n  desc: null\n  value: 2.0e+07\n";
        write(&format!("{files}/config.yaml"), config);
    }
    let said = check(&["check", "wandb", "--let", "compute=1e12*`config.n_params`"]);
    assert!(said.contains("names of the runs: abc, def"), "{said}");
    assert!(
        said.contains("2 read: 2 fitted") && said.contains("2e19"),
        "{said}"
    );
    write(
        "plain.log",
        "step:1/9 val_loss:4.5\nstep:2/9 val_loss:4.1\n",
    );
    assert!(check(&["check", "plain.log"]).contains("--log-line modded-nanogpt"));
}
