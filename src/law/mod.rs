//! Scaling laws: the [`Law`] trait and the laws that come with the crate.

mod bounded;
mod broken;
#[macro_use]
mod built_in;
mod chinchilla;
pub(crate) mod definition;
mod kaplan;
mod m3;
mod m4;
mod power;
mod presets;
mod repeated;
mod rows;
mod shifted;
mod start;
mod typed;
#[cfg(test)]
mod typed_tests;

pub(crate) use definition::Form;
#[doc(hidden)]
pub use definition::Rows;
pub use definition::{Input, Law, Parameter, Search};
pub(crate) use m4::CALIBRATED_M4;
pub use presets::Preset;
pub use typed::TypedLaw;

pub use BuiltIn::{
    BoundedRepeat, Broken, Chinchilla, ChinchillaTied, DataConstrained, Kaplan, M3, M4, Power,
    Saturating, Shifted,
};

use crate::error::{Error, ErrorKind, Result};
use crate::text::excerpt;
use std::sync::Arc;

/// Every built-in law.
#[must_use]
pub fn all() -> &'static [BuiltIn] {
    &ALL
}

/// The built-in law of that name.
///
/// ```
/// assert!(scalewise::law::by_name("saturating").is_some());
/// assert!(scalewise::law::by_name("linear").is_none());
/// ```
#[must_use]
pub fn by_name(name: &str) -> Option<BuiltIn> {
    all().iter().copied().find(|law| law.name() == name)
}

/// The published laws that are kept as formulas.
///
/// ```
/// use scalewise::law;
/// let names: Vec<&str> = law::presets().iter().map(|preset| preset.name).collect();
/// assert!(names.contains(&"precision"));
/// ```
#[must_use]
pub fn presets() -> &'static [Preset] {
    &presets::PRESETS
}

/// The law with this name, built-in or published, or the law of a formula such as `L(S) = a + b*S`.
///
/// ```
/// use scalewise::law::{self, Law};
/// assert_eq!(law::named("power")?.formula(), "L(C) = a*C^b");
/// assert_eq!(law::named("hill")?.parameters().len(), 4);
/// assert_eq!(law::named("L = a + b*N")?.formula(), "L(N) = a + b*N");
/// # Ok::<(), scalewise::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Usage`] if there is no law of that name, or the formula is wrong.
pub fn named(name: &str) -> Result<Arc<dyn Law>> {
    named_with(name, &[])
}

/// The same for a table with these columns, which a formula may use without listing them.
pub(crate) fn named_with(name: &str, columns: &[String]) -> Result<Arc<dyn Law>> {
    if is_formula(name) {
        return Ok(Arc::new(TypedLaw::with_columns(name, columns)?));
    }
    if let Some(law) = by_name(name) {
        return Ok(Arc::new(law));
    }
    let preset = presets().iter().find(|preset| preset.name == name);
    match preset.and_then(Preset::law) {
        Some(law) => Ok(Arc::new(law)),
        None => {
            let mut known: Vec<&str> = all().iter().map(|law| law.name()).collect();
            known.extend(presets().iter().map(|preset| preset.name));
            let message = format!("there is no law '{}'", excerpt(name));
            Err(Error::new(ErrorKind::Usage, message).with_hint(format!(
                "the laws are {}; or type a formula, such as 'L = a*C^b + c'",
                known.join(", ")
            )))
        }
    }
}

/// Refuses a law of several variables.
pub(crate) fn of_one_variable(law: &dyn Law) -> Result<()> {
    if law.inputs() == [Input::Compute] {
        return Ok(());
    }
    let message = format!("law '{}' is not a function of compute alone", law.name());
    let error = Error::new(ErrorKind::Usage, message);
    Err(match law.typed() {
        Some(_) => error.with_hint("give a value for each of its columns, as in N=1e9,S=8"),
        None => error,
    })
}

/// Whether the text is a formula instead of a name.
pub(crate) fn is_formula(law: &str) -> bool {
    law.contains('=')
}

