//! The keys that templates have, and which of them make a template refused.
//!
//! Invariant: a key that is listed as known is read somewhere or does not change a verdict; any other makes the template
//! refused. Must never import compile or any later folder.

use crate::base::suggest::closest;
use crate::dialect::yaml::Map;

use super::context::{Cx, shown};
use super::refusal::{self, Why};
use super::value::is_null;

/// The keys of one kind of map.
pub(super) struct Fields {
    /// What the map is, for messages.
    pub noun: &'static str,
    /// Keys that are read, or that change no verdict.
    pub known: &'static [&'static str],
    /// Keys that cannot be done, and why.
    pub refused: &'static [(&'static str, &'static Why)],
}

/// The template itself.
pub(super) const TEMPLATE: Fields = Fields {
    noun: "a template",
    known: &[
        "id",
        "info",
        "flow",
        "variables",
        "constants",
        "self-contained",
        "stop-at-first-match",
        "signature",
        "http",
        "requests",
        "dns",
        "tcp",
        "network",
        "ssl",
        "websocket",
        "whois",
        "headless",
        "file",
        "code",
        "javascript",
        "workflows",
    ],
    refused: &[],
};

/// What a template says of itself.
pub(super) const INFO: Fields = Fields {
    noun: "`info`",
    known: &[
        "name",
        "author",
        "tags",
        "description",
        "impact",
        "reference",
        "severity",
        "metadata",
        "classification",
        "remediation",
    ],
    refused: &[],
};

/// An HTTP block.
pub(super) const HTTP: Fields = Fields {
    noun: "an HTTP block",
    known: &[
        "id",
        "name",
        "path",
        "raw",
        "method",
        "body",
        "headers",
        "payloads",
        "attack",
        "threads",
        "max-redirects",
        "redirects",
        "host-redirects",
        "max-size",
        "unsafe",
        "read-all",
        "disable-path-automerge",
        "stop-at-first-match",
        "skip-variables-check",
        "iterate-all",
        "digest-username",
        "digest-password",
        // Cookies are kept throughout a template whatever these say, and earlier answers are always at hand.
        "cookie-reuse",
        "disable-cookie",
        "req-condition",
        "matchers",
        "matchers-condition",
        "extractors",
        "self-contained",
        "signature",
        "global-matchers",
        "pipeline",
        "race",
        "pipeline-concurrent-connections",
        "pipeline-requests-per-connection",
        "race_count",
    ],
    refused: &[
        ("fuzzing", refusal::FUZZING),
        ("pre-condition", refusal::FUZZING),
        ("pre-condition-operator", refusal::FUZZING),
        ("analyzer", refusal::FUZZING),
    ],
};

/// A DNS block.
pub(super) const DNS: Fields = Fields {
    noun: "a DNS block",
    known: &[
        "id",
        "name",
        "type",
        "class",
        "retries",
        "recursion",
        "resolvers",
        "payloads",
        "attack",
        "threads",
        "matchers",
        "matchers-condition",
        "extractors",
        "trace",
        "trace-max-recursion",
    ],
    refused: &[],
};

/// A TCP block.
pub(super) const TCP: Fields = Fields {
    noun: "a TCP block",
    known: &[
        "id",
        "host",
        "port",
        "exclude-ports",
        "inputs",
        "read-size",
        "read-all",
        "payloads",
        "attack",
        "threads",
        "stop-at-first-match",
        "matchers",
        "matchers-condition",
        "extractors",
    ],
    refused: &[],
};

/// What a TCP block sends in one turn.
pub(super) const TCP_INPUT: Fields =
    Fields { noun: "an input", known: &["data", "type", "read", "name"], refused: &[] };

/// A TLS block.
pub(super) const TLS: Fields = Fields {
    noun: "a TLS block",
    known: &[
        "id",
        "address",
        "min_version",
        "max_version",
        "cipher_suites",
        "scan_mode",
        "tls_version_enum",
        "tls_cipher_enum",
        "tls_cipher_types",
        "matchers",
        "matchers-condition",
        "extractors",
    ],
    refused: &[],
};

/// A WebSocket block.
pub(super) const WEBSOCKET: Fields = Fields {
    noun: "a WebSocket block",
    known: &[
        "id",
        "address",
        "headers",
        "inputs",
        "payloads",
        "attack",
        "matchers",
        "matchers-condition",
        "extractors",
    ],
    refused: &[],
};

/// A message of a WebSocket block.
pub(super) const WEBSOCKET_INPUT: Fields = Fields { noun: "an input", known: &["data", "name"], refused: &[] };

/// A matcher.
pub(super) const MATCHER: Fields = Fields {
    noun: "a matcher",
    known: &[
        "type",
        "name",
        "part",
        "condition",
        "negative",
        "internal",
        "case-insensitive",
        "match-all",
        "encoding",
        "words",
        "regex",
        "binary",
        "status",
        "size",
        "dsl",
        "xpath",
    ],
    refused: &[("prompt", refusal::LLM), ("expect", refusal::LLM), ("min-confidence", refusal::LLM)],
};

/// An extractor.
pub(super) const EXTRACTOR: Fields = Fields {
    noun: "an extractor",
    known: &[
        "type",
        "name",
        "part",
        "internal",
        "case-insensitive",
        "regex",
        "group",
        "kval",
        "json",
        "xpath",
        "attribute",
        "dsl",
    ],
    refused: &[("to", refusal::EXTRACTOR_FILE), ("prompt", refusal::LLM)],
};

impl Cx<'_> {
    /// Refuses the template for keys that cannot be done or are not known.
    pub(super) fn check_fields(&mut self, map: &Map, fields: &Fields) {
        for entry in &map.entries {
            let key = &*entry.key.text;
            if fields.known.contains(&key) {
                continue;
            }
            if let Some((_, why)) = fields.refused.iter().find(|(name, _)| *name == key) {
                if !is_null(&entry.value) {
                    self.refuse(why, entry.key_span, "");
                }
                continue;
            }
            self.warn_unknown(map, fields, key, entry.key_span);
            self.refuse(refusal::UNSUPPORTED_FIELD, entry.key_span, &format!("`{}` of {}", shown(key), fields.noun));
        }
    }

    /// Warns of keys that are not known where none changes a verdict.
    pub(super) fn check_notes(&mut self, map: &Map, fields: &Fields) {
        for entry in &map.entries {
            if !fields.known.contains(&&*entry.key.text) {
                self.warn_unknown(map, fields, &entry.key.text, entry.key_span);
            }
        }
    }

    fn warn_unknown(&mut self, map: &Map, fields: &Fields, key: &str, span: crate::base::Span) {
        let free = fields.known.iter().copied().filter(|known| map.get(known).is_none());
        let label = closest(key, free).map_or_else(|| "unknown".into(), |near| format!("did you mean `{near}`?"));
        let title = format!("{} has no key `{}`", fields.noun, shown(key));
        self.warning("R0210", title, span, &label, "");
    }
}
