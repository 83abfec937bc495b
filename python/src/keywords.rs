//! The keywords of a call. Each is taken once, by the code that understands it.

use crate::value::Value;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use scalewise::ask::ModelSize;
use scalewise::quantity::parse_quantity;
use scalewise::{Error, ErrorKind, FitResult, Result, Size};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The error for a call that is invalid for any data.
pub fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage, message)
}

/// The values given, by name.
#[derive(Debug, Default, Clone)]
pub struct Keywords(BTreeMap<String, Value>);

/// The hint for quantities.
const QUANTITY: &str = "give a number, or a quantity such as '2.6e18', '70B' or '3.1 PF-day'";

impl Keywords {
    /// # Errors
    /// `TypeError` when a value has a type that no keyword takes.
    pub fn of(given: &Bound<'_, PyDict>) -> PyResult<Keywords> {
        let mut all = BTreeMap::new();
        for (name, value) in given {
            let name: String = name.extract()?;
            let value = Value::of(&value).map_err(|error| named(given.py(), &name, &error))?;
            if !matches!(value, Value::Nothing) {
                all.insert(name, value);
            }
        }
        Ok(Keywords(all))
    }

    /// The call in words, without the data.
    pub fn typed(&self) -> String {
        let pair = |(name, value): (&String, &Value)| format!(", {name}={}", value.typed());
        self.0.iter().map(pair).collect()
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Which of these names were given.
    pub fn given<'a>(&self, names: &[&'a str]) -> Vec<&'a str> {
        names
            .iter()
            .copied()
            .filter(|name| self.has(name))
            .collect()
    }

    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// Refuses keywords that were not taken.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with its name.
    pub fn done(&self) -> Result<()> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => {
                Err(usage(format!("{name} has no meaning here")).with_hint("leave it out"))
            }
        }
    }

    pub fn text(&mut self, name: &str) -> Result<Option<String>> {
        self.take(name).map(|value| text(name, &value)).transpose()
    }

    /// One text or several.
    pub fn texts(&mut self, name: &str) -> Result<Vec<String>> {
        self.all(name, text)
    }

    pub fn truth(&mut self, name: &str) -> Result<bool> {
        match self.take(name) {
            None => Ok(false),
            Some(Value::Truth(truth)) => Ok(truth),
            Some(Value::Whole(whole @ (0 | 1))) => Ok(whole == 1),
            Some(other) => Err(wrong(name, &other, "True or False")),
        }
    }

    pub fn number(&mut self, name: &str) -> Result<Option<f64>> {
        self.take(name)
            .map(|value| number(name, &value))
            .transpose()
    }

    pub fn numbers(&mut self, name: &str) -> Result<Vec<f64>> {
        self.all(name, number)
    }

    pub fn positive(&mut self, name: &str) -> Result<Option<f64>> {
        self.take(name)
            .map(|value| positive(name, &value))
            .transpose()
    }

    pub fn positives(&mut self, name: &str) -> Result<Vec<f64>> {
        self.all(name, positive)
    }

    /// Sizes: quantities, or multiples of the largest fitted run such as `'100x'`.
    pub fn sizes(&mut self, name: &str) -> Result<Vec<Size>> {
        self.all(name, size)
    }

    /// Models: as for [`Keywords::sizes`], or parameters and tokens as `'13B:5T'` or as a pair such
    /// as `(13e9, 5e12)`.
    pub fn models(&mut self, name: &str) -> Result<Vec<ModelSize>> {
        if let Some(Value::Tuple(pair)) = self.0.get(name)
            && let [params, tokens] = pair.as_slice()
            && positive(name, params).is_ok()
            && positive(name, tokens).is_ok()
        {
            let pair = Value::List(vec![Value::Tuple(pair.clone())]);
            self.0.insert(name.to_owned(), pair);
        }
        self.all(name, model)
    }

    /// Points of a law of several columns, taken if there are any: dicts such as `{"N": 1e9, "S":
    /// 8}`, or texts such as `"N=1e9,S=8"`.
    pub fn points(&mut self, name: &str) -> Result<Option<Vec<String>>> {
        let is_point = |value: &Value| match value {
            Value::Pairs(_) => true,
            Value::Text(text) => text.contains('='),
            _ => false,
        };
        let given: Vec<Value> = match self.0.get(name) {
            Some(Value::List(all) | Value::Tuple(all)) => all.clone(),
            Some(value) => vec![value.clone()],
            None => return Ok(None),
        };
        if !given.iter().any(is_point) {
            return Ok(None);
        }
        self.0.remove(name);
        let written = |value: &Value| match value {
            Value::Text(text) => Ok(text.clone()),
            Value::Pairs(pairs) => {
                let part = |(name, value): &(String, Value)| match value {
                    Value::Text(text) => Ok(format!("{name}={text}")),
                    value => number(name, value).map(|value| format!("{name}={value:?}")),
                };
                Ok(pairs
                    .iter()
                    .map(part)
                    .collect::<Result<Vec<_>>>()?
                    .join(","))
            }
            other => Err(wrong(name, other, "a point such as {'N': 1e9, 'S': 8}")),
        };
        given
            .iter()
            .map(written)
            .collect::<Result<Vec<_>>>()
            .map(Some)
    }

    /// The sizes of [`Keywords::sizes`], without taking the keyword.
    pub fn peek_sizes(&self, name: &str) -> Result<Vec<Size>> {
        let value = self.0.get(name).cloned();
        let only = value.map(|value| (name.to_owned(), value));
        Keywords(only.into_iter().collect()).sizes(name)
    }

    /// A whole number that is not negative.
    pub fn count<T: TryFrom<i64>>(&mut self, name: &str) -> Result<Option<T>> {
        let count = |value: Value| match value {
            Value::Whole(whole) => T::try_from(whole).map_err(|_| wrong(name, &value, "a count")),
            other => Err(wrong(name, &other, "a whole number")),
        };
        self.take(name).map(count).transpose()
    }

    /// Positive whole numbers.
    pub fn counts(&mut self, name: &str) -> Result<Vec<u64>> {
        self.all(name, |name, value| match value {
            Value::Whole(whole) if *whole > 0 => {
                u64::try_from(*whole).map_err(|_| wrong(name, value, "a count"))
            }
            other => Err(wrong(name, other, "a whole number from 1 on")),
        })
    }

    /// One of the library's choices.
    pub fn choice<T: for<'a> Deserialize<'a>>(&mut self, name: &str) -> Result<Option<T>> {
        self.take(name)
            .map(|value| choice(name, &value))
            .transpose()
    }

    pub fn choices<T: for<'a> Deserialize<'a>>(&mut self, name: &str) -> Result<Vec<T>> {
        self.all(name, choice)
    }

    /// Names with values.
    pub fn pairs(&mut self, name: &str) -> Result<Vec<(String, Value)>> {
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Value::Pairs(pairs)) => Ok(pairs),
            Some(other) => Err(wrong(name, &other, "a dict from names to values")),
        }
    }

    /// An already fitted law.
    pub fn law(&mut self, name: &str) -> Option<Arc<FitResult>> {
        match self.take(name) {
            Some(Value::Law(fit)) => Some(fit),
            _ => None,
        }
    }

    fn all<T>(&mut self, name: &str, one: impl Fn(&str, &Value) -> Result<T>) -> Result<Vec<T>> {
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Value::List(items) | Value::Tuple(items)) => {
                items.iter().map(|item| one(name, item)).collect()
            }
            Some(single) => Ok(vec![one(name, &single)?]),
        }
    }
}

