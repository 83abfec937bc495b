//! The data-constrained law: repeated tokens and excess parameters are worth less and less
//! (Muennighoff et al. 2023, eqs. 5–10).

use super::chinchilla::Chinchilla;
use super::definition::{Input, Law, Parameter, Search};
use super::start::{least_squares, log_spaced, range};
use crate::numeric::evenly_scattered;

#[derive(Debug)]
pub(super) struct DataConstrained;

/// Ranges of the exponents, and of the number of repetitions after which more are worth little.
const EXPONENTS: (f64, f64) = (0.004, 2.5);
const DECAYS: (f64, f64) = (1e-3, 1e6);

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

/// ln N*(U), the parameters for which U tokens are compute-optimal: αA/N^α = βB/U^β.
fn ln_matching_params(ln_unique: f64, p: &[f64]) -> f64 {
    ((p[3] * p[0] / (p[4] * p[1])).ln() + p[4] * ln_unique) / p[3]
}

impl DataConstrained {
    /// N′ and D′ for the arguments (N, D, U); the third entry is U_N if it is N*(U).
    fn effective(x: &[f64], p: &[f64]) -> (Effective, Effective, Option<f64>) {
        let unique = x[2].min(x[1]);
        let ln_matching = ln_matching_params(unique.ln(), p);
        // Clamp, so that the number of parameters does not underflow to zero.
        let matching = ln_matching.max(-700.0).exp();
        // Without coefficients, as when the others are found by linear least squares, no parameter
        // is in excess.
        let binding = ln_matching.is_finite() && matching < x[0];
        let unique_params = if binding { matching } else { x[0] };
        (
            Effective::new(x[0], unique_params, p[6]),
            Effective::new(x[1], unique, p[5]),
            binding.then_some(matching),
        )
    }
}

const PYTHON: &str = "\
from math import expm1

def loss(N, D, U):
    def effective(total, unique, R):
        if total <= unique:
            return total
        return unique - unique * R * expm1(-(total / unique - 1) / R)
    U = min(U, D)
    U_N = min(N, (alpha * A / (beta * B) * U**beta)**(1 / alpha))
    return E + A / effective(N, U_N, R_N)**alpha + B / effective(D, U, R_D)**beta";

const LATEX: &str = concat!(
    r"L(N, D, U) = <E> + \frac{<A>}{N'^{<alpha>}} + \frac{<B>}{D'^{<beta>}},\quad ",
    r"D' = U + <R_D>\,U\left(1 - e^{-(D/U - 1)/<R_D>}\right),\quad R_N = <R_N>",
);

impl Law for DataConstrained {
    fn name(&self) -> &str {
        "data-constrained"
    }

