//! Published laws kept as formulas, each with its name, its source and the bounds that the source
//! states or implies.

use super::typed::TypedLaw;

/// A published law.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Preset {
    /// Its name, as requests and law files use it.
    pub name: &'static str,
    /// The law as it is typed.
    pub formula: &'static str,
    /// Its columns and their units.
    pub about: &'static str,
    /// Where it was published.
    pub source: &'static str,
    /// Bounds of its parameters.
    bounds: &'static [(&'static str, f64, f64)],
}

const ANY: f64 = f64::INFINITY;

/// The published laws that are kept as formulas.
pub(super) const PRESETS: [Preset; 11] = [
    Preset {
        name: "experts",
        formula: "L(N, E) = exp(d + a*ln(N) + b*ln(E) + c*ln(N)*ln(E))",
        about: "N: parameters of the dense model; E: experts of a routed one, 1 for a dense model",
        source: "Clark et al. 2022, arXiv 2202.01169",
        bounds: &[],
    },
    Preset {
        name: "granularity",
        formula: "L(N, D, G) = c + (g/G^gamma + a)/N^alpha + b/D^beta",
        about: "N: parameters of all experts; D: tokens; G: granularity, how many times smaller an expert is",
        source: "Krajewski et al. 2024, arXiv 2402.07871",
        bounds: &[
            ("c", 0.0, ANY),
            ("g", 0.0, ANY),
            ("gamma", 0.0, ANY),
            ("a", 0.0, ANY),
            ("alpha", 0.0, ANY),
            ("b", 0.0, ANY),
            ("beta", 0.0, ANY),
        ],
    },
    Preset {
        name: "mixture-2",
        formula: "L(r) = c + k*exp(t*r)",
        about: "r: the share of one of two domains in the training data; L: the loss on either of them",
        source: "Ye et al. 2024, arXiv 2403.16952; with more domains type exp(t1*r1 + t2*r2 + …)",
        bounds: &[("k", 0.0, ANY)],
    },
    Preset {
        name: "vocabulary",
        formula: "L(P, V, D) = A1/P^alpha1 + A2/V^alpha2 + B/D^beta - E",
        about: "P: parameters outside the vocabulary; V: parameters of the vocabulary; D: characters of text; L: a loss normalised by the unigram loss, which is negative: fit absolute residuals",
        source: "Tao et al. 2024, arXiv 2407.13623",
        bounds: &[
            ("A1", 0.0, ANY),
            ("alpha1", 0.0, ANY),
            ("A2", 0.0, ANY),
            ("alpha2", 0.0, ANY),
            ("B", 0.0, ANY),
            ("beta", 0.0, ANY),
        ],
    },
    Preset {
        name: "parallel",
        formula: "L(N, S) = E + (A/(N*(1 + k*ln(S))))^alpha",
        about: "N: parameters; S: streams that are computed in parallel and summed",
        source: "Chen et al. 2025, arXiv 2505.10475",
        bounds: &[
            ("E", 0.0, ANY),
            ("A", 0.0, ANY),
            ("k", 0.0, ANY),
            ("alpha", 0.0, ANY),
        ],
    },
    Preset {
        name: "precision",
        formula: "L(N, D, P) = E + A/(N*(1 - exp(-P/gamma)))^alpha + B/D^beta",
        about: "N: parameters; D: tokens; P: bits of the weights during training",
        source: "Kumar et al. 2024, arXiv 2411.04330",
        bounds: &[
            ("E", 0.0, ANY),
            ("A", 0.0, ANY),
            ("gamma", 0.0, ANY),
            ("alpha", 0.0, ANY),
            ("B", 0.0, ANY),
            ("beta", 0.0, ANY),
        ],
    },
    Preset {
        name: "sparsity",
        formula: "L(S, N, D) = (a*(1 - S)^b + c)/N^d + (e/D)^f + g",
        about: "S: the share of weights that are zero; N: weights that are not; D: tokens",
        source: "Frantar et al. 2023, arXiv 2309.08520",
        bounds: &[
            ("a", 0.0, ANY),
            ("b", 0.0, ANY),
            ("c", 0.0, ANY),
            ("d", 0.0, ANY),
            ("e", 0.0, ANY),
            ("f", 0.0, ANY),
            ("g", 0.0, ANY),
        ],
    },
    Preset {
        name: "hill",
        formula: "R(C) = R0 + (A - R0)/(1 + (Cmid/C)^B)",
        about: "C: compute of reinforcement learning; R: the rate of passing, between R0 before it and A",
        source: "Khatri et al. 2025 (ScaleRL), arXiv 2510.13786",
        bounds: &[("Cmid", 0.0, ANY), ("B", 0.0, ANY)],
    },
    Preset {
        name: "farseer",
        formula: "L(N, D) = exp(s*N^q + S) + exp(B*N^b + Q)*D^(-exp(A*N^a + E))",
        about: "N: parameters; D: tokens",
        source: "Li et al. 2025, arXiv 2506.10972",
        bounds: &[],
    },
    Preset {
        name: "step-law-lr",
        formula: "lr(N, D) = k*N^a*D^b",
        about: "lr: the learning rate that was best for N parameters and D tokens",
        source: "Li et al. 2025 (Step Law), arXiv 2503.04715",
        bounds: &[("k", 0.0, ANY)],
    },
    Preset {
        name: "step-law-batch",
        formula: "batch(D) = k*D^a",
        about: "batch: the batch that was best for D tokens, in tokens",
        source: "Li et al. 2025 (Step Law), arXiv 2503.04715",
        bounds: &[("k", 0.0, ANY)],
    },
];

impl Preset {
    /// The law of the formula.
    pub(super) fn law(&self) -> Option<TypedLaw> {
        // A test parses every formula.
        let law = TypedLaw::parse(self.formula).ok()?;
        Some(law.named(self.name).within(self.bounds))
    }
}
