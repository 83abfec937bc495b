//! Formulas of columns and parameters: read, differentiated and compiled.
//!
//! A text becomes steps (`tokens`, `reading`). The steps become a list of operations in which equal
//! ones are stored once (`graph`). Its derivatives are added to the list (`derivative`), and a
//! program evaluates it for one row or for whole columns (`program`). The steps can also be written
//! in Python and LaTeX (`translation`). Nothing is recursive, so no text can overflow the stack.

mod derivative;
mod expression;
mod graph;
mod linear;
mod program;
mod reading;
#[cfg(test)]
mod reading_tests;
mod tokens;
mod translation;

pub(crate) use expression::Expression;
pub(crate) use graph::{Graph, Op};
pub(crate) use linear::jointly_linear;
pub(crate) use program::{Prepared, Program, Scratch};
pub(crate) use reading::{MOST_NAMES, Outcome, Reading, read};
pub(crate) use tokens::written;
pub(crate) use translation::{in_roman, latex, python};
