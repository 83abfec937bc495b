//! The law-free methods: envelope, quadrature, and the calibrated interval made from both and the
//! published forms.

use super::abstain::{Abstain, limited};
use super::band::Band;
use super::combine::{Known, Parts};
use super::curve::Curve;
use super::envelope::{Bounds, Envelope, ROOM};
use super::held::{Held, Slope};
use super::levels;
use super::lines::{self, Lines};
use super::quadrature::Quadrature;
use super::result::ForecastMember;
use super::widths::Widths;
use crate::fit::{Code, Diagnosis, Observations, PowerFit, Residuals, Severity, best_fit};
use crate::interval::Method;
use crate::law::{Broken, CALIBRATED_M4, Law, M3, Power, Shifted};
use crate::quantity::format_quantity;
use crate::remedy::Setting;

/// The law-free methods for one curve: all that does not depend on the target.
#[derive(Debug, Clone)]
pub(crate) struct Free {
    curve: Curve,
    /// The curve in few points, for quadrature and the forms.
    condensed: Curve,
    power: Option<PowerFit>,
    envelope: Result<Envelope, Abstain>,
    /// Factor on the envelope's bands in the calibrated interval.
    room: f64,
    quadrature: Result<Quadrature, Abstain>,
    /// The forms with their parameters in units of C/C_max; empty if there are too few runs.
    forms: Vec<(&'static dyn Law, Vec<f64>)>,
    known: Known,
    /// Whether the runs fall by more than their scatter.
    falls: bool,
    /// Factor by which the runs' own back-test widens the calibrated interval.
    widening: f64,
    wanted: Wanted,
}

/// What is computed: everything for `calibrated`, only its own part for another method.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    envelope: bool,
    quadrature: bool,
    calibrated: bool,
}

impl Wanted {
    fn by(methods: &[Method]) -> Wanted {
        let calibrated = methods.contains(&Method::Calibrated);
        Wanted {
            envelope: calibrated || methods.contains(&Method::Envelope),
            quadrature: calibrated || methods.contains(&Method::Quadrature),
            calibrated,
        }
    }
}

/// The published forms whose mean is a member of the recommended point.
static FORMS: [&dyn Law; 4] = [&Shifted, &M3, &CALIBRATED_M4, &Broken];

/// The results of the law-free methods at one target.
#[derive(Debug, Clone)]
pub(crate) struct FreeAt {
    pub envelope: Result<Bounds, Abstain>,
    /// The envelope with widened bands, which the calibrated interval uses.
    roomy: Result<Bounds, Abstain>,
    pub quadrature: Result<Band, Abstain>,
    pub calibrated: Result<Band, Abstain>,
    forms: Vec<(&'static str, f64)>,
    parts: Result<Parts, Abstain>,
    falls: bool,
    /// Lower bound of the losses.
    floor: f64,
    /// Unit of the losses inside `parts`.
    unit: f64,
    widening: f64,
}

impl Free {
    /// The methods for a curve, without a back-test.
    pub(super) fn of_curve(curve: Curve, methods: &[Method]) -> Free {
        let wanted = Wanted::by(methods);
        let held = curve.held.filter(|held| held.only);
        let power = match held {
            None => PowerFit::new(&curve.u, &curve.y),
            Some(_) => PowerFit::without_floor(&curve.u, &curve.y, &precision(&curve)),
        };
        let envelope = match &power {
            _ if !wanted.envelope => Err(Abstain::not_asked()),
            Some(power) => Envelope::new(&curve, power),
            None => Err(Abstain::new(
                Code::NotConverged,
                "the runs have no finite fit",
            )),
        };
        let condensed = curve.condensed();
        let quadrature = match wanted.quadrature {
            true => Quadrature::new(&condensed),
            false => Err(Abstain::not_asked()),
        };
        let room = match (&envelope, wanted.calibrated) {
            (Ok(envelope), true) => envelope.room(),
            _ => 1.0,
        };
        let known = Known {
            kind: curve.kind,
            points: condensed.u.len(),
            bends: lines::bends(&condensed),
            // A line cannot use a known exponent.
            lines: match held {
                Some(Held { slope, .. }) if slope != Slope::Open => None,
                _ => Lines::through(&condensed),
            },
            above_floor: held.is_some(),
        };
        Free {
            falls: lines::falls(&condensed),
            known,
            room,
            quadrature,
            forms: if wanted.calibrated {
                forms(&condensed)
            } else {
                Vec::new()
            },
            condensed,
            curve,
            power,
            envelope,
            widening: 1.0,
            wanted,
        }
    }

