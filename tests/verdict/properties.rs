//! Properties of verdicts over generated rules and answers: no order shows, more knowledge never contradicts, and no rule
//! knows of another.

use std::sync::Arc;

use outsight::compile::{CompiledRule, Program};
use outsight::finding::Outcome;
use outsight::rule::{Cond, Rule};
use outsight::verdict::{PassiveTally, Seen};
use proptest::prelude::*;

use super::world::{Page, answer, begin, drive, endpoint, host, lost, page, probe, probe_of, reply, rules, text};

/// A condition in flow style that says nothing beyond one answer.
fn condition() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        Just("status: 200"),
        Just("status: [403, 5xx]"),
        Just("class: html"),
        Just("size: { more_than: 12 }"),
        Just("body: { contains: alpha }"),
        Just("body: { contains: [ALPHA, beta], ignore_case: true }"),
        Just("body: { contains_all: [alpha, gamma] }"),
        Just("body: { matches: 'be+ta|gam+a' }"),
        Just("body: { matches: '(?i)ALPHA.{0,3}beta' }"),
        Just("body: { starts_with: beta }"),
        Just("body: { not: { contains: gamma } }"),
        Just("headers: { x-a: { exists: false } }"),
        Just("headers: { x-a: { has_token: alpha } }"),
        Just("none: { baseline: { body: { contains: gamma } } }"),
    ]
    .prop_map(|atom| format!("{{ {atom} }}"));
    atom.prop_recursive(3, 16, 4, |inner| {
        let several = proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            several.clone().prop_map(|parts| format!("{{ all: [ {} ] }}", parts.join(", "))),
            several.clone().prop_map(|parts| format!("{{ any: [ {} ] }}", parts.join(", "))),
            several.prop_map(|parts| format!("{{ count: {{ of: [ {} ], at_least: 2 }} }}", parts.join(", "))),
            inner.prop_map(|part| format!("{{ not: {part} }}")),
        ]
    })
}

fn answer_page() -> impl Strategy<Value = Page> {
    let word = prop_oneof![
        Just("alpha "),
        Just("Alpha"),
        Just("beta "),
        Just("beeeta"),
        Just("gamma"),
        Just("<p>"),
        Just("x\n")
    ];
    let body = proptest::collection::vec(word, 0..5).prop_map(|words| words.concat());
    let header = prop_oneof![Just(None), Just(Some("alpha, b")), Just(Some("b"))];
    (prop_oneof![Just(200_u16), Just(403), Just(500)], body, header, proptest::bool::weighted(0.2)).prop_map(
        |(status, body, header, cut)| {
            let page = header.map_or_else(|| page(status, &body), |value| page(status, &body).with("X-A", value));
            Page { cut, ..page }
        },
    )
}

