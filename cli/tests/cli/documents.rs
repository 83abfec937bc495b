//! Runs the commands of the documentation pages as written.

use assert_cmd::Command;
use std::path::Path;

/// Lines that start with `$ scalewise` inside console blocks.
fn commands(page: &str) -> Vec<String> {
    let blocks = page.split("```console\n").skip(1);
    blocks
        .filter_map(|block| block.split("```").next())
        .flat_map(str::lines)
        .filter_map(|line| line.strip_prefix("$ scalewise "))
        .map(str::to_owned)
        .collect()
}

/// Words of a line as a shell splits them: at blanks outside quotes.
fn words(line: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => quote = Some(c),
            (' ', None) => all.push(String::new()),
            (other, _) => all.last_mut().unwrap().push(other),
        }
    }
    all.retain(|w| !w.is_empty());
    all
}

/// The folders of data that commands name, copied.
fn copied(root: &Path, folder: &Path) {
    for part in [
        "data",
        "data/registered",
        "data/registered/public",
        "data/schedules",
        "data/schedules/registered",
        "data/ladder",
        "data/ladder/forecasts",
    ] {
        std::fs::create_dir_all(folder.join(part)).unwrap();
        for entry in std::fs::read_dir(root.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, folder.join(part).join(path.file_name().unwrap())).unwrap();
            }
        }
    }
}

/// A folder and all that is in it, copied.
fn copied_whole(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copy = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copied_whole(&path, &copy),
            false => drop(std::fs::copy(&path, copy).unwrap()),
        }
    }
}

/// Tables in place of the reader's own: runs of these tasks on a surface of N and D, runs of two
/// recipes, a sweep of learning rates, two evaluations, targets for both tasks, pass counts.
fn tables_of_ones_own(folder: &Path, tasks: &[&str]) {
    let mut runs = String::from("task,params,tokens,flops,loss\n");
    for task in tasks {
        for k in 0..8 {
            for ratio in [10.0, 20.0, 40.0] {
                let flops = 10f64.powf(18.0 + 0.5 * f64::from(k));
                let params = (flops / 6.0 / ratio).sqrt();
                let tokens = ratio * params;
                let loss = 1.8 + 480.0 / params.powf(0.34) + 2000.0 / tokens.powf(0.36);
                runs += &format!("{task},{params:.0},{tokens:.0},{flops:e},{loss:.5}\n");
            }
        }
    }
    std::fs::write(folder.join("runs.csv"), runs).unwrap();
    let (mut sweep, mut evals) = ("params,tokens,lr,loss\n".to_owned(), String::new());
    evals += "params,tokens,text,code\n";
    for (k, n) in [1e7_f64, 1e8, 1e9].into_iter().enumerate() {
        for (i, lr) in [1e-4_f64, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2]
            .into_iter()
            .enumerate()
        {
            let wobble = 1.0 + 0.001 * ((k + 2 * i) % 5) as f64;
            let away = (lr / 0.3 / n.powf(-0.25)).ln();
            let loss = (2.0 + 90.0 * n.powf(-0.25) + 0.05 * away * away) * wobble;
            sweep += &format!("{n:e},{:e},{lr},{loss:.5}\n", 20.0 * n);
            let (a, b) = (400.0 * n.powf(-0.34), 300.0 * (lr * 1e13).powf(-0.28));
            let (text, code) = ((1.5 + a + b) * wobble, 0.8 + 0.5 * a + 2.0 * b);
            evals += &format!("{n:e},{:e},{text:.5},{code:.5}\n", lr * 1e13);
        }
    }
    std::fs::write(folder.join("sweep.csv"), sweep).unwrap();
    let mut logs = String::from("run,parent,flops,max_steps,step,lr,loss\n");
    for (k, until) in [4000, 4000, 4000, 3000, 2500].into_iter().enumerate() {
        let a_step = 10f64.powi(15 + k as i32);
        for step in (100..=until).step_by(100) {
            let t = f64::from(step);
            let loss = 2.0 + 30.0 * t.powf(-0.5) + 0.8f64.powi(k as i32);
            logs += &format!("run {k},,{:e},4000,{step},3e-4,{loss:.5}\n", a_step * t);
        }
    }
    std::fs::write(folder.join("logs.csv"), logs).unwrap();
    std::fs::write(folder.join("evals.csv"), evals).unwrap();
    for (recipe, scale) in [("A", 20.0), ("B", 19.0)] {
        let mut table = String::from("flops,loss\n");
        for k in 0..8 {
            let flops = 10f64.powf(18.0 + 0.5 * f64::from(k));
            let wobble = 1.0 + 0.001 * f64::from(k % 3 - 1);
            let loss = (scale * flops.powf(-0.1) + 1.5) * wobble;
            table += &format!("{flops:e},{loss:.5}\n");
        }
        std::fs::write(folder.join(format!("{recipe}.csv")), table).unwrap();
    }
    let mut recipes = String::from("recipe,flops,loss\n");
    for (recipe, name, more) in [("baseline", "old", 1.2), ("wider", "new", 1.0)] {
        let mut grid = String::from("params,tokens,loss\n");
        for k in 0..16 {
            let (n, d) = (1e8 * 4f64.powi(k / 4), 1e9 * 5f64.powi(k % 4));
            let wobble = 1.0 + 0.001 * f64::from(k % 3 - 1);
            let loss = 1.7 + 480.0 / n.powf(0.35) + 2100.0 / (d / more).powf(0.37);
            grid += &format!("{n:e},{d:e},{:.5}\n", loss * wobble);
        }
        std::fs::write(folder.join(format!("{name}.csv")), grid).unwrap();
        for k in 0..8 {
            let flops = 10f64.powf(18.0 + 0.5 * f64::from(k));
            let wobble = 1.0 + 0.001 * f64::from(k % 3 - 1);
            let loss = ((19.0 + more) * flops.powf(-0.1) + 1.5) * wobble;
            recipes += &format!("{recipe},{flops:e},{loss:.5}\n");
        }
    }
    std::fs::write(folder.join("recipes.csv"), recipes).unwrap();
    let targets = "task,compute\na,1e23\nb,1e24\n";
    std::fs::write(folder.join("targets.csv"), targets).unwrap();
    let mut counts = String::from("model,compute,problem,n_samples,n_correct\n");
    for model in 0..6 {
        for problem in 0..24 {
            let compute = 10f64.powi(18 + model);
            let hard = 0.3 + 0.25 * f64::from(problem);
            let p = (-hard * (compute / 1e18).powf(-0.1)).exp();
            counts += &format!("m{model},{compute:e},p{problem},100,{:.0}\n", 100.0 * p);
        }
    }
    std::fs::write(folder.join("counts.csv"), counts).unwrap();
}

