//! Inline tests: the small server that a test gives, and what it expects.
//!
//! Takes the `tests` of a rule, gives [`RuleTest`]s. Invariant: a test names only requests, cases and extracts that its
//! rule has. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::Value;
use crate::dialect::yaml::{Entry, Kind, Map, Node, Style};
use crate::expr::Template;
use crate::observation::ErrorKind;
use crate::predicate::Profile;
use crate::rule::{AnswerFixture, FixtureKey, Given, RuleTest};

use super::context::{Cx, shown};
use super::expectation::expect;
use super::fixture_key::fixture_key;
use super::grammar;
use super::names::{Bare, Local, Place};
use super::text::{flag, scalar, template, text, texts, whole, word};

/// The most answers that one key of a fixture lists.
const MOST_ANSWERS: usize = 1000;

/// All tests of a rule.
pub(super) fn tests<'a>(cx: &mut Cx<'a>, node: &'a Node, cases: &[Arc<str>]) -> Vec<RuleTest> {
    let Some(map) = cx.map(node, "a map of tests by name") else { return Vec::new() };
    map.entries.iter().filter_map(|entry| test(cx, entry, cases)).collect()
}

fn test<'a>(cx: &mut Cx<'a>, entry: &'a Entry, cases: &[Arc<str>]) -> Option<RuleTest> {
    let map = cx.map(&entry.value, "a test: `given` and `expect`")?;
    cx.check_keys(map, &grammar::TEST, entry.key_span.to(entry.value.span));
    let given = map.get("given").map(|node| given(cx, node));
    let expect = map.get("expect").map(|node| expect(cx, node, cases));
    Some(RuleTest { name: Arc::clone(&entry.key.text), given: given??, expect: expect??, span: entry.key_span })
}

fn given<'a>(cx: &mut Cx<'a>, node: &'a Node) -> Option<Given> {
    let map = cx.map(node, "an answer, or answers by path or request")?;
    if let Some(file) = map.get("recording") {
        let file = text(cx, file, "the file of a recording");
        if map.entries.len() > 1 {
            let error = cx.error("R0126", "`recording` stands alone", node.span, "other keys beside it");
            cx.push(error.help("a recording brings all answers"));
            return None;
        }
        let warning =
            cx.warning("R0208", "recordings cannot be replayed in tests yet", node.span, "this test does not run");
        cx.push(warning.help("write the answer out: `{ status: 200, body: … }`"));
        return file.map(Given::Recording);
    }
    let keyed = |entry: &Entry| matches!(&*entry.key.text, key if key.starts_with(['/', '$']) || key == "else");
    let by_key = map.entries.iter().filter(|entry| keyed(entry)).count();
    if by_key == 0 {
        let locals = cx.all_locals();
        return answer(cx, node, &locals).map(|answer| Given::One(Box::new(answer)));
    }
    let mut answers = Vec::new();
    let mut complete = true;
    for entry in &map.entries {
        if keyed(entry) {
            let found = keyed_answers(cx, entry);
            complete &= found.is_some();
            answers.extend(found);
        } else {
            let title = format!("`{}` does not go with answers by path or request", shown(&entry.key.text));
            let error = cx.error("R0126", title, entry.key_span, "here");
            cx.push(error.help("keys are paths (`/a`), requests (`$login`, `$probe.foreign`) and `else`"));
            complete = false;
        }
    }
    complete.then_some(Given::ByKey(answers))
}

fn keyed_answers<'a>(cx: &mut Cx<'a>, entry: &'a Entry) -> Option<(FixtureKey, Vec<AnswerFixture>)> {
    let (key, locals) = fixture_key(cx, entry)?;
    let nodes: Vec<&'a Node> = match &entry.value.kind {
        Kind::List(items) => items.iter().collect(),
        _ => vec![&entry.value],
    };
    if nodes.is_empty() || nodes.len() > MOST_ANSWERS {
        let title = format!("{} answers in a list", nodes.len());
        let error = cx.error("R0126", title, entry.value.span, "here");
        cx.push(error.help(format!("from 1 to {MOST_ANSWERS}; the last answers all further requests")));
        return None;
    }
    let answers: Vec<Option<AnswerFixture>> = nodes.into_iter().map(|node| answer(cx, node, &locals)).collect();
    Some((key, answers.into_iter().collect::<Option<Vec<AnswerFixture>>>()?))
}

