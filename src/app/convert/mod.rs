//! A community template as a native rule, where the native format has words for it.
//!
//! Takes a sequence, gives the text of a rule with a test that matches and one that does not, or the names of everything that
//! cannot be said. Invariant: what is given out is checked, and its tests pass. Must never import `cli`.

mod ask;
mod expression;
mod operators;
mod parts;
mod request;
mod sample;
mod yaml;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use self::ask::{Ask, escaped};
use self::sample::Sample;
use super::testing::{Tally, test_rules};
use crate::base::{Limits, SourceFile};
use crate::dialect::native;
use crate::rule::sequence::{Block, Combine, Flow, Info, Matcher, Protocol};
use crate::rule::{Redirects, Rule, Sequence};

/// The most answers that are tried for the test that matches.
const TRIES: usize = 8;
/// Answers that are tried for the test that does not.
const CLEAN: [(i64, &str); 4] = [(200, "Nothing of interest."), (404, "Not found."), (500, "Error."), (302, "")];

/// Writes a rule that is a sequence as a native one.
///
/// # Errors
/// What the native format cannot say, one entry each.
pub fn convert(rule: &Rule) -> Result<String, Vec<String>> {
    let sequence = rule.sequence.as_deref().ok_or_else(|| vec!["a rule that is native already".to_string()])?;
    if let Some(refusal) = &rule.refused {
        return Err(vec![refusal.reason.clone()]);
    }
    let draft = Draft::of(sequence)?;
    for choice in 0..TRIES {
        let Some(matching) = draft.tested(rule, choice) else { continue };
        return Ok(matching);
    }
    Err(vec!["its conditions: no answer was found that they hold of".to_string()])
}

/// A rule in the making.
struct Draft {
    request: request::Sent,
    stops: bool,
    common: Option<Ask>,
    cases: Vec<(String, Ask)>,
    extract: Map<String, Value>,
    notes: Vec<&'static str>,
}

impl Draft {
    fn of(sequence: &Sequence) -> Result<Self, Vec<String>> {
        let mut wrong = refused_parts(sequence);
        let [block] = sequence.blocks.as_slice() else {
            wrong.push(format!("{} blocks of requests", sequence.blocks.len()));
            return Err(wrong);
        };
        let Protocol::Http(http) = &block.protocol else {
            wrong.push(format!("the protocol {}", block.protocol.name()));
            return Err(wrong);
        };
        let request = request::requests(http).map_err(|why| wrong.extend(why));
        let judged = judged(block).map_err(|why| wrong.extend(why));
        let (Ok(request), Ok((common, cases, extract)), true) = (request, judged, wrong.is_empty()) else {
            return Err(wrong);
        };
        let mut notes = Vec::new();
        if http.redirects != Redirects::None {
            notes.push("The template judges every answer of a chain of redirects; this rule judges the last one.");
        }
        Ok(Self { request, stops: block.stop_at_first_match, common, cases, extract, notes })
    }

    /// The rule with tests, if they pass.
    fn tested(&self, rule: &Rule, choice: usize) -> Option<String> {
        let matching = Sample::of(&self.sampled(choice), choice).fixture();
        CLEAN.iter().find_map(|(status, body)| {
            let clean = json!({ "status": status, "body": body });
            let text = self.written(rule, &matching, &clean);
            is_good(&text).then_some(text)
        })
    }

    /// What an answer of the test that matches must satisfy.
    fn sampled(&self, choice: usize) -> Ask {
        let case = self.cases.get(choice.checked_rem(self.cases.len()).unwrap_or(0)).map(|(_, ask)| ask.clone());
        Ask::all(self.common.clone().into_iter().chain(case).collect())
    }

