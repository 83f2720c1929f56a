//! Response heads, read as leniently as any browser or proxy on the way might.
//!
//! Takes bytes, gives a status line, all field lines in order and what they say about the body. Invariant: a head that
//! any peer would accept is accepted, and field values keep every byte (NUL and ESC included), so a target cannot hide
//! behind a control character. A parser of ours, because libraries either refuse such lines or drop them; a test holds
//! it against `httparse`. Must never import sockets.

use bytes::Bytes;

use super::decode::Coding;
use crate::base::Limits;
use crate::observation::Header;

/// Content codings that a head may name before the rest is ignored; what is undone is bounded by the limits.
const MAX_CODINGS: usize = 16;

/// What `Content-Length` says (RFC 9110 §8.6).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Length {
    /// Nothing.
    #[default]
    Absent,
    /// One length, perhaps said several times.
    Known(u64),
    /// Several different lengths; the first one.
    Several(u64),
    /// Not a number, negative or too large.
    Invalid,
}

/// What `Transfer-Encoding` says (RFC 9112 §6.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Transfer {
    /// Nothing, or `identity`.
    #[default]
    Plain,
    /// The last coding is `chunked`.
    Chunked,
    /// Another coding comes last: the body ends with the connection.
    Unknown,
}

/// A parsed head.
#[derive(Debug, Clone)]
pub struct Head {
    /// `HTTP/1.1` and the like.
    pub version: &'static str,
    /// The status code, 100 to 999.
    pub status: u16,
    /// The reason phrase.
    pub reason: Bytes,
    /// Field lines in order, at most as many as the limit.
    pub headers: Vec<Header>,
    /// The bytes as received, the empty line excluded.
    pub raw: Bytes,
    /// Whether more lines came than are kept.
    pub over_limit: bool,
    /// What the fields say about the length.
    pub length: Length,
    /// What the fields say about the transfer coding.
    pub transfer: Transfer,
    /// Whether transfer codings besides `chunked` were applied.
    pub transfer_coded: bool,
    /// Content codings in the order applied; `None` where one is not known.
    pub codings: Vec<Option<Coding>>,
    /// Whether the connection stays open by the rules of RFC 9112 §9.3.
    pub keep_alive: bool,
}

/// How far a head has come.
#[derive(Debug)]
pub enum HeadStep {
    /// More bytes are needed.
    Partial,
    /// The head and how many bytes it took, the empty line included.
    Complete(Box<Head>, usize),
    /// The end of the head came, but it is not one.
    Malformed,
}

/// Reads the head at the start of `bytes`. Line breaks before the status line are skipped.
pub fn parse_head(bytes: &[u8], limits: &Limits) -> HeadStep {
    let mut reader = Scanner::default();
    match reader.find_end(bytes) {
        Some(end) => match Head::parse(Bytes::copy_from_slice(end.block(bytes)), limits) {
            Some(head) => HeadStep::Complete(Box::new(head), end.used),
            None => HeadStep::Malformed,
        },
        None => HeadStep::Partial,
    }
}

/// What the first bytes of an answer are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// A status line, or what may become one.
    Http,
    /// Too few bytes to tell a frame or a record from something else.
    Undecided,
    /// An HTTP/2 SETTINGS or GOAWAY frame (RFC 9113 §4.1).
    Http2,
    /// A TLS alert record (RFC 8446 §5.1).
    Tls,
    /// Something else.
    Other,
}

/// Judges the first bytes of an answer.
pub(super) fn opening(bytes: &[u8]) -> Opening {
    let text = skip_breaks(bytes);
    let prefix = b"HTTP/";
    let shown = text.len().min(prefix.len());
    if text.get(..shown) == prefix.get(..shown) {
        return Opening::Http;
    }
    match bytes {
        [0, _, _, 4 | 7, _, 0, 0, 0, 0, ..] => Opening::Http2,
        [0, ..] if bytes.len() < 9 => Opening::Undecided,
        [0x15] => Opening::Undecided,
        [0x15, 3, ..] => Opening::Tls,
        _ => Opening::Other,
    }
}

/// Where a head ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    start: usize,
    end: usize,
    /// Bytes up to the first byte of the body.
    pub(super) used: usize,
}

impl End {
    /// The head's bytes without the empty line.
    pub(super) fn block<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.get(self.start..self.end).unwrap_or(&[])
    }
}

/// Looks for the end of a head in a growing buffer without reading any byte twice.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    /// Where the head starts, after leading line breaks.
    start: usize,
    resume: usize,
}

impl Scanner {
    /// The end, once `bytes` (which starts where it started at the last call) holds it.
    pub(super) fn find_end(&mut self, bytes: &[u8]) -> Option<End> {
        if self.start == self.resume {
            self.start = bytes.len() - skip_breaks(bytes.get(self.start..).unwrap_or(&[])).len();
        }
        let start = self.start;
        let mut at = self.resume.max(start);
        while let Some(found) = memchr::memchr(b'\n', bytes.get(at..).unwrap_or(&[])) {
            let newline = at + found;
            let end = newline + 1;
            match bytes.get(end..).unwrap_or(&[]) {
                [b'\n', ..] => return Some(End { start, end, used: end + 1 }),
                [b'\r', b'\n', ..] => return Some(End { start, end, used: end + 2 }),
                [] | [b'\r'] => {
                    self.resume = newline;
                    return None;
                }
                _ => at = end,
            }
        }
        self.resume = bytes.len().max(start);
        None
    }
}

fn skip_breaks(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or(bytes.len());
    bytes.get(start..).unwrap_or(&[])
}

