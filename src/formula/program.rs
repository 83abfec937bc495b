//! Operations in order of execution, for one row or for whole columns.

use super::graph::{Graph, Id, Op};

/// One operation of a program, with the places of its operands.
#[derive(Debug, Clone, Copy)]
struct Instruction {
    op: Op,
    a: usize,
    b: usize,
    kind: Kind,
}

/// What the value of an operation depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One number for all rows.
    Scalar,
    /// One number per row that does not depend on the parameters.
    Fixed,
    /// One number per row that depends on the parameters.
    Varying,
}

/// Only the operations that some results need.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    instructions: Vec<Instruction>,
    results: Vec<usize>,
}

impl Program {
    /// The program that computes these results.
    pub(crate) fn of(graph: &Graph, results: &[Id]) -> Program {
        let mut needed = vec![false; graph.len()];
        for &id in results {
            needed[id] = true;
        }
        for id in (0..graph.len()).rev() {
            if needed[id] {
                for operand in graph.op(id).operands().into_iter().flatten() {
                    needed[operand] = true;
                }
            }
        }
        let mut place = vec![0; graph.len()];
        let mut instructions = Vec::new();
        for id in (0..graph.len()).filter(|&id| needed[id]) {
            let [a, b] = graph.op(id).operands();
            let uses = graph.uses(id);
            place[id] = instructions.len();
            instructions.push(Instruction {
                op: graph.op(id),
                a: a.map_or(0, |id| place[id]),
                b: b.map_or(0, |id| place[id]),
                kind: match (uses.columns, uses.parameters != 0) {
                    (false, _) => Kind::Scalar,
                    (true, false) => Kind::Fixed,
                    (true, true) => Kind::Varying,
                },
            });
        }
        Program {
            instructions,
            results: results.iter().map(|&id| place[id]).collect(),
        }
    }

    /// The results for one row, written to `out`; `values` is scratch.
    pub(crate) fn row(&self, x: &[f64], p: &[f64], values: &mut Vec<f64>, out: &mut [f64]) {
        values.clear();
        for instruction in &self.instructions {
            let value = match instruction.op {
                Op::Column(k) => x[k],
                Op::Parameter(k) => p[k],
                // Leaves have no operands.
                Op::Number(bits) => f64::from_bits(bits),
                op => op.value(values[instruction.a], values[instruction.b]),
            };
            values.push(value);
        }
        for (slot, &place) in out.iter_mut().zip(&self.results) {
            *slot = values[place];
        }
    }
}

/// A program for given rows, with everything computed that does not depend on the parameters.
#[derive(Debug, Clone)]
pub(crate) struct Prepared<'p> {
    program: &'p Program,
    rows: usize,
    /// The values of the fixed operations; empty for the others.
    fixed: Vec<Vec<f64>>,
}

/// Buffers for the values of a program over all rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scratch {
    scalars: Vec<f64>,
    varying: Vec<Vec<f64>>,
}

/// One value for all rows, or one value per row.
#[derive(Clone, Copy)]
enum Operand<'a> {
    Scalar(f64),
    Rows(&'a [f64]),
}

