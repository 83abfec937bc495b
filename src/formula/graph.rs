//! Operations on numbers, columns and parameters. Each uses earlier ones, and equal ones are stored
//! once.

use super::reading::{Function, Step};
use std::collections::HashMap;

/// The place of an operation in its list.
pub(crate) type Id = usize;

/// An operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    /// A number, by its bits.
    Number(u64),
    Column(usize),
    Parameter(usize),
    Add(Id, Id),
    Subtract(Id, Id),
    Multiply(Id, Id),
    Divide(Id, Id),
    /// The first raised to the second.
    Power(Id, Id),
    Negate(Id),
    Exp(Id),
    Ln(Id),
    Sqrt(Id),
    Abs(Id),
    Tanh(Id),
    Min(Id, Id),
    Max(Id, Id),
    /// 1 if the first is less than the second, otherwise 0.
    Less(Id, Id),
    /// Their product, but 0 if the first is 0, whatever the second is.
    Gate(Id, Id),
    /// exp(a·l) with l = ln x, which is x^a, also for x = 0.
    PowerOfLn(Id, Id),
}

impl Op {
    /// Its operands.
    pub(crate) fn operands(self) -> [Option<Id>; 2] {
        match self {
            Op::Number(_) | Op::Column(_) | Op::Parameter(_) => [None, None],
            Op::Negate(a) | Op::Exp(a) | Op::Ln(a) | Op::Sqrt(a) | Op::Abs(a) | Op::Tanh(a) => {
                [Some(a), None]
            }
            Op::Add(a, b)
            | Op::Subtract(a, b)
            | Op::Multiply(a, b)
            | Op::Divide(a, b)
            | Op::Power(a, b)
            | Op::Min(a, b)
            | Op::Max(a, b)
            | Op::Less(a, b)
            | Op::Gate(a, b)
            | Op::PowerOfLn(a, b) => [Some(a), Some(b)],
        }
    }

    /// Its value for these operands.
    #[inline]
    pub(crate) fn value(self, a: f64, b: f64) -> f64 {
        match self {
            Op::Number(bits) => f64::from_bits(bits),
            Op::Column(_) | Op::Parameter(_) => f64::NAN,
            Op::Add(..) => a + b,
            Op::Subtract(..) => a - b,
            Op::Multiply(..) => a * b,
            Op::Divide(..) => a / b,
            Op::Power(..) => a.powf(b),
            Op::Negate(_) => -a,
            Op::Exp(_) => a.exp(),
            Op::Ln(_) => a.ln(),
            Op::Sqrt(_) => a.sqrt(),
            Op::Abs(_) => a.abs(),
            Op::Tanh(_) => a.tanh(),
            // Rust's own minimum would ignore an operand that is not a number.
            Op::Min(..) if a.is_nan() || b.is_nan() => f64::NAN,
            Op::Min(..) => a.min(b),
            Op::Max(..) if a.is_nan() || b.is_nan() => f64::NAN,
            Op::Max(..) => a.max(b),
            Op::Less(..) => f64::from(u8::from(a < b)),
            Op::Gate(..) if a == 0.0 => 0.0,
            Op::Gate(..) => a * b,
            Op::PowerOfLn(..) if a == 0.0 => 1.0,
            Op::PowerOfLn(..) => (a * b).exp(),
        }
    }
}

/// What an operation depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Uses {
    /// A bit for each parameter.
    pub(crate) parameters: u64,
    pub(crate) columns: bool,
}

/// A list of operations.
#[derive(Debug, Clone, Default)]
pub(crate) struct Graph {
    ops: Vec<Op>,
    uses: Vec<Uses>,
    known: HashMap<Op, Id>,
}

