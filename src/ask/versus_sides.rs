//! The recipes of a comparison as the sides of one joint problem: runs, laws and constraints.

use super::size::{each_once, same_number};
use super::versus::{VersusRequest, about, largest_common};
use super::versus_answer::Fitted;
use super::{FLOPS, usage};
use crate::allocation::{Flops, Own};
use crate::error::Result;
use crate::fit::Prior;
use crate::law::{BuiltIn, Form, Law};
use crate::numeric::Surface;
use crate::remedy::Setting;
use crate::versus::{Held, Side, SideRun, Start};

/// The range of the share of the N term in the reducible loss along the path.
const SHARES: (f64, f64) = (0.002, 0.998);

impl VersusRequest {
    /// Refuses settings that apply only to laws of N and D, or only to others.
    pub(super) fn check_surface(&self, law: &BuiltIn) -> Result<()> {
        if law.form() != Form::Surface {
            let sizes = !self.params.is_empty() || !self.tokens.is_empty();
            let what = match self.flops.trim().eq_ignore_ascii_case(FLOPS) {
                true if !sizes => return Ok(()),
                true => "parameters and tokens belong",
                false => "a way to count FLOP belongs",
            };
            return Err(usage(format!(
                "{what} to a law of N and D, not to '{}'",
                law.name()
            ))
            .with_hint("compare surfaces of tables that have both")
            .with_remedy(Setting::Law.to("chinchilla")));
        }
        if self.params.is_empty() && !self.tokens.is_empty() {
            return Err(usage("tokens are given without a number of parameters")
                .with_hint("give the parameters at which the tokens are compared")
                .with_remedy(Setting::Params));
        }
        let held = self.fit.fix.keys().chain(self.fit.bounds.keys());
        let other = held.into_iter().find(|name| *name != "E");
        if other.is_some() || !self.fit.prior.is_empty() {
            return Err(usage("where surfaces are compared, only E can be held or bounded")
                .with_hint("leave A, B, alpha and beta to the runs; the law chinchilla-tied has one exponent"));
        }
        Ok(())
    }

    /// The constraints on the exponents and the floors.
    pub(super) fn held(&self, law: &BuiltIn, fitted: &[Fitted]) -> Result<Held> {
        let floor = match law.form() {
            Form::PowerPlusConstant => Some("c"),
            Form::Surface => Some("E"),
            _ => None,
        };
        let range = |name: &str| match (self.fit.fix.get(name), self.fit.bounds.get(name)) {
            (Some(value), _) => (*value, *value),
            (None, Some((low, high))) => (
                low.unwrap_or(f64::NEG_INFINITY),
                high.unwrap_or(f64::INFINITY),
            ),
            (None, None) => (f64::NEG_INFINITY, f64::INFINITY),
        };
        let c = floor.map_or((0.0, 0.0), |c| (range(c).0.max(0.0), range(c).1.max(0.0)));
        let prior = Prior::whitened(&self.fit.prior, ["b", "c"])?;
        let b = range("b");
        let free = 1 + usize::from(b.0 < b.1) + usize::from(c.0 < c.1);
        let few = |one: &Fitted| {
            let computes = each_once(one.fit.fitted_runs().map(|run| run.x), same_number);
            computes.len() < free
        };
        // If a surface has one exponent, both terms have the same share of the path.
        let share = match law.parameters().len() {
            4 => (0.5, 0.5),
            _ => SHARES,
        };
        Ok(Held {
            b,
            c,
            share,
            // Runs that leave the exponent and the floor undetermined say nothing about their
            // difference.
            shared: !prior.is_empty() && fitted.iter().any(few),
            prior,
        })
    }

    /// The runs of a recipe with its law.
    pub(super) fn side(&self, law: &BuiltIn, one: &Fitted) -> Result<Side> {
        let value = |name: &str| one.fit.value(name).unwrap_or(0.0);
        let runs = one.fit.runs_in_order();
        let surface = law.form() == Form::Surface;
        let flops = match surface {
            true => {
                let own = Own::of(runs.iter().copied(), self.table.columns.budget.is_some());
                self.flops_of(&own).map_err(|e| about(&one.name, &e))?
            }
            false => Flops::SixNd,
        };
        let law = match surface {
            true => Start::Surface {
                surface: Surface::of(&one.fit).map_err(|e| about(&one.name, &e))?,
                ln_k: flops.log_cost(0.0, 0.0).value,
            },
            false => Start::Curve([value("a"), value("b"), value("c")]),
        };
        let runs = runs.into_iter().map(|run| {
            let sizes = run.params.zip(run.tokens).filter(|_| surface);
            SideRun {
                compute: sizes.map_or(run.x, |(n, d)| flops.cost(n, d)),
                sizes,
                loss: run.loss,
                sd: run.sigma,
                pair: run.pair.clone(),
            }
        });
        Ok(Side {
            runs: runs.collect(),
            law,
        })
    }

    /// The count of FLOP, which must be a multiple of ND.
    fn flops_of(&self, own: &Own) -> Result<Flops> {
        let flops = Flops::of(&self.flops, own)?;
        match flops.is_power() {
            true => Ok(flops),
            false => Err(usage(
                "the compute-optimal path of a formula or a column bends, and has no multiplier in \
                 closed form",
            )
            .with_hint("count 6ND, or k*N*D with a k that is fitted to the runs")
            .with_remedy(Setting::Flops.to("6nd"))
            .with_remedy(Setting::Flops.to("k"))),
        }
    }

    /// N and D at which the multiplier of tokens is computed.
    pub(super) fn sizes(&self, sides: &[Side]) -> Result<Vec<(f64, f64)>> {
        let largest = largest_common(sides, |run| run.sizes.map_or(0.0, |(_, d)| d));
        let tokens = match self.tokens.as_slice() {
            [] => vec![largest],
            given => given.to_vec(),
        };
        let of = |n: &f64| tokens.iter().map(|d| (*n, *d)).collect::<Vec<_>>();
        Ok(self.params.iter().flat_map(of).collect())
    }
}
