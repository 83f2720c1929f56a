//! A rule as stable text, for goldens and for people who debug a dialect.
//!
//! Takes a [`Rule`], gives lines indented by two spaces a level. Invariant: two rules that differ in anything but spans
//! and source files differ in their text. Must never import a folder above `predicate`.

mod sequence;
mod wire;

use std::fmt::Write as _;

use super::{
    AnswerFixture, Binding, Bound, Case, Cond, CondKind, Expect, ExpectFinding, Extract, Fix, FixtureKey, Given,
    Ladder, NotOn, Quantifier, Request, Rule, RuleTest,
};
use crate::expr::Template;
use crate::predicate::Source;

/// The rule as text; ends with a line break.
pub fn dump(rule: &Rule) -> String {
    let mut out = Out { text: String::new(), depth: 0 };
    out.line(format!("rule {}", rule.id));
    out.nest(|out| {
        dump_meta(out, rule);
        out.line(format!("applies to {:?}, exposure {:?}, tier {}", rule.applies_to, rule.exposure, rule.tier()));
        if let Some(refusal) = &rule.refused {
            out.line(format!("refused {}: {}", refusal.code, refusal.reason));
        }
        rule.workflow.iter().for_each(|workflow| sequence::dump_workflow(out, workflow));
        if let Some(sequence) = &rule.sequence {
            return sequence::dump_sequence(out, sequence);
        }
        dump_flow(out, rule);
        dump_ladder(out, "severity", &rule.severity);
        dump_ladder(out, "confidence", &rule.confidence);
        dump_named_cond(out, "match", &rule.matches);
        rule.cases.iter().for_each(|case| dump_case(out, case));
        match rule.not_on.as_deref() {
            None => {}
            Some(NotOn::Whole) => out.line("not on baseline"),
            Some(NotOn::Named(name, cond)) => dump_named_cond(out, &format!("not on baseline ${name}"), cond),
        }
        if let Some(key) = &rule.evidence_key {
            out.line(format!("evidence key {}", quoted(key)));
        }
        if let Some(cond) = &rule.inconclusive_when {
            dump_named_cond(out, "inconclusive when", cond);
        }
        if let Some(verify) = &rule.verify {
            out.line(format!("verify by GET {}", quoted(&verify.request.target)));
            out.nest(|out| {
                for (name, values) in &verify.request.headers {
                    values.iter().for_each(|value| out.line(format!("{name}: {}", quoted(value))));
                }
                dump_named_cond(out, "live", &verify.live);
                dump_named_cond(out, "dead", &verify.dead);
            });
        }
        rule.tests.iter().for_each(|test| dump_test(out, test));
    });
    out.text
}

/// Lines as they are written.
struct Out {
    text: String,
    depth: usize,
}

impl Out {
    fn line(&mut self, text: impl AsRef<str>) {
        let _ = writeln!(self.text, "{:indent$}{}", "", text.as_ref(), indent = self.depth * 2);
    }

    fn nest(&mut self, inside: impl FnOnce(&mut Self)) {
        self.depth += 1;
        inside(self);
        self.depth -= 1;
    }
}

fn quoted(template: &Template) -> String {
    format!("{:?}", template.source())
}

fn dump_meta(out: &mut Out, rule: &Rule) {
    let meta = &rule.meta;
    out.line(format!("title {}", quoted(&meta.title)));
    out.line(format!("category {}", meta.category));
    if let Some(cwe) = meta.cwe {
        out.line(format!("cwe {cwe}"));
    }
    if !meta.tags.is_empty() {
        out.line(format!("tags {}", meta.tags.join(" ")));
    }
    for (name, text) in [("description", &meta.description), ("impact", &meta.impact)] {
        if let Some(text) = text {
            out.line(format!("{name} {text:?}"));
        }
    }
    dump_fix(out, meta.fix.as_ref());
    meta.references.iter().for_each(|url| out.line(format!("reference {url}")));
    meta.yields_to.iter().for_each(|word| out.line(format!("yields to {word}")));
}

fn dump_fix(out: &mut Out, fix: Option<&Fix>) {
    let Some(fix) = fix else { return };
    if let Some(text) = &fix.default {
        out.line(format!("fix {text:?}"));
    }
    fix.by_server.iter().for_each(|(server, text)| out.line(format!("fix {server} {text:?}")));
}

fn dump_flow(out: &mut Out, rule: &Rule) {
    if let Some(cond) = &rule.when {
        dump_named_cond(out, "when", cond);
    }
    rule.vars.iter().for_each(|(name, text)| out.line(format!("var {name} {}", quoted(text))));
    rule.for_each.iter().for_each(|binding| dump_binding(out, "for each", binding));
    if rule.stop_at_first_match {
        out.line("stop at first match");
    }
    rule.requests.iter().enumerate().for_each(|(index, request)| dump_request(out, index, request));
    if let Some(judged) = rule.judged {
        out.line(format!("judged request {judged}"));
    }
    dump_extracts(out, &rule.extract);
    rule.collect.iter().for_each(|binding| dump_binding(out, "collect", binding));
    if rule.report_each {
        out.line("report each case");
    }
}

