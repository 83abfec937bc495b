//! The objective Σ m·ρ(r) of E + A·e^(−αx) + B·e^(−βz), its gradient and its Hessian.
//!
//! Only the constructors allocate.

use super::centred::{Centred, Point};
use super::sums::{Square, all_positive, dot, dot3, gram, lanes_sum, sum};
use crate::fit::Residuals;
use crate::numeric::{exp_scaled, ln_all, widest};

/// The loss applied to the residuals; least absolute deviations are Huber's with a tiny threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rho {
    Squared,
    Huber(f64),
}

/// Scratch arrays of one evaluation.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    /// e^(−αx) and e^(−βz).
    e: [Vec<f64>; 2],
    f: Vec<f64>,
    pub r: Vec<f64>,
    /// Factors of ∇f∇fᵀ in the Hessian and in its majorant, and of ∇f in the gradient.
    outer: Vec<f64>,
    majorant: Vec<f64>,
    inner: Vec<f64>,
    /// e^(−αx) and e^(−βz) at the point of the last derivatives, and −x·e^(−αx) and −z·e^(−βz).
    at: [Vec<f64>; 2],
    u: [Vec<f64>; 2],
    scaled: Vec<f64>,
}

impl Workspace {
    pub(crate) fn new(data: &Centred) -> Workspace {
        let zeros = || vec![0.0; data.x.len()];
        Workspace {
            e: [zeros(), zeros()],
            f: zeros(),
            r: zeros(),
            outer: zeros(),
            majorant: zeros(),
            inner: zeros(),
            at: [zeros(), zeros()],
            u: [zeros(), zeros()],
            scaled: zeros(),
        }
    }

    /// Makes room for other data, without allocation if they have fewer rows.
    pub(crate) fn resize(&mut self, data: &Centred) {
        let pairs = self.e.iter_mut().chain(&mut self.at).chain(&mut self.u);
        let single = [
            &mut self.f,
            &mut self.r,
            &mut self.outer,
            &mut self.majorant,
            &mut self.inner,
            &mut self.scaled,
        ];
        for array in pairs.chain(single) {
            array.resize(data.x.len(), 0.0);
        }
    }

    /// The objective at `p`; infinite if the law has no value there. The other methods are about
    /// the `p` of the last call.
    pub(crate) fn value(&mut self, data: &Centred, p: &Point, rho: Rho) -> f64 {
        widest(
            #[inline(always)]
            || self.value_of(data, p, rho),
        )
    }

    /// [`Workspace::value`] without the vector instructions that only some processors have.
    #[inline(always)]
    pub(crate) fn value_of(&mut self, data: &Centred, p: &Point, rho: Rho) -> f64 {
        let [a, b, e, alpha, beta] = *p;
        let [e1, e2] = &mut self.e;
        exp_scaled(-alpha, &data.x, e1);
        exp_scaled(-beta, &data.z, e2);
        for ((f, e1), e2) in self.f.iter_mut().zip(&*e1).zip(&*e2) {
            *f = e + a * e1 + b * e2;
        }
        if data.residuals == Residuals::Log {
            // The law may be negative in the padding although it is positive in all rows.
            for f in &mut self.f[data.rows..] {
                *f = 1.0;
            }
            if !all_positive(&self.f) {
                return f64::INFINITY;
            }
            ln_all(&self.f, &mut self.r);
            for ((r, s), l) in self.r.iter_mut().zip(&data.slope).zip(&data.ln_y) {
                *r = s * (*r - l);
            }
        } else {
            let rows = self.r.iter_mut().zip(&self.f);
            for ((r, f), (s, y)) in rows.zip(data.slope.iter().zip(&data.y)) {
                *r = s * (f - y);
            }
        }
        let (r, m) = (&self.r, &data.multiplicity);
        let sum = match rho {
            Rho::Squared => lanes_sum(r, m, |r| r * r),
            Rho::Huber(delta) if delta.is_infinite() => lanes_sum(r, m, |r| 0.5 * r * r),
            Rho::Huber(delta) => lanes_sum(r, m, |r| {
                let size = r.abs();
                let inside = if size < delta { size } else { delta };
                inside * (size - 0.5 * inside)
            }),
        };
        if sum.is_finite() { sum } else { f64::INFINITY }
    }

