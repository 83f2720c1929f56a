//! Addresses of requests as templates write them, and what of them goes on the wire.
//!
//! Templates lean on how their first engine reads and writes URLs: dot segments and doubled slashes stay, bytes that have no place in a path are percent-encoded, and a path with a broken `%` is taken
//! literally. Takes rendered texts and `Location` fields; gives origins, request targets and the text that reports
//! show. Invariant: a request target never holds a control character. Must never import a folder above `target`.

use super::query::rewrite;
use crate::base::{Origin, Scheme};

/// Why a text is no request, or no address to send one to, as one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plan) struct Flaw(pub(in crate::plan) String);

/// An HTTP URL, in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plan) struct Address {
    pub(in crate::plan) origin: Origin,
    /// The path as it goes on the wire; empty where there is none.
    path: Vec<u8>,
    query: Vec<u8>,
    fragment: Vec<u8>,
    /// `user:password`, where the text had one before an `@`.
    pub(in crate::plan) userinfo: Option<Vec<u8>>,
}

/// Where a `Location` leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plan) enum Location {
    /// To an HTTP URL; whether the field named its host.
    Web(Address, bool),
    /// To something that no HTTP client can ask for.
    Elsewhere,
    /// Nowhere: the field is no URL.
    Broken,
}

impl Address {
    /// An absolute URL as a template writes it, rendered. Without a scheme it is taken for HTTPS.
    pub(in crate::plan) fn parse(text: &[u8]) -> Result<Self, Flaw> {
        let wrong = || Flaw(format!("`{}` is no HTTP URL", String::from_utf8_lossy(text)));
        let (rest, fragment) = cut(text, b'#');
        let (rest, query) = cut(rest, b'?');
        let (scheme, rest) = split_scheme(rest).ok_or_else(wrong)?;
        let (authority, path) = split_at_slash(rest);
        let (userinfo, origin) = read_authority(scheme, authority).ok_or_else(wrong)?;
        Ok(Self { origin, path: wire_path(path), query: rewrite(query, false), fragment: fragment.to_vec(), userinfo })
    }

    /// The request target: path and query (RFC 9112 §3.2.1).
    ///
    /// # Errors
    /// Where a control character in the query would end up in the request line.
    pub(in crate::plan) fn target(&self) -> Result<Vec<u8>, Flaw> {
        if self.query.iter().any(u8::is_ascii_control) {
            return Err(Flaw("the query holds a control character".into()));
        }
        let mut target = if self.path.is_empty() { b"/".to_vec() } else { self.path.clone() };
        self.append_query(&mut target);
        Ok(target)
    }

    /// The URL as reports show it: the path as sent, the query as written, the fragment.
    pub(in crate::plan) fn shown(&self) -> String {
        let mut shown = self.origin.to_string().into_bytes();
        shown.extend_from_slice(&self.path);
        self.append_query(&mut shown);
        if !self.fragment.is_empty() {
            shown.push(b'#');
            shown.extend_from_slice(&encode(&self.fragment, |byte| belongs_in_path(byte) || b"!()*?".contains(&byte)));
        }
        String::from_utf8_lossy(&shown).into_owned()
    }

    /// The same address with another query before its own.
    pub(in crate::plan) fn with_query_before(mut self, query: &[u8]) -> Self {
        let parts: Vec<&[u8]> = [query, &self.query].into_iter().filter(|part| !part.is_empty()).collect();
        self.query = rewrite(&parts.join(&b'&'), false);
        self
    }

