//! What is wrong with the text of a policy: what browsers drop or take for something else than was meant.
//!
//! Takes a parsed policy, gives one item a mistake. Invariant: a mistake is told only where browsers act on less, or on
//! something else, than the text says; a policy of a few kilobytes has at most [`MOST`]. Must never import a folder of this
//! crate but `base`.

use super::super::record::Record;
use super::super::spec::{Field, Shape, field};
use super::directives::{has_sources, is_deprecated, is_known, names};
use super::parse::{Directive, Loss, Lost, Policy};
use super::source::{self, Kind, Source};
use crate::base::Value;
use crate::base::suggest::closest;

/// Most mistakes that are told of one policy.
const MOST: usize = 64;

/// The fields of a mistake.
pub(super) const FIELDS: &[Field] = &[
    field(
        "kind",
        Shape::OneOf(&[
            "unknown-directive",
            "repeated-directive",
            "ignored-in-meta",
            "not-ascii",
            "missing-semicolon",
            "bad-keyword",
            "bad-nonce",
            "bad-hash",
            "bad-source",
            "none-beside-others",
            "strict-dynamic-alone",
        ]),
        "What is wrong.",
    ),
    field("directive", Shape::Text, "The directive in which it stands, in lower case."),
    field("text", Shape::Text, "The words that are wrong, as written."),
    field("meant", Shape::Text, "What was probably meant; absent where that is anybody's guess."),
];

/// A mistake.
struct Problem<'a> {
    kind: &'static str,
    directive: &'a str,
    text: &'a [u8],
    meant: Option<String>,
}

impl Problem<'_> {
    fn to_value(&self) -> Value {
        let mut view = Record::default();
        view.set("kind", self.kind).set("directive", self.directive).set("text", Value::text(self.text));
        view.set_some("meant", self.meant.clone());
        view.build()
    }
}

/// The mistakes of a policy, in the order of its text but for those that cost a whole directive, which come first.
pub(super) fn problems(policy: &Policy<'_>) -> Value {
    let lost = policy.lost.iter().map(of_lost);
    let kept = policy.directives.iter().flat_map(of_directive);
    Value::list(lost.chain(kept).take(MOST).map(|problem| problem.to_value()))
}

fn of_lost<'a>(lost: &'a Lost<'_>) -> Problem<'a> {
    let kind = match lost.why {
        Loss::NotAscii => "not-ascii",
        Loss::Repeated => "repeated-directive",
        Loss::InMeta => "ignored-in-meta",
    };
    Problem { kind, directive: &lost.name, text: lost.text, meant: None }
}

fn of_directive<'a>(directive: &'a Directive<'_>) -> Vec<Problem<'a>> {
    let name = directive.name.as_str();
    if !has_sources(name) {
        return unknown(name).into_iter().collect();
    }
    let lists = of_list(directive);
    directive.sources.iter().filter_map(|source| of_source(name, source)).chain(lists).collect()
}

fn unknown(name: &str) -> Option<Problem<'_>> {
    let plain = name.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    let known = |name: &str| is_known(name) || is_deprecated(name);
    let meant = || names().find(|known| *known == plain).or_else(|| closest(plain, names())).map(str::to_owned);
    (!known(name)).then(|| Problem {
        kind: "unknown-directive",
        directive: name,
        text: name.as_bytes(),
        meant: meant(),
    })
}

/// What is wrong with the list as a whole.
fn of_list<'a>(directive: &'a Directive<'_>) -> Option<Problem<'a>> {
    let sources = &directive.sources;
    let has = |wanted: &str| sources.iter().any(|source| source.keyword == Some(wanted));
    let trusts = || sources.iter().any(|source| matches!(source.kind, Kind::Nonce | Kind::Hash));
    let problem = |kind, text: &'static [u8]| Problem { kind, directive: &directive.name, text, meant: None };
    let governs_scripts = matches!(directive.name.as_str(), "default-src" | "script-src" | "script-src-elem");
    if sources.len() > 1 && has("none") {
        return Some(problem("none-beside-others", b"'none'"));
    }
    let alone = governs_scripts && has("strict-dynamic") && !trusts();
    alone.then(|| problem("strict-dynamic-alone", b"'strict-dynamic'"))
}

fn of_source<'a>(directive: &'a str, source: &Source<'a>) -> Option<Problem<'a>> {
    let text = source.text;
    let problem = |kind, meant| Some(Problem { kind, directive, text, meant });
    if is_directive_name(text) {
        return problem("missing-semicolon", None);
    }
    match source.kind {
        Kind::Host | Kind::Scheme => problem("bad-keyword", Some(source::unquoted(text)?)),
        Kind::Hash if source.length != source.expected_length => problem("bad-hash", None),
        Kind::Invalid if source::starts_like(text, "'nonce-") && text.ends_with(b"'") => problem("bad-nonce", None),
        Kind::Invalid if source::starts_like(text, "'sha") && text.ends_with(b"'") => problem("bad-hash", None),
        Kind::Invalid => match source::meant(text) {
            None if !text.contains(&b'\'') => problem("bad-source", None),
            meant => problem("bad-keyword", meant),
        },
        Kind::Keyword | Kind::Nonce | Kind::Hash => None,
    }
}

/// Whether a value is the name of a directive. One without a hyphen could be a host's.
fn is_directive_name(text: &[u8]) -> bool {
    text.contains(&b'-') && names().any(|name| name.as_bytes().eq_ignore_ascii_case(text))
}
