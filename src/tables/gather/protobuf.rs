//! Fields of protocol-buffer messages, as far as trackers use them.

/// A field of a message: its number, and a number or bytes.
pub(super) enum Field<'b> {
    Number(u64),
    Bytes(&'b [u8]),
}

/// The fields of a protocol-buffer message.
pub(super) struct Fields<'b>(pub(super) &'b [u8]);

impl<'b> Fields<'b> {
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn bytes(&mut self, length: usize) -> Option<&'b [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    /// The next field; `None` at the end of the message, `Some(None)` if it is damaged.
    #[allow(clippy::option_option)]
    pub(super) fn next(&mut self) -> Option<Option<(u64, Field<'b>)>> {
        (!self.0.is_empty()).then(|| {
            let key = self.varint()?;
            let field = match key & 7 {
                0 => Field::Number(self.varint()?),
                1 => Field::Number(u64::from_le_bytes(self.bytes(8)?.try_into().ok()?)),
                2 => {
                    let length = usize::try_from(self.varint()?).ok()?;
                    Field::Bytes(self.bytes(length)?)
                }
                5 => Field::Number(u64::from(u32::from_le_bytes(
                    self.bytes(4)?.try_into().ok()?,
                ))),
                _ => return None,
            };
            Some((key >> 3, field))
        })
    }
}
