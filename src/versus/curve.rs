//! A law of compute, and the multiplier between two of them in closed form.

/// c + s·e^(b·u) with u = ln(C/C_ref), where all compared recipes share C_ref.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Curve {
    pub s: f64,
    pub b: f64,
    pub c: f64,
}

/// The gradient of a function of two curves: with respect to (s, b, c) of A, then of B.
pub(super) type Gradient = [f64; 6];

impl Curve {
    /// The loss at u.
    pub(crate) fn at(&self, u: f64) -> f64 {
        self.c + self.reducible(u)
    }

    /// The loss above the floor at u.
    pub(crate) fn reducible(&self, u: f64) -> f64 {
        self.s * (self.b * u).exp()
    }

    /// The derivative of the loss by u.
    pub(super) fn slope(&self, u: f64) -> f64 {
        self.b * self.reducible(u)
    }

    /// The u at which the curve reaches this loss; `None` if it stays above.
    pub(super) fn reaches(&self, loss: f64) -> Option<f64> {
        let u = ((loss - self.c) / self.s).ln() / self.b;
        u.is_finite().then_some(u)
    }

    fn gradient(&self, u: f64) -> [f64; 3] {
        let e = (self.b * u).exp();
        [e, self.s * u * e, 1.0]
    }
}

/// Recipe A, the base, and recipe B.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Two {
    pub(super) a: Curve,
    pub(super) b: Curve,
}

impl Two {
    pub(super) fn of(p: &Gradient) -> Two {
        let curve = |k: usize| Curve {
            s: p[k],
            b: p[k + 1],
            c: p[k + 2],
        };
        Two {
            a: curve(0),
            b: curve(3),
        }
    }

    /// ln m at u; `None` if A never reaches the loss of B.
    pub(super) fn log_multiplier(&self, u: f64) -> Option<f64> {
        Some(self.a.reaches(self.b.at(u))? - u)
    }

    /// ln m at u and its gradient.
    pub(super) fn multiplier_with_gradient(&self, u: f64) -> Option<(f64, Gradient)> {
        let log_m = self.log_multiplier(u)?;
        let there = u + log_m;
        // The derivative of L_A(u + ln m) = L_B(u): the slope of A offsets any change of the laws.
        let slope = self.a.slope(there);
        let [sa, ba, ca] = self.a.gradient(there);
        let [sb, bb, cb] = self.b.gradient(u);
        let gradient = [-sa, -ba, -ca, sb, bb, cb].map(|g| g / slope);
        let finite = gradient.iter().all(|g| g.is_finite());
        finite.then_some((log_m, gradient))
    }

    /// d ln m / du and its gradient, by central differences of that of ln m.
    pub(super) fn growth_with_gradient(&self, u: f64) -> Option<(f64, Gradient)> {
        const STEP: f64 = 1e-4;
        let (high, up) = self.multiplier_with_gradient(u + STEP)?;
        let (low, down) = self.multiplier_with_gradient(u - STEP)?;
        let mut gradient = up;
        for (g, d) in gradient.iter_mut().zip(down) {
            *g = (*g - d) / (2.0 * STEP);
        }
        Some(((high - low) / (2.0 * STEP), gradient))
    }

    /// L_A − L_B at u and its gradient.
    pub(super) fn difference_with_gradient(&self, u: f64) -> (f64, Gradient) {
        let [sa, ba, ca] = self.a.gradient(u);
        let [sb, bb, cb] = self.b.gradient(u);
        let difference = self.a.at(u) - self.b.at(u);
        (difference, [sa, ba, ca, -sb, -bb, -cb])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAWS: [Curve; 3] = [
        Curve {
            s: 1.4,
            b: -0.09,
            c: 1.6,
        },
        Curve {
            s: 1.3,
            b: -0.11,
            c: 1.58,
        },
        Curve {
            s: 1.2,
            b: -0.10,
            c: 1.65,
        },
    ];

    fn m(a: &Curve, b: &Curve, u: f64) -> f64 {
        Two { a: *a, b: *b }.log_multiplier(u).unwrap()
    }

    #[test]
    fn multipliers_agree_with_each_other() {
        let [a, b, c] = &LAWS;
        for u in [-6.0, -2.0, 0.0, 1.5] {
            // A needs m times the compute of B, so B needs 1/m of the compute of A.
            let ab = m(a, b, u);
            assert!((ab + m(b, a, u + ab)).abs() < 1e-9);
            let bc = m(b, c, u);
            assert!((m(a, c, u) - m(a, b, u + bc) - bc).abs() < 1e-9);
            assert!(m(a, a, u).abs() < 1e-12);
        }
    }

    #[test]
    fn equal_floors_and_exponents_give_a_constant() {
        let a = Curve {
            s: 95.18,
            b: -0.0941,
            c: 1.6,
        };
        let b = Curve { s: 88.32, ..a };
        for u in [-3.0, 0.0, 50.0] {
            let wanted: f64 = (88.32f64 / 95.18).ln() / -0.0941;
            assert!((m(&a, &b, u) - wanted).abs() < 1e-9, "{u}");
        }
        assert_eq!(format!("{:.2}", m(&a, &b, 1.0).exp()), "2.21");
    }

    #[test]
    fn a_floor_above_the_other_loss_is_never_reached() {
        let a = Curve {
            s: 1.0,
            b: -0.1,
            c: 2.0,
        };
        let b = Curve {
            s: 0.5,
            b: -0.1,
            c: 1.5,
        };
        let two = Two { a, b };
        assert_eq!(two.log_multiplier(0.0), None);
        assert!(two.log_multiplier(-30.0).is_some());
    }

    #[test]
    fn gradients_are_those_of_differences() {
        let p = [1.4, -0.09, 1.6, 1.3, -0.11, 1.58];
        let with = |k: usize, step: f64| {
            let mut q = p;
            q[k] += step;
            Two::of(&q)
        };
        let (u, h) = (0.7, 1e-6);
        let (_, gradient) = Two::of(&p).multiplier_with_gradient(u).unwrap();
        let (_, growth) = Two::of(&p).growth_with_gradient(u).unwrap();
        let (_, difference) = Two::of(&p).difference_with_gradient(u);
        for k in 0..6 {
            let (up, down) = (with(k, h), with(k, -h));
            let rate = |f: &dyn Fn(&Two) -> f64| (f(&up) - f(&down)) / (2.0 * h);
            let close =
                |found: f64, wanted: f64| (found - wanted).abs() < 1e-5 * (1.0 + wanted.abs());
            assert!(close(
                gradient[k],
                rate(&|two| two.log_multiplier(u).unwrap())
            ));
            assert!(close(
                growth[k],
                rate(&|two| two.growth_with_gradient(u).unwrap().0)
            ));
            assert!(close(
                difference[k],
                rate(&|two| two.difference_with_gradient(u).0)
            ));
        }
    }
}
