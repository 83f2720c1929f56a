//! Keys of inline tests: fixtures and expectations.
//!
//! Invariant: as of the grammar's tables. Must never import compile or any later folder.

use super::{ANY, Definition, Key, Object, Shape, TEXTS};
use crate::predicate::Profile;

const FACTS: Shape = Shape::Defined(Definition::Facts);
const ANSWERS: Shape = Shape::Either(&[Shape::Object(&ANSWER), Shape::List(&Shape::Object(&ANSWER))]);
const LEVELS: &[&str] = &["info", "low", "medium", "high", "critical"];
const OUTCOMES: &[&str] = &["match", "clean", "skipped", "inconclusive", "note"];

/// An inline test.
pub static TEST: Object = Object {
    name: "test",
    title: "a test",
    doc: "A small server, and what the rule must make of it.",
    keys: &[
        Key::new("given", Shape::Either(&[Shape::Object(&ANSWER), Shape::Object(&RECORDING), Shape::Named(BY_KEY, &ANSWERS)]), r#"{ "status": 200, "body": "APP_ENV=prod\n" }"#, "One answer for all of the rule's requests, or answers by path (`/a`), by request (`$login`, `$probe.foreign`) and for everything else (`else`). A list answers a repeated request in order, its last for the rest.").required(),
        Key::new("expect", Shape::Either(&[Shape::OneOf(OUTCOMES), Shape::Object(&EXPECT), Shape::List(&Shape::Object(&EXPECT))]), r#""clean""#, "The outcome, or what the finding must be, or a list of findings: the exact set.").required(),
    ],
};

/// Keys of answers by path or request.
pub const BY_KEY: &str = r"^(/.*|\$[a-z][a-z0-9_]*(\..+)?|else)$";

/// A recording instead of answers.
pub static RECORDING: Object = Object {
    name: "recording",
    title: "a recording",
    doc: "Answers of a real server, recorded.",
    keys: &[Key::new("recording", Shape::Text, r#""recordings/nginx.jsonl""#, "The recording's file in the pack.")
        .required()],
};

/// An answer of a fixture.
pub static ANSWER: Object = Object {
    name: "answer",
    title: "an answer",
    doc: "An answer of the small server; texts may use {{request.headers.origin}} and the like.",
    keys: &[
        Key::new("status", Shape::Whole(100, 999), "404", "The status code.").default("200"),
        Key::new(
            "url",
            Shape::Text,
            r#""https://app.example.com/""#,
            "The URL that was asked for, of a rule that sends nothing.",
        )
        .default(r#""https://app.example.com/""#),
        Key::new(
            "sent",
            Shape::Named(ANY, &TEXTS),
            r#"{ "Authorization": "Bearer x" }"#,
            "Field lines that the request carried, of a rule that sends nothing: `request.headers.*`.",
        ),
        Key::new(
            "headers",
            Shape::Named(ANY, &TEXTS),
            r#"{ "Set-Cookie": ["a=1", "b=2"] }"#,
            "Field lines by name; a list makes several. Content-Type goes by the look of the body where it is left out.",
        ),
        Key::new("body", Shape::Text, r#""<!doctype html>""#, "The body.").default(r#""""#),
        Key::new(
            "error",
            Shape::Text,
            r#""connection-refused""#,
            "A failure instead of an answer, by the name of its kind.",
        ),
        Key::new("truncated", Shape::Flag, "true", "Whether the body is cut off.").default("false"),
        Key::new("tls", FACTS, r#"{ "certificate": { "days_left": 12 } }"#, "Facts of a handshake: `tls.*`."),
        Key::new("dns", FACTS, r#"{ "answers": [{ "text": "v=spf1 -all" }] }"#, "Facts of a DNS query: `dns.*`."),
        Key::new("tcp", FACTS, r#"{ "text": "+PONG" }"#, "Facts of a TCP conversation: `tcp.*`."),
        Key::new(
            "endpoint",
            FACTS,
            r#"{ "method": "GET", "auth": "required" }"#,
            "Facts of the endpoint: `endpoint.*`.",
        ),
        Key::new(
            "profile",
            Shape::OneOf(&Profile::NAMES),
            r#""api""#,
            "Whether the host is a site or an API: `host.profile`. Where no answer says, the answer to `/` decides, or the only one.",
        ),
    ],
};

/// What is expected of a finding.
pub static EXPECT: Object = Object {
    name: "expect",
    title: "an expectation",
    doc: "What a finding must be; what is left out is not compared.",
    keys: &[
        Key::new("case", TEXTS, r#""no-secure""#, "The leading case; of a list, the others must be among the places."),
        Key::new("severity", Shape::OneOf(LEVELS), r#""medium""#, "The severity."),
        Key::new("confidence", Shape::OneOf(&["tentative", "firm", "certain"]), r#""firm""#, "The confidence."),
        Key::new("evidence_key", Shape::Text, r#""connect.sid""#, "The evidence key."),
        Key::new("places", Shape::Whole(1, 100_000), "2", "The number of places."),
        Key::new(
            "title",
            Shape::Text,
            r#""Cookie sid can be read in transit""#,
            "The title with its expressions filled in.",
        ),
        Key::new(
            "extracted",
            Shape::Named(ANY, &Shape::Text),
            r#"{ "version": "1.18.0" }"#,
            "Extracted values by name.",
        ),
    ],
};
