//! The verb versus.

use super::*;
use serde_json::Value;

const A: &str = "flops,loss,seed\n1e18,4.3249,0\n3e18,3.9735,0\n1e19,3.6647,0\n3e19,3.4160,0\n\
                 1e20,3.1596,0\n3e20,2.9655,0\n1e21,2.7898,0\n1e22,2.4990,0\n";
const B: &str = "flops,loss,seed\n1e18,4.3736,0\n3e18,4.0161,0\n1e19,3.6605,0\n3e19,3.3930,0\n\
                 1e20,3.1217,0\n3e20,2.9275,0\n1e21,2.7402,0\n1e22,2.4366,0\n";

/// A folder with these tables.
fn folder(tables: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, table) in tables {
        std::fs::write(folder.path().join(name), table).unwrap();
    }
    folder
}

fn both() -> tempfile::TempDir {
    folder(&[("A.csv", A), ("B.csv", B)])
}

/// One run of each recipe at one compute.
fn pair(base: &str, other: &str) -> tempfile::TempDir {
    let table = |loss: &str| format!("flops,loss\n1e20,{loss}\n");
    folder(&[("A.csv", &table(base)), ("B.csv", &table(other))])
}

fn json(folder: &Path, args: &[&str]) -> Value {
    let ran = run_in(folder, &[args, &["--format", "json"]].concat(), "");
    assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn two_ladders_are_compared_in_a_sentence() {
    let folder = both();
    let ran = run_in(
        folder.path(),
        &["versus", "A.csv", "B.csv", "--at", "10x", "-v"],
        "",
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    for words in [
        "A needs 1.",
        "times the compute of B at 1e22 (90%: ",
        "at 1e23 ",
        "equal exponents and floors: p",
        "cross at ",
        "8 runs of B are paired",
        "one-sided confidence",
    ] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    let found = json(folder.path(), &["versus", "A.csv", "B.csv", "--unpaired"]);
    let one = &found["compared"][0];
    assert_eq!((&found["base"], &one["pairs"]), (&"A".into(), &0.into()));
    let place = &one["places"][0];
    // SciPy, by studies/references/versus.py, of the same losses to more digits.
    let m = place["multiplier"].as_f64().unwrap();
    assert!((m / 1.7971 - 1.0).abs() < 2e-3, "{m}");
    assert_eq!(place["verdict"], "better");
    let methods: Vec<&Value> = place["intervals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| &i["method"])
        .collect();
    assert_eq!(
        methods,
        [
            "profile",
            "profile",
            "delta",
            "delta",
            "bootstrap",
            "bootstrap"
        ]
    );
}

#[test]
fn published_pairs_have_a_multiplier_and_need_a_noise_for_an_interval() {
    let held = ["--fix", "c=1.6", "--fix", "b=-0.0941"];
    for (base, other, m, verdict) in [
        ("3.0208", "2.9985", 1.183, "better"),
        ("3.5422", "3.5460", 0.979, "not-told-apart"),
        ("3.2273", "3.2471", 0.879, "worse"),
    ] {
        let folder = pair(base, other);
        let args = [&["versus", "A.csv", "B.csv"], &held[..]].concat();
        let without = json(folder.path(), &args);
        let place = &without["compared"][0]["places"][0];
        assert!((place["multiplier"].as_f64().unwrap() - m).abs() < 6e-4);
        assert_eq!(place["verdict"], "no-interval");
        assert_eq!(place["abstentions"][0]["code"], "too-few-runs");
        let with = json(
            folder.path(),
            &[&args[..], &["--seed-sd", "0.002"]].concat(),
        );
        let place = &with["compared"][0]["places"][0];
        assert_eq!(place["verdict"], verdict);
        assert_eq!(place["intervals"][1]["level"], 0.9);
    }
    let folder = pair("3.0208", "2.9985");
    let ran = run_in(folder.path(), &["versus", "A.csv", "B.csv"], "");
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(
        ran.err.contains("recipe 'A'") && ran.err.contains("--fix"),
        "{}",
        ran.err
    );
}

#[test]
fn an_earlier_law_holds_its_exponent_and_its_floor() {
    let folder = both();
    std::fs::write(folder.path().join("new.csv"), "flops,loss\n1e22,2.49\n").unwrap();
    std::fs::write(folder.path().join("old.csv"), "flops,loss\n1e22,2.50\n").unwrap();
    let made = run_in(folder.path(), &["fit", "A.csv", "-o", "law.json"], "");
    assert_eq!(made.code, 0, "{}", made.err);
    let args = [
        "versus",
        "old.csv",
        "new.csv",
        "--law-from",
        "law.json",
        "--seed-sd",
        "0.002",
    ];
    let found = json(folder.path(), &args);
    let law: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("law.json")).unwrap())
            .unwrap();
    let text = law.to_string();
    for recipe in found["recipes"].as_array().unwrap() {
        let floor = recipe["parameters"][2][1].as_f64().unwrap();
        assert!(text.contains(&format!("{floor}")), "{floor}: {text}");
    }
    assert_eq!(found["compared"][0]["places"][0]["verdict"], "better");
    let twice = run_in(folder.path(), &[&args[..], &["--fix", "c=1"]].concat(), "");
    assert_eq!(twice.code, 2);
    assert!(twice.err.contains("--law-from and --fix"), "{}", twice.err);
}

#[test]
fn recipes_of_one_table_are_ranked_and_grouped() {
    let mut random = super::random::Random::seeded(5);
    let row = |recipe: &str, c: f64, loss: f64| format!("{recipe},{c:e},{loss:.5}\n");
    let mut table = "recipe,flops,loss\n".to_owned();
    for (recipe, s) in [
        ("base", 1.0),
        ("same", 1.0004),
        ("good", 0.97),
        ("bad", 1.04),
    ] {
        for k in 0..8 {
            let c = 10f64.powf(18.0 + 0.5 * f64::from(k));
            let noise = 1.0 + 1e-3 * random.uniform(-1.0, 1.0);
            table += &row(recipe, c, (1.6 + s * 0.6 * (c / 1e22).powf(-0.15)) * noise);
        }
    }
    let folder = folder(&[("runs.csv", &table)]);
    let args = ["versus", "runs.csv", "--by", "recipe", "--power"];
    let found = json(folder.path(), &args);
    let names: Vec<&Value> = found["compared"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["recipe"])
        .collect();
    assert_eq!((names[0], names[2]), (&"good".into(), &"bad".into()));
    assert_eq!(found["simultaneous"], 3);
    let groups = found["groups"].as_array().unwrap();
    assert!(
        groups
            .iter()
            .any(|group| group.to_string().contains("base") && group.to_string().contains("same"))
    );
    assert!(
        groups
            .iter()
            .all(|group| group.as_array().unwrap().len() < 3),
        "{groups:?}"
    );
    let power = &found["compared"][0]["places"][0]["power"];
    assert!(power["smallest"].as_f64().unwrap() > 1.0);
    assert_eq!(power["needed"].as_array().unwrap().len(), 3);
    let based = json(folder.path(), &[&args[..4], &["--base", "good"]].concat());
    assert_eq!(based["base"], "good");
    let unknown = run_in(
        folder.path(),
        &[&args[..4], &["--base", "none"]].concat(),
        "",
    );
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.err.contains("the recipes are base, same"),
        "{}",
        unknown.err
    );
    let text = run_in(folder.path(), &args, "").out;
    assert!(
        text.contains("Cannot be told apart") && text.contains("rungs"),
        "{text}"
    );
}

