//! Findings and notes on the wire.
//!
//! Invariant: as for the folder. Must never import a folder above `score`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EventName, VERSION};
use crate::base::{Category, Confidence, Severity};

/// A finding: one rule, one host, one evidence key, with all its places.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FindingLine {
    /// Always `finding`.
    #[schemars(extend("const" = "finding"))]
    pub event: EventName,
    /// Version of the output format.
    #[schemars(example = VERSION)]
    pub version: u32,
    /// When it was found (RFC 3339, UTC).
    #[schemars(example = &"2026-01-31T12:00:00.000Z", extend("format" = "date-time"))]
    pub time: String,
    /// How bad it is.
    #[schemars(example = &"medium")]
    pub severity: Severity,
    /// What was found.
    #[serde(flatten)]
    pub what: What,
}

/// A note: a key that is public by design, or a value that identifies but opens nothing. It costs no points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PublicLine {
    /// Always `public`.
    #[schemars(extend("const" = "public"))]
    pub event: EventName,
    /// Version of the output format.
    #[schemars(example = VERSION)]
    pub version: u32,
    /// When it was found (RFC 3339, UTC).
    #[schemars(example = &"2026-01-31T12:00:00.000Z", extend("format" = "date-time"))]
    pub time: String,
    /// What was found.
    #[serde(flatten)]
    pub what: What,
}

/// What findings and notes have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct What {
    /// Id of the rule that matched.
    #[schemars(example = &"dotenv-exposed")]
    pub rule: String,
    /// Name of the rule's case that matched; `rule#case` is its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"with-secrets")]
    pub case: Option<String>,
    /// What is wrong, in one line.
    #[schemars(example = &"An environment file is served to everyone")]
    pub title: String,
    /// What part of the service it speaks of.
    #[schemars(example = &"exposure")]
    pub category: Category,
    /// How sure the rule is; a tentative finding costs half.
    #[schemars(example = &"certain")]
    pub confidence: Confidence,
    /// The host, as scheme, name and port; of files, the path that names them.
    #[schemars(example = &"https://shop.example")]
    pub target: String,
    /// URL of the leading place; absent where that is a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"https://shop.example/.env")]
    pub url: Option<String>,
    /// File of the leading place, relative to the target; absent where that is a URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"assets/index-BrT2.js")]
    pub file: Option<String>,
    /// Values that the rule extracted at the leading place, by name; secrets are masked.
    #[schemars(example = BTreeMap::from([("version", "1.18.0")]))]
    pub extracted: BTreeMap<String, String>,
    /// Where it shows, the leading place first.
    pub places: Vec<PlaceWire>,
    /// Stable identity: the same cause on the same service has the same fingerprint in every run (SHA-256, hexadecimal).
    #[schemars(example = &"0f343b0931126a20f133d67c2b018a3b5f8e1b3a0fdd5d2d8f0f7ab9c1d8d2e4")]
    pub fingerprint: String,
    /// What to change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<FixWire>,
    /// Standards and advisories.
    #[schemars(example = ["https://owasp.org/www-project-secure-headers/"])]
    pub references: Vec<String>,
    /// Number in the Common Weakness Enumeration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = 538)]
    pub cwe: Option<u32>,
    /// What the provider of the token says of it, where `--verify` had it asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"live")]
    pub verified: Option<VerifiedWire>,
    /// Further names of the same facts, for findings of community templates only.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<MatchedWire>,
}

/// The fields by which a finding of a community template compares with other engines' findings of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MatchedWire {
    /// The template's id.
    #[schemars(example = &"git-config")]
    pub template_id: String,
    /// The named matcher that matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"config")]
    pub matcher_name: Option<String>,
    /// The named extractor that extracted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"version")]
    pub extractor_name: Option<String>,
    /// Where it matched.
    #[schemars(example = &"https://shop.example/.git/config")]
    pub matched_at: String,
    /// What was extracted, without names; secrets are masked.
    #[schemars(example = ["1.18.0"])]
    pub extracted_results: Vec<String>,
}

/// What a provider says of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerifiedWire {
    /// It works.
    Live,
    /// It does not.
    Dead,
    /// Neither for certain.
    Unknown,
    /// It was not asked: there were too many questions for one host, or the scan was stopped.
    NotAsked,
}

/// What to change, by server where they differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FixWire {
    /// For every server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Serve no file whose name begins with a dot.")]
    pub default: Option<String>,
    /// By server or framework.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(example = BTreeMap::from([("nginx", "location ~ /\\. { return 404; }")]))]
    pub by_server: BTreeMap<String, String>,
}

/// One place where a finding shows. Offsets speak of the content-decoded bytes of the body, before charset conversion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlaceWire {
    /// The URL as requested; absent where the target is files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"https://shop.example/.env")]
    pub url: Option<String>,
    /// The file, relative to the target, with `/` between folders; absent where the target is a host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"assets/index-BrT2.js")]
    pub file: Option<String>,
    /// Byte offset of the decisive text in the body, where it is in the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = 13)]
    pub offset: Option<u64>,
    /// Its length in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = 19)]
    pub length: Option<u64>,
    /// Its line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = 2)]
    pub line: Option<u64>,
    /// Its column in bytes, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = 1)]
    pub column: Option<u64>,
    /// The original source that the text stands in, with its line, where a source map names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"src/config.ts:12")]
    pub source: Option<String>,
    /// The case that held here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"with-secrets")]
    pub case: Option<String>,
    /// Values that the rule extracted here, by name; secrets are masked.
    #[schemars(example = BTreeMap::from([("version", "1.18.0")]))]
    pub extracted: BTreeMap<String, String>,
    /// The bytes that decided, and how to see them again.
    pub evidence: EvidenceWire,
    /// The rule whose probe this answer belongs to, where a passive rule found it outside its guaranteed set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"server-status-open")]
    pub seen_in: Option<String>,
    /// All that was extracted here, for community templates only: there, several values have one name. Secrets are masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["1.18.0"])]
    pub extracted_results: Option<Vec<String>>,
}

/// Evidence; secrets are masked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceWire {
    /// Request line and fields as sent.
    #[schemars(example = &"GET /.env HTTP/1.1\r\nHost: shop.example\r\n")]
    pub request: String,
    /// Status code of the answer; 0 without one.
    #[schemars(example = 200)]
    pub status: u16,
    /// Head of the answer as received.
    #[schemars(example = &"HTTP/1.1 200 OK\r\nServer: nginx\r\n")]
    pub head: String,
    /// The decisive bytes with a little context.
    #[schemars(example = &"DB_PASSWORD=hun***")]
    pub snippet: String,
    /// A command that sends the same request; absent for files.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(example = &"curl -sik --path-as-is https://shop.example/.env")]
    pub curl: String,
}
