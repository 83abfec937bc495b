//! Two hundred registered forecasts with known truth.

use super::ladders::{TARGET, ladder};
use super::*;
use scalewise::internal::{SimulatedRun, ladder_csv};
use scalewise::law::Saturating;
use scalewise::{Dataset, Fit, Kind, Method, Target};

const FORECASTS: u64 = 200;
/// First of the seeds, which `plots/ledger_simulated.svg` also uses.
const FIRST: u64 = 2026;

/// P(X ≥ k) for X ~ Bin(n, p), summed term by term.
fn at_least(k: usize, n: usize, p: f64) -> f64 {
    let term = |j: usize| {
        let ways: f64 = (0..j).map(|i| ((n - i) as f64 / (j - i) as f64).ln()).sum();
        (ways + j as f64 * p.ln() + (n - j) as f64 * (-p).ln_1p()).exp()
    };
    (k..=n).map(term).sum()
}

fn simulated(seed: u64) -> Vec<SimulatedRun> {
    ladder(seed).simulate().unwrap()
}

/// How often the 90 % delta interval of a run holds, without any entry or ledger.
fn delta_coverage(seeds: std::ops::Range<u64>) -> f64 {
    let total = (seeds.end - seeds.start) as f64;
    let held = seeds.filter(|seed| {
        let runs = simulated(*seed);
        let (large, small) = runs.split_last().unwrap();
        let data = Dataset::from_runs(small.iter().map(|r| (r.compute, r.loss))).unwrap();
        let fit = Fit::new(Saturating).run(&data).unwrap();
        let forecast = fit
            .forecast(Target::at(TARGET))
            .methods(&[Method::Delta])
            .levels(&[0.9])
            .force(true)
            .run()
            .unwrap();
        let i = forecast
            .interval(Method::Delta, 0.9, Kind::Prediction)
            .unwrap();
        i.lower <= large.loss && large.loss <= i.upper
    });
    held.count() as f64 / total
}

#[test]
fn coverage_bias_and_binomial_intervals_are_those_counted_by_hand() {
    let (_guard, folder) = temporary();
    let mut actuals = Vec::new();
    let save = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    for seed in FIRST..FIRST + FORECASTS {
        let runs = simulated(seed);
        std::fs::write(folder.join("runs.csv"), ladder_csv(&runs)).unwrap();
        let entry = format!("{seed:03}.json");
        // The entry goes to standard output and from there to a file: this test does not need the
        // disk to be synced.
        let made = [
            "register",
            "runs.csv",
            "--fit-below",
            "5e22",
            "--at",
            "1e23",
            "--registered-at",
            AT,
            "--force",
            "-o",
            "-",
        ];
        save(&entry, ok(&folder, &made));
        let actual = runs.last().unwrap().loss;
        let score = [
            "score",
            &entry,
            "--actual",
            &actual.to_string(),
            "--trained-after",
            AT,
            "-o",
            "-",
        ];
        save(&format!("{seed:03}.score.json"), ok(&folder, &score));
        actuals.push(actual);
    }
    std::fs::remove_file(folder.join("runs.csv")).unwrap();
    let said = json(&ok(
        &folder,
        &["ledger", ".", "--format", "json", "--plot", "ledger.png"],
    ));
    assert_eq!(said["entries"], FORECASTS);
    assert_eq!(said["skipped"], serde_json::json!([]));

    // The same from the entries alone.
    let entries: Vec<serde_json::Value> = (FIRST..FIRST + FORECASTS)
        .map(|seed| json(&std::fs::read_to_string(folder.join(format!("{seed:03}.json"))).unwrap()))
        .collect();
    let n = entries.len();
    let errors: Vec<f64> = entries
        .iter()
        .zip(&actuals)
        .map(|(e, a)| (e["predictions"][0]["point"].as_f64().unwrap() / a).ln())
        .collect();
    let mean = errors.iter().sum::<f64>() / n as f64;
    let bias = &said["bias"][0];
    assert!((bias["mean"].as_f64().unwrap() - mean).abs() < 1e-12);
    let spread = errors.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / (n - 1) as f64;
    assert!((bias["standard_error"].as_f64().unwrap() - (spread / n as f64).sqrt()).abs() < 1e-12);

    let coverage = said["coverage"].as_array().unwrap();
    assert_eq!(coverage.len(), 10);
    let mut delta = None;
    for row in coverage {
        let alike =
            |i: &&serde_json::Value| ["method", "kind", "level"].iter().all(|k| i[k] == row[k]);
        let inside = entries
            .iter()
            .zip(&actuals)
            .filter(|(e, actual)| {
                let all = e["predictions"][0]["intervals"].as_array().unwrap();
                let i = all.iter().find(alike).unwrap();
                i["lower"].as_f64().unwrap() <= **actual && **actual <= i["upper"].as_f64().unwrap()
            })
            .count();
        assert_eq!(
            (&row["inside"], &row["forecasts"]),
            (&inside.into(), &n.into()),
            "{row}"
        );
        let (lower, upper) = (
            row["lower"].as_f64().unwrap(),
            row["upper"].as_f64().unwrap(),
        );
        // By definition of the interval at 90 %.
        assert!((at_least(inside, n, lower) - 0.05).abs() < 1e-9, "{row}");
        if inside < n {
            assert!(
                (1.0 - at_least(inside + 1, n, upper) - 0.05).abs() < 1e-9,
                "{row}"
            );
        }
        if row["method"] == "delta" && row["kind"] == "prediction" && row["level"] == 0.9 {
            delta = Some((lower, upper));
        }
    }
    // The coverage of many more such forecasts lies within the bounds from the count of these, as
    // it should for nine choices of seeds in ten.
    let (lower, upper) = delta.unwrap();
    let truth = delta_coverage(FIRST + FORECASTS..FIRST + FORECASTS + 4000);
    assert!(
        lower <= truth && truth <= upper,
        "{truth} not in [{lower}, {upper}]"
    );
    assert!(
        std::fs::read(folder.join("ledger.png"))
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    if let Ok(copy) = std::env::var("SCALEWISE_LEDGER_PNG") {
        std::fs::copy(folder.join("ledger.png"), copy).unwrap();
    }
}
