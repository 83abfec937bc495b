//! Remedies for an error or a finding, for programs: the setting to change, and its value.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A setting that an error is about, or that helps with it.
#[cfg_attr(not(feature = "tables"), allow(dead_code))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    At,
    Base,
    Bounds,
    BudgetCol,
    By,
    BytesPerToken,
    ChanceCol,
    Compute,
    ComputeCol,
    Curve,
    Decimal,
    Delta,
    End,
    Estimator,
    Exclude,
    FitBelow,
    Fix,
    Flops,
    Force,
    GroupCol,
    Hardest,
    Hold,
    Join,
    JoinOn,
    Law,
    Let,
    Levels,
    LogLine,
    LossCol,
    LrCol,
    EndCol,
    LrDecayAhead,
    Methods,
    ModelCol,
    Objective,
    Over,
    PairCol,
    Params,
    ParamsCol,
    PassRateCol,
    PassesCol,
    Prefer,
    Prior,
    ProblemCol,
    Quantile,
    Ratio,
    Reach,
    Reduce,
    Residuals,
    Rule,
    RunFrom,
    SamplesCol,
    Schedule,
    SeedSd,
    SigmaCol,
    StderrCol,
    StepCol,
    Targets,
    TaskLossCol,
    Tokens,
    TokensCol,
    Tolerance,
    TrunkCol,
    UniqueCol,
    Where,
    WordsPerToken,
    X,
}

/// Each setting with its name.
const SETTINGS: [(Setting, &str); Setting::X as usize + 1] = [
    (Setting::At, "at"),
    (Setting::Base, "base"),
    (Setting::Bounds, "bounds"),
    (Setting::BudgetCol, "budget_col"),
    (Setting::By, "by"),
    (Setting::BytesPerToken, "bytes_per_token"),
    (Setting::ChanceCol, "chance_col"),
    (Setting::Compute, "compute"),
    (Setting::ComputeCol, "compute_col"),
    (Setting::Curve, "curve"),
    (Setting::Decimal, "decimal"),
    (Setting::Delta, "delta"),
    (Setting::End, "end"),
    (Setting::Estimator, "estimator"),
    (Setting::Exclude, "exclude"),
    (Setting::FitBelow, "fit_below"),
    (Setting::Fix, "fix"),
    (Setting::Flops, "flops"),
    (Setting::Force, "force"),
    (Setting::GroupCol, "group_col"),
    (Setting::Hardest, "hardest"),
    (Setting::Hold, "hold"),
    (Setting::Join, "join"),
    (Setting::JoinOn, "join_on"),
    (Setting::Law, "law"),
    (Setting::Let, "let"),
    (Setting::Levels, "levels"),
    (Setting::LogLine, "log_line"),
    (Setting::LossCol, "loss_col"),
    (Setting::LrCol, "lr_col"),
    (Setting::EndCol, "end_col"),
    (Setting::LrDecayAhead, "lr_decay_ahead"),
    (Setting::Methods, "methods"),
    (Setting::ModelCol, "model_col"),
    (Setting::Objective, "objective"),
    (Setting::Over, "over"),
    (Setting::PairCol, "pair_col"),
    (Setting::Params, "params"),
    (Setting::ParamsCol, "params_col"),
    (Setting::PassRateCol, "pass_rate_col"),
    (Setting::PassesCol, "passes_col"),
    (Setting::Prefer, "prefer"),
    (Setting::Prior, "prior"),
    (Setting::ProblemCol, "problem_col"),
    (Setting::Quantile, "quantile"),
    (Setting::Ratio, "ratio"),
    (Setting::Reach, "reach"),
    (Setting::Reduce, "reduce"),
    (Setting::Residuals, "residuals"),
    (Setting::Rule, "rule"),
    (Setting::RunFrom, "run_from"),
    (Setting::SamplesCol, "samples_col"),
    (Setting::Schedule, "schedule"),
    (Setting::SeedSd, "seed_sd"),
    (Setting::SigmaCol, "sigma_col"),
    (Setting::StderrCol, "stderr_col"),
    (Setting::StepCol, "step_col"),
    (Setting::Targets, "targets"),
    (Setting::TaskLossCol, "task_loss_col"),
    (Setting::Tokens, "tokens"),
    (Setting::TokensCol, "tokens_col"),
    (Setting::Tolerance, "tolerance"),
    (Setting::TrunkCol, "trunk_col"),
    (Setting::UniqueCol, "unique_col"),
    (Setting::Where, "where"),
    (Setting::WordsPerToken, "words_per_token"),
    (Setting::X, "x"),
];

/// The names in the order of the settings; the order is checked at compile time.
const NAMES: [&str; SETTINGS.len()] = {
    let mut names = [""; SETTINGS.len()];
    let mut k = 0;
    while k < names.len() {
        assert!(SETTINGS[k].0 as usize == k);
        names[k] = SETTINGS[k].1;
        k += 1;
    }
    names
};

impl Setting {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        NAMES[self as usize]
    }

    /// The remedy that gives this setting a value.
    pub(crate) fn to(self, value: impl Into<String>) -> Remedy {
        Remedy {
            setting: self.name(),
            value: Some(value.into()),
        }
    }
}

/// A setting that helps with an error or a finding, and the value that helps, if known.
///
/// The hint of the [`Error`](crate::Error) or the [`Diagnosis`](crate::fit::Diagnosis) explains it
/// in a sentence.
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
    pub const SETTINGS: &[&str] = &NAMES;

    /// The name of the setting, as in requests; settings such as `loss_col` name a column.
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

/// Reads remedies from a file, without those whose setting this version does not know.
pub(crate) fn known_remedies<'de, D: Deserializer<'de>>(file: D) -> Result<Vec<Remedy>, D::Error> {
    #[derive(Deserialize)]
    struct Written {
        setting: String,
        value: Option<String>,
    }
    let all = Vec::<Written>::deserialize(file)?;
    let known = |written: Written| {
        let setting = NAMES.iter().find(|name| **name == written.setting)?;
        Some(Remedy {
            setting,
            value: written.value,
        })
    };
    Ok(all.into_iter().filter_map(known).collect())
}

/// A hint followed by its remedies in the words of an interface.
pub(crate) fn hint_in_words(
    hint: &str,
    remedies: &[Remedy],
    word: impl Fn(&Remedy) -> String,
) -> String {
    let is_force = |remedy: &&Remedy| remedy.setting() == "force";
    let others: Vec<String> = remedies
        .iter()
        .filter(|r| !is_force(r))
        .map(&word)
        .collect();
    // Forcing the numbers is no remedy like the others: it is what to do without one.
    let forced = remedies.iter().find(is_force).map(&word);
    match (others.is_empty(), forced) {
        (true, None) => hint.to_owned(),
        (true, Some(force)) => format!("{hint} ({force})"),
        (false, None) => format!("{hint} ({})", others.join(", ")),
        (false, Some(force)) => format!("{hint} ({}; or {force})", others.join(", ")),
    }
}
