//! Law files: everything a forecast, chart or report needs, at full precision. On loading,
//! [`derived`] derives again what the runs in a file determine.

use super::derived;
use super::law_file::{FORMAT, LAW_FORMAT_VERSION, LawFile, altered, bad};
use super::objective::{Objective, Weights};
use super::result::FitResult;
use super::settings::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::law::{self, Input, Law};
use crate::runs::{Dataset, Role};
use crate::text::excerpt;
use serde::{Deserialize, Serialize, Serializer};
use std::sync::Arc;

impl FitResult {
    /// The law file: JSON with full precision, the same bytes for the same fit.
    ///
    /// ```
    /// use scalewise::{Dataset, Fit, FitResult, law::Power};
    /// let runs = [(1e18, 3.1), (1e19, 2.74), (1e20, 2.46), (1e21, 2.25), (1e22, 2.1)];
    /// let fit = Fit::new(Power).run(&Dataset::from_runs(runs)?)?;
    /// let text = fit.to_json();
    /// let again = FitResult::from_json(&text, "law.json")?;
    /// assert_eq!(again.values(), fit.values());
    /// assert_eq!(again.to_json(), text);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        // Plain maps, vectors and finite numbers always serialise.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Reads a law file; `source` names it in errors.
    ///
    /// The parameters, the runs and the user's choices are taken from the file. The verdict, the
    /// covariance and everything else that follows from them are derived again.
    /// [`FitResult::claimed_otherwise`] reports a different verdict in a file of another version.
    ///
    /// # Errors
    /// [`ErrorKind::Data`] if the text is not a law file of a known version, names a law that is
    /// not built in, or contradicts itself: parameters that are not a minimum for the runs or, in a
    /// file of this version of the program, a verdict or a covariance that the runs do not give.
    pub fn from_json(text: &str, source: &str) -> Result<FitResult> {
        let name = probe(text, source)?;
        let law = law::named(&name).map_err(|error| match law::is_formula(&name) {
            true => error.at(source, None, None),
            false => {
                let known = law::all().iter().map(|law| law.name());
                let known = known.chain(law::presets().iter().map(|preset| preset.name));
                bad(source, format!("law '{}' is not built in", excerpt(&name))).with_hint(format!(
                    "built in: {}; a law of your own loads with FitResult::from_json_with",
                    known.collect::<Vec<_>>().join(", ")
                ))
            }
        })?;
        FitResult::from_json_shared(law, text, source)
    }

    /// Reads a law file made with a law of your own.
    ///
    /// # Errors
    /// As for [`FitResult::from_json`].
    pub fn from_json_with(law: impl Law + 'static, text: &str, source: &str) -> Result<FitResult> {
        FitResult::from_json_shared(Arc::new(law), text, source)
    }

    fn from_json_shared(law: Arc<dyn Law>, text: &str, source: &str) -> Result<FitResult> {
        let name = probe(text, source)?;
        if law.name() != name {
            return Err(bad(
                source,
                format!("it holds law '{name}', not '{}'", law.name()),
            ));
        }
        let file: LawFile = serde_json::from_str(text).map_err(|e| {
            Error::new(
                ErrorKind::Data,
                format!("not a law file of version {LAW_FORMAT_VERSION}: {e}"),
            )
            .at(source, None, None)
            .with_hint("fit the runs again and write a new law file")
        })?;
        file.restore(law, source)
    }
}

/// The content of a law file.
impl Serialize for FitResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.entry().serialize(serializer)
    }
}

/// Checks format and version first, so that a newer file says so instead of naming a field.
fn probe(text: &str, source: &str) -> Result<String> {
    #[derive(Deserialize)]
    struct Probe {
        format: Option<String>,
        version: Option<u32>,
        law: Option<String>,
    }
    let hint = "fit the runs and write a law file";
    let probe: Probe = serde_json::from_str(text)
        .map_err(|e| bad(source, format!("not a law file: {e}")).with_hint(hint))?;
    if probe.format.as_deref() != Some(FORMAT) {
        let found = probe.format.unwrap_or_else(|| "missing".to_owned());
        return Err(bad(
            source,
            format!("not a law file: its format is '{found}', not '{FORMAT}'"),
        )
        .with_hint(hint));
    }
    match probe.version {
        Some(version) if (1..=LAW_FORMAT_VERSION).contains(&version) => {}
        Some(version) => {
            return Err(bad(source, format!("law file version {version} is newer than this program knows ({LAW_FORMAT_VERSION})"))
                .with_hint("update scalewise"));
        }
        None => return Err(bad(source, "law file without a version").with_hint(hint)),
    }
    probe
        .law
        .ok_or_else(|| bad(source, "law file without a law").with_hint(hint))
}