    /// The same address on another origin.
    pub(in crate::plan) fn on(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// Where a `Location` field of an answer from here leads (RFC 3986 §5.2). The query of a URL in which nothing is encoded
    /// is written again.
    pub(in crate::plan) fn follow(&self, field: &[u8]) -> Location {
        match self.resolve(field) {
            Location::Web(mut address, named) => {
                let shown = address.shown();
                let is_encoded = shown.contains('+') || shown.contains('%');
                if !is_encoded || decode(shown.as_bytes()).is_none() {
                    address.query = rewrite(&address.query, false);
                }
                Location::Web(address, named)
            }
            elsewhere => elsewhere,
        }
    }

    fn resolve(&self, field: &[u8]) -> Location {
        let (rest, fragment) = cut(field, b'#');
        let Some(fragment) = decode(fragment) else { return Location::Broken };
        if rest.iter().any(u8::is_ascii_control) {
            return Location::Broken;
        }
        let (scheme, rest) = match scheme_of(rest) {
            Some((b"", _)) => return Location::Broken,
            Some((name, rest)) => (std::str::from_utf8(name).ok().map(str::to_ascii_lowercase), rest),
            None => (None, rest),
        };
        let (path, query, has_query) = match rest.iter().position(|byte| *byte == b'?') {
            Some(_) => (cut(rest, b'?').0, cut(rest, b'?').1, true),
            None => (rest, &b""[..], false),
        };
        let path = if scheme.is_none() && path == b"//" { b"" } else { path };
        if scheme.is_some() && !path.starts_with(b"/") {
            return Location::Elsewhere;
        }
        if scheme.is_none() && !path.starts_with(b"/") && split_at_slash(path).0.contains(&b':') {
            return Location::Broken;
        }
        if let Some(named) = path.strip_prefix(b"//").filter(|_| scheme.is_some() || !path.starts_with(b"///")) {
            let known = scheme.as_deref().map_or(Some(self.origin.scheme), Scheme::parse);
            return follow_named(known, named, query, fragment);
        }
        if scheme.is_some() {
            return Location::Elsewhere;
        }
        let Some(plain) = decode(path) else { return Location::Broken };
        let same_page = path.is_empty() && !has_query;
        let fragment = if same_page && fragment.is_empty() { self.fragment.clone() } else { fragment };
        let query = if same_page { self.query.clone() } else { query.to_vec() };
        let path = wire_path(&resolve(&self.path, &escaped(path, &plain)));
        Location::Web(
            Self { origin: self.origin.clone(), path, query, fragment, userinfo: self.userinfo.clone() },
            false,
        )
    }

    fn append_query(&self, out: &mut Vec<u8>) {
        if !self.query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.query);
        }
    }
}

/// Where a `Location` that names its host leads.
fn follow_named(scheme: Option<Scheme>, named: &[u8], query: &[u8], fragment: Vec<u8>) -> Location {
    let (authority, path) = split_at_slash(named);
    let Some(plain) = decode(path).filter(|_| is_well_formed(authority)) else { return Location::Broken };
    let read = scheme.filter(|_| !authority.is_empty()).and_then(|scheme| read_authority(scheme, authority));
    let Some((userinfo, origin)) = read else { return Location::Elsewhere };
    let path = wire_path(&resolve(&escaped(path, &plain), b""));
    Location::Web(Address { origin, path, query: query.to_vec(), fragment, userinfo }, true)
}

/// The text before the first `at`, and what follows it.
pub(in crate::plan) fn cut(text: &[u8], at: u8) -> (&[u8], &[u8]) {
    match memchr::memchr(at, text) {
        Some(end) => (text.get(..end).unwrap_or(text), text.get(end + 1..).unwrap_or_default()),
        None => (text, b""),
    }
}

fn split_at_slash(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(memchr::memchr(b'/', text).unwrap_or(text.len()))
}

fn split_scheme(text: &[u8]) -> Option<(Scheme, &[u8])> {
    if let Some(rest) = text.strip_prefix(b"http://") {
        return Some((Scheme::Http, rest));
    }
    if let Some(rest) = text.strip_prefix(b"https://").or_else(|| text.strip_prefix(b"//")) {
        return Some((Scheme::Https, rest));
    }
    let is_other = text.starts_with(b"/") || memchr::memmem::find(text, b"://").is_some();
    (!is_other).then_some((Scheme::Https, text))
}

/// The scheme of a reference and the rest (RFC 3986 §3.1).
fn scheme_of(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"+-.".contains(byte)))?;
    let is_scheme = text.get(end) == Some(&b':') && (end == 0 || text.first().is_some_and(u8::is_ascii_alphabetic));
    is_scheme.then(|| cut(text, b':'))
}