/// The same error, with the name of the keyword.
fn named(py: Python<'_>, name: &str, error: &PyErr) -> PyErr {
    let message = format!("{name}: {}", error.value(py));
    PyErr::from_type(error.get_type(py), message)
}

/// The error for a value of another type.
pub fn wrong(name: &str, value: &Value, wanted: &str) -> Error {
    usage(format!("{name}={}: this is not {wanted}", value.said()))
        .with_hint(format!("give {wanted}"))
}

pub fn text(name: &str, value: &Value) -> Result<String> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        other => Err(wrong(name, other, "a text")),
    }
}

/// A number of any sign, or a quantity as text.
pub fn number(name: &str, value: &Value) -> Result<f64> {
    match value {
        Value::Number(number) => Ok(*number),
        Value::Whole(whole) => Ok(*whole as f64),
        Value::Text(text) => {
            parse_quantity(text).map_err(|e| usage(format!("{name}: {e}")).with_hint(QUANTITY))
        }
        other => Err(wrong(name, other, "a number")),
    }
}

pub fn positive(name: &str, value: &Value) -> Result<f64> {
    let number = number(name, value)?;
    match number > 0.0 && number.is_finite() {
        true => Ok(number),
        false => {
            let message = format!("{name}={}: this is not positive and finite", value.said());
            Err(usage(message).with_hint(QUANTITY))
        }
    }
}

/// A quantity, or a multiple of the largest fitted run.
fn size(name: &str, value: &Value) -> Result<Size> {
    match value {
        Value::Text(text) => {
            let read = |number: &str| positive(name, &Value::Text(number.to_owned()));
            Size::read(text, read)
        }
        other => positive(name, other).map(Size::Of),
    }
}

/// A model by its parameters and tokens, or by what [`size`] takes.
fn model(name: &str, value: &Value) -> Result<ModelSize> {
    let trained = |params: &Value, tokens: &Value| {
        Ok(ModelSize::Trained {
            params: positive(name, params)?,
            tokens: positive(name, tokens)?,
        })
    };
    match value {
        Value::Text(text) => match text.split_once(':') {
            Some((params, tokens)) => {
                let part = |part: &str| Value::Text(part.to_owned());
                trained(&part(params), &part(tokens))
            }
            None => size(name, value).map(ModelSize::Compute),
        },
        Value::List(pair) | Value::Tuple(pair) => match pair.as_slice() {
            [params, tokens] => trained(params, tokens),
            _ => Err(wrong(name, value, "a pair of parameters and tokens")),
        },
        other => size(name, other).map(ModelSize::Compute),
    }
}

fn choice<T: for<'a> Deserialize<'a>>(name: &str, value: &Value) -> Result<T> {
    let text = text(name, value)?;
    let read: std::result::Result<T, serde::de::value::Error> =
        T::deserialize(text.as_str().into_deserializer());
    read.map_err(|error| {
        let error = error.to_string();
        let known = error.split_once("expected ").map_or("", |(_, known)| known);
        let known = known
            .strip_prefix("one of ")
            .unwrap_or(known)
            .replace('`', "'");
        usage(format!("{name}: '{text}' is not one of the choices"))
            .with_hint(format!("choose {known}"))
    })
}
