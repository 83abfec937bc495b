//! A formula of columns only, such as the cost of a run.

use super::graph::{Graph, Op};
use super::program::Program;
use super::reading::read;
use crate::error::Result;

/// A formula without parameters: every name is a column.
#[derive(Debug, Clone)]
pub(crate) struct Expression {
    names: Vec<String>,
    program: Program,
}

impl Expression {
    /// Reads `text`, such as `6*N*D`; errors call it `name`.
    ///
    /// # Errors
    /// With the character at which `name = text` is wrong.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Expression> {
        let reading = read(&format!("{name} = {text}"))?;
        let formulas = reading.outcomes.iter().take(1);
        let (graph, roots) = Graph::of(formulas.map(|one| &one.steps[..]), Op::Column);
        Ok(Expression {
            program: Program::of(&graph, &roots),
            names: reading.names,
        })
    }

    /// The columns, in the order in which they first appear.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Its value for these values of the columns.
    pub(crate) fn value(&self, x: &[f64]) -> f64 {
        let mut out = [f64::NAN];
        self.program.row(x, &[], &mut Vec::new(), &mut out);
        out[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_column() -> Result<()> {
        let cost = Expression::parse("cost", "6*N*D + 2*N*1e9")?;
        assert_eq!(cost.names(), ["N", "D"]);
        assert_eq!(cost.value(&[3.0, 5.0]), 90.0 + 6e9);
        assert!(Expression::parse("cost", "6*N*").is_err());
        Ok(())
    }
}
