//! A file that several threads read in parallel.

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

/// A file without a shared position. Clones of a [`File`] share one position, so threads would read
/// each other's bytes.
pub(super) struct SharedFile {
    file: Arc<Mutex<File>>,
    length: u64,
}

impl SharedFile {
    pub(super) fn new(file: File) -> io::Result<SharedFile> {
        Ok(SharedFile {
            length: file.metadata()?.len(),
            file: Arc::new(Mutex::new(file)),
        })
    }
}

impl Length for SharedFile {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for SharedFile {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::new(From {
            file: Arc::clone(&self.file),
            at: start,
        }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // A damaged file may ask for more bytes than there are; no memory is allocated for them.
        if start.saturating_add(length as u64) > self.length {
            let wanted = format!("the file ends before byte {start} + {length}");
            return Err(ParquetError::EOF(wanted));
        }
        let mut bytes = vec![0; length];
        let mut from = From {
            file: Arc::clone(&self.file),
            at: start,
        };
        from.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// The bytes of a shared file from a position on.
pub(super) struct From {
    file: Arc<Mutex<File>>,
    at: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A thread that panicked while it held the file left it consistent.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}
