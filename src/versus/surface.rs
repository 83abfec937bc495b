//! A surface E + A/N^α + B/D^β by its compute-optimal path, and its curve along a line.
//!
//! If training costs k·N·D, the least loss at a compute is again a law c + s·e^(b·u) with c = E and
//! −b = αβ/(α + β). Two more numbers determine the surface: φ = β/(α + β), the share of the term of
//! N in the reducible loss of the path, and ν = ln N* at u = 0:
//!
//! L = c + s·(φ·e^(b·(x − ν)/φ) + (1 − φ)·e^(b·(z + ν)/(1 − φ))), with x = ln N and z = ln D from a
//! common reference.
//!
//! So every function of two laws of compute applies to two paths, with the same formulas.

use super::curve::{Curve, Gradient, Two};
use crate::numeric::{LogCost, Pulls, Surface};

/// Parameters of both recipes: (s, b, c) of A, (s, b, c) of B, (φ, ν) of A, (φ, ν) of B. Laws of
/// compute do not use the last four.
pub(super) type Full = [f64; 10];

/// (s, b, c, φ, ν) of one recipe.
pub(super) type Five = [f64; 5];

/// A place at which a loss is evaluated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum At {
    /// At u on the law of compute, or on the compute-optimal path.
    Path(f64),
    /// At these x and z.
    Sizes(f64, f64),
}

impl At {
    /// The u of a place on the path, or the x of any other place.
    pub(super) fn compute(self) -> f64 {
        match self {
            At::Path(u) | At::Sizes(u, _) => u,
        }
    }
}

/// A line in the plane of sizes along which a multiplier is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Along {
    /// Compute, on the law of compute or on the path of a surface.
    Path,
    /// Tokens at a fixed size: its x, and z − ln D of each recipe.
    Tokens { x: f64, offset: [f64; 2] },
}

impl Along {
    /// The place at u of recipe A (0) or B (1).
    pub(super) fn at(self, side: usize, u: f64) -> At {
        match self {
            Along::Path => At::Path(u),
            Along::Tokens { x, offset } => At::Sizes(x, u + offset[side]),
        }
    }
}

/// Indices of the five parameters of each recipe among all.
pub(super) const PLACES: [[usize; 5]; 2] = [[0, 1, 2, 6, 7], [3, 4, 5, 8, 9]];

/// The five parameters of a recipe.
pub(super) fn five(full: &Full, side: usize) -> Five {
    PLACES[side].map(|k| full[k])
}

/// The reducible loss at s = 1, and its derivatives by b, φ and ν.
pub(super) fn unit(&[_, b, _, phi, nu]: &Five, at: At) -> (f64, [f64; 3]) {
    match at {
        At::Path(u) => {
            let e = (b * u).exp();
            (e, [u * e, 0.0, 0.0])
        }
        At::Sizes(x, z) => {
            // The values of u at which the path has this N, and this D.
            let (of_n, of_d) = ((x - nu) / phi, (z + nu) / (1.0 - phi));
            let (n, d) = ((b * of_n).exp(), (b * of_d).exp());
            let by_b = phi * n * of_n + (1.0 - phi) * d * of_d;
            let by_phi = n * (1.0 - b * of_n) - d * (1.0 - b * of_d);
            (phi * n + (1.0 - phi) * d, [by_b, by_phi, b * (d - n)])
        }
    }
}

/// The loss of a recipe, and its gradient by its five parameters.
pub(super) fn loss(five: &Five, at: At) -> (f64, Five) {
    let (unit, [b, phi, nu]) = unit(five, at);
    let [s, _, c, ..] = *five;
    (c + s * unit, [unit, s * b, 1.0, s * phi, s * nu])
}

/// The five parameters of a surface whose training costs e^`ln_k`·N·D, with u = 0 at ln C and x = 0
/// at ln N.
pub(super) fn parameters(surface: &Surface, ln_k: f64, ln_c: f64, ln_n: f64) -> Five {
    let Surface {
        a,
        b,
        e,
        alpha,
        beta,
    } = *surface;
    let plane = LogCost {
        value: ln_k,
        by_n: 1.0,
        by_d: 1.0,
    };
    let (best_n, best_d) = Pulls::of(surface).on_plane(&plane, ln_c);
    let s = a * (-alpha * best_n).exp() + b * (-beta * best_d).exp();
    let sum = alpha + beta;
    [s, -alpha * beta / sum, e, beta / sum, best_n - ln_n]
}