    fn written(&self, rule: &Rule, matching: &Value, clean: &Value) -> String {
        let mut out = String::from("# yaml-language-server: $schema=rule.schema.json\n");
        out.push_str(&format!("# Written from the template {} by `outsight convert`.\n", one_line(&rule.id)));
        for note in &self.notes {
            out.push_str(&format!("# {note}\n"));
        }
        yaml::write_map(&mut out, &self.head(rule), 0);
        out.push('\n');
        yaml::write_map(&mut out, &self.body(), 0);
        out.push('\n');
        let tests = json!({ "tests": {
            "an answer with all of it": { "given": matching, "expect": "match" },
            "an answer with nothing of it": { "given": clean, "expect": "clean" },
        } });
        tests.as_object().into_iter().for_each(|tests| yaml::write_map(&mut out, tests, 0));
        out
    }

    /// What the rule says to people.
    fn head(&self, rule: &Rule) -> Map<String, Value> {
        let mut map = Map::new();
        let mut put = |key: &str, value: Value| drop(map.insert(key.to_string(), value));
        let empty = Info::default();
        let info = rule.sequence.as_ref().map_or(&empty, |sequence| &sequence.info);
        put("id", json!(native_id(&rule.id)));
        put("title", json!(escaped(&one_line(&info.name))));
        let severity = if info.severity.is_empty() || &*info.severity == "unknown" { "info" } else { &info.severity };
        put("severity", json!(severity));
        put("category", json!(category(info)));
        if let Some(cwe) = info.cwe() {
            put("cwe", json!(cwe));
        }
        let tags: Vec<String> = info.tags.iter().map(|tag| native_id(tag)).filter(|tag| !tag.is_empty()).collect();
        if !tags.is_empty() {
            put("tags", json!(tags));
        }
        for (key, text) in [("description", &info.description), ("impact", &info.impact), ("fix", &info.remediation)] {
            if let Some(text) = text.as_deref().map(one_line).filter(|text| !text.is_empty()) {
                put(key, json!(text));
            }
        }
        if !info.reference.is_empty() {
            put("references", json!(info.reference.iter().map(|text| one_line(text)).collect::<Vec<_>>()));
        }
        map
    }

    /// What the rule does.
    fn body(&self) -> Map<String, Value> {
        let mut map = Map::new();
        let mut put = |key: &str, value: Value| drop(map.insert(key.to_string(), value));
        put("applies_to", json!("host"));
        if self.request.paths.len() > 1 {
            put("for_each", json!({ "path": self.request.paths.iter().map(|path| escaped(path)).collect::<Vec<_>>() }));
            if self.stops {
                put("stop", json!("first-match"));
            }
        }
        put("request", Value::Object(self.request.request.clone()));
        if !self.extract.is_empty() {
            put("extract", Value::Object(self.extract.clone()));
        }
        if let Some(common) = &self.common {
            put("match", Value::Object(common.written()));
        }
        if !self.cases.is_empty() {
            put("report", json!("each"));
            put("evidence_key", json!("{{case}}"));
            let cases = self.cases.iter().map(|(name, ask)| (name.clone(), json!({ "match": ask.written() })));
            put("cases", Value::Object(cases.collect()));
        }
        map
    }
}

/// What a sequence says that no native rule can.
fn refused_parts(sequence: &Sequence) -> Vec<String> {
    let is_plain_flow = matches!(sequence.flow, Flow::All | Flow::Block(0));
    let parts = [
        (!sequence.variables.is_empty() || !sequence.constants.is_empty(), "variables of its own"),
        (!sequence.tokens.is_empty(), "words that are drawn anew for every run (`randstr`)"),
        (sequence.needs_oob, "calls from outside (`interactsh-url`)"),
        (!is_plain_flow, "a `flow`"),
        (sequence.blocks.iter().any(|block| block.payloads.is_some()), "payloads"),
    ];
    parts.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name.to_string()).collect()
}

/// What must hold in any case, the named outcomes, and what is extracted.
type Judged = (Option<Ask>, Vec<(String, Ask)>, Map<String, Value>);

