//! The log of a W&B run (`run-ID.wandb`): a log in LevelDB's layout whose records are
//! protocol-buffer messages. It also holds the data of runs that were never uploaded.

use super::objects::Object;
use super::protobuf::{Field, Fields};
use flate2::Crc;
use serde_json::Value;

/// First bytes of the file format.
const IDENT: &[u8] = b":W&B\xe1\xbe\x00";
const BLOCK: usize = 32 << 10;
/// Bytes of a record part's header: checksum (4), length (2) and kind (1).
const HEAD: usize = 7;

/// What is known of a run.
#[derive(Default)]
pub(super) struct Logged {
    pub(super) name: Option<String>,
    pub(super) config: Object,
    /// The last value of everything logged.
    pub(super) summary: Object,
    /// `finished`, `failed`, or `running` if the log has no exit record.
    pub(super) state: &'static str,
}

/// Reads a log; `None` if the bytes are not a log or are damaged before the end. The log of a
/// running run may end within a record.
pub(super) fn read(bytes: &[u8]) -> Option<Logged> {
    let mut logged = Logged {
        state: "running",
        ..Logged::default()
    };
    bytes.strip_prefix(IDENT)?;
    let (mut at, mut record) = (IDENT.len(), Vec::new());
    while at + HEAD <= bytes.len() {
        let left = BLOCK - at % BLOCK;
        if left < HEAD {
            at += left;
            continue;
        }
        let length = usize::from(u16::from_le_bytes(bytes[at + 4..at + 6].try_into().ok()?));
        let kind = bytes[at + 6];
        let Some(part) = bytes.get(at + HEAD..at + HEAD + length) else {
            break;
        };
        let mut sum = Crc::new();
        sum.update(&bytes[at + 6..at + HEAD + length]);
        if sum.sum().to_le_bytes() != bytes[at..at + 4] {
            return None;
        }
        at += HEAD + length;
        // Kind: a whole record, or its first, middle or last part.
        match kind {
            1 | 2 => record = part.to_vec(),
            3 | 4 => record.extend_from_slice(part),
            _ => return None,
        }
        if kind == 1 || kind == 4 {
            logged.take(&record)?;
        }
    }
    Some(logged)
}

impl Logged {
    /// `Record`: history = 2, summary = 3, config = 5, run = 17, exit = 18.
    fn take(&mut self, record: &[u8]) -> Option<()> {
        let mut fields = Fields(record);
        while let Some(field) = fields.next() {
            match field? {
                (2 | 3, Field::Bytes(items)) => items_into(items, &mut self.summary)?,
                (5, Field::Bytes(items)) => items_into(items, &mut self.config)?,
                (17, Field::Bytes(run)) => self.take_run(run)?,
                (18, Field::Bytes(exit)) => {
                    let first = Fields(exit).next();
                    let code = match first {
                        Some(field) => matches!(field?, (1, Field::Number(code)) if code != 0),
                        None => false,
                    };
                    self.state = if code { "failed" } else { "finished" };
                }
                _ => {}
            }
        }
        Some(())
    }

    /// `RunRecord`: config = 4, display_name = 8.
    fn take_run(&mut self, run: &[u8]) -> Option<()> {
        let mut fields = Fields(run);
        while let Some(field) = fields.next() {
            match field? {
                (4, Field::Bytes(items)) => items_into(items, &mut self.config)?,
                (8, Field::Bytes(name)) => {
                    self.name = Some(String::from_utf8_lossy(name).into_owned());
                }
                _ => {}
            }
        }
        Some(())
    }
}

/// Items of a history, a summary or a configuration: item = 1, of which key = 1, nested_key = 2,
/// value_json = 16.
fn items_into(items: &[u8], object: &mut Object) -> Option<()> {
    let mut fields = Fields(items);
    while let Some(field) = fields.next() {
        let (1, Field::Bytes(item)) = field? else {
            continue;
        };
        let (mut keys, mut value) = (Vec::new(), Value::Null);
        let mut parts = Fields(item);
        while let Some(part) = parts.next() {
            match part? {
                (1 | 2, Field::Bytes(key)) => keys.push(String::from_utf8_lossy(key).into_owned()),
                (16, Field::Bytes(json)) => {
                    let text = String::from_utf8_lossy(json);
                    let text = super::super::log::without_nan(&text);
                    value = serde_json::from_str(&text).ok()?;
                }
                _ => {}
            }
        }
        keys.retain(|key| !key.is_empty());
        // W&B's notes about itself are skipped.
        if keys.first().is_some_and(|key| key != "_wandb") {
            object.insert(keys.join("."), value);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log of one record for each of the messages.
    fn log(records: &[&[u8]]) -> Vec<u8> {
        let mut bytes = IDENT.to_vec();
        for record in records {
            let mut part = vec![1];
            part.extend_from_slice(record);
            let mut sum = Crc::new();
            sum.update(&part);
            bytes.extend(sum.sum().to_le_bytes());
            bytes.extend((record.len() as u16).to_le_bytes());
            bytes.extend(part);
        }
        bytes
    }

    #[test]
    fn the_last_values_the_name_and_the_end_of_a_run_are_read() {
        let history = |value: &[u8]| {
            let mut item = b"\x12\x04loss\x82\x01\x03".to_vec();
            item.extend_from_slice(value);
            [
                &[0x12, item.len() as u8 + 2, 0x0a, item.len() as u8],
                &item[..],
            ]
            .concat()
        };
        let run = b"\x8a\x01\x07\x42\x05small";
        let exit = b"\x92\x01\x00";
        let all = log(&[run, &history(b"3.5"), &history(b"3.4"), exit]);
        let logged = read(&all).unwrap();
        assert_eq!(logged.name.as_deref(), Some("small"));
        assert_eq!(logged.summary["loss"], 3.4);
        assert_eq!(logged.state, "finished");
        // The log of a running run may end anywhere.
        let cut = read(&all[..all.len() - 5]).unwrap();
        assert_eq!(
            (cut.state, &cut.summary["loss"]),
            ("running", &Value::from(3.4))
        );
        let mut damaged = all;
        damaged[16] ^= 1;
        assert!(read(&damaged).is_none() && read(b"text").is_none());
    }
}
