//! Why an answer of a sequence is judged as it is: every matcher, every extractor, every value, for people.
//!
//! Takes the scope that operators are asked in; gives a truth tree. Invariant: what is shown is redacted, and the truth of a
//! matcher is the one that the verdict goes by. Must never import a folder above `plan`.

use bytes::Bytes;
use memchr::memmem;

use super::super::trace::Trace;
use super::event::Event;
use super::matchers::{matches, rendered};
use super::scope::Scope;
use super::values::text_of;
use crate::base::{Span, Truth, Value};
use crate::dsl::{Expr, Vars};
use crate::finding::redact;
use crate::predicate::lower;
use crate::rule::sequence::{Combine, Extractor, ExtractorKind, Matcher, MatcherKind, Operators};

/// The longest text shown, in bytes.
const SHOWN: usize = 120;
/// Bytes shown on each side of what was found.
const AROUND: usize = 24;
/// The most values of an extractor, names and words of a matcher shown.
const ITEMS: usize = 32;

/// The truth tree of an answer.
pub(super) fn explain(title: String, operators: &Operators, scope: &Scope<'_>, holds: bool) -> Trace {
    scope.ensure_extracted();
    let mut parts: Vec<Trace> = values(scope);
    parts.extend(operators.extractors.iter().enumerate().map(|(nth, one)| extracted(nth, one, scope)));
    let matchers: Vec<Trace> = operators.matchers.iter().map(|matcher| asked(matcher, scope)).collect();
    if !matchers.is_empty() {
        let all = if operators.condition == Combine::And { "all of the matchers" } else { "any of the matchers" };
        let truth = Truth::from(match operators.condition {
            Combine::And => matchers.iter().all(|one| one.truth.is_true()),
            Combine::Or => matchers.iter().any(|one| one.truth.is_true()),
        });
        parts.push(Trace::inner(all.to_owned(), truth, Span::default(), matchers));
    }
    Trace::inner(title, Truth::from(holds), Span::default(), parts)
}

fn leaf(text: String, truth: bool, found: Option<String>) -> Trace {
    Trace { found, ..Trace::inner(text, Truth::from(truth), Span::default(), Vec::new()) }
}

fn shown(bytes: &[u8]) -> String {
    let cut = bytes.get(..SHOWN).unwrap_or(bytes);
    let more = if cut.len() < bytes.len() { format!(" … ({} bytes)", bytes.len()) } else { String::new() };
    format!("{}{more}", String::from_utf8_lossy(&redact(cut)))
}

/// What the request was rendered with: variables, payloads, values of earlier answers.
fn values(scope: &Scope<'_>) -> Vec<Trace> {
    let frame = scope.sent.frame;
    let given = scope.sent.given;
    let of = |kind: &str, name: &str, value: &[u8]| leaf(format!("{kind} `{name}`"), true, Some(shown(value)));
    let payloads = given.payloads.iter().map(|(name, value)| of("payload", name, value));
    let carried = frame.carried.iter().map(|(name, value)| of("carried value", name, &text_of(value)));
    let dynamic = given.dynamic.iter().map(|(name, value)| of("carried value", name, value));
    let variables = frame.sequence.variables.iter().filter_map(|(name, _)| {
        let value = scope.sent.get(name)?;
        Some(of("variable", name, &text_of(&value)))
    });
    variables.chain(payloads).chain(carried).chain(dynamic).take(ITEMS).collect()
}

fn extracted(nth: usize, extractor: &Extractor, scope: &Scope<'_>) -> Trace {
    let extraction = scope.extraction.borrow();
    let found = extraction.found().iter().find(|(index, _)| *index == nth).map_or(&[][..], |(_, values)| values);
    let kind = match &extractor.kind {
        ExtractorKind::Regex { patterns, .. } => listed("regex", patterns.iter().map(|pattern| pattern.source())),
        ExtractorKind::Kval(names) => listed("field or cookie", names.iter().map(|name| &**name)),
        ExtractorKind::Json(queries) => listed("jq", queries.iter().map(|query| &**query)),
        ExtractorKind::Xpath { queries, .. } => listed("xpath", queries.iter().map(|query| &**query)),
        ExtractorKind::Dsl(exprs) => listed("dsl", exprs.iter().map(Expr::source)),
    };
    let internal = if extractor.internal { " (for later requests)" } else { "" };
    let name = extractor.name.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default();
    let text = format!("extractor{name}{internal}: {kind} in {}", part_of(extractor.part.as_deref(), scope));
    let values: Vec<String> = found.iter().take(ITEMS).map(|value| shown(value)).collect();
    leaf(text, !found.is_empty(), Some(if values.is_empty() { "nothing".to_owned() } else { values.join(", ") }))
}

fn listed<'a>(kind: &str, texts: impl Iterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.take(ITEMS).map(|text| shown(text.as_bytes())).collect();
    format!("{kind} {}", texts.join(" | "))
}