fn judged(block: &Block) -> Result<Judged, Vec<String>> {
    let operators = &block.operators;
    let mut wrong = Vec::new();
    let mut kept = |result: Result<Ask, String>| result.map_err(|why| wrong.push(why)).ok();
    let asks: Vec<(&Matcher, Ask)> =
        operators.matchers.iter().filter_map(|one| Some((one, kept(operators::matcher(one))?))).collect();
    let mut extract = Map::new();
    let mut found = Vec::new();
    for (at, one) in operators.extractors.iter().enumerate() {
        if one.internal {
            wrong.push("values of an answer that later requests use".to_string());
            continue;
        }
        match operators::extractor(one) {
            Ok((source, ask)) => {
                let name = one.name.as_deref().map_or_else(|| format!("value-{}", at + 1), native_id);
                extract.insert(name.replace('-', "_"), source);
                found.push(ask);
            }
            Err(why) => wrong.push(why),
        }
    }
    if operators.matchers.is_empty() && found.is_empty() {
        wrong.push("no condition at all".to_string());
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let is_named = operators.condition == Combine::Or && asks.iter().any(|(one, _)| one.name.is_some());
    Ok(match (asks.is_empty(), is_named) {
        (true, _) => (Some(Ask::any(found)), Vec::new(), extract),
        (false, true) => (None, cases(asks), extract),
        (false, false) => {
            let all = asks.into_iter().map(|(_, ask)| ask).collect();
            let whole = if operators.condition == Combine::And { Ask::all(all) } else { Ask::any(all) };
            (Some(whole), Vec::new(), extract)
        }
    })
}

/// One case for each name, in the order of their first matchers.
fn cases(asks: Vec<(&Matcher, Ask)>) -> Vec<(String, Ask)> {
    let mut cases: Vec<(String, Vec<Ask>)> = Vec::new();
    for (matcher, ask) in asks {
        let name = matcher.name.as_deref().map_or_else(|| "other".to_string(), native_id);
        match cases.iter_mut().find(|(known, _)| *known == name) {
            Some((_, group)) => group.push(ask),
            None => cases.push((name, vec![ask])),
        }
    }
    cases.into_iter().map(|(name, group)| (name, Ask::any(group))).collect()
}

/// Whether a text is a rule without errors whose tests pass.
fn is_good(text: &str) -> bool {
    let file = SourceFile::new("converted.yaml", text);
    let loaded = native::load(&[file], &Limits::default());
    let is_whole = !loaded.diagnostics.has_errors() && loaded.rules.len() == 1;
    is_whole && {
        let tally = Tally::of(&test_rules(loaded.rules, false));
        tally.is_good() && tally.passed == 2
    }
}

/// What is wrong with a converted rule's text; for tests of the conversion itself.
#[cfg(test)]
fn diagnostics_of(text: &str) -> crate::diagnostic::Diagnostics {
    native::load(&[SourceFile::new("converted.yaml", text)], &Limits::default()).diagnostics
}

/// A text on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name in lower case, its words joined by hyphens.
fn native_id(text: &str) -> String {
    let mut id = String::new();
    for c in text.chars().map(|c| c.to_ascii_lowercase()) {
        match c {
            'a'..='z' | '0'..='9' => id.push(c),
            _ if !id.is_empty() && !id.ends_with('-') => id.push('-'),
            _ => {}
        }
    }
    let id = id.trim_end_matches('-');
    if id.starts_with(|c: char| c.is_ascii_digit()) { format!("n{id}") } else { id.to_string() }
}

/// The category that the tags of a template come nearest to.
fn category(info: &Info) -> &'static str {
    let has = |names: &[&str]| info.tags.iter().any(|tag| names.contains(&&**tag));
    match () {
        () if has(&["token", "tokens", "keys", "secret"]) => "secrets",
        () if has(&["cors"]) => "cors",
        () if has(&["login", "default-login", "auth-bypass", "unauth", "panel", "sqli", "rce"]) => "auth",
        () => "leakage",
    }
}
