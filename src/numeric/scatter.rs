//! Points that cover a cube.

/// Points of the unit cube, scattered as evenly as can be (Roberts's additive sequence).
pub(crate) fn evenly_scattered(dimensions: usize) -> impl Iterator<Item = Vec<f64>> {
    // The positive root of r^(k+1) = r + 1.
    let power = dimensions as f64 + 1.0;
    let root = (0..40).fold(1.5_f64, |r, _| (1.0 + r).powf(1.0 / power));
    (1_u32..).map(move |i| {
        (1..=dimensions)
            .map(|k| (f64::from(i) * root.powi(-(k as i32))).fract())
            .collect()
    })
}
