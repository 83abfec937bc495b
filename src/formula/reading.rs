//! Parses the text of a formula into steps in postfix order.

use super::tokens::{Kind, Token, Wrong, spelled, tokens};
use crate::error::{Error, ErrorKind, Result};
use crate::text::quoted;

/// The longest formula, in bytes.
pub(crate) const LONGEST: usize = 4000;
/// The most columns, parameters or outcomes of a formula.
pub(crate) const MOST_NAMES: usize = 64;

/// The functions by name, with their number of arguments; `None` means two or more.
const FUNCTIONS: [(&str, Function, Option<usize>); 9] = [
    ("exp", Function::Exp, Some(1)),
    ("ln", Function::Ln, Some(1)),
    ("log10", Function::Log10, Some(1)),
    ("log2", Function::Log2, Some(1)),
    ("sqrt", Function::Sqrt, Some(1)),
    ("abs", Function::Abs, Some(1)),
    ("tanh", Function::Tanh, Some(1)),
    ("min", Function::Min, None),
    ("max", Function::Max, None),
];

/// What a step applies to earlier values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Negate,
    Exp,
    Ln,
    Log10,
    Log2,
    Sqrt,
    Abs,
    Tanh,
    /// Of the last two values.
    Min,
    Max,
}

/// One step: a value, or a function applied to the last one or two values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Step {
    Number(f64),
    /// One of the names, by number.
    Name(usize),
    Apply(Function),
}

/// The formulas of a text, each `outcome = steps`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    pub(crate) outcomes: Vec<Outcome>,
    /// The names on the right sides, in the order in which they first appear.
    pub(crate) names: Vec<String>,
}

/// One formula.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    /// The name on the left.
    pub(crate) name: String,
    /// The columns in brackets after it, if it has a list.
    pub(crate) listed: Option<Vec<String>>,
    pub(crate) steps: Vec<Step>,
    /// The right side in a normalised spelling.
    pub(crate) right: String,
}

impl Reading {
    /// The columns that any of the formulas lists.
    pub(crate) fn listed(&self) -> Option<Vec<String>> {
        let mut all: Option<Vec<String>> = None;
        for name in self
            .outcomes
            .iter()
            .flat_map(|one| one.listed.iter().flatten())
        {
            let all = all.get_or_insert_default();
            if !all.contains(name) {
                all.push(name.clone());
            }
        }
        all
    }
}

impl Outcome {
    /// Whether the right side contains the name with this number.
    pub(crate) fn has(&self, name: usize) -> bool {
        self.steps.contains(&Step::Name(name))
    }
}

/// Reads a formula such as `L(N, D) = E + A/N^alpha + B/D^beta`, or several separated by
/// semicolons.
///
/// # Errors
/// [`ErrorKind::Usage`] with the character at which the text is wrong.
pub(crate) fn read(text: &str) -> Result<Reading> {
    if text.len() > LONGEST {
        let message = format!("a formula has at most {LONGEST} bytes, not {}", text.len());
        return Err(Error::new(ErrorKind::Usage, message));
    }
    let wrong = Wrong { text };
    let tokens = tokens(&wrong)?;
    let mut names = Vec::new();
    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut rest = &tokens[..];
    loop {
        let ends = rest.iter().position(|t| t.kind == Kind::Sign(';'));
        let (own, behind) = rest.split_at(ends.unwrap_or(rest.len()));
        let reader = Reader {
            wrong: &wrong,
            end: behind.first().map(|t| t.at),
            names: &mut names,
            steps: Vec::new(),
            waiting: Vec::new(),
        };
        let outcome = one(own, reader)?;
        if outcomes.iter().any(|other| other.name == outcome.name) {
            let what = "this outcome has a formula already";
            return Err(wrong.at(own.first().map(|t| t.at), what));
        }
        outcomes.push(outcome);
        match behind.split_first() {
            Some((_, next)) => rest = next,
            None => break,
        }
    }
    let is_outcome = |name: &String| outcomes.iter().any(|outcome| outcome.name == *name);
    if let Some(name) = names.iter().find(|name| is_outcome(name)) {
        // Point to the place on a right side, not to the name on the left of its own formula.
        let right = tokens.split(|t| t.kind == Kind::Sign(';')).find_map(|own| {
            let equals = own.iter().position(|t| t.kind == Kind::Sign('='))?;
            own[equals..].iter().find(|t| t.is_name(name))
        });
        return Err(wrong.at(
            right.map(|t| t.at),
            "an outcome cannot be on the right as well",
        ));
    }
    Ok(Reading { outcomes, names })
}

