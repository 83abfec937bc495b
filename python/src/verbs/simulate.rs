//! Tables of runs with a known law.

use crate::answer::{Answer, Made};
use crate::keywords::{Keywords, number, positive, usage, wrong};
use crate::value::Value;
use scalewise::Result;
use scalewise::ask::Trust;
use scalewise::internal::{CURVE, Ladder, ladder_csv, law_named};
use scalewise::law::{BuiltIn, Input, Law};
use scalewise::report::Document;

pub fn run(keys: &mut Keywords) -> Result<Answer> {
    let law = law_of_compute(&keys.text("law")?.unwrap_or_else(|| CURVE.to_owned()))?;
    let set = parameters("set", &law, keys.pairs("set")?)?;
    let plus = keys.pairs("plus")?.into_iter().map(|(name, set)| {
        let law = law_of_compute(&name)?;
        let Value::Pairs(set) = set else {
            return Err(wrong(
                "plus",
                &set,
                "a dict such as {'power': {'a': 0.3, 'b': -0.05}}",
            ));
        };
        let parameters = parameters("plus", &law, set)?;
        Ok((law, parameters))
    });
    let plus: Vec<(BuiltIn, Vec<f64>)> = plus.collect::<Result<_>>()?;
    let range = match keys.take("compute") {
        None => (1e18, 1e22),
        Some(Value::List(ends) | Value::Tuple(ends)) if ends.len() == 2 => (
            positive("compute", &ends[0])?,
            positive("compute", &ends[1])?,
        ),
        Some(other) => return Err(wrong("compute", &other, "two ends, such as (1e18, 1e22)")),
    };
    let ladder = Ladder {
        parameters: set,
        plus: plus
            .iter()
            .map(|(law, p)| (law as &dyn Law, p.clone()))
            .collect(),
        law: &law,
        range,
        runs: keys.count("runs")?.unwrap_or(8),
        beyond: keys.positives("at")?,
        noise: keys.number("noise")?.unwrap_or(0.0),
        seed: keys.count("seed")?.unwrap_or(0),
    };
    keys.done()?;
    Ok(Answer::made(Made {
        document: Document::default(),
        table: Some(ladder_csv(&ladder.simulate()?)),
        json: None,
        trust: Trust::Trustworthy,
        chart: None,
    }))
}

fn law_of_compute(name: &str) -> Result<BuiltIn> {
    let law = law_named(name)?;
    match law.inputs() == [Input::Compute] {
        true => Ok(law),
        false => Err(usage(format!(
            "law '{name}' is not a function of compute alone"
        ))),
    }
}

/// The values of a law's parameters in their order.
fn parameters(key: &str, law: &dyn Law, set: Vec<(String, Value)>) -> Result<Vec<f64>> {
    let names: Vec<String> = law
        .parameters()
        .iter()
        .map(|p| p.name.to_string())
        .collect();
    let known = || format!("its parameters are {}", names.join(", "));
    if let Some((name, _)) = set.iter().find(|(name, _)| !names.contains(name)) {
        let message = format!("{key}: law '{}' has no parameter '{name}'", law.name());
        return Err(usage(message).with_hint(known()));
    }
    let value = |name: &String| match set.iter().find(|(given, _)| given == name) {
        Some((_, value)) => number(key, value),
        None => {
            let message = format!("{key}: parameter {name} of law '{}' is missing", law.name());
            Err(usage(message).with_hint(known()))
        }
    };
    names.iter().map(value).collect()
}
