//! Linear least squares by QR decomposition. Normal equations would lose half of the digits.

use nalgebra::{DMatrix, DVector};

/// QR decomposition of a Jacobian whose columns are first scaled to unit length, so that parameters
/// of very different size (a·C^b with C in FLOP) cause no error.
#[derive(Debug, Clone)]
pub(crate) struct QrFactor {
    qr: nalgebra::linalg::QR<f64, nalgebra::Dyn, nalgebra::Dyn>,
    r: DMatrix<f64>,
    scale: Vec<f64>,
}

impl QrFactor {
    /// `None` if a column is zero or not finite, or if there are fewer rows than columns.
    pub(crate) fn new(jacobian: &DMatrix<f64>) -> Option<QrFactor> {
        let (rows, columns) = jacobian.shape();
        if rows < columns || columns == 0 {
            return None;
        }
        let scale: Vec<f64> = jacobian.column_iter().map(|c| c.norm()).collect();
        if scale.iter().any(|s| !s.is_finite() || *s == 0.0) {
            return None;
        }
        let mut scaled = jacobian.clone();
        for (mut column, s) in scaled.column_iter_mut().zip(&scale) {
            column /= *s;
        }
        let qr = scaled.qr();
        let r = qr.r();
        Some(QrFactor { qr, r, scale })
    }

    /// The x that minimises |J·x − rhs|; `None` if J does not have full rank.
    pub(crate) fn solve(&self, rhs: &DVector<f64>) -> Option<DVector<f64>> {
        let mut projected = rhs.clone();
        self.qr.q_tr_mul(&mut projected);
        let mut x = projected.rows(0, self.scale.len()).into_owned();
        if !self.r.solve_upper_triangular_mut(&mut x) || x.iter().any(|v| !v.is_finite()) {
            return None;
        }
        for (value, s) in x.iter_mut().zip(&self.scale) {
            *value /= s;
        }
        Some(x)
    }

    /// gᵀ(JᵀJ)⁻¹g = |R⁻ᵀg|²: the variance of a linear function of the parameters in units of the
    /// residual variance. `None` if J does not have full rank.
    pub(crate) fn variance(&self, gradient: &[f64]) -> Option<f64> {
        let scaled = gradient.iter().zip(&self.scale).map(|(g, s)| g / s);
        let mut v = DVector::from_iterator(self.scale.len(), scaled);
        let solved = self.r.tr_solve_upper_triangular_mut(&mut v);
        let norm = v.norm_squared();
        (solved && norm.is_finite()).then_some(norm)
    }

    /// (JᵀJ)⁻¹; `None` if J does not have full rank.
    pub(crate) fn inverse_gram(&self) -> Option<DMatrix<f64>> {
        let p = self.scale.len();
        let mut inverse = DMatrix::identity(p, p);
        if !self.r.solve_upper_triangular_mut(&mut inverse) {
            return None;
        }
        for (mut row, s) in inverse.row_iter_mut().zip(&self.scale) {
            row /= *s;
        }
        let gram = &inverse * inverse.transpose();
        gram.iter().all(|v| v.is_finite()).then_some(gram)
    }

    /// Ratio of the largest to the smallest singular value of the scaled Jacobian.
    pub(crate) fn condition(&self) -> f64 {
        let values = self.r.clone().singular_values();
        let (largest, smallest) = (values.max(), values.min());
        if smallest > 0.0 {
            largest / smallest
        } else {
            f64::INFINITY
        }
    }
}

/// Solves the least-squares problem of a Jacobian of two or three columns; the last entry of each
/// row is the right-hand side. Modified Gram–Schmidt on all columns together is as accurate as
/// Householder's QR (Björck 1967), and this innermost loop allocates nothing.
pub(crate) fn gauss_newton_step(rows: &mut [[f64; 4]], columns: usize) -> Option<[f64; 3]> {
    let mut r = [[0.0; 4]; 3];
    for k in 0..columns {
        let mut norm2 = 0.0;
        let mut dots = [0.0; 4];
        for row in rows.iter() {
            norm2 += row[k] * row[k];
            for j in 0..4 {
                dots[j] += row[k] * row[j];
            }
        }
        if !(norm2 > 0.0 && norm2.is_finite()) {
            return None;
        }
        for row in rows.iter_mut() {
            let pivot = row[k];
            for j in k + 1..4 {
                row[j] -= pivot * (dots[j] / norm2);
            }
        }
        // Row k of R scaled by its diagonal: 1, then the projections.
        for j in k + 1..4 {
            r[k][j] = dots[j] / norm2;
        }
    }
    let mut step = [0.0; 3];
    for k in (0..columns).rev() {
        step[k] = r[k][3] - (k + 1..columns).map(|j| r[k][j] * step[j]).sum::<f64>();
    }
    step.iter().all(|d| d.is_finite()).then_some(step)
}
