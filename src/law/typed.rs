//! A law that the user types as a formula.

use super::definition::{Input, Law, Parameter, Search};
use crate::error::{Error, ErrorKind, Result};
use crate::formula::{
    Graph, MOST_NAMES, Op, Outcome, Program, Reading, in_roman, jointly_linear, latex, python,
    read, written,
};
use crate::runs::OUTCOME;
use crate::text::quoted;
use std::any::Any;
use std::cell::RefCell;

/// Names of columns with a role, and their inputs.
const ROLES: [(&str, Input); 4] = [
    ("C", Input::Compute),
    ("N", Input::Params),
    ("D", Input::Tokens),
    ("U", Input::UniqueTokens),
];

/// A law that is given as a formula, such as `L(N, S) = c0 + a*N^b + c/(1 + S)`.
///
/// The left side names the outcome and the columns that the law is a function of. C, N, D and U are
/// compute, parameters, tokens and unique tokens; any other name is that of a column. Every other
/// name on the right is a parameter. The short form `L = …` has no list: C, N, D and U are columns
/// there, and so are the names given to [`TypedLaw::with_columns`].
///
/// Several formulas separated by semicolons are one law of several outcomes, which may share
/// parameters: `x(S) = a + b*S; y(S) = c + b*S`. The last column of such a law, `outcome`, says
/// which of them a row is about, counted from 0. [`Fit::run`](crate::Fit::run) makes such rows from
/// the runs.
///
/// A formula has numbers, names, `+ - * / ^`, brackets and the functions exp, ln, log10, log2,
/// sqrt, abs, tanh, min and max. It has at most 4,000 bytes, 64 columns, 64 parameters and 64
/// outcomes. No code is run.
///
/// ```
/// use scalewise::law::{Law, TypedLaw};
/// let law = TypedLaw::parse("L = E + A/N^alpha + B/D^beta")?;
/// assert_eq!(law.formula(), "L(N, D) = E + A/N^alpha + B/D^beta");
/// let names: Vec<&str> = law.parameters().iter().map(|p| &*p.name).collect();
/// assert_eq!(names, ["E", "A", "alpha", "B", "beta"]);
/// assert_eq!(law.predict(&[4.0, 9.0], &[1.0, 2.0, 0.5, 3.0, 0.5]), 3.0);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TypedLaw {
    name: String,
    formula: String,
    outcomes: Vec<String>,
    inputs: Vec<Input>,
    columns: Vec<String>,
    parameters: Vec<Parameter>,
    /// Evaluates the law, then its derivatives.
    pub(crate) program: Program,
    value: Program,
    /// The operations, for inspection.
    pub(crate) graph: Graph,
    pub(crate) root: usize,
    /// Parameters in which the law is jointly linear.
    pub(crate) linear: Vec<usize>,
    python: Option<String>,
    latex: Option<String>,
}

fn is_role(name: &str) -> bool {
    ROLES.iter().any(|role| role.0 == name)
}

impl PartialEq for TypedLaw {
    fn eq(&self, other: &TypedLaw) -> bool {
        (&self.name, &self.formula) == (&other.name, &other.formula)
    }
}

impl TypedLaw {
    /// Reads a formula.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with the character at which the formula is wrong, or if it has no
    /// parameter or no column.
    pub fn parse(text: &str) -> Result<TypedLaw> {
        TypedLaw::with_columns(text, &[])
    }