fn dump_extracts(out: &mut Out, extracts: &[Extract]) {
    for extract in extracts {
        dump_binding(out, if extract.optional { "extract optional" } else { "extract" }, &extract.binding);
    }
}

fn dump_binding(out: &mut Out, word: &str, binding: &Binding) {
    match &binding.source {
        Source::Written(items) => {
            out.line(format!("{word} {} written", binding.name));
            out.nest(|out| {
                for item in items {
                    let label = item.label.as_deref().map(|label| format!("{label}: ")).unwrap_or_default();
                    let field = |(name, text): &(std::sync::Arc<str>, Template)| match &**name {
                        "value" => quoted(text),
                        name => format!("{name}={}", quoted(text)),
                    };
                    out.line(format!("{label}{}", item.fields.iter().map(field).collect::<Vec<_>>().join(" ")));
                }
            });
        }
        source => out.line(format!("{word} {} {}", binding.name, source_text(source))),
    }
}

fn source_text(source: &Source) -> String {
    let at_most = |max: &Option<usize>| max.map(|max| format!(" at most {max}")).unwrap_or_default();
    match source {
        Source::Written(items) => format!("{} written", items.len()),
        Source::Collection(collection) => format!("from {}", collection.display()),
        Source::Subject { subject, regex, max } => {
            let regex = regex.as_ref().map(|regex| format!(" by /{}/", regex.source())).unwrap_or_default();
            format!("from {}{regex}{}", subject.display(), at_most(max))
        }
        Source::Json { path, max } => format!("from json {}{}", path.source(), at_most(max)),
        Source::Html { select, attr, as_url, max } => {
            let attr = attr.as_ref().map(|attr| format!(" attribute {attr}")).unwrap_or_default();
            format!("from html {}{attr}{}{}", select.source(), if *as_url { " as url" } else { "" }, at_most(max))
        }
        Source::Tokens(tokens) => format!(
            "from tokens {} /{}/ boundary {} near {} window {}{}{} in {}",
            tokens.keywords.join("|"),
            tokens.regex.source(),
            tokens.boundary.name(),
            tokens.near,
            tokens.window,
            if tokens.stop.is_empty() { String::new() } else { format!(" stop {}", tokens.stop.join("|")) },
            if tokens.placeholders { " placeholders" } else { "" },
            tokens.views.names().join(" ")
        ),
        Source::OfRequest { request, label, source } => {
            let label = label.as_ref().map(|label| format!(".{label}")).unwrap_or_default();
            format!("of request {request}{label} {}", source_text(source))
        }
    }
}

fn dump_request(out: &mut Out, index: usize, request: &Request) {
    let case = request.case.map(|case| format!(" of case {case}")).unwrap_or_default();
    out.line(format!("request {index} {}{case}", request.name));
    out.nest(|out| {
        request.for_each.iter().for_each(|binding| dump_binding(out, "for each", binding));
        if request.repeat > 1 {
            out.line(format!("repeat {}", request.repeat));
        }
        wire::dump_wire(out, &request.wire);
        let auth = request.auth.as_ref().map(|auth| format!(", auth {auth}")).unwrap_or_default();
        out.line(format!("redirects {:?}, cookies {:?}{auth}", request.redirects, request.cookies));
        for (word, cond) in [("if", &request.run_if), ("stop when", &request.stop_when)] {
            if let Some(cond) = cond {
                dump_named_cond(out, word, cond);
            }
        }
        dump_extracts(out, &request.extract);
    });
}

fn dump_ladder<T: std::fmt::Display>(out: &mut Out, word: &str, ladder: &Ladder<T>) {
    for (level, cond) in &ladder.rungs {
        dump_named_cond(out, &format!("{word} {level} if"), cond);
    }
    match &ladder.last {
        Some(level) => out.line(format!("{word} {level}")),
        None => out.line(format!("{word} else none")),
    }
}

fn dump_case(out: &mut Out, case: &Case) {
    let request = case.request.map(|request| format!(" on request {request}")).unwrap_or_default();
    out.line(format!("case {}{request}", case.name));
    out.nest(|out| {
        if let Some(title) = &case.title {
            out.line(format!("title {}", quoted(title)));
        }
        dump_fix(out, case.fix.as_ref());
        if let Some(ladder) = &case.severity {
            dump_ladder(out, "severity", ladder);
        }
        if let Some(ladder) = &case.confidence {
            dump_ladder(out, "confidence", ladder);
        }
        dump_named_cond(out, "match", &case.matches);
    });
}

