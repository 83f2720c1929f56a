//! Where in a site a token was found, which decides how bad that is.
//!
//! Owns the words of `context`. Invariant: an answer and a place give one word, whatever the token is. Must never import a
//! folder above `expr`.

use std::ops::Range;

use crate::predicate::answer::Answer;
use crate::predicate::content::class::Class;

/// Every word, in the order in which they are asked for.
pub(super) const CONTEXTS: &[&str] =
    &["source-map", "comment", "error-page", "config", "api", "bundle", "html", "other"];

/// Bytes before a token in which a comment that holds it begins.
const COMMENT: usize = 2048;

/// Endings of paths of files that configure something.
const CONFIGS: &[&str] = &[
    ".env",
    ".yml",
    ".yaml",
    ".toml",
    ".ini",
    ".cfg",
    ".conf",
    ".properties",
    ".plist",
    ".xml",
    "config.json",
    "config.js",
    "settings.json",
    "settings.js",
    "env.js",
    "env.json",
    "appsettings.json",
    "environment.json",
    "environment.js",
    "manifest.json",
    "constants.json",
    "credentials.json",
    "firebase.json",
];

/// The word for bytes of a body. `in_map`: whether they were found in a source of a source map.
pub(super) fn context(answer: &Answer, at: &Range<usize>, in_map: bool) -> &'static str {
    let status = answer.response().map_or(0, |response| response.status);
    let class = answer.class().ok();
    if in_map {
        "source-map"
    } else if is_comment(&answer.body(), at.start, class) {
        "comment"
    } else if status >= 400 {
        "error-page"
    } else if is_config(&answer.exchange().probe.target) {
        "config"
    } else {
        match class {
            Some(Class::Json) => "api",
            Some(Class::Script | Class::Style) => "bundle",
            Some(Class::Html) => "html",
            _ => "other",
        }
    }
}

/// Whether a path names a file that configures something: `/.env.production` too.
fn is_config(target: &[u8]) -> bool {
    let path = target.split(|byte| matches!(byte, b'?' | b'#')).next().unwrap_or(target).to_ascii_lowercase();
    let file = path.rsplit(|byte| *byte == b'/').next().unwrap_or(&path);
    file.starts_with(b".env") || CONFIGS.iter().any(|end| file.ends_with(end.as_bytes()))
}

/// Whether a comment is open before a byte.
fn is_comment(body: &[u8], at: usize, class: Option<Class>) -> bool {
    let before = body.get(at.saturating_sub(COMMENT)..at).unwrap_or_default();
    let open = |start: &[u8], end: &[u8]| {
        let opened = memchr::memmem::rfind(before, start);
        opened.is_some_and(|opened| memchr::memmem::rfind(before, end).is_none_or(|closed| closed < opened))
    };
    match class {
        Some(Class::Html) => open(b"<!--", b"-->"),
        Some(Class::Script | Class::Style) => open(b"/*", b"*/") || is_line_comment(before),
        _ => false,
    }
}

/// Whether the line begins with `//`: further on, it is as often part of a URL.
fn is_line_comment(before: &[u8]) -> bool {
    let line = memchr::memrchr(b'\n', before).and_then(|at| before.get(at + 1..)).unwrap_or_default();
    line.trim_ascii_start().starts_with(b"//")
}
