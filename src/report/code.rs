//! A fitted law as code and as an equation.

use crate::fit::FitResult;
use crate::law::Input;
use crate::number::with_uncertainty;
use crate::text::one_line;

/// The law as Python code that needs only the standard library; `None` if the law has no such text.
///
/// ```
/// use scalewise::{Dataset, Fit, law::Power, report};
/// let runs = [(1e18, 3.1), (1e19, 2.74), (1e20, 2.46), (1e21, 2.25)];
/// let code = report::python(&Fit::new(Power).run(&Dataset::from_runs(runs)?)?).unwrap();
/// assert!(code.contains("def loss(C):") && code.contains("return a * C**b"));
/// # Ok::<(), scalewise::Error>(())
/// ```
#[must_use]
pub fn python(fit: &FitResult) -> Option<String> {
    let text = in_variable(fit, fit.law().python()?);
    let (imports, function) = text.split_at(text.find("def loss")?);
    let mut code = format!("# {}\n", one_line(&fit.formula()));
    if !imports.is_empty() {
        code += &format!("{}\n\n", imports.trim_end());
    }
    for p in fit.parameters() {
        let value = match p.value.is_finite() {
            true => format!("{:?}", p.value),
            false => "float(\"inf\")".to_owned(),
        };
        code += &format!("{} = {value}\n", p.name);
    }
    Some(format!("{code}\n\n{}\n", function.trim_end()))
}

/// The text of a law in the variable of the fit.
fn in_variable(fit: &FitResult, text: &str) -> String {
    match fit.law().inputs() {
        [Input::Compute] => fit.variable().written(text),
        _ => text.to_owned(),
    }
}

/// The law as a LaTeX equation with the digits that its uncertainty supports; `None` if the law has
/// no such text.
///
/// ```
/// use scalewise::{Dataset, Fit, law::Power, report};
/// let runs = [(1e18, 3.1), (1e19, 2.74), (1e20, 2.46), (1e21, 2.25)];
/// let equation = report::latex(&Fit::new(Power).run(&Dataset::from_runs(runs)?)?).unwrap();
/// assert!(equation.starts_with("L(C) = ") && equation.contains("C^{-0.0"));
/// # Ok::<(), scalewise::Error>(())
/// ```
#[must_use]
pub fn latex(fit: &FitResult) -> Option<String> {
    let mut equation = in_variable(fit, fit.law().latex()?);
    for p in fit.parameters() {
        let spread = p
            .stderr
            .or_else(|| p.intervals.first().map(|i| 0.25 * (i.upper - i.lower)));
        let inside_sum = ["-", "- ", r"\cdot "]
            .iter()
            .any(|before| equation.contains(&format!("{before}<{}>", p.name)));
        let number = number(p.value, spread);
        let number = match inside_sum && p.value < 0.0 {
            true => format!("({number})"),
            false => number,
        };
        equation = equation.replace(&format!("<{}>", p.name), &number);
    }
    Some(equation)
}

/// 3.1e22 → 3.1\cdot10^{22}.
fn number(value: f64, spread: Option<f64>) -> String {
    if value.is_infinite() {
        return r"\infty".to_owned();
    }
    let text = with_uncertainty(value, spread);
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!(r"{mantissa}\cdot10^{{{exponent}}}"),
        None => text,
    }
}
