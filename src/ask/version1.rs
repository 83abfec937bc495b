//! The questions of version 1 entries: flag names of that version, and their texts.
//!
//! This is a file format and never changes.

use super::table::{CountColumns, LossUnits, Reshaping, RowChoice, RunColumns};
use super::{
    AllocateRequest, CapabilityRequest, CountChoice, ForecastRequest, LawChoice, ObjectiveName,
    ProblemChoice, Question, RunTable,
};
use crate::ledger::Subject;
use crate::quantity::parse_quantity;
use crate::runs::Variable;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::str::FromStr;

type Result<T> = std::result::Result<T, String>;

/// Flags and their texts, all of which must be understood.
struct Flags {
    given: RefCell<BTreeMap<String, Vec<String>>>,
}

impl Flags {
    fn all(&self, name: &str) -> Vec<String> {
        self.given.borrow_mut().remove(name).unwrap_or_default()
    }

    fn one(&self, name: &str) -> Result<Option<String>> {
        only(name, self.all(name))
    }

    fn switch(&self, name: &str) -> bool {
        self.given.borrow_mut().remove(name).is_some()
    }

    fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>> {
        let one = self.one(name)?;
        one.map(|text| text.parse().map_err(|_| not_read(name, &text)))
            .transpose()
    }

    fn list<T: FromStr>(&self, name: &str) -> Result<Vec<T>> {
        let read = |text: &String| text.parse().map_err(|_| not_read(name, text));
        self.all(name).iter().map(read).collect()
    }

    fn quantities(&self, name: &str) -> Result<Vec<f64>> {
        let read = |text: &String| parse_quantity(text).map_err(|e| format!("{name}: {e}"));
        self.all(name).iter().map(read).collect()
    }

    fn quantity(&self, name: &str) -> Result<Option<f64>> {
        only(name, self.quantities(name)?)
    }

    /// Values whose names in files are the same as on the command line.
    fn named<T: DeserializeOwned>(&self, name: &str) -> Result<Vec<T>> {
        let read = |text: &String| {
            serde_json::from_value(Value::String(text.clone())).map_err(|_| not_read(name, text))
        };
        self.all(name).iter().map(read).collect()
    }

    fn a_name<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        only(name, self.named(name)?)
    }

    /// Refuses flags that were not understood.
    fn done(&self) -> Result<()> {
        match self.given.borrow().keys().next() {
            None => Ok(()),
            Some(name) => Err(format!("'{name}' is not known")),
        }
    }

    fn rows(&self) -> Result<RowChoice> {
        Ok(RowChoice {
            fit_below: self.quantity("fit-below")?,
            conditions: self.all("where"),
            exclude: self.all("exclude"),
        })
    }

    fn table(&self) -> Result<RunTable> {
        let unit = self.one("loss-unit")?;
        Ok(RunTable {
            rows: self.rows()?,
            hold: Vec::new(),
            columns: RunColumns {
                compute: self.one("compute-col")?,
                params: self.one("params-col")?,
                tokens: self.one("tokens-col")?,
                unique_tokens: self.one("unique-col")?,
                budget: None,
                loss: self.one("loss-col")?,
                sigma: self.one("sigma-col")?,
                group: self.one("group-col")?,
            },
            over: self.a_name("over")?.unwrap_or(Variable::Compute),
            curve: None,
            lr_decay_ahead: false,
            unit: match unit {
                None => None,
                Some(column) => Some(LossUnits {
                    column,
                    fitted: self.one("loss-in")?,
                    bytes_per_token: self.parsed("bytes-per-token")?,
                    words_per_token: self.parsed("words-per-token")?,
                }),
            },
            reshape: Reshaping {
                step: self.one("step-col")?,
                columns: self.all("let"),
                ..Reshaping::default()
            },
            force: false,
        })
    }

    fn law(&self) -> Result<LawChoice> {
        let mut fix = BTreeMap::new();
        for text in self.all("fix") {
            let (name, value) = pair(&text)?;
            fix.insert(name.to_owned(), number(value)?);
        }
        let mut bounds = BTreeMap::new();
        for text in self.all("bound") {
            let (name, range) = pair(&text)?;
            let ends = range.split_once("..");
            let (low, high) = ends.ok_or_else(|| not_read("bound", &text))?;
            let end = |text: &str| (!text.is_empty()).then(|| number(text)).transpose();
            bounds.insert(name.to_owned(), (end(low)?, end(high)?));
        }
        Ok(LawChoice {
            law: self.one("law")?,
            objective: self.a_name::<ObjectiveName>("objective")?,
            delta: self.parsed("delta")?,
            quantile: None,
            residuals: self.a_name("residuals")?,
            fix,
            bounds,
            prior: Vec::new(),
        })
    }
}

