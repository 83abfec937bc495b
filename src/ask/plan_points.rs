//! Points and grids of points in requests: `1e24`, `100x`, `N=7B,S=8` or `N=1e8..1e9x4,D=2B`.

use super::size::target;
use super::usage;
use crate::error::Result;
use crate::quantity::parse_quantity;
use crate::runs::Variable;
use crate::size::Size;
use crate::text::{excerpt, list, quoted};

/// Most points of a grid.
const MOST: usize = 20_000;

/// The variables of a law, by the names that points use.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub(super) names: Vec<String>,
    /// The variable of a law of one variable.
    pub(super) variable: Variable,
    /// The largest fitted run of such a law, to which multiples such as `100x` refer.
    pub(super) largest: Option<f64>,
}

impl Names {
    /// Whether a single number is a point.
    fn is_one(&self) -> bool {
        self.names.len() == 1
    }

    /// The index of a variable. For a law over parameters or tokens, N or D names its only one.
    fn place(&self, name: &str, flag: &str) -> Result<usize> {
        let own = self.is_one() && name == self.variable.symbol().to_string();
        let found = self.names.iter().position(|known| known == name);
        found.or(own.then_some(0)).ok_or_else(|| {
            let names = self.names.iter().map(String::as_str);
            let message = format!(
                "{flag}: the law has no column {}; its columns are {}",
                quoted(name),
                list(names)
            );
            usage(message).with_hint("give each column of the law a value or a range")
        })
    }
}

/// The points of these texts, with values in the order of the names. A repeated name begins the
/// next point; a range makes a grid.
pub(super) fn points(flag: &str, texts: &[String], names: &Names) -> Result<Vec<Vec<f64>>> {
    let parts = texts.iter().flat_map(|text| text.split(','));
    let mut all: Vec<Vec<f64>> = Vec::new();
    let mut open: Vec<Option<Vec<f64>>> = vec![None; names.names.len()];
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        let (place, values) = match part.split_once('=') {
            Some((name, text)) => {
                let place = names.place(name.trim(), flag)?;
                (place, values(flag, text.trim())?)
            }
            None if names.is_one() => (0, single(flag, part, names)?),
            None => {
                let each: Vec<String> = names.names.iter().map(|n| format!("{n}=1e3")).collect();
                return Err(usage(format!("{flag}: {} is not NAME=VALUE", quoted(part)))
                    .with_hint(format!("write a point as {}", each.join(","))));
            }
        };
        if open[place].is_some() {
            product(flag, &mut all, &open, names)?;
            open.iter_mut().for_each(|values| *values = None);
        }
        open[place] = Some(values);
    }
    if open.iter().any(Option::is_some) {
        product(flag, &mut all, &open, names)?;
    }
    let mut kept: Vec<Vec<f64>> = Vec::new();
    for point in all {
        if !kept.contains(&point) {
            kept.push(point);
        }
    }
    Ok(kept)
}

/// One value, one range, or a multiple of the largest fitted run.
fn single(flag: &str, part: &str, names: &Names) -> Result<Vec<f64>> {
    if part.contains("..") {
        return values(flag, part);
    }
    let size: Size = part.parse().map_err(|e| usage(format!("{flag}: {e}")))?;
    match (size, names.largest) {
        (Size::Times(_), None) => Err(usage(format!(
            "{flag}: {} needs fitted runs to be a multiple of",
            quoted(part)
        ))
        .with_hint("give a number")),
        (size, largest) => Ok(vec![target(size, largest.unwrap_or(1.0))?]),
    }
}

/// A value, or `LOW..HIGHxCOUNT`: evenly spaced in the logarithm where both ends are positive.
fn values(flag: &str, text: &str) -> Result<Vec<f64>> {
    let number = |text: &str| {
        parse_quantity(text.trim()).map_err(|e| {
            usage(format!("{flag}: {e}")).with_hint("write a number such as 8, 1e-3 or 7B")
        })
    };
    let Some((low, rest)) = text.split_once("..") else {
        return Ok(vec![number(text)?]);
    };
    let unclear = || {
        usage(format!("{flag}: {} is not LOW..HIGHxCOUNT", quoted(text)))
            .with_hint("for example 1e18..1e21x8 for 8 values")
    };
    let (high, count) = rest.rsplit_once(['x', 'X']).ok_or_else(unclear)?;
    let count: usize = count.trim().parse().map_err(|_| unclear())?;
    let (low, high) = (number(low)?, number(high)?);
    if !(2..=MOST).contains(&count) || low >= high {
        return Err(unclear());
    }
    let steps = (count - 1) as f64;
    let value = |k: usize| match (k, low > 0.0) {
        (0, _) => low,
        (k, _) if k + 1 == count => high,
        (k, true) => (low.ln() + (high / low).ln() * k as f64 / steps).exp(),
        (k, false) => low + (high - low) * k as f64 / steps,
    };
    Ok((0..count).map(value).collect())
}

