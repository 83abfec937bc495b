//! The bounded-repeat law: the loss stays between that of an untrained model and an irreducible
//! one, and more parameters than the unique tokens support raise the loss.

use super::definition::{Input, Law, Parameter, Search};
use super::start::{least_squares, log_spaced};

#[derive(Debug)]
pub(super) struct BoundedRepeat;

const EXPONENTS: (f64, f64) = (0.004, 2.5);

/// h and its three powers: N^−α, D^−β and N^γ/U^δ.
fn excess(x: &[f64], p: &[f64]) -> (f64, [f64; 3]) {
    let unique = x[2].min(x[1]);
    let powers = [
        x[0].powf(-p[3]),
        x[1].powf(-p[5]),
        x[0].powf(p[7]) * unique.powf(-p[8]),
    ];
    (
        p[2] * powers[0] + p[4] * powers[1] + p[6] * powers[2],
        powers,
    )
}

/// h/(1 + h), also for infinite h.
fn share(h: f64) -> f64 {
    1.0 - 1.0 / (1.0 + h)
}

const PYTHON: &str = "\
def loss(N, D, U):
    h = a / N**alpha + b / D**beta + c * N**gamma / min(U, D)**delta
    return E + (L0 - E) * h / (1 + h)";

const LATEX: &str = concat!(
    r"L(N, D, U) = <E> + (<L0> - <E>)\,\frac{h}{1 + h},\quad ",
    r"h = \frac{<a>}{N^{<alpha>}} + \frac{<b>}{D^{<beta>}} + \frac{<c>\,N^{<gamma>}}{U^{<delta>}}",
);

impl Law for BoundedRepeat {
    fn name(&self) -> &str {
        "bounded-repeat"
    }

    fn formula(&self) -> &str {
        "L(N, D, U) = E + (L0 - E)*h/(1 + h), h = a/N^alpha + b/D^beta + c*N^gamma/U^delta"
    }

    fn python(&self) -> Option<&str> {
        Some(PYTHON)
    }

    fn latex(&self) -> Option<&str> {
        Some(LATEX)
    }

    fn inputs(&self) -> &[Input] {
        &[Input::Params, Input::Tokens, Input::UniqueTokens]
    }

    fn parameters(&self) -> &[Parameter] {
        const fn loss(name: &'static str) -> Parameter {
            Parameter::new(name, Search::Linear).within(0.0, f64::INFINITY)
        }
        const fn coefficient(name: &'static str) -> Parameter {
            Parameter::new(name, Search::Log(1e-3, 10.0)).within(0.0, f64::INFINITY)
        }
        const fn exponent(name: &'static str) -> Parameter {
            Parameter::new(name, Search::Log(0.1, 1.0)).within(EXPONENTS.0, EXPONENTS.1)
        }
        static LIST: [Parameter; 9] = [
            loss("E"),
            loss("L0"),
            coefficient("a"),
            exponent("alpha"),
            coefficient("b"),
            exponent("beta"),
            coefficient("c"),
            exponent("gamma"),
            exponent("delta"),
        ];
        &LIST
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        p[0] + (p[1] - p[0]) * share(excess(x, p).0)
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        let (h, [of_n, of_d, of_u]) = excess(x, p);
        let part = share(h);
        let slope = (p[1] - p[0]) / ((1.0 + h) * (1.0 + h));
        let (ln_n, ln_d) = (x[0].ln(), x[1].ln());
        let ln_u = x[2].min(x[1]).ln();
        out[0] = 1.0 - part;
        out[1] = part;
        out[2] = slope * of_n;
        out[3] = -slope * p[2] * of_n * ln_n;
        out[4] = slope * of_d;
        out[5] = -slope * p[4] * of_d * ln_d;
        out[6] = slope * of_u;
        out[7] = slope * p[6] * of_u * ln_n;
        out[8] = -slope * p[6] * of_u * ln_u;
    }

    /// For given E, L0 and exponents h = (L − E)/(L0 − L) is linear in a, b and c.
    fn starts(&self, x: &[&[f64]], y: &[f64]) -> Vec<Vec<f64>> {
        const KEPT: usize = 24;
        const SLOPES: usize = 4;
        const UNIQUE: [(f64, f64); 5] =
            [(0.1, 0.3), (0.3, 0.3), (0.5, 1.0), (1.0, 1.0), (0.7, 1.8)];
        let least = y.iter().copied().fold(f64::INFINITY, f64::min);
        let most = y.iter().copied().fold(0.0, f64::max);
        let slopes: Vec<f64> = log_spaced(0.12, 1.2, SLOPES).collect();
        let mut cells = Vec::new();
        for e in [0.0, 0.5, 0.8, 0.95].map(|part| part * least) {
            for l0 in [1.3, 3.0, 8.0].map(|times| times * most) {
                let wanted: Vec<f64> = y.iter().map(|y| (y - e) / (l0 - y)).collect();
                for alpha in &slopes {
                    for beta in &slopes {
                        for (gamma, delta) in UNIQUE {
                            let p = [e, l0, 0.0, *alpha, 0.0, *beta, 0.0, gamma, delta];
                            cells.extend(solved(x, &wanted, p));
                        }
                    }
                }
            }
        }
        cells.sort_by(|p, q| p.0.total_cmp(&q.0));
        cells.truncate(KEPT);
        cells.into_iter().map(|(_, p)| p.to_vec()).collect()
    }

