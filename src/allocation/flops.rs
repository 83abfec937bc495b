//! What training costs: 6ND, the compute column of the runs, or a formula of N and D.

use super::surface::{Allocation, SIX, Surface};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{FitResult, minimise_to};
use crate::quantity::parse_quantity;

/// How FLOP follow from N and D.
#[derive(Debug, Clone, PartialEq)]
pub enum Flops {
    /// C = 6ND.
    SixNd,
    /// ln(C/ND) as a line in ln N, fitted to the compute column of the runs: N may be counted with
    /// or without embeddings, and attention adds its share.
    Column {
        /// ln(C/ND) at ln N = 0.
        offset: f64,
        /// Its slope.
        slope: f64,
        /// Standard deviation of ln C about it.
        spread: f64,
    },
    /// A formula such as `6*N*D + 2*N*1e9`.
    Formula(Formula),
}

impl Flops {
    /// From `6nd`, `column` or a formula.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for text that is no formula; [`ErrorKind::Data`] for `column` when fewer
    /// than three runs have N, D and a compute.
    pub fn parse(text: &str, fit: &FitResult) -> Result<Flops> {
        match text.trim().to_ascii_lowercase().as_str() {
            "6nd" => Ok(Flops::SixNd),
            "column" => Flops::of_runs(fit),
            _ => Formula::parse(text).map(Flops::Formula),
        }
    }

    fn of_runs(fit: &FitResult) -> Result<Flops> {
        let rows: Vec<(f64, f64)> = fit
            .fitted_runs()
            .filter_map(|r| {
                let (n, d) = (r.params?, r.tokens?);
                Some((n.ln(), (r.compute / (n * d)).ln()))
            })
            .collect();
        let n = rows.len() as f64;
        let (mx, my) = (
            rows.iter().map(|r| r.0).sum::<f64>() / n,
            rows.iter().map(|r| r.1).sum::<f64>() / n,
        );
        let (sxx, sxy) = rows.iter().fold((0.0, 0.0), |(a, b), (x, y)| {
            (a + (x - mx).powi(2), b + (x - mx) * (y - my))
        });
        if rows.len() < 3 || sxx <= 0.0 {
            return Err(Error::new(
                ErrorKind::Data,
                "too few runs have N, D and a compute of their own",
            )
            .with_hint("use --flops 6nd or a formula"));
        }
        let slope = sxy / sxx;
        let rss: f64 = rows
            .iter()
            .map(|(x, y)| (y - my - slope * (x - mx)).powi(2))
            .sum();
        Ok(Flops::Column {
            offset: my - slope * mx,
            slope,
            spread: (rss / (n - 2.0)).sqrt(),
        })
    }

    /// In words.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Flops::SixNd => "C = 6ND, with N as the params column counts it".to_owned(),
            Flops::Column {
                offset,
                slope,
                spread,
            } => format!(
                "C = {:.4}*N^{:.4}*D, fitted to the compute column (spread {:.2} %)",
                offset.exp(),
                1.0 + slope,
                spread * 100.0
            ),
            Flops::Formula(f) => format!("C = {}", f.text),
        }
    }

    /// FLOP for N parameters and D tokens.
    #[must_use]
    pub fn cost(&self, params: f64, tokens: f64) -> f64 {
        match self {
            Flops::SixNd => SIX * params * tokens,
            Flops::Column { offset, slope, .. } => {
                (offset + (1.0 + slope) * params.ln() + tokens.ln()).exp()
            }
            Flops::Formula(f) => f.value(params, tokens),
        }
    }

    /// The allocation that minimises the loss at this cost.
    ///
    /// # Errors
    /// [`ErrorKind::NoFit`] when the formula never reaches the compute, or the best N lies at the
    /// end of what is searched (1e3 to 1e16).
    pub fn optimal(&self, surface: &Surface, compute: f64) -> Result<Allocation> {
        if *self == Flops::SixNd {
            return Ok(surface.optimal(compute));
        }
        let loss = |ln_n: f64| {
            let n = ln_n.exp();
            self.tokens_for(n, compute)
                .map_or(f64::INFINITY, |d| surface.loss(n, d))
        };
        const RANGE: (f64, f64) = (6.9, 36.8);
        let best = (0..=600)
            .map(|k| RANGE.0 + (RANGE.1 - RANGE.0) * f64::from(k) / 600.0)
            .min_by(|p, q| loss(*p).total_cmp(&loss(*q)))
            .filter(|x| loss(*x).is_finite() && *x > RANGE.0 && *x < RANGE.1)
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::NoFit,
                    format!("no allocation costs {compute:e} FLOP by this formula"),
                )
                .with_hint("check the formula: it must grow with N and D")
            })?;
        let ln_n = minimise_to(loss, best - 0.05, best + 0.05, 1e-12);
        let params = ln_n.exp();
        let tokens = self.tokens_for(params, compute).unwrap_or(f64::NAN);
        Ok(Allocation {
            compute,
            params,
            tokens,
            loss: surface.loss(params, tokens),
        })
    }

    /// The tokens that cost `compute` with N parameters.
    fn tokens_for(&self, params: f64, compute: f64) -> Option<f64> {
        let (mut low, mut high) = (0.0_f64, 60.0_f64);
        let cost = |ln_d: f64| self.cost(params, ln_d.exp());
        if !(cost(low) < compute && cost(high) > compute) {
            return None;
        }
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if cost(middle) < compute {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some((0.5 * (low + high)).exp())
    }
}

