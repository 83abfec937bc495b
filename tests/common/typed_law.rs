//! Laws that are typed as formulas.

use scalewise::law::{Law, TypedLaw};

/// Most operations per byte of a formula, including its derivatives.
const OPERATIONS: usize = 40;

/// A formula is refused, or it is small and has the same values when its own text is parsed again
/// and when its derivatives are computed with it.
pub fn typed_law(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(law) = TypedLaw::parse(&text) else {
        return;
    };
    assert!(
        law.operations() <= OPERATIONS * text.len() + OPERATIONS,
        "{text}"
    );
    let again = TypedLaw::parse(law.formula()).expect("its own spelling is read");
    assert_eq!(again.formula(), law.formula());
    let x: Vec<f64> = (0..law.inputs().len())
        .map(|k| 1.7 + 0.3 * k as f64)
        .collect();
    for size in [0.0, 0.61, -1.3, 1e9] {
        let p: Vec<f64> = (0..law.parameters().len())
            .map(|k| size + 0.01 * k as f64)
            .collect();
        let (value, same) = (law.predict(&x, &p), again.predict(&x, &p));
        assert!(
            value.to_bits() == same.to_bits() || value.is_nan() && same.is_nan(),
            "{text}"
        );
        let mut slopes = vec![0.0; p.len()];
        let beside = law.predict_with_gradient(&x, &p, &mut slopes);
        assert!(
            beside.to_bits() == value.to_bits() || beside.is_nan() && value.is_nan(),
            "{text}"
        );
    }
}
