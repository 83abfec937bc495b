//! `scalewise simulate`: a table of runs whose law is known.

use super::args::SimulateArgs;
use super::printer::Printer;
use super::{Outcome, input};
use crate::error::Result;
use crate::files::{self, Existing};
use crate::law::{Input, Law};
use crate::simulate::{Ladder, ladder_csv};

pub fn run(args: &SimulateArgs, printer: &Printer) -> Result<Outcome> {
    let law = input::law_named(&args.law)?;
    if law.inputs() != [Input::Compute] {
        return Err(input::usage(format!(
            "law '{}' is not a function of compute alone",
            law.name()
        )));
    }
    let (low, high) = args.compute.split_once("..").ok_or_else(|| {
        input::usage(format!("--compute: '{}' is not LOW..HIGH", args.compute))
            .with_hint("for example --compute 1e18..1e22")
    })?;
    let ladder = Ladder {
        parameters: parameters(law, &args.set)?,
        law,
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
    match &args.output {
        Some(path) if path.as_os_str() != "-" => {
            files::write(path, text.as_bytes(), Existing::Replace)?;
            printer.note(&format!("wrote {}", path.display()));
            Ok(Outcome::Done)
        }
        _ => printer.out(&text),
    }
}

fn parameters(law: &dyn Law, set: &[String]) -> Result<Vec<f64>> {
    let names: Vec<&str> = law.parameters().iter().map(|p| p.name).collect();
    let mut values = vec![None; names.len()];
    for text in set {
        let (name, value) = input::assignment("--set", text)?;
        let k = names.iter().position(|n| *n == name).ok_or_else(|| {
            input::usage(format!(
                "--set: law '{}' has no parameter '{name}'",
                law.name()
            ))
            .with_hint(format!("its parameters are {}", names.join(", ")))
        })?;
        if values[k].replace(input::number("--set", value)?).is_some() {
            return Err(input::usage(format!("--set: {name} is given twice")));
        }
    }
    names
        .iter()
        .zip(values)
        .map(|(name, value)| {
            value.ok_or_else(|| {
                input::usage(format!(
                    "--set: parameter {name} of law '{}' is missing",
                    law.name()
                ))
                .with_hint(format!("its parameters are {}", names.join(", ")))
            })
        })
        .collect()
}
