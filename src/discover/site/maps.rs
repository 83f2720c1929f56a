//! Source maps: by comment, by field, as the neighbour of their script.
//!
//! Invariant: a map inside a `data:` URL is no address; it is part of the script's own bytes. Must never import anything
//! above `wire`.

use url::Url;

use super::{Found, Kind};

/// Bytes at the end of a script in which the comment stands; bundlers add licences and signatures behind it.
const TAIL: usize = 4096;
/// Bytes of a map that are looked at to know it.
const HEAD: usize = 64 << 10;

/// The address in the last `sourceMappingURL` comment of a script (ECMA-426 §11).
pub(super) fn comment(script: &[u8]) -> Option<String> {
    let tail = script.get(script.len().saturating_sub(TAIL)..)?;
    let at = memchr::memmem::rfind(tail, b"sourceMappingURL=")?;
    let mark = tail.get(..at)?;
    if !(mark.ends_with(b"# ") || mark.ends_with(b"@ ") || mark.ends_with(b"#")) {
        return None;
    }
    let value = tail.get(at + "sourceMappingURL=".len()..)?;
    let end =
        value.iter().position(|byte| byte.is_ascii_whitespace() || b"\"'`*".contains(byte)).unwrap_or(value.len());
    let value = std::str::from_utf8(value.get(..end)?).ok()?;
    (!value.is_empty() && !value.starts_with("data:")).then(|| value.to_owned())
}

/// A map may lie beside its script although nothing says so.
pub(super) fn neighbour(script: &Url, found: &mut Found) {
    if script.path().ends_with(".js") || script.path().ends_with(".mjs") {
        let mut map = script.clone();
        map.set_query(None);
        map.set_path(&format!("{}.map", script.path()));
        found.add_url(Kind::Map, map, true);
    }
}

/// Whether bytes begin like a map: an object with the fields of one, perhaps behind the prefix against inclusion.
pub(super) fn is_map(body: &[u8]) -> bool {
    let body = match body.strip_prefix(b")]}") {
        Some(rest) => rest.get(memchr::memchr(b'\n', rest).map_or(0, |at| at + 1)..).unwrap_or_default(),
        None => body,
    };
    let head = body.get(..body.len().min(HEAD)).unwrap_or_default();
    let tail = body.get(body.len().saturating_sub(HEAD)..).unwrap_or_default();
    let has = |word: &[u8]| [head, tail].iter().any(|part| memchr::memmem::find(part, word).is_some());
    body.trim_ascii_start().starts_with(b"{") && has(b"\"version\"") && (has(b"\"sources\"") || has(b"\"sections\""))
}