/// A formula of N and D: numbers, quantities such as 125M, `+ - * / ^` and brackets.
///
/// ```
/// use scalewise::allocation::Formula;
/// let exact = Formula::parse("6*(N - 50304*768)*D + 12*12*768*2048*D")?;
/// assert_eq!(exact.value(1e9, 2e9), 6.0 * (1e9 - 50304.0 * 768.0) * 2e9 + 144.0 * 768.0 * 2048.0 * 2e9);
/// assert!(Formula::parse("6*N*").is_err());
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    text: String,
    tree: Node,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Number(f64),
    Params,
    Tokens,
    Binary(char, Box<Node>, Box<Node>),
}

/// Brackets and powers may be nested this deep.
const DEEPEST: usize = 64;

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with the place where it stops making sense.
    pub fn parse(text: &str) -> Result<Formula> {
        let mut reader = Reader {
            rest: text,
            depth: 0,
        };
        let tree = reader.sum().and_then(|tree| {
            reader.skip();
            if reader.rest.is_empty() {
                Ok(tree)
            } else {
                Err(())
            }
        });
        tree.map(|tree| Formula {
            text: text.trim().to_owned(),
            tree,
        })
        .map_err(|()| {
            let at = text.len() - reader.rest.len();
            Error::new(
                ErrorKind::Usage,
                format!(
                    "--flops: {} makes no sense after {}",
                    crate::text::quoted(text),
                    crate::text::quoted(&text[..at])
                ),
            )
            .with_hint("write 6nd, column, or a formula such as '6*N*D + 2*N*1e9'")
        })
    }

    /// Its value for N parameters and D tokens.
    #[must_use]
    pub fn value(&self, params: f64, tokens: f64) -> f64 {
        self.tree.value(params, tokens)
    }
}

impl Node {
    fn value(&self, n: f64, d: f64) -> f64 {
        match self {
            Node::Number(v) => *v,
            Node::Params => n,
            Node::Tokens => d,
            Node::Binary(op, left, right) => {
                let (l, r) = (left.value(n, d), right.value(n, d));
                match op {
                    '+' => l + r,
                    '-' => l - r,
                    '*' => l * r,
                    '/' => l / r,
                    _ => l.powf(r),
                }
            }
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

type Parsed = std::result::Result<Node, ()>;

impl Reader<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, wanted: &[char]) -> Option<char> {
        self.skip();
        let found = self.rest.chars().next().filter(|c| wanted.contains(c))?;
        self.rest = &self.rest[found.len_utf8()..];
        Some(found)
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        while let Some(op) = self.take(&['+', '-']) {
            left = Node::Binary(op, Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.power()?;
        while let Some(op) = self.take(&['*', '/', '·']) {
            let op = if op == '/' { '/' } else { '*' };
            left = Node::Binary(op, Box::new(left), Box::new(self.power()?));
        }
        Ok(left)
    }

    fn power(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(());
        }
        let base = self.atom()?;
        let made = match self.take(&['^']) {
            Some(_) => Node::Binary('^', Box::new(base), Box::new(self.power()?)),
            None => base,
        };
        self.depth -= 1;
        Ok(made)
    }

    fn atom(&mut self) -> Parsed {
        if self.take(&['(']).is_some() {
            let inside = self.sum()?;
            return self.take(&[')']).map(|_| inside).ok_or(());
        }
        self.skip();
        let mut end = 0;
        let bytes = self.rest.as_bytes();
        while end < bytes.len() {
            let exponent_sign = matches!(bytes[end], b'+' | b'-')
                && end > 1
                && matches!(bytes[end - 1], b'e' | b'E')
                && bytes[end - 2].is_ascii_digit();
            if !(bytes[end].is_ascii_alphanumeric() || bytes[end] == b'.' || exponent_sign) {
                break;
            }
            end += 1;
        }
        let word = &self.rest[..end];
        let node = match word {
            "N" => Node::Params,
            "D" => Node::Tokens,
            _ => Node::Number(parse_quantity(word).map_err(|_| ())?),
        };
        self.rest = &self.rest[end..];
        Ok(node)
    }
}
