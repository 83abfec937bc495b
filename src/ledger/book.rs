//! A ledger of many entries and their outcomes.

use super::seal::Probe;
use super::{Advance, Entry, Prediction, Score, Scored, score};
use crate::{Error, ErrorKind, Result};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// A file that could not be used, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Its name.
    pub file: String,
    /// The reason, in words.
    pub reason: String,
}

/// The outcome of one prediction.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Its error, z and which intervals contained it.
    pub scored: Scored,
    /// Whether it came after the registration.
    pub in_advance: Advance,
}

impl Outcome {
    /// Whether the interval to quote contained the outcome; `None` without an interval.
    #[must_use]
    pub fn held(&self, prediction: &Prediction) -> Option<bool> {
        let quoted = prediction.quoted()?;
        let all = &self.scored.intervals;
        all.iter().find(|j| j.claim == *quoted).map(|j| j.inside)
    }
}

/// An entry and its outcomes.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The entry's file.
    pub file: String,
    /// The entry.
    pub entry: Entry,
    /// Outcomes by the names of the predictions; open predictions have none.
    pub outcomes: BTreeMap<String, Outcome>,
}

/// Entries in the order of their registration, and all other files.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ledger {
    /// The entries.
    pub(crate) entries: Vec<Listed>,
    /// Files that are not entries or scores of these entries, are damaged, or repeat another file.
    pub(crate) skipped: Vec<Skipped>,
}

impl Ledger {
    /// Sorts files into entries, their scores and the rest. If a prediction was scored more than
    /// once, the first score counts and the others are listed as skipped.
    #[must_use]
    pub fn read(files: impl IntoIterator<Item = (String, Result<Vec<u8>>)>) -> Ledger {
        let mut ledger = Ledger::default();
        let mut scores: Vec<(String, Score)> = Vec::new();
        for (file, bytes) in files {
            let read = bytes.and_then(|bytes| {
                // A shell makes the file of a result before the folder is read.
                if bytes.is_empty() {
                    return Err(Error::new(ErrorKind::Data, "it is empty"));
                }
                let format = Probe::of(&bytes).and_then(|p| p.format);
                if format.as_deref() == Some(score::FORMAT) {
                    scores.push((file.clone(), Score::read(&bytes, &file)?));
                } else {
                    ledger.entries.push(Listed {
                        entry: Entry::read(&bytes, &file)?,
                        file: file.clone(),
                        outcomes: BTreeMap::new(),
                    });
                }
                Ok(())
            });
            if let Err(error) = read {
                ledger.skip(&file, error.message());
            }
        }
        ledger.sort();
        scores.sort_by(|(a, p), (b, q)| (p.said.scored_at, a).cmp(&(q.said.scored_at, b)));
        let places: HashMap<String, usize> = ledger
            .entries
            .iter()
            .enumerate()
            .map(|(k, e)| (e.entry.digest().to_owned(), k))
            .collect();
        for (file, score) in scores {
            match places.get(score.entry_digest()) {
                Some(&k) => ledger.add(k, &file, &score),
                None => ledger.skip(&file, "the entry that it scores is not here"),
            }
        }
        ledger
    }

    /// The entries, in the order of their registration.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().map(|listed| &listed.entry)
    }

    /// The skipped files, with reasons: they are not entries or scores of these entries, are
    /// damaged, or repeat another file.
    pub fn skipped(&self) -> impl Iterator<Item = (&str, &str)> {
        self.skipped
            .iter()
            .map(|one| (one.file.as_str(), one.reason.as_str()))
    }

    fn skip(&mut self, file: &str, reason: &str) {
        self.skipped.push(Skipped {
            file: file.to_owned(),
            reason: reason.to_owned(),
        });
    }

    /// Sorts by registration and skips copies of an entry.
    fn sort(&mut self) {
        let key = |e: &Listed| (e.entry.registration().registered_at, e.file.clone());
        self.entries.sort_by_key(key);
        let mut seen: HashMap<String, String> = HashMap::new();
        for listed in std::mem::take(&mut self.entries) {
            match seen.get(listed.entry.digest()) {
                Some(first) => {
                    let reason = format!("a copy of {first}");
                    self.skip(&listed.file, &reason);
                }
                None => {
                    seen.insert(listed.entry.digest().to_owned(), listed.file.clone());
                    self.entries.push(listed);
                }
            }
        }
    }

    /// Adds the outcomes of a score; errors and intervals are computed again from the entry.
    fn add(&mut self, entry: usize, file: &str, score: &Score) {
        let mut refused = Vec::new();
        let listed = &mut self.entries[entry];
        for said in score.scores() {
            let predictions = &listed.entry.registration().predictions;
            let prediction = predictions.iter().find(|p| p.id == said.id);
            let scored = prediction.map(|p| Scored::of(p, said.actual));
            if listed.outcomes.contains_key(&said.id) {
                refused.push(format!("{} was scored before", said.id));
            } else if let Some(Ok(scored)) = scored {
                let in_advance = score.in_advance();
                let outcome = Outcome { scored, in_advance };
                listed.outcomes.insert(said.id.clone(), outcome);
            } else {
                refused.push(format!("{} is not in the entry", said.id));
            }
        }
        for reason in refused {
            self.skip(file, &reason);
        }
    }

    /// The outcomes that count, with their predictions: all except those stated to be older than
    /// their registration.
    pub(crate) fn counted(&self) -> impl Iterator<Item = (&Prediction, &Outcome)> {
        self.counted_of()
            .map(|(_, prediction, outcome)| (prediction, outcome))
    }

    /// The same, each with the file of its entry.
    pub(crate) fn counted_of(&self) -> impl Iterator<Item = (&str, &Prediction, &Outcome)> {
        self.entries.iter().flat_map(|listed| {
            let predictions = &listed.entry.registration().predictions;
            predictions.iter().filter_map(|p| {
                let outcome = listed.outcomes.get(&p.id)?;
                let counts = outcome.in_advance != Advance::No;
                counts.then_some((listed.file.as_str(), p, outcome))
            })
        })
    }

    /// Number of outcomes stated to be older than their registration.
    #[must_use]
    pub fn hindsight(&self) -> usize {
        let outcomes = self.entries.iter().flat_map(|e| e.outcomes.values());
        outcomes.filter(|o| o.in_advance == Advance::No).count()
    }
}