/// A rule of three requests, one repeated over items, with cases of different severities.
fn sending(common: &str, cases: &[String; 3]) -> Rule {
    let keys = format!(
        "severity: low
applies_to: host
for_each: {{ p: [a, b] }}
requests:
  one: {{ get: \"/{{{{p}}}}/1\" }}
  two: {{ get: \"/{{{{p}}}}/2\" }}
match: {{ $one: {common} }}
report: each
cases:
  high: {{ severity: high, match: {{ $one: {} }} }}
  medium: {{ severity: medium, match: {{ $two: {} }} }}
  low: {{ severity: low, match: {{ any: [ {{ $one: {} }}, {{ $two: {common} }} ] }} }}
",
        cases[0], cases[1], cases[2]
    );
    rules(&[text("r", &keys)]).pop().expect("one rule")
}

/// The same condition with all its parts in reverse.
fn turned(cond: &mut Cond) {
    cond.children_mut().reverse();
    cond.children_mut().iter_mut().for_each(turned);
}

fn paths() -> [&'static str; 4] {
    ["/a/1", "/a/2", "/b/1", "/b/2"]
}

/// The answers by target; those whose bit is set in `missing` are not known.
fn judge(rule: &Rule, pages: &[Page; 4], missing: u8, order: &[usize]) -> (Outcome, Vec<outsight::finding::Finding>) {
    let listed: Vec<(&str, Page)> = paths().into_iter().zip(pages.iter().cloned()).collect();
    let state = |ask: &outsight::verdict::Ask| {
        let at = paths().iter().position(|path| path.as_bytes() == &*probe_of(ask).target).expect("a known path");
        if missing >> at & 1 == 1 { lost() } else { answer(ask, &listed) }
    };
    let mut turn = order.iter().cycle();
    let baseline = vec![page(404, "gamma ray"), page(404, "none")];
    let run = begin(&CompiledRule::alone(rule.clone()), baseline);
    let ended = drive(run, state, |_| *turn.next().expect("a cycle"));
    (ended.outcome, ended.findings)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_order_changes_a_verdict_or_a_finding(
        common in condition(),
        cases in [condition(), condition(), condition()],
        pages in [answer_page(), answer_page(), answer_page(), answer_page()],
        missing in 0_u8..16,
        order in proptest::collection::vec(0_usize..4, 1..8),
    ) {
        let rule = sending(&common, &cases);
        let known = judge(&rule, &pages, missing, &[0]);
        prop_assert_eq!(&judge(&rule, &pages, missing, &order), &known, "order of arrival");
        let mut parts = rule.clone();
        turned(&mut parts.matches);
        parts.cases.iter_mut().for_each(|case| turned(&mut case.matches));
        let (outcome, findings) = judge(&parts, &pages, missing, &[0]);
        let places = |findings: &[outsight::finding::Finding]| {
            findings.iter().map(|f| (f.fingerprint.clone(), f.severity, f.places.len())).collect::<Vec<_>>()
        };
        prop_assert_eq!((outcome, places(&findings)), (known.0, places(&known.1)), "order of conditions");
        let mut cases = rule.clone();
        cases.cases.reverse();
        prop_assert_eq!(&judge(&cases, &pages, missing, &[0]), &known, "order of cases");
    }

    #[test]
    fn learning_more_never_turns_one_known_verdict_into_another(
        common in condition(),
        cases in [condition(), condition(), condition()],
        pages in [answer_page(), answer_page(), answer_page(), answer_page()],
        missing in 1_u8..16,
    ) {
        let rule = sending(&common, &cases);
        let before = judge(&rule, &pages, missing, &[0]).0;
        let after = judge(&rule, &pages, 0, &[0]).0;
        let is_known = matches!(before, Outcome::Match | Outcome::Clean);
        prop_assert!(!is_known || before == after, "{before:?} became {after:?}");
    }

    #[test]
    fn a_passive_rule_judges_the_same_alone_and_among_others(
        conditions in proptest::collection::vec((condition(), proptest::option::of(condition())), 1..6),
        guaranteed in answer_page(),
        overheard in proptest::collection::vec(answer_page(), 0..4),
    ) {
        let texts: Vec<String> = conditions.iter().enumerate().map(|(nth, (cond, when))| {
            let when = when.as_ref().map(|when| format!("when: {when}\n")).unwrap_or_default();
            text(&format!("r{nth}"), &format!("severity: low\napplies_to: response\n{when}match: {cond}\n"))
        }).collect();
        let rules = rules(&texts);
        let judge = |program: Program| {
            let baseline = host(vec![page(404, "gamma ray"), page(404, "none")]);
            let mut tally = PassiveTally::new(Arc::new(program), baseline, endpoint());
            tally.observe(&reply(guaranteed.answers(&probe("/"))), &Seen::Guaranteed);
            for (nth, page) in overheard.iter().enumerate() {
                tally.observe(&reply(page.answers(&probe(&format!("/{nth}")))), &Seen::In("other".into()));
            }
            let ended = tally.finish().into_iter();
            ended.map(|(compiled, result)| (compiled.rule.id.to_string(), result.outcome, result.findings)).collect::<Vec<_>>()
        };
        let together = judge(Program::compile(rules.clone()));
        // Compiled alone, a rule has neither literals nor a shared gate: nothing is ruled out before it is asked.
        let alone: Vec<_> = rules.iter().flat_map(|rule| judge(Program::of_one(&CompiledRule::alone(rule.clone())))).collect();
        prop_assert_eq!(together.len(), alone.len());
        for ((id, outcome, findings), (alone_id, alone_outcome, alone_findings)) in together.iter().zip(&alone) {
            prop_assert_eq!((id, outcome, findings), (alone_id, alone_outcome, alone_findings));
        }
        let mut reversed = rules;
        reversed.reverse();
        prop_assert_eq!(judge(Program::compile(reversed)), together, "order of rules");
    }
}
