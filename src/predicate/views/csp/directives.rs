//! The names of directives: those that browsers act on, and those that they once did.
//!
//! Invariant: no name is in two of the lists. Must never import a folder of this crate but `base`.

use super::EFFECTIVE;

/// Directives that some browser acts on, beyond those of [`EFFECTIVE`].
const KNOWN: &[&str] = &[
    "default-src",
    "fenced-frame-src",
    "sandbox",
    "report-to",
    "report-uri",
    "require-trusted-types-for",
    "trusted-types",
    "upgrade-insecure-requests",
    "webrtc",
];

/// Directives that have been withdrawn: browsers ignore them, or are about to.
const DEPRECATED: &[&str] = &[
    "block-all-mixed-content",
    "disown-opener",
    "navigate-to",
    "plugin-types",
    "prefetch-src",
    "referrer",
    "reflected-xss",
    "require-sri-for",
];

/// Directives that a `meta` element cannot give (HTML §4.2.5.3).
pub(super) const HEADER_ONLY: &[&str] = &["frame-ancestors", "report-uri", "sandbox"];

/// Whether a directive has been withdrawn.
pub(super) fn is_deprecated(name: &str) -> bool {
    DEPRECATED.contains(&name)
}

/// Whether some browser acts on a directive.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name) || EFFECTIVE.iter().any(|field| field.name == name)
}

/// Whether the values of a directive are source expressions.
pub(super) fn has_sources(name: &str) -> bool {
    matches!(name, "default-src" | "fenced-frame-src" | "prefetch-src")
        || EFFECTIVE.iter().any(|field| field.name == name)
}

/// Every name that is or was a directive.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let known = KNOWN.iter().chain(DEPRECATED).copied();
    known.chain(EFFECTIVE.iter().map(|field| field.name))
}
