//! Choices that the library lists, so that a new one needs no change here.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;

/// A parser for a choice of the library, by its name.
pub fn named<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(|choice| name(*choice))).try_map(move |text| {
        let mut all = all.iter().copied();
        all.find(|choice| name(*choice) == text)
            .ok_or("there is no such choice")
    })
}

/// A parser for a choice of the library by its name in files, each with its help text.
pub fn explained<T: for<'a> Deserialize<'a> + Clone + Send + Sync + 'static>(
    choices: &[(&'static str, &'static str)],
) -> impl TypedValueParser<Value = T> {
    let choices = choices.iter();
    let shown: Vec<_> = choices
        .map(|(name, help)| PossibleValue::new(*name).help(*help))
        .collect();
    PossibleValuesParser::new(shown)
        .try_map(|text| T::deserialize(IntoDeserializer::<Error>::into_deserializer(text.as_str())))
}
