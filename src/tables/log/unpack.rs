//! Decompresses bytes, whose format is recognised by how they begin.

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::fmt;
use std::io::{self, BufRead, BufReader, Cursor, Read};

/// First bytes of file formats other than text (`?` is any byte), what they are, and what the user
/// can do.
const OTHERS: [(&[u8], &str, &str); 4] = [
    (
        b"BZh?1A",
        "bzip2 data",
        "unpack it first, for example: bunzip2 FILE",
    ),
    (
        b"\xfd7zXZ",
        "xz data",
        "unpack it first, for example: xz -d FILE",
    ),
    (
        b"PK\x03\x04",
        "a zip archive or a spreadsheet",
        "unpack it; of a spreadsheet, save the sheet as CSV or use a build with the feature 'xlsx'",
    ),
    (PARQUET, "Parquet", "use a build with the feature 'parquet'"),
];
/// Parquet's magic number and the first field after it.
pub(super) const PARQUET: &[u8] = b"PAR1\x15";
const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// Zstandard's skippable frames begin with 0x184D2A50 to 0x184D2A5F, low byte first.
const ZSTD_PASSED_OVER: &[u8] = &[0x2a, 0x4d, 0x18];
/// Bytes of the longest signature.
pub(super) const HEAD: u64 = 6;

/// Why a file cannot be decompressed. [`io::Error`] carries it through the readers.
#[derive(Debug)]
pub(super) struct Packed {
    pub(super) message: String,
    pub(super) hint: String,
}

impl fmt::Display for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Packed {}

/// Whether bytes that begin so are text as stored, and of no other format.
pub(super) fn is_stored(head: &[u8]) -> bool {
    let packed = [PARQUET, GZIP, ZSTD];
    let of = |magic: &&[u8]| head.starts_with(magic);
    !packed.iter().any(of) && head.get(1..4) != Some(ZSTD_PASSED_OVER)
}

/// The bytes, decompressed if gzip or Zstandard compressed them.
pub(super) fn unpacked<'a>(mut raw: Box<dyn Read + 'a>) -> io::Result<Box<dyn Read + 'a>> {
    let mut head = Vec::new();
    raw.by_ref().take(HEAD).read_to_end(&mut head)?;
    for (magic, what, hint) in OTHERS {
        let alike = |(byte, known): (&u8, &u8)| *known == b'?' || byte == known;
        if head.len() >= magic.len() && head.iter().zip(magic).all(alike) {
            return Err(io::Error::other(Packed {
                message: format!("holds {what}, not text"),
                hint: hint.to_owned(),
            }));
        }
    }
    let passed_over = head.len() > 3 && head[0] & 0xf0 == 0x50 && head[1..4] == *ZSTD_PASSED_OVER;
    let (gzip, zstd) = (
        head.starts_with(GZIP),
        head.starts_with(ZSTD) || passed_over,
    );
    let whole = Cursor::new(head).chain(raw);
    Ok(if gzip {
        Box::new(Gzip(MultiGzDecoder::new(Counted::new(whole))))
    } else if zstd {
        Box::new(Zstd {
            packed: Counted::new(whole),
            frame: FrameDecoder::new(),
            inside: false,
        })
    } else {
        Box::new(whole)
    })
}

/// Counts the bytes that a decoder has consumed.
struct Counted<R> {
    input: BufReader<R>,
    taken: u64,
}

impl<R: Read> Counted<R> {
    fn new(input: R) -> Counted<R> {
        Counted {
            input: BufReader::with_capacity(1 << 17, input),
            taken: 0,
        }
    }

    fn damaged(&self, what: &str, test: &str, cause: &dyn fmt::Display) -> io::Error {
        io::Error::other(Packed {
            message: format!(
                "the {what} data is cut off or damaged near its byte {}: {cause}",
                self.taken
            ),
            hint: format!("copy or make the file again; '{test} FILE' tests it"),
        })
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.taken += count as u64;
        Ok(count)
    }
}

impl<R: Read> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.taken += count as u64;
        self.input.consume(count);
    }
}

/// Gzip members in sequence.
struct Gzip<R>(MultiGzDecoder<Counted<R>>);

impl<R: Read> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer);
        read.map_err(|cause| self.0.get_ref().damaged("gzip", "gzip -t", &cause))
    }
}

/// Zstandard frames in sequence.
struct Zstd<R> {
    packed: Counted<R>,
    frame: FrameDecoder,
    inside: bool,
}

impl<R: Read> Zstd<R> {
    fn damaged(&self, cause: &dyn fmt::Display) -> io::Error {
        self.packed.damaged("Zstandard", "zstd -t", cause)
    }

    /// Enters the next frame; `false` if none follows.
    fn enter(&mut self) -> io::Result<bool> {
        while !self.packed.fill_buf()?.is_empty() {
            match self.frame.reset(&mut self.packed) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    let passed = io::copy(&mut self.packed.by_ref().take(length), &mut io::sink())?;
                    if passed < length {
                        return Err(self.damaged(&"a frame ends too early"));
                    }
                }
                Err(cause) => return Err(self.damaged(&cause)),
            }
        }
        Ok(false)
    }

    /// Checks the checksum of a frame, if it has one.
    fn leave(&mut self) -> io::Result<()> {
        self.inside = false;
        match self.frame.get_checksum_from_data() {
            Some(written) if self.frame.get_calculated_checksum() != Some(written) => {
                Err(self.damaged(&"the checksum is another"))
            }
            _ => Ok(()),
        }
    }
}

impl<R: Read> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.inside {
                self.inside = self.enter()?;
                if !self.inside {
                    return Ok(0);
                }
            }
            while self.frame.can_collect() == 0 && !self.frame.is_finished() {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                if let Err(cause) = self.frame.decode_blocks(&mut self.packed, one) {
                    return Err(self.damaged(&cause));
                }
            }
            match self.frame.read(buffer)? {
                0 => self.leave()?,
                count => return Ok(count),
            }
        }
    }
}
