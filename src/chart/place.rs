//! Positions in a picture.

/// A position in the picture: x, y.
pub(super) type Pt = (f64, f64);
