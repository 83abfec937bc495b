//! Which rows are asked for: `COLUMN OP VALUE` terms joined by `and`.

use std::fmt;
use std::str::FromStr;

use super::log::RowView;
use crate::quantity::{Problem, parse_quantity};
use crate::text::{excerpt, quoted};
use crate::{Error, ErrorKind, Result};

/// A condition on the columns of a row, such as `is_train = 1 and model != "70B"`.
///
/// A value is a quantity, a word, or quoted text. A quantity is compared as a number, the others as
/// text. A blank or NaN cell meets no comparison with a number except `!=`. A cell's number is
/// compared as written: the unit in its column's name is not applied.
///
/// ```
/// use scalewise::tables::Filter;
/// let filter: Filter = "compute < 1e20 and model = 'small one'".parse()?;
/// assert_eq!(filter.to_string(), "compute < 1e20 and model = 'small one'");
/// assert!("compute < small".parse::<Filter>().is_err());
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    pub(super) text: String,
    pub(super) terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub(super) column: String,
    pub(super) op: Op,
    value: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Text(String),
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Filter {
    type Err = Error;

    fn from_str(text: &str) -> Result<Filter> {
        let tokens = tokenize(text).map_err(|problem| syntax(text, problem))?;
        let terms = tokens
            .split(|token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case("and")))
            .map(|term| Term::parse(term).map_err(|problem| syntax(text, problem)))
            .collect::<Result<Vec<Term>>>()?;
        Ok(Filter {
            text: text.trim().to_owned(),
            terms,
        })
    }
}

fn syntax(text: &str, problem: String) -> Error {
    Error::new(
        ErrorKind::Usage,
        format!("in the condition {}: {problem}", quoted(text.trim())),
    )
    .with_hint("write COLUMN OP VALUE, for example \"is_train = 1 and model != 'two words'\"")
}

#[derive(Debug, PartialEq)]
enum Token<'a> {
    Word(&'a str),
    Quoted(&'a str),
    Op(Op),
}

fn tokenize(text: &str) -> std::result::Result<Vec<Token<'_>>, String> {
    const OPERATORS: [(&str, Op); 7] = [
        ("==", Op::Equal),
        ("!=", Op::NotEqual),
        ("<=", Op::LessOrEqual),
        (">=", Op::GreaterOrEqual),
        ("=", Op::Equal),
        ("<", Op::Less),
        (">", Op::Greater),
    ];
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let operator = OPERATORS
            .iter()
            .find_map(|(sign, op)| Some((rest.strip_prefix(sign)?, *op)));
        rest = if let Some((after, op)) = operator {
            tokens.push(Token::Op(op));
            after
        } else if matches!(first, '"' | '\'') {
            let inside = &rest[1..];
            let Some((content, after)) = inside.split_once(first) else {
                return Err(format!(
                    "the quote that starts {} is never closed",
                    excerpt(rest)
                ));
            };
            tokens.push(Token::Quoted(content));
            after
        } else {
            let ends = |c: char| c.is_whitespace() || "=<>!\"'".contains(c);
            let end = rest.find(ends).unwrap_or(rest.len());
            if end == 0 {
                return Err("'!' is no operator; use = == != < <= > >=".to_owned());
            }
            tokens.push(Token::Word(&rest[..end]));
            &rest[end..]
        }
        .trim_start();
    }
    Ok(tokens)
}

impl Term {
    fn parse(tokens: &[Token<'_>]) -> std::result::Result<Term, String> {
        if tokens.is_empty() {
            return Err("a comparison is missing".to_owned());
        }
        let Some(at) = tokens
            .iter()
            .position(|token| matches!(token, Token::Op(_)))
        else {
            let (text, _) = plain(tokens).unwrap_or_default();
            return Err(format!(
                "{} has no operator; use = == != < <= > >=",
                quoted(&text)
            ));
        };
        let (before, after) = (&tokens[..at], &tokens[at + 1..]);
        let Token::Op(op) = tokens[at] else {
            return Err("an operator is missing".to_owned());
        };
        let (column, _) = plain(before).ok_or("a column name is missing before the operator")?;
        let (text, in_quotes) = plain(after).ok_or("a value is missing after the operator")?;
        let value = match parse_quantity(&text) {
            Ok(number) if !in_quotes => Value::Number(number),
            _ if !in_quotes && after.len() > 1 => {
                return Err(format!(
                    "{} is more than one word: put quotes around it",
                    quoted(&text)
                ));
            }
            _ if !matches!(op, Op::Equal | Op::NotEqual) => {
                return Err(format!(
                    "{} is text, and {op} compares numbers",
                    quoted(&text)
                ));
            }
            _ => Value::Text(text),
        };
        Ok(Term { column, op, value })
    }

    pub(super) fn is_met(&self, cell: &str) -> std::result::Result<bool, Mismatch> {
        let number = match &self.value {
            Value::Text(text) => return Ok((cell == text) == (self.op == Op::Equal)),
            Value::Number(number) => *number,
        };
        let found = match parse_quantity(cell) {
            Ok(found) => found,
            Err(error) if *error.problem() == Problem::Blank => f64::NAN,
            Err(_) => cell.parse::<f64>().map_err(|_| Mismatch)?,
        };
        Ok(self.op.holds(found, number))
    }

    /// As `is_met`, for a cell that may be stored as a number.
    pub(super) fn is_met_in(
        &self,
        row: &RowView<'_>,
        column: usize,
    ) -> std::result::Result<bool, Mismatch> {
        match (&self.value, row.stored(column)) {
            (Value::Number(number), Some(found)) => Ok(self.op.holds(found, *number)),
            _ => self.is_met(row.cell(column)),
        }
    }
}

/// A cell of text is compared with a number.
pub(super) struct Mismatch;

impl Op {
    fn holds(self, found: f64, number: f64) -> bool {
        match self {
            Op::Equal => found == number,
            Op::NotEqual => found != number,
            Op::Less => found < number,
            Op::LessOrEqual => found <= number,
            Op::Greater => found > number,
            Op::GreaterOrEqual => found >= number,
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Op::Equal => "=",
            Op::NotEqual => "!=",
            Op::Less => "<",
            Op::LessOrEqual => "<=",
            Op::Greater => ">",
            Op::GreaterOrEqual => ">=",
        })
    }
}

