//! Raw requests that go out byte for byte, malformed or not.
//!
//! Only the path in the text is joined with the target's; no field is added, no cookie, and no redirect is followed.
//! User-given fields go behind the `Host` field, so that a scan's credentials reach its own host here as well.
//! Invariant: what is sent is the text, but for these. Must never import a folder above `target`.

use std::time::Duration;

use bytes::Bytes;

use super::raw::{join, read};
use super::vars::split_path;
use super::{Prepared, StepContext, StepError, check_resolved, window};
use crate::base::Secret;
use crate::observation::{HttpProbe, HttpVersion, Method};
use crate::plan::Follow;
use crate::plan::client::{cut, decode, rewrite};
use crate::plan::head::Given;
use crate::rule::sequence::{HttpBlock, RawStep};

/// How long an answer is waited for where the text never ends its head: who answers that at all does so at once, and
/// everybody else waits for us.
const UNFINISHED: Duration = Duration::from_secs(1);

/// The request of a text.
pub(super) fn prepare(block: &HttpBlock, raw: &RawStep, cx: &StepContext<'_>) -> Result<Prepared, StepError> {
    let text = raw.text.render(cx.env).bytes;
    let written = read(&text, true)?;
    let path = merged(block, &written.path, cx);
    let wire = replaced(&text, &written.path, &path);
    check_resolved(&wire, cx)?;
    let wire = with_fields(wire, &cx.identity.headers);
    let (line, _) = cut(&wire, b'\n');
    let target = line.split(|byte| *byte == b' ').nth(1).unwrap_or_default().trim_ascii();
    let probe = HttpProbe {
        origin: cx.host.origin.clone(),
        method: Method::from(&*written.method),
        target: Bytes::copy_from_slice(target),
        version: HttpVersion::Http1,
        window: window(block, cx),
        most: None,
        timeout: raw.timeout.or_else(|| is_unfinished(&wire).then_some(UNFINISHED)),
        sni: None,
        wire: Secret::new(wire.into()),
    };
    let shown = if path.is_empty() || path.starts_with(b"/") { path } else { [b"/", &path[..]].concat() };
    let matched_at = format!("{}{}", cx.host.origin, String::from_utf8_lossy(&reported(&shown)));
    Ok(Prepared { probe, follow: Follow::NOTHING, matched_at })
}

fn is_unfinished(wire: &[u8]) -> bool {
    memchr::memmem::find(wire, b"\r\n\r\n").is_none() && memchr::memmem::find(wire, b"\n\n").is_none()
}

/// The path with the target's before it. One without a slash at its beginning stays as it is below the root.
fn merged(block: &HttpBlock, path: &[u8], cx: &StepContext<'_>) -> Vec<u8> {
    let (base, query) = split_path(&cx.endpoint.path);
    let base = if block.joins_paths { base } else { "" };
    if path.is_empty() {
        return Vec::new();
    }
    let path = if base.is_empty() || path != b"/" { path } else { b"" };
    let joined = match base.is_empty() && !path.starts_with(b"/") {
        true => path.to_vec(),
        false => join(base.as_bytes(), path),
    };
    let (before, own) = cut(&joined, b'?');
    let parts: Vec<&[u8]> = [query.as_bytes(), own].into_iter().filter(|part| !part.is_empty()).collect();
    let query = rewrite(&parts.join(&b'&'), true);
    if query.is_empty() { before.to_vec() } else { [before, b"?", &query].concat() }
}

/// The path as it is reported: decoded, where it can be.
fn reported(path: &[u8]) -> Vec<u8> {
    let (path, query) = path.split_at(memchr::memchr(b'?', path).unwrap_or(path.len()));
    let plain = decode(path).filter(|_| !path.iter().any(u8::is_ascii_control));
    let query = query.strip_prefix(b"?").map(|query| rewrite(query, false)).filter(|query| !query.is_empty());
    let mut shown = plain.unwrap_or_else(|| path.to_vec());
    if let Some(query) = query {
        shown.push(b'?');
        shown.extend_from_slice(&query);
    }
    shown
}

fn replaced(text: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    match memchr::memmem::find(text, old).filter(|_| !old.is_empty()) {
        Some(at) => {
            let (before, rest) = text.split_at(at);
            [before, new, rest.get(old.len()..).unwrap_or_default()].concat()
        }
        None => text.to_vec(),
    }
}

/// The text with user-given fields behind its `Host` field, where it has one.
fn with_fields(wire: Vec<u8>, given: &Given) -> Vec<u8> {
    let host = memchr::memmem::find(&wire.to_ascii_lowercase(), b"\nhost:").map(|at| at + 1);
    let end = host.and_then(|at| memchr::memmem::find(wire.get(at..)?, b"\r\n").map(|end| at + end + 2));
    let Some(end) = end.filter(|_| !given.is_empty()) else { return wire };
    let (before, after) = wire.split_at(end);
    let mut out = before.to_vec();
    for (name, value) in given {
        out.extend_from_slice(&[name.as_bytes(), b": ", value.expose().as_bytes(), b"\r\n"].concat());
    }
    out.extend_from_slice(after);
    out
}
