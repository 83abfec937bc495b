//! Formulas of N and D, with their derivatives.

use crate::arithmetic::{self, LONGEST, Node};
use crate::error::{Error, ErrorKind, Result};
use crate::remedy::Setting;
use crate::text::quoted;

/// A formula of N and D: numbers, quantities such as 125M, `+ - * / ^` and brackets.
///
/// ```
/// use scalewise::internal::Formula;
/// let exact = Formula::parse("6*(N - 50304*768)*D + 12*12*768*2048*D")?;
/// assert_eq!(exact.value(1e9, 2e9), 6.0 * (1e9 - 50304.0 * 768.0) * 2e9 + 144.0 * 768.0 * 2048.0 * 2e9);
/// assert!(Formula::parse("6*N*").is_err());
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    text: String,
    tree: Node,
}

/// A value and its derivatives by N and by D.
type Dual = [f64; 3];

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with the place where it is wrong.
    pub fn parse(text: &str) -> Result<Formula> {
        if text.len() > LONGEST {
            let message = format!("a formula has at most {LONGEST} bytes, not {}", text.len());
            return Err(Error::new(ErrorKind::Usage, message).about(Setting::Flops));
        }
        let mut number_of = |name: &str| ["N", "D"].iter().position(|known| *known == name);
        arithmetic::parse(text, &mut number_of)
            .map(|tree| Formula {
                text: text.trim().to_owned(),
                tree,
            })
            .map_err(|at| {
                Error::new(
                    ErrorKind::Usage,
                    format!(
                        "{} makes no sense after {}",
                        quoted(text),
                        quoted(&text[..at])
                    ),
                )
                .about(Setting::Flops)
                .with_hint("write 6nd, column, or a formula such as '6*N*D + 2*N*1e9'")
            })
    }

    /// Its value for N parameters and D tokens.
    #[must_use]
    pub fn value(&self, params: f64, tokens: f64) -> f64 {
        self.tree.value(&[params, tokens])
    }

    /// The value and its derivatives by N and by D.
    pub(super) fn with_derivatives(&self, params: f64, tokens: f64) -> Dual {
        dual(&self.tree, params, tokens)
    }

    /// The text of the formula.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

/// The value with its derivatives by N and D.
fn dual(node: &Node, n: f64, d: f64) -> Dual {
    let (op, left, right) = match node {
        Node::Number(v) => return [*v, 0.0, 0.0],
        Node::Variable(0) => return [n, 1.0, 0.0],
        Node::Variable(_) => return [d, 0.0, 1.0],
        Node::Binary(op, left, right) => (op, dual(left, n, d), dual(right, n, d)),
    };
    let (l, r) = (left[0], right[0]);
    let both = |value: f64, by_left: f64, by_right: f64| -> Dual {
        // Avoids 0·∞: a side that does not change adds no slope.
        let part = |slope: f64, side: f64| if side == 0.0 { 0.0 } else { slope * side };
        let by = |k: usize| part(by_left, left[k]) + part(by_right, right[k]);
        [value, by(1), by(2)]
    };
    match op {
        '+' => both(l + r, 1.0, 1.0),
        '-' => both(l - r, 1.0, -1.0),
        '*' => both(l * r, r, l),
        '/' => both(l / r, 1.0 / r, -l / (r * r)),
        _ => both(l.powf(r), r * l.powf(r - 1.0), l.powf(r) * l.ln()),
    }
}
