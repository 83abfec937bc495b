//! The approaches whose optima lie on a line: Approach 1, and Approach 2 with its intervals.

use super::REPLICATES;
use super::isoflop_row::{ApproachRow, Influence};
use crate::allocation::{
    AllocationInterval, AllocationMethod, AllocationQuantity, Flops, LEVEL, Minima, PowerLine,
    Redrawn,
};
use crate::quantity::format_quantity;

/// The line through the minima of the budgets, and its uncertainty.
pub(super) struct Approach2<'a> {
    minima: &'a Minima,
    line: Result<PowerLine, String>,
    redrawn: Redrawn,
    flops: &'a Flops,
    /// The fitted cost, refitted for each draw.
    costs: Vec<Flops>,
    level: f64,
}

/// The seed of the draws, which requests do not set.
const SEED: u64 = 0;

impl<'a> Approach2<'a> {
    pub(super) fn new(minima: &'a Minima, flops: &'a Flops, level: f64) -> Approach2<'a> {
        let redrawn = minima.redrawn(REPLICATES, SEED);
        Approach2 {
            minima,
            line: minima
                .line()
                .ok_or_else(|| "fewer than two budgets have a minimum".to_owned()),
            costs: flops.redrawn(REPLICATES, SEED),
            redrawn,
            flops,
            level,
        }
    }

    pub(super) fn line(&self) -> Option<&PowerLine> {
        self.line.as_ref().ok()
    }

    /// Draws in which a parabola had no minimum between its sizes.
    pub(super) fn failures(&self) -> usize {
        self.line().map_or(0, |_| self.redrawn.failures())
    }

    /// The answer at a compute.
    pub(super) fn row(&self, bias: Option<&PowerLine>, compute: f64) -> ApproachRow {
        let name = (2, "parabola a budget");
        let row = line_row(name, &self.line, bias, self.flops, compute);
        ApproachRow {
            interval: self.line().and_then(|line| {
                let bias = bias.map_or(0.0, |bias| bias.exponent);
                Some(with_bias(line.interval(self.level)?, bias))
            }),
            intervals: match (self.line(), row.params, row.tokens) {
                (Some(line), Some(n), Some(d)) => {
                    self.intervals(line, bias, (n, d), (compute, self.level))
                }
                _ => Vec::new(),
            },
            ..row
        }
    }

    /// Intervals that cover both the line itself and the line without the bias of its parabolas.
    fn intervals(
        &self,
        line: &PowerLine,
        bias: Option<&PowerLine>,
        (n, d): (f64, f64),
        (compute, level): (f64, f64),
    ) -> Vec<AllocationInterval> {
        let mut all = Vec::new();
        let at = self.flops.log_cost(n.ln(), d.ln());
        let of_params = bias.map_or(0.0, |bias| bias.params(compute).ln());
        let mut add = |quantity, method, ends: Option<(f64, f64)>| {
            let off = match quantity {
                AllocationQuantity::ParamsExponent => bias.map_or(0.0, |bias| bias.exponent),
                AllocationQuantity::Tokens => -of_params * at.by_n / at.by_d,
                _ => of_params,
            };
            let ends = ends.map(|ends| with_bias(ends, off));
            all.extend(ends.map(|ends| interval(quantity, method, level, ends)));
        };
        let (delta, refits) = (AllocationMethod::Delta, AllocationMethod::Bootstrap);
        let drawn = |of: &dyn Fn(usize, f64, f64) -> f64| self.redrawn.interval(compute, level, of);
        let exponent = AllocationQuantity::ParamsExponent;
        add(exponent, delta, line.interval(level));
        add(exponent, refits, drawn(&|_, _, slope| slope));
        let params = AllocationQuantity::Params;
        add(params, delta, line.ln_params_interval(compute, level));
        add(params, refits, drawn(&|_, ln_n, _| ln_n));
        let tokens = AllocationQuantity::Tokens;
        let reach = line.reach(compute, level).map(|(half, quantile)| {
            // At a fixed budget D falls as N grows; the error of the cost adds to that of N.
            let of_cost = quantile * self.cost_error(n, d) / at.by_d;
            (half * at.by_n / at.by_d).hypot(of_cost)
        });
        add(
            tokens,
            delta,
            reach.map(|reach| (d.ln() - reach, d.ln() + reach)),
        );
        let of_draw = |draw: usize, ln_n: f64| {
            let flops = self.costs.get(draw).unwrap_or(self.flops);
            flops.ln_tokens(ln_n, compute).unwrap_or(f64::NAN)
        };
        add(tokens, refits, drawn(&|draw, ln_n, _| of_draw(draw, ln_n)));
        all
    }

    /// The ends of the widest 90 % interval of N*, in units of N*; `None` if an end is open.
    pub(super) fn reach(&self, bias: Option<&PowerLine>, row: &ApproachRow) -> Option<(f64, f64)> {
        let (n, d) = row.sizes()?;
        let all = self.intervals(self.line()?, bias, (n, d), (row.compute, LEVEL));
        widest(&all, n)
    }

    /// Standard error of ln C at a size, if the cost was fitted.
    fn cost_error(&self, n: f64, d: f64) -> f64 {
        let sides = self.flops.sides();
        let along = sides
            .iter()
            .map(|(low, high, apart)| (high.cost(n, d) / low.cost(n, d)).ln() / apart);
        along.fold(0.0, f64::hypot)
    }

    /// How leaving out each budget changes N* at each compute.
    pub(super) fn influence(&self, computes: &[f64]) -> Vec<Influence> {
        let Some(line) = self.line() else {
            return Vec::new();
        };
        let without = self.minima.without_one();
        let at = |compute: f64| {
            let whole = line.params(compute);
            without.iter().map(move |(budget, line)| {
                let params = line.params(compute);
                Influence {
                    budget: *budget,
                    compute,
                    params,
                    change: params / whole - 1.0,
                }
            })
        };
        let all = computes.iter().flat_map(|compute| at(*compute));
        all.filter(|one| one.params.is_finite() && one.change.is_finite())
            .collect()
    }
}