/// Adds every combination of the values.
fn product(
    flag: &str,
    all: &mut Vec<Vec<f64>>,
    open: &[Option<Vec<f64>>],
    names: &Names,
) -> Result<()> {
    let mut made: Vec<Vec<f64>> = vec![Vec::new()];
    for (values, name) in open.iter().zip(&names.names) {
        let values = values.as_ref().ok_or_else(|| {
            usage(format!("{flag}: a point has no value of {}", quoted(name)))
                .with_hint("give each column of the law a value or a range")
        })?;
        let sized = matches!(name.as_str(), "C" | "N" | "D" | "U");
        if let Some(value) = values
            .iter()
            .find(|v| !(v.is_finite() && (!sized || **v > 0.0)))
        {
            return Err(usage(format!(
                "{flag}: {} = {value} must be a finite number, and positive for C, N, D and U",
                excerpt(name)
            )));
        }
        if made.len() * values.len() + all.len() > MOST {
            return Err(usage(format!(
                "{flag}: the grid has more than {MOST} points"
            )));
        }
        let with = |point: &Vec<f64>| {
            let one = |value: &f64| point.iter().copied().chain([*value]).collect::<Vec<f64>>();
            values.iter().map(one).collect::<Vec<_>>()
        };
        made = made.iter().flat_map(with).collect();
    }
    all.extend(made);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(texts: &[&str], names: &[&str]) -> String {
        let names = Names {
            names: names.iter().map(|n| (*n).to_owned()).collect(),
            variable: Variable::Compute,
            largest: Some(1e20),
        };
        let texts: Vec<String> = texts.iter().map(|t| (*t).to_owned()).collect();
        match points("at", &texts, &names) {
            // The values of a range are powers, which are rounded.
            Ok(mut points) => {
                let rounded = |v: &mut f64| *v = format!("{v:.9e}").parse().unwrap();
                points.iter_mut().flatten().for_each(rounded);
                format!("{points:?}")
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn points_are_numbers_multiples_and_grids() {
        assert_eq!(said(&["100x", "1e21"], &["C"]), "[[1e22], [1e21]]");
        assert_eq!(
            said(&["C=1e18..1e20x3"], &["C"]),
            "[[1e18], [1e19], [1e20]]"
        );
        let grid = "[[1.0, 0.0], [1.0, 2.0], [100.0, 0.0], [100.0, 2.0]]";
        assert_eq!(said(&["N=1..100x2,s=0..2x2"], &["N", "s"]), grid);
        let two = "[[1.0, 5.0], [2.0, 5.0]]";
        assert_eq!(said(&["N=1,s=5,N=2,s=5"], &["N", "s"]), two);
    }

    #[test]
    fn what_is_no_point_is_refused() {
        for (text, names, wanted) in [
            ("N=1", &["N", "s"][..], "at: a point has no value of 's'"),
            (
                "lr=1",
                &["N", "s"],
                "at: the law has no column 'lr'; its columns are N, s",
            ),
            ("7", &["N", "s"], "at: '7' is not NAME=VALUE"),
            ("C=1..9", &["C"], "at: '1..9' is not LOW..HIGHxCOUNT"),
            ("C=9..1x3", &["C"], "at: '9..1x3' is not LOW..HIGHxCOUNT"),
            (
                "C=-1",
                &["C"],
                "at: C = -1 must be a finite number, and positive for C, N, D and U",
            ),
            (
                "N=1..2x20000,s=1..2x20000",
                &["N", "s"],
                "at: the grid has more than 20000 points",
            ),
        ] {
            assert_eq!(said(&[text], names), wanted);
        }
    }
}