fn part_of(part: Option<&str>, scope: &Scope<'_>) -> String {
    part.unwrap_or_else(|| scope.event.default_part()).to_owned()
}

fn asked(matcher: &Matcher, scope: &Scope<'_>) -> Trace {
    let part = scope.part(matcher.part.as_deref());
    let place = part_of(matcher.part.as_deref(), scope);
    let name = matcher.name.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default();
    let flags = [(matcher.negative, "must not hold"), (matcher.internal, "not reported")];
    let flags: String = flags.iter().filter(|(set, _)| *set).map(|(_, word)| format!(", {word}")).collect();
    let many = if matcher.condition == Combine::And { "all of" } else { "any of" };
    let missing = part.is_none();
    let (kind, tests) = match &matcher.kind {
        MatcherKind::Status(codes) => {
            let found = scope.event.status().map_or_else(|| "no status".to_owned(), |status| status.to_string());
            let wanted: Vec<String> = codes.iter().map(ToString::to_string).collect();
            let holds = matches(matcher, scope);
            return leaf(format!("matcher{name}: status {}{flags}", wanted.join(" or ")), holds, Some(found));
        }
        MatcherKind::Size(sizes) => {
            let wanted: Vec<String> = sizes.iter().map(ToString::to_string).collect();
            let found = part.map(|text| text.len().to_string());
            return leaf(
                format!("matcher{name}: size of {place} {}{flags}", wanted.join(" or ")),
                matches(matcher, scope),
                found,
            );
        }
        MatcherKind::Word(words) => (
            "word",
            words
                .iter()
                .take(ITEMS)
                .map(|word| {
                    let (wanted, text) = (rendered(word, matcher, scope), part.clone().unwrap_or_default());
                    let text = if matcher.ignores_case { lower(&text) } else { text };
                    spotted(&wanted, memmem::find(&text, &wanted).map(|at| at..at + wanted.len()), &text, missing)
                })
                .collect(),
        ),
        MatcherKind::Binary(texts) => (
            "bytes",
            texts
                .iter()
                .take(ITEMS)
                .map(|wanted| {
                    let text = part.clone().unwrap_or_default();
                    spotted(wanted, memmem::find(&text, wanted).map(|at| at..at + wanted.len()), &text, missing)
                })
                .collect(),
        ),
        MatcherKind::Regex(patterns) => (
            "regex",
            patterns
                .iter()
                .take(ITEMS)
                .map(|pattern| {
                    let text = part.clone().unwrap_or_default();
                    let found = pattern.get().and_then(|regex| regex.find(&text)).map(|hit| hit.range());
                    spotted(pattern.source().as_bytes(), found, &text, missing)
                })
                .collect(),
        ),
        MatcherKind::Xpath(queries) => {
            ("xpath", vec![leaf(listed("query", queries.iter().map(|query| &**query)), matches(matcher, scope), None)])
        }
        MatcherKind::Dsl(exprs) => {
            ("dsl", exprs.iter().take(ITEMS).map(|expr| evaluated(expr, scope)).collect::<Vec<_>>())
        }
    };
    let place = if matches!(matcher.kind, MatcherKind::Dsl(_)) { String::new() } else { format!(" in {place}") };
    let text = format!("matcher{name}: {many} these ({kind}{place}{flags})");
    Trace::inner(text, Truth::from(matches(matcher, scope)), Span::default(), tests)
}

/// Whether a text was found, with what stands around it.
fn spotted(wanted: &[u8], found: Option<std::ops::Range<usize>>, text: &Bytes, missing: bool) -> Trace {
    let told = match &found {
        Some(range) => {
            let (start, end) = (range.start.saturating_sub(AROUND), range.end.saturating_add(AROUND).min(text.len()));
            format!("`{}` at byte {}", shown(text.get(start..end).unwrap_or_default()), range.start)
        }
        None if missing => "no such part".to_owned(),
        None => format!("nothing in {} bytes", text.len()),
    };
    leaf(format!("`{}`", shown(wanted)), found.is_some(), Some(told))
}

/// An expression with the names that it reads.
fn evaluated(expr: &Expr, scope: &Scope<'_>) -> Trace {
    let value = expr.eval(&scope.env());
    let names = expr.names();
    let read = names.iter().take(ITEMS).map(|name| match scope.get(name) {
        Some(value) => leaf(format!("`{name}`"), true, Some(shown(&text_of(&value)))),
        None => leaf(format!("`{name}`"), false, Some("no value".to_owned())),
    });
    let found = match &value {
        Ok(value) => shown(&text_of(value)),
        Err(error) => error.to_string(),
    };
    let holds = value == Ok(Value::Bool(true));
    Trace { children: read.collect(), ..leaf(shown(expr.source().as_bytes()), holds, Some(found)) }
}

/// The heading of an answer's truth tree.
pub(super) fn title_of(block: usize, event: &Event, is_called: bool) -> String {
    let call = if is_called { ", with a call from outside" } else { "" };
    format!("block {}: {}{call}", block + 1, event.summary())
}
