//! The report page: its contents, and that it needs nothing else.

use crate::counts;
use crate::process;

use assert_cmd::Command;
use process::{root, run_in};
use std::path::{Path, PathBuf};

fn run(args: &[&str]) -> (i32, String, String) {
    let ran = run_in(root(), args, "");
    (ran.code, ran.out, ran.err)
}

/// A table of pass counts with known truth.
fn table_of_counts(folder: &Path) -> PathBuf {
    let path = folder.join("counts.csv");
    let benchmark = scalewise::internal::Benchmark {
        seed: 8,
        problems: 60,
        ..Default::default()
    };
    std::fs::write(&path, counts::csv(&benchmark)).unwrap();
    path
}

/// Runs on a factorial design about L = 1.8 + 480/N^0.35 + 2000/D^0.37, with deviations of a few
/// tenths of a per cent.
fn surface_runs() -> String {
    let mut text = "n_params,n_tokens,loss\n".to_owned();
    for i in 0..7 {
        for j in 0..7 {
            let (n, d) = (1e7 * 3f64.powi(i), 1e8 * 4f64.powi(j));
            let loss = 1.8 + 480.0 / n.powf(0.35) + 2000.0 / d.powf(0.37);
            let off = 1.0 + 0.003 * f64::from((i * 5 + j * 3) % 7 - 3) / 3.0;
            text += &format!("{n},{d},{}\n", loss * off);
        }
    }
    text
}

/// One page per kind of data.
pub fn pages(folder: &Path) -> Vec<(&'static str, PathBuf)> {
    let counts = table_of_counts(folder);
    let surface = folder.join("surface.csv");
    std::fs::write(&surface, surface_runs()).unwrap();
    let jobs: [(&str, Vec<&str>); 5] = [
        (
            "loss",
            vec![
                "data/cerebras_gpt.csv",
                "--fit-below",
                "1e22",
                "--at",
                "2.3e22",
            ],
        ),
        ("capability", vec![counts.to_str().unwrap(), "--at", "100x"]),
        ("entry", vec!["data/registered/cerebras_13b.json"]),
        (
            "surface",
            vec![
                surface.to_str().unwrap(),
                "--kind",
                "surface",
                "--at",
                "1e23,1e24",
            ],
        ),
        (
            "refused",
            vec![
                "data/hindsight_neglect_opt.csv",
                "--compute-col",
                "n_params",
                "--pass-rate-col",
                "accuracy",
                "--at",
                "1.75e11",
            ],
        ),
    ];
    jobs.into_iter()
        .map(|(name, args)| {
            let path = folder.join(format!("{name}.html"));
            let mut all = vec!["report"];
            all.extend(args);
            all.extend(["-o", path.to_str().unwrap()]);
            let (code, _, err) = run(&all);
            assert_eq!(code, if name == "refused" { 4 } else { 0 }, "{err}");
            (name, path)
        })
        .collect()
}

#[test]
fn a_page_of_thousands_of_runs_can_be_sent() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (runs, page) = (at("runs.csv"), at("page.html"));
    let args = "simulate --set a=900,b=-0.15,c=1.7 --noise 0.005 --seed 1 --runs 3000 -o";
    let simulate = [&args.split(' ').collect::<Vec<_>>()[..], &[&runs]].concat();
    for args in [&simulate[..], &["report", &runs, "-o", &page]] {
        let (code, _, err) = run(args);
        assert_eq!(code, 0, "{err}");
    }
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    for said in [
        "of 3000 drawn",
        "The first 500 of 3000 runs as a table",
        "the residuals of the first 500 of 3000 runs",
        "for 2000 of the 3000 runs, chosen over the whole range",
    ] {
        assert!(page.contains(said), "{said}");
    }
}

/// The compute of a pair is 6·N·D. A page that splits compute has no use for a pair.
#[test]
fn a_pair_of_parameters_and_tokens_is_a_compute() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let write = |table: &str, more: &[&str]| {
        let out = ["-o", page.to_str().unwrap()];
        run(&[&["report", table, "--at", "7B:140B"], more, &out].concat())
    };
    let (code, _, err) = write("data/cerebras_gpt.csv", &[]);
    assert_eq!(code, 0, "{err}");
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.contains("What will compute 5.88e21 reach?"));
    let surface = folder.path().join("surface.csv");
    std::fs::write(&surface, surface_runs()).unwrap();
    let (code, _, err) = write(surface.to_str().unwrap(), &["--kind", "surface"]);
    assert_eq!(code, 2, "{err}");
    assert!(
        err.contains("splits a compute between parameters and tokens"),
        "{err}"
    );
}

