//! Warnings: what is right by the grammar and hardly meant.
//!
//! Invariant: nothing here changes a rule; a lint that cannot be sure is silent. Must never import compile or any later
//! folder.

use crate::base::suggest::closest;
use crate::base::{Category, Span};
use crate::dialect::yaml::{Entry, Map, Node};
use crate::rule::{Expect, ExpectOutcome, Rule};

use super::context::{Cx, shown};
use super::headers::RESPONSE_FIELDS;
use super::names::{Place, Thing};
use super::subjects::{self, Of};

/// Whether a word is a subject or built in, so that it wears no `$`.
pub(super) fn is_built_in(cx: &Cx<'_>, name: &str) -> bool {
    subjects::is_root(name) || matches!(name, "nonce" | "now") || (name == "path" && cx.names.endpoint)
}

/// A negated predicate alone on a value that may be missing.
pub(super) fn negation(cx: &mut Cx<'_>, map: &Map, span: Span, of: &Of<'_>) {
    let only_not = map.entries.iter().all(|entry| matches!(&*entry.key.text, "not" | "ignore_case"));
    if of.known.optional && only_not && map.get("not").is_some() {
        let title = format!("`{}` may be missing, and then this is false", shown(of.name));
        let warning = cx.warning("R0201", title, span, "what if there is none?");
        cx.push(warning.help("add `or_missing: true` if a missing value satisfies it, `exists: true` if it does not"));
    }
}

/// `exists: false` on nodes of a body whose class nobody asked for: every answer of another kind satisfies it.
pub(super) fn presence_without_class(cx: &mut Cx<'_>, family: &str, member: &Entry, place: &Place<'_>) {
    if !place.classed && asks_for_absence(&member.value) {
        let title = format!("every answer that is not {family} has none of these either");
        let warning = cx.warning("R0202", title, member.key_span.to(member.value.span), "missing in all of them");
        cx.push(warning.help(format!("say what kind of answer is meant: `class: {family}`")));
    }
}

fn asks_for_absence(node: &Node) -> bool {
    let asks = |map: &Map| map.get("exists").and_then(Node::scalar).is_some_and(|found| &*found.text == "false");
    node.map().is_some_and(asks)
}

/// A field name that nobody sends, most likely a typo: under `exists: false` it holds everywhere.
pub(super) fn header_name(cx: &mut Cx<'_>, name: &str, span: Span, node: &Node) {
    if RESPONSE_FIELDS.binary_search(&name).is_ok() {
        return;
    }
    let near = closest(name, RESPONSE_FIELDS.iter().copied());
    let absent = asks_for_absence(node);
    if !absent && (near.is_none() || name.starts_with("x-")) {
        return;
    }
    let title = format!("`{}` is no field that servers are known to send", shown(name));
    let label = near.map_or("unknown".to_owned(), |near| format!("did you mean `{near}`?"));
    let warning = cx.warning("R0203", title, span, &label);
    cx.push(if absent { warning.help("a field that nobody sends is missing in every answer") } else { warning });
}

/// Definitions of the rule that nothing uses.
pub(super) fn unused_definitions(cx: &mut Cx<'_>) {
    let unused: Vec<(String, Span)> = cx
        .names
        .iter()
        .filter(|named| matches!(&named.thing, Thing::Define(define) if !define.used && !define.shared))
        .map(|named| (named.name.to_string(), named.span))
        .collect();
    for (name, span) in unused {
        let warning = cx.warning("R0204", format!("`{name}` is defined but never used"), span, "unused");
        cx.push(warning.help(format!("use it as `${name}: true`, or delete it")));
    }
}

/// What a finished rule lacks.
pub(super) fn rule(cx: &mut Cx<'_>, rule: &Rule, map: &Map) {
    let id = map.entry("id").map_or(Span::default(), |entry| entry.value.span);
    if rule.meta.category == Category::Exposure && rule.not_on.is_none() && !rule.requests.is_empty() {
        let warning = cx.warning("R0205", "an exposure rule without `not_on: baseline`", id, "this rule");
        cx.push(warning.help("some hosts answer any path alike; `not_on: baseline` keeps them out"));
    }
    let reached = |name: &str| rule.tests.iter().any(|test| expects_case(&test.expect, name));
    for case in rule.cases.iter().filter(|case| !rule.tests.is_empty() && !reached(&case.name)) {
        let warning = cx.warning("R0206", format!("no test expects the case `{}`", case.name), case.span, "untested");
        cx.push(warning.help(format!("add a test with `expect: {{ case: {} }}`", case.name)));
    }
    let positive = rule.tests.iter().any(|test| is_positive(&test.expect));
    let negative = rule.tests.iter().any(|test| !is_positive(&test.expect));
    let lacks = match (positive, negative) {
        (true, true) => return,
        (false, false) => "the rule has no tests",
        (true, false) => "no test of the rule expects it to be clean",
        (false, true) => "no test of the rule expects a match",
    };
    let span = map.entry("tests").map_or(id, |entry| entry.key_span);
    cx.push(cx.warning("R0207", lacks, span, "here").help("a rule has a test that matches and one that does not"));
}

fn expects_case(expect: &Expect, name: &str) -> bool {
    match expect {
        Expect::Outcome(_) => false,
        Expect::Findings(findings) => findings.iter().any(|finding| finding.cases.iter().any(|case| &**case == name)),
    }
}

fn is_positive(expect: &Expect) -> bool {
    match expect {
        Expect::Outcome(outcome) => matches!(outcome, ExpectOutcome::Match | ExpectOutcome::Note),
        Expect::Findings(findings) => !findings.is_empty(),
    }
}
