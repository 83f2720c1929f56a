//! A rule in, text out: the bytes of its fixed requests (`plan`), what it waits for and looks for (`compile`), and what
//! comes of each of its tests' fixtures (`verdict`).
//!
//! An input is one rule. In `compile`, comment lines `# body: TEXT` are bodies that the prefilter is asked about.

use std::fmt::Write as _;
use std::sync::Arc;

use outsight::compile::{CompiledRule, Program};
use outsight::finding::{Finding, Outcome};
use outsight::verdict::testing::judge_test;
use outsight::verdict::{Step, Trace, Wanted};

use super::world::{begin, page, rules};
use crate::goldens::hold_each;

fn each(stage: &str, render: impl Fn(&str) -> String) {
    hold_each(&format!("tests/golden/{stage}"), render);
}

fn program(given: &str) -> (Program, Arc<CompiledRule>) {
    let program = Program::compile(rules(&[given.to_owned()]));
    let only = Arc::clone(program.rules().first().expect("one rule"));
    (program, only)
}

#[test]
fn plan() {
    each("plan", |given| {
        let (_, rule) = program(given);
        let mut out = String::new();
        let Step::Ask(asks) = begin(&rule, vec![page(404, ""), page(404, "")]).step() else {
            return "nothing\n".into();
        };
        for ask in asks {
            let probe = ask.http().expect("over HTTP");
            let _ = writeln!(out, "== {} [{}] → {} {}", ask.request, ask.label, probe.origin, redirects(&ask));
            for line in probe.wire.expose().split_inclusive(|byte| *byte == b'\n') {
                let _ = writeln!(out, "{}", line.escape_ascii());
            }
        }
        out.replace(env!("CARGO_PKG_VERSION"), "VERSION")
    });
}

fn redirects(ask: &outsight::verdict::Ask) -> String {
    let Wanted::Http { probe, follow, unshared } = &ask.wanted else { return String::new() };
    let window = probe.window.map(|bytes| format!(", at most {bytes} bytes")).unwrap_or_default();
    let again = unshared.map(|nth| format!(", again {nth}")).unwrap_or_default();
    format!("(redirects {}{window}{again})", follow.name())
}

#[test]
fn compile() {
    each("compile", |given| {
        let (program, rule) = program(given);
        let mut out = String::new();
        for (index, request) in rule.rule.requests.iter().enumerate() {
            let waits: Vec<&str> = rule.flow.waits_for[index].iter().map(|at| &*rule.rule.requests[*at].name).collect();
            let uses = rule.flow.uses[index].join(", ");
            let cookies = if rule.flow.carries_cookies[index] { "the jar" } else { "no cookies" };
            let _ =
                writeln!(out, "{}: waits for [{}], uses [{uses}], carries {cookies}", request.name, waits.join(", "));
        }
        let _ = writeln!(out, "gate: {}", if rule.gate.is_some() { "shared" } else { "its own or none" });
        let _ = writeln!(out, "need: {:?}", rule.need);
        for body in given.lines().filter_map(|line| line.strip_prefix("# body: ")) {
            let hits = program.literals().scan(body.as_bytes());
            let _ = writeln!(out, "{}: {body}", if rule.is_ruled_out(&hits) { "ruled out" } else { "possible" });
        }
        out
    });
}

#[test]
fn verdict() {
    each("verdict", |given| {
        let (_, rule) = program(given);
        let mut out = String::new();
        for test in &rule.rule.tests {
            let judged = judge_test(&rule, test);
            let _ = writeln!(out, "== {}: {}", test.name, outcome(judged.outcome));
            judged.findings.iter().for_each(|finding| show(&mut out, finding));
            judged.traces.iter().for_each(|trace| tree(&mut out, trace, 1));
        }
        out
    });
}

fn outcome(outcome: Outcome) -> String {
    outcome.reason().map_or_else(|| outcome.name().to_string(), |why| format!("{} ({why})", outcome.name()))
}

fn show(out: &mut String, finding: &Finding) {
    let case = finding.case.as_deref().map(|case| format!("#{case}")).unwrap_or_default();
    let Finding { rule, severity, confidence, title, evidence_key, fingerprint, .. } = finding;
    let _ = writeln!(out, "  {rule}{case} {severity} {confidence} `{title}` key `{evidence_key}` {fingerprint}");
    for place in &finding.places {
        let at = place.line.zip(place.column).map(|(line, column)| format!(" at {line}:{column}")).unwrap_or_default();
        let _ = writeln!(out, "    {}{at} {:?}", place.url, place.extracted);
        place.evidence.decided_by.iter().for_each(|line| {
            let _ = writeln!(out, "      {line}");
        });
        if !place.evidence.snippet.is_empty() {
            let _ = writeln!(out, "      snippet {:?}", place.evidence.snippet);
        }
    }
}

fn tree(out: &mut String, trace: &Trace, depth: usize) {
    let truth = format!("{:?}", trace.truth).to_lowercase();
    let found = trace.found.as_ref().map(|found| format!(" — {found}")).unwrap_or_default();
    let _ = writeln!(out, "{:indent$}{truth} {}{found}", "", trace.text, indent = depth * 2);
    trace.children.iter().for_each(|child| tree(out, child, depth + 1));
}
