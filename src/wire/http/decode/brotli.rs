//! Brotli (RFC 7932), without the large-window extension.
//!
//! Takes coded bytes, gives plain ones. Invariant: the window is at most [`WINDOW`]. Must never import sockets.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

use super::{Broken, Step};

/// The largest window of the format, 2^24 bytes.
pub(super) const WINDOW: usize = 16 << 20;

type Inner = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

/// The `br` coding.
pub(super) struct Brotli(Box<Inner>);

impl Brotli {
    pub(super) fn new() -> Self {
        let alloc = StandardAlloc::default;
        Self(Box::new(BrotliState::new_strict(alloc(), alloc(), alloc())))
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Broken> {
        let (mut left, mut used) = (input.len(), 0);
        let (mut room, mut made, mut total) = (output.len(), 0, 0);
        let result =
            BrotliDecompressStream(&mut left, &mut used, input, &mut room, &mut made, output, &mut total, &mut self.0);
        match result {
            BrotliResult::ResultFailure if made == 0 => Err(Broken),
            BrotliResult::ResultSuccess => Ok(Step { used, made, ended: true }),
            _ => Ok(Step { used, made, ended: false }),
        }
    }
}
