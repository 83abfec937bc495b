//! Choices that the library lists: a new one needs no word here.

use clap::builder::{PossibleValuesParser, TypedValueParser};

/// One of the library's own choices, by its name.
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