    /// Σ m·|r| at the point of the last [`Workspace::value`].
    pub(crate) fn absolute(&self, data: &Centred) -> f64 {
        lanes_sum(&self.r, &data.multiplicity, f64::abs)
    }

    /// Gradient and Hessian at the point of the last [`Workspace::value`].
    pub(crate) fn derivatives(&mut self, data: &Centred, p: &Point, rho: Rho) -> (Point, Square) {
        widest(
            #[inline(always)]
            || self.derivatives_of(data, p, rho),
        )
    }

    #[inline(always)]
    fn derivatives_of(&mut self, data: &Centred, p: &Point, rho: Rho) -> (Point, Square) {
        self.factors(data, rho);
        // The next trial may overwrite these before the majorant is computed.
        for (at, e) in self.at.iter_mut().zip(&self.e) {
            at.copy_from_slice(e);
        }
        let [e1, e2] = &self.at;
        let [u1, u2] = &mut self.u;
        for ((u, e), x) in u1.iter_mut().zip(e1).zip(&data.x) {
            *u = -x * e;
        }
        for ((u, e), z) in u2.iter_mut().zip(e2).zip(&data.z) {
            *u = -z * e;
        }
        let (u1, u2): (&[f64], &[f64]) = (u1, u2);
        let mut hessian = gram(&self.outer, [e1, e2, u1, u2], &mut self.scaled);
        let c = &self.inner;
        let s = [
            dot(c, e1),
            dot(c, e2),
            sum(c),
            dot(c, u1),
            dot(c, u2),
            dot3(c, u1, &data.x),
            dot3(c, u2, &data.z),
        ];
        let (a, b) = (p[0], p[1]);
        let mut gradient = [s[0], s[1], s[2], s[3], s[4]];
        scale_exponents(&mut gradient, &mut hessian, a, b);
        let mut add = |i: usize, k: usize, v: f64| {
            hessian[i][k] += v;
            if i != k {
                hessian[k][i] += v;
            }
        };
        add(0, 3, s[3]);
        add(1, 4, s[4]);
        add(3, 3, -a * s[5]);
        add(4, 4, -b * s[6]);
        (gradient, hessian)
    }

    /// Σ m·(ψ/r)·∇r∇rᵀ at the point of the last [`Workspace::derivatives`]: positive semidefinite
    /// and, for residuals linear in f, above the Hessian.
    pub(crate) fn majorant(&mut self, p: &Point) -> Square {
        widest(
            #[inline(always)]
            || self.majorant_of(p),
        )
    }

    #[inline(always)]
    fn majorant_of(&mut self, p: &Point) -> Square {
        let [e1, e2] = &self.at;
        let [u1, u2] = &self.u;
        let mut square = gram(&self.majorant, [e1, e2, u1, u2], &mut self.scaled);
        scale_exponents(&mut [0.0; 5], &mut square, p[0], p[1]);
        square
    }

    /// Σ |m·ψ·∂r/∂p|: the size that a component of the gradient is compared with.
    pub(crate) fn gradient_size(&self, p: &Point) -> Point {
        let mut size = [0.0; 5];
        for i in 0..self.inner.len() {
            let c = self.inner[i].abs();
            size[0] += c * self.e[0][i];
            size[1] += c * self.e[1][i];
            size[2] += c;
            size[3] += c * (p[0] * self.u[0][i]).abs();
            size[4] += c * (p[1] * self.u[1][i]).abs();
        }
        size
    }

    /// ∂r/∂p of row `i` at the point of the last [`Workspace::derivatives`].
    pub(crate) fn row(&self, data: &Centred, p: &Point, i: usize) -> Point {
        let slope = if data.residuals == Residuals::Log {
            data.slope[i] / self.f[i]
        } else {
            data.slope[i]
        };
        [
            slope * self.e[0][i],
            slope * self.e[1][i],
            slope,
            slope * p[0] * self.u[0][i],
            slope * p[1] * self.u[1][i],
        ]
    }

