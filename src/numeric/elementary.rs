//! exp and ln over slices, written so that the compiler can vectorise each loop on any processor:
//! they contain no branch, no call and no conversion that the baseline instruction set lacks.

use super::vector::widest;

/// 1.5·2^52: added to a double it leaves the rounded integer in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
const LN2_HIGH: f64 = 0.693_147_180_369_123_8;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// e^x to about one unit in the last place. |x| is clamped to 700.
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    let x = if x < -700.0 { -700.0 } else { x };
    let x = if x > 700.0 { 700.0 } else { x };
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    // Taylor's series on |r| ≤ ln(2)/2 (the first term left out is below 4e-18). Estrin's scheme
    // keeps the chains of dependent operations short.
    let (r2, r4) = (r * r, (r * r) * (r * r));
    let first = (1.0 / 2.0 + r * (1.0 / 6.0)) + r2 * (1.0 / 24.0 + r * (1.0 / 120.0));
    let second =
        (1.0 / 720.0 + r * (1.0 / 5_040.0)) + r2 * (1.0 / 40_320.0 + r * (1.0 / 362_880.0));
    let third = (1.0 / 3_628_800.0 + r * (1.0 / 39_916_800.0))
        + r2 * (1.0 / 479_001_600.0 + r * (1.0 / 6_227_020_800.0));
    let tail = first + r4 * (second + r4 * third);
    let mantissa = 1.0 + (r + r * r * tail);
    let scale = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1023 << 52));
    mantissa * scale
}

/// ln x to about one unit in the last place, for positive normal x.
#[inline(always)]
fn ln(x: f64) -> f64 {
    const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    const ONE: u64 = 0x3ff0_0000_0000_0000;
    let bits = x.to_bits();
    // x = m·2^e with √½ ≤ m < √2.
    let biased = bits.wrapping_add(ONE - SQRT_HALF) >> 52;
    let m = f64::from_bits(bits.wrapping_sub(biased.wrapping_sub(1023) << 52));
    let e = f64::from_bits(biased | 0x4330_0000_0000_0000) - (4_503_599_627_370_496.0 + 1023.0);
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let (z2, z4) = (z * z, (z * z) * (z * z));
    let first = (1.0 / 3.0 + z * (1.0 / 5.0)) + z2 * (1.0 / 7.0 + z * (1.0 / 9.0));
    let second = (1.0 / 11.0 + z * (1.0 / 13.0)) + z2 * (1.0 / 15.0 + z * (1.0 / 17.0));
    let tail = first + z4 * (second + z4 * (1.0 / 19.0 + z * (1.0 / 21.0)));
    e * LN2_HIGH + (2.0 * s + (2.0 * s * z * tail + e * LN2_LOW))
}

/// out = e^(factor·x).
#[inline(always)]
pub(crate) fn exp_scaled(factor: f64, x: &[f64], out: &mut [f64]) {
    for (slot, x) in out.iter_mut().zip(x) {
        *slot = exp(factor * x);
    }
}

/// out = ln x.
#[inline(always)]
pub(crate) fn ln_all(x: &[f64], out: &mut [f64]) {
    for (slot, x) in out.iter_mut().zip(x) {
        *slot = ln(*x);
    }
}

/// e^x of every entry.
pub fn exp_of(x: &[f64], out: &mut [f64]) {
    widest(
        #[inline(always)]
        || exp_scaled(1.0, x, out),
    );
}

/// ln x of every entry.
pub fn ln_of(x: &[f64], out: &mut [f64]) {
    widest(
        #[inline(always)]
        || ln_all(x, out),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units in the last place between two doubles of one sign.
    fn ulps(a: f64, b: f64) -> u64 {
        a.to_bits().abs_diff(b.to_bits())
    }

    #[test]
    fn exp_agrees_with_the_library_to_two_units() {
        for k in -70_000..70_000 {
            let x = f64::from(k) * 0.009_973;
            assert!(ulps(exp(x), x.exp()) <= 2, "exp({x})");
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(1e9), exp(700.0));
        assert!(exp(-1e9) > 0.0);
    }

    #[test]
    fn ln_agrees_with_the_library() {
        for k in -70_000..70_000 {
            let x = (f64::from(k) * 0.009_973).exp();
            let (found, wanted) = (ln(x), x.ln());
            assert!(
                (found - wanted).abs() <= 4e-16 * wanted.abs().max(1e-3),
                "ln({x}): {found} against {wanted}"
            );
        }
        assert_eq!(ln(1.0), 0.0);
        // Near one the relative accuracy is kept.
        approx::assert_relative_eq!(ln(1.0 + 1e-9), 1e-9_f64.ln_1p(), max_relative = 1e-7);
    }
}