/// Both recipes as curves of one variable along a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    pub(super) two: Two,
    /// Derivatives of each recipe's curve by its five parameters; `None` along the path, where the
    /// curve is the first three parameters.
    chain: Option<[[Five; 3]; 2]>,
}

impl View {
    pub(super) fn new(full: &Full, along: Along) -> View {
        let Along::Tokens { x, offset } = along else {
            let [sa, ba, ca, sb, bb, cb, ..] = *full;
            return View {
                two: Two::of(&[sa, ba, ca, sb, bb, cb]),
                chain: None,
            };
        };
        let (a, of_a) = of_tokens(&five(full, 0), x, offset[0]);
        let (b, of_b) = of_tokens(&five(full, 1), x, offset[1]);
        View {
            two: Two { a, b },
            chain: Some([of_a, of_b]),
        }
    }

    /// Converts a gradient by the two curves into one by all parameters.
    fn whole(&self, by_curves: &Gradient) -> Full {
        let mut full = [0.0; 10];
        match &self.chain {
            None => full[..6].copy_from_slice(by_curves),
            Some(chain) => {
                for (side, places) in PLACES.iter().enumerate() {
                    for (k, row) in chain[side].iter().enumerate() {
                        for (place, along) in places.iter().zip(row) {
                            full[*place] += by_curves[3 * side + k] * along;
                        }
                    }
                }
            }
        }
        full
    }

    /// ln m at u and its gradient.
    pub(super) fn multiplier_with_gradient(&self, u: f64) -> Option<(f64, Full)> {
        let (value, gradient) = self.two.multiplier_with_gradient(u)?;
        Some((value, self.whole(&gradient)))
    }

    /// d ln m / du and its gradient.
    pub(super) fn growth_with_gradient(&self, u: f64) -> Option<(f64, Full)> {
        let (value, gradient) = self.two.growth_with_gradient(u)?;
        Some((value, self.whole(&gradient)))
    }

    /// L_A − L_B at u and its gradient.
    pub(super) fn difference_with_gradient(&self, u: f64) -> (f64, Full) {
        let (value, gradient) = self.two.difference_with_gradient(u);
        (value, self.whole(&gradient))
    }
}

