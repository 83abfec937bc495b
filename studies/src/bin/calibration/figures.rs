//! The forecast of one case, and scores of many.

/// Point and ends of an interval, in ln L.
#[derive(Clone, Copy)]
pub struct Said {
    pub point: f64,
    pub lower: f64,
    pub upper: f64,
}

impl Said {
    /// From the loss.
    pub fn of([lower, point, upper]: [f64; 3]) -> Said {
        Said {
            point: point.ln(),
            lower: lower.ln(),
            upper: upper.ln(),
        }
    }

    /// Error in half-widths, ≥ 0.
    pub fn z(&self, actual: f64) -> f64 {
        let end = if actual < self.point {
            self.lower
        } else {
            self.upper
        };
        (actual - self.point) / (end - self.point)
    }

    pub fn scaled(&self, factor: f64) -> Said {
        Said {
            point: self.point,
            lower: self.point + factor * (self.lower - self.point),
            upper: self.point + factor * (self.upper - self.point),
        }
    }

    pub fn covers(&self, actual: f64) -> bool {
        self.lower <= actual && actual <= self.upper
    }

    /// Interval (Winkler) score at 90 %.
    pub fn score(&self, actual: f64) -> f64 {
        let miss = (self.lower - actual).max(0.0) + (actual - self.upper).max(0.0);
        self.upper - self.lower + 20.0 * miss
    }
}

/// The quantile q of the values (linear between order statistics).
pub fn quantile(mut values: Vec<f64>, q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let position = q * (values.len() - 1) as f64;
    let low = position.floor() as usize;
    let high = (low + 1).min(values.len() - 1);
    values[low] + (position - low as f64) * (values[high] - values[low])
}

pub fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(s, n), v| (s + v, n + 1.0));
    sum / count
}

/// The share of true values.
pub fn share(values: impl Iterator<Item = bool>) -> f64 {
    mean(values.map(|value| f64::from(u8::from(value))))
}

/// Coverage, interval score, and median and RMS error of forecasts.
pub struct Figures {
    pub cases: usize,
    pub coverage: f64,
    pub score: f64,
    pub median: f64,
    pub rms: f64,
}

impl Figures {
    pub fn of(said: &[(Said, f64)]) -> Figures {
        let errors: Vec<f64> = said.iter().map(|(s, y)| (s.point - y).abs()).collect();
        Figures {
            cases: said.len(),
            coverage: 100.0 * share(said.iter().map(|(s, y)| s.covers(*y))),
            score: mean(said.iter().map(|(s, y)| s.score(*y))),
            rms: 100.0 * mean(errors.iter().map(|e| e * e)).sqrt(),
            median: 100.0 * quantile(errors, 0.5),
        }
    }

    pub fn cells(&self) -> String {
        format!(
            "{} | {:.1} | {:.3} | {:.2} | {:.2}",
            self.cases, self.coverage, self.score, self.median, self.rms
        )
    }
}

pub const HEAD: &str = "cases | coverage, % | interval score | median error, % | RMS error, %";