impl LawFile {
    /// Refuses numbers that no fit writes, whatever the runs.
    fn check_numbers(&self, source: &str) -> Result<()> {
        let best = &self.fit.basins[0];
        for (k, p) in self.parameters.iter().enumerate() {
            let (lower, upper) = self.fit.bounds[k];
            let (lower, upper) = (
                lower.unwrap_or(f64::NEG_INFINITY),
                upper.unwrap_or(f64::INFINITY),
            );
            let ordered = lower <= upper;
            if !ordered {
                let what = format!("the bounds of {} are {lower} to {upper}", p.name);
                return Err(altered(source, what));
            }
            if p.value != best.parameters[k] || !(lower..=upper).contains(&p.value) {
                let what = format!("{} = {} is not the minimum found", p.name, p.value);
                return Err(altered(source, what));
            }
        }
        if self.fit.objective != best.objective {
            return Err(altered(
                source,
                "the objective is not that of the minimum found",
            ));
        }
        Ok(())
    }

    fn restore(self, law: Arc<dyn Law>, source: &str) -> Result<FitResult> {
        let parameters = law.parameters();
        let names: Vec<&str> = parameters.iter().map(|p| &*p.name).collect();
        let given: Vec<&str> = self.parameters.iter().map(|p| p.name.as_str()).collect();
        if names != given {
            return Err(bad(
                source,
                format!(
                    "parameters are {}, but law '{}' has {}",
                    given.join(", "),
                    law.name(),
                    names.join(", ")
                ),
            ));
        }
        let p = names.len();
        let square = |v: &Vec<Vec<Option<f64>>>| v.len() == p && v.iter().all(|row| row.len() == p);
        let whole = self.fit.bounds.len() == p
            && !self.fit.basins.is_empty()
            && self.fit.basins.iter().all(|b| b.parameters.len() == p)
            && self.vcov.as_ref().is_none_or(square);
        if !whole {
            return Err(bad(
                source,
                "the numbers of parameters in it contradict each other",
            ));
        }
        self.check_numbers(source)?;
        if !self.data.runs.iter().any(|run| run.role == Role::Fit) {
            return Err(bad(source, "it holds no fitted run"));
        }
        let file = &self;
        let objective = match (file.fit.loss.as_str(), file.fit.delta) {
            ("squared", _) => Objective::Squared,
            ("huber", delta) => Objective::Huber {
                delta: delta.unwrap_or(f64::INFINITY),
            },
            ("lad", _) => Objective::Lad,
            ("quantile", _) => match file.fit.quantile {
                Some(q) if 0.0 < q && q < 1.0 => Objective::Quantile { q },
                _ => return Err(bad(source, "the quantile is not between 0 and 1")),
            },
            (other, _) => return Err(bad(source, format!("unknown loss '{other}'"))),
        };
        let weights = match (file.fit.weights.as_str(), file.fit.weight_values.clone()) {
            ("equal", _) => Weights::Equal,
            ("known-sigma", _) => Weights::KnownSigma,
            ("relative", Some(values)) => Weights::Relative(values),
            ("counts", Some(values)) => Weights::Counts(values),
            (other, _) => return Err(bad(source, format!("unknown weights '{other}'"))),
        };
        let data = Dataset {
            source: file.data.source.clone(),
            loss_column: file.data.loss_column.clone(),
            loss_unit: file.data.loss_unit.clone(),
            variable: file.data.variable,
            curve: file.data.curve,
            runs: file.data.runs.clone(),
            excluded: file.data.excluded.clone(),
            notes: Vec::new(),
            reading: Vec::new(),
            findings: file.data.findings.clone(),
        };
        if data.digest() != file.data.digest {
            return Err(bad(
                source,
                "its runs do not match their digest: the file was changed by hand",
            )
            .with_hint("fit the runs again and write a new law file"));
        }
        let bounds = &file.fit.bounds;
        let settings = Settings {
            objective,
            residuals: file.fit.residuals,
            weights,
            lower: bounds
                .iter()
                .map(|b| b.0.unwrap_or(f64::NEG_INFINITY))
                .collect(),
            upper: bounds
                .iter()
                .map(|b| b.1.unwrap_or(f64::INFINITY))
                .collect(),
            prior: None,
        };
        let any_sign = settings.admit_negative(&*law);
        for run in &data.runs {
            let positive = |v: f64| v > 0.0 && v.is_finite();
            let loss = |v: f64| positive(v) || (any_sign && v.is_finite());
            let needs_compute = law.inputs().contains(&Input::Compute);
            let has_compute = run.known_x().is_some_and(positive);
            if (needs_compute && !has_compute) || !loss(run.loss) {
                return Err(bad(
                    source,
                    format!(
                        "the run of line {} has an impossible compute or loss",
                        run.line
                    ),
                ));
            }
        }
        let start = file.fit.start.clone();
        derived::fit(law, settings, data, start, file, source)
    }
}
