//! The variable of a law: the compute, or the parameters or tokens alone.

use crate::number::compute;
use crate::quantity::format_quantity;
use serde::{Deserialize, Serialize};

/// The variable of a law in one variable, with the words for it.
///
/// ```
/// use scalewise::{Dataset, ReadOptions, runs::Variable};
/// let options = ReadOptions { over: Variable::Params, ..ReadOptions::default() };
/// let data = Dataset::from_csv_bytes(b"params,loss\n1M,4.2\n10M,3.6\n", "runs.csv", &options)?;
/// assert_eq!(data.variable(), Variable::Params);
/// assert_eq!(data.runs()[1].x(), 1e7);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Variable {
    /// Training compute C, in FLOP or in the unit of its column.
    #[default]
    Compute,
    /// Parameters N, of models with enough data.
    Params,
    /// Training tokens D, of models that are large enough.
    Tokens,
}

impl Variable {
    /// Its symbol: C, N or D.
    #[must_use]
    pub(crate) fn symbol(self) -> char {
        match self {
            Variable::Compute => 'C',
            Variable::Params => 'N',
            Variable::Tokens => 'D',
        }
    }

    /// Its name in a sentence: `compute`, `parameters` or `tokens`.
    #[must_use]
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Variable::Compute => "compute",
            Variable::Params => "parameters",
            Variable::Tokens => "tokens",
        }
    }

    /// The title of an axis.
    #[must_use]
    pub(crate) fn axis(self) -> &'static str {
        match self {
            Variable::Compute => "Training compute C (FLOP)",
            Variable::Params => "Parameters N",
            Variable::Tokens => "Training tokens D",
        }
    }

    /// Words before a value: `compute ` 2.3e22, `N = ` 13B.
    #[must_use]
    pub(crate) fn before(self) -> String {
        match self {
            Variable::Compute => "compute ".to_owned(),
            other => format!("{} = ", other.symbol()),
        }
    }

    /// The unit after a value: 2.3e22 ` FLOP`, 13B ` parameters`.
    #[must_use]
    pub(crate) fn unit(self) -> &'static str {
        match self {
            Variable::Compute => "FLOP",
            other => other.noun(),
        }
    }

    /// A value formatted for people: FLOP as powers of ten, parameters and tokens as 13B.
    #[must_use]
    pub(crate) fn shown(self, value: f64) -> String {
        match self {
            Variable::Compute => compute(value),
            Variable::Params | Variable::Tokens => format_quantity(value),
        }
    }

    /// A formula in C, such as that of [`crate::law::Law::formula`], rewritten in this variable.
    #[must_use]
    pub(crate) fn written(self, formula: &str) -> String {
        match self {
            Variable::Compute => formula.to_owned(),
            other => formula.replace('C', &other.symbol().to_string()),
        }
    }

    pub(crate) fn is_compute(&self) -> bool {
        *self == Variable::Compute
    }
}
