//! One source expression (CSP3 §2.3.1).
//!
//! Invariant: what does not fit the grammar is `invalid`: browsers ignore it. Must never import a folder of this crate but
//! `base`.

use super::super::lines::lower;
use super::super::record::Record;
use super::super::spec::{Field, Shape, field};
use crate::base::Value;

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
    field("text", Shape::Text, "The expression as written."),
    field(
        "kind",
        Shape::OneOf(&["keyword", "nonce", "hash", "scheme", "host", "invalid"]),
        "What it is; browsers ignore what is `invalid`.",
    ),
    field("keyword", Shape::OneOf(KEYWORDS), "The keyword without quotes, in lower case; absent otherwise."),
    field("scheme", Shape::Text, "The scheme in lower case, without `:`; absent where none is given."),
    field("host", Shape::Text, "The host in lower case, `*` and a leading `*.` included; absent otherwise."),
    field("port", Shape::Text, "The port, or `*`; absent where none is given."),
    field("path", Shape::Text, "The path; absent where none is given."),
];

/// The map of a source expression.
pub(super) fn source(text: &[u8]) -> Value {
    let mut view = Record::default();
    view.set("text", Value::text(text));
    if let Some(quoted) = text.strip_prefix(b"'").and_then(|rest| rest.strip_suffix(b"'")) {
        quoted_source(quoted, &mut view);
    } else if let Some(scheme) = text.strip_suffix(b":").filter(|scheme| is_scheme(scheme)) {
        view.set("kind", "scheme");
        view.set("scheme", lower(scheme));
    } else if let Some(host) = host_source(text) {
        view.set("kind", "host");
        view.set_some("scheme", host.scheme.map(lower));
        view.set("host", lower(host.host));
        view.set_some("port", host.port.map(Value::text));
        view.set_some("path", host.path.map(Value::text));
    } else {
        view.set("kind", "invalid");
    }
    view.build()
}

fn quoted_source(quoted: &[u8], view: &mut Record) {
    let plain = lower(quoted);
    let after = |prefix: &str| plain.starts_with(prefix).then(|| quoted.get(prefix.len()..)).flatten();
    let hash = ["sha256-", "sha384-", "sha512-"].into_iter().find_map(after);
    if let Some(keyword) = KEYWORDS.iter().find(|keyword| **keyword == plain) {
        view.set("kind", "keyword").set("keyword", *keyword);
    } else if after("nonce-").is_some_and(is_base64) {
        view.set("kind", "nonce");
    } else if hash.is_some_and(is_base64) {
        view.set("kind", "hash");
    } else {
        view.set("kind", "invalid");
    }
}

fn is_base64(text: &[u8]) -> bool {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let digits = text.get(..text.len() - padding).unwrap_or_default();
    padding <= 2 && !digits.is_empty() && digits.iter().all(|b| b.is_ascii_alphanumeric() || b"+/-_".contains(b))
}

fn is_scheme(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_alphabetic)
        && text.iter().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b))
}

struct HostSource<'a> {
    scheme: Option<&'a [u8]>,
    host: &'a [u8],
    port: Option<&'a [u8]>,
    path: Option<&'a [u8]>,
}

fn host_source(text: &[u8]) -> Option<HostSource<'_>> {
    let split = memchr::memmem::find(text, b"://").and_then(|at| text.split_at_checked(at));
    let (scheme, rest) = match split.filter(|(scheme, _)| is_scheme(scheme)) {
        Some((scheme, rest)) => (Some(scheme), rest.get(3..)?),
        None => (None, text),
    };
    let end = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let (host, port) = match memchr::memchr(b':', authority).and_then(|at| authority.split_at_checked(at)) {
        Some((host, port)) => (host, Some(port.get(1..)?)),
        None => (authority, None),
    };
    let port_fits = port.is_none_or(|port| port == b"*" || (!port.is_empty() && port.iter().all(u8::is_ascii_digit)));
    // Browsers drop a query or fragment with a warning.
    let path = path.split(|byte| matches!(byte, b'?' | b'#')).next().filter(|path| !path.is_empty());
    (is_host(host) && port_fits).then_some(HostSource { scheme, host, port, path })
}

/// `*`, or labels with dots between, the first of which may be `*`. Browsers take an underscore for a letter.
fn is_host(host: &[u8]) -> bool {
    let labels = host.strip_prefix(b"*.").unwrap_or(host);
    let labels = labels.strip_suffix(b".").unwrap_or(labels);
    let fits = |label: &[u8]| !label.is_empty() && label.iter().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(b));
    host == b"*" || labels.split(|byte| *byte == b'.').all(fits)
}
