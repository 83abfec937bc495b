//! The points that a recommended forecast combines, in words.

use crate::forecast::Forecast;
use crate::number::with_uncertainty;
use crate::text::list;

/// The points that the recommended one combines, and how.
pub(super) fn members(forecast: &Forecast, spread: Option<f64>) -> String {
    let parts = forecast.members.iter();
    let all: Vec<String> = parts
        .map(|m| format!("{} {}", m.name, with_uncertainty(m.point, spread)))
        .collect();
    let combined = combined(forecast).map_or(String::new(), |words| format!(". {words}"));
    all.join(", ") + &combined
}

/// What the recommended point is made of, in words.
///
/// The forms of published laws are one member together.
pub(super) fn combined(forecast: &Forecast) -> Option<String> {
    let own = [
        ("quadrature", "quadrature"),
        ("envelope", "envelope"),
        ("local", "local (the line through the largest runs)"),
    ];
    let names: Vec<&str> = forecast.members.iter().map(|m| m.name).collect();
    let forms = names
        .iter()
        .filter(|name| own.iter().all(|o| o.0 != **name));
    let forms: Vec<&str> = forms.copied().collect();
    let own = own
        .iter()
        .filter(|o| names.contains(&o.0))
        .map(|o| o.1.to_owned());
    let of_forms = match forms.as_slice() {
        [] => None,
        [one] => Some((*one).to_owned()),
        several => Some(format!("the mean of {}", list(several.iter().copied()))),
    };
    let members: Vec<String> = own.chain(of_forms).collect();
    let moved = match names.contains(&"envelope") {
        true => ". A member outside the envelope counts as the nearer end of the envelope",
        false => "",
    };
    (members.len() > 1).then(|| {
        format!(
            "The forecast is the median of these {} members and of their mean: {}{moved}",
            members.len(),
            members.join("; ")
        )
    })
}
