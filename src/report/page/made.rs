//! Pages from what a user names: a table, a law file or an entry.

use super::{Page, Provenance};
use crate::ask::hidden::holds_scores;
use crate::ask::{
    AskTable, OfSeries, ReportAnswer, ReportKind, ReportRequest, Trust, by as of_series,
};
use crate::digest::sha256;
use crate::error::Result;
use crate::fit::FitResult;
use crate::ledger::{Entry, Score};
use crate::progress::Progress;
use crate::tables::{Source, read_document};
use std::path::Path;

/// A page, and what a program needs to know about it.
#[derive(Debug)]
pub struct Made {
    /// The page.
    pub page: Page,
    /// How far it can be relied on.
    pub trust: Trust,
    /// The series without a result, and the reasons.
    pub failed: Vec<OfSeries<Page>>,
}

impl ReportRequest {
    /// The page of a table, or one of all series that the columns `by` name. `command` is the
    /// command that makes it again.
    ///
    /// # Errors
    /// As for the answer.
    #[doc(hidden)]
    pub fn page(
        &self,
        table: &Source<'_>,
        by: Option<&str>,
        command: String,
        progress: &dyn Progress,
    ) -> Result<Made> {
        // A pipe can be read only once; for pass counts the digest is that of the whole input.
        let whole = match self.kind_of(&table.opening())? {
            ReportKind::Capability => Some(table.read()?),
            _ => None,
        };
        let copy = whole
            .as_deref()
            .map(|bytes| Source::bytes(bytes, table.name()));
        let table = copy.as_ref().unwrap_or(table);
        if let Some(bytes) = &whole
            && holds_scores(table, &self.counts)?
        {
            let suite = self.of_scores(by)?.read(table)?;
            return Ok(made(
                &self.scores(&suite, by)?,
                table.name(),
                bytes,
                command,
            ));
        }
        match by {
            Some(by) => self.page_of_series(table, by, whole.as_deref(), command, progress),
            None => {
                let data = self.read(table)?;
                let answer = crate::ask::Ask::watched(self, &data, progress)?;
                let bytes = whole.as_deref().unwrap_or_default();
                Ok(made(&answer, table.name(), bytes, command))
            }
        }
    }

    /// The page of an already fitted law; `name` is the name of its file.
    ///
    /// # Errors
    /// As for the answer.
    #[doc(hidden)]
    pub fn page_of_law(&self, fit: FitResult, name: &str, command: String) -> Result<Made> {
        Ok(made(&self.of_fit(fit)?, name, &[], command))
    }

    fn page_of_series(
        &self,
        table: &Source<'_>,
        by: &str,
        whole: Option<&[u8]>,
        command: String,
        progress: &dyn Progress,
    ) -> Result<Made> {
        let all = of_series(self.read_by(table, by)?, progress, |_, data| {
            let answer = self.of(&data)?;
            let digest = answer.runs().map_or(String::new(), |runs| runs.digest());
            let page = Page::of(&answer, Provenance::default());
            Ok((page, answer.trust(), digest))
        })?;
        let trust = Trust::of_all(all.iter().map(|of| match &of.result {
            Some(made) => made.1,
            None => Trust::Refused,
        }));
        let digests = all.iter().filter_map(|of| Some(&of.result.as_ref()?.2));
        let (digest_of, digest) = match whole {
            Some(bytes) => ("Whole input, SHA-256", sha256([bytes])),
            None => (
                "Digests of the runs of each series, SHA-256",
                sha256(digests),
            ),
        };
        let provenance = Provenance::new(command, table.name(), digest_of, digest);
        let pages: Vec<OfSeries<Page>> = all
            .into_iter()
            .map(|of| OfSeries {
                series: of.series,
                code: of.code,
                reason: of.reason,
                result: of.result.map(|made| made.0),
            })
            .collect();
        let failed = pages.iter().filter(|of| of.result.is_none()).cloned();
        Ok(Made {
            failed: failed.collect(),
            page: Page::of_many(pages, provenance),
            trust,
        })
    }
}

fn made(answer: &ReportAnswer, name: &str, bytes: &[u8], command: String) -> Made {
    let provenance = Provenance::of(answer, command, name, bytes);
    Made {
        page: Page::of(answer, provenance),
        trust: answer.trust(),
        failed: Vec::new(),
    }
}

/// The page of an entry, with its score if that lies beside it.
///
/// # Errors
/// When the entry or its score cannot be read.
pub fn entry_page(source: &Source<'_>, command: String) -> Result<Page> {
    let entry = Entry::read(&source.document()?, source.name())?;
    let path = Path::new(source.name()).with_extension("score.json");
    let score = match path.is_file() {
        true => Some(Score::read(
            &read_document(&path)?,
            &path.to_string_lossy(),
        )?),
        false => None,
    };
    let provenance = Provenance::new(
        command,
        source.name(),
        "Rows used, SHA-256",
        entry.registration().data.digest.clone(),
    );
    Ok(Page::of_entry(&entry, score.as_ref(), provenance))
}