/// One answer of the small server.
fn answer(cx: &mut Cx<'_>, node: &Node, locals: &[Local]) -> Option<AnswerFixture> {
    let map = cx.map(node, "an answer (a map)")?;
    cx.check_keys(map, &grammar::ANSWER, node.span);
    let place = Place { locals, fixture: true, ..Place::new(Bare::Nothing) };
    let status = map.get("status").map(|node| whole(cx, node, 100, 999));
    let url = map.get("url").map(|node| template(cx, node, &place));
    let mut lines = |key: &str| map.get(key).map_or(Some(Vec::new()), |node| headers(cx, node, &place));
    let (sent, headers) = (lines("sent"), lines("headers"));
    let body = map.get("body").map(|node| template(cx, node, &place));
    let error = map.get("error").map(|node| failure(cx, node));
    let truncated = map.get("truncated").map_or(Some(false), |node| flag(cx, node));
    let mut facts = |key: &str| map.get(key).map(|node| facts_of(cx, node));
    let (tls, dns, tcp, endpoint) = (facts("tls"), facts("dns"), facts("tcp"), facts("endpoint"));
    let profile = map.get("profile").map(|node| word(cx, node, &Profile::ALL.map(|one| (one.name(), one))));
    Some(AnswerFixture {
        status: super::text::keep(status)?.and_then(|status| u16::try_from(status).ok()),
        url: super::text::keep(url)?,
        sent: sent?,
        headers: headers?,
        body: super::text::keep(body)?,
        error: super::text::keep(error)?,
        truncated: truncated?,
        tls: super::text::keep(tls)?,
        dns: super::text::keep(dns)?,
        tcp: super::text::keep(tcp)?,
        endpoint: super::text::keep(endpoint)?,
        profile: super::text::keep(profile)?,
    })
}

fn headers(cx: &mut Cx<'_>, node: &Node, place: &Place<'_>) -> Option<Vec<(Arc<str>, Template)>> {
    let map = cx.map(node, "a map of fields")?;
    let mut lines = Vec::new();
    let mut complete = true;
    for entry in &map.entries {
        complete &= super::wire::check_field_name(cx, &entry.key.text, entry.key_span);
        if matches!(&entry.value.kind, Kind::List(items) if items.is_empty()) {
            lines.extend(not_sent(cx, entry));
            continue;
        }
        for item in texts(cx, &entry.value, "a field's value")? {
            let value = template(cx, item, place);
            complete &= value.is_some();
            lines.extend(value.map(|value| (Arc::clone(&entry.key.text), value)));
        }
    }
    complete.then_some(lines)
}

/// `[]`: no such field is sent. Only Content-Type is sent without being written, so only it has to be held back, which an
/// empty text does.
fn not_sent(cx: &Cx<'_>, entry: &Entry) -> Option<(Arc<str>, Template)> {
    let is_default = entry.key.text.eq_ignore_ascii_case("content-type");
    let nothing = is_default.then(|| Template::parse("", cx.limits).ok()).flatten()?;
    Some((Arc::clone(&entry.key.text), nothing))
}

fn failure(cx: &mut Cx<'_>, node: &Node) -> Option<Arc<str>> {
    let known = ErrorKind::ALL.map(|kind| (kind.name(), kind.name()));
    word(cx, node, &known).map(Arc::from)
}

/// Facts as written: plain `true` and numbers are such, everything else is text.
fn facts_of(cx: &mut Cx<'_>, node: &Node) -> Option<Value> {
    match &node.kind {
        Kind::Map(map) => fields(cx, map),
        Kind::List(items) => {
            let items: Vec<Option<Value>> = items.iter().map(|item| facts_of(cx, item)).collect();
            Some(Value::list(items.into_iter().collect::<Option<Vec<Value>>>()?))
        }
        Kind::Scalar(_) => {
            let found = scalar(cx, node, "a fact")?;
            let plain = found.style == Style::Plain;
            Some(match (&*found.text, found.text.parse::<i64>()) {
                ("true", _) if plain => Value::Bool(true),
                ("false", _) if plain => Value::Bool(false),
                (_, Ok(number)) if plain => Value::Int(number),
                (text, _) => Value::from(text),
            })
        }
    }
}

fn fields(cx: &mut Cx<'_>, map: &Map) -> Option<Value> {
    let mut fields = Vec::new();
    for entry in &map.entries {
        fields.push((Arc::clone(&entry.key.text), facts_of(cx, &entry.value)?));
    }
    Some(Value::map(fields))
}
