//! Tokens: keys and credentials by their shape.
//!
//! Keywords find candidates, a regex around each gives it its shape, its neighbours must not belong to it. Searched is
//! the body as it came. Invariant: the work is bounded whatever the body, and an item's hash depends on the token alone.
//! Must never import a folder above `expr`.

use std::collections::HashSet;
use std::ops::Range;

use regex::bytes::{Captures, Regex};
use sha2::{Digest as _, Sha256};

use super::{SourceSpec, key};
use crate::base::{Unknown, Value};
use crate::predicate::answer::Answer;
use crate::predicate::found::{Extent, Found};
use crate::predicate::kind::field;
use crate::predicate::scope::Scope;
use crate::predicate::source::TokenSource;
use crate::predicate::subjects::judged;
use crate::predicate::views::Shape;

pub(super) static SPEC: SourceSpec = SourceSpec {
    name: "tokens",
    keys: &[
        key(
            "keywords",
            &Shape::List(&Shape::Text),
            true,
            "Texts, case-sensitive and of 3 bytes or more, one of which stands in or shortly before every token.",
        ),
        key("regex", &Shape::Text, true, "The token's shape; named groups are fields of the item."),
        key("boundary", &Shape::OneOf(&["token", "none"]), false, "`token`: no letter, digit, `_` or `-` adjoins it."),
        key(
            "views",
            &Shape::List(&Shape::OneOf(&["raw", "unescaped", "html", "source-map", "base64"])),
            false,
            "Forms of the body that are searched.",
        ),
    ],
    fields: &[
        field("value", Shape::Text, "The token."),
        field("hash", Shape::Text, "The first 16 hexadecimal digits of its SHA-256."),
        field("near", Shape::Text, "The token with 40 bytes on both sides."),
        field("offset", Shape::Number, "Where it begins in the body."),
    ],
    open: true,
    summary: "Keys and credentials by their shape, each distinct one once",
    example: "{ from: tokens, keywords: [sk_live_], regex: 'sk_live_[0-9A-Za-z]{24}', boundary: token }",
};

/// Bytes before a keyword where its token may begin.
const BEFORE: usize = 256;
/// Bytes after a keyword where its token may end.
const AFTER: usize = 4096;
/// Bytes around a token that make its neighbourhood.
const NEAR: usize = 40;
/// Tokens of one body.
const TOKENS: usize = 1000;
/// Keywords of one body that are looked at.
const CANDIDATES: usize = 20_000;

/// The distinct tokens of a body.
pub(super) fn find(source: &TokenSource, scope: &Scope<'_>) -> Found {
    let answer = match judged(scope) {
        Err(why) => return Found::Unknown(why),
        Ok(None) => return Found::missing(),
        Ok(Some(answer)) => answer,
    };
    let Ok(regex) = source.regex.regex() else { return Found::Unknown(Unknown::Expression) };
    let body = answer.body();
    let (windows, all) = windows(source, &body);
    let mut items = Vec::new();
    let mut seen = HashSet::new();
    for window in windows {
        search(source, regex, answer, window, |at, captures| {
            if items.len() < TOKENS && seen.insert(body.get(at.clone()).unwrap_or_default()) {
                items.push(item(&body, regex, captures, at));
            }
        });
    }
    let whole = all && items.len() < TOKENS && !answer.is_truncated();
    Found::to_extent(items, if whole { Extent::Whole } else { Extent::More })
}

/// Stretches of the body around keywords, in order and apart, and whether they are all.
fn windows(source: &TokenSource, body: &[u8]) -> (Vec<Range<usize>>, bool) {
    let mut places: Vec<Range<usize>> = Vec::new();
    for keyword in &source.keywords {
        let found = memchr::memmem::find_iter(body, keyword.as_bytes()).map(|at| at..at + keyword.len());
        places.extend(found.take(CANDIDATES + 1));
    }
    let all = places.len() <= CANDIDATES;
    places.sort_by_key(|at| at.start);
    let mut windows: Vec<Range<usize>> = Vec::new();
    for at in places {
        let window = at.start.saturating_sub(BEFORE)..(at.end + AFTER).min(body.len());
        match windows.last_mut() {
            Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
            _ => windows.push(window),
        }
    }
    (windows, all)
}

/// Every match in a window that stands alone; of one that touches the cut of a body the end is not known.
fn search(
    source: &TokenSource,
    regex: &Regex,
    answer: &Answer,
    window: Range<usize>,
    mut take: impl FnMut(Range<usize>, &Captures<'_>),
) {
    let body = answer.body();
    let text = body.get(..window.end).unwrap_or(&body);
    let mut from = window.start;
    while from <= text.len() {
        let Some(captures) = regex.captures_at(text, from) else { break };
        let Some(whole) = captures.get(0) else { break };
        let at = whole.range();
        from = at.end.max(at.start + 1);
        let is_cut = answer.is_truncated() && at.end == body.len();
        if !at.is_empty() && !is_cut && (!source.boundary || stands_alone(&body, &at)) {
            take(at, &captures);
        }
    }
}

/// Whether the bytes next to a token are none that could belong to it.
fn stands_alone(body: &[u8], at: &Range<usize>) -> bool {
    let belongs = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    let before = at.start.checked_sub(1).and_then(|place| body.get(place));
    !belongs(before) && !belongs(body.get(at.end))
}

fn item(body: &[u8], regex: &Regex, captures: &Captures<'_>, at: Range<usize>) -> Value {
    let token = body.get(at.clone()).unwrap_or_default();
    let near = at.start.saturating_sub(NEAR)..(at.end + NEAR).min(body.len());
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(token));
    let mut fields = vec![
        ("value", Value::text(token)),
        ("hash", Value::from(hash.get(..16).unwrap_or(&hash))),
        ("near", Value::text(body.get(near).unwrap_or_default())),
        ("offset", Value::Int(i64::try_from(at.start).unwrap_or(i64::MAX))),
    ];
    let own = |name: &&str| SPEC.fields.iter().any(|field| field.name == *name);
    for name in regex.capture_names().flatten().filter(|name| !own(name)) {
        fields.extend(captures.name(name).map(|group| (name, Value::text(group.as_bytes()))));
    }
    Value::map(fields)
}