    /// Reads a formula for a table with these further columns. In the short form, a name on the
    /// right that is one of them is a column instead of a parameter.
    ///
    /// ```
    /// use scalewise::law::{Law, TypedLaw};
    /// let law = TypedLaw::with_columns("L = a + b*S", &["S".to_owned()])?;
    /// assert_eq!(law.formula(), "L(S) = a + b*S");
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`TypedLaw::parse`].
    pub fn with_columns(text: &str, known: &[String]) -> Result<TypedLaw> {
        TypedLaw::of(read(text)?, text, known)
    }

    /// Reads a formula before its table is known. In the short form it may not have a column yet.
    ///
    /// # Errors
    /// As for [`TypedLaw::parse`].
    pub(crate) fn before_its_table(text: &str) -> Result<TypedLaw> {
        let reading = read(text)?;
        let has_role = reading.names.iter().any(|name| is_role(name));
        if has_role || reading.listed().is_some() || reading.names.is_empty() {
            return TypedLaw::of(reading, text, &[]);
        }
        // Only the table says which names are columns. Other errors are reported now.
        let first = reading.names[..1].to_vec();
        Ok(TypedLaw {
            inputs: Vec::new(),
            columns: Vec::new(),
            ..TypedLaw::of(reading, text, &first)?
        })
    }

    /// The names that may be columns of a table other than C, N, D and U: those that the left side
    /// lists or, in the short form, all names on the right. The flag says whether they are listed.
    ///
    /// # Errors
    /// As for [`TypedLaw::parse`].
    #[doc(hidden)]
    pub fn candidates(text: &str) -> Result<(Vec<String>, bool)> {
        let reading = read(text)?;
        let listed = reading.listed();
        let is_other = |name: &String| !is_role(name);
        let is_listed = listed.is_some();
        let names = listed.unwrap_or(reading.names).into_iter().filter(is_other);
        Ok((names.collect(), is_listed))
    }

    /// The outcomes that a text defines.
    ///
    /// # Errors
    /// As for [`TypedLaw::parse`].
    pub(crate) fn outcomes_of(text: &str) -> Result<Vec<String>> {
        let outcomes = read(text)?.outcomes.into_iter();
        Ok(outcomes.map(|outcome| outcome.name).collect())
    }

    fn of(reading: Reading, text: &str, known: &[String]) -> Result<TypedLaw> {
        let wrong = |what: String| {
            let message = format!("the formula {} {what}", quoted(text));
            Error::new(ErrorKind::Usage, message)
        };
        let listed = reading.listed();
        let Reading { outcomes, names } = reading;
        let uses = |outcome: &Outcome, name: &String| {
            let number = names.iter().position(|other| other == name);
            number.is_some_and(|number| outcome.has(number))
        };
        let is_short = |outcome: &&Outcome| outcome.listed.is_none();
        let is_column = |name: &String| {
            let is_listed = listed.iter().flatten().any(|other| other == name);
            let mut short = outcomes.iter().filter(is_short);
            let is_known = known.contains(name) || is_role(name);
            is_listed || is_known && short.any(|outcome| uses(outcome, name))
        };
        for outcome in &outcomes {
            let mut own = outcome.listed.iter().flatten();
            if let Some(unused) = own.find(|name| !uses(outcome, name)) {
                return Err(wrong(format!(
                    "lists {} on its left side and does not use it",
                    quoted(unused)
                )));
            }
        }
        let several = outcomes.len() > 1;
        if several && names.iter().any(|name| name == OUTCOME) {
            return Err(wrong(format!(
                "has several outcomes, and their column is called {}: give it another name",
                quoted(OUTCOME)
            )));
        }
        // Columns are in the order of the lists, then of the text.
        let is_further = |name: &&String| {
            is_column(name) && !listed.iter().flatten().any(|other| other == *name)
        };
        let further: Vec<String> = names.iter().filter(is_further).cloned().collect();
        let arguments = [listed.clone().unwrap_or_default(), further].concat();
        let own: Vec<String> = names
            .iter()
            .filter(|name| !arguments.contains(name))
            .cloned()
            .collect();
        if arguments.is_empty() {
            return Err(wrong("is a function of no column".to_owned())
                .with_hint("C, N, D and U are compute, parameters, tokens and unique tokens; list other columns on the left, as in 'L(S) = a + b*S'"));
        }
        if own.is_empty() {
            return Err(wrong("has no parameter to be fitted".to_owned())
                .with_hint("every name that is no column is a parameter"));
        }
        if arguments.len().max(own.len()).max(outcomes.len()) > MOST_NAMES {
            return Err(wrong(format!(
                "has more than {MOST_NAMES} columns, parameters or outcomes"
            )));
        }
        let formulas = outcomes.iter().map(|outcome| &outcome.steps[..]);
        let (mut graph, roots) = Graph::of(formulas, |name| {
            let name = &names[name];
            match arguments.iter().position(|other| other == name) {
                Some(k) => Op::Column(k),
                None => Op::Parameter(own.iter().position(|other| other == name).unwrap_or(0)),
            }
        });
        let which = arguments.len();
        let each = roots.iter().map(|root| graph.gradient(*root, own.len()));
        let each: Vec<Vec<usize>> = each.collect();
        let along = (0..own.len()).map(|k| each.iter().map(|one| one[k]).collect());
        let along: Vec<Vec<usize>> = along.collect();
        let gradient: Vec<usize> = along.iter().map(|k| graph.one_of(k, which)).collect();
        let root = graph.one_of(&roots, which);
        let linear = jointly_linear(&graph, &gradient);
        if let Some(k) = (0..own.len()).find(|&k| graph.as_number(gradient[k]) == Some(0.0)) {
            return Err(wrong(format!("does not depend on {}", quoted(&own[k]))));
        }
        let mut columns = Vec::new();
        let mut inputs = Vec::new();
        for name in &arguments {
            inputs.push(match ROLES.iter().find(|role| role.0 == name) {
                Some((_, input)) => *input,
                None => {
                    columns.push(name.clone());
                    Input::Column(columns.len() - 1)
                }
            });
        }
        if several {
            columns.push(OUTCOME.to_owned());
            inputs.push(Input::Column(columns.len() - 1));
        }
        let search = |k: usize| match linear.contains(&k) {
            true => Search::Linear,
            false => Search::Even(-1.0, 1.0),
        };
        let parameters = own.iter().enumerate();
        let parameters = parameters.map(|(k, name)| Parameter::owned(name.clone(), search(k)));
        let results: Vec<usize> = std::iter::once(root).chain(gradient).collect();
        let text_of = |outcome: &Outcome| {
            let own = arguments.iter().filter(|name| uses(outcome, name));
            let own: Vec<String> = own.map(|name| written(name)).collect();
            match own.is_empty() {
                true => format!("{} = {}", written(&outcome.name), outcome.right),
                false => {
                    let own = own.join(", ");
                    format!("{}({own}) = {}", written(&outcome.name), outcome.right)
                }
            }
        };
        let (python, latex) = match &outcomes[..] {
            [only] => (
                python(&only.steps, &names, &arguments),
                latex(&only.steps, &names, |name| {
                    own.iter().any(|other| other == name)
                })
                .map(|right| {
                    let arguments: Vec<String> =
                        arguments.iter().map(|name| in_roman(name)).collect();
                    let left = in_roman(&only.name);
                    format!("{left}({}) = {right}", arguments.join(", "))
                }),
            ),
            _ => (None, None),
        };
        let formula: Vec<String> = outcomes.iter().map(text_of).collect();
        let formula = formula.join("; ");
        Ok(TypedLaw {
            name: formula.clone(),
            formula,
            outcomes: outcomes.into_iter().map(|outcome| outcome.name).collect(),
            inputs,
            columns,
            parameters: parameters.collect(),
            program: Program::of(&graph, &results),
            value: Program::of(&graph, &[root]),
            graph,
            root,
            linear,
            python,
            latex,
        })
    }

    /// The same law with another name.
    pub(super) fn named(mut self, name: &str) -> TypedLaw {
        name.clone_into(&mut self.name);
        self
    }

    /// The same with bounds on parameters.
    pub(super) fn within(mut self, bounds: &[(&str, f64, f64)]) -> TypedLaw {
        for parameter in &mut self.parameters {
            if let Some((_, low, high)) = bounds.iter().find(|bound| bound.0 == parameter.name) {
                *parameter = parameter.clone().within(*low, *high);
            }
        }
        self
    }

    /// Number of its operations, including its derivatives.
    #[must_use]
    #[doc(hidden)]
    pub fn operations(&self) -> usize {
        self.graph.len()
    }

    /// The names of its outcomes, in the order of the formulas.
    #[must_use]
    pub fn outcomes(&self) -> &[String] {
        &self.outcomes
    }
}

