//! Rules over other wires than HTTP, run against what those brought.

use std::sync::Arc;

use super::ask::{Step, Wanted};
use super::run::Run;
use crate::base::{Limits, Origin, Scheme, SourceFile, Timestamp, Unknown};
use crate::compile::CompiledRule;
use crate::dialect::{native, nuclei};
use crate::finding::{Finding, Outcome};
use crate::observation::{Derived, ErrorKind, Observation, ProbeError, Seen, SurveyDepth, Timing, TlsSurvey};
use crate::plan::Identity;
use crate::predicate::{EndpointFacts, HostFacts, ReplyState};
use crate::rule::Rule;
use crate::tls::assessment::samples::{NOW, good};

fn rule(body: &str) -> Rule {
    let text = format!("id: x\ncategory: tls\nseverity: low\napplies_to: host\n{body}\n");
    let mut loaded = native::load(&[SourceFile::new("x.yaml", text)], &Limits::default());
    loaded.rules.pop().unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
}

/// What a rule comes to whose one probe brings this.
fn ends(rule: Rule, seen: &Result<Seen, ProbeError>) -> (Outcome, Vec<Finding>) {
    let now = Timestamp::from_second(NOW).expect("a time");
    let host = HostFacts::new(Origin::new(Scheme::Https, "a.example", 443).expect("valid"), "n0nce", now);
    let (endpoint, identity) = (Arc::new(EndpointFacts::root()), Arc::new(Identity::anonymous()));
    let mut run = Run::new(CompiledRule::alone(rule), Arc::new(host), endpoint, identity);
    loop {
        match run.step() {
            Step::Done(result) => return (result.outcome, result.findings),
            Step::Wait => panic!("the run waits for nothing"),
            Step::Ask(asks) => {
                for ask in asks {
                    let Wanted::Other { probe, .. } = ask.wanted else { panic!("a probe that is not HTTP") };
                    let (timing, derived) = (Timing::default(), Derived::default());
                    let brought = Observation { probe, seen: seen.clone(), at: now, timing, remote: None, derived };
                    run.reply(ask.id, ReplyState::Observed(Arc::new(brought)));
                }
            }
        }
    }
}

fn session() -> Result<Seen, ProbeError> {
    let survey = good();
    Ok(Seen::Tls(Arc::clone(survey.session.as_ref().expect("a session"))))
}

fn surveyed(depth: SurveyDepth) -> Result<Seen, ProbeError> {
    Ok(Seen::TlsSurvey(Arc::new(TlsSurvey { depth, ..good() })))
}

#[test]
fn a_refused_handshake_is_an_answer() {
    let old = || rule("title: Old\nrequest: { tls: { max_version: '1.1' } }\nmatch: { tls.version: TLSv1.1 }");
    let failed = |kind| Err(ProbeError::new(kind, "of a test"));
    assert_eq!(ends(old(), &failed(ErrorKind::HandshakeRefused)).0, Outcome::Clean);
    assert_eq!(ends(old(), &failed(ErrorKind::ConnectTimeout)).0, Outcome::Error(ErrorKind::ConnectTimeout));
    let refused = rule("title: Refused\nrequest: { tls: handshake }\nmatch: { error: handshake-refused }");
    assert_eq!(ends(refused, &failed(ErrorKind::HandshakeRefused)).0, Outcome::Match);
}

#[test]
fn a_quick_survey_says_that_a_full_one_would_tell() {
    let conditions = [
        "{ tls.groups: x448 }",
        "{ some: { tls.suites: { bits: { less_than: 100 } } } }",
        "{ tls.jarm: '0' }",
        "{ tls.post_quantum: true }",
        "{ expr: \"tls.preference == 'client'\" }",
    ];
    let quick = |condition: &str| rule(&format!("title: X\nrequest: {{ tls: survey }}\nmatch: {condition}"));
    let mut survey = good();
    survey.depth = SurveyDepth::Quick;
    survey.groups.clear();
    survey.versions.iter_mut().for_each(|version| version.complete = false);
    let seen = Ok(Seen::TlsSurvey(Arc::new(survey)));
    for condition in conditions {
        assert_eq!(ends(quick(condition), &seen).0, Outcome::Inconclusive(Unknown::QuickSurvey), "{condition}");
    }
    assert_eq!(ends(quick("{ tls.groups: x25519 }"), &seen).0, Outcome::Match, "what was found counts");
    assert_eq!(ends(quick(conditions[1]), &surveyed(SurveyDepth::Full)).0, Outcome::Clean);
}

#[test]
fn a_match_shows_the_handshake_in_a_line_and_a_title_what_it_has() {
    let found = rule(
        "title: '{{tls.version}} with {{tls.group}}, {{tls.untrusted}}'\nrequest: { tls: handshake }\n\
         match: { tls.version: TLSv1.3 }",
    );
    let (outcome, findings) = ends(found, &session());
    assert_eq!((outcome, findings.len()), (Outcome::Match, 1));
    let finding = &findings[0];
    assert_eq!(&*finding.title, "TLSv1.3 with x25519, —");
    let evidence = &finding.places[0].evidence;
    assert!(evidence.snippet.starts_with("version: TLSv1.3 · suite: TLS_AES_128_GCM_SHA256"), "{evidence:?}");
}

#[test]
fn whether_a_certificate_is_revoked_is_not_told_without_a_staple() {
    let template = |dsl: &str| {
        let text = format!(
            "id: t\ninfo: {{ name: T, author: a, severity: low }}\nssl:\n  - address: '{{{{Host}}}}:{{{{Port}}}}'\n    \
             matchers: [{{ type: dsl, dsl: ['{dsl}'] }}]\n"
        );
        let loaded = nuclei::load(&SourceFile::new("t.yaml", text), &nuclei::NoFiles, &Limits::default());
        loaded.rule.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
    };
    assert_eq!(ends(template("revoked == true"), &session()).0, Outcome::Inconclusive(Unknown::NotSent));
    assert_eq!(ends(template("expired == true"), &session()).0, Outcome::Clean);
}
