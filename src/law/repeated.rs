//! The data-constrained law: repeated tokens and excess parameters are worth less and less
//! (Muennighoff et al. 2023, eqs. 5–10).

use super::{Chinchilla, Input, Law, Parameter, Search};

/// L(N, D, U) = E + A/N′^α + B/D′^β, where U of the D tokens are unique and
/// D′ = U + U·R*_D·(1 − e^(−R_D/R*_D)) with R_D = D/U − 1 repetitions; N′ likewise with
/// U_N = min(N, N*(U)), the parameters for which U tokens are compute-optimal.
///
/// Parameters (A, B, E, α, β, R*_D, R*_N).
///
/// ```
/// use scalewise::law::{DataConstrained, Law};
/// // the authors' fitted coefficients and their loss for 8.67B parameters, 178B tokens, 25B unique
/// let p = [6.255414_f64.exp(), 7.3049974_f64.exp(), 0.6254804_f64.exp(), 0.3526596, 0.3526596,
///          15.387756, 5.309743];
/// let loss = DataConstrained.predict(&[8.67e9, 178e9, 25e9], &p);
/// assert!((loss - 2.2269634075087867).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataConstrained;

/// U + U·R·(1 − e^(−r/R)) with r = total/U − 1, and its derivatives by U and R.
struct Effective {
    value: f64,
    by_unique: f64,
    by_decay: f64,
}

impl Effective {
    fn new(total: f64, unique: f64, decay: f64) -> Effective {
        let repeats = total / unique - 1.0;
        if repeats <= 0.0 {
            return Effective {
                value: total,
                by_unique: 0.0,
                by_decay: 0.0,
            };
        }
        let faded = (-repeats / decay).exp();
        // 1 − e^(−r/R) without cancellation where r is small.
        let kept = -(-repeats / decay).exp_m1();
        Effective {
            value: unique * (1.0 + decay * kept),
            by_unique: 1.0 + decay * kept - faded * total / unique,
            by_decay: unique * (kept - faded * repeats / decay),
        }
    }
}

/// ln N*(U): the parameters for which U tokens are compute-optimal, from αA/N^α = βB/U^β.
fn ln_matching_params(ln_unique: f64, p: &[f64]) -> f64 {
    ((p[3] * p[0] / (p[4] * p[1])).ln() + p[4] * ln_unique) / p[3]
}

impl DataConstrained {
    /// N′ and D′ for the arguments (N, D, U); the third entry is U_N where it is N*(U).
    fn effective(x: &[f64], p: &[f64]) -> (Effective, Effective, Option<f64>) {
        let unique = x[2].min(x[1]);
        let matching = ln_matching_params(unique.ln(), p).exp();
        // Without coefficients, as where the others are found by linear least squares, every
        // parameter counts.
        let binding = matching.is_finite() && matching > 0.0 && matching < x[0];
        let unique_params = if binding { matching } else { x[0] };
        (
            Effective::new(x[0], unique_params, p[6]),
            Effective::new(x[1], unique, p[5]),
            binding.then_some(matching),
        )
    }
}

impl Law for DataConstrained {
    fn name(&self) -> &'static str {
        "data-constrained"
    }

    fn formula(&self) -> &'static str {
        "L(N, D, U) = E + A/N'^alpha + B/D'^beta, D' = U + U*R_D*(1 - exp(-(D/U - 1)/R_D)), N' likewise with R_N"
    }

    fn inputs(&self) -> &'static [Input] {
        &[Input::Params, Input::Tokens, Input::UniqueTokens]
    }

    fn parameters(&self) -> &'static [Parameter] {
        const fn decay(name: &'static str) -> Parameter {
            Parameter {
                name,
                lower: 1e-3,
                upper: 1e6,
                search: Search::Log(1.0, 100.0),
            }
        }
        const fn surface(k: usize) -> Parameter {
            let (name, linear) = match k {
                0 => ("A", true),
                1 => ("B", true),
                2 => ("E", true),
                3 => ("alpha", false),
                _ => ("beta", false),
            };
            Parameter {
                name,
                lower: if linear { 0.0 } else { 0.004 },
                upper: if linear { f64::INFINITY } else { 2.5 },
                search: if linear {
                    Search::Linear
                } else {
                    Search::Log(0.1, 1.0)
                },
            }
        }
        const LIST: [Parameter; 7] = [
            surface(0),
            surface(1),
            surface(2),
            surface(3),
            surface(4),
            decay("R_D"),
            decay("R_N"),
        ];
        &LIST
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        let (n, d, _) = DataConstrained::effective(x, p);
        Chinchilla.predict(&[n.value, d.value], p)
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        let (n, d, matching) = DataConstrained::effective(x, p);
        Chinchilla.gradient(&[n.value, d.value], p, out);
        let slope_n = -p[3] * p[0] * n.value.powf(-p[3] - 1.0);
        let slope_d = -p[4] * p[1] * d.value.powf(-p[4] - 1.0);
        out[5] = slope_d * d.by_decay;
        out[6] = slope_n * n.by_decay;
        let Some(matching) = matching else { return };
        // U_N = N*(U) moves with the surface itself.
        let by_ln = slope_n * n.by_unique * matching;
        let ln_unique = x[2].min(x[1]).ln();
        out[0] += by_ln / (p[3] * p[0]);
        out[1] -= by_ln / (p[3] * p[1]);
        out[3] += by_ln * (1.0 / p[3] - matching.ln()) / p[3];
        out[4] += by_ln * (ln_unique - 1.0 / p[4]) / p[3];
    }
}