built_in_laws!(
    /// A law that comes with the crate.
    ///
    /// ```
    /// use scalewise::law::{BuiltIn, Law};
    /// assert_eq!(BuiltIn::Power.formula(), "L(C) = a*C^b");
    /// ```
    pub enum BuiltIn;

    /// L(C) = a·C^b + c: a power law above an irreducible loss c ≥ 0, with a > 0 and b < 0.
    Saturating in power,
    /// L(C) = a·C^b: the power law without an irreducible loss.
    Power in power,
    /// L(C) = a·(C + d)^b + c: the saturating law in shifted compute C + d, d ≥ 0, for curves that
    /// begin flatter than a power law. It falls to c ≥ 0 everywhere.
    ///
    /// ```
    /// use scalewise::law::{Law, Shifted};
    /// assert_eq!(Shifted.predict(&[75.0], &[2.0, -0.5, 1.0, 25.0]), 1.2);
    /// ```
    Shifted in shifted,
    /// L(C) = a·(1/C + g)^(−b), b < 0 and g ≥ 0: the power law a·C^b for C well below 1/g, and the
    /// irreducible loss a·g^(−b) far above it.
    ///
    /// It is M3, ε = β(x⁻¹ + γ)^c, of Alabdulmohsin, Neyshabur & Zhai, "Revisiting Neural Scaling
    /// Laws in Language and Vision" (2022), with the sign of the exponent that the other laws here
    /// have.
    ///
    /// ```
    /// use scalewise::law::{Law, M3};
    /// assert_eq!(M3.predict(&[4.0], &[2.0, -0.5, 0.0]), 1.0);
    /// assert_eq!(M3.predict(&[f64::INFINITY], &[2.0, -0.5, 0.16]), 0.8);
    /// ```
    M3 in m3,
    /// L − c = a·C^b·((l0 − L)/(l0 − c))^α, b < 0, implicit in L: the loss falls from l0 where
    /// there is no compute to the irreducible loss c, and far from l0 as the saturating law a·C^b +
    /// c.
    ///
    /// It is M4, (ε − ε∞)/(ε0 − ε)^α = β·x^c, of Alabdulmohsin, Neyshabur & Zhai, "Revisiting
    /// Neural Scaling Laws in Language and Vision" (2022), with β = a/(l0 − c)^α, so that a and b
    /// keep their meaning where α → 0 or l0 → ∞.
    ///
    /// ```
    /// use scalewise::law::{Law, M4};
    /// // 2 − 1 = 15·100^-0.5·((4 − 2)/(4 − 1))^1
    /// assert!((M4.predict(&[100.0], &[15.0, -0.5, 1.0, 4.0, 1.0]) - 2.0).abs() < 1e-14);
    /// ```
    M4 in m4,
    /// L(C) = c + a·C^b·(1 + (C/d)^(1/f))^(f·(b2 − b)): exponent b well below the break at C = d
    /// and b2 well above it. The turn takes about f e-folds. b ≤ 0 and b2 < 0, so it falls
    /// everywhere.
    ///
    /// It is the broken neural scaling law of Caballero, Gupta, Rish & Krueger (2023), equation 1
    /// with n = 1: y = a + b·x^(−c0)·(1 + (x/d1)^(1/f1))^(−c1·f1), written with the exponent after
    /// the break, b2 = −c0 − c1, in place of c1.
    ///
    /// ```
    /// use scalewise::law::{Broken, Law};
    /// // At the break, with f = 1: 1 + 2·4^-0.5·(1 + 1)^(-1 + 0.5)
    /// let loss = Broken.predict(&[4.0], &[2.0, -0.5, 1.0, -1.0, 4.0, 1.0]);
    /// assert!((loss - (1.0 + 0.5_f64.sqrt())).abs() < 1e-14);
    /// ```
    Broken in broken,
    /// L(N, D) = E + A/N^α + B/D^β with parameters (A, B, E, α, β): an irreducible loss E, a term
    /// for the limited number of parameters N and one for the limited number of training tokens D.
    ///
    /// ```
    /// use scalewise::law::{Chinchilla, Law};
    /// // Chinchilla itself with the coefficients printed by Hoffmann et al. (2022)
    /// let loss = Chinchilla.predict(&[70e9, 1.4e12], &[406.4, 410.7, 1.69, 0.34, 0.28]);
    /// assert!((loss - 1.937).abs() < 5e-4);
    /// ```
    Chinchilla in chinchilla,
    /// L(N, D) = E + A/N^α + B/D^α with parameters (A, B, E, α): one exponent for both terms, so
    /// that compute-optimal N and D grow equally fast (Muennighoff et al. 2023, appendix).
    ChinchillaTied in chinchilla,
    /// L(N, D) = [(Nc/N)^(αN/αD) + Dc/D]^αD with parameters (Nc, Dc, αN, αD): no irreducible loss.
    ///
    /// ```
    /// use scalewise::law::{Kaplan, Law};
    /// // table 2 of the paper: αN = 0.076, αD = 0.103, Nc = 6.4e13, Dc = 1.8e13
    /// let loss = Kaplan.predict(&[1.5e9, 23e9], &[6.4e13, 1.8e13, 0.076, 0.103]);
    /// assert!((loss - 2.3101).abs() < 1e-4);
    /// ```
    Kaplan in kaplan,
    /// L(N, D, U) = E + A/N′^α + B/D′^β, where U of the D tokens are unique and
    /// D′ = U + U·R*_D·(1 − e^(−R_D/R*_D)) with R_D = D/U − 1 repetitions; N′ likewise with
    /// U_N = min(N, N*(U)), the parameters for which U tokens are compute-optimal.
    ///
    /// Parameters (A, B, E, α, β, R*_D, R*_N).
    ///
    /// ```
    /// use scalewise::law::{DataConstrained, Law};
    /// // the authors' fitted coefficients and their loss for 8.67B parameters, 178B tokens, 25B unique
    /// let p = [6.255414_f64.exp(), 7.3049974_f64.exp(), 0.6254804_f64.exp(), 0.3526596, 0.3526596,
    ///          15.387756, 5.309743];
    /// let loss = DataConstrained.predict(&[8.67e9, 178e9, 25e9], &p);
    /// assert!((loss - 2.2269634075087867).abs() < 1e-12);
    /// ```
    DataConstrained in repeated,
    /// L(N, D, U) = E + (L0 − E)·h/(1 + h) with h = a/N^α + b/D^β + c·N^γ/U^δ, where U of the D
    /// tokens are unique. The loss stays between E and that of an untrained model, L0. More
    /// parameters than the unique tokens support raise the loss (arXiv 2605.09189).
    ///
    /// Parameters (E, L0, a, α, b, β, c, γ, δ).
    ///
    /// ```
    /// use scalewise::law::{BoundedRepeat, Law};
    /// // h = 1/2 + 1/4 + 1/4 = 1: halfway between E and L0
    /// let loss = BoundedRepeat.predict(&[2.0, 4.0, 4.0], &[2.0, 10.0, 1.0, 1.0, 1.0, 1.0, 0.5, 1.0, 1.0]);
    /// assert_eq!(loss, 6.0);
    /// ```
    BoundedRepeat in bounded,
);
