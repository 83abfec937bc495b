//! No output contains an infinite number or NaN, whatever was read and asked.

use super::*;

const CODES: std::ops::RangeInclusive<i32> = 0..=5;

/// A word of an output that stands for such a number.
fn offending(text: &str) -> Option<&str> {
    let letters = |c: char| !(c.is_alphanumeric() || c == '_');
    text.lines().find(|line| {
        let mut words = line.split(letters);
        words.any(|word| ["NaN", "nan", "inf", "infinity", "Infinity"].contains(&word))
    })
}

/// A folder with tables, in which commands are run and everything they print or write is searched.
struct Sweep(tempfile::TempDir);

impl Sweep {
    fn new() -> Sweep {
        Sweep(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    /// Runs a command given as words; `written` is what it may write.
    fn run(&self, what: &str, command: &str, written: Option<&str>) -> Ran {
        let file = written.map(|name| self.0.path().join(name));
        if let Some(file) = &file {
            let _ = std::fs::remove_file(file);
        }
        let args: Vec<&str> = command.split(' ').collect();
        let ran = run_in(self.0.path(), &args, "");
        assert!(
            CODES.contains(&ran.code),
            "{what}: {command} ended with {}: {}",
            ran.code,
            ran.err
        );
        let saved = file.and_then(|file| std::fs::read_to_string(file).ok());
        for text in [&ran.out, &ran.err, &saved.unwrap_or_default()] {
            let found = offending(text);
            assert!(
                found.is_none(),
                "{what}: {command}: {}",
                found
                    .unwrap_or_default()
                    .chars()
                    .take(300)
                    .collect::<String>()
            );
        }
        ran
    }
}

const FORMATS: [&str; 4] = ["text", "json", "csv", "markdown"];

fn ladder(count: i32, loss: impl Fn(i32) -> f64) -> String {
    let row = |i: i32| format!("{:e},{:e}\n", 1e18 * 4f64.powi(i), loss(i));
    "compute,loss\n".to_owned() + &(0..count).map(row).collect::<String>()
}

fn law(i: i32) -> f64 {
    2.0 + 0.87f64.powi(i)
}

fn noisy(i: i32) -> f64 {
    law(i) * (1.0 + 0.004 * f64::from((i * 7) % 5 - 2))
}

#[test]
fn of_losses() {
    let sweep = Sweep::new();
    for (name, table) in [
        ("noisy", ladder(9, noisy)),
        ("perfect", ladder(9, law)),
        ("two runs", ladder(2, law)),
        ("four runs", ladder(4, law)),
        ("one run", ladder(1, law)),
        ("identical losses", ladder(9, |_| 2.5)),
        ("tiny losses", ladder(9, |i| 1e-138 * noisy(i))),
        ("tiny losses without noise", ladder(9, |i| 1e-138 * law(i))),
        ("huge losses", ladder(9, |i| 1e138 * noisy(i))),
        ("losses out of range", ladder(9, |i| 1e-200 * noisy(i))),
        (
            "an outlier",
            ladder(9, |i| if i == 3 { 1e120 } else { law(i) }),
        ),
    ] {
        sweep.put("t.csv", &table);
        for format in FORMATS {
            for command in [
                "check t.csv",
                "fit t.csv",
                "backtest t.csv --force",
                "compare t.csv",
                "forecast t.csv --at 10x --force --method calibrated,delta,profile,bootstrap,envelope,quadrature --replicates 50",
                "forecast t.csv --at 1e200,1e308,1e-300 --force",
                "forecast t.csv --at 10x --level 0.001,0.999999 --force",
            ] {
                sweep.run(name, &format!("{command} --format {format}"), None);
            }
        }
        for command in [
            "forecast t.csv --reach 1.5,1e-300,1e300",
            "forecast t.csv --at 1e308,1e-308 --law power --force",
            "fit t.csv --residuals absolute -v",
            "fit t.csv --objective lad",
            "fit t.csv --fix c=1e308",
            "plot t.csv --at 1e308 --view reducible",
        ] {
            sweep.run(name, command, None);
        }
        for (command, file) in [
            ("plot t.csv --at 1e200 --view both -o p.svg", "p.svg"),
            ("plot t.csv --laws power,saturating -o p.svg", "p.svg"),
            ("report t.csv --at 10x,1e300 -o p.html", "p.html"),
            ("report t.csv --at 10x --format markdown -o p.md", "p.md"),
        ] {
            sweep.run(name, command, Some(file));
        }
        if sweep.run(name, "fit t.csv -o law.json --force", None).code == 0 {
            for command in ["show law.json", "forecast law.json --at 10x --force"] {
                let ran = sweep.run(name, command, None);
                assert_ne!(
                    ran.code, 3,
                    "{name}: a law that was written is read: {}",
                    ran.err
                );
            }
        }
    }
}

#[test]
fn of_registered_forecasts() {
    let sweep = Sweep::new();
    sweep.put("t.csv", &ladder(9, noisy));
    sweep.run(
        "noisy",
        "register t.csv --at 10x --level 0.001,0.9,0.999999 -o book/e.json",
        None,
    );
    std::fs::create_dir_all(sweep.0.path().join("book")).unwrap();
    assert_eq!(
        sweep
            .run(
                "noisy",
                "register t.csv --at 10x --level 0.001,0.9,0.999999 -o book/e.json",
                None
            )
            .code,
        0
    );
    for actual in ["1e-300", "1e300", "5e-324", "1.9"] {
        for format in FORMATS {
            let score =
                format!("score book/e.json --actual {actual} -o book/s.json --format {format}");
            assert_eq!(sweep.run(actual, &score, Some("book/s.json")).code, 0);
            let ledger = format!("ledger book --format {format} --plot l.svg");
            assert_eq!(sweep.run(actual, &ledger, Some("l.svg")).code, 0);
        }
    }
}

#[test]
fn of_surfaces() {
    let sweep = Sweep::new();
    let loss = |n: f64, d: f64| 1.8 + 400.0 / n.powf(0.34) + 2000.0 / d.powf(0.36);
    let grid: Vec<(f64, f64)> = (0..16)
        .map(|k| (1e7 * 5f64.powi(k / 4), 1e9 * 4f64.powi(k % 4)))
        .collect();
    let table = |value: &dyn Fn(usize, f64, f64) -> f64| {
        let rows = grid.iter().enumerate();
        let rows = rows.map(|(k, (n, d))| format!("{n:e},{d:e},{:e}\n", value(k, *n, *d)));
        "params,tokens,loss\n".to_owned() + &rows.collect::<String>()
    };
    let wobble = |k: usize| 1.0 + 0.003 * ((k * 7 % 5) as f64 - 2.0);
    for (name, text) in [
        ("noisy", table(&|k, n, d| wobble(k) * loss(n, d))),
        ("perfect", table(&|_, n, d| loss(n, d))),
        ("identical losses", table(&|_, _, _| 2.5)),
        (
            "tokens do not matter",
            table(&|_, n, _| 1.8 + 400.0 / n.powf(0.34)),
        ),
        (
            "tiny losses",
            table(&|k, n, d| 1e-138 * wobble(k) * loss(n, d)),
        ),
    ] {
        sweep.put("s.csv", &text);
        for format in FORMATS {
            for command in [
                "allocate s.csv --compute 1e22,1e200,1e-200,1e308 --force --method delta,profile",
                "allocate s.csv --compute 10x --joint --level 0.999999 --force --replicates 50",
                "allocate s.csv --compute 10x --force --method delta --price 1e300 --n-inference 1e300",
                "isoflop s.csv --compute 1e22,1e300,1e-300",
            ] {
                sweep.run(name, &format!("{command} --format {format}"), None);
            }
        }
        for command in [
            "allocate s.csv --params 1e300 --force --method delta",
            "allocate s.csv --tokens 1e-300 --force --method delta",
            "allocate s.csv --ratio 1e300 --force --method delta",
        ] {
            sweep.run(name, command, None);
        }
        for view in ["contours", "allocation", "residuals"] {
            let command = format!(
                "allocate s.csv --compute 1e22 --force --method delta --plot p.svg --view {view}"
            );
            sweep.run(name, &command, Some("p.svg"));
        }
    }
}

#[test]
fn of_pass_counts() {
    let sweep = Sweep::new();
    let table = |passes: &dyn Fn(i32, i32) -> i32| {
        let mut text = "model,compute,problem,n_samples,n_correct\n".to_owned();
        for (m, q) in (0..6).flat_map(|m| (0..12).map(move |q| (m, q))) {
            let compute = 1e18 * 10f64.powi(m);
            text += &format!("m{m},{compute:e},q{q},20,{}\n", passes(m, q).clamp(0, 20));
        }
        text
    };
    let rates = |rate: &dyn Fn(i32) -> f64| {
        let row = |i: i32| format!("{:e},{:e}\n", 1e18 * 10f64.powi(i), rate(i));
        "compute,pass_rate\n".to_owned() + &(0..6).map(row).collect::<String>()
    };
    for (name, text) in [
        ("rising", table(&|m, q| 3 * m + q % 7 - 1)),
        ("never solved", table(&|_, _| 0)),
        ("all solved", table(&|_, _| 20)),
        ("half solved", table(&|_, q| if q < 6 { 20 } else { 0 })),
        ("at once", table(&|m, _| if m > 2 { 20 } else { 0 })),
        ("worse", table(&|m, _| 18 - 3 * m)),
        ("rates", rates(&|i| 0.1 + 0.15 * f64::from(i))),
        ("rates of one", rates(&|_| 1.0)),
        ("rates of zero", rates(&|_| 0.0)),
        ("tiny rates", rates(&|i| 1e-300 * 10f64.powi(i))),
        ("rates near one", rates(&|i| 1.0 - 1e-15 * f64::from(7 - i))),
    ] {
        sweep.put("c.csv", &text);
        for format in FORMATS {
            let command =
                format!("capability c.csv --at 10x,1e200,1e308,1e-300 --force --format {format}");
            sweep.run(name, &command, None);
        }
        for command in [
            "capability c.csv --format csv",
            "capability c.csv --at 10x --level 0.999,0.4 --force --format csv",
            "capability c.csv --rule solved-by-all --estimator plug-in --at 10x --force --format csv",
        ] {
            sweep.run(name, command, None);
        }
        sweep.run(
            name,
            "capability c.csv --at 1e200 --force --plot p.svg",
            Some("p.svg"),
        );
        sweep.run(name, "report c.csv --at 100x -o p.html", Some("p.html"));
    }
}

/// A far target made the rate of some problems exceed one by more than rounding, and its logit NaN.
#[test]
fn the_ends_of_a_rate_stay_below_one() {
    let sweep = Sweep::new();
    let mut text = "model,compute,problem,n_samples,n_correct\n".to_owned();
    for (m, q) in (0..6).flat_map(|m| (0..20).map(move |q| (m, q))) {
        let passes = (1 + (q * 5) % 9 + m + (q * m) % 4).min(19);
        text += &format!("m{m},{:e},q{q},20,{passes}\n", 1e18 * 4f64.powi(m));
    }
    sweep.put("c.csv", &text);
    let ran = sweep.run(
        "far",
        "capability c.csv --at 1e100,1e200,1e250 --force --format csv",
        None,
    );
    for row in table(&ran.out) {
        if row["quantity"] != "mean_pass_rate" {
            continue;
        }
        for end in ["lower", "upper"] {
            let end: f64 = row[end].parse().unwrap();
            assert!((0.0..=1.0).contains(&end), "{row:?}");
        }
    }
}

#[test]
fn only_numbers_become_blank_and_never_words() {
    let sweep = Sweep::new();
    let text = ladder(9, noisy).replace("1.6e19,", "nan,");
    sweep.put("inf.csv", &text);
    let args = ["check", "inf.csv"];
    let ran = run_in(sweep.0.path(), &args, "");
    assert!(ran.out.contains("inf.csv"), "{}", ran.out);
    assert!(ran.out.contains("'nan'"), "{}", ran.out);
}

/// Invalid numbers, for every flag that takes a number.
#[test]
fn no_number_of_a_flag_makes_it_panic() {
    let sweep = Sweep::new();
    sweep.put("t.csv", &ladder(9, noisy));
    let rows = (0..9).map(|k| {
        let (n, d) = (1e8 * 3f64.powi(k / 3), 1e10 * 4f64.powi(k % 3));
        let wobble = 1.0 + 0.002 * f64::from(k * 7 % 5 - 2);
        format!(
            "{n:e},{d:e},{}\n",
            wobble * (1.8 + 400.0 / n.powf(0.34) + 2000.0 / d.powf(0.36))
        )
    });
    sweep.put(
        "s.csv",
        &("params,tokens,loss\n".to_owned() + &rows.collect::<String>()),
    );
    let numbers = [
        "0",
        "-0",
        "1e-308",
        "5e-324",
        "1e308",
        "-1",
        "nan",
        "inf",
        "1e400",
        "",
        "x",
        "1e-200",
        "18446744073709551616",
        "4294967295",
    ];
    for number in numbers {
        for command in [
            "forecast t.csv --force --method delta --at",
            "forecast t.csv --at 10x --level",
            "forecast t.csv --reach",
            "forecast t.csv --at 10x --method bootstrap --replicates",
            "forecast t.csv --at 10x --method bootstrap --replicates 50 --seed",
            "fit t.csv --level",
            "fit t.csv --objective huber --delta",
            "fit t.csv --fit-below",
            "fit t.csv --fix c",
            "fit t.csv --bytes-per-token",
            "backtest t.csv --min-runs",
            "backtest t.csv --level",
            "plot t.csv --level",
            "plot t.csv -o p.svg --dpi",
            "plot t.csv -o p.svg --size",
            "report t.csv -o p.html --level",
            "register t.csv --at 10x -o e.json --level",
            "allocate s.csv --method delta --compute",
            "allocate s.csv --method delta --joint --compute 1e22 --level",
            "allocate s.csv --method delta --params",
            "allocate s.csv --method delta --ratio",
            "allocate s.csv --method delta --compute 1e22 --price",
            "allocate s.csv --method delta --compute 1e22 --n-inference",
            "isoflop s.csv --tolerance",
            "isoflop s.csv --level",
            "simulate --law power --set a=20,b=-0.05 --compute 1e18..1e20 --runs",
            "simulate --law power --set a=20,b=-0.05 --compute 1e18..1e20 --runs 4 --noise",
        ] {
            let sign = if command.ends_with(" c") { '=' } else { ' ' };
            let words = format!("{command}{sign}");
            let mut args: Vec<&str> = words.trim_end().split(' ').collect();
            let fixed = format!("c={number}");
            match sign {
                '=' => *args.last_mut().unwrap() = &fixed,
                _ => args.push(number),
            }
            let ran = run_in(sweep.0.path(), &args, "");
            assert!(
                CODES.contains(&ran.code),
                "{args:?} ended with {}: {}",
                ran.code,
                ran.err
            );
            assert!(!ran.err.contains("panicked"), "{args:?}: {}", ran.err);
            assert!(
                ran.code != 0 || offending(&ran.out).is_none(),
                "{args:?}: {:?}",
                offending(&ran.out)
            );
        }
    }
}