#[test]
fn every_command_of_the_pages_works() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    // docs/register.md has a test of its own, which compares outputs.
    for page in [
        "README.md",
        "data/README.md",
        "data/ladder/README.md",
        "docs/quickstart.md",
        "docs/tutorial.md",
        "docs/report.md",
        "docs/allocation.md",
        "docs/calibration.md",
        "docs/experiment.md",
        "docs/performance.md",
        "docs/gallery.md",
        "docs/formats.md",
        "docs/laws.md",
        "docs/formulas.md",
        "docs/faq.md",
        "docs/statistics.md",
        "docs/capability.md",
        "docs/diagnoses.md",
        "docs/fitting.md",
        "docs/versus.md",
        "docs/planning.md",
        "docs/curves.md",
        "docs/scores.md",
    ] {
        let text = std::fs::read_to_string(root.join(page)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        copied(root, folder.path());
        for fixtures in ["tests/fixtures/formats", "tests/fixtures/recipes"] {
            copied_whole(&root.join(fixtures), &folder.path().join(fixtures));
        }
        for command in commands(&text) {
            let (command, _) = command.split_once(" # ").unwrap_or((&command, ""));
            let tasks: &[&str] = match command.contains("--by task") {
                true => &["a", "b"],
                false => &["a"],
            };
            tables_of_ones_own(folder.path(), tasks);
            let output = Command::cargo_bin("scalewise")
                .unwrap()
                .current_dir(folder.path())
                .args(words(command))
                .output()
                .unwrap();
            assert!(
                output.status.success(),
                "{page}: {command}\n{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
}
