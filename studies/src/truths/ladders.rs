use scalewise::internal::Ladder;
use scalewise::law::Saturating;

/// Where the large run of [`ladder`] lies.
pub const TARGET: f64 = 1e23;

/// Ten runs and the large one on L(C) = a·C^(−0.17) + c with 0.5 % noise; a and c change with the
/// seed.
pub fn ladder(seed: u64) -> Ladder<'static> {
    let share = |step: f64| (seed as f64 * step).fract();
    Ladder {
        law: &Saturating,
        parameters: vec![
            1500.0 + 1000.0 * share(0.754_877_666),
            -0.17,
            1.2 + 1.3 * share(0.569_840_291),
        ],
        plus: Vec::new(),
        range: (1e17, 1e22),
        runs: 10,
        beyond: vec![TARGET],
        noise: 0.005,
        seed,
    }
}
