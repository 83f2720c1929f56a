//! Names of files in the string literals of scripts.
//!
//! Every literal that ends like a script counts, whatever stands around it: static and dynamic imports, preload lists,
//! route manifests and escaped flight data look alike then. Keys of an object do not count, because bundlers write lists of
//! module names that way. Takes bytes; gives names in order. Invariant: a name is at most [`LONGEST`] bytes and a look ahead
//! at most [`AHEAD`], so each place costs a bounded look. Must never import anything above `wire`.

use super::{Found, Kind};

/// The longest name.
const LONGEST: usize = 256;
/// Literals that are looked at in one script.
const MOST: usize = 20_000;
/// Bytes after a word in which its literal ends.
const AHEAD: usize = 512;
/// Comments of bundlers before a literal.
const COMMENTS: usize = 4;

/// The kind of file that a path names, where scripts load such files.
pub(super) fn kind_of_path(path: &str) -> Option<Kind> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let (stem, extension) = name.rsplit_once('.')?;
    if stem.is_empty() {
        return None;
    }
    match extension {
        "js" | "mjs" | "cjs" => Some(if is_worker(name) { Kind::Worker } else { Kind::Script }),
        "map" if stem.ends_with(".js") || stem.ends_with(".mjs") => Some(Kind::Map),
        _ => None,
    }
}

/// Whether a script is called as service workers are.
fn is_worker(name: &str) -> bool {
    const NAMES: [&str; 8] = [
        "sw.js",
        "service-worker.js",
        "serviceworker.js",
        "service_worker.js",
        "firebase-messaging-sw.js",
        "ngsw-worker.js",
        "worker-sw.js",
        "sw.mjs",
    ];
    NAMES.contains(&name.to_ascii_lowercase().as_str())
}

/// The names of scripts in a text, each as it is written.
pub(super) fn script_names<'a>(text: &'a [u8], found: &mut Found) -> impl Iterator<Item = &'a str> + use<'a> {
    places(text, "js", found).filter_map(|at| name_ending_at(text, at + 2))
}

/// Where a word stands, at most so often; that there is more is noted.
fn places<'a>(text: &'a [u8], word: &'static str, found: &mut Found) -> impl Iterator<Item = usize> + use<'a> {
    let mut all: Vec<usize> = memchr::memmem::find_iter(text, word).take(MOST + 1).collect();
    found.is_skimmed |= all.len() > MOST;
    all.truncate(MOST);
    all.into_iter()
}

/// The literal that ends here, where it is closed by the quote that opens it and is no key.
fn name_ending_at(text: &[u8], end: usize) -> Option<&str> {
    let from = end.saturating_sub(LONGEST);
    let before = text.get(from..end)?;
    let query = text.get(end..end.saturating_add(64).min(text.len()))?;
    let close = match query.first()? {
        // A version after the name is part of the address and is left out: the same file answers without it.
        b'?' => query.iter().position(|byte| b"\"'`".contains(byte))?,
        _ => 0,
    };
    let close = if query.get(close) == Some(&b'\\') { close + 1 } else { close };
    let quote = *query.get(close).filter(|byte| b"\"'`".contains(byte))?;
    let open = before.iter().rposition(|byte| !is_of_name(*byte))?;
    if before.get(open) != Some(&quote) || before.len() - open < 4 {
        return None;
    }
    let after = query.get(close + 1..)?.trim_ascii_start();
    // Before a colon stands a key, or the first branch of a conditional.
    let is_branch = before.get(..open).is_some_and(|before| before.trim_ascii_end().ends_with(b"?"));
    let is_key = after.first() == Some(&b':') && !is_branch;
    let name = std::str::from_utf8(before.get(open + 1..)?).ok()?;
    let has_ending = name.ends_with(".js") || name.ends_with(".mjs") || name.ends_with(".cjs");
    (has_ending && !is_key && !name.starts_with('.') | name.starts_with("./") | name.starts_with("../")).then_some(name)
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/._-~@$+%:,=()[]".contains(&byte)
}

/// The literal that follows at the start of a text, after white space and comments of bundlers.
pub(super) fn literal(text: &[u8]) -> Option<&str> {
    let text = text.get(..text.len().min(AHEAD))?;
    #[cfg(test)]
    work::add(text.len());
    let mut rest = text.trim_ascii_start();
    for _ in 0..COMMENTS {
        let Some(comment) = rest.strip_prefix(b"/*") else { break };
        rest = comment.get(memchr::memmem::find(comment, b"*/")? + 2..)?.trim_ascii_start();
    }
    let quote = *rest.first().filter(|byte| b"\"'`".contains(byte))?;
    let inner = rest.get(1..)?;
    let name = inner.get(..memchr::memchr(quote, inner)?)?;
    let is_plain = !name.iter().any(|byte| b"\\\n${".contains(byte));
    std::str::from_utf8(name).ok().filter(|name| is_plain && !name.is_empty())
}

/// The literals that follow each occurrence of a word.
pub(super) fn literals_after<'a>(
    text: &'a [u8],
    word: &'static str,
    found: &mut Found,
) -> impl Iterator<Item = &'a str> + use<'a> {
    places(text, word, found).filter_map(move |at| literal(text.get(at + word.len()..)?))
}

/// Bytes that were looked at, so that a test can tell how work grows without a clock.
#[cfg(test)]
pub(super) mod work {
    use std::cell::Cell;

    thread_local!(static DONE: Cell<usize> = const { Cell::new(0) });

    pub fn add(bytes: usize) {
        DONE.set(DONE.get() + bytes);
    }

    pub fn take() -> usize {
        DONE.take()
    }
}
