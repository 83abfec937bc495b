//! A fitted law as code to copy and as an equation.

use crate::fit::FitResult;
use crate::law::Input;
use crate::number::with_uncertainty;

/// The law as Python that needs nothing but its standard library; `None` for a law of the user's own.
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
    let (arguments, body, imports) = match fit.law().name() {
        "saturating" => ("C", "return a * C**b + c", ""),
        "power" => ("C", "return a * C**b", ""),
        "shifted" => ("C", "return a * (C + d)**b + c", ""),
        "m3" => ("C", "return a * (1 / C + g)**(-b)", ""),
        "m4" => ("C", M4, "from math import log\n\n"),
        "broken" => ("C", BROKEN, "from math import exp, log, log1p\n\n"),
        "chinchilla" => ("N, D", "return E + A / N**alpha + B / D**beta", ""),
        "chinchilla-tied" => ("N, D", "return E + A / N**alpha + B / D**alpha", ""),
        "kaplan" => (
            "N, D",
            "return ((Nc / N)**(alpha_N / alpha_D) + Dc / D)**alpha_D",
            "",
        ),
        "data-constrained" => ("N, D, U", REPEATED, "from math import expm1\n\n"),
        _ => return None,
    };
    let variable = fit.variable();
    let (arguments, body) = match arguments {
        "C" => (variable.written(arguments), variable.written(body)),
        _ => (arguments.to_owned(), body.to_owned()),
    };
    let mut code = format!("# {}\n{imports}", fit.formula());
    for p in fit.parameters() {
        let value = match p.value.is_finite() {
            true => format!("{:?}", p.value),
            false => "float(\"inf\")".to_owned(),
        };
        code += &format!("{} = {value}\n", p.name);
    }
    code += &format!("\n\ndef loss({arguments}):\n");
    for line in body.lines() {
        code += &format!("    {line}\n");
    }
    Some(code)
}

/// The equation has one solution between c and l0: halve until it is met.
const M4: &str = "\
low, high = c, l0
while True:
    L = (low + high) / 2
    if L in (low, high):
        return L
    if log((L - c) / a) > b * log(C) + alpha * log((l0 - L) / (l0 - c)):
        high = L
    else:
        low = L";

const BROKEN: &str = "\
z = log(C / d) / f
turned = max(z, 0) + log1p(exp(-abs(z)))
return c + a * exp(b * log(C) + (b2 - b) * f * turned)";

const REPEATED: &str = "\
def effective(total, unique, R):
    if total <= unique:
        return total
    return unique - unique * R * expm1(-(total / unique - 1) / R)
U = min(U, D)
U_N = min(N, (alpha * A / (beta * B) * U**beta)**(1 / alpha))
return E + A / effective(N, U_N, R_N)**alpha + B / effective(D, U, R_D)**beta";

/// The law as a LaTeX equation with the digits that its uncertainty supports; `None` for a law of the user's own.
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
    let shape = match fit.law().name() {
        "saturating" => r"L(C) = <a>\,C^{<b>} + <c>",
        "power" => r"L(C) = <a>\,C^{<b>}",
        "shifted" => r"L(C) = <a>\,(C + <d>)^{<b>} + <c>",
        "m3" => r"L(C) = <a>\,(1/C + <g>)^{-<b>}",
        "m4" => r"L - <c> = <a>\,C^{<b>}\left(\frac{<l0> - L}{<l0> - <c>}\right)^{<alpha>}",
        "broken" => {
            r"L(C) = <c> + <a>\,C^{<b>}\left(1 + (C/<d>)^{1/<f>}\right)^{<f>\,(<b2> - <b>)}"
        }
        "chinchilla" => r"L(N, D) = <E> + \frac{<A>}{N^{<alpha>}} + \frac{<B>}{D^{<beta>}}",
        "chinchilla-tied" => r"L(N, D) = <E> + \frac{<A>}{N^{<alpha>}} + \frac{<B>}{D^{<alpha>}}",
        "kaplan" => r"L(N, D) = \left((<Nc>/N)^{<alpha_N>/<alpha_D>} + <Dc>/D\right)^{<alpha_D>}",
        "data-constrained" => {
            r"L(N, D, U) = <E> + \frac{<A>}{N'^{<alpha>}} + \frac{<B>}{D'^{<beta>}},\quad D' = U + <R_D>\,U\left(1 - e^{-(D/U - 1)/<R_D>}\right),\quad R_N = <R_N>"
        }
        _ => return None,
    };
    let mut equation = match fit.law().inputs() {
        [Input::Compute] => fit.variable().written(shape),
        _ => shape.to_owned(),
    };
    for p in fit.parameters() {
        let spread = p
            .stderr
            .or_else(|| p.intervals.first().map(|i| 0.25 * (i.upper - i.lower)));
        let inside_sum = equation.contains(&format!("- <{}>", p.name));
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
