//! Formulas that can be read, and the errors of those that cannot.

use super::reading::{Function, Step, precedence, read};
use crate::error::Result;

fn right(text: &str) -> Result<String> {
    read(text).map(|reading| {
        let mut stack: Vec<String> = Vec::new();
        for step in &reading.outcomes[0].steps {
            let made = match *step {
                Step::Number(value) => format!("{value}"),
                Step::Name(k) => reading.names[k].clone(),
                Step::Apply(Function::Negate) => {
                    format!("(-{})", stack.pop().unwrap_or_default())
                }
                Step::Apply(function)
                    if precedence(function) < 4 || function == Function::Power =>
                {
                    let (b, a) = (
                        stack.pop().unwrap_or_default(),
                        stack.pop().unwrap_or_default(),
                    );
                    let sign = match function {
                        Function::Add => '+',
                        Function::Subtract => '-',
                        Function::Multiply => '*',
                        Function::Divide => '/',
                        _ => '^',
                    };
                    format!("({a}{sign}{b})")
                }
                Step::Apply(function @ (Function::Min | Function::Max)) => {
                    let (b, a) = (
                        stack.pop().unwrap_or_default(),
                        stack.pop().unwrap_or_default(),
                    );
                    format!("{function:?}[{a},{b}]")
                }
                Step::Apply(function) => {
                    format!("{function:?}[{}]", stack.pop().unwrap_or_default())
                }
            };
            stack.push(made);
        }
        stack.concat()
    })
}

#[test]
fn operators_bind_as_in_mathematics() -> Result<()> {
    for (text, wanted) in [
        ("L = E + A/N^alpha", "(E+(A/(N^alpha)))"),
        ("L = a - b - c*d/e", "((a-b)-((c*d)/e))"),
        ("L = -a^2", "(-(a^2))"),
        ("L = 2^-b^c*4", "((2^(-(b^c)))*4)"),
        ("L = a**b", "(a^b)"),
        ("L = -a*b", "((-a)*b)"),
        ("L = max(a, b, min(c,2))", "Max[a,Max[b,Min[c,2]]]"),
        ("L = exp(-(a + ln(N)))", "Exp[(-(a+Ln[N]))]"),
        ("L = 125M*`learning rate`", "(125000000*learning rate)"),
    ] {
        assert_eq!(right(text)?, wanted, "{text}");
    }
    Ok(())
}

#[test]
fn the_left_side_may_list_columns() -> Result<()> {
    let reading = read("loss(N, S)=a*N ^ -b  + c*S")?;
    let loss = &reading.outcomes[0];
    assert_eq!(loss.name, "loss");
    assert_eq!(loss.listed, Some(vec!["N".to_owned(), "S".to_owned()]));
    assert_eq!(loss.right, "a*N^-b + c*S");
    assert_eq!(reading.names, ["a", "N", "b", "c", "S"]);
    Ok(())
}

#[test]
fn several_formulas_share_their_names() -> Result<()> {
    let reading = read("x(N) = a*N^b; y(N, S) = c + a*S")?;
    let names: Vec<&str> = reading.outcomes.iter().map(|o| &*o.name).collect();
    assert_eq!(names, ["x", "y"]);
    assert_eq!(reading.names, ["a", "N", "b", "c", "S"]);
    let listed = reading.listed().unwrap_or_default();
    assert_eq!(listed, ["N", "S"]);
    assert!(reading.outcomes[1].has(0) && !reading.outcomes[1].has(1));
    Ok(())
}

#[test]
fn errors_point_at_the_character() {
    for (text, part) in [
        ("L = E + foo(N)", "at character 9"),
        ("L = log(N)", "ln or log10"),
        ("L = (a + b", "at character 5"),
        ("L = a + b)", "closes nothing"),
        ("L = a b", "at character 7"),
        ("L = a +", "at its end"),
        ("L = min(a)", "two arguments or more"),
        ("L = exp(a, b)", "one argument"),
        ("L = a = b", "one '='"),
        ("L = a + L", "cannot be on the right"),
        ("a + b", "no '='"),
        ("L(N N) = a", "at character 5"),
        ("L(N, N) = a", "listed twice"),
        ("2 = a", "at character 1"),
        ("L = a # b", "no meaning"),
        ("L = 1..2", "no number"),
        ("L =", "at its end"),
        ("x = a +; y = b", "at character 8"),
        ("x = a; x = b", "at character 8"),
        ("x = a; b", "no '='"),
        ("x = a; b; y = c", "at character 8"),
        ("x = a;", "a formula is expected"),
        ("x = a;; y = b", "at character 7"),
        ("x = a*y; y = b", "at character 7"),
        ("L = é`", "not closed"),
    ] {
        match read(text) {
            Ok(_) => unreachable!("{text} is read"),
            Err(error) => assert!(error.to_string().contains(part), "{text}: {error}"),
        }
    }
}
