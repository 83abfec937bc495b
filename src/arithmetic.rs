//! Formulas as people type them: numbers, quantities such as 125M, names, `+ - * / ^` and brackets.

use crate::quantity::parse_quantity;

/// A parsed formula; the caller numbers its variables.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Number(f64),
    Variable(usize),
    Binary(char, Box<Node>, Box<Node>),
}

/// Deepest nesting of brackets and powers.
const DEEPEST: usize = 64;
/// Longest formula in bytes, so that evaluating a long sum cannot overflow the stack.
pub(crate) const LONGEST: usize = 1000;

/// Reads a formula of at most [`LONGEST`] bytes; `number_of` numbers its names. A name with
/// characters other than letters, digits, `_` and `.` needs backquotes. The error is the byte
/// offset of the first text that cannot be read.
pub(crate) fn parse(
    text: &str,
    number_of: &mut dyn FnMut(&str) -> Option<usize>,
) -> Result<Node, usize> {
    if text.len() > LONGEST {
        return Err(LONGEST);
    }
    let mut reader = Reader {
        rest: text,
        depth: 0,
        number_of,
    };
    let tree = reader.sum();
    reader.skip();
    match tree {
        Ok(tree) if reader.rest.is_empty() => Ok(tree),
        _ => Err(text.len() - reader.rest.len()),
    }
}

impl Node {
    /// The value of the formula for these variables.
    pub(crate) fn value(&self, variables: &[f64]) -> f64 {
        match self {
            Node::Number(v) => *v,
            Node::Variable(k) => variables[*k],
            Node::Binary(op, left, right) => {
                let (l, r) = (left.value(variables), right.value(variables));
                match op {
                    '+' => l + r,
                    '-' => l - r,
                    '*' => l * r,
                    '/' => l / r,
                    _ => l.powf(r),
                }
            }
        }
    }
}

struct Reader<'a, 'f> {
    rest: &'a str,
    depth: usize,
    number_of: &'f mut dyn FnMut(&str) -> Option<usize>,
}

type Parsed = Result<Node, ()>;

impl Reader<'_, '_> {
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
        if let Some(rest) = self.rest.strip_prefix('`') {
            let (name, after) = rest.split_once('`').ok_or(())?;
            let number = (self.number_of)(name).ok_or(())?;
            self.rest = after;
            return Ok(Node::Variable(number));
        }
        let mut end = 0;
        let bytes = self.rest.as_bytes();
        while end < bytes.len() {
            let exponent_sign = matches!(bytes[end], b'+' | b'-')
                && end > 1
                && matches!(bytes[end - 1], b'e' | b'E')
                && bytes[end - 2].is_ascii_digit();
            if !(bytes[end].is_ascii_alphanumeric()
                || matches!(bytes[end], b'.' | b'_')
                || exponent_sign)
            {
                break;
            }
            end += 1;
        }
        let word = &self.rest[..end];
        let node = match (self.number_of)(word) {
            Some(number) => Node::Variable(number),
            None => Node::Number(parse_quantity(word).map_err(|_| ())?),
        };
        self.rest = &self.rest[end..];
        Ok(node)
    }
}
