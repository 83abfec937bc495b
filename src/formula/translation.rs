//! A formula in Python and in LaTeX.

use super::reading::{Function, Step, precedence};

/// Reserved words of Python, and further names that the generated code uses.
const TAKEN: [&str; 40] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield", "abs", "max", "min", "math", "loss",
];
/// Precedence of a number, a name or something in brackets.
const WHOLE: u8 = 5;

/// A part of the text, with the precedence of its last operation.
type Part = (String, u8);

/// The Python function `loss` of these arguments; `None` if a name is not valid in Python.
pub(crate) fn python(steps: &[Step], names: &[String], arguments: &[String]) -> Option<String> {
    if !names.iter().all(|name| is_identifier(name)) {
        return None;
    }
    let value = translated(
        steps,
        |step| match *step {
            Step::Number(value) => format!("{value:?}"),
            Step::Name(name) => names[name].clone(),
            Step::Apply(_) => String::new(),
        },
        in_python,
    )?;
    let import = match value.contains("math.") {
        true => "import math\n",
        false => "",
    };
    let arguments = arguments.join(", ");
    Some(format!(
        "{import}def loss({arguments}):\n    return {value}"
    ))
}

/// The right side as LaTeX, with `<name>` for each name that `is_parameter`.
pub(crate) fn latex(
    steps: &[Step],
    names: &[String],
    is_parameter: impl Fn(&str) -> bool,
) -> Option<String> {
    translated(
        steps,
        |step| match *step {
            Step::Number(value) => number(value),
            Step::Name(name) if is_parameter(&names[name]) => format!("<{}>", names[name]),
            Step::Name(name) => in_roman(&names[name]),
            Step::Apply(_) => String::new(),
        },
        in_latex,
    )
}

/// A name in LaTeX: one letter as it is, several letters upright.
pub(crate) fn in_roman(name: &str) -> String {
    if name.chars().count() == 1 && name.chars().all(char::is_alphabetic) {
        return name.to_owned();
    }
    let mut written = String::new();
    for letter in name.chars() {
        match letter {
            '_' | '%' | '&' | '#' | '$' | '{' | '}' => written.extend(['\\', letter]),
            '\\' => written += r"\backslash{}",
            '^' => written += r"\hat{}",
            '~' => written += r"\sim{}",
            '<' => written += r"\lt{}",
            '>' => written += r"\gt{}",
            letter if letter.is_control() => written.push(' '),
            letter => written.push(letter),
        }
    }
    format!(r"\mathrm{{{written}}}")
}

fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    let first = letters.next();
    first.is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !TAKEN.contains(&name)
}

fn translated(
    steps: &[Step],
    value: impl Fn(&Step) -> String,
    applied: fn(Function, Option<Part>, Part) -> Part,
) -> Option<String> {
    let mut stack: Vec<Part> = Vec::new();
    for step in steps {
        let made = match step {
            Step::Apply(function) => {
                let last = stack.pop()?;
                let first = match takes_two(*function) {
                    true => Some(stack.pop()?),
                    false => None,
                };
                applied(*function, first, last)
            }
            step => (value(step), WHOLE),
        };
        stack.push(made);
    }
    stack.pop().map(|part| part.0)
}

fn takes_two(function: Function) -> bool {
    use Function::{Add, Divide, Max, Min, Multiply, Power, Subtract};
    matches!(
        function,
        Add | Subtract | Multiply | Divide | Power | Min | Max
    )
}

/// A part, put in brackets if its precedence is below `least`.
fn at_least((text, binds): Part, least: u8, brackets: (&str, &str)) -> String {
    match binds < least {
        true => format!("{}{text}{}", brackets.0, brackets.1),
        false => text,
    }
}

fn in_python(function: Function, first: Option<Part>, last: Part) -> Part {
    let binds = precedence(function);
    let brackets = ("(", ")");
    let left = |least| {
        first
            .clone()
            .map_or_else(String::new, |part| at_least(part, least, brackets))
    };
    let right = |least| at_least(last.clone(), least, brackets);
    let call = |name: &str| match &first {
        Some(first) => (format!("{name}({}, {})", first.0, last.0), WHOLE),
        None => (format!("{name}({})", last.0), WHOLE),
    };
    match function {
        Function::Add => (format!("{} + {}", left(binds), right(binds)), binds),
        Function::Subtract => (format!("{} - {}", left(binds), right(binds + 1)), binds),
        Function::Multiply => (format!("{} * {}", left(binds), right(binds)), binds),
        Function::Divide => (format!("{} / {}", left(binds), right(binds + 1)), binds),
        Function::Power => (format!("{}**{}", left(WHOLE), right(binds)), binds),
        Function::Negate => (format!("-{}", right(binds + 1)), binds),
        Function::Exp => call("math.exp"),
        Function::Ln => call("math.log"),
        Function::Log10 => call("math.log10"),
        Function::Log2 => call("math.log2"),
        Function::Sqrt => call("math.sqrt"),
        Function::Abs => call("abs"),
        Function::Tanh => call("math.tanh"),
        Function::Min => call("min"),
        Function::Max => call("max"),
    }
}

