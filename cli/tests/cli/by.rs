//! `--by` for the verbs that draw, rank, allocate and register: every series separately, in one
//! result.

use super::*;

/// Two curves with a floor and one that rises.
fn curves() -> String {
    let mut runs = "task,compute,loss\n".to_owned();
    for k in 0..9 {
        let c = 10f64.powi(18 + k);
        runs += &format!("a,{c:e},{}\n", 20.0 * c.powf(-0.1) + 1.5);
        runs += &format!("b,{c:e},{}\n", 30.0 * c.powf(-0.12) + 1.2);
        runs += &format!("up,{c:e},{}\n", 1.0 + 0.1 * f64::from(k));
    }
    runs
}

/// Two surfaces.
fn surfaces() -> String {
    let mut runs = "task,params,tokens,loss\n".to_owned();
    for (task, e) in [("a", 1.7), ("b", 2.1)] {
        for i in 0..5 {
            for j in 0..5 {
                let (n, d) = (
                    10f64.powf(7.0 + 0.5 * f64::from(i)),
                    10f64.powf(9.0 + 0.5 * f64::from(j)),
                );
                let noise = 1.0 + 0.001 * f64::from((i * 7 + j * 3) % 5 - 2);
                let loss = (e + 400.0 * n.powf(-0.34) + 2000.0 * d.powf(-0.37)) * noise;
                runs += &format!("{task},{n:e},{d:e},{loss}\n");
            }
        }
    }
    runs
}

/// The rows of one series without its name.
fn of(csv: &str, series: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows = reader.records().map(|row| row.unwrap());
    rows.filter(|row| &row[0] == series)
        .map(|row| row.iter().skip(1).map(str::to_owned).collect())
        .collect()
}

#[test]
fn a_series_gives_what_its_rows_give_alone() {
    for (verb, table) in [
        (&["compare", "--laws", "power,saturating"][..], curves()),
        (
            &["allocate", "--compute", "1e24", "--method", "delta"],
            surfaces(),
        ),
        (
            &["isoflop", "--compute", "1e24", "--tolerance", "0.9"],
            surfaces(),
        ),
        (&["backtest"], curves()),
    ] {
        let ask = |more: &[&str]| {
            let args = [&verb[..1], &["-"], &verb[1..], &["--format", "csv"], more].concat();
            let ran = run_with(&args, &table);
            assert!(ran.code == 0 || ran.code == 4, "{args:?}: {}", ran.err);
            ran.out
        };
        let many = ask(&["--by", "task"]);
        for task in ["a", "b"] {
            let alone = ask(&["--where", &format!("task = {task}")]);
            let mut reader = csv::Reader::from_reader(alone.as_bytes());
            let alone: Vec<Vec<String>> = reader
                .records()
                .map(|row| row.unwrap().iter().map(str::to_owned).collect())
                .collect();
            let own = of(&many, task);
            assert_eq!(own.len(), alone.len(), "{verb:?}");
            assert!(!own.is_empty());
            for (own, alone) in own.iter().zip(&alone) {
                // The numbers are equal; the last column of the table of many is its own reason.
                assert_eq!(own[..alone.len() - 1], alone[..alone.len() - 1], "{verb:?}");
            }
        }
    }
}

#[test]
fn a_picture_has_a_panel_a_series() {
    let (_folder, path) = temporary("many.svg");
    let args = [
        "plot",
        "-",
        "--by",
        "task",
        "--at",
        "1e28",
        "-o",
        text(&path),
    ];
    let ran = run_with(&args, &curves());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let svg = std::fs::read_to_string(&path).unwrap();
    for title in ["a: Forecast loss", "b: Forecast loss"] {
        assert!(svg.contains(title), "{title}");
    }
    // A series without a forecast is named and not drawn.
    assert!(ran.err.contains("series 'up'"), "{}", ran.err);
    let both = [&args[..], &["--view", "both"]].concat();
    assert_eq!(run_with(&both, &curves()).code, 2);
    let law = run(&[
        "plot",
        "tests/fixtures/laws/v1_saturating.json",
        "--by",
        "task",
    ]);
    assert!(law.code == 2 || law.code == 1, "{}", law.err);
}

/// A series that the picture, the table or the approaches refuse is not reported as successful.
#[test]
fn what_is_refused_ends_as_refused() {
    let mut rising = "task,compute,loss\n".to_owned();
    for k in 0..9 {
        let (c, loss) = (10f64.powi(18 + k), 1.0 + 0.1 * f64::from(k));
        rising += &format!("a,{c:e},{loss}\nb,{c:e},{loss}\n");
    }
    let (_folder, path) = temporary("all.svg");
    let ran = run_with(&["plot", "-", "--by", "task", "-o", text(&path)], &rising);
    assert_eq!(ran.code, 4, "{}", ran.err);

    let one = "task,params,tokens,loss\nc,1e7,1e9,3\nc,2e7,1e9,2.9\n";
    let args = [
        "isoflop",
        "-",
        "--by",
        "task",
        "--compute",
        "1e22",
        "--format",
        "csv",
    ];
    let ran = run_with(&args, one);
    assert_eq!(ran.code, 4, "{}", ran.err);
    let json = [&args[..6], &["--format", "json"]].concat();
    let said: serde_json::Value = serde_json::from_str(&run_with(&json, one).out).unwrap();
    let status = said["series"][0]["status"].as_str().unwrap();
    assert!(status.starts_with("abstained: "), "{status}");

    // A question without an answer does not affect another one.
    let args = [
        "allocate",
        "-",
        "--by",
        "task",
        "--compute",
        "1e24,1",
        "--method",
        "delta",
    ];
    let ran = run_with(&args, &surfaces());
    assert!(ran.out.contains("2 with a result"), "{}", ran.out);
    let law = run(&[
        "forecast",
        "tests/fixtures/laws/v1_saturating.json",
        "--by",
        "task",
        "--at",
        "10x",
    ]);
    assert_eq!(law.code, 2, "{}", law.err);
}

