//! A recipe to compare with others.

use crate::runs::Dataset;

/// The runs of a recipe.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// Its name.
    pub name: String,
    /// Its runs.
    pub data: Dataset,
}

impl Recipe {
    /// A recipe of this name.
    #[must_use]
    pub fn new(name: impl Into<String>, data: Dataset) -> Recipe {
        Recipe {
            name: name.into(),
            data,
        }
    }
}