/// The ends of the widest interval of N*, in units of `params`; `None` if an end is open.
fn widest(all: &[AllocationInterval], params: f64) -> Option<(f64, f64)> {
    let own = all.iter();
    let own = own.filter(|i| i.quantity == AllocationQuantity::Params);
    let ends: Vec<(f64, f64)> = own
        .map(|i| Some((i.lower?, i.upper?)))
        .collect::<Option<_>>()?;
    let lower = ends.iter().map(|e| e.0).reduce(f64::min)?;
    let upper = ends.iter().map(|e| e.1).reduce(f64::max)?;
    Some((lower / params, upper / params))
}

/// The interval, extended to cover also the interval without the bias.
fn with_bias((low, high): (f64, f64), bias: f64) -> (f64, f64) {
    match bias.is_finite() {
        true => (low.min(low - bias), high.max(high - bias)),
        false => (low, high),
    }
}

/// An interval whose ends are on the scale (logarithmic or not) of the quantity's intervals.
fn interval(
    quantity: AllocationQuantity,
    method: AllocationMethod,
    level: f64,
    (lower, upper): (f64, f64),
) -> AllocationInterval {
    let counted = quantity != AllocationQuantity::ParamsExponent;
    let below_one = |end: f64| counted && end < 0.0;
    let shown = |end: f64| {
        if below_one(end) {
            None
        } else {
            quantity.end(end)
        }
    };
    AllocationInterval {
        quantity,
        method,
        level,
        joint: false,
        lower: shown(lower),
        upper: shown(upper),
        below_one: (below_one(lower), below_one(upper)),
    }
}

/// The row that a line gives at a compute.
pub(super) fn line_row(
    (approach, name): (u8, &'static str),
    line: &Result<PowerLine, String>,
    bias: Option<&PowerLine>,
    flops: &Flops,
    compute: f64,
) -> ApproachRow {
    let sizes = line.as_ref().map_err(Clone::clone).and_then(|line| {
        let params = line.params(compute);
        let tokens = flops.ln_tokens(params.ln(), compute).map(f64::exp);
        match tokens {
            Some(tokens) if params >= 1.0 && tokens >= 1.0 => Ok((params, tokens)),
            Some(tokens) => Err(format!(
                "the line has its optimum at N* = {}, D* = {}, below one parameter or one token",
                format_quantity(params),
                format_quantity(tokens)
            )),
            None => Err(format!(
                "no number of tokens makes N* = {} cost the budget by the cost that is counted",
                format_quantity(params)
            )),
        }
    });
    ApproachRow {
        approach,
        name,
        exponent: line.as_ref().ok().map(|l| l.exponent),
        interval: None,
        compute,
        params: sizes.as_ref().ok().map(|s| s.0),
        tokens: sizes.as_ref().ok().map(|s| s.1),
        intervals: Vec::new(),
        bias_params: bias.map(|b| b.params(compute) - 1.0),
        status: match sizes {
            Ok(_) => "ok".to_owned(),
            Err(why) => format!("refused: {why}"),
        },
        grade: None,
        because: None,
    }
}
