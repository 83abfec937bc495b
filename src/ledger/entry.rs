//! A registered forecast: file format version 2, which holds the request itself; version 1 held the
//! names of flags.

use super::seal;
use super::{DataUsed, Prediction, Time};
use crate::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// Version of the entry's format; files of every version up to this one can be read.
pub const ENTRY_FORMAT_VERSION: u32 = 2;

const FORMAT: &str = "scalewise.registered";
/// The name of an entry that was not read from a file.
const UNSAVED: &str = "entry";

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Subject {
    /// The loss of larger runs.
    Forecast,
    /// How often a larger model solves problems.
    Capability,
    /// What to train with a budget.
    Allocation,
    /// The scores of a larger model on the tasks of a benchmark.
    Scores,
    /// The loss at the end of a training run.
    Curve,
    /// A loss that others forecast.
    External,
}

impl Subject {
    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Subject::Forecast => "forecast",
            Subject::Capability => "capability",
            Subject::Allocation => "allocation",
            Subject::Scores => "scores",
            Subject::Curve => "curve",
            Subject::External => "external",
        }
    }
}

/// All that is fixed in advance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// What is predicted.
    pub subject: Subject,
    /// When.
    pub registered_at: Time,
    /// Program and version.
    pub made_by: String,
    /// Instruction set and system, which decide the last digits.
    pub machine: String,
    /// What will count as the outcome.
    pub outcome: String,
    /// The rows that were used.
    pub data: DataUsed,
    /// Everything that decides the numbers: a [`RegisterRequest`](crate::ask::RegisterRequest). In
    /// entries of version 1 it is an object of flags, each with a list of texts.
    #[serde(alias = "settings")]
    pub request: serde_json::Value,
    /// The numbers that will be scored.
    pub predictions: Vec<Prediction>,
    /// Everything else that was said: law, parameters, verdict, diagnoses.
    pub result: serde_json::Value,
}

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    version: u32,
    #[serde(flatten)]
    registration: &'a Registration,
}

/// A registration whose bytes are fixed.
#[derive(Debug, Clone)]
pub struct Entry {
    registration: Registration,
    version: u32,
    text: String,
    digest: String,
    source: String,
}

/// Entries are equal where their bytes are, wherever they lie.
impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        self.text == other.text
    }
}

serialized!(Entry, |entry| Written {
    format: FORMAT,
    version: entry.version,
    registration: &entry.registration,
});

impl Registration {
    /// Fixes the bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) when the result is no JSON.
    pub fn seal(self) -> Result<Entry> {
        let (text, digest) = seal::sealed(&Written {
            format: FORMAT,
            version: ENTRY_FORMAT_VERSION,
            registration: &self,
        })?;
        Ok(Entry {
            registration: self,
            version: ENTRY_FORMAT_VERSION,
            text,
            digest,
            source: UNSAVED.to_owned(),
        })
    }
}

impl Entry {
    /// Reads the bytes of an entry; `source` names it in errors.
    ///
    /// # Errors
    /// [`ErrorKind::Data`](crate::ErrorKind::Data) when one byte is not as it was written, or it is
    /// no entry of a known version.
    pub fn read(bytes: &[u8], source: &str) -> Result<Entry> {
        let known = (FORMAT, ENTRY_FORMAT_VERSION, "a registered forecast");
        let (registration, version, digest): (Registration, _, _) =
            seal::read(bytes, source, known)?;
        // Fields that are given twice, or that no reader knows, would be passed over.
        if version == ENTRY_FORMAT_VERSION && registration.clone().seal()?.text.as_bytes() != bytes
        {
            return Err(Error::new(
                ErrorKind::Data,
                "not written as an entry is: it was made by other means",
            )
            .at(source, None, None)
            .with_hint("get the file again as it was written"));
        }
        Ok(Entry {
            registration,
            version,
            text: String::from_utf8_lossy(bytes).into_owned(),
            digest,
            source: source.to_owned(),
        })
    }

    /// Where it was read, or `entry` where it was just made.
    #[doc(hidden)]
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Version of the file's format.
    #[doc(hidden)]
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// What was registered.
    #[doc(hidden)]
    #[must_use]
    pub fn registration(&self) -> &Registration {
        &self.registration
    }

    /// The numbers that will be scored.
    #[must_use]
    pub fn predictions(&self) -> &[Prediction] {
        &self.registration.predictions
    }

    /// The whole file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// `sha256:` and the digest of the file without its last two lines: publish it, and nobody can
    /// claim another entry.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }
}
