//! The fuzz targets on a stable compiler: seeds, and seeds mutated by a fixed random stream.
//!
//! `SCALEWISE_FUZZ_SECONDS=30 cargo test --release --test fuzz` runs every target for that long,
//! with a new random stream each time unless `SCALEWISE_FUZZ_STREAM` gives one. `fuzz/README.md`
//! explains how to run libFuzzer, which searches for new paths.

#[path = "../../tests/common/readers.rs"]
mod targets;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use std::path::Path;
use std::time::{Duration, Instant, UNIX_EPOCH};

/// Mutated inputs per target by default: a few seconds in total.
const CHANGED: usize = 1500;
/// Longer inputs are cut.
const LONGEST: usize = 20_000;

/// Pieces of text that are likely to be treated specially.
const PIECES: [&str; 30] = [
    ",", ";", "\t", "\"", "\"\"", "\n", "\r\n", "\r", "\0", "\u{feff}", "\u{202e}", "é", "NaN",
    "inf", "-1", "0", "1e308", "1e-320", "-0", "1e400", "null", "{}", "[", "]", "1_000", "12,5",
    " PF-day", "B", "loss", "=",
];

fn below(rng: &mut ChaCha8Rng, n: usize) -> usize {
    (rng.next_u64() % n.max(1) as u64) as usize
}

fn changed(rng: &mut ChaCha8Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[below(rng, seeds.len())].clone();
    for _ in 0..1 + below(rng, 4) {
        let at = below(rng, bytes.len() + 1);
        let to = (at + 1 + below(rng, 40)).min(bytes.len()).max(at);
        match below(rng, 7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << below(rng, 8),
            1 => drop(bytes.drain(at..to)),
            2 => {
                let part = bytes[at..to].to_vec();
                bytes.splice(at..at, part);
            }
            3 => bytes.truncate(at),
            4 => {
                let other = &seeds[below(rng, seeds.len())];
                bytes.truncate(at);
                bytes.extend(&other[below(rng, other.len())..]);
            }
            _ => {
                let piece = PIECES[below(rng, PIECES.len())].bytes();
                let end = if below(rng, 2) == 0 { at } else { to };
                bytes.splice(at..end, piece);
            }
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

#[test]
fn no_reader_panics() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("tests/seeds");
    let seconds = std::env::var("SCALEWISE_FUZZ_SECONDS").ok();
    let seconds: Option<u64> = seconds.map(|s| s.parse().unwrap());
    let given = std::env::var("SCALEWISE_FUZZ_STREAM").ok();
    let stream = match (given, seconds) {
        (Some(stream), _) => stream.parse().unwrap(),
        (None, Some(_)) => UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64,
        (None, None) => 1,
    };
    for (name, reader) in targets::ALL {
        let files = std::fs::read_dir(root.join(name)).unwrap();
        let mut files: Vec<_> = files.map(|e| e.unwrap().path()).collect();
        files.sort();
        let seeds: Vec<Vec<u8>> = files.iter().map(|f| std::fs::read(f).unwrap()).collect();
        assert!(!seeds.is_empty(), "{name}");
        seeds.iter().for_each(|seed| reader(seed));
        let mut rng = ChaCha8Rng::seed_from_u64(stream);
        let began = Instant::now();
        let mut done = 0;
        while match seconds {
            Some(s) => began.elapsed() < Duration::from_secs(s),
            None => done < CHANGED,
        } {
            let input = changed(&mut rng, &seeds);
            let ended = std::panic::catch_unwind(|| reader(&input));
            let text = String::from_utf8_lossy(&input);
            assert!(
                ended.is_ok(),
                "{name}, input {done} of stream {stream}: {text:?}"
            );
            done += 1;
        }
        println!("{name}: {done} inputs");
    }
}