/// Reads one formula.
fn one(tokens: &[Token], mut reader: Reader<'_>) -> Result<Outcome> {
    let wrong = reader.wrong;
    let Some(equals) = tokens.iter().position(|t| t.kind == Kind::Sign('=')) else {
        let message = format!("{} is no formula: it has no '='", quoted(wrong.text));
        return Err(match (tokens.first(), reader.end) {
            (Some(first), Some(_)) => wrong.at(Some(first.at), "this formula has no '='"),
            (None, end) if !wrong.text.trim().is_empty() => {
                wrong.at(end, "a formula is expected here")
            }
            _ => Error::new(ErrorKind::Usage, message),
        }
        .with_hint("write a law as 'L = E + A/N^alpha', with the outcome on the left"));
    };
    let (name, listed) = left(&tokens[..equals], wrong)?;
    let right = &tokens[equals + 1..];
    reader.read(right)?;
    Ok(Outcome {
        name,
        listed,
        steps: reader.steps,
        right: spelled(right),
    })
}

/// The left side: an outcome, optionally with its columns.
fn left(tokens: &[Token], wrong: &Wrong<'_>) -> Result<(String, Option<Vec<String>>)> {
    let needs = "the left side is the name of the outcome, such as L or L(N, D)";
    let mut tokens = tokens.iter();
    let outcome = match tokens.next() {
        Some(Token {
            kind: Kind::Name(name, _),
            ..
        }) => name.clone(),
        other => return Err(wrong.at(Some(other.map_or(0, |t| t.at)), needs)),
    };
    let Some(open) = tokens.next() else {
        return Ok((outcome, None));
    };
    if open.kind != Kind::Sign('(') {
        return Err(wrong.at(Some(open.at), needs));
    }
    let mut columns: Vec<String> = Vec::new();
    loop {
        match tokens.next() {
            Some(Token {
                kind: Kind::Name(name, _),
                at,
            }) => {
                if columns.contains(name) {
                    return Err(wrong.at(Some(*at), "this column is listed twice"));
                }
                columns.push(name.clone());
            }
            other => return Err(wrong.at(other.map(|t| t.at).or(Some(open.at)), needs)),
        }
        match tokens.next().map(|t| (&t.kind, t.at)) {
            Some((Kind::Sign(','), _)) => {}
            Some((Kind::Sign(')'), _)) => break,
            other => return Err(wrong.at(other.map(|o| o.1).or(Some(open.at)), needs)),
        }
    }
    match tokens.next() {
        None => Ok((outcome, Some(columns))),
        Some(token) => Err(wrong.at(Some(token.at), needs)),
    }
}

/// An operator or bracket whose right operand is still to be read.
enum Waiting {
    Operator(Function),
    /// A bracket: the function before it, and the number of arguments begun.
    Bracket(Option<(Function, Option<usize>)>, usize, usize),
}

/// Turns tokens into steps (Dijkstra's shunting yard).
struct Reader<'a> {
    wrong: &'a Wrong<'a>,
    /// Where the formula ends, if it is not at the end of the text.
    end: Option<usize>,
    /// The names of this formula and of those before it.
    names: &'a mut Vec<String>,
    steps: Vec<Step>,
    waiting: Vec<Waiting>,
}

pub(super) fn precedence(function: Function) -> u8 {
    match function {
        Function::Add | Function::Subtract => 1,
        Function::Multiply | Function::Divide => 2,
        Function::Negate => 3,
        _ => 4,
    }
}

