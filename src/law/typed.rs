//! A law that its user types as a formula.

use super::definition::{Input, Law, Parameter, Search};
use crate::error::{Error, ErrorKind, Result};
use crate::formula::{Graph, MOST_NAMES, Op, Program, Reading, jointly_linear, read, written};
use crate::text::quoted;
use std::any::Any;
use std::cell::RefCell;

/// The names of columns that play a role, and the inputs that they are.
const ROLES: [(&str, Input); 4] = [
    ("C", Input::Compute),
    ("N", Input::Params),
    ("D", Input::Tokens),
    ("U", Input::UniqueTokens),
];

/// A law that is given as a formula, such as `L(N, S) = c0 + a*N^b + c/(1 + S)`.
///
/// The left side names the outcome and the columns that the law is a function of: C, N, D and U are
/// compute, parameters, tokens and unique tokens, any other name is that of a column. Every other
/// name on the right is a parameter. In the short form `L = …`, without a list, C, N, D and U are
/// columns, and so is what [`TypedLaw::with_columns`] names.
///
/// A formula has numbers, names, `+ - * / ^`, brackets and the functions exp, ln, log10, log2,
/// sqrt, abs, tanh, min and max. It has at most 4,000 bytes, 64 columns and 64 parameters. No code
/// is run.
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
    outcome: String,
    inputs: Vec<Input>,
    columns: Vec<String>,
    parameters: Vec<Parameter>,
    /// The law, then its derivatives.
    pub(crate) program: Program,
    value: Program,
    /// The operations, to look at.
    pub(crate) graph: Graph,
    pub(crate) root: usize,
    /// The parameters that it is linear in, together.
    pub(crate) linear: Vec<usize>,
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
    /// [`ErrorKind::Usage`] with the character at which it stops making sense, or when it has no
    /// parameter or no column.
    pub fn parse(text: &str) -> Result<TypedLaw> {
        TypedLaw::with_columns(text, &[])
    }

    /// Reads a formula of a table with these further columns: in the short form a name on the right
    /// that is one of them is a column, and no parameter.
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

    /// Reads a formula before its table: in the short form it may yet be a function of no column.
    ///
    /// # Errors
    /// As for [`TypedLaw::parse`].
    pub(crate) fn before_its_table(text: &str) -> Result<TypedLaw> {
        let reading = read(text)?;
        let has_role = reading.names.iter().any(|name| is_role(name));
        if has_role || reading.listed.is_some() || reading.names.is_empty() {
            return TypedLaw::of(reading, text, &[]);
        }
        // Only the table says which of its names are columns. What else is wrong is said at once.
        let first = reading.names[..1].to_vec();
        Ok(TypedLaw {
            inputs: Vec::new(),
            columns: Vec::new(),
            ..TypedLaw::of(reading, text, &first)?
        })
    }

    /// The names on the right that may be columns of a table other than C, N, D and U: those that
    /// the left side lists or, in the short form, all.
    ///
    /// # Errors
    /// As for [`TypedLaw::parse`].
    #[doc(hidden)]
    pub fn candidates(text: &str) -> Result<(Vec<String>, bool)> {
        let Reading { names, listed, .. } = read(text)?;
        let is_other = |name: &String| !is_role(name);
        let is_listed = listed.is_some();
        let names = listed.unwrap_or(names).into_iter().filter(is_other);
        Ok((names.collect(), is_listed))
    }

    /// The outcome that a formula names.
    ///
    /// # Errors
    /// As for [`TypedLaw::parse`].
    pub(crate) fn outcome_of(text: &str) -> Result<String> {
        read(text).map(|reading| reading.outcome)
    }

    fn of(reading: Reading, text: &str, known: &[String]) -> Result<TypedLaw> {
        let wrong = |what: String| {
            let message = format!("the formula {} {what}", quoted(text));
            Error::new(ErrorKind::Usage, message)
        };
        let Reading {
            outcome,
            listed,
            names,
            steps,
            right,
        } = reading;
        let is_column = |name: &String| match &listed {
            Some(listed) => listed.contains(name),
            None => known.contains(name) || is_role(name),
        };
        if let Some(unused) = listed.iter().flatten().find(|name| !names.contains(name)) {
            return Err(wrong(format!(
                "lists {} on its left side and does not use it",
                quoted(unused)
            )));
        }
        // Columns stand in the order of the list or, in the short form, of the text.
        let of_text: Vec<String> = names
            .iter()
            .filter(|name| is_column(name))
            .cloned()
            .collect();
        let arguments = listed.unwrap_or(of_text);
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
        if arguments.len().max(own.len()) > MOST_NAMES {
            return Err(wrong(format!(
                "has more than {MOST_NAMES} columns or parameters"
            )));
        }
        let (mut graph, root) = Graph::of(&steps, |name| {
            let name = &names[name];
            match arguments.iter().position(|other| other == name) {
                Some(k) => Op::Column(k),
                None => Op::Parameter(own.iter().position(|other| other == name).unwrap_or(0)),
            }
        });
        let gradient = graph.gradient(root, own.len());
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
        let search = |k: usize| match linear.contains(&k) {
            true => Search::Linear,
            false => Search::Even(-1.0, 1.0),
        };
        let parameters = own.iter().enumerate();
        let parameters = parameters.map(|(k, name)| Parameter::owned(name.clone(), search(k)));
        let results: Vec<usize> = std::iter::once(root).chain(gradient).collect();
        let listed: Vec<String> = arguments.iter().map(|name| written(name)).collect();
        let formula = format!("{}({}) = {right}", written(&outcome), listed.join(", "));
        Ok(TypedLaw {
            name: formula.clone(),
            formula,
            outcome,
            inputs,
            columns,
            parameters: parameters.collect(),
            program: Program::of(&graph, &results),
            value: Program::of(&graph, &[root]),
            graph,
            root,
            linear,
        })
    }

    /// The same law under a name of its own.
    pub(super) fn named(mut self, name: &str) -> TypedLaw {
        name.clone_into(&mut self.name);
        self
    }

    /// The same with parameters kept between two values.
    pub(super) fn within(mut self, bounds: &[(&str, f64, f64)]) -> TypedLaw {
        for parameter in &mut self.parameters {
            if let Some((_, low, high)) = bounds.iter().find(|bound| bound.0 == parameter.name) {
                *parameter = parameter.clone().within(*low, *high);
            }
        }
        self
    }

    /// How many operations it has, with its derivatives.
    #[must_use]
    #[doc(hidden)]
    pub fn operations(&self) -> usize {
        self.graph.len()
    }

    /// The name of what it is a law of.
    #[must_use]
    pub fn outcome(&self) -> &str {
        &self.outcome
    }
}

