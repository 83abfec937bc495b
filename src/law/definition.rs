//! The trait of a law and the types it uses.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;

/// A column that a law takes as its argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Input {
    /// Training compute C.
    Compute,
    /// Parameters N.
    Params,
    /// Training tokens D.
    Tokens,
    /// The unique tokens U among the training tokens.
    UniqueTokens,
    /// Another column of the runs, by its number in [`Law::columns`].
    Column(usize),
}

/// The search range of a parameter if no start is given.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Search {
    /// Found by linear least squares: the law is linear in this parameter.
    Linear,
    /// Evenly spaced from the first to the second value.
    Even(f64, f64),
    /// Evenly spaced in the logarithm; both values have the same sign.
    Log(f64, f64),
}

/// One parameter of a law.
///
/// ```
/// use scalewise::law::{Parameter, Search};
/// static FLOOR: Parameter = Parameter::new("c", Search::Linear).within(0.0, f64::INFINITY);
/// let slope = Parameter::owned(format!("b{}", 1), Search::Log(-1.0, -0.01));
/// assert_eq!((&*FLOOR.name, &*slope.name), ("c", "b1"));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name in the field's notation, as requests and law files use it.
    pub name: Cow<'static, str>,
    /// Smallest allowed value (−∞ if there is none).
    pub(crate) lower: f64,
    /// Largest allowed value (+∞ if there is none).
    pub(crate) upper: f64,
    /// How its starts are found.
    #[doc(hidden)]
    pub search: Search,
}

impl Parameter {
    /// A parameter without bounds.
    #[must_use]
    pub const fn new(name: &'static str, search: Search) -> Parameter {
        Parameter {
            name: Cow::Borrowed(name),
            lower: f64::NEG_INFINITY,
            upper: f64::INFINITY,
            search,
        }
    }

    /// The same with a name made at run time.
    #[must_use]
    pub fn owned(name: String, search: Search) -> Parameter {
        Parameter {
            name: Cow::Owned(name),
            ..Parameter::new("", search)
        }
    }

    /// The smallest and the largest allowed value; infinite if there is no bound.
    #[must_use]
    #[doc(hidden)]
    pub const fn range(&self) -> (f64, f64) {
        (self.lower, self.upper)
    }

    /// The same parameter kept between two values, which may be infinite.
    #[must_use]
    pub const fn within(mut self, lower: f64, upper: f64) -> Parameter {
        self.lower = lower;
        self.upper = upper;
        self
    }
}

/// The form of a law, which decides how it is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// a·x^b + c with parameters (a, b, c): solved exactly by a scan of the exponent.
    PowerPlusConstant,
    /// a·x^b with parameters (a, b): the same with c = 0.
    Power,
    /// E + A/N^α + B/D^β with parameters (A, B, E, α, β) or, with one exponent, (A, B, E, α):
    /// solved exactly by a scan of the exponents.
    Surface,
    /// Anything else: multi-start damped Gauss–Newton.
    General,
}

impl Form {
    /// Whether it is a·x^b, with or without a constant.
    #[must_use]
    pub fn is_power(self) -> bool {
        matches!(self, Form::PowerPlusConstant | Form::Power)
    }
}

/// A scaling law: a formula with named parameters.
///
/// Implement it for a law of your own; `examples/custom_law.rs` shows how. Arguments `x` come in
/// the order of [`Law::inputs`], parameter values `p` in the order of [`Law::parameters`].
///
/// ```
/// use scalewise::law::{Law, Saturating};
/// let law = Saturating;
/// assert_eq!(law.formula(), "L(C) = a*C^b + c");
/// assert_eq!(law.predict(&[100.0], &[2.0, -0.5, 1.0]), 1.2);
/// ```
pub trait Law: fmt::Debug + Send + Sync {
    /// Short name, as requests and law files use it.
    fn name(&self) -> &str;

    /// The formula in plain text.
    fn formula(&self) -> &str;

    /// The columns the law is a function of.
    fn inputs(&self) -> &[Input] {
        &[Input::Compute]
    }

    /// The names of the columns that [`Input::Column`] refers to, for a law of more than compute,
    /// parameters and tokens.
    fn columns(&self) -> &[String] {
        &[]
    }

    /// The parameters with their bounds and search ranges.
    fn parameters(&self) -> &[Parameter];

    /// The law's value at `x`.
    fn predict(&self, x: &[f64], p: &[f64]) -> f64;

