//! Letters and their lines.

use super::*;
use crate::observation::{ChainFault, ChainProblem, Fallback, TlsSurvey, TlsVersion, VersionSurvey};
use crate::tls::assessment::samples::{NOW, dh, good, refused, spoken, with};

fn graded(survey: &TlsSurvey, hsts: Hsts) -> Grade {
    grade(&Assessment::new(survey, NOW), hsts).expect("TLS")
}

fn letter(survey: &TlsSurvey) -> &'static str {
    graded(survey, Hsts::For(HALF_A_YEAR)).letter.name()
}

#[test]
fn a_good_server_is_graded_by_its_hsts() {
    let survey = good();
    assert_eq!(letter(&survey), "A+");
    for (seconds, warned) in [(HALF_A_YEAR, "A+"), (HALF_A_YEAR - 1, "A-"), (0, "A-")] {
        assert_eq!(graded(&survey, Hsts::For(seconds)).letter.name(), warned, "{seconds}");
    }
    for hsts in [Hsts::Unknown, Hsts::Missing, Hsts::Malformed, Hsts::NotApplicable] {
        let grade = graded(&survey, hsts);
        assert_eq!((grade.letter, grade.lines.len()), (Letter::A, 2), "{hsts:?}");
    }
    let grade = graded(&survey, Hsts::Missing);
    assert_eq!((grade.scores.protocol, grade.scores.key_exchange, grade.scores.cipher), (100, 100, 90));
    assert_eq!(grade.scores.total, 96);
}

#[test]
fn each_weakness_caps_the_letter_and_names_its_rule() {
    let tls12 = |suites: &[u32]| spoken(TlsVersion::Tls12, suites);
    let cases: Vec<(TlsSurvey, &str, &str)> = vec![
        (with(refused(TlsVersion::Tls13)), "A-", "tls-no-tls13"),
        (with(spoken(TlsVersion::Tls10, &[0xC02B])), "B", "tls-old-protocol"),
        (with(spoken(TlsVersion::Tls11, &[0xC02B])), "B", "tls-old-protocol"),
        (with(spoken(TlsVersion::Ssl30, &[0x0005])), "B", "tls-ssl3"),
        (with(spoken(TlsVersion::Ssl30, &[0x002F])), "C", "tls-ssl3"),
        (with(spoken(TlsVersion::Ssl20, &[])), "F", "tls-ssl2"),
        (with(tls12(&[0xC02F, 0x0005])), "C", "tls-suite-rc4"),
        (with(tls12(&[0xC02F, 0x000A])), "C", "tls-suite-64-bit-block"),
        (with(tls12(&[0xC02F, 0x003B])), "F", "tls-suite-null"),
        (with(tls12(&[0xC02F, 0x0034])), "F", "tls-suite-anonymous"),
        (with(tls12(&[0xC02F, 0x0003])), "F", "tls-suite-export"),
        (with(tls12(&[0xC02F, 0x0009])), "F", "tls-suite-des"),
        (with(VersionSurvey { dh: Some(dh(1024)), ..tls12(&[0xC02F, 0x009E]) }), "B", "tls-weak-dh"),
        (with(VersionSurvey { dh: Some(dh(512)), ..tls12(&[0xC02F, 0x009E]) }), "F", "tls-weak-dh"),
        (with(VersionSurvey { group: Some(1), ..tls12(&[0xC02F]) }), "B", "tls-weak-curve"),
        (
            with(VersionSurvey { secure_renegotiation: Some(false), ..tls12(&[0xC02F]) }),
            "A-",
            "tls-insecure-renegotiation",
        ),
        (
            with(VersionSurvey { compression: crate::observation::Told::Accepted, ..tls12(&[0xC02F]) }),
            "C",
            "tls-compression",
        ),
    ];
    for (survey, letter, rule) in cases {
        let grade = graded(&survey, Hsts::For(HALF_A_YEAR));
        let rules: Vec<&str> = grade.lines.iter().filter_map(|line| line.rule.as_deref()).collect();
        assert_eq!((grade.letter.name(), rules.contains(&rule)), (letter, true), "{rule}: {:?}", grade.lines);
    }
    let mut falls = with(spoken(TlsVersion::Tls11, &[0xC02B]));
    falls.fallback_scsv = Fallback::Unprotected;
    let rules: Vec<_> = graded(&falls, Hsts::Missing).lines.into_iter().filter_map(|line| line.rule).collect();
    assert!(rules.iter().any(|rule| rule == "tls-no-fallback-scsv"));
}

