//! The result of a verification.

use super::answer::Shown;
use super::document::{Block, Document, Tone, fact};
use super::registered::{facts, prediction_table};
use super::rows::csv;
use crate::ask::{Trust, VerifyAnswer};
use crate::ledger::{AGREEMENT_TOLERANCE, Agreement, Subject};
use crate::said::Said;
use crate::text::excerpt;
use serde::Serialize;

/// The fields shown of a verification.
#[derive(Serialize)]
struct Verified<'a> {
    /// The entry's digest.
    digest: &'a str,
    /// Whether this program on this machine made it; absent if the forecast was not derived again.
    same_program: Option<bool>,
    /// Rows of the table that would be used today but were not registered; absent without the data.
    joined: Option<usize>,
    /// How the newly derived forecast compares; absent without the data.
    agreement: Option<Agreed<'a>>,
}

serialized!(VerifyAnswer, |answer| Verified {
    digest: answer.entry.digest(),
    same_program: answer.agreement.is_some().then_some(answer.same_program),
    joined: answer.joined,
    agreement: answer.agreement.as_ref().map(agreed),
});

impl Shown for VerifyAnswer {
    fn document(&self) -> Document {
        verified(self)
    }

    /// One row with the result.
    fn table(&self) -> String {
        let agreement = self.agreement.as_ref().map(|agreement| match agreement {
            Agreement::Identical => "identical",
            Agreement::Within { .. } => "within-tolerance",
            Agreement::Different { .. } => "method-changed",
        });
        let same = self.agreement.is_some().then_some(self.same_program);
        let row = (self.entry.digest(), same, self.joined, agreement);
        csv(&["digest", "same_program", "joined", "agreement"], [row])
    }

    fn trust(&self) -> Trust {
        Trust::Trustworthy
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "bytes")]
enum Agreed<'a> {
    Identical,
    WithinTolerance {
        largest: f64,
        at: &'a str,
    },
    MethodChanged {
        at: &'a str,
        registered: &'a str,
        now: &'a str,
    },
}

fn agreed(agreement: &Agreement) -> Agreed<'_> {
    match agreement {
        Agreement::Identical => Agreed::Identical,
        Agreement::Within { largest, at } => Agreed::WithinTolerance {
            largest: *largest,
            at,
        },
        Agreement::Different {
            at,
            registered,
            now,
        } => Agreed::MethodChanged {
            at,
            registered,
            now,
        },
    }
}

fn verified(found: &VerifyAnswer) -> Document {
    let entry = &found.entry;
    let made = entry.registration();
    let good = |name: &str, text: String| (name.to_owned(), text, Tone::Good);
    let mut all = facts(entry);
    all.push(good(
        "Entry",
        "INTACT: its bytes have the digest it carries".to_owned(),
    ));
    match &found.agreement {
        None => all.push(match made.subject {
            Subject::External => fact("Forecast", "of others: it cannot be derived again"),
            _ => fact("Data", "not looked at: give the table as well"),
        }),
        Some(agreement) => {
            all.push(good(
                "Data",
                format!(
                    "UNCHANGED: all {} used rows are as they were{}",
                    made.data.rows,
                    match found.joined {
                        None | Some(0) => String::new(),
                        Some(more) => format!("; {more} more would be used today"),
                    }
                ),
            ));
            let (text, tone) = match agreement {
                Agreement::Identical => (
                    format!(
                        "DERIVED AGAIN: identical bytes, by {}",
                        if found.same_program {
                            "the same version on the same instruction set".to_owned()
                        } else {
                            format!(
                                "another program or machine than {} on {}",
                                made.made_by, made.machine
                            )
                        }
                    ),
                    Tone::Good,
                ),
                Agreement::Within { largest, at } => (
                    format!(
                        "DERIVED AGAIN: not the same bytes, but every number within {AGREEMENT_TOLERANCE:e} (the largest relative difference is {:.1e}, at {at}); it was made by {} on {}",
                        Said(*largest),
                        made.made_by,
                        made.machine
                    ),
                    Tone::Good,
                ),
                Agreement::Different {
                    at,
                    registered,
                    now,
                } => (
                    format!(
                        "THE METHOD HAS CHANGED SINCE: {at} was registered by {} as {}, and is {} by {}; what was registered stands",
                        made.made_by,
                        short(registered),
                        short(now),
                        concat!("scalewise ", env!("CARGO_PKG_VERSION")),
                    ),
                    Tone::Plain,
                ),
            };
            all.push(("Forecast".to_owned(), text, tone));
        }
    }
    vec![Block::Facts(all), prediction_table(entry)].into()
}

/// A value, shortened if it is a whole table instead of a number or sentence.
fn short(value: &str) -> String {
    match value.len() > 300 {
        true => excerpt(value),
        false => value.to_owned(),
    }
}
