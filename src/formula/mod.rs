//! Formulas of columns and parameters, as people type them: read, differentiated and compiled.
//!
//! A text becomes steps (`tokens`, `reading`), the steps a list of operations in which equal ones
//! are one (`graph`), that list gains its own derivatives (`derivative`), and a program evaluates
//! it for one row or for whole columns (`program`). The steps
//! are written in Python and LaTeX as well (`translation`). Nothing is recursive, so that no text
//! needs a deep stack.

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
