//! Where the separators of a line are.

const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;

/// Adds the position of every `separator` in the line.
///
/// Eight bytes at a time: of those that equal the separator, and of no others, the highest bit remains (Warren 2013, Hacker's
/// Delight, 6-1). Fields are short, so that a search for one separator after the other takes twice the time.
pub(super) fn find(line: &[u8], separator: u8, positions: &mut Vec<usize>) {
    let wanted = u64::from_le_bytes([separator; 8]);
    let (words, rest) = line.as_chunks::<8>();
    let mut at = 0;
    for word in words {
        let differs = u64::from_le_bytes(*word) ^ wanted;
        let mut equal = !(((differs & LOW) + LOW) | differs | LOW);
        while equal != 0 {
            positions.push(at + (equal.trailing_zeros() / 8) as usize);
            equal &= equal - 1;
        }
        at += 8;
    }
    let left = (at..).zip(rest).filter(|(_, byte)| **byte == separator);
    positions.extend(left.map(|(at, _)| at));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_are_found_and_nothing_else(line in proptest::collection::vec(prop_oneof![Just(b','), Just(b'-'), Just(0xac_u8), any::<u8>()], 0..70)) {
            let mut positions = Vec::new();
            super::find(&line, b',', &mut positions);
            let wanted: Vec<usize> = (0..line.len()).filter(|k| line[*k] == b',').collect();
            prop_assert_eq!(positions, wanted);
        }
    }
}
