//! The recommended point and the calibrated interval, from four members that err differently.
//!
//! **Members**, in ln L at the target: quadrature; the midpoint of the envelope; the mean of the
//! published forms; and a straight line through the largest runs with part of their slope
//! ([`Lines::damped`]). Quadrature and the forms are moved into the envelope if they lie outside,
//! since no mixture of power laws within the noise gets there. If the envelope is wider than
//! quadrature, its midpoint is moved towards quadrature in proportion: the middle of an almost
//! unlimited interval says little.
//!
//! **Half-widths**: see [`Widths`].

use super::abstain::Abstain;
use super::band::Band;
use super::envelope::Bounds;
use super::lines::Lines;
use super::widths::Widths;
use crate::fit::Code;
use crate::runs::CurveKind;

/// Factor on quadrature's half-width if there is no envelope. On a kind of curve that it was not
/// tuned on, quadrature covers half to two thirds of its nominal level.
const WITHOUT_ENVELOPE: f64 = 2.0;
/// The base half-width is at least this share of quadrature's. If four runs lie on a law by luck,
/// their envelope has no width.
const LEAST_OF_QUADRATURE: f64 = 0.25;
/// Share of the distance down to the straight line that the lower end reaches.
const STRAIGHT: f64 = 0.9;
/// This many standard deviations of the members count as one half-width of the methods.
const DISAGREEMENT: f64 = 3.0;

/// Properties of a curve that do not depend on the target.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub kind: CurveKind,
    /// Different values of compute.
    pub points: usize,
    /// Whether the runs contradict a straight line of ln L against ln C.
    pub bends: bool,
    pub lines: Option<Lines>,
    /// Whether its losses are measured from the floor that they approach.
    pub above_floor: bool,
}

/// The members at one target and the components of the interval, in ln L.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(super) known: Known,
    /// ln(C/C_max) of the target.
    pub(super) distance: f64,
    /// The line through the largest runs, which is a member at their end and beyond.
    pub(super) local: Option<f64>,
    pub(super) point: f64,
    /// Half-widths of the methods, below and above, without the disagreement of the members.
    pub(super) methods: (f64, f64),
    /// Standard deviation of the members.
    pub(super) spread: f64,
}

