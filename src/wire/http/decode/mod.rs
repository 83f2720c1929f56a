//! Content codings, undone as the bytes arrive (RFC 9110 §8.4).
//!
//! Takes encoded bytes in any pieces, hands decoded blocks to a sink. Invariant: no layer ever holds more than one block
//! of output, the sink is asked after every block, and no layer makes more than the body limit, so a bomb costs no more
//! than an honest body of that size. One codec a file. Must never import sockets.

mod brotli;
mod flate;
mod gzip;
mod zstd;

use crate::base::Limits;

/// Bytes of one block of output.
const BLOCK: usize = 16 << 10;

/// A content coding that is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// `gzip` (RFC 1952).
    Gzip,
    /// `deflate`: zlib (RFC 1950), or raw (RFC 1951) as some servers send it.
    Deflate,
    /// `br` (RFC 7932).
    Brotli,
    /// `zstd` (RFC 8878), windows up to 8 MiB (RFC 9659).
    Zstd,
}

impl Coding {
    /// The coding of that name, case ignored.
    pub fn parse(name: &[u8]) -> Option<Self> {
        const NAMES: [(&[u8], Coding); 5] = [
            (b"gzip", Coding::Gzip),
            (b"x-gzip", Coding::Gzip),
            (b"deflate", Coding::Deflate),
            (b"br", Coding::Brotli),
            (b"zstd", Coding::Zstd),
        ];
        NAMES.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, coding)| coding)
    }
}

/// The bytes are not of the coding that they are said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Broken;

/// What one step of a codec did.
#[derive(Debug, Clone, Copy)]
struct Step {
    used: usize,
    made: usize,
    /// The coded text ended; what follows is not part of it.
    ended: bool,
}

enum Codec {
    Gzip(gzip::Gzip),
    Deflate(flate::Deflate),
    Brotli(brotli::Brotli),
    Zstd(zstd::Zstd),
}

impl Codec {
    fn new(coding: Coding) -> Result<Self, Broken> {
        Ok(match coding {
            Coding::Gzip => Self::Gzip(gzip::Gzip::new()),
            Coding::Deflate => Self::Deflate(flate::Deflate::new()),
            Coding::Brotli => Self::Brotli(brotli::Brotli::new()),
            Coding::Zstd => Self::Zstd(zstd::Zstd::new()?),
        })
    }

    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Broken> {
        match self {
            Self::Gzip(codec) => codec.step(input, output),
            Self::Deflate(codec) => codec.step(input, output),
            Self::Brotli(codec) => codec.step(input, output),
            Self::Zstd(codec) => codec.step(input, output),
        }
    }

    /// Whether the input so far may end here.
    fn may_end(&self) -> bool {
        match self {
            Self::Gzip(codec) => codec.may_end(),
            Self::Zstd(codec) => codec.may_end(),
            Self::Deflate(_) | Self::Brotli(_) => false,
        }
    }

    /// The most bytes that the codec itself keeps: its window and tables.
    fn window(&self) -> usize {
        match self {
            Self::Gzip(_) | Self::Deflate(_) => 64 << 10,
            Self::Zstd(_) => zstd::WINDOW + (256 << 10),
            Self::Brotli(_) => brotli::WINDOW + (256 << 10),
        }
    }
}

struct Layer {
    codec: Codec,
    block: Box<[u8]>,
    made: usize,
    ended: bool,
}

/// Why decoding stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// The sink wants no more.
    Stopped,
    /// A layer made more bytes than the body limit.
    Limit,
    /// The bytes are not what the coding's name says; every byte decoded before was handed on.
    Broken,
}

/// Undoes the codings of one body.
pub struct ContentDecoder {
    /// The outermost coding first.
    layers: Vec<Layer>,
    limit: usize,
    fed: bool,
}

impl ContentDecoder {
    /// A decoder for codings in the order they were applied; `None` where there are none or more than the limit.
    pub fn new(codings: &[Coding], limits: &Limits) -> Option<Self> {
        if codings.is_empty() || codings.len() > limits.encodings {
            return None;
        }
        let layer = |coding: &Coding| {
            let codec = Codec::new(*coding).ok()?;
            Some(Layer { codec, block: vec![0; BLOCK].into(), made: 0, ended: false })
        };
        let layers = codings.iter().rev().map(layer).collect::<Option<_>>()?;
        Some(Self { layers, limit: limits.body, fed: false })
    }

    /// Decodes a piece. The sink gets each block, and an empty one where a layer worked without output; it returns
    /// false to stop.
    pub fn push(&mut self, input: &[u8], sink: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), Halt> {
        self.fed |= !input.is_empty();
        run(&mut self.layers, input, self.limit, sink)
    }

    /// Whether the body may end here: every layer came to its end, or nothing came at all.
    pub fn is_complete(&self) -> bool {
        !self.fed || self.layers.iter().all(|layer| layer.ended || layer.codec.may_end())
    }

    /// Whether nothing was decoded yet.
    pub fn is_fresh(&self) -> bool {
        self.layers.last().is_none_or(|layer| layer.made == 0)
    }

    /// Bytes of memory that the layers may use by now: a window is never fuller than what was made.
    pub fn memory(&self) -> usize {
        self.layers.iter().map(|layer| BLOCK + (64 << 10) + layer.codec.window().min(layer.made)).sum()
    }
}

impl std::fmt::Debug for ContentDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ContentDecoder({} layers)", self.layers.len())
    }
}

fn run(layers: &mut [Layer], mut input: &[u8], limit: usize, sink: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), Halt> {
    let Some((layer, rest)) = layers.split_first_mut() else {
        return if sink(input) { Ok(()) } else { Err(Halt::Stopped) };
    };
    while !layer.ended {
        let step = layer.codec.step(input, &mut layer.block).map_err(|Broken| Halt::Broken)?;
        input = input.get(step.used..).unwrap_or(&[]);
        layer.made += step.made;
        layer.ended = step.ended;
        if step.made == 0 && !sink(&[]) {
            return Err(Halt::Stopped);
        }
        if step.made > 0 {
            run(rest, layer.block.get(..step.made).unwrap_or(&[]), limit, sink)?;
        }
        if layer.made > limit {
            return Err(Halt::Limit);
        }
        let blocked = step.used == 0 && step.made == 0;
        if blocked || (input.is_empty() && step.made < layer.block.len()) {
            break;
        }
    }
    Ok(())
}
