//! A picture of a page.

use serde::Serialize;

/// A picture with its words: what it shows for who cannot see it, and how to read it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Picture {
    /// One SVG element.
    pub svg: String,
    /// What it shows.
    pub description: String,
    /// One sentence: how to read it.
    pub reading: String,
}
