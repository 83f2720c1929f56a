//! Reading DNS messages: integers, names, texts.
//!
//! Takes a whole message, because names point back into it. Invariant: no read goes beyond the message, and a name takes
//! at most 255 bytes and 126 pointers, so that loops end. Must never open a socket.

use std::fmt::Write as _;

/// The most bytes of a name (RFC 1035 §2.3.4).
const MAX_NAME: usize = 255;
/// The most pointers in a name: one for each label that fits.
const MAX_POINTERS: usize = 126;

/// Something in a message that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// A place in a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    message: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Reader<'a> {
    /// The beginning of a message.
    pub(super) fn new(message: &'a [u8]) -> Self {
        Self { message, at: 0, end: message.len() }
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.at >= self.end
    }

    /// The next `length` bytes as a part of their own, in which names may still point anywhere.
    pub(super) fn part(&mut self, length: usize) -> Result<Self, Malformed> {
        let begin = self.at;
        self.bytes(length)?;
        Ok(Self { message: self.message, at: begin, end: self.at })
    }

    /// The next `length` bytes.
    pub(super) fn bytes(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let to = self.at.checked_add(length).filter(|to| *to <= self.end).ok_or(Malformed)?;
        let bytes = self.message.get(self.at..to).ok_or(Malformed)?;
        self.at = to;
        Ok(bytes)
    }

    /// Everything that is left.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        let rest = self.message.get(self.at..self.end).unwrap_or_default();
        self.at = self.end;
        rest
    }

    pub(super) fn u8(&mut self) -> Result<u8, Malformed> {
        self.bytes(1)?.first().copied().ok_or(Malformed)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Malformed> {
        Ok(u16::from_be_bytes(self.bytes(2)?.try_into().map_err(|_| Malformed)?))
    }

    pub(super) fn u32(&mut self) -> Result<u32, Malformed> {
        Ok(u32::from_be_bytes(self.bytes(4)?.try_into().map_err(|_| Malformed)?))
    }

    /// Bytes after their length in one byte.
    pub(super) fn counted(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.u8()?;
        self.bytes(usize::from(length))
    }

    /// A name in presentation form, with its last dot.
    pub(super) fn name(&mut self) -> Result<String, Malformed> {
        let mut text = String::new();
        let (mut at, mut end, mut after) = (self.at, self.end, None);
        let (mut length, mut pointers) = (0, 0);
        loop {
            let byte = usize::from(*self.message.get(at).filter(|_| at < end).ok_or(Malformed)?);
            match byte >> 6 {
                0 if byte == 0 => break,
                0 => {
                    length += byte + 1;
                    let label = self.message.get(at + 1..at + 1 + byte).ok_or(Malformed)?;
                    if length >= MAX_NAME || at + 1 + byte > end {
                        return Err(Malformed);
                    }
                    label.iter().for_each(|byte| push_label(&mut text, *byte));
                    text.push('.');
                    at += 1 + byte;
                }
                3 => {
                    pointers += 1;
                    let low = *self.message.get(at + 1).filter(|_| at + 1 < end).ok_or(Malformed)?;
                    if pointers > MAX_POINTERS {
                        return Err(Malformed);
                    }
                    after.get_or_insert(at + 2);
                    (at, end) = ((byte & 0x3F) << 8 | usize::from(low), self.message.len());
                }
                _ => return Err(Malformed),
            }
        }
        self.at = after.unwrap_or(at + 1);
        if text.is_empty() {
            text.push('.');
        }
        Ok(text)
    }
}

/// A byte of a label (RFC 4343 §2.1).
fn push_label(text: &mut String, byte: u8) {
    match byte {
        b'.' | b' ' | b'\'' | b'@' | b';' | b'(' | b')' | b'"' | b'\\' => {
            text.push('\\');
            text.push(char::from(byte));
        }
        byte => push_byte(text, byte),
    }
}

/// A text in quotes (RFC 1035 §5.1).
pub(super) fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for byte in bytes {
        if matches!(byte, b'"' | b'\\') {
            text.push('\\');
            text.push(char::from(*byte));
        } else {
            push_byte(&mut text, *byte);
        }
    }
    text.push('"');
    text
}

/// A byte that is itself where it can be shown, else three decimal digits.
fn push_byte(text: &mut String, byte: u8) {
    match byte {
        b' '..=b'~' => text.push(char::from(byte)),
        byte => drop(write!(text, "\\{byte:03}")),
    }
}
