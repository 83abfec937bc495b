//! A registered forecast. File format version 2 holds the request itself; version 1 held the names
//! of flags.

use super::seal;
use super::{DataUsed, Prediction, Time};
use crate::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// Version of the entry's format; files up to this version can be read.
pub const ENTRY_FORMAT_VERSION: u32 = 2;

const FORMAT: &str = "scalewise.registered";
/// The name of an entry that was not read from a file.
const UNSAVED: &str = "entry";

/// The subject of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Subject {
    /// The loss of larger runs.
    Forecast,
    /// How often a larger model solves problems.
    Capability,
    /// The best allocation of a budget.
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

/// Everything that is fixed in advance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// The subject of the prediction.
    pub subject: Subject,
    /// The time of registration.
    pub registered_at: Time,
    /// Program and version.
    pub made_by: String,
    /// Instruction set and operating system, which affect the last digits.
    pub machine: String,
    /// What will count as the outcome.
    pub outcome: String,
    /// The rows that were used.
    pub data: DataUsed,
    /// Everything that determines the numbers: a [`RegisterRequest`](crate::ask::RegisterRequest).
    /// In entries of version 1 it is an object of flags, each with a list of texts.
    #[serde(alias = "settings")]
    pub request: serde_json::Value,
    /// The numbers that will be scored.
    pub predictions: Vec<Prediction>,
    /// The rest of the result: law, parameters, verdict, diagnoses.
    pub result: serde_json::Value,
}

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    version: u32,
    #[serde(flatten)]
    registration: &'a Registration,
}

/// A sealed registration.
#[derive(Debug, Clone)]
pub struct Entry {
    registration: Registration,
    version: u32,
    text: String,
    digest: String,
    source: String,
}

/// Entries are equal if their bytes are, whatever their source.
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
    /// Seals the registration.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the result cannot be written as JSON.
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
    /// [`ErrorKind::Data`](crate::ErrorKind::Data) if a byte differs from what was written, or if
    /// it is not an entry of a known version.
    pub fn read(bytes: &[u8], source: &str) -> Result<Entry> {
        let known = (FORMAT, ENTRY_FORMAT_VERSION, "a registered forecast");
        let (registration, version, digest): (Registration, _, _) =
            seal::read(bytes, source, known)?;
        // Reading would ignore duplicate and unknown fields, so the bytes are compared.
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

    /// The name of its file, or `entry` if it was just made.
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

    /// `sha256:` and the digest of the file without its last two lines. Once it is published, no
    /// other entry can be passed off as this one.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }
}