    fn formula(&self) -> &str {
        "L(N, D, U) = E + A/N'^alpha + B/D'^beta, D' = U + U*R_D*(1 - exp(-(D/U - 1)/R_D)), N' likewise with R_N"
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
        const fn decay(name: &'static str) -> Parameter {
            Parameter::new(name, Search::Log(1.0, 100.0)).within(DECAYS.0, DECAYS.1)
        }
        const fn coefficient(name: &'static str) -> Parameter {
            Parameter::new(name, Search::Linear).within(0.0, f64::INFINITY)
        }
        const fn exponent(name: &'static str) -> Parameter {
            Parameter::new(name, Search::Log(0.1, 1.0)).within(EXPONENTS.0, EXPONENTS.1)
        }
        static LIST: [Parameter; 7] = [
            coefficient("A"),
            coefficient("B"),
            coefficient("E"),
            exponent("alpha"),
            exponent("beta"),
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
        // U_N = N*(U) depends on the surface itself.
        let by_ln = slope_n * n.by_unique * matching;
        let ln_unique = x[2].min(x[1]).ln();
        out[0] += by_ln / (p[3] * p[0]);
        out[1] -= by_ln / (p[3] * p[1]);
        out[3] += by_ln * (1.0 / p[3] - matching.ln()) / p[3];
        out[4] += by_ln * (ln_unique - 1.0 / p[4]) / p[3];
    }

    /// For every (α, β, R*_D, R*_N) on a grid the law is linear in (A, B, E) for a known U_N, which
    /// in turn depends on A and B.
    fn starts(&self, x: &[&[f64]], y: &[f64]) -> Vec<Vec<f64>> {
        let grid = Grid::new(x, y);
        let mut starts = grid.lowest([SLOPES, SLOPES, DECAYED.len(), DECAYED.len(), 1], |place| {
            grid.free_cell(place)
        });
        let tied = [SLOPES, SLOPES, COARSE.len(), ENDS.len(), MATCHING];
        starts.extend(grid.lowest(tied, |place| grid.tied_cell(place)));
        starts.extend(scattered(y));
        starts
    }

    fn change_units(&self, p: &[f64], x_unit: &[f64], y_unit: f64) -> Option<Vec<f64>> {
        let coefficient = |k: usize| p[k] * x_unit[k].powf(-p[k + 3]) / y_unit;
        let (a, b, e) = (coefficient(0), coefficient(1), p[2] / y_unit);
        let scaled = vec![a, b, e, p[3], p[4], p[5], p[6]];
        let finite = scaled.iter().all(|v| v.is_finite());
        // Unique tokens have the unit of tokens.
        (finite && x_unit[1] == x_unit[2]).then_some(scaled)
    }
}

/// Axes of the grid: the number of exponents, the decays, and the decays on coarser grids.
const SLOPES: usize = 9;
const DECAYED: [f64; 5] = [DECAYS.0, 0.3, 3.0, 30.0, DECAYS.1];
const COARSE: [usize; 3] = [0, 2, 4];
const ENDS: [usize; 2] = [0, 4];
/// Number of pairs of matching parameters and unique tokens that are tried.
const MATCHING: usize = 12;
/// Sums of squares closer than this share belong to one curve.
const SAME: f64 = 1e-9;
/// Starts kept of each grid.
const KEPT: usize = 12;

/// The place of a cell: α, β, R*_D, R*_N and, in grids that fix it, the matching pair.
type Place = [usize; 5];

/// What the cells of the grids share.
struct Grid<'a> {
    x: &'a [&'a [f64]],
    y: &'a [f64],
    slopes: Vec<f64>,
    /// N^−α of every run, for every α.
    of_params: Vec<Vec<f64>>,
    /// D′^−β of every run, for every β and then every decay.
    of_tokens: Vec<Vec<f64>>,
    /// Pairs of parameters and of the unique tokens that match them.
    matching: Vec<(f64, f64)>,
}

