//! The tier of a sequence, from its requests, the values that go into them, and its tags.
//!
//! Invariant: a request whose method is only known when it is rendered counts as one that may change something. Must
//! never import a folder above `predicate`.

use super::{Tier, mentions_attack};
use crate::dsl::Text;
use crate::rule::sequence::{Block, HttpBlock, HttpStep, Protocol, RawStep, Sequence};

/// Tags by which authors of community rules say how far they go.
const TAGS: [(&str, Tier); 39] = [
    ("backdoor", Tier::ReadOnly),
    ("blind", Tier::ReadOnly),
    ("brute-force", Tier::Intrusive),
    ("bruteforce", Tier::Intrusive),
    ("cache-poisoning", Tier::ReadOnly),
    ("cmdi", Tier::ReadOnly),
    ("command-injection", Tier::ReadOnly),
    ("crlf", Tier::ReadOnly),
    ("default-login", Tier::Intrusive),
    ("default-logins", Tier::Intrusive),
    ("deserialization", Tier::ReadOnly),
    ("dos", Tier::Intrusive),
    ("file-inclusion", Tier::ReadOnly),
    ("file-upload", Tier::Active),
    ("fileupload", Tier::Active),
    ("fuzz", Tier::Intrusive),
    ("fuzzing", Tier::Intrusive),
    ("host-header-injection", Tier::ReadOnly),
    ("injection", Tier::ReadOnly),
    ("intrusive", Tier::Intrusive),
    ("jndi", Tier::ReadOnly),
    ("lfi", Tier::ReadOnly),
    ("lfr", Tier::ReadOnly),
    ("log4j", Tier::ReadOnly),
    ("nosqli", Tier::ReadOnly),
    ("oast", Tier::Intrusive),
    ("oob", Tier::Intrusive),
    ("open-redirect", Tier::ReadOnly),
    ("path-traversal", Tier::ReadOnly),
    ("rce", Tier::ReadOnly),
    ("redirect", Tier::ReadOnly),
    ("rfi", Tier::ReadOnly),
    ("sqli", Tier::ReadOnly),
    ("ssi", Tier::ReadOnly),
    ("ssrf", Tier::ReadOnly),
    ("ssti", Tier::ReadOnly),
    ("traversal", Tier::ReadOnly),
    ("xss", Tier::ReadOnly),
    ("xxe", Tier::ReadOnly),
];

/// Methods that are not meant to change anything (RFC 9110 §9.2.1), `TRACE` left out.
const SAFE: [&str; 3] = ["GET", "HEAD", "OPTIONS"];

/// The tier of a sequence.
pub(super) fn tier_of_sequence(sequence: &Sequence) -> Tier {
    let tagged = |tag: &str| TAGS.iter().find(|(name, _)| name.eq_ignore_ascii_case(tag)).map(|(_, tier)| *tier);
    let tagged = sequence.info.tags.iter().filter_map(|tag| tagged(tag));
    let sent = sequence.blocks.iter().map(tier_of_block);
    let calls = sequence.needs_oob.then_some(Tier::Intrusive);
    let known = tagged.chain(sent).chain(calls).max().unwrap_or(Tier::Passive);
    // Values can only raise a passive rule: the other tiers are above what a string shows.
    if known == Tier::Passive && attacks(sequence) { Tier::ReadOnly } else { known }
}

fn tier_of_block(block: &Block) -> Tier {
    match &block.protocol {
        Protocol::Dns(_) | Protocol::Tls(_) => Tier::Passive,
        Protocol::Tcp(_) | Protocol::WebSocket(_) => Tier::Active,
        Protocol::Http(http) if http.exact => Tier::Active,
        Protocol::Http(http) => http.steps.iter().map(|step| tier_of_step(http, step)).max().unwrap_or(Tier::Passive),
    }
}

fn tier_of_step(http: &HttpBlock, step: &HttpStep) -> Tier {
    let (method, has_body) = match step {
        HttpStep::Path(_) => (&*http.method, http.body.is_some()),
        HttpStep::Raw(raw) => (method_of(raw), has_body(raw)),
    };
    match SAFE.contains(&method) {
        false => Tier::Active,
        true if has_body => Tier::ReadOnly,
        true => Tier::Passive,
    }
}

fn method_of(raw: &RawStep) -> &str {
    raw.text.source().split([' ', '\t', '\r', '\n']).next().unwrap_or("")
}

fn has_body(raw: &RawStep) -> bool {
    raw.text.source().split_once("\r\n\r\n").is_some_and(|(_, body)| !body.trim().is_empty())
}

/// Whether a text that goes into a request is one that only an attack puts there.
fn attacks(sequence: &Sequence) -> bool {
    let attack = |text: &Text| mentions_attack(text.source());
    let named = sequence.variables.iter().chain(&sequence.constants).any(|(_, text)| attack(text));
    named || sequence.blocks.iter().any(|block| block_attacks(block, &attack))
}

fn block_attacks(block: &Block, attack: &dyn Fn(&Text) -> bool) -> bool {
    let Protocol::Http(http) = &block.protocol else { return false };
    let step = |step: &HttpStep| match step {
        HttpStep::Path(path) => attack(path),
        HttpStep::Raw(raw) => attack(&raw.text),
    };
    let lists = block.payloads.iter().flat_map(|payloads| &payloads.lists);
    http.steps.iter().any(step)
        || http.headers.iter().any(|(_, value)| attack(value))
        || lists.flat_map(|(_, values)| values.iter()).any(attack)
}
