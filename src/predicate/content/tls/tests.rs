//! Surveys as facts: what is known, what is not, what may go on.

use super::*;
use crate::observation::{TlsVersion, Told, Unheard, VersionSurvey};
use crate::predicate::lookup;
use crate::tls::assessment::samples::{NOW, good, spoken, with};

fn at() -> Timestamp {
    Timestamp::from_second(NOW).expect("a time")
}

fn told(facts: &Value, name: &str) -> Found {
    found(facts, &lookup(name).expect("a subject"))
}

fn text(facts: &Value, name: &str) -> String {
    told(facts, name).values().iter().map(Value::to_text_lossy).collect()
}

#[test]
fn a_survey_tells_every_fact_by_name() {
    let facts = survey_facts(&good(), at());
    let values = [
        ("tls.version", "TLSv1.3"),
        ("tls.speaks.ssl30", "false"),
        ("tls.speaks.tls12", "true"),
        ("tls.certificate.days_left", "61"),
        ("tls.certificate.valid_days", "90"),
        ("tls.certificate.key.bits", "256"),
        ("tls.certificate.signature.hash", "SHA-256"),
        ("tls.chain.root", "Root"),
        ("tls.chain.public", "true"),
        ("tls.chain.complete", "true"),
        ("tls.forward_secret", "true"),
        ("tls.compression", "false"),
        ("tls.fallback", "not-needed"),
        ("tls.grade", "A"),
        ("tls.mozilla.profile", "intermediate"),
        ("tls.hellos", "12"),
    ];
    for (name, value) in values {
        assert_eq!(text(&facts, name), value, "{name}");
    }
    assert!(matches!(told(&facts, "tls.suites").values(), [Value::List(suites)] if suites.len() == 5));
    assert_eq!(told(&facts, "tls.weak.rc4"), Found::missing());
    assert_eq!(told(&facts, "tls.without_name"), Found::Unknown(Unknown::NotSent));
}

#[test]
fn what_could_not_be_told_is_unknown_and_what_was_found_counts() {
    let silent = VersionSurvey { told: Told::Unknown(Unheard::TimedOut), ..VersionSurvey::unknown(TlsVersion::Tls10) };
    let mut survey = with(silent);
    let rc4 = spoken(TlsVersion::Tls11, &[0x0005]);
    survey.versions.retain(|known| known.version != TlsVersion::Tls11);
    survey.versions.push(rc4);
    let facts = survey_facts(&survey, at());
    assert_eq!(told(&facts, "tls.speaks.tls10"), Found::Unknown(Unknown::Failed));
    assert_eq!(text(&facts, "tls.speaks.tls11"), "true");
    let extent = |name: &str| match told(&facts, name) {
        Found::Values { extent, values } => (extent, values.len()),
        Found::Unknown(_) => panic!("{name}"),
    };
    assert_eq!((extent("tls.weak.rc4"), extent("tls.weak.des")), ((Extent::Further, 1), (Extent::Further, 0)));
    assert_eq!(extent("tls.protocols"), (Extent::Further, 1));
}