    fn change_units(&self, p: &[f64], x_unit: &[f64], y_unit: f64) -> Option<Vec<f64>> {
        let mut scaled = p.to_vec();
        scaled[0] = p[0] / y_unit;
        scaled[1] = p[1] / y_unit;
        scaled[2] = p[2] * x_unit[0].powf(-p[3]);
        scaled[4] = p[4] * x_unit[1].powf(-p[5]);
        scaled[6] = p[6] * x_unit[0].powf(p[7]) * x_unit[2].powf(-p[8]);
        let finite = scaled.iter().all(|v| v.is_finite());
        // Unique tokens have the unit of tokens.
        (finite && x_unit[1] == x_unit[2]).then_some(scaled)
    }
}

/// The non-negative coefficients that bring h closest to the values that the losses imply, with
/// their sum of squares. It tries subsets of the terms and drops solutions with a negative
/// coefficient.
fn solved(x: &[&[f64]], wanted: &[f64], mut p: [f64; 9]) -> Option<(f64, [f64; 9])> {
    const SETS: [&[usize]; 7] = [&[0, 1, 2], &[0, 1], &[0, 2], &[1, 2], &[0], &[1], &[2]];
    let powers: Vec<[f64; 3]> = x.iter().map(|x| excess(x, &p).1).collect();
    let mut rows = vec![[0.0; 4]; x.len()];
    let mut best: Option<(f64, [f64; 3])> = None;
    for set in SETS {
        for ((row, powers), wanted) in rows.iter_mut().zip(&powers).zip(wanted) {
            *row = [0.0, 0.0, 0.0, 1.0];
            for (slot, k) in row.iter_mut().zip(set) {
                *slot = powers[*k] / wanted;
            }
        }
        let Some((solution, rest)) = least_squares(&mut rows, set.len()) else {
            continue;
        };
        let mut found = [0.0; 3];
        for (k, value) in set.iter().zip(solution) {
            found[*k] = value;
        }
        let lower = best.as_ref().is_none_or(|(least, _)| rest < *least);
        if lower && found.iter().all(|v| *v >= 0.0 && v.is_finite()) {
            best = Some((rest, found));
            if set.len() == 3 {
                break;
            }
        }
    }
    let (rest, [a, b, c]) = best?;
    (p[2], p[4], p[6]) = (a, b, c);
    rest.is_finite().then_some((rest, p))
}

#[cfg(test)]
mod tests {
    use super::super::definition::central_difference;
    use super::super::start::tests::check_all_units;
    use super::*;

    const P: [f64; 9] = [1.8, 10.8, 50.0, 0.35, 300.0, 0.36, 1e-4, 0.5, 0.4];

    #[test]
    fn units() {
        check_all_units(&BoundedRepeat, &[9e9, 178e9, 25e9], &[4e10, 7e11, 7e11], &P);
        let other = BoundedRepeat.change_units(&P, &[1.0, 2.0, 3.0], 1.0);
        assert!(other.is_none());
    }

    #[test]
    fn the_gradient_is_that_of_the_law() {
        let x = [0.3, 0.8, 0.2];
        let p = [1.8, 10.8, 0.05, 0.35, 0.03, 0.36, 0.01, 0.5, 0.4];
        let (mut exact, mut differences) = ([0.0; 9], [0.0; 9]);
        BoundedRepeat.gradient(&x, &p, &mut exact);
        central_difference(&BoundedRepeat, &x, &p, &mut differences);
        for (e, d) in exact.iter().zip(&differences) {
            assert!((e - d).abs() < 1e-7, "{exact:?} {differences:?}");
        }
    }

    /// The loss stays between E and that of an untrained model.
    #[test]
    fn the_loss_is_bounded() {
        assert!((BoundedRepeat.predict(&[1e14, 1e60, 1e60], &P) - 1.8).abs() < 0.01);
        let worst = BoundedRepeat.predict(&[1e-300, 1e-300, 1e-300], &P);
        assert!((worst - 10.8).abs() < 1e-9, "{worst}");
    }
}