    /// Partial derivatives of [`Law::predict`] with respect to `p`, written to `out`.
    ///
    /// The default is a central difference, accurate to about ten digits.
    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        central_difference(self, x, p, out);
    }

    /// [`Law::predict`] and [`Law::gradient`] together: the inner loop of a fit. Override it if the
    /// two share work.
    #[doc(hidden)]
    fn predict_with_gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) -> f64 {
        self.gradient(x, p, out);
        self.predict(x, p)
    }

    /// [`Law::predict_with_gradient`] for many rows. A law may compute several of them at a time.
    #[doc(hidden)]
    fn predict_rows(&self, p: &[f64], rows: &mut Rows<'_>) {
        rows.one_by_one(self, p);
    }

    /// The law as a Python function `loss` of its inputs, with the parameters by name and the
    /// imports above it. `C` is the variable of a law of one variable.
    fn python(&self) -> Option<&str> {
        None
    }

    /// The law as an equation in LaTeX, with `<name>` in place of the value of that parameter.
    fn latex(&self) -> Option<&str> {
        None
    }

    /// The law itself, for parts of the crate that need its type.
    #[doc(hidden)]
    fn as_any(&self) -> Option<&dyn Any> {
        None
    }

    /// The form of the law; a law of your own always has the general form.
    #[doc(hidden)]
    fn form(&self) -> Form {
        Form::General
    }

    /// Parameters near every minimum that these runs may have, found from the structure of the law
    /// (such as which parameters are linear when others are known). `x` holds the arguments of one
    /// run each.
    ///
    /// Without any (the default), a grid over the [`Parameter::search`] ranges is used. If
    /// [`Law::change_units`] gives parameters, `x` and `y` are in units of the largest argument and
    /// of the median value.
    fn starts(&self, x: &[&[f64]], y: &[f64]) -> Vec<Vec<f64>> {
        let _ = (x, y);
        Vec::new()
    }

    /// Further starts, used if a second start of [`Law::starts`] does not confirm the best minimum,
    /// if few starts were tried for the number of parameters, or if the minimum lies on a bound.
    /// Points spread over the [`Parameter::search`] ranges are added to them.
    #[doc(hidden)]
    fn more_starts(&self, x: &[&[f64]], y: &[f64]) -> Vec<Vec<f64>> {
        let _ = (x, y);
        Vec::new()
    }

    /// The parameters that describe the same curve when argument k is measured in units of
    /// `x_unit[k]` and the value in units of `y_unit`: f(x; p) = y_unit·f(x/x_unit; p′).
    ///
    /// A law that has them is fitted in units of the data, so that no unit matters and the solver
    /// never works with raw FLOP. Its bounds must hold in every unit.
    #[doc(hidden)]
    fn change_units(&self, p: &[f64], x_unit: &[f64], y_unit: f64) -> Option<Vec<f64>> {
        let _ = (p, x_unit, y_unit);
        None
    }
}

/// The arguments of many rows, and the room for what a law says of them.
#[derive(Debug)]
#[doc(hidden)]
pub struct Rows<'a> {
    /// The arguments of all rows, one row after the other.
    pub x: &'a [f64],
    /// The value of each row.
    pub values: &'a mut [f64],
    /// The derivative of row i in parameter k, at `k·stride + i`.
    pub slopes: &'a mut [f64],
    pub stride: usize,
    /// Room for one derivative in each parameter.
    pub room: &'a mut [f64],
}

impl Rows<'_> {
    /// [`Law::predict_rows`] one row at a time.
    pub(super) fn one_by_one<L: Law + ?Sized>(&mut self, law: &L, p: &[f64]) {
        let width = self.x.len() / self.values.len().max(1);
        for (i, value) in self.values.iter_mut().enumerate() {
            let x = &self.x[i * width..(i + 1) * width];
            *value = law.predict_with_gradient(x, p, self.room);
            for (k, slope) in self.room.iter().enumerate() {
                self.slopes[k * self.stride + i] = *slope;
            }
        }
    }
}

/// Central differences of a law, for laws without a gradient and for testing gradients.
///
/// ```
/// use scalewise::internal::central_difference;
/// use scalewise::law::{Law, Power};
/// let (x, p) = ([50.0], [2.0, -0.3]);
/// let (mut exact, mut differences) = ([0.0; 2], [0.0; 2]);
/// Power.gradient(&x, &p, &mut exact);
/// central_difference(&Power, &x, &p, &mut differences);
/// assert!((exact[1] - differences[1]).abs() < 1e-8 * exact[1].abs());
/// ```
pub fn central_difference<L: Law + ?Sized>(law: &L, x: &[f64], p: &[f64], out: &mut [f64]) {
    let mut q = p.to_vec();
    for (j, slot) in out.iter_mut().enumerate() {
        // With ε^(1/3), truncation and rounding errors have the same size.
        let step = 6e-6 * p[j].abs().max(1e-6);
        q[j] = p[j] + step;
        let above = law.predict(x, &q);
        q[j] = p[j] - step;
        let below = law.predict(x, &q);
        q[j] = p[j];
        *slot = (above - below) / (2.0 * step);
    }
}