/// The only value that a flag has, if it has one.
fn only<T>(name: &str, mut values: Vec<T>) -> Result<Option<T>> {
    match values.len() {
        0 | 1 => Ok(values.pop()),
        _ => Err(format!("{name} has several values")),
    }
}

fn not_read(name: &str, text: &str) -> String {
    format!("{name}: '{}'", crate::text::excerpt(text))
}

fn pair(text: &str) -> Result<(&str, &str)> {
    let pair = text.split_once('=');
    let pair = pair.map(|(name, value)| (name.trim(), value.trim()));
    pair.ok_or_else(|| format!("'{}' is not NAME=VALUE", crate::text::excerpt(text)))
}

fn number(text: &str) -> Result<f64> {
    parse_quantity(text).map_err(|e| e.to_string())
}

/// The question of an entry.
pub(super) fn question(subject: Subject, settings: &Value) -> Result<Question> {
    let given: BTreeMap<String, Vec<String>> =
        serde_json::from_value(settings.clone()).map_err(|e| e.to_string())?;
    let flags = Flags {
        given: RefCell::new(given),
    };
    let question = match subject {
        Subject::Forecast => Question::Forecast(forecast(&flags)?),
        Subject::Capability => Question::Capability(capability(&flags)?),
        Subject::Allocation => Question::Allocation(allocation(&flags)?),
        Subject::Scores | Subject::Curve | Subject::External => {
            return Err(format!("no entry of version 1 is about {}", subject.name()));
        }
    };
    flags.done()?;
    Ok(question)
}

fn forecast(flags: &Flags) -> Result<ForecastRequest> {
    let usual = ForecastRequest::default();
    let kinds = flags.named("kind")?;
    Ok(ForecastRequest {
        table: flags.table()?,
        fit: flags.law()?,
        at: flags.list("at")?,
        reach: Vec::new(),
        levels: flags.list("level")?,
        kinds: if kinds.is_empty() { usual.kinds } else { kinds },
        methods: flags.named("method")?,
        replicates: flags.parsed("replicates")?.unwrap_or(usual.replicates),
        seed: flags.parsed("seed")?.unwrap_or(usual.seed),
        force: flags.switch("force"),
        floors: false,
    })
}

fn capability(flags: &Flags) -> Result<CapabilityRequest> {
    let usual = ProblemChoice::default();
    Ok(CapabilityRequest {
        table: CountChoice {
            rows: flags.rows()?,
            columns: CountColumns {
                compute: flags.one("compute-col")?,
                params: flags.one("params-col")?,
                tokens: flags.one("tokens-col")?,
                model: flags.one("model-col")?,
                problem: flags.one("problem-col")?,
                samples: flags.one("samples-col")?,
                passes: flags.one("passes-col")?,
                pass_rate: flags.one("pass-rate-col")?,
                ..CountColumns::default()
            },
            reshape: Reshaping::default(),
            force: false,
        },
        problems: ProblemChoice {
            rule: flags.a_name("rule")?,
            estimator: flags.a_name("estimator")?,
            buckets: flags.parsed("buckets")?.unwrap_or(usual.buckets),
            hardest: flags.parsed("hardest")?.unwrap_or(usual.hardest),
            chance: flags.parsed("chance")?,
            seed: flags.parsed("seed")?.unwrap_or(usual.seed),
        },
        at: flags.list("at")?,
        levels: flags.list("level")?,
        pass_at: Vec::new(),
        force: flags.switch("force"),
    })
}

fn allocation(flags: &Flags) -> Result<AllocateRequest> {
    let usual = AllocateRequest::default();
    Ok(AllocateRequest {
        table: flags.table()?,
        fit: flags.law()?,
        compute: flags.list("compute")?,
        params: flags.quantities("params")?,
        tokens: flags.quantities("tokens")?,
        unique: Vec::new(),
        sizes: Vec::new(),
        ratio: flags.quantities("ratio")?,
        flops: flags.one("flops")?.unwrap_or(usual.flops),
        inference_tokens: flags.quantity("n-inference")?,
        price: None,
        level: flags.parsed("level")?.unwrap_or(usual.level),
        joint: flags.switch("joint"),
        methods: flags.named("method")?,
        resample: flags.a_name("resample")?.unwrap_or(usual.resample),
        replicates: flags.parsed("replicates")?.unwrap_or(usual.replicates),
        seed: flags.parsed("seed")?.unwrap_or(usual.seed),
        sensitivity: true,
        force: flags.switch("force"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_flag_of_one_value_is_refused_with_several() {
        for (name, value) in [
            ("over", json!(["params", "tokens"])),
            ("objective", json!(["huber", "lad"])),
            ("law", json!(["power", "saturating"])),
            ("fit-below", json!(["1e21", "1e22"])),
        ] {
            let settings = json!({"at": ["1e24"], "level": ["0.9"], name: value});
            let refused = question(Subject::Forecast, &settings);
            assert_eq!(refused, Err(format!("{name} has several values")));
        }
    }
}
