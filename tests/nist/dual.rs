//! Dual numbers: a value and its exact derivatives with respect to up to nine parameters.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// The largest number of parameters in the NIST sets (ENSO).
pub const MOST: usize = 9;

#[derive(Debug, Clone, Copy)]
pub struct Dual {
    pub value: f64,
    pub slope: [f64; MOST],
}

impl Dual {
    /// Parameter number `k`.
    pub fn variable(value: f64, k: usize) -> Dual {
        Dual {
            value,
            slope: std::array::from_fn(|j| f64::from(j == k)),
        }
    }

    /// f(self) where f has this value and this derivative.
    fn chain(self, value: f64, derivative: f64) -> Dual {
        Dual {
            value,
            slope: self.slope.map(|s| s * derivative),
        }
    }

    pub fn exp(self) -> Dual {
        let e = self.value.exp();
        self.chain(e, e)
    }

    pub fn ln(self) -> Dual {
        self.chain(self.value.ln(), 1.0 / self.value)
    }

    pub fn sin(self) -> Dual {
        self.chain(self.value.sin(), self.value.cos())
    }

    pub fn cos(self) -> Dual {
        self.chain(self.value.cos(), -self.value.sin())
    }

    pub fn atan(self) -> Dual {
        let derivative = 1.0 / (1.0 + self.value * self.value);
        self.chain(self.value.atan(), derivative)
    }

    /// The reciprocal.
    pub fn recip(self) -> Dual {
        let r = 1.0 / self.value;
        self.chain(r, -r * r)
    }

    /// The square.
    pub fn square(self) -> Dual {
        self * self
    }

    /// A positive number to any power.
    pub fn pow(self, exponent: impl Into<Dual>) -> Dual {
        (self.ln() * exponent).exp()
    }
}

impl From<f64> for Dual {
    fn from(value: f64) -> Dual {
        Dual {
            value,
            slope: [0.0; MOST],
        }
    }
}

impl Neg for Dual {
    type Output = Dual;

    fn neg(self) -> Dual {
        self.chain(-self.value, -1.0)
    }
}

impl<T: Into<Dual>> Add<T> for Dual {
    type Output = Dual;

    fn add(self, other: T) -> Dual {
        let other = other.into();
        Dual {
            value: self.value + other.value,
            slope: std::array::from_fn(|j| self.slope[j] + other.slope[j]),
        }
    }
}

impl<T: Into<Dual>> Sub<T> for Dual {
    type Output = Dual;

    fn sub(self, other: T) -> Dual {
        self + -other.into()
    }
}

impl<T: Into<Dual>> Mul<T> for Dual {
    type Output = Dual;

    fn mul(self, other: T) -> Dual {
        let other = other.into();
        Dual {
            value: self.value * other.value,
            slope: std::array::from_fn(|j| {
                self.slope[j] * other.value + self.value * other.slope[j]
            }),
        }
    }
}

impl<T: Into<Dual>> Div<T> for Dual {
    type Output = Dual;

    fn div(self, other: T) -> Dual {
        let other = other.into();
        Dual {
            value: self.value / other.value,
            ..self * other.recip()
        }
    }
}

macro_rules! number_on_the_left {
    ($($operator:ident $method:ident),*) => {$(
        impl $operator<Dual> for f64 {
            type Output = Dual;

            fn $method(self, other: Dual) -> Dual {
                Dual::from(self).$method(other)
            }
        }
    )*};
}

number_on_the_left!(Add add, Sub sub, Mul mul, Div div);