#[test]
fn what_a_short_survey_leaves_out_is_not_asked_and_what_it_found_is_open() {
    use crate::observation::{DhParameters, SurveyDepth};
    let extent = |facts: &Value, name: &str| match told(facts, name) {
        Found::Values { extent, values } => Some((extent, values.len())),
        Found::Unknown(_) => None,
    };
    let mut survey = good();
    survey.depth = SurveyDepth::Quick;
    let facts = survey_facts(&survey, at());
    for name in ["tls.intolerance", "tls.resumption.early_data", "tls.resumption.ids", "tls.resumption.tickets"] {
        assert_eq!(told(&facts, name), Found::Unknown(Unknown::NotSent), "{name}");
    }
    survey.tolerance.warns_of_name = true;
    assert_eq!(told(&survey_facts(&survey, at()), "tls.intolerance"), Found::Unknown(Unknown::NotSent));
    survey.tolerance.needs_short_hellos = true;
    survey.resumption.early_data = Some(0);
    let facts = survey_facts(&survey, at());
    assert_eq!(extent(&facts, "tls.intolerance"), Some((Extent::Further, 1)));
    assert_eq!(text(&facts, "tls.resumption.early_data"), "0");
    survey.resumption = crate::observation::Resumption { tickets: Some(false), ..Default::default() };
    assert_eq!(extent(&survey_facts(&survey, at()), "tls.resumption.early_data"), Some((Extent::Whole, 0)));
    // Finite fields that were not asked for leave primes and attacks open.
    let dh = || DhParameters { prime: vec![0xFF; 256].into(), generator: vec![2].into(), bits: 2048 };
    let quick = |dh| VersionSurvey { complete: false, dh, ..spoken(TlsVersion::Tls12, &[0xC02F]) };
    let facts = survey_facts(&with(quick(None)), at());
    assert_eq!(extent(&facts, "tls.dh.bits"), Some((Extent::Further, 0)));
    assert_eq!(extent(&facts, "tls.attacks"), Some((Extent::Further, 0)));
    assert_eq!(extent(&survey_facts(&with(quick(Some(dh()))), at()), "tls.dh.bits"), Some((Extent::Whole, 1)));
}

#[test]
fn a_full_survey_that_heard_nothing_of_tickets_does_not_know() {
    let facts = survey_facts(&good(), at());
    assert_eq!(told(&facts, "tls.resumption.early_data"), Found::Unknown(Unknown::Failed));
    assert_eq!(told(&facts, "tls.intolerance"), Found::missing());
}

#[test]
fn certificates_that_were_not_seen_are_unknown() {
    let mut survey = good();
    survey.session = None;
    survey.versions.iter_mut().for_each(|version| version.chain.clear());
    let facts = survey_facts(&survey, at());
    let names = ["tls.certificate.days_left", "tls.chain.problems", "tls.chain.length", "tls.trusted", "tls.grade"];
    for name in names.into_iter().chain(["tls.staple.status", "tls.timestamps", "tls.mozilla.profile"]) {
        assert_eq!(told(&facts, name), Found::Unknown(Unknown::Failed), "{name}");
    }
    // A server that takes suites without certificates alone has none.
    survey.versions.iter_mut().for_each(|version| version.told = Told::Refused(crate::observation::Refusal::Closed));
    survey.versions.iter_mut().for_each(|version| version.suites.clear());
    survey.versions.retain(|known| known.version != TlsVersion::Tls12);
    survey.versions.push(spoken(TlsVersion::Tls12, &[0x0034]));
    let facts = survey_facts(&survey, at());
    assert_eq!((text(&facts, "tls.chain.length"), text(&facts, "tls.grade")), ("0".to_owned(), "F".to_owned()));
}

#[test]
fn trust_that_cannot_be_checked_is_unknown() {
    use crate::observation::{ChainFault, ChainProblem};
    let mut survey = good();
    let session = std::sync::Arc::make_mut(survey.session.as_mut().expect("a session"));
    session.judgement.problems = vec![ChainProblem { fault: ChainFault::Unverified, at: Some(0) }];
    let facts = survey_facts(&survey, at());
    for name in ["tls.trusted", "tls.grade", "tls.mozilla.profile"] {
        assert_eq!(told(&facts, name), Found::Unknown(Unknown::Failed), "{name}");
    }
    assert_eq!(text(&facts, "tls.chain.problems"), "unverified");
}

#[test]
fn a_profile_is_not_kept_by_what_was_not_asked() {
    let full = survey_facts(&good(), at());
    assert_eq!(text(&full, "tls.mozilla.profile"), "intermediate");
    assert_eq!(told(&full, "tls.mozilla.intermediate"), Found::missing());
    let mut quick = good();
    quick.depth = crate::observation::SurveyDepth::Quick;
    quick.versions.iter_mut().for_each(|version| version.complete = false);
    let facts = survey_facts(&quick, at());
    for name in ["tls.mozilla.profile", "tls.mozilla.intermediate"] {
        assert_eq!(told(&facts, name), Found::Unknown(Unknown::NotSent), "{name}");
    }
    // What is against a profile is there, and there may be more of it.
    assert!(
        matches!(told(&facts, "tls.mozilla.modern"), Found::Values { extent: Extent::Further, values } if values.len() == 1)
    );
}

