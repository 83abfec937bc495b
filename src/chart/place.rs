//! Where something stands in a picture.

/// A place in the picture: x, y.
pub(super) type Pt = (f64, f64);
