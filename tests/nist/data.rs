//! Reads a NIST `.dat` file, whose parts are on fixed lines.

use crate::models::{MODELS, Model};
use scalewise::fit::Residuals;
use scalewise::internal::Observations;
use scalewise::law::Law;
use std::path::PathBuf;

/// A certified number and its standard deviation.
#[derive(Debug, Clone, Copy)]
pub struct Certified {
    pub starts: [f64; 2],
    pub value: f64,
    pub sd: f64,
}

/// One data set.
pub struct Set {
    pub law: Model,
    pub parameters: Vec<Certified>,
    pub residual_sd: f64,
    pub inputs: Vec<Vec<f64>>,
    pub y: Vec<f64>,
}

impl Set {
    pub fn observations(&self) -> Observations {
        Observations::new(self.inputs.clone(), self.y.clone(), Residuals::Absolute).unwrap()
    }

    pub fn certified(&self) -> Vec<f64> {
        self.parameters.iter().map(|p| p.value).collect()
    }

    pub fn start(&self, which: usize) -> Vec<f64> {
        self.parameters.iter().map(|p| p.starts[which]).collect()
    }

    /// The smallest number of significant digits in which `p` agrees with the certified values.
    pub fn digits(&self, p: &[f64]) -> f64 {
        let certified = self.parameters.iter();
        let worst = p
            .iter()
            .zip(certified)
            .map(|(value, known)| ((value - known.value) / known.value).abs())
            .fold(0.0, f64::max);
        // Certified values have eleven digits, so closer agreement has no meaning.
        (-worst.log10()).clamp(0.0, 11.0)
    }
}

/// The set of that name.
pub fn set(name: &str) -> Set {
    let law = MODELS.iter().find(|model| model.name() == name).unwrap();
    let path = folder().join(format!("{name}.dat"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}. Set SCALEWISE_CORPUS to the folder that holds nist/ with the .dat files \
             of the NIST StRD nonlinear regression sets",
            path.display()
        )
    });
    parse(*law, &text)
}

/// Every set.
pub fn all() -> Vec<Set> {
    MODELS.iter().map(|model| set(model.name())).collect()
}

fn folder() -> PathBuf {
    let corpus = std::env::var_os("SCALEWISE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    corpus.join("nist")
}

fn parse(law: Model, text: &str) -> Set {
    let lines: Vec<&str> = text.lines().collect();
    // Line 41 on: "b1 = start 1, start 2, certified value, its standard deviation".
    let count = law.parameters().len();
    let parameters = lines[40..40 + count]
        .iter()
        .map(|line| {
            let n = numbers(line.split_once('=').unwrap().1);
            Certified {
                starts: [n[0], n[1]],
                value: n[2],
                sd: n[3],
            }
        })
        .collect();
    let header = |name: &str| {
        let found = lines[40..60]
            .iter()
            .find_map(|line| line.strip_prefix(name));
        numbers(found.unwrap())[0]
    };
    // Line 61 on: y, then the predictors.
    let mut rows: Vec<Vec<f64>> = lines[60..]
        .iter()
        .map(|line| numbers(line))
        .filter(|row| !row.is_empty())
        .collect();
    assert_eq!(rows.len() as f64, header("Number of Observations:"));
    let mut y: Vec<f64> = rows.iter_mut().map(|row| row.remove(0)).collect();
    if law.name() == "Nelson" {
        // The only model of log(y).
        y.iter_mut().for_each(|y| *y = y.ln());
    }
    Set {
        law,
        parameters,
        residual_sd: header("Residual Standard Deviation:"),
        inputs: rows,
        y,
    }
}

fn numbers(text: &str) -> Vec<f64> {
    let words = text.split_whitespace();
    words.map(|word| word.parse().unwrap()).collect()
}