/// Host and port, and what stands before an `@`.
fn read_authority(scheme: Scheme, authority: &[u8]) -> Option<(Option<Vec<u8>>, Origin)> {
    let text = std::str::from_utf8(authority).ok()?;
    let (userinfo, host) = match text.rsplit_once('@') {
        Some((userinfo, host)) => (Some(decode(userinfo.as_bytes())?), host),
        None => (None, text),
    };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port),
        _ => (host, ""),
    };
    if !name.starts_with('[') && name.contains(':') {
        return None;
    }
    let port = match port {
        "" => scheme.default_port(),
        port => port.bytes().all(|digit| digit.is_ascii_digit()).then(|| port.parse().ok())??,
    };
    Some((userinfo, Origin::new(scheme, name, port)?))
}

/// Whether an authority is one at all, whatever it names.
fn is_well_formed(authority: &[u8]) -> bool {
    let (userinfo, host) = match memchr::memrchr(b'@', authority) {
        Some(at) => authority.split_at(at),
        None => (&b""[..], authority),
    };
    let host = host.strip_prefix(b"@").unwrap_or(host);
    let port = match memchr::memrchr(b':', host) {
        Some(at) if !host.get(at..).unwrap_or_default().contains(&b']') => host.get(at + 1..).unwrap_or_default(),
        _ => b"",
    };
    let of_user = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
    let of_host =
        |byte: &u8| !byte.is_ascii() || byte.is_ascii_alphanumeric() || b"!\"$%&'()*+,-.:;<=>[]_~".contains(byte);
    userinfo.iter().all(of_user) && host.iter().all(of_host) && port.iter().all(u8::is_ascii_digit)
}

/// The path as it goes on the wire. One that is well-formed stays byte for byte; one that is not is decoded and encoded
/// anew, and one that cannot be decoded is encoded as it stands.
fn wire_path(path: &[u8]) -> Vec<u8> {
    match decode(path).filter(|_| !path.iter().any(u8::is_ascii_control)) {
        Some(plain) => escaped(path, &plain),
        None => encode(path, belongs_in_path),
    }
}

fn escaped(path: &[u8], plain: &[u8]) -> Vec<u8> {
    let is_fit = |byte: &u8| belongs_in_path(*byte) || b"!'()*[]%".contains(byte);
    if path.iter().all(is_fit) { path.to_vec() } else { encode(plain, belongs_in_path) }
}

/// Bytes that a path holds unencoded when it is encoded anew.
fn belongs_in_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"$&+,-./:;=@_~".contains(&byte)
}

fn encode(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or(b'0');
    let mut out = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if belongs(*byte) {
            out.push(*byte);
        } else {
            out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    out
}

/// Percent-decoded; `None` where a `%` is not followed by two digits.
pub(in crate::plan) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        if *byte != b'%' {
            out.push(*byte);
            continue;
        }
        let (high, low) = (hex(*rest.next()?)?, hex(*rest.next()?)?);
        out.push(high << 4 | low);
    }
    Some(out)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// A reference's path, joined with the base's, without dot segments (RFC 3986 §5.2.4).
fn resolve(base: &[u8], reference: &[u8]) -> Vec<u8> {
    let full = match reference.first() {
        None => base.to_vec(),
        Some(b'/') => reference.to_vec(),
        Some(_) => {
            let folder = memchr::memrchr(b'/', base).map_or(&b""[..], |end| base.get(..=end).unwrap_or(base));
            [folder, reference].concat()
        }
    };
    if full.is_empty() {
        return full;
    }
    let mut path = vec![b'/'];
    let (mut first, mut last) = (true, &b""[..]);
    for segment in full.split(|byte| *byte == b'/') {
        last = segment;
        match segment {
            b"." => first = false,
            b".." => {
                let parent = path.get(1..).and_then(|rest| memchr::memrchr(b'/', rest)).unwrap_or(0);
                path.truncate(parent + 1);
                first = path.len() == 1;
            }
            _ => {
                if !first {
                    path.push(b'/');
                }
                path.extend_from_slice(segment);
                first = false;
            }
        }
    }
    if matches!(last, b"." | b"..") {
        path.push(b'/');
    }
    if path.get(1) == Some(&b'/') { path.split_off(1) } else { path }
}
