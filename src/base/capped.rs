//! Reading no more than was agreed.
//!
//! Takes any reader and a limit in bytes; opens nothing itself. Invariant: no more than the limit and one byte is ever
//! held, whatever the reader delivers. Must never import another folder.

use std::io::{self, BufRead, Read};

/// What a reader held.
#[derive(Debug, PartialEq, Eq)]
pub enum Capped {
    /// Everything.
    Whole(Vec<u8>),
    /// More than the limit; what was read is dropped.
    TooLong,
}

/// Reads to the end, or finds that there is more than `limit` bytes.
///
/// # Errors
/// Those of the reader.
pub fn read_all(reader: impl Read, limit: usize) -> io::Result<Capped> {
    read_expected(reader, 0, limit)
}

/// As [`read_all`], with room from the start for the `expected` bytes that a file says it has.
///
/// # Errors
/// Those of the reader.
pub fn read_expected(reader: impl Read, expected: u64, limit: usize) -> io::Result<Capped> {
    let bytes = read_up_to(reader, expected, limit)?;
    Ok(if bytes.len() > limit { Capped::TooLong } else { Capped::Whole(bytes) })
}

/// Reads at most `limit` bytes, with room from the start for the `expected` ones; also says whether there is more.
///
/// # Errors
/// Those of the reader.
pub fn read_start(reader: impl Read, expected: u64, limit: usize) -> io::Result<(Vec<u8>, bool)> {
    let mut bytes = read_up_to(reader, expected, limit)?;
    let is_cut = bytes.len() > limit;
    bytes.truncate(limit);
    Ok((bytes, is_cut))
}

/// Reads up to one byte more than `limit`, so that the end is seen.
#[expect(clippy::disallowed_methods, reason = "`take` caps the reader")]
fn read_up_to(reader: impl Read, expected: u64, limit: usize) -> io::Result<Vec<u8>> {
    let expected = usize::try_from(expected).unwrap_or(limit).min(limit);
    // One byte more, so that the end is seen without growing.
    let mut bytes = if expected == 0 { Vec::new() } else { Vec::with_capacity(expected.saturating_add(1)) };
    reader.take((limit as u64).saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads to the end into a buffer that was used before, or finds that there is more than `limit` bytes; false then.
///
/// # Errors
/// Those of the reader.
#[expect(clippy::disallowed_methods, reason = "`take` caps the reader")]
pub fn read_into(reader: impl Read, limit: usize, bytes: &mut Vec<u8>) -> io::Result<bool> {
    bytes.clear();
    reader.take((limit as u64).saturating_add(1)).read_to_end(bytes)?;
    Ok(bytes.len() <= limit)
}

/// Reads the next line without its line break; `None` at the end. Of a line longer than `limit` the rest is skipped and
/// [`Capped::TooLong`] returned, so the line after it can still be read.
///
/// # Errors
/// Those of the reader.
#[expect(clippy::disallowed_methods, reason = "`take` caps the reader")]
pub fn read_line(reader: &mut impl BufRead, limit: usize) -> io::Result<Option<Capped>> {
    let mut line = Vec::new();
    let read = reader.by_ref().take((limit as u64).saturating_add(2)).read_until(b'\n', &mut line)?;
    if read == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
    } else if line.len() > limit {
        skip_line(reader)?;
    }
    Ok(Some(if line.len() > limit { Capped::TooLong } else { Capped::Whole(line) }))
}

fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let held = reader.fill_buf()?;
        if held.is_empty() {
            return Ok(());
        }
        let end = memchr::memchr(b'\n', held);
        let used = end.map_or(held.len(), |at| at + 1);
        reader.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_is_still_whole() {
        assert_eq!(read_all(&b"abcd"[..], 4).expect("in memory"), Capped::Whole(b"abcd".to_vec()));
        assert_eq!(read_all(&b"abcde"[..], 4).expect("in memory"), Capped::TooLong);
        assert_eq!(read_all(io::repeat(0), 4).expect("endless"), Capped::TooLong);
        for expected in [1, 4, 100, u64::MAX] {
            assert_eq!(read_expected(&b"abcd"[..], expected, 4).expect("in memory"), Capped::Whole(b"abcd".to_vec()));
            assert_eq!(read_expected(&b"abcde"[..], expected, 4).expect("in memory"), Capped::TooLong);
        }
    }

    #[test]
    fn a_line_too_long_does_not_cost_the_next() {
        let mut reader = io::BufReader::with_capacity(3, &b"abcd\r\nabcdefghijkl\n\nlast"[..]);
        let mut next = || read_line(&mut reader, 5).expect("in memory");
        assert_eq!(next(), Some(Capped::Whole(b"abcd".to_vec())));
        assert_eq!(next(), Some(Capped::TooLong));
        assert_eq!(next(), Some(Capped::Whole(Vec::new())));
        assert_eq!(next(), Some(Capped::Whole(b"last".to_vec())));
        assert_eq!(next(), None);
    }
}
