//! Reads numbers of few digits, eight bytes at once; most cells of a training log are such numbers.

/// Powers of ten, by the number of decimals.
const POWERS: [f64; 8] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7];
const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);
/// The highest bit of every byte, and the other bits.
const HIGHEST: u64 = u64::from_le_bytes([0x80; 8]);
const OTHERS: u64 = !HIGHEST;

/// The number in up to eight bytes of digits, with or without a point. `None` for anything else,
/// even if it is a number.
///
/// Digits and power of ten are exact doubles, so their quotient is rounded once and correctly
/// (Clinger 1990, "How to read floating point numbers accurately").
pub(crate) fn short(text: &[u8]) -> Option<f64> {
    let mut word = as_word(text)?;
    let (mut length, mut decimals) = (text.len(), 0);
    let point = equal_bytes(word, b'.');
    if point != 0 {
        // Moves the decimals over the point.
        let at = point.trailing_zeros() / 8;
        let behind = u64::MAX << (8 * at);
        word = word & !behind | word >> 8 & behind;
        length -= 1;
        decimals = length - at as usize;
    }
    // Fills up with zeros before the first digit; there must be at least one digit.
    let before = 64 - 8 * length as u32;
    let zeros = ZEROS & !u64::MAX.checked_shl(before)?;
    Some(eight(word << before | zeros)? as f64 / POWERS[decimals])
}

/// One to eight bytes as a number, the first byte lowest.
#[inline]
fn as_word(bytes: &[u8]) -> Option<u64> {
    let over = |width: usize| 8 * (bytes.len() - width);
    if bytes.len() > 8 {
        return None;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let [first, last] = [first, last].map(|four| u64::from(u32::from_le_bytes(*four)));
        return Some(first | last << over(4));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let [first, last] = [first, last].map(|two| u64::from(u16::from_le_bytes(*two)));
        return Some(first | last << over(2));
    }
    bytes.first().map(|byte| u64::from(*byte))
}

/// The highest bit of every byte that equals `wanted`, and no other bits (Warren 2013, Hacker's
/// Delight, 6-1).
#[inline]
pub(crate) fn equal_bytes(word: u64, wanted: u8) -> u64 {
    let differs = word ^ u64::from_le_bytes([wanted; 8]);
    !(((differs & OTHERS) + OTHERS) | differs | OTHERS)
}

/// The number of eight digits: neighbours are joined, then pairs, then fours (Lemire 2021, "Number
/// parsing at a gigabyte per second").
#[inline]
fn eight(bytes: u64) -> Option<u64> {
    /// Adding it sets the highest bit of bytes above `9`.
    const ABOVE: u64 = u64::from_le_bytes([0x7f - b'9'; 8]);
    let digits = bytes.wrapping_sub(ZEROS);
    if (bytes.wrapping_add(ABOVE) | digits) & HIGHEST != 0 {
        return None;
    }
    let pairs = (10 * digits + (digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (100 * pairs + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    Some((10_000 * fours + (fours >> 32)) & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_read_is_what_the_standard_library_reads(text in "[0-9]{0,8}[.]?[0-9]{0,8}|[0-9./:]{0,9}|\\PC{0,4}") {
            let plain = text.len() <= 8 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            let value = text.parse::<f64>().ok().filter(|_| plain);
            prop_assert_eq!(short(text.as_bytes()).map(f64::to_bits), value.map(f64::to_bits));
        }
    }
}
