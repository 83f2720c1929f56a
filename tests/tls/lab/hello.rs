//! Reading a ClientHello, the server's side of it.

use std::io::Read;

/// What a client opened with.
#[derive(Debug)]
pub enum Opening {
    /// A hello of SSL 2.0: the version it asks for and the kinds of cipher that it offers.
    Ssl2 { version: u16, kinds: Vec<[u8; 3]> },
    /// A hello of SSL 3.0 or later, and its bytes as they came.
    Tls(Box<ClientHello>),
    /// Nothing, or something else.
    Other,
}

/// A ClientHello (RFC 8446 §4.1.2).
#[derive(Debug, Default)]
pub struct ClientHello {
    /// The record as it came.
    pub raw: Vec<u8>,
    /// `client_version`.
    pub version: u16,
    pub session: Vec<u8>,
    pub suites: Vec<u16>,
    pub compressions: Vec<u8>,
    pub extensions: Vec<(u16, Vec<u8>)>,
}

impl ClientHello {
    /// The data of an extension.
    pub fn extension(&self, kind: u16) -> Option<&[u8]> {
        self.extensions.iter().find(|(it, _)| *it == kind).map(|(_, data)| &data[..])
    }

    /// Numbers of an extension that holds one counted list of them; the length takes `N` bytes.
    fn numbers<const N: usize>(&self, kind: u16) -> Option<Vec<u16>> {
        Some(pairs(self.extension(kind)?.get(N..)?))
    }

    /// Groups that the client supports, in its order; `None` where it does not say.
    pub fn groups(&self) -> Option<Vec<u16>> {
        self.numbers::<2>(10)
    }

    /// Versions of `supported_versions`; none where it does not say.
    pub fn versions(&self) -> Vec<u16> {
        self.numbers::<1>(43).unwrap_or_default()
    }

    /// Groups that the client sent a share for.
    pub fn shares(&self) -> Vec<u16> {
        let mut rest = self.extension(51).and_then(|data| data.get(2..)).unwrap_or_default();
        let mut groups = Vec::new();
        while let [a, b, c, d, after @ ..] = rest {
            groups.push(u16::from_be_bytes([*a, *b]));
            rest = after.get(usize::from(u16::from_be_bytes([*c, *d]))..).unwrap_or_default();
        }
        groups
    }

    /// The name asked for by SNI.
    pub fn name(&self) -> Option<String> {
        let data = self.extension(0)?.get(5..)?;
        Some(String::from_utf8_lossy(data).into_owned())
    }

    /// Application protocols that the client wants.
    pub fn protocols(&self) -> Vec<Vec<u8>> {
        let mut rest = self.extension(16).and_then(|data| data.get(2..)).unwrap_or_default();
        let mut protocols = Vec::new();
        while let [length, after @ ..] = rest {
            let Some(name) = after.get(..usize::from(*length)) else { break };
            protocols.push(name.to_vec());
            rest = &after[name.len()..];
        }
        protocols
    }
}

fn pairs(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}

/// Reads what a client opens with.
pub fn read_opening(stream: &mut impl Read) -> Opening {
    let mut head = [0; 5];
    if stream.read_exact(&mut head).is_err() {
        return Opening::Other;
    }
    if head[0] & 0x80 != 0 && head[2] == 1 {
        return read_ssl2(stream, head).unwrap_or(Opening::Other);
    }
    if head[0] != 22 {
        return Opening::Other;
    }
    let mut body = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
    if stream.read_exact(&mut body).is_err() {
        return Opening::Other;
    }
    let raw = [&head[..], &body].concat();
    parse(raw).map_or(Opening::Other, |hello| Opening::Tls(Box::new(hello)))
}

fn read_ssl2(stream: &mut impl Read, head: [u8; 5]) -> Option<Opening> {
    let length = usize::from(u16::from_be_bytes([head[0] & 0x7f, head[1]]));
    let mut rest = vec![0; length.checked_sub(3)?];
    stream.read_exact(&mut rest).ok()?;
    let kinds = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
    let kinds = rest.get(6..6 + kinds)?.chunks_exact(3).map(|kind| [kind[0], kind[1], kind[2]]).collect();
    Some(Opening::Ssl2 { version: u16::from_be_bytes([head[3], head[4]]), kinds })
}

/// The hello in a record that holds it whole.
fn parse(raw: Vec<u8>) -> Option<ClientHello> {
    let mut reader = Reader(raw.get(5..)?);
    if reader.take(1)? != [1] {
        return None;
    }
    let mut body = Reader(reader.counted::<3>()?);
    let version = u16::from_be_bytes(body.take(2)?.try_into().ok()?);
    body.take(32)?;
    let session = body.counted::<1>()?.to_vec();
    let suites = pairs(body.counted::<2>()?);
    let compressions = body.counted::<1>()?.to_vec();
    let mut extensions = Vec::new();
    if !body.0.is_empty() {
        let mut all = Reader(body.counted::<2>()?);
        while !all.0.is_empty() {
            let kind = u16::from_be_bytes(all.take(2)?.try_into().ok()?);
            extensions.push((kind, all.counted::<2>()?.to_vec()));
        }
    }
    Some(ClientHello { version, session, suites, compressions, extensions, raw })
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Bytes after their length in `N` bytes.
    fn counted<const N: usize>(&mut self) -> Option<&'a [u8]> {
        let length = self.take(N)?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        self.take(length)
    }
}
