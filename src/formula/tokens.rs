//! The tokens of a formula's text, and errors that point at one of them.

use crate::error::{Error, ErrorKind, Result};
use crate::quantity::parse_quantity;
use crate::text::{excerpt, quoted};

/// A token, with the place of its first character.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Number(f64, String),
    /// A name, and whether it was between backquotes.
    Name(String, bool),
    Sign(char),
}

impl Token {
    pub(super) fn is_name(&self, name: &str) -> bool {
        matches!(&self.kind, Kind::Name(own, _) if own == name)
    }
}

/// Makes errors that point into the text.
pub(super) struct Wrong<'a> {
    pub(super) text: &'a str,
}

impl Wrong<'_> {
    /// An error at this byte, or at the end if there is none.
    pub(super) fn at(&self, byte: Option<usize>, what: &str) -> Error {
        let place = match byte {
            Some(byte) => {
                let (before, after) = self.text.split_at(byte);
                let number = before.chars().count() + 1;
                format!("at character {number}, before {}", quoted(&excerpt(after)))
            }
            None => "at its end".to_owned(),
        };
        let message = format!("the formula {} is wrong {place}: {what}", quoted(self.text));
        Error::new(ErrorKind::Usage, message)
    }
}

/// The tokens of a text.
pub(super) fn tokens(wrong: &Wrong<'_>) -> Result<Vec<Token>> {
    let text = wrong.text;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let mut end = first.len_utf8();
        let kind = match first {
            _ if first.is_whitespace() => None,
            '+' | '/' | '^' | '(' | ')' | ',' | '=' | ';' => Some(Kind::Sign(first)),
            '-' | '−' => Some(Kind::Sign('-')),
            '*' if rest.starts_with("**") => {
                end = 2;
                Some(Kind::Sign('^'))
            }
            '*' | '·' | '×' => Some(Kind::Sign('*')),
            '`' => {
                let close = rest[1..].find('`');
                let close =
                    close.ok_or_else(|| wrong.at(Some(at), "the backquote is not closed"))?;
                if close == 0 {
                    return Err(wrong.at(Some(at), "this name is empty"));
                }
                end = close + 2;
                Some(Kind::Name(rest[1..=close].to_owned(), true))
            }
            _ if first.is_ascii_digit() || first == '.' => {
                end = number_end(rest);
                let word = &rest[..end];
                let value = parse_quantity(word).ok().filter(|v| v.is_finite());
                let value = value
                    .ok_or_else(|| wrong.at(Some(at), &format!("{} is no number", quoted(word))))?;
                Some(Kind::Number(value, word.to_owned()))
            }
            _ if first.is_alphabetic() || first == '_' => {
                let is_part = |c: char| c.is_alphanumeric() || c == '_';
                end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                Some(Kind::Name(rest[..end].to_owned(), false))
            }
            _ => return Err(wrong.at(Some(at), "this character has no meaning in a formula")),
        };
        if let Some(kind) = kind {
            found.push(Token { at, kind });
        }
        at += end;
    }
    Ok(found)
}

/// The byte after a number such as 6.5, 1e-3 or 125M.
fn number_end(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut end = 0;
    while end < bytes.len() {
        let exponent_sign = matches!(bytes[end], b'+' | b'-')
            && end > 1
            && matches!(bytes[end - 1], b'e' | b'E')
            && (bytes[end - 2].is_ascii_digit() || bytes[end - 2] == b'.');
        let is_part = bytes[end].is_ascii_alphanumeric() || bytes[end] == b'.' || exponent_sign;
        if !is_part {
            break;
        }
        end += 1;
    }
    end.max(1)
}

/// A name as it must be typed: between backquotes if it has characters other than letters, digits
/// and underscores.
pub(crate) fn written(name: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let starts = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    match starts && name.chars().all(is_part) {
        true => name.to_owned(),
        false => format!("`{name}`"),
    }
}

/// The tokens in a normalised spelling: blanks around binary + and −, and after commas.
pub(super) fn spelled(tokens: &[Token]) -> String {
    let mut text = String::new();
    let mut after_value = false;
    for token in tokens {
        match &token.kind {
            Kind::Number(_, word) => text.push_str(word),
            Kind::Name(name, _) => text.push_str(&written(name)),
            Kind::Sign(sign @ ('+' | '-')) if after_value => {
                text.push_str(&format!(" {sign} "));
            }
            Kind::Sign('+') => {}
            Kind::Sign(',') => text.push_str(", "),
            Kind::Sign(sign) => text.push(*sign),
        }
        after_value = !matches!(&token.kind, Kind::Sign(sign) if *sign != ')');
    }
    text
}
