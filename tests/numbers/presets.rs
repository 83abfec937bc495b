//! The named published laws recover their parameters from noise-free runs.

use scalewise::Fit;
use scalewise::fit::Residuals;
use scalewise::internal::Observations;
use scalewise::law::{self, Law, TypedLaw};

/// A law, the values of its parameters, and for each column the values of a grid.
type Truth = (&'static str, &'static [f64], &'static [&'static [f64]]);

const N: &[f64] = &[1e7, 5e7, 2e8, 1e9];
const D: &[f64] = &[1e9, 6e9, 3e10, 2e11];

const TRUTHS: [Truth; 11] = [
    (
        "experts",
        &[4.1, -0.12, -0.13, 0.004],
        &[N, &[1.0, 4.0, 16.0, 64.0]],
    ),
    (
        "granularity",
        &[0.5, 2.1, 0.6, 18.0, 0.115, 31.0, 0.147],
        &[N, D, &[1.0, 2.0, 8.0, 16.0]],
    ),
    (
        "mixture-2",
        &[1.9, 0.8, -2.2],
        &[&[0.05, 0.2, 0.4, 0.6, 0.8, 0.95]],
    ),
    (
        "vocabulary",
        &[1.8, 0.45, 0.2, 0.67, 2.1, 0.46, 5.5],
        &[&[33.0, 85.0, 300.0], &[2.0, 8.0, 30.0], &[0.2, 2.0, 20.0]],
    ),
    (
        "parallel",
        &[1.3, 1.1e8, 0.35, 0.2],
        &[N, &[1.0, 2.0, 4.0, 8.0]],
    ),
    (
        "precision",
        &[1.9, 4000.0, 2.7, 0.5, 2e4, 0.55],
        &[N, D, &[3.0, 4.0, 6.0, 8.0, 12.0]],
    ),
    (
        "sparsity",
        &[17.0, 0.7, 4.0, 0.25, 7e8, 0.35, 0.65],
        &[&[0.0, 0.5, 0.75, 0.875], N, D],
    ),
    (
        "hill",
        &[0.1, 0.65, 3e3, 1.9],
        &[&[2e2, 8e2, 2e3, 5e3, 1e4, 3e4, 1e5]],
    ),
    (
        "farseer",
        &[-0.02, 0.2, 1.0, 60.0, -0.12, -2.5, -0.1, 0.12, -1.2],
        &[N, D],
    ),
    ("step-law-lr", &[1.79, -0.713, 0.307], &[N, D]),
    ("step-law-batch", &[0.58, 0.571], &[D]),
];

/// Every row of a grid.
fn grid(columns: &[&[f64]]) -> Vec<Vec<f64>> {
    let start = vec![Vec::new()];
    columns.iter().fold(start, |rows, column| {
        let longer = |row: Vec<f64>| {
            let one = move |x: &f64| [&row[..], &[*x]].concat();
            column.iter().map(one).collect::<Vec<_>>()
        };
        rows.into_iter().flat_map(longer).collect()
    })
}

/// The search ends where the sum of squares no longer falls; flat directions leave the last digits
/// of a prediction undetermined.
const SAME: f64 = 1e-6;

#[test]
fn named_laws_are_found_again() {
    let names: Vec<&str> = law::presets().iter().map(|preset| preset.name).collect();
    let known: Vec<&str> = TRUTHS.iter().map(|truth| truth.0).collect();
    assert_eq!(names, known);
    for (name, values, columns) in TRUTHS {
        let law = law::named(name).unwrap();
        assert_eq!(law.parameters().len(), values.len(), "{name}");
        let rows = grid(columns);
        let losses: Vec<f64> = rows.iter().map(|x| law.predict(x, values)).collect();
        assert!(losses.iter().all(|loss| loss.is_finite()), "{name}");
        let o = Observations::new(rows.clone(), losses.clone(), Residuals::Absolute).unwrap();
        let fit = Fit::shared(law.clone()).residuals(Residuals::Absolute);
        let found = fit.run_observations(&o).unwrap()[0].parameters.clone();
        for (x, loss) in rows.iter().zip(&losses) {
            let off = (law.predict(x, &found) / loss - 1.0).abs();
            assert!(off < SAME, "{name} at {x:?}: {off:e} {found:?}");
        }
    }
}

#[test]
fn named_laws_are_what_their_formula_says() {
    for (preset, (_, values, columns)) in law::presets().iter().zip(TRUTHS) {
        let (named, typed) = (
            law::named(preset.name).unwrap(),
            TypedLaw::parse(preset.formula).unwrap(),
        );
        for x in grid(columns) {
            assert_eq!(named.predict(&x, values), typed.predict(&x, values));
        }
        assert!(named.latex().is_some());
    }
}