/// What the reduction of logs left out is on the page, which does not say that all rows were used.
#[test]
fn the_page_says_what_the_reduction_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let (log, page) = (folder.path().join("log.csv"), folder.path().join("p.html"));
    let mut text = "run,step,flops,loss\n".to_owned();
    for k in 0..7 {
        let c = 1e18 * 4f64.powi(k);
        for step in 1..=3 {
            let loss = 1.7 + 900.0 * c.powf(-0.15) + 0.1 * f64::from(3 - step);
            text += &format!("r{k},{step},{c},{loss}\n");
        }
    }
    std::fs::write(&log, text).unwrap();
    let [log, out] = [&log, &page].map(|path| path.to_str().unwrap());
    let (code, _, err) = run(&["report", log, "--reduce", "last", "-o", out]);
    assert_eq!(code, 0, "{err}");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("21 rows of 7 runs"), "{page}");
    assert!(!page.contains("Every row was used."), "{page}");
}

#[test]
fn a_page_stands_alone_and_is_small() {
    let folder = tempfile::tempdir().unwrap();
    for (name, path) in pages(folder.path()) {
        let page = std::fs::read_to_string(path).unwrap();
        assert!(page.len() < 500_000, "{name}: {} bytes", page.len());
        for forbidden in ["src=", "@import", "url(", "<link", "<img"] {
            assert!(!page.contains(forbidden), "{name}: {forbidden}");
        }
        let links = page.split("href=\"").skip(1);
        assert!(links.into_iter().all(|l| l.starts_with('#')), "{name}");
        // The only addresses are names of formats, which are never fetched.
        let addresses = page.matches("http").count();
        let names = page.matches("http://www.w3.org/2000/svg").count();
        let headers = page.matches("http-equiv").count();
        assert_eq!(addresses, names + headers, "{name}");
    }
}

#[test]
fn the_verdict_comes_first_and_every_part_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let page = std::fs::read_to_string(&pages(folder.path())[0].1).unwrap();
    let mut at = 0;
    for part in [
        "What will compute 2.3e22 reach?",
        "90% calibrated prediction interval",
        "of grade ",
        "Because: ",
        "id=\"chart\"",
        "<nav",
        "id=\"what-if\"",
        "id=\"forecast\"",
        "id=\"findings\"",
        "id=\"forms\"",
        "id=\"backtest\"",
        "id=\"parameters\"",
        "id=\"residuals\"",
        "id=\"excluded\"",
        "id=\"method\"",
        "id=\"numbers\"",
        "id=\"checklist\"",
        "id=\"provenance\"",
        "sha256:",
    ] {
        let next = page[at..].find(part);
        assert!(next.is_some(), "{part} is missing or out of order");
        at += next.unwrap();
    }
    assert!(page.contains("scalewise report data/cerebras_gpt.csv --fit-below 1e22 --at 2.3e22"));
}

#[test]
fn a_refusal_gives_no_number_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let page = std::fs::read_to_string(&pages(folder.path())[4].1).unwrap();
    assert!(page.contains("No number is given"), "{page}");
    assert!(page.contains("inverse-scaling"));
}

/// The first checks of an accessibility scan, for machines without one.
#[test]
fn headings_tables_and_pictures_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for (name, path) in pages(folder.path()) {
        let page = std::fs::read_to_string(path).unwrap();
        assert!(page.contains("<html lang=\"en\">"));
        assert_eq!(page.matches("<h1").count(), 1, "{name}");
        assert_eq!(page.matches("<main").count(), 1, "{name}");
        let pictures = page.matches("<svg").count();
        assert!(pictures > 0, "{name}");
        assert_eq!(page.matches("role=\"img\"").count(), pictures, "{name}");
        assert!(page.matches("<desc").count() >= pictures, "{name}");
        let mut ids: Vec<&str> = page
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}: two parts share a name");
        for table in page.split("<table>").skip(1) {
            let head = table.split("</thead>").next().unwrap();
            assert!(head.contains("scope=\"col\""), "{name}");
        }
        assert!(!page.contains("<th scope=\"col\"></th>"), "{name}");
    }
}

