//! A picture of a page.

use serde::Serialize;

/// A picture with its words: what it shows for who cannot see it, and how to read it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Picture {
    /// One SVG element.
    pub svg: String,
    /// The same for a narrow screen, if the first one would have to be moved sideways there.
    #[serde(skip)]
    pub narrow: Option<String>,
    /// What it shows.
    pub description: String,
    /// One sentence: how to read it.
    pub reading: String,
}