impl Grid<'_> {
    fn new<'a>(x: &'a [&'a [f64]], y: &'a [f64]) -> Grid<'a> {
        let slopes: Vec<f64> = log_spaced(EXPONENTS.0, EXPONENTS.1, SLOPES)
            .map(|slope| slope.clamp(EXPONENTS.0, EXPONENTS.1))
            .collect();
        let effective = DECAYED.map(|decay| -> Vec<f64> {
            x.iter()
                .map(|x| Effective::new(x[1], x[2].min(x[1]), decay).value)
                .collect()
        });
        let powers = |of: &mut dyn Iterator<Item = f64>, slope: f64| -> Vec<f64> {
            of.map(|v| v.powf(-slope)).collect()
        };
        let unique: Vec<f64> = x.iter().map(|x| x[2].min(x[1])).collect();
        let params: Vec<f64> = x.iter().map(|x| x[0]).collect();
        let ((fewest, most), (least, largest)) = (range(&params), range(&unique));
        let of_tokens = slopes.iter().flat_map(|slope| {
            let of = |d: &Vec<f64>| powers(&mut d.iter().copied(), *slope);
            effective.iter().map(of).collect::<Vec<_>>()
        });
        Grid {
            x,
            y,
            of_params: (slopes.iter())
                .map(|slope| powers(&mut params.iter().copied(), *slope))
                .collect(),
            of_tokens: of_tokens.collect(),
            // From too few parameters for any tokens to more than enough.
            matching: log_spaced(0.3 * fewest, 3.0 * most, MATCHING)
                .zip(log_spaced(3.0 * largest, 0.3 * least, MATCHING))
                .collect(),
            slopes,
        }
    }

    /// The sum of squares and the parameters for one set of exponents and decays.
    fn free_cell(&self, [a, b, d, n, _]: Place) -> (f64, Vec<f64>) {
        /// How often the unique parameters are computed again from the coefficients.
        const ROUNDS: usize = 2;
        let tokens = &self.of_tokens[b * DECAYED.len() + d];
        let mut params = self.of_params[a].clone();
        let mut best = (f64::INFINITY, Vec::new());
        for _ in 0..ROUNDS {
            let Some([size_n, size_d, e]) = non_negative(&params, tokens, self.y) else {
                break;
            };
            let (alpha, beta) = (self.slopes[a], self.slopes[b]);
            let p = [size_n, size_d, e, alpha, beta, DECAYED[d], DECAYED[n]];
            let mut sum = 0.0;
            for (((x, y), power), of_tokens) in
                self.x.iter().zip(self.y).zip(&mut params).zip(tokens)
            {
                let (of_n, _, _) = DataConstrained::effective(x, &p);
                *power = of_n.value.powf(-alpha);
                sum += ((e + size_n * *power + size_d * of_tokens) / y - 1.0).powi(2);
            }
            if sum < best.0 {
                best = (sum, p.to_vec());
            }
            // If repeated parameters keep their value, the unique ones hardly matter.
            if DECAYED[n] == DECAYS.1 {
                break;
            }
        }
        best
    }

    /// The same for a given pair of matching parameters and unique tokens, from which A follows
    /// from B. This also finds laws that least squares with all parameters at full value misses.
    fn tied_cell(&self, [a, b, d, n, m]: Place) -> (f64, Vec<f64>) {
        let (alpha, beta) = (self.slopes[a], self.slopes[b]);
        let (d, n) = (COARSE[d], ENDS[n]);
        let tokens = &self.of_tokens[b * DECAYED.len() + d];
        let (params, unique) = self.matching[m];
        // A/B for which αA/N^α = βB/U^β at the pair.
        let ratio = beta / alpha * params.powf(alpha) * unique.powf(-beta);
        let p = [ratio, 1.0, 0.0, alpha, beta, DECAYED[d], DECAYED[n]];
        let shape = |(x, of_tokens): (&&[f64], &f64)| {
            let (of_n, _, _) = DataConstrained::effective(x, &p);
            ratio * of_n.value.powf(-alpha) + of_tokens
        };
        let shapes: Vec<f64> = self.x.iter().zip(tokens).map(shape).collect();
        let mut rows: Vec<[f64; 4]> = (shapes.iter().zip(self.y))
            .map(|(shape, y)| [shape / y, y.recip(), 0.0, 1.0])
            .collect();
        match least_squares(&mut rows, 2) {
            Some(([size, e, _], rest)) if size > 0.0 && e >= 0.0 => {
                let p = vec![ratio * size, size, e, alpha, beta, DECAYED[d], DECAYED[n]];
                (rest, p)
            }
            _ => (f64::INFINITY, Vec::new()),
        }
    }

    /// The parameters at the local minima of a grid, then those at its lowest places that are not
    /// adjacent, best first.
    fn lowest(&self, sides: Place, cell: impl Fn(Place) -> (f64, Vec<f64>)) -> Vec<Vec<f64>> {
        let strides: Vec<usize> = (0..sides.len())
            .map(|k| sides[..k].iter().product())
            .collect();
        let place =
            |index: usize| -> Place { std::array::from_fn(|k| index / strides[k] % sides[k]) };
        let count = sides.iter().product();
        let cells: Vec<(f64, Vec<f64>)> = (0..count).map(|index| cell(place(index))).collect();
        let is_lowest = |index: &usize| {
            let (here, sum) = (place(*index), cells[*index].0);
            // Neighbours with one curve, such as without a vanished term, count once: the first is
            // taken.
            let lower = |other: usize| {
                let limit = if other < *index {
                    1.0 + SAME
                } else {
                    1.0 - SAME
                };
                cells[other].0 < sum * limit
            };
            sum.is_finite()
                && !(0..3_usize.pow(sides.len() as u32)).any(|step| {
                    let mut other = 0;
                    for (k, stride) in strides.iter().enumerate() {
                        let moved = here[k] + step / 3_usize.pow(k as u32) % 3;
                        if moved == 0 || moved > sides[k] {
                            return false;
                        }
                        other += (moved - 1) * stride;
                    }
                    other != *index && lower(other)
                })
        };
        let mut order: Vec<usize> = (0..count).filter(|k| cells[*k].0.is_finite()).collect();
        order.sort_by(|p, q| cells[*p].0.total_cmp(&cells[*q].0));
        order.dedup_by(|q, p| cells[*q].0 < cells[*p].0 * (1.0 + SAME));
        let mut kept: Vec<usize> = order.iter().copied().filter(is_lowest).collect();
        kept.truncate(KEPT);
        // A minimum on a face may be too narrow to be a local minimum of the grid.
        for (k, side) in sides.iter().enumerate().take(4) {
            for end in [0, side - 1] {
                let on_face = order.iter().find(|index| place(**index)[k] == end);
                kept.extend(on_face);
            }
        }
        let mut seen = Vec::new();
        kept.retain(|k| {
            !seen.contains(k) && {
                seen.push(*k);
                true
            }
        });
        let minima = kept.len();
        let apart = |p: usize, q: usize| {
            let (p, q) = (place(p), place(q));
            p.iter().zip(q).any(|(p, q)| p.abs_diff(q) > 1)
        };
        for k in order {
            if kept.len() < minima + KEPT && kept.iter().all(|other| apart(*other, k)) {
                kept.push(k);
            }
        }
        kept.into_iter().map(|k| cells[k].1.clone()).collect()
    }
}