impl Head {
    /// Parses the lines of a head; `None` where the first is no status line.
    pub(super) fn parse(raw: Bytes, limits: &Limits) -> Option<Self> {
        let line_end = memchr::memchr(b'\n', &raw).unwrap_or(raw.len());
        let first = trim_cr(raw.get(..line_end)?);
        let status = status_line(first)?;
        let mut head = Self {
            version: status.version,
            status: status.code,
            reason: raw.slice_ref(status.reason),
            headers: Vec::with_capacity(memchr::memchr_iter(b'\n', &raw).count().min(limits.header_count)),
            raw: Bytes::new(),
            over_limit: false,
            length: Length::Absent,
            transfer: Transfer::Plain,
            transfer_coded: false,
            codings: Vec::new(),
            keep_alive: status.version == "HTTP/1.1",
        };
        head.read_fields(&raw, line_end + 1, limits.header_count);
        head.raw = raw;
        Some(head)
    }

    fn read_fields(&mut self, raw: &Bytes, start: usize, count: usize) {
        let mut at = start;
        let mut pending: Option<Header> = None;
        while let Some(rest) = raw.get(at..).filter(|rest| !rest.is_empty()) {
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = trim_cr(rest.get(..length).unwrap_or(rest));
            at += length + 1;
            if let (Some(b' ' | b'\t'), Some(field)) = (line.first(), pending.as_mut()) {
                field.value = unfold(&field.value, trim(line));
                continue;
            }
            if let Some(field) = pending.take() {
                self.commit(field, count);
            }
            pending = field_line(raw, line);
        }
        if let Some(field) = pending {
            self.commit(field, count);
        }
    }

    fn commit(&mut self, field: Header, count: usize) {
        self.note(&field);
        if self.headers.len() < count {
            self.headers.push(field);
        } else {
            self.over_limit = true;
        }
    }

    /// Draws what a field says about the body and the connection.
    fn note(&mut self, field: &Header) {
        let (name, value) = (&field.name, &field.value);
        match name.len() {
            10 if name.eq_ignore_ascii_case(b"connection") => {
                for token in tokens(value) {
                    if token.eq_ignore_ascii_case(b"close") {
                        self.keep_alive = false;
                    } else if token.eq_ignore_ascii_case(b"keep-alive") && self.version == "HTTP/1.0" {
                        self.keep_alive = true;
                    }
                }
            }
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                for token in value.split(|b| *b == b',').map(trim) {
                    self.length = join_length(self.length, token);
                }
            }
            16 if name.eq_ignore_ascii_case(b"content-encoding") => {
                let room = MAX_CODINGS.saturating_sub(self.codings.len());
                let named = tokens(value).filter(|t| !t.eq_ignore_ascii_case(b"identity"));
                self.codings.extend(named.take(room).map(Coding::parse));
            }
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                for token in tokens(value) {
                    self.transfer = if token.eq_ignore_ascii_case(b"chunked") {
                        Transfer::Chunked
                    } else if token.eq_ignore_ascii_case(b"identity") {
                        self.transfer
                    } else {
                        self.transfer_coded = true;
                        Transfer::Unknown
                    };
                }
            }
            _ => {}
        }
    }
}

struct StatusLine<'a> {
    version: &'static str,
    code: u16,
    reason: &'a [u8],
}

fn status_line(line: &[u8]) -> Option<StatusLine<'_>> {
    let rest = line.strip_prefix(b"HTTP/")?;
    let space = rest.iter().position(|b| matches!(b, b' ' | b'\t'))?;
    let version = match rest.get(..space)? {
        b"1.1" => "HTTP/1.1",
        b"1.0" | b"1" => "HTTP/1.0",
        b"2" | b"2.0" => "HTTP/2.0",
        b"0.9" => "HTTP/0.9",
        // A version that does not exist is taken for the newest of this syntax, as browsers do.
        [major, b'.', minor] if *major != b'0' && major.is_ascii_digit() && minor.is_ascii_digit() => "HTTP/1.1",
        _ => return None,
    };
    let rest = trim(rest.get(space..)?);
    let (digits, reason) = rest.split_at_checked(3)?;
    let ends = reason.first().is_none_or(|b| !b.is_ascii_digit());
    let digit = |b: &u8| b.is_ascii_digit().then(|| u16::from(b - b'0'));
    let code = digits.iter().try_fold(0, |code, b| Some(code * 10 + digit(b)?))?;
    (ends && code >= 100).then(|| StatusLine { version, code, reason: trim(reason) })
}

/// A field line; space before the colon is dropped, and a line without a name is none.
fn field_line(raw: &Bytes, line: &[u8]) -> Option<Header> {
    let colon = memchr::memchr(b':', line)?;
    let name = trim(line.get(..colon)?);
    let value = trim(line.get(colon + 1..)?);
    (!name.is_empty()).then(|| Header { name: raw.slice_ref(name), value: raw.slice_ref(value) })
}

/// Joins a folded line with one space (RFC 9112 §5.2).
fn unfold(value: &[u8], more: &[u8]) -> Bytes {
    let glue: &[u8] = if value.is_empty() || more.is_empty() { b"" } else { b" " };
    [value, glue, more].concat().into()
}

fn join_length(so_far: Length, token: &[u8]) -> Length {
    let digits = !token.is_empty() && token.iter().all(u8::is_ascii_digit);
    let number = std::str::from_utf8(token).ok().filter(|_| digits).and_then(|text| text.parse().ok());
    match (so_far, number) {
        (Length::Invalid, _) | (_, None) => Length::Invalid,
        (Length::Absent, Some(n)) => Length::Known(n),
        (Length::Known(first), Some(n)) if first != n => Length::Several(first),
        (known, Some(_)) => known,
    }
}

fn tokens(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|b| *b == b',').map(trim).filter(|token| !token.is_empty())
}

fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

fn trim_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
