//! Sums over the padded rows of a surface, in lanes that vector instructions add at once.

/// A matrix over (A, B, E, α, β).
pub(crate) type Square = [[f64; 5]; 5];

/// Rows are padded to a multiple of this with rows of multiplicity zero.
pub(super) const LANES: usize = 8;

/// Σ m·term(r) in [`LANES`] interleaved parts, which vector instructions can add up at once.
#[inline(always)]
pub(super) fn lanes_sum(r: &[f64], m: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    let mut parts = [0.0; LANES];
    for (r, m) in r.chunks_exact(LANES).zip(m.chunks_exact(LANES)) {
        for l in 0..LANES {
            parts[l] += m[l] * term(r[l]);
        }
    }
    parts.iter().sum()
}

/// Whether every value is positive and finite.
#[inline(always)]
pub(super) fn all_positive(values: &[f64]) -> bool {
    let (mut low, mut high) = ([f64::INFINITY; LANES], [0.0_f64; LANES]);
    for chunk in values.chunks_exact(LANES) {
        for l in 0..LANES {
            low[l] = if chunk[l] < low[l] { chunk[l] } else { low[l] };
            // A value that is not a number fails the comparison and stays.
            high[l] = if chunk[l] <= high[l] {
                high[l]
            } else {
                chunk[l]
            };
        }
    }
    low.iter().all(|v| *v > 1e-300) && high.iter().all(|v| *v < 1e300)
}

/// Σ c·v·vᵀ for v = (e1, e2, 1, u1, u2), one vectorised sum at a time.
#[inline(always)]
pub(super) fn gram(c: &[f64], [e1, e2, u1, u2]: [&[f64]; 4], scaled: &mut [f64]) -> Square {
    let mut square = [[0.0; 5]; 5];
    let columns = [(0, e1), (1, e2), (3, u1), (4, u2)];
    square[2][2] = sum(c);
    for (at, (i, column)) in columns.iter().enumerate() {
        for ((slot, c), v) in scaled.iter_mut().zip(c).zip(*column) {
            *slot = c * v;
        }
        let mut set = |k: usize, value: f64| {
            square[*i][k] = value;
            square[k][*i] = value;
        };
        set(2, sum(scaled));
        for (k, other) in &columns[at..] {
            set(*k, dot(scaled, other));
        }
    }
    square
}

#[inline(always)]
pub(super) fn sum(a: &[f64]) -> f64 {
    let mut parts = [0.0; LANES];
    for a in a.chunks_exact(LANES) {
        for l in 0..LANES {
            parts[l] += a[l];
        }
    }
    parts.iter().sum()
}

/// Σ a·b in interleaved parts, which vector instructions add up at once.
#[inline(always)]
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut parts = [0.0; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for l in 0..LANES {
            parts[l] += a[l] * b[l];
        }
    }
    parts.iter().sum()
}

/// Σ a·b·c.
#[inline(always)]
pub(super) fn dot3(a: &[f64], b: &[f64], c: &[f64]) -> f64 {
    let mut parts = [0.0; LANES];
    let columns = b.chunks_exact(LANES).zip(c.chunks_exact(LANES));
    for (a, (b, c)) in a.chunks_exact(LANES).zip(columns) {
        for l in 0..LANES {
            parts[l] += a[l] * b[l] * c[l];
        }
    }
    parts.iter().sum()
}