impl Graph {
    /// The operations of several formulas, and the last operation of each. `leaf` gives the column
    /// or parameter of a name.
    pub(crate) fn of<'a>(
        formulas: impl Iterator<Item = &'a [Step]>,
        leaf: impl Fn(usize) -> Op,
    ) -> (Graph, Vec<Id>) {
        let mut graph = Graph::default();
        let roots = formulas.map(|steps| graph.read(steps, &leaf)).collect();
        (graph, roots)
    }

    /// Selects one of several values by the number in a column.
    pub(crate) fn one_of(&mut self, values: &[Id], which: usize) -> Id {
        if let [only] = values {
            return *only;
        }
        let column = self.push(Op::Column(which));
        let mut all = self.number(0.0);
        for (place, value) in values.iter().enumerate() {
            let place = self.number(place as f64);
            let away = self.subtract(column, place);
            let (away, half) = (self.folded(Op::Abs(away)), self.number(0.5));
            let here = self.less(away, half);
            // Values that are not selected count as nothing, even if they are not numbers.
            let gated = self.gate(here, *value);
            all = self.add(all, gated);
        }
        all
    }

    /// Adds the operations of a formula and returns the last one, which is its value.
    fn read(&mut self, steps: &[Step], leaf: impl Fn(usize) -> Op) -> Id {
        let mut stack: Vec<Id> = Vec::new();
        for step in steps {
            let made = match *step {
                Step::Number(value) => self.number(value),
                Step::Name(name) => self.push(leaf(name)),
                Step::Apply(function) => {
                    // Reading ensures that the values of every step exist.
                    let Some(b) = stack.pop() else { continue };
                    self.apply(function, b, &mut stack)
                }
            };
            stack.push(made);
        }
        stack.pop().unwrap_or_else(|| self.number(f64::NAN))
    }

    fn apply(&mut self, function: Function, b: Id, stack: &mut Vec<Id>) -> Id {
        let mut first = || stack.pop().unwrap_or(b);
        match function {
            Function::Negate => self.negate(b),
            Function::Exp => self.exp(b),
            Function::Ln => self.ln(b),
            Function::Log10 => {
                let (ln, scale) = (self.ln(b), self.number(std::f64::consts::LOG10_E));
                self.multiply(ln, scale)
            }
            Function::Log2 => {
                let (ln, scale) = (self.ln(b), self.number(std::f64::consts::LOG2_E));
                self.multiply(ln, scale)
            }
            Function::Sqrt => self.folded(Op::Sqrt(b)),
            Function::Abs => self.folded(Op::Abs(b)),
            Function::Tanh => self.folded(Op::Tanh(b)),
            Function::Add => {
                let a = first();
                self.add(a, b)
            }
            Function::Subtract => {
                let a = first();
                self.subtract(a, b)
            }
            Function::Multiply => {
                let a = first();
                self.multiply(a, b)
            }
            Function::Divide => {
                let a = first();
                self.divide(a, b)
            }
            Function::Power => {
                let a = first();
                self.power(a, b)
            }
            Function::Min => {
                let a = first();
                self.folded(Op::Min(a, b))
            }
            Function::Max => {
                let a = first();
                self.folded(Op::Max(a, b))
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.ops.len()
    }

    pub(crate) fn op(&self, id: Id) -> Op {
        self.ops[id]
    }

    pub(crate) fn uses(&self, id: Id) -> Uses {
        self.uses[id]
    }

    fn push(&mut self, op: Op) -> Id {
        if let Some(&known) = self.known.get(&op) {
            return known;
        }
        let uses = match op {
            Op::Parameter(k) => Uses {
                parameters: 1 << k,
                columns: false,
            },
            Op::Column(_) => Uses {
                parameters: 0,
                columns: true,
            },
            op => op
                .operands()
                .into_iter()
                .flatten()
                .fold(Uses::default(), |uses, operand| Uses {
                    parameters: uses.parameters | self.uses[operand].parameters,
                    columns: uses.columns || self.uses[operand].columns,
                }),
        };
        self.ops.push(op);
        self.uses.push(uses);
        self.known.insert(op, self.ops.len() - 1);
        self.ops.len() - 1
    }

    pub(crate) fn number(&mut self, value: f64) -> Id {
        self.push(Op::Number(value.to_bits()))
    }

    /// The number, if the operation is one.
    pub(crate) fn as_number(&self, id: Id) -> Option<f64> {
        match self.ops[id] {
            Op::Number(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    fn is(&self, id: Id, value: f64) -> bool {
        self.as_number(id) == Some(value)
    }

    /// Adds an operation, or its value if its operands are numbers.
    fn folded(&mut self, op: Op) -> Id {
        let [a, b] = op.operands();
        let value = |id: Option<Id>| id.map_or(Some(0.0), |id| self.as_number(id));
        match (value(a), value(b)) {
            (Some(a), Some(b)) => self.number(op.value(a, b)),
            _ => self.push(op),
        }
    }

    pub(crate) fn add(&mut self, a: Id, b: Id) -> Id {
        match (self.ops[a], self.ops[b]) {
            _ if self.is(a, 0.0) => b,
            _ if self.is(b, 0.0) => a,
            (_, Op::Negate(b)) => self.subtract(a, b),
            (Op::Negate(a), _) => self.subtract(b, a),
            _ => self.folded(Op::Add(a.min(b), a.max(b))),
        }
    }

    pub(crate) fn subtract(&mut self, a: Id, b: Id) -> Id {
        match self.ops[b] {
            _ if self.is(b, 0.0) => a,
            _ if self.is(a, 0.0) => self.negate(b),
            Op::Negate(b) => self.add(a, b),
            _ => self.folded(Op::Subtract(a, b)),
        }
    }

    pub(crate) fn multiply(&mut self, a: Id, b: Id) -> Id {
        match (self.ops[a], self.ops[b]) {
            _ if self.is(a, 0.0) || self.is(b, 0.0) => self.number(0.0),
            _ if self.is(a, 1.0) => b,
            _ if self.is(b, 1.0) => a,
            _ if self.is(a, -1.0) => self.negate(b),
            _ if self.is(b, -1.0) => self.negate(a),
            (Op::Negate(a), _) => {
                let product = self.multiply(a, b);
                self.negate(product)
            }
            (_, Op::Negate(b)) => {
                let product = self.multiply(a, b);
                self.negate(product)
            }
            _ => self.folded(Op::Multiply(a.min(b), a.max(b))),
        }
    }

    pub(crate) fn divide(&mut self, a: Id, b: Id) -> Id {
        match (self.ops[a], self.ops[b]) {
            _ if self.is(a, 0.0) => self.number(0.0),
            _ if self.is(b, 1.0) => a,
            (_, Op::PowerOfLn(power, ln)) => {
                let power = self.negate(power);
                let inverse = self.folded(Op::PowerOfLn(power, ln));
                self.multiply(a, inverse)
            }
            (Op::Negate(a), _) => {
                let ratio = self.divide(a, b);
                self.negate(ratio)
            }
            _ => self.folded(Op::Divide(a, b)),
        }
    }

    pub(crate) fn negate(&mut self, a: Id) -> Id {
        match self.ops[a] {
            Op::Negate(a) => a,
            Op::Subtract(a, b) => self.folded(Op::Subtract(b, a)),
            _ => self.folded(Op::Negate(a)),
        }
    }

    pub(crate) fn exp(&mut self, a: Id) -> Id {
        self.folded(Op::Exp(a))
    }

    pub(crate) fn ln(&mut self, a: Id) -> Id {
        match self.ops[a] {
            Op::Exp(inside) => inside,
            _ => self.folded(Op::Ln(a)),
        }
    }

    /// Their product, but 0 if the first is 0.
    pub(crate) fn gate(&mut self, a: Id, b: Id) -> Id {
        match (self.as_number(a), self.as_number(b)) {
            (Some(0.0), _) | (_, Some(0.0)) => self.number(0.0),
            (Some(_), _) | (_, Some(_)) => self.multiply(a, b),
            _ => self.folded(Op::Gate(a, b)),
        }
    }

    pub(crate) fn less(&mut self, a: Id, b: Id) -> Id {
        self.folded(Op::Less(a, b))
    }

    pub(crate) fn power(&mut self, a: Id, b: Id) -> Id {
        let uses = (self.uses[a], self.uses[b]);
        match self.as_number(b) {
            Some(1.0) => return a,
            Some(0.0) => return self.number(1.0),
            Some(0.5) => return self.folded(Op::Sqrt(a)),
            Some(-1.0) => {
                let one = self.number(1.0);
                return self.divide(one, a);
            }
            Some(2.0) => return self.multiply(a, a),
            Some(3.0) => {
                let square = self.multiply(a, a);
                return self.multiply(square, a);
            }
            Some(-0.5) => {
                let (one, root) = (self.number(1.0), self.folded(Op::Sqrt(a)));
                return self.divide(one, root);
            }
            _ => {}
        }
        // A logarithm that no parameter changes is computed once for all values of the parameters.
        if uses.0.parameters == 0 && uses.1.parameters != 0 {
            let ln = self.ln(a);
            return self.folded(Op::PowerOfLn(b, ln));
        }
        self.folded(Op::Power(a, b))
    }
}