#[test]
fn a_chain_without_its_end_is_not_complete() {
    use crate::observation::{ChainFault, ChainProblem};
    let complete = |fault: ChainFault, missing: Option<&str>| {
        let mut survey = good();
        let session = std::sync::Arc::make_mut(survey.session.as_mut().expect("a session"));
        session.judgement.problems = vec![ChainProblem { fault, at: Some(0) }];
        (session.judgement.root, session.judgement.missing) = (None, missing.map(str::to_owned));
        let facts = survey_facts(&survey, at());
        (told(&facts, "tls.chain.complete"), told(&facts, "tls.chain.missing").values().len())
    };
    let known = |complete| Found::one(Value::Bool(complete));
    assert_eq!(complete(ChainFault::Incomplete, Some("R")), (known(false), 1));
    assert_eq!(complete(ChainFault::UntrustedRoot, Some("R")), (Found::Unknown(Unknown::Failed), 1));
    assert_eq!(complete(ChainFault::UntrustedRoot, None), (known(true), 0));
}

#[test]
fn timestamps_that_nobody_asked_for_are_unknown() {
    let survey = good();
    assert_eq!(told(&survey_facts(&survey, at()), "tls.timestamps"), Found::Unknown(Unknown::Failed));
    let mut session = survey.session.as_deref().cloned().expect("a session");
    assert_eq!(told(&facts(&session, at()), "tls.timestamps"), Found::Unknown(Unknown::Failed));
    let asked = VersionSurvey { chain: session.chain.clone(), ..spoken(TlsVersion::Tls12, &[0xC02F]) };
    let mut survey = with(asked);
    survey.session = Some(std::sync::Arc::new(session.clone()));
    assert_eq!(text(&survey_facts(&survey, at()), "tls.timestamps"), "0");
    session.timestamps = Some(vec![0, 3, 0, 1, 9].into());
    assert_eq!(text(&facts(&session, at()), "tls.timestamps"), "1");
}

#[test]
fn a_certificate_of_an_authority_without_end_is_told_in_full() {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, SanType, date_time_ymd};
    let dns = |number| SanType::DnsName(format!("n{number}.example").try_into().expect("a name"));
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(3));
    params.not_after = date_time_ymd(9999, 12, 31) + std::time::Duration::from_secs(86_399);
    params.subject_alt_names = (0..1100).map(dns).collect();
    let made = params.self_signed(&KeyPair::generate().expect("a key")).expect("signed");
    let session = TlsSession { chain: vec![made.der().to_vec().into()], ..TlsSession::default() };
    let facts = facts(&session, at());
    assert_eq!(text(&facts, "tls.certificate.path_length"), "3");
    assert_eq!(text(&facts, "tls.certificate.not_after"), "9999-12-30T22:00:00Z");
    let Found::Values { extent, .. } = told(&facts, "tls.certificate.names") else { panic!("told") };
    assert_eq!(extent, Extent::Further);
}

