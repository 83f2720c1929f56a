//! One source expression (CSP3 §2.3.1).
//!
//! Invariant: what does not fit the grammar is `invalid`: browsers ignore it. Must never import a folder of this crate but
//! `base`.

use super::super::digest::{ALGORITHMS, bytes_of, digits_of};
use super::super::lines::lower;
use super::super::record::Record;
use super::super::spec::{Field, Shape, field};
use super::host::{self, HostSource};
use super::open;
use crate::base::Value;
use crate::base::suggest::closest;

/// Keywords, without their quotes.
const KEYWORDS: &[&str] = &[
    "none",
    "self",
    "unsafe-inline",
    "unsafe-eval",
    "strict-dynamic",
    "unsafe-hashes",
    "report-sample",
    "wasm-unsafe-eval",
    "trusted-types-eval",
    "inline-speculation-rules",
    "unsafe-allow-redirects",
    "report-sha256",
    "report-sha384",
    "report-sha512",
];

/// The fields of a source.
pub(super) const FIELDS: &[Field] = &[
    field("directive", Shape::Text, "The directive in which it stands, in lower case."),
    field("text", Shape::Text, "The expression as written."),
    field("kind", Shape::OneOf(&Kind::NAMES), "What it is; browsers ignore what is `invalid`."),
    field("keyword", Shape::OneOf(KEYWORDS), "The keyword without quotes, in lower case; absent otherwise."),
    field("scheme", Shape::Text, "The scheme in lower case, without `:`; absent where none is given."),
    field("host", Shape::Text, "The host in lower case, `*` and a leading `*.` included; absent otherwise."),
    field("port", Shape::Text, "The port, or `*`; absent where none is given."),
    field("path", Shape::Text, "The path; absent where none is given."),
    field(
        "host_kind",
        Shape::OneOf(&["name", "ip", "local"]),
        "Of a host: a name, an address, or one that means the visitor's own machine; absent otherwise.",
    ),
    field("length", Shape::Number, "Characters of a nonce, bytes of a hash's digest; absent otherwise."),
    field(
        "broad",
        Shape::Bool,
        "Whether it covers everyone's hosts: `*`, `https:`, `http://*`, or all names under a top-level domain.",
    ),
    field(
        "open_to",
        Shape::OneOf(&open::CLASSES),
        "What it lets strangers run as script, where it covers such a place: `jsonp` answers that call what the address \
         names, `gadget` libraries that run markup as code, `packages` that anyone may publish, `content` that anyone may \
         upload; absent otherwise.",
    ),
];

/// What a source expression is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Keyword,
    Nonce,
    Hash,
    Scheme,
    Host,
    Invalid,
}

impl Kind {
    const NAMES: [&str; 6] = ["keyword", "nonce", "hash", "scheme", "host", "invalid"];

    fn name(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Nonce => "nonce",
            Self::Hash => "hash",
            Self::Scheme => "scheme",
            Self::Host => "host",
            Self::Invalid => "invalid",
        }
    }
}

/// A source expression.
pub(super) struct Source<'a> {
    pub text: &'a [u8],
    pub kind: Kind,
    pub keyword: Option<&'static str>,
    /// Characters of a nonce, bytes of a digest.
    pub length: Option<usize>,
    /// Bytes that a digest of its algorithm has.
    pub expected_length: Option<usize>,
    scheme: Option<&'a [u8]>,
    host: Option<HostSource<'a>>,
}

impl<'a> Source<'a> {
    /// Reads an expression.
    pub fn parse(text: &'a [u8]) -> Self {
        let kind = Kind::Invalid;
        let source = Self { text, kind, keyword: None, length: None, expected_length: None, scheme: None, host: None };
        if let Some(quoted) = text.strip_prefix(b"'").and_then(|rest| rest.strip_suffix(b"'")) {
            source.quoted(quoted)
        } else if let Some(scheme) = text.strip_suffix(b":").filter(|scheme| host::is_scheme(scheme)) {
            Self { kind: Kind::Scheme, scheme: Some(scheme), ..source }
        } else if let Some(host) = HostSource::parse(text) {
            Self { kind: Kind::Host, scheme: host.scheme, host: Some(host), ..source }
        } else {
            source
        }
    }