/// Words with one space between them, or one quoted text: the only forms of a column name or value.
fn plain(tokens: &[Token<'_>]) -> Option<(String, bool)> {
    if let [Token::Quoted(text)] = tokens {
        return Some((text.trim().to_owned(), true));
    }
    let words = tokens
        .iter()
        .map(|token| match token {
            Token::Word(word) => Some(*word),
            Token::Quoted(_) | Token::Op(_) => None,
        })
        .collect::<Option<Vec<&str>>>()?;
    (!words.is_empty()).then(|| (words.join(" "), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<(String, Op, Value)> {
        match text.parse::<Filter>() {
            Ok(filter) => filter
                .terms
                .into_iter()
                .map(|t| (t.column, t.op, t.value))
                .collect(),
            Err(error) => unreachable!("{error}"),
        }
    }

    fn refusal(text: &str) -> String {
        text.parse::<Filter>()
            .map_or_else(|e| e.message().to_owned(), |f| format!("{f:?}"))
    }

    #[test]
    fn terms_are_read_with_and_without_spaces() {
        let number = |x| Value::Number(x);
        assert_eq!(
            terms("n<=70B"),
            [("n".into(), Op::LessOrEqual, number(70e9))]
        );
        assert_eq!(
            terms("c > 3.1 PF-days"),
            [("c".into(), Op::Greater, number(3.1 * 8.64e19))]
        );
        assert_eq!(
            terms("a==1 AND \"final loss\"!='x and = y' and b = -2"),
            [
                ("a".into(), Op::Equal, number(1.0)),
                (
                    "final loss".into(),
                    Op::NotEqual,
                    Value::Text("x and = y".into())
                ),
                ("b".into(), Op::Equal, number(-2.0)),
            ]
        );
        assert_eq!(
            terms("m = \"70B\""),
            [("m".into(), Op::Equal, Value::Text("70B".into()))]
        );
        assert_eq!(
            terms("m = ''"),
            [("m".into(), Op::Equal, Value::Text(String::new()))]
        );
    }

    #[test]
    fn malformed_conditions_say_what_is_wrong() {
        for (text, problem) in [
            ("", "a comparison is missing"),
            ("a = 1 and", "a comparison is missing"),
            ("a", "'a' has no operator; use = == != < <= > >="),
            ("= 1", "a column name is missing before the operator"),
            ("a =", "a value is missing after the operator"),
            ("a = = 1", "a value is missing after the operator"),
            ("a ! 1", "'!' is no operator; use = == != < <= > >="),
            ("a = 'x", "the quote that starts 'x is never closed"),
            (
                "a = two words",
                "'two words' is more than one word: put quotes around it",
            ),
            ("a < small", "'small' is text, and < compares numbers"),
            ("a >= '5'", "'5' is text, and >= compares numbers"),
        ] {
            assert_eq!(
                refusal(text),
                format!("in the condition '{text}': {problem}")
            );
        }
    }

    #[test]
    fn blank_and_nan_cells_meet_only_unequal() {
        let met = |text: &str, cell| {
            let filter: Filter = match text.parse() {
                Ok(filter) => filter,
                Err(error) => unreachable!("{error}"),
            };
            filter.terms[0].is_met(cell).ok()
        };
        assert_eq!(met("a = 1", ""), Some(false));
        assert_eq!(met("a != 1", "NaN"), Some(true));
        assert_eq!(met("a < 1", "nan"), Some(false));
        assert_eq!(met("a > 1", "inf"), Some(true));
        assert_eq!(met("a = 1", "1.0"), Some(true));
        assert_eq!(met("a = 1", "one"), None);
        assert_eq!(met("a = one", "1"), Some(false));
        assert_eq!(met("a != one", "1"), Some(true));
    }
}