    #[inline(always)]
    fn factors(&mut self, data: &Centred, rho: Rho) {
        // ρ is δ²/2-like inside the threshold: ψ = scale·clamp(r), ψ′ = scale inside, 0 outside.
        let (scale, delta) = match rho {
            Rho::Squared => (2.0, f64::INFINITY),
            Rho::Huber(delta) => (1.0, delta),
        };
        let out = self
            .outer
            .iter_mut()
            .zip(&mut self.majorant)
            .zip(&mut self.inner);
        let of_data = data.slope.iter().zip(&data.multiplicity);
        let rows = self.r.iter().zip(&self.f).zip(of_data);
        let log = data.residuals == Residuals::Log;
        for (((outer, majorant), inner), ((r, f), (s, m))) in out.zip(rows) {
            let m = m * scale;
            let size = r.abs();
            let psi = if size <= delta {
                *r
            } else {
                delta.copysign(*r)
            };
            let inside = if size <= delta { 1.0 } else { 0.0 };
            let weight = if size <= delta { 1.0 } else { delta / size };
            let inverse = if log { 1.0 / f } else { 1.0 };
            let first = s * inverse;
            let second = if log { -first * inverse } else { 0.0 };
            *outer = m * (inside * first * first + psi * second);
            *majorant = m * weight * first * first;
            *inner = m * psi * first;
        }
    }
}

/// Multiplies the entries for α and β by A and B, which the columns do not contain.
fn scale_exponents(gradient: &mut Point, square: &mut Square, a: f64, b: f64) {
    for (k, factor) in [(3, a), (4, b)] {
        gradient[k] *= factor;
        for i in 0..5 {
            square[k][i] *= factor;
            square[i][k] *= factor;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::centred::tests::{P, data};
    use super::*;

    #[test]
    fn derivatives_agree_with_differences() {
        for residuals in [Residuals::Log, Residuals::Relative, Residuals::Absolute] {
            let data = data(residuals);
            let mut w = Workspace::new(&data);
            for rho in [Rho::Squared, Rho::Huber(0.05), Rho::Huber(f64::INFINITY)] {
                w.value(&data, &P, rho);
                let (gradient, hessian) = w.derivatives(&data, &P, rho);
                for k in 0..5 {
                    let h = 1e-6;
                    let mut at = |step: f64| {
                        let mut q = P;
                        q[k] += step;
                        let value = w.value(&data, &q, rho);
                        (value, w.derivatives(&data, &q, rho).0)
                    };
                    let (above, below) = (at(h), at(-h));
                    let difference = (above.0 - below.0) / (2.0 * h);
                    approx::assert_relative_eq!(
                        gradient[k],
                        difference,
                        max_relative = 1e-7,
                        epsilon = 1e-8
                    );
                    for i in 0..5 {
                        let difference = (above.1[i] - below.1[i]) / (2.0 * h);
                        approx::assert_relative_eq!(
                            hessian[i][k],
                            difference,
                            max_relative = 1e-6,
                            epsilon = 1e-6
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn wider_vector_instructions_change_no_bit() {
        for residuals in [Residuals::Log, Residuals::Relative, Residuals::Absolute] {
            let data = data(residuals);
            let (mut wide, mut narrow) = (Workspace::new(&data), Workspace::new(&data));
            for rho in [Rho::Squared, Rho::Huber(0.05), Rho::Huber(f64::INFINITY)] {
                for k in 0..40 {
                    let mut p = P;
                    p[3] += 0.03 * f64::from(k);
                    p[4] -= 0.01 * f64::from(k);
                    let value = narrow.value_of(&data, &p, rho);
                    assert_eq!(wide.value(&data, &p, rho), value);
                    let derivatives = narrow.derivatives_of(&data, &p, rho);
                    assert_eq!(wide.derivatives(&data, &p, rho), derivatives);
                    assert_eq!(wide.majorant(&p), narrow.majorant_of(&p));
                }
            }
        }
    }

    #[test]
    fn the_majorant_is_the_hessian_of_quadratic_residuals() {
        // Linear residuals at A = B = 0 have no second derivatives in (A, B, E).
        let data = data(Residuals::Absolute);
        let mut w = Workspace::new(&data);
        w.value(&data, &P, Rho::Squared);
        let (_, hessian) = w.derivatives(&data, &P, Rho::Squared);
        let majorant = w.majorant(&P);
        for i in 0..3 {
            for k in 0..3 {
                approx::assert_relative_eq!(majorant[i][k], hessian[i][k], max_relative = 1e-12);
            }
        }
    }
}