/// Scattered starts. The matching parameters and the repetitions make steps in the surface, whose
/// minima are too narrow for any grid.
fn scattered(y: &[f64]) -> impl Iterator<Item = Vec<f64>> {
    const COUNT: usize = 100;
    let mut sorted = y.to_vec();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted.get(sorted.len() / 2).copied().unwrap_or(1.0);
    evenly_scattered(9).take(COUNT).map(move |place| {
        let log = |k: usize, (low, high): (f64, f64)| low * f64::powf(high / low, place[k]);
        let (alpha, beta) = (log(3, EXPONENTS), log(4, EXPONENTS));
        // The size of a term at a model size within three decades of the largest.
        let term =
            |k: usize, slope: f64| 1.5 * usual * place[k] * log(k + 7, (1e-3, 1.0)).powf(slope);
        let (a, b) = (term(0, alpha), term(1, beta));
        let e = 1.2 * usual * place[2];
        vec![a, b, e, alpha, beta, log(5, DECAYS), log(6, DECAYS)]
    })
}

/// The non-negative coefficients with which two terms and a constant come closest to y.
fn non_negative(first: &[f64], second: &[f64], y: &[f64]) -> Option<[f64; 3]> {
    const SETS: [&[usize]; 7] = [&[0, 1, 2], &[0, 1], &[0, 2], &[1, 2], &[0], &[1], &[2]];
    let mut rows = vec![[0.0; 4]; y.len()];
    let mut best: Option<(f64, [f64; 3])> = None;
    for set in SETS {
        for (((row, p), q), y) in rows.iter_mut().zip(first).zip(second).zip(y) {
            let terms = [p / y, q / y, y.recip()];
            *row = [0.0, 0.0, 0.0, 1.0];
            for (slot, k) in row.iter_mut().zip(set) {
                *slot = terms[*k];
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
        if lower && found.iter().all(|v| *v >= 0.0) {
            best = Some((rest, found));
            if set.len() == 3 {
                break;
            }
        }
    }
    best.map(|(_, found)| found)
}

#[cfg(test)]
mod tests {
    use super::super::start::tests::check_all_units;
    use super::*;

    #[test]
    fn units() {
        let p = [521.0, 1488.0, 1.87, 0.35, 0.36, 15.4, 5.3];
        for n in [2e7, 9e9] {
            check_all_units(&DataConstrained, &[n, 178e9, 25e9], &[4e10, 7e11, 7e11], &p);
        }
        assert!(
            DataConstrained
                .change_units(&p, &[1.0, 2.0, 3.0], 1.0)
                .is_none()
        );
    }
}
