//! Where the cells and the lines of a text end.

use crate::digits::equal_bytes;

/// Bytes that are compared at once.
const WIDE: usize = 64;

/// Writes the position of each `separator`, line feed and carriage return to `marks`, and returns
/// how many there are. The rest of `marks` is unspecified.
pub(super) fn find(text: &[u8], separator: u8, marks: &mut Vec<usize>) -> usize {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = pulp::x86::V3::try_new() {
        return avx2.vectorize(
            #[inline(always)]
            || find_with(text, marks, wide(avx2, separator)),
        );
    }
    find_with(text, marks, |bytes| narrow(bytes, separator))
}

/// As [`find`], with a comparison `equal` that sets the bit of each matching byte.
#[inline(always)]
fn find_with(text: &[u8], marks: &mut Vec<usize>, equal: impl Fn(&[u8; WIDE]) -> u64) -> usize {
    let (wholes, rest) = text.as_chunks::<WIDE>();
    let mut last = [0; WIDE];
    last[..rest.len()].copy_from_slice(rest);
    // Padding zeros match none of the bytes.
    let all = wholes.iter().chain(std::iter::once(&last));
    let mut count = 0;
    for (bytes, at) in all.zip((0..).step_by(WIDE)) {
        if marks.len() < count + WIDE {
            marks.resize(2 * (count + WIDE), 0);
        }
        let room = &mut marks[..];
        let mut found = equal(bytes);
        while found != 0 {
            room[count] = at + found.trailing_zeros() as usize;
            count += 1;
            found &= found - 1;
        }
    }
    count
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn wide(avx2: pulp::x86::V3, separator: u8) -> impl Fn(&[u8; WIDE]) -> u64 {
    let all_of = |byte: u8| avx2.avx._mm256_set1_epi8(byte.cast_signed());
    let wanted = [all_of(separator), all_of(b'\n'), all_of(b'\r')];
    #[inline(always)]
    move |bytes| {
        let (halves, _) = bytes.as_chunks::<32>();
        halves.iter().rev().fold(0, |mask, half| {
            let half = pulp::cast(*half);
            let [a, b, c] = wanted.map(
                #[inline(always)]
                |wanted| avx2.avx2._mm256_cmpeq_epi8(half, wanted),
            );
            let any = avx2.avx2._mm256_or_si256(a, b);
            let any = avx2.avx2._mm256_or_si256(any, c);
            let bits = avx2.avx2._mm256_movemask_epi8(any).cast_unsigned();
            mask << 32 | u64::from(bits)
        })
    }
}

/// Compares eight bytes at a time; a product gathers the high bits of the matching bytes.
#[inline(always)]
fn narrow(bytes: &[u8; WIDE], separator: u8) -> u64 {
    let (words, _) = bytes.as_chunks::<8>();
    words.iter().rev().fold(0, |mask, word| {
        let word = u64::from_le_bytes(*word);
        let found = [separator, b'\n', b'\r'].map(|wanted| equal_bytes(word, wanted));
        let found = found[0] | found[1] | found[2];
        mask << 8 | (found >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_are_found_and_nothing_else(
            text in proptest::collection::vec(prop_oneof![Just(b','), Just(b'-'), Just(b'\n'), Just(b'\r'), Just(0xac_u8), any::<u8>()], 0..300),
            long in 0..300_usize,
        ) {
            let wanted: Vec<usize> = (0..text.len()).filter(|k| b",\n\r".contains(&text[*k])).collect();
            // Old contents of the buffer must not matter.
            let mut marks = vec![usize::MAX; long];
            let count = find(&text, b',', &mut marks);
            prop_assert_eq!(&marks[..count], &wanted);
            let count = find_with(&text, &mut marks, |bytes| narrow(bytes, b','));
            prop_assert_eq!(&marks[..count], &wanted);
        }
    }
}