    /// The same with this factor of a back-test on the calibrated interval.
    pub(super) fn widened(self, widening: f64) -> Free {
        Free { widening, ..self }
    }

    /// The results of these methods at a compute.
    pub(crate) fn at(&self, compute: f64, methods: &[Method]) -> FreeAt {
        let found = self.at_distance(self.curve.distance(compute), methods);
        let found = found.raised(self.curve.floor());
        match self.curve.unit {
            1.0 => found,
            unit => found.times(unit),
        }
    }

    /// Upper limit of the losses above a known floor, since their logarithms are uncertain close to
    /// the floor. Beyond the largest run it is the larger loss of the last two points, and within
    /// the runs the largest loss of all.
    fn ceiling(&self, distance: f64) -> f64 {
        let (curve, known) = (&self.condensed, self.known.above_floor);
        let last = curve.y.len().saturating_sub(2)..;
        let largest = |losses: &[f64]| losses.iter().copied().fold(0.0, f64::max);
        match distance {
            _ if !known => f64::INFINITY,
            beyond if beyond > 0.0 => largest(&curve.y[last]),
            within if within >= curve.u[0] => largest(&curve.y),
            _ => f64::INFINITY,
        }
    }

    /// The runs that the methods were made from.
    pub(super) fn curve(&self) -> &Curve {
        &self.curve
    }

    /// Log evidence of the runs, to be compared with that for other floors.
    pub(super) fn log_evidence(&self) -> f64 {
        let quadrature = self.quadrature.as_ref().ok();
        quadrature.map_or(f64::NEG_INFINITY, |q| q.log_evidence(&self.condensed))
    }

    /// The results at u* = ln(C/C_max), in the unit of the curve.
    pub(super) fn at_distance(&self, distance: f64, methods: &[Method]) -> FreeAt {
        let saturating = self.power.map_or(f64::NAN, |p| p.predict(distance));
        let not_asked = || Err(Abstain::not_asked());
        let envelope = match &self.envelope {
            _ if !methods.contains(&Method::Envelope) => not_asked(),
            Ok(envelope) => envelope.bounds(distance, saturating),
            Err(why) => Err(why.clone()),
        };
        let roomy = match &self.envelope {
            _ if !self.wanted.calibrated => not_asked(),
            Ok(envelope) => envelope.roomy(self.room, distance, saturating),
            Err(why) => Err(why.clone()),
        };
        let beyond = distance + self.curve.log_reference - self.condensed.log_reference;
        let quadrature = match &self.quadrature {
            Ok(quadrature) => quadrature.band(&self.condensed, beyond),
            Err(why) => Err(why.clone()),
        };
        let forms: Vec<(&'static str, f64)> = self
            .forms
            .iter()
            .map(|(law, p)| (law.name(), law.predict(&[beyond.exp()], p)))
            .filter(|(_, point)| *point > 0.0 && point.is_finite())
            .collect();
        let parts = Parts::new(self.known, beyond, &roomy, &quadrature, &forms);
        let calibrated = parts
            .as_ref()
            .map(|parts| parts.band(&Widths::MEASURED).scaled(self.widening));
        let ceiling = self.ceiling(distance);
        let calibrated = calibrated.map(|band| band.below(ceiling));
        let quadrature = quadrature.map(|band| band.below(ceiling));
        FreeAt {
            calibrated: calibrated.map_err(Clone::clone),
            parts,
            falls: self.falls,
            floor: 0.0,
            unit: 1.0,
            envelope,
            roomy,
            quadrature,
            forms,
            widening: self.widening,
        }
    }
}

/// The inverse of the relative noise of each run above the floor.
fn precision(curve: &Curve) -> Vec<f64> {
    curve.y.iter().map(|y| 1.0 / curve.noise_at(*y)).collect()
}

/// Fits every published form by least squares on relative residuals. A form with as many parameters
/// as there are values of compute would only follow the noise and is left out.
fn forms(curve: &Curve) -> Vec<(&'static dyn Law, Vec<f64>)> {
    if let Some(held) = curve.held.filter(|held| held.only) {
        let power = PowerFit::without_floor(&curve.u, &curve.y, &precision(curve));
        let power = power.filter(|_| held.slope == Slope::Open && curve.u.len() > 1);
        let form: &'static dyn Law = &Power;
        return power
            .map(|p| (form, p.of_power().to_vec()))
            .into_iter()
            .collect();
    }
    let inputs = curve.u.iter().map(|u| vec![u.exp()]).collect();
    let Ok(o) = Observations::new(inputs, curve.y.clone(), Residuals::Relative) else {
        return Vec::new();
    };
    let mut distinct = curve.u.clone();
    distinct.dedup();
    FORMS
        .into_iter()
        .filter(|law| law.parameters().len() < distinct.len())
        .filter_map(|law| Some((law, best_fit(law, &o)?.parameters)))
        .collect()
}

impl FreeAt {
    /// Combines the results for several floors, each with its weight; the bands are given.
    pub(super) fn informed(
        envelope: Result<Bounds, Abstain>,
        roomy: Result<Bounds, Abstain>,
        quadrature: Result<Band, Abstain>,
        calibrated: Result<Band, Abstain>,
        floor: f64,
        of_floors: &[(f64, FreeAt)],
    ) -> FreeAt {
        let first = |at: &(f64, FreeAt)| at.1.forms.iter().map(|form| form.0).collect::<Vec<_>>();
        let names = of_floors.first().map(first).unwrap_or_default();
        let mean = |name: &'static str| {
            let all = of_floors.iter().filter_map(|(weight, at)| {
                let form = at.forms.iter().find(|form| form.0 == name)?;
                Some((*weight, form.1.ln()))
            });
            let (total, sum) = all.fold((0.0, 0.0), |t, (w, v)| (t.0 + w, t.1 + w * v));
            (name, (sum / total).exp())
        };
        FreeAt {
            envelope,
            roomy,
            quadrature,
            calibrated,
            forms: names.into_iter().map(mean).collect(),
            parts: Err(Abstain::not_asked()),
            falls: of_floors.iter().all(|(_, at)| at.falls),
            floor,
            unit: 1.0,
            widening: of_floors
                .iter()
                .map(|(_, at)| at.widening)
                .fold(1.0, f64::max),
        }
    }