fn in_latex(function: Function, first: Option<Part>, last: Part) -> Part {
    let binds = precedence(function);
    let brackets = (r"\left(", r"\right)");
    let left = |least| {
        first
            .clone()
            .map_or_else(String::new, |part| at_least(part, least, brackets))
    };
    let right = |least| at_least(last.clone(), least, brackets);
    let call = |name: &str| match &first {
        Some(first) => (
            format!(r"\{name}\left({}, {}\right)", first.0, last.0),
            WHOLE,
        ),
        None => (format!(r"\{name}\left({}\right)", last.0), WHOLE),
    };
    let whole = |part: &Option<Part>| part.clone().map_or_else(String::new, |part| part.0);
    match function {
        Function::Add => (format!("{} + {}", left(binds), right(binds)), binds),
        Function::Subtract => (format!("{} - {}", left(binds), right(binds + 1)), binds),
        Function::Multiply => (format!(r"{} \cdot {}", left(binds), right(binds)), binds),
        // A fraction needs brackets only as the base of a power.
        Function::Divide => (
            format!(r"\frac{{{}}}{{{}}}", whole(&first), last.0),
            precedence(Function::Power),
        ),
        Function::Power => (format!("{}^{{{}}}", left(WHOLE), last.0), binds),
        Function::Negate => (format!("-{}", right(binds + 1)), binds),
        Function::Exp => call("exp"),
        Function::Ln => call("ln"),
        Function::Log10 => call("log_{10}"),
        Function::Log2 => call("log_{2}"),
        Function::Sqrt => (format!(r"\sqrt{{{}}}", last.0), WHOLE),
        Function::Abs => (format!(r"\left|{}\right|", last.0), WHOLE),
        Function::Tanh => call("tanh"),
        Function::Min => call("min"),
        Function::Max => call("max"),
    }
}

/// 1e-12 → 10^{-12}.
fn number(value: f64) -> String {
    let text = format!("{value}");
    if text.len() <= 6 {
        return text;
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some(("1", exponent)) => format!("{{10^{{{exponent}}}}}"),
        Some((digits, "0")) => digits.to_owned(),
        Some((digits, exponent)) => format!(r"{{{digits}\cdot10^{{{exponent}}}}}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::read;
    use super::{latex, python};

    fn both(text: &str) -> (Option<String>, Option<String>) {
        let reading = read(text).unwrap_or_else(|error| unreachable!("{error}"));
        let one = &reading.outcomes[0];
        let arguments = one.listed.clone().unwrap_or_default();
        let is_parameter = |name: &str| !arguments.iter().any(|other| other == name);
        let python = python(&one.steps, &reading.names, &arguments);
        (python, latex(&one.steps, &reading.names, is_parameter))
    }

    #[test]
    fn brackets_are_kept_where_they_are_needed() {
        for (text, code, equation) in [
            (
                "L(N, S) = E + a*N^-b + c/(1 + S)",
                "E + a * N**(-b) + c / (1.0 + S)",
                r"<E> + <a> \cdot N^{-<b>} + \frac{<c>}{1 + S}",
            ),
            (
                "L(x) = a - (b - x)",
                "a - (b - x)",
                r"<a> - \left(<b> - x\right)",
            ),
            (
                "L(x) = a/(b/x)",
                "a / (b / x)",
                r"\frac{<a>}{\frac{<b>}{x}}",
            ),
            (
                "L(x) = (a*x)^b^2",
                "(a * x)**b**2.0",
                r"\left(<a> \cdot x\right)^{<b>^{2}}",
            ),
            ("L(x) = (a^x)^b", "(a**x)**b", r"\left(<a>^{x}\right)^{<b>}"),
            ("L(x) = -a^2*x", "-a**2.0 * x", r"-<a>^{2} \cdot x"),
            (
                "L(x) = (x/a)^b",
                "(x / a)**b",
                r"\left(\frac{x}{<a>}\right)^{<b>}",
            ),
            (
                "L(lr) = max(a, ln(lr), 1e-12)",
                "max(a, max(math.log(lr), 1e-12))",
                r"\max\left(<a>, \max\left(\ln\left(\mathrm{lr}\right), {10^{-12}}\right)\right)",
            ),
        ] {
            let (python, latex) = both(text);
            let python = python.unwrap_or_default();
            assert!(python.ends_with(&format!("    return {code}")), "{python}");
            assert_eq!(latex.as_deref(), Some(equation));
        }
    }

    #[test]
    fn names_that_python_keeps_have_no_code() {
        for text in [
            "L(x) = lambda*x",
            "L(x) = `max`*max(x, a)",
            "L(`a b`) = c*`a b`",
        ] {
            assert_eq!(both(text).0, None, "{text}");
        }
        let latex = both("L(`a_%`) = c*`a_%`").1;
        assert_eq!(latex.as_deref(), Some(r"<c> \cdot \mathrm{a\_\%}"));
    }
}
