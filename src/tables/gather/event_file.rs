//! TensorBoard event files: records of scalars.

use super::super::log::{MEMORY, RawTable, Source, bad};
use super::objects::Object;
use super::objects::of_objects;
use super::protobuf::{Field, Fields};
use crate::{Error, Result};
use serde_json::{Number, Value};
use std::collections::BTreeMap;

pub(super) const NAME: &str = "TensorBoard event file";

/// One row per step with every scalar written at it; of several values, the last.
///
/// A record is its length (8 bytes), a checksum of the length (4), the event, and a checksum of the
/// event (4). An incomplete last record is skipped: the run may still be writing it.
pub(super) fn read(source: &Source<'_>) -> Result<RawTable> {
    let bytes = source.all_up_to(MEMORY)?;
    let mut steps: BTreeMap<i64, Object> = BTreeMap::new();
    let (mut rest, mut number) = (&bytes[..], 0);
    while let Some((record, after)) = next(rest, number, source.name())? {
        number += 1;
        rest = after;
        let event = event(record).ok_or_else(|| damaged(source.name(), number))?;
        for (tag, value) in event.scalars {
            let row = steps.entry(event.step).or_default();
            row.insert(
                tag,
                Number::from_f64(value).map_or(Value::Null, Value::Number),
            );
        }
    }
    if steps.is_empty() {
        return Err(bad(source.name(), None, "the event file holds no scalar")
            .with_hint("leave it out, or name the file with the losses"));
    }
    let rows: Vec<Object> = steps
        .into_iter()
        .map(|(step, mut row)| {
            row.entry("step").or_insert_with(|| Value::from(step));
            row
        })
        .collect();
    of_objects(source.name(), &rows)
}

fn damaged(source: &str, record: u64) -> Error {
    bad(
        source,
        None,
        format!("record {record} of the event file is damaged"),
    )
    .with_hint("copy the file again; its name must hold 'tfevents' only if TensorBoard wrote it")
}

/// The next record and what follows it; `None` after the last whole one.
fn next<'b>(bytes: &'b [u8], number: u64, source: &str) -> Result<Option<(&'b [u8], &'b [u8])>> {
    let Some((head, after)) = bytes.split_at_checked(12) else {
        return Ok(None);
    };
    let (length, sum) = head.split_at(8);
    if masked(length).to_le_bytes() != *sum {
        return Err(damaged(source, number + 1));
    }
    let length = u64::from_le_bytes(length.try_into().unwrap_or_default());
    let whole = usize::try_from(length)
        .ok()
        .and_then(|length| after.split_at_checked(length));
    let Some((record, after)) = whole else {
        return Ok(None);
    };
    let Some((sum, after)) = after.split_at_checked(4) else {
        return Ok(None);
    };
    match masked(record).to_le_bytes() == *sum {
        true => Ok(Some((record, after))),
        false => Err(damaged(source, number + 1)),
    }
}

/// The masked CRC-32C of TFRecord.
fn masked(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0x82f6_3b78 & (sum & 1).wrapping_neg());
        }
    }
    (!sum).rotate_right(15).wrapping_add(0xa282_ead8)
}

#[derive(Default)]
struct Event {
    step: i64,
    scalars: Vec<(String, f64)>,
}

/// `Event`: step = 2, summary = 5, of which value = 1.
fn event(bytes: &[u8]) -> Option<Event> {
    let mut event = Event::default();
    let mut fields = Fields(bytes);
    while let Some(field) = fields.next() {
        match field? {
            (2, Field::Number(step)) => event.step = step as i64,
            (5, Field::Bytes(summary)) => {
                let mut values = Fields(summary);
                while let Some(value) = values.next() {
                    if let (1, Field::Bytes(value)) = value? {
                        event.scalars.extend(scalar(value)?);
                    }
                }
            }
            _ => {}
        }
    }
    Some(event)
}

/// `Summary.Value`: tag = 1, simple_value = 2, tensor = 8. Values that are not scalars, such as
/// images, are skipped.
#[allow(clippy::option_option)]
fn scalar(bytes: &[u8]) -> Option<Option<(String, f64)>> {
    let (mut tag, mut value) = (String::new(), None);
    let mut fields = Fields(bytes);
    while let Some(field) = fields.next() {
        match field? {
            (1, Field::Bytes(text)) => tag = String::from_utf8_lossy(text).into_owned(),
            (2, Field::Number(bits)) => value = Some(f64::from(f32::from_bits(bits as u32))),
            (8, Field::Bytes(bytes)) => value = tensor(bytes)?,
            _ => {}
        }
    }
    Some(value.filter(|_| !tag.is_empty()).map(|value| (tag, value)))
}

/// `TensorProto` of one number: dtype = 1 (1 is float, 2 double), tensor_shape = 2, tensor_content
/// = 4, float_val = 5, double_val = 6.
#[allow(clippy::option_option)]
fn tensor(bytes: &[u8]) -> Option<Option<f64>> {
    let (mut kind, mut value) = (0, None);
    let mut fields = Fields(bytes);
    while let Some(field) = fields.next() {
        match field? {
            (1, Field::Number(number)) => kind = number,
            (4 | 5, Field::Bytes(bits)) if kind == 1 && bits.len() == 4 => {
                value = Some(f64::from(f32::from_le_bytes(bits.try_into().ok()?)));
            }
            (4 | 6, Field::Bytes(bits)) if kind == 2 && bits.len() == 8 => {
                value = Some(f64::from_le_bytes(bits.try_into().ok()?));
            }
            (5, Field::Number(bits)) if kind == 1 => {
                value = Some(f64::from(f32::from_bits(bits as u32)))
            }
            (6, Field::Number(bits)) if kind == 2 => value = Some(f64::from_bits(bits)),
            _ => {}
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum that TensorFlow's own tests give for the twelve zero bytes of CRC-32C, unmasked:
    /// RFC 3720, B.4, has 32 zero bytes as aa 36 91 8a.
    #[test]
    fn the_checksum_is_that_of_rfc_3720() {
        let sum = masked(&[0; 32]).wrapping_sub(0xa282_ead8).rotate_left(15);
        assert_eq!(sum.to_le_bytes(), [0xaa, 0x36, 0x91, 0x8a]);
    }

    #[test]
    fn bytes_that_are_no_events_are_refused_and_a_cut_off_end_is_not() {
        let text = b"compute,loss\n1e18,3.1\n1e19,2.8\n";
        assert!(read(&Source::bytes(text, "events.out.tfevents.1")).is_err());
        let event = [0x10, 7, 0x2a, 9, 0x0a, 7, 0x0a, 0, 0x15, 0, 0, 0x80, 0x3f];
        let mut file = (event.len() as u64).to_le_bytes().to_vec();
        file.extend(masked(&file).to_le_bytes());
        file.extend(event);
        file.extend(masked(&event).to_le_bytes());
        assert!(next(&file, 0, "x").is_ok_and(|found| found.is_some()));
        assert!(next(&file[..file.len() - 1], 0, "x").is_ok_and(|found| found.is_none()));
        file[13] ^= 1;
        assert!(next(&file, 0, "x").is_err());
    }
}