    /// The results if no method can be used, with the reason.
    pub(super) fn nothing(why: &Abstain) -> FreeAt {
        FreeAt {
            envelope: Err(why.clone()),
            roomy: Err(why.clone()),
            quadrature: Err(why.clone()),
            calibrated: Err(why.clone()),
            forms: Vec::new(),
            parts: Err(why.clone()),
            falls: true,
            floor: 0.0,
            unit: 1.0,
            widening: 1.0,
        }
    }

    /// Moves the bands by a share towards those of another result, in ln(L − `floor`). Only
    /// knowledge that the runs do not show themselves may narrow an interval.
    pub(super) fn towards(mut self, other: &FreeAt, share: f64, floor: f64) -> FreeAt {
        let moved = |own: &Band, other: &Band| own.towards(other, share, floor);
        if let (Ok(own), Ok(other)) = (&mut self.calibrated, &other.calibrated) {
            *own = moved(own, other);
        }
        if let (Ok(own), Ok(other)) = (&mut self.quadrature, &other.quadrature) {
            *own = moved(own, other);
        }
        for (own, other) in [
            (&mut self.envelope, &other.envelope),
            (&mut self.roomy, &other.roomy),
        ] {
            if let (Ok(own), Ok(other)) = (own, other) {
                own.band = moved(&own.band, &other.band);
            }
        }
        self.parts = Err(Abstain::not_asked());
        self
    }

    pub(super) fn roomy(&self) -> &Result<Bounds, Abstain> {
        &self.roomy
    }

    /// Adds the floor that was subtracted from the losses.
    fn raised(mut self, floor: f64) -> FreeAt {
        if floor == 0.0 {
            return self;
        }
        for bounds in [&mut self.envelope, &mut self.roomy].into_iter().flatten() {
            bounds.band = bounds.band.raised(floor);
        }
        for band in [&mut self.quadrature, &mut self.calibrated]
            .into_iter()
            .flatten()
        {
            *band = band.raised(floor);
        }
        self.forms.iter_mut().for_each(|form| form.1 += floor);
        self.floor = floor;
        self
    }

