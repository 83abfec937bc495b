//! A picture on a page.

use serde::Serialize;

/// A picture with its texts: a description for readers who cannot see it, and how to read it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Picture {
    /// One SVG element.
    pub svg: String,
    /// A version for a narrow screen, if the first would need sideways scrolling there.
    #[serde(skip)]
    pub narrow: Option<String>,
    /// Whether it has many rows of panels, and needs a printed page of its own.
    #[serde(skip)]
    pub tall: bool,
    /// The description.
    pub description: String,
    /// One sentence: how to read it.
    pub reading: String,
}
