//! `scalewise simulate`: makes a table of runs with a known law.

use super::args::SimulateArgs;
use super::input;
use super::outcome::Outcome;
use super::printer::Printer;
use super::save::emit;
use scalewise::Result;
use scalewise::internal;
use scalewise::internal::{Ladder, ladder_csv};
use scalewise::law::{BuiltIn, Input, Law};

pub fn run(args: &SimulateArgs, printer: &Printer) -> Result<Outcome> {
    let law = law_of_compute(&args.law)?;
    let plus: Vec<(BuiltIn, Vec<f64>)> = args
        .plus
        .iter()
        .map(|text| {
            let (name, set) = text.split_once(':').ok_or_else(|| {
                input::usage(format!("--plus: '{text}' is not LAW:NAME=VALUE,…"))
                    .with_hint("for example --plus power:a=0.3,b=-0.05")
            })?;
            let law = law_of_compute(name.trim())?;
            let set: Vec<String> = set.split(',').map(str::to_owned).collect();
            Ok((law, parameters("--plus", &law, &set)?))
        })
        .collect::<Result<_>>()?;
    let (low, high) = args.compute.split_once("..").ok_or_else(|| {
        input::usage(format!("--compute: '{}' is not LOW..HIGH", args.compute))
            .with_hint("for example --compute 1e18..1e22")
    })?;
    let ladder = Ladder {
        parameters: parameters("--set", &law, &args.set)?,
        plus: plus
            .iter()
            .map(|(law, p)| (law as &dyn Law, p.clone()))
            .collect(),
        law: &law,
        range: (
            input::positive("--compute", low)?,
            input::positive("--compute", high)?,
        ),
        runs: args.runs,
        beyond: args
            .at
            .iter()
            .map(|c| input::positive("--at", c))
            .collect::<Result<_>>()?,
        noise: args.noise,
        seed: args.seed,
    };
    let text = ladder_csv(&ladder.simulate()?);
    emit(args.output.as_deref(), &text, printer)?;
    Ok(Outcome::Done)
}

fn law_of_compute(name: &str) -> Result<BuiltIn> {
    let law = internal::law_named(name)?;
    if law.inputs() == [Input::Compute] {
        return Ok(law);
    }
    Err(input::usage(format!(
        "law '{name}' is not a function of compute alone"
    )))
}

fn parameters(flag: &str, law: &dyn Law, set: &[String]) -> Result<Vec<f64>> {
    let names: Vec<&str> = law.parameters().iter().map(|p| &*p.name).collect();
    let mut values = vec![None; names.len()];
    for text in set {
        let (name, value) = input::assignment(flag, text)?;
        let k = names.iter().position(|n| *n == name).ok_or_else(|| {
            input::usage(format!(
                "{flag}: law '{}' has no parameter '{name}'",
                law.name()
            ))
            .with_hint(format!("its parameters are {}", names.join(", ")))
        })?;
        if values[k].replace(input::number(flag, value)?).is_some() {
            return Err(input::usage(format!("{flag}: {name} is given twice")));
        }
    }
    names
        .iter()
        .zip(values)
        .map(|(name, value)| {
            value.ok_or_else(|| {
                input::usage(format!(
                    "{flag}: parameter {name} of law '{}' is missing",
                    law.name()
                ))
                .with_hint(format!("its parameters are {}", names.join(", ")))
            })
        })
        .collect()
}