    /// Multiplies everything by `unit`.
    fn times(mut self, unit: f64) -> FreeAt {
        for bounds in [&mut self.envelope, &mut self.roomy].into_iter().flatten() {
            bounds.band = bounds.band.times(unit);
        }
        for band in [&mut self.quadrature, &mut self.calibrated]
            .into_iter()
            .flatten()
        {
            *band = band.times(unit);
        }
        self.forms.iter_mut().for_each(|form| form.1 *= unit);
        self.floor *= unit;
        self.unit = unit;
        self
    }

    /// Whether the runs fall by more than their scatter.
    pub(super) fn falls(&self) -> bool {
        self.falls
    }

    /// The calibrated 90 % interval with other factors on its half-widths.
    pub(super) fn with_widths(&self, widths: &Widths) -> Option<Band> {
        let parts = self.parts.as_ref().ok()?;
        let band = parts.band(widths).scaled(self.widening).times(self.unit);
        Some(band.raised(self.floor))
    }

    /// The members of the recommended point.
    pub(super) fn members(&self) -> impl Iterator<Item = ForecastMember> + '_ {
        let quadrature = self.quadrature.as_ref().ok().map(|band| band.point);
        let envelope = self.roomy.as_ref().ok().map(|bounds| bounds.band.point);
        let own = [
            (Method::Quadrature, quadrature),
            (Method::Envelope, envelope),
        ]
        .into_iter()
        .filter_map(|(method, point)| Some((method.name(), point?)));
        let local = self.parts.as_ref().ok().and_then(|parts| parts.local);
        let local = local.map(|log| ("local", log.exp() * self.unit + self.floor));
        own.chain(self.forms.iter().copied())
            .chain(local)
            .filter(|(_, point)| *point > 0.0 && point.is_finite())
            .map(|(name, point)| ForecastMember { name, point })
    }

    /// The point of one method.
    pub(crate) fn point(&self, method: Method) -> Option<f64> {
        let point = self.band(method).ok().map(|band| band.point);
        point.filter(|p| *p > 0.0 && p.is_finite())
    }

    pub(crate) fn bounds(&self, method: Method, level: f64) -> Result<(f64, f64), Abstain> {
        let above = self.band(method)?.raised(-self.floor);
        let band = above
            .scaled(levels::ratio(method, level)?)
            .raised(self.floor);
        limited(
            (band.lower, band.upper),
            Code::EnvelopeUnbounded,
            "an end of the interval lies outside the range of numbers",
        )
    }

    /// Point and 90 % interval.
    fn band(&self, method: Method) -> Result<Band, Abstain> {
        match method {
            Method::Envelope => self.envelope.clone().map(|bounds| bounds.band),
            Method::Quadrature => self.quadrature.clone(),
            _ => self.calibrated.clone(),
        }
    }

    /// Findings for the reader of these intervals.
    pub(super) fn findings(&self) -> Vec<Diagnosis> {
        let mut found = Vec::new();
        let bands = self.roomy.as_ref().map_or(1.0, |b| b.widening);
        if bands > ROOM {
            let widened = Diagnosis::new(
                Code::EnvelopeWidened,
                Severity::Note,
                format!(
                    "no mixture of power laws passes through the runs within their noise: the envelope's bands are {} times as wide",
                    format_quantity(bands)
                ),
                "the runs bend in a way that no sum of power laws does, often after a plateau of the smallest ones: leave those out",
            );
            found.push(widened.with_remedy(Setting::Where));
        }
        // With few runs a missing envelope is expected, and the knowledge of the floor replaces it.
        if let (Err(why), Ok(_)) = (&self.roomy, &self.calibrated)
            && why.code != Code::TooFewRuns
        {
            found.push(Diagnosis::new(
                why.code,
                Severity::Note,
                format!("{}: the calibrated interval is made without the envelope, from twice the half-width of quadrature", why.reason),
                "look at the chart: a kink or an outlier keeps every smooth falling curve away from the runs",
            ));
        }
        if self.widening > 1.0 {
            found.push(Diagnosis::new(
                Code::WidenedByBacktest,
                Severity::Note,
                format!(
                    "forecasts of the larger runs from the smaller ones missed by more than their interval: the calibrated interval is {} times as wide",
                    format_quantity((self.widening * 100.0).round() / 100.0)
                ),
                "a back-test of the runs shows them",
            ));
        }
        found
    }
}
