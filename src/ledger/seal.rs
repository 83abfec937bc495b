//! Files that carry their own digest, so that any change of them shows.
//!
//! A sealed file is JSON whose last field is the digest of everything before it, alone on the
//! second-last line. The digest covers the file without its last two lines: `head -n -2 FILE |
//! sha256sum`.

use crate::digest::sha256;
use crate::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// The text before and after the digest, on the two lines that it does not cover.
const BEFORE: &str = "  \"digest\": \"";
const AFTER: &str = "\"\n}\n";
/// Length of `sha256:` and 64 hexadecimal digits.
const DIGEST: usize = 71;

/// The canonical text of a value with its digest as the last field, and the digest. Fields are in
/// their fixed order, keys of maps are sorted, and every number has the shortest form that reads
/// back the same.
pub(super) fn sealed(value: &impl Serialize) -> Result<(String, String)> {
    let text = serde_json::to_string_pretty(value).map_err(|e| {
        Error::new(
            ErrorKind::Io,
            format!("the entry cannot be written as JSON: {e}"),
        )
    })?;
    let body = match text.strip_suffix("\n}") {
        Some(body) => format!("{body},\n"),
        None => {
            return Err(Error::new(
                ErrorKind::Io,
                "only an object with fields can be sealed",
            ));
        }
    };
    let digest = sha256([&body]);
    Ok((format!("{body}{BEFORE}{digest}{AFTER}"), digest))
}

/// The JSON in a sealed file without its digest, and the digest.
///
/// # Errors
/// [`ErrorKind::Data`] unless the file ends in the digest of its other bytes.
pub(super) fn opened(bytes: &[u8], source: &str) -> Result<(String, String)> {
    let bad = |message: String| Error::new(ErrorKind::Data, message).at(source, None, None);
    let not_whole = || {
        bad("not a whole entry: its last two lines are not a digest".to_owned())
            .with_hint("get the file again as it was written; its end is cut off or edited")
    };
    let text = std::str::from_utf8(bytes).map_err(|_| bad("it is not UTF-8".to_owned()))?;
    let split = text
        .len()
        .checked_sub(BEFORE.len() + DIGEST + AFTER.len())
        .filter(|at| text.is_char_boundary(*at))
        .ok_or_else(not_whole)?;
    let (body, tail) = text.split_at(split);
    let written = tail
        .strip_prefix(BEFORE)
        .and_then(|rest| rest.strip_suffix(AFTER))
        .ok_or_else(not_whole)?;
    let digest = sha256([body]);
    if digest != written {
        return Err(bad(format!(
            "EDITED: its bytes have {digest}, it says {written}"
        ))
        .with_hint("get the file again as it was written; what it says now was not registered"));
    }
    let json = body.strip_suffix(",\n").ok_or_else(not_whole)?;
    Ok((format!("{json}\n}}"), digest))
}

/// Format and version of a JSON file, to distinguish files before their seals are checked.
#[derive(Deserialize)]
pub(super) struct Probe {
    pub(super) format: Option<String>,
    version: Option<u32>,
}

impl Probe {
    /// The format and version of a file; `None` if it is not a JSON object.
    pub(super) fn of(bytes: &[u8]) -> Option<Probe> {
        serde_json::from_slice(bytes).ok()
    }
}

/// Opens a sealed file of this format with a version up to `newest`. Returns its value, its version
/// and its digest.
pub(super) fn read<T: for<'de> Deserialize<'de>>(
    bytes: &[u8],
    source: &str,
    (format, newest, what): (&str, u32, &str),
) -> Result<(T, u32, String)> {
    let bad = |message: String| Error::new(ErrorKind::Data, message).at(source, None, None);
    if let Some(found) = Probe::of(bytes)
        .and_then(|p| p.format)
        .filter(|f| f != format)
    {
        return Err(bad(format!(
            "not {what}: its format is '{}'",
            crate::text::excerpt(&found)
        )));
    }
    let (json, digest) = opened(bytes, source)?;
    let probe = Probe::of(json.as_bytes());
    let version = match probe.and_then(|p| p.version) {
        Some(version) if (1..=newest).contains(&version) => version,
        Some(version) => {
            return Err(bad(format!(
                "{what} of version {version} is newer than this program knows ({newest})"
            ))
            .with_hint("update scalewise"));
        }
        None => return Err(bad(format!("not {what}: it has no version"))),
    };
    let value = serde_json::from_str(&json).map_err(|e| bad(format!("not {what}: {e}")))?;
    Ok((value, version, digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seal_is_fixed_for_ever() {
        let sealed = sealed(&serde_json::json!({"b": 0.1, "a": [1]}));
        // printf '{\n  "a": [\n    1\n  ],\n  "b": 0.1,\n' | sha256sum
        let wanted = "{\n  \"a\": [\n    1\n  ],\n  \"b\": 0.1,\n  \"digest\": \"sha256:HEX\"\n}\n";
        let (text, digest) = match sealed {
            Ok(sealed) => sealed,
            Err(error) => unreachable!("{error}"),
        };
        assert_eq!(text.replace(&digest, "sha256:HEX"), wanted);
        let hex = "8447e53df2659c622ce95e05d0ddbff9926c507e70c0ebdaaa24cbffba1e642e";
        assert_eq!(digest, format!("sha256:{hex}"));
        assert_eq!(
            opened(text.as_bytes(), "x").map(|o| o.0),
            Ok("{\n  \"a\": [\n    1\n  ],\n  \"b\": 0.1\n}".to_owned())
        );
    }

    #[test]
    fn what_is_not_sealed_is_no_entry() {
        for text in ["", "{}", "{\n}\n", "\u{e9}", &"\u{e9}".repeat(200)] {
            assert!(opened(text.as_bytes(), "x").is_err(), "{text}");
        }
        assert!(sealed(&serde_json::json!({})).is_err());
        assert!(sealed(&3).is_err());
    }
}