/// A surface at one N as a curve of ln D, and its derivatives by the five parameters.
fn of_tokens(&[s, b, c, phi, nu]: &Five, x: f64, offset: f64) -> (Curve, [Five; 3]) {
    let (share, of_n) = (1.0 - phi, (x - nu) / phi);
    let shift = (offset + nu) / share;
    let (n, d) = ((b * of_n).exp(), (b * shift).exp());
    let curve = Curve {
        s: s * share * d,
        b: b / share,
        c: c + s * phi * n,
    };
    let by_phi = s * d * (b * shift - 1.0);
    let chain = [
        [share * d, curve.s * shift, 0.0, by_phi, curve.s * curve.b],
        [0.0, 1.0 / share, 0.0, b / (share * share), 0.0],
        [
            phi * n,
            s * phi * n * of_n,
            1.0,
            s * n * (1.0 - b * of_n),
            -s * b * n,
        ],
    ];
    (curve, chain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::bisect;

    /// Hoffmann et al. (2022), eq. 10, Besiroglu et al. (2024), and a third surface.
    fn surfaces() -> [Surface; 3] {
        let of = |a, b, e, alpha, beta| Surface::new(a, b, e, alpha, beta).unwrap();
        [
            of(406.4, 410.7, 1.69, 0.34, 0.28),
            of(482.0, 2085.0, 1.817, 0.348, 0.366),
            of(300.0, 700.0, 1.75, 0.32, 0.31),
        ]
    }

    const LN_C: f64 = 50.0;
    const LN_N: f64 = 20.0;

    fn full(a: &Surface, b: &Surface) -> Full {
        let of = |surface| parameters(surface, 6f64.ln(), LN_C, LN_N);
        let (a, b) = (of(a), of(b));
        [a[0], a[1], a[2], b[0], b[1], b[2], a[3], a[4], b[3], b[4]]
    }

    /// The z of ln D = `ln_d`.
    fn z(ln_d: f64) -> f64 {
        ln_d - (LN_C - 6f64.ln() - LN_N)
    }

    #[test]
    fn the_path_and_the_surface_are_those_of_the_coefficients() {
        for surface in &surfaces() {
            let five = parameters(surface, 6f64.ln(), LN_C, LN_N);
            for (n, d) in [(1e7f64, 1e9f64), (1e9, 2e10), (7e10, 1.4e12)] {
                let at = At::Sizes(n.ln() - LN_N, z(d.ln()));
                assert!((loss(&five, at).0 / surface.loss(n, d) - 1.0).abs() < 1e-12);
            }
            for compute in [1e18f64, 1e21, 1e25] {
                let found = loss(&five, At::Path(compute.ln() - LN_C)).0;
                assert!((found / surface.optimal(compute).loss - 1.0).abs() < 1e-12);
            }
        }
    }

    fn m(a: &Surface, b: &Surface, along: Along, u: f64) -> f64 {
        let view = View::new(&full(a, b), along);
        view.two.log_multiplier(u).unwrap()
    }

    #[test]
    fn multipliers_agree_with_each_other_on_the_path_and_at_one_size() {
        let [a, b, c] = &surfaces();
        let at_size = Along::Tokens {
            x: 1e9f64.ln() - LN_N,
            offset: [0.0; 2],
        };
        for along in [Along::Path, at_size] {
            for u in [-6.0, -4.0, -3.0] {
                let bc = m(b, c, along, u);
                assert!((bc + m(c, b, along, u + bc)).abs() < 1e-9);
                // Transitivity.
                assert!((m(a, c, along, u) - m(a, b, along, u + bc) - bc).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn a_search_on_the_surfaces_finds_the_same_multipliers() {
        // This check uses neither the closed form of the path nor that of the multiplier.
        let [a, b, _] = &surfaces();
        let least = |surface: &Surface, ln_c: f64| {
            let at = |ln_n: f64| surface.loss(ln_n.exp(), (ln_c - 6f64.ln() - ln_n).exp());
            let (mut low, mut high) = (5.0, 40.0);
            for _ in 0..200 {
                let (p, q) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
                if at(p) < at(q) { high = q } else { low = p }
            }
            at(0.5 * (low + high))
        };
        for ln_c in [45.0, 48.0] {
            let wanted = least(b, ln_c);
            let found = bisect(ln_c - 20.0, ln_c + 20.0, |v| least(a, v) > wanted).0 - ln_c;
            assert!((found - m(a, b, Along::Path, ln_c - LN_C)).abs() < 1e-9);
        }
        let (n, ln_d) = (1e9f64, 1e10f64.ln());
        let wanted = b.loss(n, ln_d.exp());
        let found = bisect(ln_d - 9.0, ln_d + 9.0, |v| a.loss(n, v.exp()) > wanted).0 - ln_d;
        let at_size = Along::Tokens {
            x: n.ln() - LN_N,
            offset: [0.0; 2],
        };
        assert!((found - m(a, b, at_size, z(ln_d))).abs() < 1e-9);
    }

    #[test]
    fn gradients_are_those_of_differences() {
        let [a, b, _] = &surfaces();
        let p = full(a, b);
        let at_size = Along::Tokens {
            x: 0.7,
            offset: [0.1, -0.05],
        };
        for along in [Along::Path, at_size] {
            let u = -4.0;
            let view = View::new(&p, along);
            let (_, gradient) = view.multiplier_with_gradient(u).unwrap();
            let (_, difference) = view.difference_with_gradient(u);
            for k in 0..10 {
                let h = 1e-6 * p[k].abs().max(0.1);
                let with = |step: f64| {
                    let mut q = p;
                    q[k] += step;
                    View::new(&q, along)
                };
                let (up, down) = (with(h), with(-h));
                let rate = |f: &dyn Fn(&View) -> f64| (f(&up) - f(&down)) / (2.0 * h);
                let close = |found: f64, wanted: f64| {
                    assert!(
                        (found - wanted).abs() < 1e-5 * (1.0 + wanted.abs()),
                        "{along:?} {k}"
                    );
                };
                close(gradient[k], rate(&|v| v.two.log_multiplier(u).unwrap()));
                close(difference[k], rate(&|v| v.difference_with_gradient(u).0));
            }
        }
        let (own, at) = (five(&p, 0), At::Sizes(0.4, -3.0));
        let (_, gradient) = loss(&own, at);
        for k in 0..5 {
            let h = 1e-6;
            let with = |step: f64| {
                let mut q = own;
                q[k] += step;
                loss(&q, at).0
            };
            let wanted = (with(h) - with(-h)) / (2.0 * h);
            assert!(
                (gradient[k] - wanted).abs() < 1e-6 * (1.0 + wanted.abs()),
                "{k}"
            );
        }
    }
}