fn dump_named_cond(out: &mut Out, word: &str, cond: &Cond) {
    out.line(word);
    out.nest(|out| dump_cond(out, cond));
}

fn dump_cond(out: &mut Out, cond: &Cond) {
    let head = match &cond.kind {
        CondKind::All(conds) if conds.is_empty() => "always".to_owned(),
        CondKind::All(_) => "all".to_owned(),
        CondKind::Any(_) => "any".to_owned(),
        CondKind::Not(_) => "not".to_owned(),
        CondKind::Test { subject, pred } => format!("{} {}", subject.display(), pred.display()),
        CondKind::Quantified { quantifier, over, .. } => {
            let word = match quantifier {
                Quantifier::Some => "some".to_owned(),
                Quantifier::Every => "every".to_owned(),
                Quantifier::None => "none".to_owned(),
                Quantifier::Count(bound) => format!("count{}", bound_text(bound)),
            };
            format!("{word} of {}", over.display())
        }
        CondKind::CountOf { bound, .. } => format!("count{}", bound_text(bound)),
        CondKind::Expr(expr) => format!("expr {expr}"),
        CondKind::At { request, label, .. } => {
            format!("at request {request}{}", label.as_ref().map(|label| format!(".{label}")).unwrap_or_default())
        }
        CondKind::Named { name, expect, .. } => format!("${name} is {expect}"),
    };
    out.line(head);
    out.nest(|out| cond.children().iter().for_each(|child| dump_cond(out, child)));
}

fn bound_text(bound: &Bound) -> String {
    let part = |word: &str, number: Option<u64>| number.map(|number| format!(" {word} {number}")).unwrap_or_default();
    [part("at least", bound.at_least), part("at most", bound.at_most), part("exactly", bound.equals)].concat()
}

fn dump_test(out: &mut Out, test: &RuleTest) {
    out.line(format!("test {:?}", test.name));
    out.nest(|out| {
        match &test.given {
            Given::One(answer) => dump_answer(out, "given", answer),
            Given::ByKey(answers) => {
                for (key, answers) in answers {
                    let key = match key {
                        FixtureKey::Path(path) => path.to_string(),
                        FixtureKey::Request(name, None) => format!("${name}"),
                        FixtureKey::Request(name, Some(label)) => format!("${name}.{label}"),
                        FixtureKey::Else => "else".into(),
                    };
                    answers.iter().for_each(|answer| dump_answer(out, &format!("given {key}"), answer));
                }
            }
            Given::Recording(file) => out.line(format!("given recording {file}")),
        }
        match &test.expect {
            Expect::Outcome(outcome) => out.line(format!("expect {outcome:?}")),
            Expect::Findings(findings) => findings.iter().for_each(|finding| dump_expected(out, finding)),
        }
    });
}

fn dump_answer(out: &mut Out, word: &str, answer: &AnswerFixture) {
    let status = answer.status.map(|status| format!(" status {status}")).unwrap_or_default();
    let error = answer.error.as_ref().map(|error| format!(" error {error}")).unwrap_or_default();
    out.line(format!("{word}{status}{error}{}", if answer.truncated { " truncated" } else { "" }));
    out.nest(|out| {
        if let Some(url) = &answer.url {
            out.line(format!("url {}", quoted(url)));
        }
        answer.headers.iter().for_each(|(name, text)| out.line(format!("field {name} {}", quoted(text))));
        if let Some(body) = &answer.body {
            out.line(format!("body {}", quoted(body)));
        }
        let facts = [("tls", &answer.tls), ("dns", &answer.dns), ("tcp", &answer.tcp), ("endpoint", &answer.endpoint)];
        for (word, facts) in facts {
            if let Some(facts) = facts {
                out.line(format!("{word} {}", facts.to_text_lossy()));
            }
        }
    });
}

fn dump_expected(out: &mut Out, expected: &ExpectFinding) {
    let mut parts = vec!["expect finding".to_owned()];
    parts.extend(expected.cases.iter().map(|case| format!("case {case}")));
    parts.extend(expected.severity.map(|severity| format!("severity {severity}")));
    parts.extend(expected.confidence.map(|confidence| format!("confidence {confidence}")));
    parts.extend(expected.evidence_key.as_ref().map(|key| format!("key {key:?}")));
    parts.extend(expected.places.map(|places| format!("places {places}")));
    parts.extend(expected.title.as_ref().map(|title| format!("title {title:?}")));
    parts.extend(expected.extracted.iter().map(|(name, value)| format!("extracted {name} {value:?}")));
    out.line(parts.join(", "));
}