#[test]
fn keys_are_scored_as_the_guide_has_it() {
    let scored = |version: VersionSurvey| graded(&with(version), Hsts::Missing).scores.key_exchange;
    let by_prime = |bits| scored(VersionSurvey { dh: Some(dh(bits)), ..spoken(TlsVersion::Tls12, &[0xC02F, 0x009E]) });
    assert_eq!([512, 1024, 2048, 3072, 4088, 4096].map(by_prime), [40, 80, 90, 90, 90, 100]);
    let by_group = |group| scored(VersionSurvey { group: Some(group), ..spoken(TlsVersion::Tls12, &[0xC02F]) });
    // P-256, x25519 and hybrids have full marks, and so has a certificate's key on P-256.
    assert_eq!([23, 29, 4588, 21, 16, 257, 258].map(by_group), [100, 100, 100, 90, 80, 90, 100]);
}

#[test]
fn a_version_that_was_not_heard_may_be_newer_than_the_oldest() {
    let mut survey = with(spoken(TlsVersion::Ssl30, &[0x0005]));
    let silence = crate::observation::Told::Unknown(crate::observation::Unheard::TimedOut);
    let newer = |known: &&mut VersionSurvey| known.version > TlsVersion::Ssl30;
    survey
        .versions
        .iter_mut()
        .filter(newer)
        .for_each(|known| *known = VersionSurvey { told: silence, ..refused(known.version) });
    let is_last = |survey: &TlsSurvey| {
        let lines = graded(survey, Hsts::Missing).lines;
        lines.iter().any(|line| line.why == "nothing newer than SSL 3.0 is spoken")
    };
    assert!(!is_last(&survey), "it cannot be told");
    survey.versions.iter_mut().filter(newer).for_each(|known| *known = refused(known.version));
    assert!(is_last(&survey));
}

#[test]
fn old_suites_alone_cap_it_too() {
    let mut survey = with(refused(TlsVersion::Tls13));
    let cbc = VersionSurvey {
        forward_secret: crate::observation::Told::Refused(crate::observation::Refusal::Alert(40)),
        authenticated: crate::observation::Told::Refused(crate::observation::Refusal::Alert(40)),
        ..spoken(TlsVersion::Tls12, &[0x002F])
    };
    survey.versions.retain(|known| known.version != TlsVersion::Tls12);
    survey.versions.push(cbc);
    let grade = graded(&survey, Hsts::Missing);
    let capped = grade.lines.iter().filter(|line| line.cap == Some(Letter::B)).count();
    assert_eq!((grade.letter, capped), (Letter::B, 2));
}

#[test]
fn trust_is_apart() {
    let mut survey = good();
    let mut faulty = |fault: ChainFault| {
        let mut session = (**survey.session.as_ref().expect("a session")).clone();
        session.judgement.problems = vec![ChainProblem { fault, at: Some(0) }];
        survey.session = Some(std::sync::Arc::new(session));
        let grade = graded(&survey, Hsts::For(HALF_A_YEAR));
        (grade.letter.name(), grade.without_trust.name())
    };
    assert_eq!(faulty(ChainFault::Expired), ("T", "A+"));
    assert_eq!(faulty(ChainFault::WrongName), ("M", "A+"));
    assert_eq!(faulty(ChainFault::Incomplete), ("B", "B"));
    assert_eq!(faulty(ChainFault::RootSent), ("A+", "A+"));
}

#[test]
fn what_is_no_tls_has_no_letter() {
    let survey = TlsSurvey { not_tls: Some(crate::observation::NotTls::Silent), ..TlsSurvey::default() };
    assert_eq!(grade(&Assessment::new(&survey, NOW), Hsts::Unknown), None);
}

#[test]
fn the_shortest_curves_are_worth_rsa_of_1024_bits() {
    use crate::tls::certificate::{Key, KeyKind};
    let survey = good();
    for (curve, bits) in [(Some("secp160r1"), 160), (Some("sect163k1"), 163), (None, 160)] {
        let mut assessment = Assessment::new(&survey, NOW);
        let leaf = assessment.chain.certificates[0].as_mut().expect("a certificate");
        leaf.key = Key { kind: KeyKind::Ec, bits: Some(bits), curve };
        let grade = grade(&assessment, Hsts::For(HALF_A_YEAR)).expect("TLS");
        let why: Vec<&str> = grade.lines.iter().map(|line| &*line.why).collect();
        assert_eq!(grade.letter, Letter::B, "{why:?}");
        assert!(why.contains(&"the certificate's key is weaker than RSA of 2048 bits"), "{why:?}");
    }
}
