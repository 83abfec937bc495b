//! Derivatives of a formula, as operations of the same list.

use super::graph::{Graph, Id, Op};

impl Graph {
    /// The derivatives of `root` with respect to each parameter, in one sweep from the root down
    /// (reverse accumulation; Griewank & Walther 2008, chapter 3).
    pub(crate) fn gradient(&mut self, root: Id, parameters: usize) -> Vec<Id> {
        let mut slopes: Vec<Option<Id>> = vec![None; root + 1];
        slopes[root] = Some(self.number(1.0));
        for id in (0..=root).rev() {
            let Some(slope) = slopes[id].filter(|_| self.uses(id).parameters != 0) else {
                continue;
            };
            for (operand, part) in self.parts(id, slope) {
                if self.uses(operand).parameters == 0 {
                    continue;
                }
                slopes[operand] = Some(match slopes[operand] {
                    Some(known) => self.add(known, part),
                    None => part,
                });
            }
        }
        let zero = self.number(0.0);
        let mut gradient = vec![zero; parameters];
        for (id, slope) in slopes.into_iter().enumerate() {
            if let (Op::Parameter(k), Some(slope)) = (self.op(id), slope) {
                gradient[k] = slope;
            }
        }
        gradient
    }

    /// The contributions of an operation's slope to the slopes of its operands.
    fn parts(&mut self, id: Id, slope: Id) -> Vec<(Id, Id)> {
        match self.op(id) {
            Op::Number(_) | Op::Column(_) | Op::Parameter(_) | Op::Less(..) => Vec::new(),
            Op::Add(a, b) => vec![(a, slope), (b, slope)],
            Op::Subtract(a, b) => vec![(a, slope), (b, self.negate(slope))],
            Op::Multiply(a, b) => vec![(a, self.multiply(slope, b)), (b, self.multiply(slope, a))],
            Op::Divide(a, b) => {
                let by_a = self.divide(slope, b);
                let product = self.multiply(by_a, id);
                vec![(a, by_a), (b, self.negate(product))]
            }
            Op::Power(a, b) => self.parts_of_power(id, slope, (a, b)),
            Op::PowerOfLn(a, ln) => {
                let product = self.multiply(slope, id);
                vec![(a, self.gate(product, ln))]
            }
            Op::Negate(a) => vec![(a, self.negate(slope))],
            Op::Exp(a) => vec![(a, self.multiply(slope, id))],
            Op::Ln(a) => vec![(a, self.divide(slope, a))],
            Op::Sqrt(a) => {
                let (half, ratio) = (self.number(0.5), self.divide(slope, id));
                vec![(a, self.multiply(half, ratio))]
            }
            Op::Abs(a) => {
                let (zero, one, two) = (self.number(0.0), self.number(1.0), self.number(2.0));
                let below = self.less(a, zero);
                let twice = self.multiply(two, below);
                let sign = self.subtract(one, twice);
                vec![(a, self.multiply(slope, sign))]
            }
            Op::Tanh(a) => {
                let (one, square) = (self.number(1.0), self.multiply(id, id));
                let rest = self.subtract(one, square);
                vec![(a, self.multiply(slope, rest))]
            }
            Op::Min(a, b) => {
                let first = self.less(a, b);
                self.chosen(slope, first, (a, b))
            }
            Op::Max(a, b) => {
                let first = self.less(b, a);
                self.chosen(slope, first, (a, b))
            }
            Op::Gate(a, b) => vec![(a, self.multiply(slope, b)), (b, self.multiply(slope, a))],
        }
    }

    /// Passes the slope only to the operand that was chosen.
    fn chosen(&mut self, slope: Id, first: Id, (a, b): (Id, Id)) -> Vec<(Id, Id)> {
        let one = self.number(1.0);
        let second = self.subtract(one, first);
        vec![(a, self.gate(first, slope)), (b, self.gate(second, slope))]
    }

    fn parts_of_power(&mut self, id: Id, slope: Id, (a, b): (Id, Id)) -> Vec<(Id, Id)> {
        let one = self.number(1.0);
        let less = self.subtract(b, one);
        let lower = self.power(a, less);
        let scaled = self.multiply(b, lower);
        let by_base = (a, self.multiply(slope, scaled));
        if self.uses(b).parameters == 0 {
            return vec![by_base];
        }
        let (ln, product) = (self.ln(a), self.multiply(slope, id));
        vec![by_base, (b, self.gate(product, ln))]
    }
}