impl Reader<'_> {
    fn read(&mut self, tokens: &[Token]) -> Result<()> {
        const VALUE: &str = "a number, a name or a bracket is expected here";
        let mut wants_value = true;
        let mut k = 0;
        while let Some(token) = tokens.get(k) {
            let wrong = |what: &str| self.wrong.at(Some(token.at), what);
            k += 1;
            match &token.kind {
                Kind::Number(..) | Kind::Name(..) if !wants_value => {
                    return Err(wrong("an operator is expected here, such as * or +"));
                }
                Kind::Number(value, _) => {
                    self.steps.push(Step::Number(*value));
                    wants_value = false;
                }
                Kind::Name(name, quoted) => {
                    let opens = tokens.get(k).is_some_and(|t| t.kind == Kind::Sign('('));
                    if opens && !quoted {
                        let (_, function, arguments) = FUNCTIONS
                            .into_iter()
                            .find(|known| known.0 == name)
                            .ok_or_else(|| wrong(&no_function(name)))?;
                        self.waiting.push(Waiting::Bracket(
                            Some((function, arguments)),
                            1,
                            token.at,
                        ));
                        k += 1;
                        continue;
                    }
                    let number = self.number_of(name).ok_or_else(|| {
                        wrong(&format!(
                            "a formula has at most {MOST_NAMES} columns and parameters"
                        ))
                    })?;
                    self.steps.push(Step::Name(number));
                    wants_value = false;
                }
                Kind::Sign('(') if wants_value => {
                    self.waiting.push(Waiting::Bracket(None, 1, token.at));
                }
                Kind::Sign('-') if wants_value => {
                    self.waiting.push(Waiting::Operator(Function::Negate));
                }
                Kind::Sign('+') if wants_value => {}
                Kind::Sign('(') => return Err(wrong("an operator is expected here, such as *")),
                Kind::Sign(_) if wants_value => return Err(wrong(VALUE)),
                Kind::Sign(',') => {
                    self.close_operators();
                    match self.waiting.last_mut() {
                        Some(Waiting::Bracket(Some(_), begun, _)) => *begun += 1,
                        _ => {
                            return Err(self
                                .wrong
                                .at(Some(token.at), "this comma separates nothing"));
                        }
                    }
                    wants_value = true;
                }
                Kind::Sign(')') => {
                    self.close_operators();
                    let Some(Waiting::Bracket(function, count, _)) = self.waiting.pop() else {
                        return Err(self.wrong.at(Some(token.at), "this bracket closes nothing"));
                    };
                    self.close(function, count, token.at)?;
                }
                Kind::Sign('=') => return Err(wrong("a formula has one '='")),
                Kind::Sign(sign) => {
                    let function = match sign {
                        '+' => Function::Add,
                        '-' => Function::Subtract,
                        '*' => Function::Multiply,
                        '/' => Function::Divide,
                        _ => Function::Power,
                    };
                    self.operator(function);
                    wants_value = true;
                }
            }
        }
        if wants_value {
            return Err(self.wrong.at(self.end, VALUE));
        }
        self.close_operators();
        match self.waiting.pop() {
            None => Ok(()),
            Some(Waiting::Bracket(_, _, at)) => {
                Err(self.wrong.at(Some(at), "this bracket is not closed"))
            }
            Some(Waiting::Operator(_)) => Err(self.wrong.at(self.end, VALUE)),
        }
    }

    fn number_of(&mut self, name: &str) -> Option<usize> {
        if let Some(known) = self.names.iter().position(|own| own == name) {
            return Some(known);
        }
        self.names.push(name.to_owned());
        (self.names.len() <= 2 * MOST_NAMES).then_some(self.names.len() - 1)
    }

    /// Adds an operator after applying those before it that bind more tightly.
    fn operator(&mut self, function: Function) {
        let own = precedence(function);
        while let Some(Waiting::Operator(other)) = self.waiting.last() {
            let other = *other;
            // Powers associate to the right: a^b^c is a^(b^c).
            let first = precedence(other) > own
                || (precedence(other) == own && function != Function::Power);
            if !first {
                break;
            }
            self.steps.push(Step::Apply(other));
            self.waiting.pop();
        }
        self.waiting.push(Waiting::Operator(function));
    }

    fn close_operators(&mut self) {
        while let Some(Waiting::Operator(function)) = self.waiting.last() {
            self.steps.push(Step::Apply(*function));
            self.waiting.pop();
        }
    }

    /// Applies the function before a bracket to its arguments.
    fn close(
        &mut self,
        function: Option<(Function, Option<usize>)>,
        count: usize,
        at: usize,
    ) -> Result<()> {
        let Some((function, arguments)) = function else {
            return Ok(());
        };
        let name = FUNCTIONS.iter().find(|known| known.1 == function);
        let name = name.map_or("it", |known| known.0);
        match arguments {
            Some(one) if one != count => {
                let what = format!("{name} has one argument, not {count}");
                return Err(self.wrong.at(Some(at), &what));
            }
            None if count < 2 => {
                let what = format!("{name} needs two arguments or more");
                return Err(self.wrong.at(Some(at), &what));
            }
            _ => {}
        }
        let times = if arguments.is_some() { 1 } else { count - 1 };
        self.steps
            .extend(std::iter::repeat_n(Step::Apply(function), times));
        Ok(())
    }
}

fn no_function(name: &str) -> String {
    let known: Vec<&str> = FUNCTIONS.iter().map(|known| known.0).collect();
    match name {
        "log" => "'log' may mean two things: write ln or log10".to_owned(),
        _ => format!(
            "there is no function {}; the functions are {}",
            quoted(name),
            known.join(", ")
        ),
    }
}
