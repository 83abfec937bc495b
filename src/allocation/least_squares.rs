//! A straight line by ordinary least squares.

/// y = level + slope·(x − centre).
pub(super) struct LeastSquares {
    pub slope: f64,
    /// Mean of y.
    pub level: f64,
    /// Mean of x.
    pub centre: f64,
    /// Sum of the squares of x − centre.
    pub sxx: f64,
    /// Variance of y about the line; absent with two points.
    pub variance: Option<f64>,
}

impl LeastSquares {
    /// `None` if all points have the same x.
    pub(super) fn through(points: &[(f64, f64)]) -> Option<LeastSquares> {
        let n = points.len() as f64;
        let centre = points.iter().map(|p| p.0).sum::<f64>() / n;
        let level = points.iter().map(|p| p.1).sum::<f64>() / n;
        let sxx: f64 = points.iter().map(|p| (p.0 - centre).powi(2)).sum();
        if points.len() < 2 || sxx <= 0.0 {
            return None;
        }
        let products = points.iter().map(|p| (p.0 - centre) * (p.1 - level));
        let slope = products.sum::<f64>() / sxx;
        let off = |p: &(f64, f64)| p.1 - level - slope * (p.0 - centre);
        let rss: f64 = points.iter().map(|p| off(p).powi(2)).sum();
        Some(LeastSquares {
            slope,
            level,
            centre,
            sxx,
            variance: (points.len() > 2).then(|| rss / (n - 2.0)),
        })
    }
}