thread_local! {
    /// Values of one row, so that evaluating a law allocates nothing.
    static VALUES: RefCell<(Vec<f64>, Vec<f64>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

impl Law for TypedLaw {
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
    /// The formula that a law was typed as.
    #[must_use]
    #[doc(hidden)]
    pub fn typed(&self) -> Option<&TypedLaw> {
        self.as_any()?.downcast_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::super::definition::central_difference;
    use super::super::{
        BoundedRepeat, Broken, BuiltIn, Chinchilla, Kaplan, M3, Saturating, Shifted,
    };
    use super::*;

    fn typed(text: &str) -> TypedLaw {
        match TypedLaw::parse(text) {
            Ok(law) => law,
            Err(error) => unreachable!("{error}"),
        }
    }

    #[test]
    fn typed_laws_have_the_values_and_derivatives_of_built_in_ones() {
        let cases: [(BuiltIn, &str, &[f64], &[f64]); 7] = [
            (Saturating, "L = a*C^b + c", &[50.0], &[2.0, -0.3, 1.5]),
            (
                Shifted,
                "L = a*(C + d)^b + c",
                &[50.0],
                &[2.0, -0.3, 1.5, 20.0],
            ),
            (M3, "L = a*(1/C + g)^(-b)", &[50.0], &[2.0, -0.3, 0.01]),
            (
                Broken,
                "L = a*C^b*(1 + (C/d)^(1/f))^(f*(b2 - b)) + c",
                &[50.0],
                &[2.0, -0.3, 1.5, -0.2, 30.0, 0.5],
            ),
            (
                Chinchilla,
                "L = A/N^alpha + B/D^beta + E",
                &[3e3, 2e4],
                &[40.0, 30.0, 1.7, 0.34, 0.28],
            ),
            (
                Kaplan,
                "L = ((Nc/N)^(alpha_N/alpha_D) + Dc/D)^alpha_D",
                &[3e3, 2e4],
                &[4e5, 3e5, 0.3, 0.2],
            ),
            (
                BoundedRepeat,
                "L = E + (L0 - E)*(a/N^alpha + b/D^beta + c*N^gamma/U^delta)/(1 + a/N^alpha + b/D^beta + c*N^gamma/U^delta)",
                &[3e3, 2e4, 1e4],
                &[1.7, 9.0, 3.0, 0.3, 4.0, 0.35, 0.2, 0.2, 0.4],
            ),
        ];
        for (law, text, x, p) in cases {
            let own = typed(text);
            // Parameters of the text stand in its order, those of the law in its own.
            let place = |name: &str| law.parameters().iter().position(|q| q.name == name);
            let order: Vec<usize> = own
                .parameters()
                .iter()
                .filter_map(|q| place(&q.name))
                .collect();
            assert_eq!(order.len(), p.len(), "{text}: {:?}", law.parameters());
            let mine: Vec<f64> = order.iter().map(|&k| p[k]).collect();
            approx::assert_relative_eq!(
                own.predict(x, &mine),
                law.predict(x, p),
                max_relative = 1e-14
            );
            let (mut given, mut found) = (vec![0.0; p.len()], vec![0.0; p.len()]);
            law.gradient(x, p, &mut given);
            let value = own.predict_with_gradient(x, &mine, &mut found);
            assert_eq!(value, own.predict(x, &mine));
            for (k, slope) in order.iter().zip(&found) {
                approx::assert_relative_eq!(
                    *slope,
                    given[*k],
                    max_relative = 1e-12,
                    epsilon = 1e-14
                );
            }
        }
    }

    #[test]
    fn derivatives_are_those_of_differences() {
        let texts = [
            "L(x, y) = a*exp(-b*x)*ln(c + y^2) + sqrt(abs(d))*x",
            "L(x, y) = min(a*x, b*y) + max(a, c*x)*tanh(d*y)",
            "L(x, y) = (a + b*x)^(c*y)/(1 + d^2)",
            "L(x, y) = log10(a*x + 1)^2 - log2(b + y)*c^3 + x^(d - 1) + 2^c",
            "L(x, y) = -(a - b)*-x/(c + d*y)^0.5",
        ];
        for text in texts {
            let law = typed(text);
            let p: Vec<f64> = (0..law.parameters().len())
                .map(|k| 0.7 + 0.23 * k as f64)
                .collect();
            for x in [[1.3, 0.4], [0.2, 0.9]] {
                let (mut exact, mut difference) = (vec![0.0; p.len()], vec![0.0; p.len()]);
                law.gradient(&x, &p, &mut exact);
                central_difference(&law, &x, &p, &mut difference);
                for (a, b) in exact.iter().zip(&difference) {
                    approx::assert_relative_eq!(a, b, max_relative = 1e-7, epsilon = 1e-8);
                }
            }
        }
    }

    #[test]
    fn parameters_that_a_law_is_linear_in_are_found() {
        for (text, wanted) in [
            ("L = E + A/N^alpha + B/D^beta", &["E", "A", "B"][..]),
            ("L = (A*N^(-alpha) + E)*D^(-beta)", &["A", "E"]),
            (
                "L = A/N^alpha + B/D^beta*(1 + C1/U^gamma) + E",
                &["A", "B", "E"],
            ),
            ("L = a*b*N + c", &["c", "a"]),
            ("L = exp(a + b*N)", &[]),
            ("L = a - -b*N + c*max(N, 1)/2", &["a", "b", "c"]),
        ] {
            let law = typed(text);
            let found: Vec<&str> = law
                .linear
                .iter()
                .map(|&k| &*law.parameters()[k].name)
                .collect();
            let mut found = found;
            found.sort_unstable();
            let mut wanted = wanted.to_vec();
            wanted.sort_unstable();
            assert_eq!(found, wanted, "{text}");
        }
    }

    #[test]
    fn a_share_of_zero_has_a_value_and_a_derivative() {
        let law = typed("L(r) = a + b*r^c");
        let mut slopes = [0.0; 3];
        assert_eq!(
            law.predict_with_gradient(&[0.0], &[1.0, 2.0, 0.5], &mut slopes),
            1.0
        );
        assert_eq!(slopes, [1.0, 0.0, 0.0]);
    }

    #[test]
    fn names_without_a_use_are_refused() {
        for (text, part) in [
            ("L(N, S) = a*N", "'S'"),
            ("L = a + b", "no column"),
            ("L = N*2", "no parameter"),
            ("L = a*N + 0*b", "does not depend on 'b'"),
        ] {
            match TypedLaw::parse(text) {
                Ok(_) => unreachable!("{text}"),
                Err(error) => assert!(error.to_string().contains(part), "{error}"),
            }
        }
    }

    /// Texts of pieces that formulas have, 50,000 of them, most of which make no sense.
    #[test]
    fn no_text_panics_or_grows() {
        const PIECES: [&str; 30] = [
            "L", "=", "(", ")", "+", "-", "*", "/", "^", ",", "a", "b", "c", "N", "D", "C", "exp",
            "ln", "min", "max", "1", "2", "0.5", "1e9", "`x y`", " ", "sqrt", "tanh", "abs(", "**",
        ];
        use rand_chacha::rand_core::{RngCore, SeedableRng};
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let mut read = 0;
        for k in 0..50_000 {
            let mut text = if k % 2 == 0 {
                "L = a*N".to_owned()
            } else {
                String::new()
            };
            for _ in 0..random.next_u32() % 24 {
                text.push_str(PIECES[random.next_u32() as usize % PIECES.len()]);
            }
            if let Ok(law) = TypedLaw::parse(&text) {
                read += 1;
                assert!(law.operations() <= 40 * text.len(), "{text}");
                let p = vec![0.3; law.parameters().len()];
                law.predict(&vec![2.0; law.inputs().len()], &p);
            }
        }
        assert!(read > 500, "{read}");
        let deep = format!("L = N*{}a{}", "(".repeat(1900), ")".repeat(1900));
        assert!(TypedLaw::parse(&deep).is_ok());
        let long = format!("L = N*a{}", " + exp(a*N)^2".repeat(300));
        let long = TypedLaw::parse(&long).map(|law| law.operations());
        assert!(long.is_ok_and(|operations| operations < 4000));
    }

    #[test]
    fn presets_are_formulas() {
        for preset in super::super::presets() {
            let law = preset.law();
            assert!(
                law.as_ref()
                    .is_some_and(|law| law.formula() == preset.formula),
                "{}: {law:?}",
                preset.name
            );
        }
    }
}
