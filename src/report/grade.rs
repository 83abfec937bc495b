//! How far a forecast can be relied on, in words.

use super::document::{Fact, Tone};
use crate::forecast::{Forecast, Grade};

/// The tone of a grade: good for the highest, bad for forecasts that cannot be relied on without
/// further evidence.
pub(super) fn tone(grade: Grade) -> Tone {
    match grade {
        Grade::High => Tone::Good,
        Grade::Moderate => Tone::Plain,
        Grade::Low | Grade::Refused => Tone::Bad,
    }
}

/// The grade in capitals, which mark it without colour, and its record.
pub(super) fn in_one_line(forecast: &Forecast) -> String {
    let grade = forecast.grade;
    let record = match &forecast.record {
        _ if grade == Grade::Refused => {
            "the number is given although a finding forbids it".to_owned()
        }
        Some(record) => record.sentence(grade),
        None => {
            let why = forecast.no_record.as_deref();
            format!(
                "no record: {}",
                why.unwrap_or("no forecast like it was checked")
            )
        }
    };
    format!("{}: {record}", grade.name().to_uppercase())
}

/// The grade and the reasons for it.
pub(super) fn facts(forecast: &Forecast) -> [Fact; 2] {
    let grade = in_one_line(forecast);
    [
        ("Grade".to_owned(), grade, tone(forecast.grade)),
        ("Because".to_owned(), forecast.reasons(), Tone::Plain),
    ]
}
