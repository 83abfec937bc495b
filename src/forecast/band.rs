//! A point with its interval, as the law-free methods give them.

/// A point and the ends of its 90 % prediction interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Band {
    pub point: f64,
    pub lower: f64,
    pub upper: f64,
}

impl Band {
    /// The band with its log half-widths `factor` times as large.
    pub(super) fn scaled(&self, factor: f64) -> Band {
        let end = |end: f64| self.point * (end / self.point).powf(factor);
        Band {
            point: self.point,
            lower: end(self.lower),
            upper: end(self.upper),
        }
    }

    /// Moves the band by `share` towards another: point and half-widths in ln(L − `floor`).
    pub(super) fn towards(&self, other: &Band, share: f64, floor: f64) -> Band {
        let log = |value: f64| (value - floor).ln();
        let mixed = |own: f64, other: f64| (1.0 - share) * own + share * other;
        let point = mixed(log(self.point), log(other.point));
        let below = |band: &Band| log(band.point) - log(band.lower);
        let above = |band: &Band| log(band.upper) - log(band.point);
        let end = |x: f64| floor + x.exp();
        Band {
            point: end(point),
            lower: end(point - mixed(below(self), below(other))),
            upper: end(point + mixed(above(self), above(other))),
        }
    }

    /// The band with nothing above `ceiling`.
    pub(super) fn below(&self, ceiling: f64) -> Band {
        Band {
            point: self.point.min(ceiling),
            lower: self.lower.min(ceiling),
            upper: self.upper.min(ceiling),
        }
    }

    /// The band of losses above a floor, with the floor added again.
    pub(super) fn raised(&self, floor: f64) -> Band {
        Band {
            point: self.point + floor,
            lower: self.lower + floor,
            upper: self.upper + floor,
        }
    }

    /// The band multiplied by `unit`.
    pub(super) fn times(&self, unit: f64) -> Band {
        Band {
            point: self.point * unit,
            lower: self.lower * unit,
            upper: self.upper * unit,
        }
    }
}
