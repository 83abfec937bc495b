//! Keyword values from Python, as data that outlives the interpreter's lock.

use crate::law::Law;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString, PyTuple};
use scalewise::FitResult;
use std::sync::Arc;

/// A value of a keyword.
#[derive(Debug, Clone)]
pub enum Value {
    Truth(bool),
    Whole(i64),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Tuple(Vec<Value>),
    Pairs(Vec<(String, Value)>),
    Law(Arc<FitResult>),
    Nothing,
}

/// Deepest nesting of a keyword's lists; endless nesting is an error instead of a stack overflow.
const DEEPEST: usize = 4;

impl Value {
    /// # Errors
    /// `TypeError` when it has a type that no keyword takes.
    pub fn of(given: &Bound<'_, PyAny>) -> PyResult<Value> {
        Value::within(given, DEEPEST)
    }

    fn within(given: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
        if given.is_none() {
            return Ok(Value::Nothing);
        }
        if let Ok(truth) = given.cast::<PyBool>() {
            return Ok(Value::Truth(truth.is_true()));
        }
        if let Ok(text) = given.cast::<PyString>() {
            return text.to_str().map(|text| Value::Text(text.to_owned()));
        }
        if let Ok(law) = given.cast::<Law>() {
            return Ok(Value::Law(law.get().fit()));
        }
        if let Ok(path) = given.call_method0("__fspath__") {
            return path.extract().map(Value::Text);
        }
        let is_scalar = given.hasattr("__index__")? || given.hasattr("__float__")?;
        let has_length = given.len().is_ok();
        if is_scalar && !has_length {
            if let Ok(whole) = given.extract() {
                return Ok(Value::Whole(whole));
            }
            if let Ok(number) = given.extract::<f64>() {
                return match number.is_nan() {
                    true => Err(PyValueError::new_err("a keyword is not a number (NaN)")),
                    false => Ok(Value::Number(number)),
                };
            }
        }
        if depth == 0 {
            return Err(PyTypeError::new_err("a keyword is nested too deeply"));
        }
        if let Ok(pairs) = given.cast::<PyDict>() {
            let pair = |(key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
                Ok((key.extract()?, Value::within(&value, depth - 1)?))
            };
            return pairs
                .iter()
                .map(pair)
                .collect::<PyResult<_>>()
                .map(Value::Pairs);
        }
        let Ok(items) = given.try_iter() else {
            let kind = given.get_type().name()?;
            let message =
                format!("a keyword cannot be a {kind}: give numbers, texts, lists or dicts");
            return Err(PyTypeError::new_err(message));
        };
        let items = items
            .map(|item| Value::within(&item?, depth - 1))
            .collect::<PyResult<_>>()?;
        Ok(match given.is_instance_of::<PyTuple>() {
            true => Value::Tuple(items),
            false => Value::List(items),
        })
    }

    /// The value in words, for messages.
    pub fn said(&self) -> String {
        match self {
            Value::Truth(true) => "True".to_owned(),
            Value::Truth(false) => "False".to_owned(),
            Value::Whole(whole) => whole.to_string(),
            Value::Number(number) => format!("{number:?}"),
            Value::Text(text) => format!("'{}'", scalewise::internal::excerpt(text)),
            Value::List(_) => "a list".to_owned(),
            Value::Tuple(_) => "a tuple".to_owned(),
            Value::Pairs(_) => "a dict".to_owned(),
            Value::Law(_) => "a law".to_owned(),
            Value::Nothing => "None".to_owned(),
        }
    }

    /// The value as written in a call, for the command that makes a page again.
    pub fn typed(&self) -> String {
        let all = |items: &[Value]| {
            items
                .iter()
                .map(Value::typed)
                .collect::<Vec<_>>()
                .join(", ")
        };
        match self {
            Value::Text(text) => format!("{text:?}"),
            Value::List(items) => format!("[{}]", all(items)),
            Value::Tuple(items) if items.len() == 1 => format!("({},)", all(items)),
            Value::Tuple(items) => format!("({})", all(items)),
            Value::Pairs(pairs) => {
                let pair = |(key, value): &(String, Value)| format!("{key:?}: {}", value.typed());
                format!(
                    "{{{}}}",
                    pairs.iter().map(pair).collect::<Vec<_>>().join(", ")
                )
            }
            Value::Law(_) => "law".to_owned(),
            other => other.said(),
        }
    }
}