#[test]
fn every_format_and_the_chart_are_given() {
    let folder = both();
    let args = [
        "versus", "A.csv", "B.csv", "--plot", "v.svg", "--format", "csv",
    ];
    let ran = run_in(folder.path(), &args, "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let mut reader = csv::Reader::from_reader(ran.out.as_bytes());
    assert!(
        reader
            .headers()
            .unwrap()
            .iter()
            .any(|name| name == "multiplier")
    );
    assert_eq!(reader.records().count(), 6);
    let svg = std::fs::read_to_string(folder.path().join("v.svg")).unwrap();
    assert!(svg.contains("B against A") && svg.contains("m = 1."));
    let markdown = run_in(
        folder.path(),
        &["versus", "A.csv", "B.csv", "--format", "markdown"],
        "",
    );
    assert!(markdown.out.contains("| recipe"), "{}", markdown.out);
    assert!(!markdown.out.contains("NaN") && !markdown.out.contains("inf"));
}

#[test]
fn a_page_says_everything_with_its_chart() {
    let folder = both();
    let asked = ["versus", "A.csv", "B.csv", "--power", "--page", "a.html"];
    let ran = run_in(folder.path(), &asked, "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let page = std::fs::read_to_string(folder.path().join("a.html")).unwrap();
    for words in [
        "<h1>Is B better than A?</h1>",
        "times the compute of B at 1e22",
        "Does it last?",
        "What the runs could show",
        "<svg",
        "equal exponents",
        "scalewise versus A.csv B.csv --power --page a.html",
    ] {
        assert!(page.contains(words), "{words}");
    }
    // The recipe without an interval is reported first.
    let folder = pair("3.0208", "2.9985");
    let held = ["--fix", "c=1.6", "--fix", "b=-0.0941", "--page", "a.html"];
    let ran = run_in(
        folder.path(),
        &[&["versus", "A.csv", "B.csv"], &held[..]].concat(),
        "",
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let page = std::fs::read_to_string(folder.path().join("a.html")).unwrap();
    assert!(page.contains("NO INTERVAL") && page.contains("1.18"));
    let one_file = [&asked[..], &["-o", "a.html"]].concat();
    let ran = run_in(both().path(), &one_file, "");
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("name one file"), "{}", ran.err);
}

#[test]
fn what_makes_no_sense_is_refused_with_a_way_out() {
    let folder = both();
    for (args, words) in [
        (&["versus", "A.csv"][..], "two are compared"),
        (
            &["versus", "A.csv", "B.csv", "--law", "m3"],
            "--law saturating",
        ),
        (
            &["versus", "A.csv", "B.csv", "--objective", "huber"],
            "--objective squared",
        ),
        (
            &["versus", "A.csv", "B.csv", "--fix", "a=3"],
            "the parameter a must stay free",
        ),
        (
            &["versus", "A.csv", "B.csv", "--seed-sd", "0"],
            "must be positive",
        ),
        (&["versus", "A.csv", "A.csv"], "two recipes have the name"),
        (
            &["versus", "A.csv", "B.csv", "--method", "calibrated"],
            "calibrated",
        ),
    ] {
        let ran = run_in(folder.path(), args, "");
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(words), "{args:?}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn the_order_of_rows_and_the_unit_of_compute_do_not_matter() {
    let shuffled = |table: &str| {
        let mut lines: Vec<&str> = table.lines().collect();
        lines[1..].reverse();
        lines.join("\n")
    };
    let (own, other) = (
        both(),
        folder(&[("A.csv", &shuffled(A)), ("B.csv", &shuffled(B))]),
    );
    let args = [
        "versus", "A.csv", "B.csv", "--at", "1e24", "--format", "csv",
    ];
    let of = |folder: &tempfile::TempDir| run_in(folder.path(), &args, "").out;
    assert_eq!(of(&own), of(&other));
}

/// What was asked comes first, in the page as in the short answer, with the recipe that is ahead.
#[test]
fn the_answer_is_about_the_compute_that_was_asked() {
    // B is worse than A at small scale and better at large scale.
    let mut table = "recipe,compute,loss\n".to_owned();
    for k in 0..11 {
        let c = 10f64.powf(18.0 + 0.4 * f64::from(k));
        let wobble = 1.0 + 0.002 * f64::from(k % 3 - 1);
        let a = (1.9 + 700.0 * c.powf(-0.144)) * wobble;
        let b = (1.5 + 300.0 * c.powf(-0.1157)) * wobble;
        table += &format!("A,{c},{a}\nB,{c},{b}\n");
    }
    let (_folder, page) = temporary("asked.html");
    let args = [
        "versus",
        "-",
        "--by",
        "recipe",
        "--at",
        "1e23,1e18,1e17",
        "--page",
        text(&page),
    ];
    let ran = run_with(&args, &table);
    let line = |start: &str| {
        let mut lines = ran.out.lines();
        let found = lines.find(|line| line.starts_with(start));
        found
            .unwrap_or_else(|| panic!("{start}: {}", ran.out))
            .to_owned()
    };
    let far = line("At 1e23");
    assert!(
        far.contains("B is better") && far.contains("times beyond the runs"),
        "{far}"
    );
    let near = line("At 1e18");
    assert!(
        near.contains("A is better") && near.contains("within the runs"),
        "{near}"
    );
    assert!(near.contains("A has the lower law with"), "{near}");
    assert!(
        line("At 1e17").contains("10.0 times below the runs"),
        "{}",
        ran.out
    );
    let turns = line("With scale");
    assert!(turns.contains("A has the lower law below"), "{turns}");
    let page = std::fs::read_to_string(&page).unwrap();
    let [asked, first] = ["at 1e23", "at 1e22"].map(|at| page.find(at).unwrap());
    assert!(asked < first, "the page does not begin with what was asked");
}

/// The laws cross at 1e20 and again at 4e23, 40 times beyond the runs. The answer names both
/// crossings whatever was asked, and does not promise beyond the second what holds before it.
#[test]
fn crossings_do_not_depend_on_the_targets() {
    let [cross, again] = [1e20, 4e23];
    let a = |c: f64| 1.9 + 700.0 * c.powf(-0.144);
    let b = {
        let power = |c: f64| c.powf(-0.1);
        let slope = (a(cross) - a(again)) / (power(cross) - power(again));
        move |c: f64| a(cross) + slope * (power(c) - power(cross))
    };
    let mut table = "recipe,flops,loss\n".to_owned();
    for k in 0..11 {
        let c = 10f64.powf(18.0 + 0.4 * f64::from(k));
        let wobble = 1.0 + 0.0002 * f64::from(k % 3 - 1);
        table += &format!("A,{c},{}\nB,{c},{}\n", a(c) * wobble, b(c) * wobble);
    }
    let (_folder, page) = temporary("far.html");
    let [near, far, farthest] = ["1e20", "1e24", "1e26"].map(|at| {
        let asked = ["versus", "-", "--by", "recipe", "--at", at, "--page"];
        let ran = run_with(&[&asked[..], &[text(&page)]].concat(), &table);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let mut lines = ran.out.lines();
        let scale = lines.find(|line| line.starts_with("With scale"));
        let page = std::fs::read_to_string(&page).unwrap();
        (scale.unwrap().to_owned(), ran.out.clone(), page)
    });
    assert!(
        near.0.contains("at 1e22 the advantage of A grows")
            && near
                .0
                .contains("B has the lower law below 1e20 and above 3.9")
            && near.0.contains("(beyond the runs), and A between them"),
        "{}",
        near.0
    );
    assert_eq!([&far.0, &farthest.0], [&near.0; 2]);
    let warned = "may order them otherwise";
    assert!(!near.1.contains(warned) && far.1.contains(warned));
    let caution = "more than 350 times beyond the runs";
    assert!(!far.2.contains(caution) && farthest.2.contains(caution));
    let warning = "target-far-beyond";
    let ran = run_with(
        &["versus", "-", "--by", "recipe", "--at", "1e27", "--strict"],
        &table,
    );
    assert!(ran.out.contains(warning) && ran.code == 5, "{}", ran.out);
}

#[test]
fn the_page_shows_what_its_command_prints() {
    let page = std::fs::read_to_string(root().join("docs/versus.md")).unwrap();
    let command = "versus tests/fixtures/recipes/good.csv --by recipe --at 3e21";
    assert!(page.contains(&format!("$ scalewise {command}\n")));
    let printed = ok(&command.split(' ').collect::<Vec<_>>());
    assert!(
        page.contains(&format!("```text\n{printed}```\n")),
        "{printed}"
    );
}

/// What is held may leave no law that falls, and computes may be one compute but for rounding.
#[test]
fn laws_that_cannot_fall_and_computes_that_are_one_are_errors() {
    let folder = both();
    for held in [&["--fix", "b=0"][..], &["--bound", "b=0.1..0.5"]] {
        let ran = run_in(
            folder.path(),
            &[&["versus", "A.csv", "B.csv"], held].concat(),
            "",
        );
        assert!(
            ran.code == 4 && ran.err.contains("-2.5 to -0.004"),
            "{}",
            ran.err
        );
    }
    let close = "flops,loss\n1e18,2.5\n1.00000000000001e18,2.49\n1.00000000000002e18,2.48\n";
    std::fs::write(folder.path().join("close.csv"), close).unwrap();
    let ran = run_in(folder.path(), &["versus", "close.csv", "A.csv"], "");
    assert!(
        ran.code == 4 && ran.err.contains("less than 1e-9"),
        "{}",
        ran.err
    );
    let above = "flops,loss\n1e24,2.2\n1e25,2.12\n1e26,2.06\n1e27,2.01\n";
    std::fs::write(folder.path().join("above.csv"), above).unwrap();
    let ran = run_in(folder.path(), &["versus", "A.csv", "above.csv"], "");
    assert!(
        ran.out.contains("no compute lies within the runs of both"),
        "{}",
        ran.out
    );
}
