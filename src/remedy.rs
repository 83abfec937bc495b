//! What helps against an error or a finding, for programs: the setting to change, and to what.

use serde::Serialize;
use std::fmt;

/// Declares the settings with their names, which requests and their files use too.
macro_rules! settings {
    ($($variant:ident = $name:literal,)*) => {
        /// A setting that an error is about, or that helps against it.
            #[allow(dead_code)]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Setting {
            $($variant,)*
        }

        impl Setting {
            const NAMES: &[&str] = &[$($name),*];

            /// Its name.
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Setting::$variant => $name,)*
                }
            }
        }
    };
}

settings! {
    At = "at",
    Bounds = "bounds",
    By = "by",
    BytesPerToken = "bytes_per_token",
    Compute = "compute",
    ComputeCol = "compute_col",
    Delta = "delta",
    Estimator = "estimator",
    Exclude = "exclude",
    FitBelow = "fit_below",
    Fix = "fix",
    Flops = "flops",
    Force = "force",
    GroupCol = "group_col",
    Hardest = "hardest",
    Join = "join",
    Law = "law",
    Let = "let",
    Levels = "levels",
    LossCol = "loss_col",
    Methods = "methods",
    ModelCol = "model_col",
    Objective = "objective",
    Over = "over",
    Params = "params",
    ParamsCol = "params_col",
    PassRateCol = "pass_rate_col",
    PassesCol = "passes_col",
    ProblemCol = "problem_col",
    Ratio = "ratio",
    Reach = "reach",
    Reduce = "reduce",
    Replicates = "replicates",
    Rule = "rule",
    SamplesCol = "samples_col",
    SigmaCol = "sigma_col",
    StepCol = "step_col",
    Targets = "targets",
    Tokens = "tokens",
    TokensCol = "tokens_col",
    UniqueCol = "unique_col",
    Where = "where",
    Wide = "wide",
    WordsPerToken = "words_per_token",
}

impl Setting {
    /// The remedy that gives this setting a value.
    pub(crate) fn to(self, value: impl Into<String>) -> Remedy {
        Remedy {
            setting: self.name(),
            value: Some(value.into()),
        }
    }
}

/// A setting that helps against an error or a finding, and the value that helps, where one is known.
///
/// The sentence that goes with it is the hint of the [`Error`](crate::Error) or the
/// [`Diagnosis`](crate::fit::Diagnosis).
///
/// ```
/// use scalewise::{Dataset, Fit};
/// let two = Dataset::from_runs([(1e18, 3.1), (1e19, 2.7)])?;
/// let error = Fit::new(scalewise::law::Saturating).run(&two).unwrap_err();
/// assert!(error.remedies().iter().any(|remedy| remedy.setting() == "fix"));
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remedy {
    setting: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

impl Remedy {
    /// The names of all settings that a remedy or an error may be about.
    pub const SETTINGS: &[&str] = Setting::NAMES;

    /// The name of the setting, as in requests; `loss_col` and the like name a column.
    #[must_use]
    pub fn setting(&self) -> &'static str {
        self.setting
    }

    /// The value that helps.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

impl From<Setting> for Remedy {
    fn from(setting: Setting) -> Remedy {
        Remedy {
            setting: setting.name(),
            value: None,
        }
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.setting)?;
        match &self.value {
            Some(value) => write!(f, " = {value}"),
            None => Ok(()),
        }
    }
}

/// A hint followed by its remedies in the words of a face.
pub(crate) fn hint_in_words(
    hint: &str,
    remedies: &[Remedy],
    word: impl Fn(&Remedy) -> String,
) -> String {
    let words: Vec<String> = remedies.iter().map(word).collect();
    match words.is_empty() {
        true => hint.to_owned(),
        false => format!("{hint} ({})", words.join(", ")),
    }
}