impl Parts {
    /// # Errors
    /// If neither method has an interval, or there are too few runs for one.
    pub(super) fn new(
        known: Known,
        distance: f64,
        envelope: &Result<Bounds, Abstain>,
        quadrature: &Result<Band, Abstain>,
        forms: &[(&'static str, f64)],
    ) -> Result<Parts, Abstain> {
        let own = match (envelope, quadrature) {
            (Ok(e), Ok(q)) => both(&Log::of(&e.band), &Log::of(q)),
            (Ok(e), Err(_)) => alone(&Log::of(&e.band), 1.0),
            // Knowledge of the floor makes up for the missing runs.
            (Err(why), Ok(q)) if why.code == Code::TooFewRuns => match known.above_floor {
                true => alone(&Log::of(q), 1.0),
                false => return Err(why.clone()),
            },
            (Err(_), Ok(q)) => alone(&Log::of(q), WITHOUT_ENVELOPE),
            (Err(why), Err(_)) => return Err(why.clone()),
        };
        let mut members = own.members;
        let inside = match envelope {
            Ok(e) => (e.band.lower.ln(), e.band.upper.ln()),
            Err(_) => (f64::NEG_INFINITY, f64::INFINITY),
        };
        if !forms.is_empty() {
            let moved = forms.iter().map(|(_, f)| f.ln().clamp(inside.0, inside.1));
            members.push(moved.sum::<f64>() / forms.len() as f64);
        }
        // Among the runs, a line through the largest ones is not a forecast.
        let line = known.lines.filter(|_| distance >= 0.0);
        let local = line.map(|lines| match known.above_floor {
            true => lines.kept(distance),
            false => lines.damped(distance),
        });
        members.extend(local);
        let count = members.len() as f64;
        let mean = members.iter().sum::<f64>() / count;
        let squares = members.iter().map(|m| (m - mean).powi(2)).sum::<f64>();
        members.push(mean);
        Ok(Parts {
            point: median(members),
            methods: own.half_widths,
            spread: (squares / count).sqrt(),
            known,
            distance,
            local,
        })
    }

    /// Base half-widths: those of the methods and the disagreement of the members.
    pub(super) fn base(&self) -> (f64, f64) {
        let with = |half: f64| half.hypot(DISAGREEMENT * self.spread);
        (with(self.methods.0), with(self.methods.1))
    }

    /// How far the lower end reaches for a curve that goes on as a power law: most of the distance
    /// down to the straight line. Zero if the runs contradict such a line.
    fn steeper(&self) -> f64 {
        match self.known.lines {
            Some(lines) if !self.known.bends && self.distance > 0.0 => {
                STRAIGHT * (self.point - lines.straight(self.distance)).max(0.0)
            }
            _ => 0.0,
        }
    }

    /// Point and 90 % interval with these widths, before the back-test widens it.
    pub(super) fn band(&self, widths: &Widths) -> Band {
        let (below, above) = widths.half_widths(self.known.kind, self.known.points, self.base());
        Band {
            point: self.point.exp(),
            lower: (self.point - below.hypot(self.steeper())).exp(),
            upper: (self.point + above).exp(),
        }
    }
}

/// A band in ln L.
struct Log {
    lower: f64,
    point: f64,
    upper: f64,
}

impl Log {
    fn of(band: &Band) -> Log {
        Log {
            lower: band.lower.ln(),
            point: band.point.ln(),
            upper: band.upper.ln(),
        }
    }

    fn half_width(&self) -> f64 {
        0.5 * (self.upper - self.lower)
    }
}

/// The contribution of envelope and quadrature.
struct Own {
    members: Vec<f64>,
    half_widths: (f64, f64),
}

fn both(e: &Log, q: &Log) -> Own {
    let quadrature = q.point.clamp(e.lower, e.upper);
    let (wide_e, wide_q) = (e.half_width(), q.half_width());
    let all = wide_e + wide_q;
    let share = if all > 0.0 { 2.0 * wide_q / all } else { 1.0 };
    let midpoint = quadrature + share.min(1.0) * (e.point - quadrature);
    let side = |e: f64, q: f64| {
        (e.max(0.0) * q.max(0.0))
            .sqrt()
            .max(LEAST_OF_QUADRATURE * q)
    };
    Own {
        members: vec![quadrature, midpoint],
        half_widths: (
            side(e.point - e.lower, q.point - q.lower),
            side(e.upper - e.point, q.upper - q.point),
        ),
    }
}

fn alone(band: &Log, times: f64) -> Own {
    Own {
        members: vec![band.point],
        half_widths: (
            times * (band.point - band.lower),
            times * (band.upper - band.point),
        ),
    }
}

/// The middle value, or the mean of the middle two.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let count = values.len();
    0.5 * (values[(count - 1) / 2] + values[count / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    const LADDER: Known = Known {
        kind: CurveKind::Ladder,
        points: 8,
        bends: true,
        lines: None,
        above_floor: false,
    };

    fn bounds(lower: f64, upper: f64) -> Result<Bounds, Abstain> {
        Ok(Bounds {
            band: Band {
                lower,
                upper,
                point: (lower * upper).sqrt(),
            },
            widening: 1.0,
        })
    }

    fn band(point: f64, factor: f64) -> Band {
        Band {
            point,
            lower: point / factor,
            upper: point * factor,
        }
    }

    #[test]
    fn no_member_pulls_the_point_out_of_the_envelope_by_itself() {
        let envelope = bounds(2.0, 3.0);
        let point = |quadrature: f64, form: f64| {
            let quadrature = Ok(band(quadrature, 2.0));
            let parts = Parts::new(LADDER, 2.0, &envelope, &quadrature, &[("m3", form)]);
            parts.unwrap().point.exp()
        };
        // Quadrature counts as the lower end, the form as the upper one.
        assert_eq!(point(1e-5, 9.0), point(2.0, 3.0));
        assert!((2.0..=3.0).contains(&point(1e-5, 9.0)));
    }

    #[test]
    fn the_middle_of_a_wide_envelope_counts_for_less() {
        let quadrature = Log::of(&band(2.0, 1.05));
        let member = |lower, upper| {
            let envelope = bounds(lower, upper).unwrap().band;
            both(&Log::of(&envelope), &quadrature).members[1].exp()
        };
        // As narrow as quadrature: its own midpoint, 1.95.
        assert!((member(1.95 / 1.05, 1.95 * 1.05) - 1.95).abs() < 1e-9);
        // Midpoint 0.2, nearly without a limit below: nearly quadrature's.
        assert!(member(0.02, 2.0) > 1.7);
    }

    #[test]
    fn disagreement_widens_and_a_straight_line_reaches_down() {
        let agree = Parts::new(LADDER, 2.0, &bounds(1.9, 2.1), &Ok(band(2.0, 1.05)), &[]);
        let differ = Parts::new(LADDER, 2.0, &bounds(1.9, 2.1), &Ok(band(1.9, 1.05)), &[]);
        let width = |parts: &Parts| {
            let band = parts.band(&Widths::MEASURED);
            (band.upper / band.lower).ln()
        };
        let agree = agree.unwrap();
        assert!(width(&differ.unwrap()) > 1.3 * width(&agree));
        let rows = [(1.0, 8.0), (10.0, 4.0), (100.0, 2.1)].map(|(c, y)| (c, y, None));
        let curve = super::super::curve::Curve::new(rows.into_iter());
        let open = Parts {
            known: Known {
                bends: false,
                lines: Lines::through(&curve),
                ..LADDER
            },
            ..agree.clone()
        };
        let (open, closed) = (open.band(&Widths::MEASURED), agree.band(&Widths::MEASURED));
        assert!(open.lower < 0.9 * closed.lower);
        assert_eq!(open.upper, closed.upper);
    }
}
