//! DEFLATE, with or without the zlib wrapper.
//!
//! Takes coded bytes, gives plain ones. Invariant: one step fills at most the block it is given. Must never import sockets.

use flate2::{Decompress, FlushDecompress, Status};

use super::{Broken, Step};

/// Runs a raw or zlib inflater once. What it made before it met broken bytes is handed on first.
pub(super) fn inflate(inflater: &mut Decompress, input: &[u8], output: &mut [u8]) -> Result<Step, Broken> {
    let (used, made) = (inflater.total_in(), inflater.total_out());
    let before = |total: u64, base: u64| usize::try_from(total - base).unwrap_or(0);
    let status = inflater.decompress(input, output, FlushDecompress::None).ok();
    let made = before(inflater.total_out(), made);
    if status.is_none() && made == 0 {
        return Err(Broken);
    }
    Ok(Step { used: before(inflater.total_in(), used), made, ended: status == Some(Status::StreamEnd) })
}

/// The `deflate` coding: its first two bytes tell whether the zlib wrapper is there.
pub(super) enum Deflate {
    /// The first byte, if it came alone.
    Sniffing(Option<u8>),
    Inflating(Box<Decompress>),
}

impl Deflate {
    pub(super) fn new() -> Self {
        Self::Sniffing(None)
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Broken> {
        match self {
            Self::Inflating(inflater) => inflate(inflater, input, output),
            Self::Sniffing(first) => {
                let (one, two) = match (*first, input) {
                    (None, [one, two, ..]) => (*one, *two),
                    (Some(one), [two, ..]) => (one, *two),
                    (None, [one]) => {
                        *first = Some(*one);
                        return Ok(Step { used: 1, made: 0, ended: false });
                    }
                    (_, []) => return Ok(Step { used: 0, made: 0, ended: false }),
                };
                let zlib = one & 0x0f == 8 && (u16::from(one) << 8 | u16::from(two)) % 31 == 0;
                let mut inflater = Box::new(Decompress::new(zlib));
                if first.is_some() {
                    inflate(&mut inflater, &[one], output)?;
                }
                let step = inflate(&mut inflater, input, output)?;
                *self = Self::Inflating(inflater);
                Ok(step)
            }
        }
    }
}