#[test]
fn an_address_that_was_not_reached_is_no_difference() {
    use crate::observation::{AddressSurvey, Refusal};
    let mut survey = good();
    let other = |told| AddressSurvey {
        address: "2001:db8::1".parse().expect("an address"),
        session: None,
        no_session: Some("no connection came about".into()),
        told,
        legacy: Told::Refused(Refusal::Alert(70)),
        legacy_version: None,
    };
    let differs = |survey: &crate::observation::TlsSurvey| {
        let facts = survey_facts(survey, at());
        let (found, addresses) = (told(&facts, "tls.addresses"), facts.field("addresses").cloned());
        let Found::Values { extent, .. } = found else { panic!("{found:?}") };
        let Some(Value::List(addresses)) = addresses else { panic!("{addresses:?}") };
        let differs = addresses.iter().filter_map(|address| address.field("differs")).count();
        (differs, extent == Extent::Further)
    };
    survey.addresses = vec![other(Told::Unknown(Unheard::NoConnection))];
    assert_eq!(differs(&survey), (0, true));
    survey.addresses = vec![other(Told::Refused(Refusal::Alert(40)))];
    assert_eq!(differs(&survey), (1, false));
    // One that refuses connections says so itself, and has nothing else to say.
    survey.addresses = vec![AddressSurvey { legacy: Told::default(), ..other(Told::Unknown(Unheard::Shut)) }];
    assert_eq!(differs(&survey), (1, false));
    // Old versions that were not asked for may make a difference.
    survey.addresses = vec![AddressSurvey { legacy: Told::default(), ..other(Told::Refused(Refusal::Alert(40))) }];
    assert_eq!(differs(&survey), (1, true));
}

#[test]
fn a_port_without_tls_has_few_facts() {
    let survey = crate::observation::TlsSurvey {
        not_tls: Some(crate::observation::NotTls::Closes),
        ..crate::observation::TlsSurvey::default()
    };
    let facts = survey_facts(&survey, at());
    assert_eq!(text(&facts, "tls.instead"), "closes");
    for absent in ["tls.protocols", "tls.grade", "tls.certificate.days_left"] {
        assert!(matches!(told(&facts, absent), Found::Unknown(_)), "{absent}");
    }
}

/// The names of all facts of a map, those of the items of its lists among them.
fn names_in(value: &Value, path: &str, all: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Map(fields) => fields.iter().for_each(|(name, value)| names_in(value, &format!("{path}.{name}"), all)),
        Value::List(items) if items.iter().any(|item| matches!(item, Value::Map(_))) => {
            all.insert(path.to_owned());
            items.iter().for_each(|item| names_in(item, path, all));
        }
        _ => drop(all.insert(path.to_owned())),
    }
}

