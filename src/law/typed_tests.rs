//! Typed laws compared with built-in laws and with differences.

use super::definition::central_difference;
use super::{
    BoundedRepeat, Broken, BuiltIn, Chinchilla, Kaplan, Law, M3, Saturating, Shifted, TypedLaw,
    presets,
};
use crate::Result;

fn typed(text: &str) -> TypedLaw {
    match TypedLaw::parse(text) {
        Ok(law) => law,
        Err(error) => unreachable!("{error}"),
    }
}

#[test]
fn typed_laws_have_the_values_and_derivatives_of_built_in_ones() {
    let cases: [(BuiltIn, &str, &[f64], &[f64]); 7] = [
        (Saturating, "L = a*C^b + c", &[50.0], &[2.0, -0.3, 1.5]),
        (
            Shifted,
            "L = a*(C + d)^b + c",
            &[50.0],
            &[2.0, -0.3, 1.5, 20.0],
        ),
        (M3, "L = a*(1/C + g)^(-b)", &[50.0], &[2.0, -0.3, 0.01]),
        (
            Broken,
            "L = a*C^b*(1 + (C/d)^(1/f))^(f*(b2 - b)) + c",
            &[50.0],
            &[2.0, -0.3, 1.5, -0.2, 30.0, 0.5],
        ),
        (
            Chinchilla,
            "L = A/N^alpha + B/D^beta + E",
            &[3e3, 2e4],
            &[40.0, 30.0, 1.7, 0.34, 0.28],
        ),
        (
            Kaplan,
            "L = ((Nc/N)^(alpha_N/alpha_D) + Dc/D)^alpha_D",
            &[3e3, 2e4],
            &[4e5, 3e5, 0.3, 0.2],
        ),
        (
            BoundedRepeat,
            "L = E + (L0 - E)*(a/N^alpha + b/D^beta + c*N^gamma/U^delta)/(1 + a/N^alpha + b/D^beta + c*N^gamma/U^delta)",
            &[3e3, 2e4, 1e4],
            &[1.7, 9.0, 3.0, 0.3, 4.0, 0.35, 0.2, 0.2, 0.4],
        ),
    ];
    for (law, text, x, p) in cases {
        let own = typed(text);
        // Parameters of the formula are in its own order, those of the built-in law in another.
        let place = |name: &str| law.parameters().iter().position(|q| q.name == name);
        let order: Vec<usize> = own
            .parameters()
            .iter()
            .filter_map(|q| place(&q.name))
            .collect();
        assert_eq!(order.len(), p.len(), "{text}: {:?}", law.parameters());
        let mine: Vec<f64> = order.iter().map(|&k| p[k]).collect();
        approx::assert_relative_eq!(
            own.predict(x, &mine),
            law.predict(x, p),
            max_relative = 1e-14
        );
        let (mut given, mut found) = (vec![0.0; p.len()], vec![0.0; p.len()]);
        law.gradient(x, p, &mut given);
        let value = own.predict_with_gradient(x, &mine, &mut found);
        assert_eq!(value, own.predict(x, &mine));
        for (k, slope) in order.iter().zip(&found) {
            approx::assert_relative_eq!(*slope, given[*k], max_relative = 1e-12, epsilon = 1e-14);
        }
    }
}

#[test]
fn derivatives_are_those_of_differences() {
    let texts = [
        "L(x, y) = a*exp(-b*x)*ln(c + y^2) + sqrt(abs(d))*x",
        "L(x, y) = min(a*x, b*y) + max(a, c*x)*tanh(d*y)",
        "L(x, y) = (a + b*x)^(c*y)/(1 + d^2)",
        "L(x, y) = log10(a*x + 1)^2 - log2(b + y)*c^3 + x^(d - 1) + 2^c",
        "L(x, y) = -(a - b)*-x/(c + d*y)^0.5",
    ];
    for text in texts {
        let law = typed(text);
        let p: Vec<f64> = (0..law.parameters().len())
            .map(|k| 0.7 + 0.23 * k as f64)
            .collect();
        for x in [[1.3, 0.4], [0.2, 0.9]] {
            let (mut exact, mut difference) = (vec![0.0; p.len()], vec![0.0; p.len()]);
            law.gradient(&x, &p, &mut exact);
            central_difference(&law, &x, &p, &mut difference);
            for (a, b) in exact.iter().zip(&difference) {
                approx::assert_relative_eq!(a, b, max_relative = 1e-7, epsilon = 1e-8);
            }
        }
    }
}

