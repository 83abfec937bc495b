//! SHA-256 digests as text.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// `sha256:` and the digest of the concatenated parts, in lower-case hexadecimal.
pub fn sha256<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    let mut text = "sha256:".to_owned();
    for byte in hasher.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
