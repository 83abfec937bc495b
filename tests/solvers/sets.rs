//! Random data sets, including difficult ones.

use crate::normal::normal;
use crate::random::Random;

/// (compute, loss) pairs.
pub type Runs = Vec<(f64, f64)>;

/// What the losses of a data set look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    FewRuns,
    Usual,
    ManyRuns,
    Replicates,
    Outliers,
    Rising,
    Plateau,
    NoTrend,
}

pub const SHAPES: [Shape; 8] = [
    Shape::FewRuns,
    Shape::Usual,
    Shape::ManyRuns,
    Shape::Replicates,
    Shape::Outliers,
    Shape::Rising,
    Shape::Plateau,
    Shape::NoTrend,
];

/// Losses of this shape: n from 4 to 300, noise from 1e-4 to 0.1 of the loss, 1 to 8 decades.
pub fn runs(shape: Shape, seed: u64) -> Runs {
    let mut random = Random::seeded(seed);
    let n = match shape {
        Shape::FewRuns => random.uniform(4.0, 8.0),
        Shape::ManyRuns => random.uniform(60.0, 301.0),
        _ => random.uniform(5.0, 40.0),
    } as usize;
    let b = -random.uniform(0.02, 0.6);
    let c = random.uniform(0.0, 3.0);
    let noise = 10_f64.powf(random.uniform(-4.0, -1.0));
    let decades = random.uniform(1.0, 8.0);
    let knee = random.uniform(0.2, 0.8);
    let sites = if shape == Shape::Replicates { 4 } else { n };
    (0..n)
        .map(|i| {
            let t = (i % sites) as f64 / (sites - 1) as f64;
            let x = 10_f64.powf(decades * t);
            let law = |t: f64| 10_f64.powf(decades * t * b) + c;
            let mut y = match shape {
                Shape::Rising => 2.0 + c - 10_f64.powf(decades * t * b),
                Shape::Plateau => law(t.min(knee)),
                Shape::NoTrend => 1.0 + c,
                _ => law(t),
            };
            y *= (noise * normal(&mut random)).exp();
            if shape == Shape::Outliers && random.uniform(0.0, 1.0) < 0.15 {
                y *= 1.0 + random.uniform(-0.5, 1.0);
            }
            (1e18 * x, y)
        })
        .collect()
}