impl<'p> Prepared<'p> {
    /// Prepares a program for columns of equal length.
    pub(crate) fn new(program: &'p Program, columns: &[Vec<f64>], rows: usize) -> Prepared<'p> {
        let mut prepared = Prepared {
            program,
            rows,
            fixed: Vec::with_capacity(program.instructions.len()),
        };
        let mut scalars = vec![f64::NAN; program.instructions.len()];
        for (place, instruction) in program.instructions.iter().enumerate() {
            let mut made = Vec::new();
            match (instruction.op, instruction.kind) {
                (Op::Column(k), _) => made.clone_from(&columns[k]),
                (Op::Number(bits), _) => scalars[place] = f64::from_bits(bits),
                (op, Kind::Fixed) => {
                    made.resize(rows, 0.0);
                    let operand = |at: usize| match prepared.fixed[at].is_empty() {
                        true => Operand::Scalar(scalars[at]),
                        false => Operand::Rows(&prepared.fixed[at]),
                    };
                    apply(
                        op,
                        operand(instruction.a),
                        operand(instruction.b),
                        &mut made,
                    );
                }
                _ => {}
            }
            prepared.fixed.push(made);
        }
        prepared
    }

    /// Evaluates all results for these parameters.
    pub(crate) fn evaluate(&self, p: &[f64], scratch: &mut Scratch) {
        let program = &self.program.instructions;
        scratch.scalars.resize(program.len(), 0.0);
        scratch.varying.resize(program.len(), Vec::new());
        for (place, instruction) in program.iter().enumerate() {
            let (a, b) = (instruction.a, instruction.b);
            match instruction.kind {
                Kind::Fixed => {}
                Kind::Scalar => {
                    scratch.scalars[place] = match instruction.op {
                        Op::Parameter(k) => p[k],
                        Op::Number(bits) => f64::from_bits(bits),
                        op => op.value(scratch.scalars[a], scratch.scalars[b]),
                    };
                }
                Kind::Varying => {
                    let mut out = std::mem::take(&mut scratch.varying[place]);
                    out.resize(self.rows, 0.0);
                    apply(
                        instruction.op,
                        self.operand(a, scratch),
                        self.operand(b, scratch),
                        &mut out,
                    );
                    scratch.varying[place] = out;
                }
            }
        }
    }

    fn operand<'s>(&'s self, place: usize, scratch: &'s Scratch) -> Operand<'s> {
        match self.program.instructions[place].kind {
            Kind::Scalar => Operand::Scalar(scratch.scalars[place]),
            Kind::Fixed => Operand::Rows(&self.fixed[place]),
            Kind::Varying => Operand::Rows(&scratch.varying[place]),
        }
    }

    /// Writes one result of the last evaluation to a column.
    pub(crate) fn result(&self, which: usize, scratch: &Scratch, out: &mut [f64]) {
        match self.operand(self.program.results[which], scratch) {
            Operand::Scalar(value) => out.fill(value),
            Operand::Rows(values) => out.copy_from_slice(values),
        }
    }
}

/// Applies one operation to all rows.
fn apply(op: Op, a: Operand<'_>, b: Operand<'_>, out: &mut [f64]) {
    // The match is outside the loops, which keeps the loops simple.
    macro_rules! each {
        ($($pattern:pat),*) => {
            match op {
                $(op @ $pattern => loops(out, a, b, |a, b| op.value(a, b)),)*
                _ => {}
            }
        };
    }
    each!(
        Op::Add(..),
        Op::Subtract(..),
        Op::Multiply(..),
        Op::Divide(..),
        Op::Power(..),
        Op::Negate(_),
        Op::Exp(_),
        Op::Ln(_),
        Op::Sqrt(_),
        Op::Abs(_),
        Op::Tanh(_),
        Op::Min(..),
        Op::Max(..),
        Op::Less(..),
        Op::Gate(..),
        Op::PowerOfLn(..)
    );
}

#[inline(always)]
fn loops(out: &mut [f64], a: Operand<'_>, b: Operand<'_>, value: impl Fn(f64, f64) -> f64) {
    match (a, b) {
        (Operand::Scalar(a), Operand::Scalar(b)) => out.fill(value(a, b)),
        (Operand::Scalar(a), Operand::Rows(b)) => {
            out.iter_mut().zip(b).for_each(|(o, b)| *o = value(a, *b));
        }
        (Operand::Rows(a), Operand::Scalar(b)) => {
            out.iter_mut().zip(a).for_each(|(o, a)| *o = value(*a, b));
        }
        (Operand::Rows(a), Operand::Rows(b)) => {
            let both = a.iter().zip(b);
            out.iter_mut()
                .zip(both)
                .for_each(|(o, (a, b))| *o = value(*a, *b));
        }
    }
}