    fn quoted(self, quoted: &[u8]) -> Self {
        let after = |prefix: &str| starts_like(quoted, prefix).then(|| quoted.get(prefix.len()..)).flatten();
        if let Some(keyword) = KEYWORDS.iter().find(|keyword| keyword.as_bytes().eq_ignore_ascii_case(quoted)) {
            return Self { kind: Kind::Keyword, keyword: Some(keyword), ..self };
        }
        match (after("nonce-"), hash(quoted)) {
            (Some(nonce), _) if digits_of(nonce).is_some() => {
                Self { kind: Kind::Nonce, length: Some(nonce.len()), ..self }
            }
            (_, Some((digest, expected))) => match digits_of(digest) {
                Some(digits) => {
                    let (length, expected_length) = (bytes_of(digits), Some(expected));
                    Self { kind: Kind::Hash, length, expected_length, ..self }
                }
                None => self,
            },
            _ => self,
        }
    }

    /// The view of the expression, which stands in this directive.
    pub fn to_value(&self, directive: &str) -> Value {
        let mut view = Record::default();
        view.set("directive", directive).set("text", Value::text(self.text)).set("kind", self.kind.name());
        view.set_some("keyword", self.keyword).set_some("scheme", self.scheme.map(lower));
        if let Some(host) = &self.host {
            let name = lower(host.host);
            view.set("host", name.as_str());
            view.set_some("port", host.port.map(Value::text)).set_some("path", host.path.map(Value::text));
            view.set("host_kind", host::host_kind(&name));
            view.set_some("open_to", open::open_to(&name, host.path));
        }
        view.set_some("length", self.length.and_then(|length| i64::try_from(length).ok()));
        view.set("broad", self.is_broad());
        view.build()
    }

    fn is_broad(&self) -> bool {
        match (&self.host, self.scheme) {
            (Some(host), _) => open::is_everyones(&lower(host.host)),
            (None, Some(scheme)) => ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web.as_bytes())),
            (None, None) => false,
        }
    }
}

/// Whether a text starts with these ASCII characters, case ignored.
pub(super) fn starts_like(text: &[u8], start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
}

/// What stands after the name of an algorithm and a hyphen, and the bytes that its digests have.
fn hash(text: &[u8]) -> Option<(&[u8], usize)> {
    let after = |name: &str| starts_like(text, name).then(|| text.get(name.len()..)?.strip_prefix(b"-")).flatten();
    ALGORITHMS.into_iter().find_map(|(name, bytes)| Some((after(name)?, bytes)))
}

/// The keyword, nonce or hash that is meant by a host or scheme without quotes.
pub(super) fn unquoted(text: &[u8]) -> Option<String> {
    let is_keyword = KEYWORDS.iter().any(|keyword| keyword.as_bytes().eq_ignore_ascii_case(text));
    let is_value = starts_like(text, "nonce-") || hash(text).is_some();
    (is_keyword || is_value).then(|| format!("'{}'", String::from_utf8_lossy(text)))
}

/// The keyword, nonce or hash that is meant by words that browsers do not understand.
pub(super) fn meant(text: &[u8]) -> Option<String> {
    let bare = text.trim_ascii();
    let quote = |byte: &u8| b"'\"`,".contains(byte);
    let start = bare.iter().take_while(|byte| quote(byte)).count();
    let end = bare.iter().rev().take_while(|byte| quote(byte)).count();
    let bare = bare.get(start..bare.len().saturating_sub(end)).unwrap_or_default();
    unquoted(bare).or_else(|| {
        let near = closest(&lower(bare), KEYWORDS.iter().copied())?;
        Some(format!("'{near}'"))
    })
}