/// Naming a column does not make a table one about passing.
#[test]
fn a_report_of_named_columns_is_about_losses() {
    let runs = curves().replace("compute,loss", "flop,xent");
    for more in [&[][..], &["--by", "task"], &["--law", "power"]] {
        let args = [
            "report",
            "-",
            "--compute-col",
            "flop",
            "--loss-col",
            "xent",
            "--where",
            "task != up",
        ];
        let all = [
            &args[..],
            &["--where", "task = a", "--format", "markdown"],
            more,
        ]
        .concat();
        let ran = run_with(&all, &runs);
        assert_eq!(ran.code, 0, "{more:?}: {}", ran.err);
    }
}

#[test]
fn one_report_has_all_series() {
    let args = [
        "report", "-", "--by", "task", "--at", "1e28", "--format", "markdown",
    ];
    let ran = run_with(&args, &curves());
    assert_eq!(ran.code, 0, "{}", ran.err);
    for words in ["What will 3 series reach?", "## a", "## b", "| up "] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    let html = run_with(&["report", "-", "--by", "task", "--at", "1e28"], &curves());
    assert!(html.out.contains("id=\"series-1\"") && html.out.contains("id=\"series-2\""));
}

#[test]
fn one_entry_holds_all_series() {
    let (folder, path) = temporary("all.json");
    let table = folder.path().join("runs.csv");
    std::fs::write(&table, curves()).unwrap();
    let time = "2026-03-01T12:00:00Z";
    let register = [
        "register",
        text(&table),
        "--by",
        "task",
        "--at",
        "100x",
        "-o",
        text(&path),
        "--registered-at",
        time,
    ];
    let ran = run(&register);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("series 'up': no prediction"),
        "{}",
        ran.err
    );
    let entry: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(entry["request"]["by"], "task");
    let ids: Vec<&str> = entry["predictions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["a/loss@1e28", "b/loss@1e28"]);
    assert_eq!(entry["result"]["series"].as_array().unwrap().len(), 3);
    let said = &entry["result"]["series"][2];
    assert_eq!(said["series"], "up");
    assert!(
        said["status"].as_str().unwrap().starts_with("abstained: "),
        "{said}"
    );
    assert!(
        ran.out
            .contains("2 of 3 told apart by task have predictions"),
        "{}",
        ran.out
    );
    let verified = ok(&["verify", text(&path), text(&table)]);
    assert!(
        verified.contains("identical bytes, by the same version"),
        "{verified}"
    );
    // A larger run of one series joins, and a digit of another is changed.
    std::fs::write(&table, curves() + "a,1e27,1.5\n").unwrap();
    ok(&["verify", text(&path), text(&table)]);
    let changed = curves().replacen("b,1e20", "b,1.1e20", 1);
    std::fs::write(&table, changed).unwrap();
    let ran = run(&["verify", text(&path), text(&table)]);
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(ran.err.contains("CHANGED"), "{}", ran.err);
    let scored = ok(&[
        "score",
        text(&path),
        "--actual",
        "a/loss@1e28=1.53",
        "--actual",
        "b/loss@1e28=1.21",
        "--scored-at",
        "2026-06-01T12:00:00Z",
        "--format",
        "json",
    ]);
    let score: serde_json::Value = serde_json::from_str(&scored).unwrap();
    assert_eq!(score["scores"].as_array().unwrap().len(), 2);
}

/// All series in one chart: a line and marks of its own for each, and at most as many as can be
/// told apart.
#[test]
fn series_are_drawn_together() {
    let mut table = "recipe,compute,loss\n".to_owned();
    for series in 0..13 {
        for k in 0..6 {
            let c = 1e18 * 4f64.powi(k);
            let loss = 1.5 + 0.02 * f64::from(series) + 300.0 * c.powf(-0.13);
            table += &format!("r{series:02},{c},{loss}\n");
        }
    }
    let (_folder, path) = temporary("together.svg");
    let args = [
        "plot", "-", "--by", "recipe", "--at", "10x", "--view", "together",
    ];
    let many = run_with(&args, &table);
    assert_eq!(many.code, 2, "{}", many.out);
    assert!(
        many.err.contains("13 series in one chart are too many"),
        "{}",
        many.err
    );
    let some = ["--where", "recipe != 'r12'", "-o", text(&path)];
    let ran = run_with(&[&args[..], &some].concat(), &table);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let svg = std::fs::read_to_string(&path).unwrap();
    let names = (0..12).filter(|k| svg.contains(&format!("\nr{k:02}\n")));
    assert_eq!(names.count(), 12);
    let named = svg.split("<text ").filter(|text| text.contains("\nr"));
    let color = |text: &str| {
        let (_, rest) = text.split_once("fill=\"")?;
        rest.split('"').next().map(str::to_owned)
    };
    let colors: std::collections::BTreeSet<String> = named.filter_map(color).collect();
    assert_eq!(colors.len(), 12, "each series has a colour of its own");
    assert!(svg.contains("Forecasts: r00"), "{svg}");
    let alone = run_with(&["plot", "-", "--view", "together"], &table);
    assert!(alone.err.contains("--by"), "{}", alone.err);
}