/// Every fact of a survey has a subject: what rules cannot ask for would be lost.
#[test]
fn every_fact_is_a_subject() {
    let registered = registered();
    let mut told = std::collections::BTreeSet::new();
    samples().iter().for_each(|survey| names_in(&survey_facts(survey, at()), "tls", &mut told));
    assert!(told.len() > 120, "{}", told.len());
    let lost: Vec<&String> = told.iter().filter(|name| !registered.contains(*name)).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

/// Every subject of TLS, and every field of the items of its lists.
fn registered() -> std::collections::BTreeSet<String> {
    use crate::predicate::{COLLECTIONS, ItemKind, names, paths};
    let items = COLLECTIONS.iter().filter(|spec| spec.name.starts_with("tls.")).flat_map(|spec| match spec.items {
        ItemKind::Answers => Vec::new(),
        ItemKind::Fields(fields) => paths(fields).iter().map(|path| format!("{}.{path}", spec.name)).collect(),
    });
    names().into_iter().filter(|name| name.starts_with("tls.")).chain(items).collect()
}

/// Every subject is told of some server: what nothing tells would be silently missing.
#[test]
fn every_subject_is_a_fact() {
    let mut told = std::collections::BTreeSet::new();
    let mut gaps = std::collections::BTreeSet::new();
    for survey in samples() {
        let facts = survey_facts(&survey, at());
        names_in(&facts, "tls", &mut told);
        for list in ["unknown", "unasked", "open"] {
            let Some(Value::List(names)) = facts.field(list) else { continue };
            gaps.extend(names.iter().map(|name| format!("tls.{}", name.to_text_lossy())));
        }
    }
    let is_told = |name: &String| {
        let below = format!("{name}.");
        told.contains(name) || told.iter().any(|told| told.starts_with(&below))
    };
    let is_gap = |name: &String| gaps.iter().any(|gap| name.starts_with(gap.as_str()));
    // What other clients are presented with has tests of its own.
    let is_elsewhere = |name: &String| name.starts_with("tls.other_certificates");
    let silent = registered().into_iter().filter(|name| !is_told(name) && !is_gap(name) && !is_elsewhere(name));
    let silent: Vec<String> = silent.collect();
    assert!(silent.is_empty(), "{silent:?}");
}

/// Servers of which together everything can be told.
fn samples() -> Vec<crate::observation::TlsSurvey> {
    let mut unseen = good();
    unseen.session = None;
    let mut quick = good();
    quick.depth = crate::observation::SurveyDepth::Quick;
    quick.versions.iter_mut().for_each(|version| (version.complete, version.classes_complete) = (false, false));
    let closed = crate::observation::NotTls::Closes;
    let plain = crate::observation::TlsSurvey { not_tls: Some(closed), ..crate::observation::TlsSurvey::default() };
    vec![good(), unseen, quick, plain, with_everything()]
}

/// A server with every fault and every feature.
fn with_everything() -> crate::observation::TlsSurvey {
    use crate::observation::{
        AddressSurvey, AlpnTold, ClientCertificate, DhParameters, Fallback, GroupTold, Preference, Refusal, Resumption,
        Revocation, RevocationAnswer, RevocationSource, RevocationStatus, SchemeTold, ServerHello, StartTls,
        WithoutName,
    };
    // The one that mod_ssl came with.
    let prime = "9fdb8b8a004544f0045f1737d0ba2e0b274cdf1a9f588218fb435316a16e3741\
                 71fd19d8d8f37c39bf863fd60e3e300680a3030c6e4c3757d08f70e6aa871033";
    let prime = data_encoding::HEXLOWER.decode(prime.as_bytes()).expect("hexadecimal");
    let no = Told::Refused(Refusal::Alert(40));
    let weak = [0x0000, 0x0034, 0x0003, 0x0009, 0x0005, 0x000A, 0x0007, 0x0004, 0x002F, 0x0030, 0xC013];
    let mut survey = with(VersionSurvey {
        dh: Some(DhParameters { prime: prime.into(), generator: vec![2].into(), bits: 512 }),
        export_rsa_bits: Some(512),
        preference: Some(Preference::Client),
        extended_master_secret: Some(false),
        encrypt_then_mac: Some(false),
        extensions: vec![0xFF01],
        ..spoken(TlsVersion::Tls10, &weak)
    });
    let session = std::sync::Arc::make_mut(survey.session.as_mut().expect("a session"));
    (session.alpn, session.untrusted) = (Some("h2".into()), Some("the certificate is expired".into()));
    let asked = ClientCertificate::default();
    (session.client_certificate, survey.client_certificate) = (Some(asked.clone()), Some(asked));
    let there = AddressSurvey {
        address: "2001:db8::1".parse().expect("an address"),
        session: Some(std::sync::Arc::new(TlsSession { version: "TLSv1.2".into(), ..TlsSession::default() })),
        no_session: Some("refused".into()),
        told: no,
        legacy: no,
        legacy_version: None,
    };
    let group = |group| GroupTold { group, tls13: no, tls12: Told::Accepted };
    let revoked = RevocationAnswer {
        source: RevocationSource::Ocsp,
        url: "http://ocsp.example".into(),
        status: RevocationStatus::Revoked,
        reason: Some("superseded".into()),
        revoked_at: Some(NOW),
        problem: None,
        next_update: None,
    };
    crate::observation::TlsSurvey {
        starttls: Some(StartTls::Smtp),
        revocation: Some(Revocation { answers: vec![revoked] }),
        server_hello: Some(ServerHello {
            legacy_version: 0x0303,
            version: 0x0304,
            suite: 0x1301,
            extensions: vec![43, 51],
            alpn: None,
        }),
        groups: vec![group(29), group(19)],
        schemes: vec![SchemeTold { scheme: 0x0403, told: Told::Accepted, tls13: no }],
        alpn: vec![AlpnTold { protocol: "h2".into(), told: Told::Accepted }],
        client_renegotiation: Told::Accepted,
        fallback_scsv: Fallback::Unprotected,
        without_name: Some(WithoutName { told: no, chain: Vec::new() }),
        resumption: Resumption { ids: Some(true), tickets: Some(true), early_data: Some(1) },
        tolerance: crate::observation::Tolerance { needs_padding: true, ..Default::default() },
        jarm: Some("0".repeat(62)),
        addresses: vec![there],
        ..survey
    }
}

#[test]
fn addresses_differ_in_either_order() {
    use crate::observation::{AddressSurvey, ChainJudgement, Refusal, TlsSession};
    let differs = |survey: &crate::observation::TlsSurvey| text(&survey_facts(survey, at()), "tls.addresses");
    let address = "192.0.2.2".parse().expect("an address");
    let no = Told::Refused(Refusal::Alert(70));
    let there = AddressSurvey {
        address,
        session: None,
        no_session: None,
        told: no,
        legacy: Told::Accepted,
        legacy_version: Some(TlsVersion::Tls10),
    };
    // The first is good, and the second speaks TLS 1.0 alone.
    let mut survey = good();
    let expired = TlsSession { untrusted: Some("expired".into()), ..(**survey.session.as_ref().expect("one")).clone() };
    survey.addresses = vec![there.clone()];
    let told = differs(&survey);
    assert!(told.contains("handshake") && told.contains("old-protocols"), "{told}");
    // The other way round, and the good one's certificate has expired.
    let mut old = with(spoken(TlsVersion::Tls10, &[0x002F]));
    old.versions.iter_mut().filter(|known| known.version > TlsVersion::Tls10).for_each(|known| {
        *known = crate::tls::assessment::samples::refused(known.version);
    });
    (old.session, old.judgement) = (None, Some(ChainJudgement { path: vec![0], ..ChainJudgement::default() }));
    old.versions[2].chain = vec!["another".into()];
    let session = Some(std::sync::Arc::new(expired));
    old.addresses = vec![AddressSurvey { session, told: Told::Accepted, legacy: no, legacy_version: None, ..there }];
    let told = differs(&old);
    for what in ["certificate", "version", "trust", "handshake", "old-protocols"] {
        assert!(told.contains(what), "{what}: {told}");
    }
}

#[test]
fn of_old_versions_that_were_not_heard_everything_is_unknown() {
    use crate::observation::Preference;
    use crate::tls::assessment::samples::refused;
    let names = ["tls.compression", "tls.secure_renegotiation", "tls.client_renegotiation", "tls.preference"];
    let silent = VersionSurvey { told: Told::Unknown(Unheard::TimedOut), ..VersionSurvey::unknown(TlsVersion::Tls12) };
    let facts = survey_facts(&with(silent), at());
    for name in names {
        assert_eq!(told(&facts, name), Found::Unknown(Unknown::Failed), "{name}");
    }
    let facts = survey_facts(&with(refused(TlsVersion::Tls12)), at());
    assert_eq!(told(&facts, "tls.compression"), Found::missing());
    assert_eq!(told(&facts, "tls.secure_renegotiation"), Found::missing());
    assert_eq!(text(&facts, "tls.client_renegotiation"), "false");
    // Whose order decides was asked in vain; where it was answered, that of TLS 1.3 is another matter.
    let mut survey = with(spoken(TlsVersion::Tls12, &[0xC02F, 0x0005]));
    survey.versions.last_mut().expect("a version").preference = Some(Preference::Client);
    assert_eq!(told(&survey_facts(&survey, at()), "tls.preference"), Found::Unknown(Unknown::Failed));
    survey.versions[4].preference = Some(Preference::Server);
    assert_eq!(text(&survey_facts(&survey, at()), "tls.preference"), "server");
}

#[test]
fn groups_that_are_not_known_leave_weak_ones_open() {
    use crate::observation::GroupTold;
    let mut survey = good();
    survey.groups.push(GroupTold { group: 1, tls13: Told::default(), tls12: Told::Unknown(Unheard::Lied) });
    let facts = survey_facts(&survey, at());
    for name in ["tls.groups", "tls.weak_groups"] {
        assert!(matches!(told(&facts, name), Found::Values { extent: Extent::Further, .. }), "{name}");
    }
}
