//! Zstandard (RFC 8878), frames one after another.
//!
//! Takes coded bytes, gives plain ones. Invariant: a frame that asks for a window above [`WINDOW`] is refused before any
//! of it is allocated (RFC 9659 §3). Must never import sockets.

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use super::{Broken, Step};

const WINDOW_LOG: u32 = 23;

/// The largest window, 8 MiB.
pub(super) const WINDOW: usize = 1 << WINDOW_LOG;

/// Input bytes of one step. A step that meets broken bytes loses its own output, so steps are small.
const PIECE: usize = 1 << 10;

/// The `zstd` coding.
pub(super) struct Zstd {
    decoder: Decoder<'static>,
    mid_frame: bool,
}

impl Zstd {
    pub(super) fn new() -> Result<Self, Broken> {
        let mut decoder = Decoder::new().map_err(|_| Broken)?;
        decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG)).map_err(|_| Broken)?;
        Ok(Self { decoder, mid_frame: true })
    }

    pub(super) fn may_end(&self) -> bool {
        !self.mid_frame
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Broken> {
        if input.is_empty() && !self.mid_frame {
            return Ok(Step { used: 0, made: 0, ended: false });
        }
        let mut source = InBuffer::around(input.get(..PIECE).unwrap_or(input));
        let mut target = OutBuffer::around(output);
        let hint = self.decoder.run(&mut source, &mut target).map_err(|_| Broken)?;
        self.mid_frame = hint != 0;
        Ok(Step { used: source.pos(), made: target.pos(), ended: false })
    }
}
