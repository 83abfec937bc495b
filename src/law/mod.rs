//! Scaling laws: the [`Law`] trait and the closed list of forms that law files may name.

mod broken;
mod chinchilla;
mod definition;
mod kaplan;
mod m3;
mod m4;
mod power;
mod repeated;
mod shifted;
mod start;

pub use broken::Broken;
pub use chinchilla::{Chinchilla, ChinchillaTied};
pub use definition::{Form, Input, Law, Parameter, Search, central_difference};
pub use kaplan::Kaplan;
pub use m3::M3;
pub(crate) use m4::CalibratedM4;
pub use m4::M4;
pub use power::{Power, Saturating};
pub use repeated::DataConstrained;
pub use shifted::Shifted;

static LAWS: [&dyn Law; 10] = [
    &Saturating,
    &Power,
    &Shifted,
    &M3,
    &M4,
    &Broken,
    &Chinchilla,
    &ChinchillaTied,
    &Kaplan,
    &DataConstrained,
];

/// Every law that requests and law files may name.
#[must_use]
pub fn all() -> &'static [&'static dyn Law] {
    &LAWS
}

/// The law of that name.
///
/// ```
/// assert!(scalewise::law::by_name("saturating").is_some());
/// assert!(scalewise::law::by_name("linear").is_none());
/// ```
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Law> {
    LAWS.iter().copied().find(|law| law.name() == name)
}