thread_local! {
    /// Buffers for one row, so that evaluating a law allocates nothing.
    static VALUES: RefCell<(Vec<f64>, Vec<f64>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

impl Law for TypedLaw {
    fn python(&self) -> Option<&str> {
        self.python.as_deref()
    }

    fn latex(&self) -> Option<&str> {
        self.latex.as_deref()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn formula(&self) -> &str {
        &self.formula
    }

    fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        VALUES.with_borrow_mut(|(values, _)| {
            let mut out = [0.0];
            self.value.row(x, p, values, &mut out);
            out[0]
        })
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        self.predict_with_gradient(x, p, out);
    }

    fn predict_with_gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) -> f64 {
        VALUES.with_borrow_mut(|(values, results)| {
            results.resize(out.len() + 1, 0.0);
            self.program.row(x, p, values, results);
            out.copy_from_slice(&results[1..]);
            results[0]
        })
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl dyn Law + '_ {
    /// The typed formula behind this law, if any.
    #[must_use]
    #[doc(hidden)]
    pub fn typed(&self) -> Option<&TypedLaw> {
        self.as_any()?.downcast_ref()
    }

    /// The outcomes of a law of several outcomes; empty for any other law.
    pub(crate) fn several(&self) -> &[String] {
        match self.typed() {
            Some(law) if law.outcomes.len() > 1 => &law.outcomes,
            _ => &[],
        }
    }

    /// The inputs for which a user gives values: all except the last column of a law of several
    /// outcomes, which identifies the outcome.
    pub(crate) fn asked_inputs(&self) -> &[Input] {
        match self.several() {
            [] => self.inputs(),
            _ => &self.inputs()[..self.inputs().len() - 1],
        }
    }
}
