//! Fuzz target: texts of an entry or a score, as they are printed.

use scalewise::ask::VerifyRequest;
use scalewise::internal::{DataUsed, Registration, Subject, registered, scored};
use scalewise::ledger::{Agreement, Ledger, Score};
use scalewise::report::{Answer, Document};
use serde_json::json;

/// The printed output of an entry and its score in which every text is `words`.
fn said(words: &str) -> Vec<Document> {
    let text = || words.to_owned();
    let prediction = json!({
        "id": words, "quantity": "loss", "compute": 1e23, "point": 1.9, "intervals": [],
    });
    let entry = Registration {
        subject: Subject::Forecast,
        registered_at: "2026-03-01T12:00:00Z".parse().unwrap(),
        made_by: text(),
        machine: text(),
        outcome: text(),
        data: DataUsed {
            source: text(),
            columns: vec![text()],
            rows: 5,
            largest_compute: 1e22,
            lines: text(),
            digest: text(),
        },
        request: json!({words: [words]}),
        predictions: vec![serde_json::from_value(prediction).unwrap()],
        result: json!({"law": words, "formula": words, "status": words, "diagnoses": [{"code": words}]}),
    };
    let entry = entry.seal().unwrap();
    let time = "2026-06-01T12:00:00Z".parse().unwrap();
    let score = Score::of(&entry, words, &[(Some(text()), 1.96)], time, None);
    let different = Agreement::Different {
        at: text(),
        registered: text(),
        now: text(),
    };
    let verified = |agreement| {
        let alone = VerifyRequest::default().alone(&entry);
        alone.with(Some(0), agreement).document()
    };
    let files = [
        (
            words.to_owned() + ".json",
            Ok(entry.text().as_bytes().to_vec()),
        ),
        (words.to_owned() + ".skipped", Ok(b"{}".to_vec())),
    ];
    let mut all = vec![
        registered(&entry),
        verified(None),
        verified(Some(Agreement::Identical)),
        verified(Some(different)),
        Ledger::read(files).document(),
    ];
    all.extend(score.ok().map(|score| scored(&entry, &score)));
    all
}

/// Texts of an entry or a score stay on their lines: there are as many lines as for harmless texts,
/// with the same beginnings, and no terminal control characters.
pub fn spoken(bytes: &[u8]) {
    const HARMLESS: &str = "x";
    let hostile = format!("{HARMLESS}{}", String::from_utf8_lossy(bytes));
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let (plain, found) = (said(HARMLESS), said(&hostile));
    let number = plain.len().min(found.len());
    assert!(number >= 5);
    for (plain, found) in plain.iter().zip(&found) {
        for render in [|d: &Document| d.to_text(false), Document::to_markdown] {
            let (plain, found) = (render(plain), render(found));
            assert_eq!(plain.lines().count(), found.lines().count(), "{found}");
            for (wanted, line) in plain.lines().zip(found.lines()) {
                assert!(!line.chars().any(unseen), "{line:?}");
                let first = |line: &str| line.split_whitespace().next().map(str::to_owned);
                let own = first(wanted)
                    .filter(|word| !word.contains(HARMLESS) && !word.starts_with("|-"));
                assert!(own.is_none() || own == first(line), "{wanted:?}, {line:?}");
            }
        }
    }
}