/// WCAG 2 contrast of words on both backgrounds, from the page's own colours.
#[test]
fn words_stand_out_on_both_grounds() {
    let css = include_str!("../../../src/report/page/page.css");
    let luminance = |hex: &str| {
        let full = if hex.len() == 3 {
            hex.chars().flat_map(|c| [c, c]).collect::<String>()
        } else {
            hex.to_owned()
        };
        let part = |k: usize| {
            let v = f64::from(u8::from_str_radix(&full[k..k + 2], 16).unwrap()) / 255.0;
            if v <= 0.03928 {
                v / 12.92
            } else {
                ((v + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
    };
    let grounds: Vec<&str> = css.split(":root {").skip(1).collect();
    assert_eq!(grounds.len(), 2);
    for ground in grounds {
        let ground = ground.split('}').next().unwrap();
        let colour = |name: &str| {
            let rest = ground.split(&format!("--{name}: #")).nth(1).unwrap();
            luminance(rest.split(';').next().unwrap())
        };
        for paper in ["paper", "soft"] {
            for words in ["ink", "quiet", "link", "good", "bad"] {
                let (a, b) = (colour(paper), colour(words));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= 4.5, "{words} on {paper}: {contrast:.2}");
            }
        }
    }
}

#[test]
fn markdown_and_json_say_the_same() {
    let args = [
        "report",
        "data/cerebras_gpt.csv",
        "--fit-below",
        "1e22",
        "--format",
    ];
    let with = |format: &str| {
        let mut all = args.to_vec();
        all.push(format);
        let (code, out, err) = run(&all);
        assert_eq!(code, 0, "{err}");
        out
    };
    let page = with("html");
    let markdown = with("markdown");
    let value: serde_json::Value = serde_json::from_str(&with("json")).unwrap();
    assert_eq!(value["format"], "scalewise.report");
    assert_eq!(value["version"], 1);
    let sections = value["sections"].as_array().unwrap();
    assert!(sections.len() > 9);
    for section in sections {
        let heading = section["heading"].as_str().unwrap();
        assert!(markdown.contains(&format!("## {heading}")), "{heading}");
        assert!(page.contains(&format!(">{heading}</h2>")), "{heading}");
    }
    let answer = value["answer"].as_str().unwrap();
    assert!(page.contains(answer) && markdown.contains(answer));
}

#[test]
fn hostile_names_stay_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("<script>alert(1)</script>&.csv");
    // A name cannot contain a slash; the rest is allowed.
    let path = match std::fs::write(&path, "x") {
        Ok(()) => path,
        Err(_) => folder.path().join("<script>alert(1)<&'\">.csv"),
    };
    let mut text = "compute,loss,run\n".to_owned();
    for (k, loss) in [3.1, 2.74, 2.46, 2.25, 2.1, 1.98].iter().enumerate() {
        text += &format!("1e{},{loss},<img src=x onerror=alert({k})>\n", 18 + k);
    }
    std::fs::write(&path, text).unwrap();
    let (code, out, err) = run(&["report", path.to_str().unwrap()]);
    assert_eq!(code, 0, "{err}");
    assert!(!out.contains("<img") && !out.contains("<script>alert"));
    assert!(out.contains("&lt;img src=x"));
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_utf8_is_no_reason_to_stop() {
    use std::os::unix::ffi::OsStringExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder
        .path()
        .join(std::ffi::OsString::from_vec(b"runs-\xff.csv".to_vec()));
    std::fs::copy(root().join("data/cerebras_gpt.csv"), &path).unwrap();
    let output = Command::cargo_bin("scalewise")
        .unwrap()
        .arg("report")
        .arg(&path)
        .arg("-o")
        .arg(folder.path().join("page.html"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    // It also counts as an input.
    let before = std::fs::read(&path).unwrap();
    let output = Command::cargo_bin("scalewise")
        .unwrap()
        .arg("report")
        .arg(&path)
        .arg("-o")
        .arg(&path)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn flags_of_other_data_are_refused_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let counts = table_of_counts(folder.path());
    let counts = counts.to_str().unwrap();
    for (args, flag) in [
        (vec![counts, "--law", "power"], "--law"),
        (vec![counts, "--reduce", "last"], "--reduce"),
        (vec!["data/cerebras_gpt.csv", "--buckets", "3"], "--buckets"),
        (
            vec!["data/registered/cerebras_13b.json", "--at", "1e25"],
            "--at",
        ),
    ] {
        let (code, _, err) = run(&[vec!["report"], args].concat());
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(flag), "{err}");
    }
}

#[test]
fn the_page_of_a_law_file_is_that_of_its_table() {
    let folder = tempfile::tempdir().unwrap();
    let law = folder.path().join("law.json");
    let law = law.to_str().unwrap();
    let table = [
        "data/simulated_ladder.csv",
        "--fit-below",
        "1e23",
        "--law",
        "power",
    ];
    run(&[vec!["fit"], table.to_vec(), vec!["-o", law]].concat());
    let page = |args: Vec<&str>| -> serde_json::Value {
        let (_, out, _) =
            run(&[vec!["report"], args, vec!["--force", "--format", "json"]].concat());
        let page: serde_json::Value = serde_json::from_str(&out).unwrap();
        let sections = page["sections"].as_array().unwrap().clone();
        // The last section says how the page was made.
        sections[..sections.len() - 1].into()
    };
    let (of_table, of_law) = (page(table.to_vec()), page(vec![law]));
    assert_eq!(of_table, of_law);
}

/// The pages of an allocation and of scores have other targets, with all numbers where scripts are
/// off.
#[test]
fn pages_of_allocations_and_scores_have_a_what_if() {
    let ladder = "data/olmo_ladder_tasks.csv";
    let task = ["--where", "task = hellaswag"];
    let surface = [
        "report",
        ladder,
        "--loss-col",
        "bits_per_byte",
        "--kind",
        "surface",
        "--at",
        "1e24",
    ];
    let suite = [
        "report",
        ladder,
        "--by",
        "task",
        "--where",
        "role = ladder",
        "--at",
        "13B:5T",
    ];
    let one = [
        "report",
        ladder,
        "--where",
        "role = ladder",
        "--at",
        "13B:5T",
    ];
    let counts = [
        "report",
        "data/ladder/pass_counts.csv",
        "--where",
        "seed = 0",
        "--at",
        "1e15",
    ];
    let asked = [
        ([&surface[..], &task].concat(), "all runs", "1e24"),
        (counts.to_vec(), "all problems", "1e15"),
        (
            suite.to_vec(),
            "average of the tasks",
            "N = 1.3e10, D = 5e12",
        ),
        (
            [&one[..], &task].concat(),
            "two-step alone",
            "N = 1.3e10, D = 5e12",
        ),
    ];
    for (args, choice, target) in asked {
        let (code, page, err) = run(&[&args[..], &["--format", "html"]].concat());
        assert!(matches!(code, 0 | 5), "{args:?}: {err}");
        let part = page
            .split("id=\"what-if\"")
            .nth(1)
            .unwrap_or_else(|| panic!("{args:?}"));
        let part = part.split("</section>").next().unwrap();
        let script = part
            .split("<script type=\"application/json\">")
            .nth(1)
            .unwrap();
        let data: serde_json::Value =
            serde_json::from_str(script.split("</script>").next().unwrap()).unwrap();
        assert_eq!(data["targets"].as_array().map(Vec::len), Some(12), "{data}");
        let names: Vec<&str> = (data["choices"].as_array().unwrap().iter())
            .map(|one| one[0].as_str().unwrap())
            .collect();
        assert!(names.contains(&choice), "{names:?}");
        let place = usize::try_from(data["asked"].as_u64().unwrap()).unwrap();
        assert_eq!(data["targets"][place], target, "{data}");
        // The table has the number of the control.
        let said = data["choices"][0][1][place].as_str().unwrap();
        let is_digit = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
        let number = said
            .split(' ')
            .find(is_digit)
            .unwrap()
            .trim_end_matches(',');
        let outside = part.split("</script>").nth(1).unwrap();
        assert!(outside.contains(number), "{number}");
    }
}