#[test]
fn parameters_that_a_law_is_linear_in_are_found() {
    for (text, wanted) in [
        ("L = E + A/N^alpha + B/D^beta", &["E", "A", "B"][..]),
        ("L = (A*N^(-alpha) + E)*D^(-beta)", &["A", "E"]),
        (
            "L = A/N^alpha + B/D^beta*(1 + C1/U^gamma) + E",
            &["A", "B", "E"],
        ),
        ("L = a*b*N + c", &["c", "a"]),
        ("L = exp(a + b*N)", &[]),
        ("L = a - -b*N + c*max(N, 1)/2", &["a", "b", "c"]),
    ] {
        let law = typed(text);
        let found: Vec<&str> = law
            .linear
            .iter()
            .map(|&k| &*law.parameters()[k].name)
            .collect();
        let mut found = found;
        found.sort_unstable();
        let mut wanted = wanted.to_vec();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn a_share_of_zero_has_a_value_and_a_derivative() {
    let law = typed("L(r) = a + b*r^c");
    let mut slopes = [0.0; 3];
    assert_eq!(
        law.predict_with_gradient(&[0.0], &[1.0, 2.0, 0.5], &mut slopes),
        1.0
    );
    assert_eq!(slopes, [1.0, 0.0, 0.0]);
}

#[test]
fn several_outcomes_are_told_apart_by_the_last_column() -> Result<()> {
    let law = typed("x(N) = a*N^b; y = c/D + a");
    assert_eq!(law.formula(), "x(N) = a*N^b; y(D) = c/D + a");
    assert_eq!(law.outcomes(), ["x", "y"]);
    assert_eq!(law.columns(), ["outcome"]);
    let p = [3.0, 2.0, 8.0];
    let (x, y) = ([4.0, 2.0, 0.0], [4.0, 2.0, 1.0]);
    approx::assert_relative_eq!(law.predict(&x, &p), 48.0, max_relative = 1e-14);
    assert_eq!(law.predict(&y, &p), 7.0);
    let mut slopes = [0.0; 3];
    // An outcome without a value does not affect the others.
    law.predict_with_gradient(&[f64::NAN, 2.0, 1.0], &p, &mut slopes);
    assert_eq!(slopes, [1.0, 0.0, 0.5]);
    assert_eq!(law.linear.len(), 2);
    let again = TypedLaw::parse(law.formula())?;
    assert_eq!(again.formula(), law.formula());
    let many: Vec<String> = (0..65).map(|k| format!("x{k} = a*N")).collect();
    let error = TypedLaw::parse(&many.join(";")).map(drop);
    assert!(error.is_err_and(|error| error.to_string().contains("outcomes")));
    Ok(())
}

#[test]
fn names_without_a_use_are_refused() {
    for (text, part) in [
        ("L(N, S) = a*N", "'S'"),
        ("L = a + b", "no column"),
        ("L = N*2", "no parameter"),
        ("L = a*N + 0*b", "does not depend on 'b'"),
    ] {
        match TypedLaw::parse(text) {
            Ok(_) => unreachable!("{text}"),
            Err(error) => assert!(error.to_string().contains(part), "{error}"),
        }
    }
}

/// 50,000 texts made of pieces of formulas, most of them invalid.
#[test]
fn no_text_panics_or_grows() {
    const PIECES: [&str; 32] = [
        "L", "=", "(", ")", "+", "-", "*", "/", "^", ",", "a", "b", "c", "N", "D", "C", "exp",
        "ln", "min", "max", "1", "2", "0.5", "1e9", "`x y`", " ", "sqrt", "tanh", "abs(", "**",
        ";", "; y = ",
    ];
    use rand_chacha::rand_core::{RngCore, SeedableRng};
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
    let mut read = 0;
    for k in 0..50_000 {
        let mut text = if k % 2 == 0 {
            "L = a*N".to_owned()
        } else {
            String::new()
        };
        for _ in 0..random.next_u32() % 24 {
            text.push_str(PIECES[random.next_u32() as usize % PIECES.len()]);
        }
        if let Ok(law) = TypedLaw::parse(&text) {
            read += 1;
            assert!(law.operations() <= 40 * text.len(), "{text}");
            let p = vec![0.3; law.parameters().len()];
            law.predict(&vec![2.0; law.inputs().len()], &p);
        }
    }
    assert!(read > 500, "{read}");
    let deep = format!("L = N*{}a{}", "(".repeat(1900), ")".repeat(1900));
    assert!(TypedLaw::parse(&deep).is_ok());
    let long = format!("L = N*a{}", " + exp(a*N)^2".repeat(300));
    let long = TypedLaw::parse(&long).map(|law| law.operations());
    assert!(long.is_ok_and(|operations| operations < 4000));
}

#[test]
fn presets_are_formulas() {
    for preset in presets() {
        let law = preset.law();
        assert!(
            law.as_ref()
                .is_some_and(|law| law.formula() == preset.formula),
            "{}: {law:?}",
            preset.name
        );
    }
}
