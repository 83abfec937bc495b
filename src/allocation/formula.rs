//! Formulas of N and D, with their derivatives.

use crate::error::{Error, ErrorKind, Result};
use crate::quantity::parse_quantity;

/// A formula of N and D: numbers, quantities such as 125M, `+ - * / ^` and brackets.
///
/// ```
/// use scalewise::allocation::Formula;
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

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Number(f64),
    Params,
    Tokens,
    Binary(char, Box<Node>, Box<Node>),
}

/// A value and its derivatives by N and by D.
type Dual = [f64; 3];

/// Brackets and powers may be nested this deep.
const DEEPEST: usize = 64;
/// Formulas may be this long, so that no sum is a tree deeper than a stack.
const LONGEST: usize = 1000;

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with the place where it stops making sense.
    pub fn parse(text: &str) -> Result<Formula> {
        if text.len() > LONGEST {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "--flops: a formula has at most {LONGEST} bytes, not {}",
                    text.len()
                ),
            ));
        }
        let mut reader = Reader {
            rest: text,
            depth: 0,
        };
        let tree = reader.sum().and_then(|tree| {
            reader.skip();
            if reader.rest.is_empty() {
                Ok(tree)
            } else {
                Err(())
            }
        });
        tree.map(|tree| Formula {
            text: text.trim().to_owned(),
            tree,
        })
        .map_err(|()| {
            let at = text.len() - reader.rest.len();
            Error::new(
                ErrorKind::Usage,
                format!(
                    "--flops: {} makes no sense after {}",
                    crate::text::quoted(text),
                    crate::text::quoted(&text[..at])
                ),
            )
            .with_hint("write 6nd, column, or a formula such as '6*N*D + 2*N*1e9'")
        })
    }

    /// Its value for N parameters and D tokens.
    #[must_use]
    pub fn value(&self, params: f64, tokens: f64) -> f64 {
        self.tree.dual(params, tokens)[0]
    }

    /// The value and its derivatives by N and by D.
    pub(super) fn with_derivatives(&self, params: f64, tokens: f64) -> Dual {
        self.tree.dual(params, tokens)
    }

    /// The formula as it was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

impl Node {
    fn dual(&self, n: f64, d: f64) -> Dual {
        let (op, left, right) = match self {
            Node::Number(v) => return [*v, 0.0, 0.0],
            Node::Params => return [n, 1.0, 0.0],
            Node::Tokens => return [d, 0.0, 1.0],
            Node::Binary(op, left, right) => (op, left.dual(n, d), right.dual(n, d)),
        };
        let (l, r) = (left[0], right[0]);
        let both = |value: f64, by_left: f64, by_right: f64| -> Dual {
            // 0·∞ where a side does not move at all is no slope.
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
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

type Parsed = std::result::Result<Node, ()>;

impl Reader<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, wanted: &[char]) -> Option<char> {
        self.skip();
        let found = self.rest.chars().next().filter(|c| wanted.contains(c))?;
        self.rest = &self.rest[found.len_utf8()..];
        Some(found)
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        while let Some(op) = self.take(&['+', '-']) {
            left = Node::Binary(op, Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.power()?;
        while let Some(op) = self.take(&['*', '/', '·']) {
            let op = if op == '/' { '/' } else { '*' };
            left = Node::Binary(op, Box::new(left), Box::new(self.power()?));
        }
        Ok(left)
    }

    fn power(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(());
        }
        let base = self.atom()?;
        let made = match self.take(&['^']) {
            Some(_) => Node::Binary('^', Box::new(base), Box::new(self.power()?)),
            None => base,
        };
        self.depth -= 1;
        Ok(made)
    }

    fn atom(&mut self) -> Parsed {
        if self.take(&['(']).is_some() {
            let inside = self.sum()?;
            return self.take(&[')']).map(|_| inside).ok_or(());
        }
        self.skip();
        let mut end = 0;
        let bytes = self.rest.as_bytes();
        while end < bytes.len() {
            let exponent_sign = matches!(bytes[end], b'+' | b'-')
                && end > 1
                && matches!(bytes[end - 1], b'e' | b'E')
                && bytes[end - 2].is_ascii_digit();
            if !(bytes[end].is_ascii_alphanumeric() || bytes[end] == b'.' || exponent_sign) {
                break;
            }
            end += 1;
        }
        let word = &self.rest[..end];
        let node = match word {
            "N" => Node::Params,
            "D" => Node::Tokens,
            _ => Node::Number(parse_quantity(word).map_err(|_| ())?),
        };
        self.rest = &self.rest[end..];
        Ok(node)
    }
}
