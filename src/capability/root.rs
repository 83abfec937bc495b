//! Finds the zero of a score that is expensive to evaluate.

/// The zero of a falling score of a positive number. The search starts at 0.01 and works on the
/// logarithm. Returns an end of the range if the score does not change its sign.
pub(super) fn root((lowest, highest): (f64, f64), mut score: impl FnMut(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.01f64.ln(), 0.01f64.ln());
    let mut f = score(0.01);
    let (mut f_low, mut f_high) = (f, f);
    let rising = f > 0.0;
    while (f > 0.0) == rising {
        if rising {
            (low, f_low) = (high, f_high);
            high += 1.6;
            if high > highest.ln() {
                return highest;
            }
            f_high = score(high.exp());
            f = f_high;
        } else {
            (high, f_high) = (low, f_low);
            low -= 1.6;
            if low < lowest.ln() {
                return lowest;
            }
            f_low = score(low.exp());
            f = f_low;
        }
    }
    // Illinois method: secants through a bracket, where the value at an end that stays is halved.
    let mut side = 0;
    for _ in 0..8 {
        if high - low < 0.1 {
            break;
        }
        let x = ((low * f_high - high * f_low) / (f_high - f_low)).clamp(low, high);
        f = score(x.exp());
        if f > 0.0 {
            (low, f_low) = (x, f);
            f_high *= if side == 1 { 0.5 } else { 1.0 };
            side = 1;
        } else {
            (high, f_high) = (x, f);
            f_low *= if side == -1 { 0.5 } else { 1.0 };
            side = -1;
        }
        if f.abs() < 0.01 * (f_low.abs() + f_high.abs()) {
            return x.exp();
        }
    }
    (0.5 * (low + high)).exp()
}
