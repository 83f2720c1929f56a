//! Surveys as values: protocols, suites, groups, what is presented to whom.
//!
//! Must never import a folder above `expr`.

use super::gaps::{Gaps, last};
use super::{EVERYTHING, Fields, addresses, behaviour, chain, of_session, texts, versions};
use crate::base::{Timestamp, Value};
use crate::observation::{NotTls, Preference, Revocation, SurveyDepth, TlsSurvey, TlsVersion, Told, Unheard};
use crate::tls::assessment::{Assessment, Attack, SuiteUse};
use crate::tls::suite::Class;
use crate::tls::{fingerprint, grade, group, mozilla, scheme};

/// The names of classes among the facts.
pub(in crate::predicate) const WEAK: [(Class, &str); 11] = [
    (Class::Null, "weak.unencrypted"),
    (Class::Anonymous, "weak.anonymous"),
    (Class::Export, "weak.export"),
    (Class::Des, "weak.des"),
    (Class::Rc4, "weak.rc4"),
    (Class::TripleDes, "weak.triple_des"),
    (Class::Block64, "weak.block64"),
    (Class::Md5, "weak.md5"),
    (Class::StaticRsa, "weak.static_rsa"),
    (Class::Static, "weak.static_keys"),
    (Class::Cbc, "weak.cbc"),
];

/// Versions and their names among the facts.
const SPEAKS: [(TlsVersion, &str); 6] = [
    (TlsVersion::Ssl20, "speaks.ssl20"),
    (TlsVersion::Ssl30, "speaks.ssl30"),
    (TlsVersion::Tls10, "speaks.tls10"),
    (TlsVersion::Tls11, "speaks.tls11"),
    (TlsVersion::Tls12, "speaks.tls12"),
    (TlsVersion::Tls13, "speaks.tls13"),
];

/// Mozilla's profiles and their names among the facts.
const MOZILLA: [&str; 3] = ["mozilla.modern", "mozilla.intermediate", "mozilla.old"];

/// The facts of a survey that was made at `at`.
pub(in crate::predicate) fn facts(survey: &TlsSurvey, at: Timestamp) -> Value {
    let assessment = Assessment::new(survey, at.as_second());
    let mut gaps = Gaps::default();
    let mut fields: Fields = vec![
        ("depth", Value::from(survey.depth.name())),
        ("hellos", Value::Int(i64::from(survey.hellos))),
        ("connections", Value::Int(i64::from(survey.connections))),
    ];
    fields.extend(survey.starttls.map(|protocol| ("starttls", Value::from(protocol.name()))));
    if survey.not_tls.is_some() || !survey.is_spoken() {
        fields.extend(survey.not_tls.as_ref().map(|instead| ("instead", Value::from(instead_of(instead)))));
        fields.extend(texts("unknown", [EVERYTHING]));
        return Value::map(fields);
    }
    match &survey.session {
        Some(session) => fields.extend(of_session(session)),
        None => {
            let distrust = survey.judgement.as_ref().map(|judgement| judgement.distrust());
            fields.extend(distrust.map(|distrust| ("trusted", Value::Bool(distrust.is_none()))));
            let why = distrust.flatten().map(|problem| problem.fault.words());
            fields.extend(why.map(|why| ("untrusted", Value::from(why))));
        }
    }
    match assessment.is_chain_unseen() {
        true => gaps.unknown.extend(["certificate", "chain", "staple", "timestamps"]),
        false => fields.extend(chain::fields(&assessment.chain)),
    }
    fields.extend(chain::others(survey, at.as_second()));
    if assessment.is_trust_open() {
        gaps.unknown.extend(["trusted", "grade", "mozilla"]);
    }
    fields.extend(protocols(&assessment, &mut gaps));
    fields.extend(versions::fields(&assessment));
    fields.extend(suites(&assessment, &mut gaps));
    fields.extend(exchange(&assessment, &mut gaps));
    fields.extend(behaviour::fields(&assessment, &mut gaps));
    fields.extend(identity(&assessment, &mut gaps));
    fields.extend(marks(&assessment, &mut gaps));
    gaps.unknown.extend(chain::unknown(&assessment.chain));
    gaps.open.extend(chain::open(&assessment.chain));
    fields.extend(survey.revocation.as_ref().map(|told| ("revocation", Value::map(revocation(told)))));
    fields.extend(gaps.fields());
    Value::map(fields)
}

fn instead_of(instead: &NotTls) -> &'static str {
    match instead {
        NotTls::Plaintext(_) => "plaintext",
        NotTls::Closes => "closes",
        NotTls::Resets => "resets",
        NotTls::Silent => "silent",
        NotTls::NoUpgrade(_) => "no-upgrade",
        NotTls::PutsOff(_) => "puts-off",
        NotTls::Mute(_) => "mute",
    }
}

fn protocols(assessment: &Assessment<'_>, gaps: &mut Gaps) -> Fields {
    let mut speaks = Vec::new();
    for (version, name) in SPEAKS {
        speaks.extend(gaps.flag(name, assessment.speaks(version), assessment.told(version)));
    }
    if speaks.len() < SPEAKS.len() {
        gaps.open.push("protocols");
    }
    let protocols = assessment.protocols();
    let mut fields = vec![("speaks", Value::map(speaks))];
    fields.extend(texts("protocols", protocols.iter().map(|version| version.name())));
    fields.extend(texts("attacks", assessment.attacks().into_iter().map(Attack::name)));
    gaps.open.extend(assessment.are_attacks_open().then_some("attacks"));
    fields
}

fn suites(assessment: &Assessment<'_>, gaps: &mut Gaps) -> Fields {
    let mut weak = Vec::new();
    let is_full = assessment.survey.depth == SurveyDepth::Full;
    for (class, name) in WEAK {
        let used = assessment.worst(class);
        if used.open {
            // What a short survey does not ask is not asked; what it found is there all the same.
            match used.names.is_empty() && !is_full && !class.is_forbidden() {
                true => gaps.unasked.push(name),
                false => gaps.open.push(name),
            }
        }
        weak.extend(texts(last(name), used.names));
    }
    let mut fields = vec![("weak", Value::map(weak))];
    let versions = &assessment.survey.versions;
    if versions.iter().any(|version| !version.complete && version.told.known() != Some(false)) {
        gaps.open.push("suites");
    }
    let items: Vec<Value> = assessment.suites.iter().map(suite).collect();
    if !items.is_empty() {
        fields.push(("suites", Value::list(items)));
    }
    let asked = Told::Unknown(if is_full { Unheard::TimedOut } else { Unheard::NotAsked });
    fields.extend(gaps.flag("forward_secret", assessment.forward_secret(), asked));
    fields.extend(gaps.flag("authenticated", assessment.authenticated(), asked));
    let order = assessment.order();
    match order.preference {
        Some(Preference::Server) => fields.push(("preference", Value::from("server"))),
        Some(Preference::Client) => fields.push(("preference", Value::from("client"))),
        None if !order.open => {}
        None => if is_full { &mut gaps.unknown } else { &mut gaps.unasked }.push("preference"),
    }
    fields
}

fn suite(used: &SuiteUse) -> Value {
    let versions: Vec<&str> = used.versions.iter().map(|version| version.name()).collect();
    let mut fields = vec![
        ("name", Value::from(used.name())),
        ("number", Value::Int(i64::from(used.number))),
        ("protocols", Value::list(versions.into_iter().map(Value::from))),
    ];
    if let Some(known) = used.suite {
        fields.extend([
            ("key_exchange", Value::from(known.key_exchange.name())),
            ("authentication", Value::from(known.authentication.name())),
            ("cipher", Value::from(known.cipher)),
            ("bits", Value::Int(i64::from(known.bits))),
            ("mac", Value::from(known.mac)),
            ("authenticated", Value::Bool(known.is_aead())),
            ("forward_secret", Value::Bool(known.is_forward_secret())),
        ]);
        fields.extend(known.openssl.map(|name| ("openssl", Value::from(name))));
        fields.extend(texts("classes", known.classes().map(Class::name)));
    }
    Value::map(fields)
}

/// Groups, Diffie-Hellman, signatures.
fn exchange(assessment: &Assessment<'_>, gaps: &mut Gaps) -> Fields {
    let (groups, open) = assessment.groups();
    let mut fields = Vec::new();
    if open {
        gaps.open.push("groups");
        let asked = assessment.survey.depth == SurveyDepth::Full;
        if asked || !assessment.weak_groups().is_empty() { &mut gaps.open } else { &mut gaps.unasked }
            .push("weak_groups");
    }
    fields.extend(texts("groups", groups.into_iter().map(group::name_of)));
    fields.extend(texts("weak_groups", assessment.weak_groups()));
    let (schemes, schemes_open) = assessment.schemes();
    match (schemes_open, assessment.survey.schemes.is_empty()) {
        (true, true) => gaps.unasked.push("signature_schemes"),
        (true, false) => gaps.open.push("signature_schemes"),
        (false, _) => {}
    }
    fields.extend(texts("signature_schemes", schemes.into_iter().map(scheme::name_of)));
    let asked = match assessment.survey.depth {
        SurveyDepth::Full => Told::Unknown(Unheard::TimedOut),
        SurveyDepth::Quick | SurveyDepth::Jarm => Told::Unknown(Unheard::NotAsked),
    };
    fields.extend(gaps.flag("post_quantum", assessment.post_quantum(), asked));
    if let Some(dh) = assessment.dh() {
        let mut parameters = vec![("bits", Value::Int(i64::from(dh.bits)))];
        parameters.extend(dh.origin.map(|origin| ("origin", Value::from(origin))));
        fields.push(("dh", Value::map(parameters)));
    }
    gaps.open.extend(assessment.is_dh_open().then_some("dh"));
    let keys = assessment.survey.versions.iter().filter_map(|version| version.export_rsa_bits);
    fields.extend(keys.min().map(|bits| ("export_rsa_bits", Value::Int(i64::from(bits)))));
    fields
}

/// What authorities said that were asked.
fn revocation(told: &Revocation) -> Fields {
    let mut fields = vec![("status", Value::from(told.status().name()))];
    if let Some(answer) = told.decisive() {
        fields.push(("source", Value::from(answer.source.name())));
        fields.push(("url", Value::from(answer.url.as_str())));
        fields.extend(answer.reason.as_deref().map(|reason| ("reason", Value::from(reason))));
        let at = answer.revoked_at.and_then(|second| Timestamp::from_second(second).ok());
        fields.extend(at.map(|at| ("revoked_at", Value::Time(at))));
    }
    fields
}

/// The letter and the profiles, both of TLS alone: HSTS is no fact of a survey, and has rules of its own.
fn marks(assessment: &Assessment<'_>, gaps: &mut Gaps) -> Fields {
    let mut fields = Vec::new();
    let letter = grade::grade(assessment, grade::Hsts::Unknown).map(|grade| grade.letter.name());
    fields.extend(letter.map(|letter| ("grade", Value::from(letter))));
    if letter.is_some() {
        let standings = mozilla::standings(assessment, grade::Hsts::NotApplicable);
        let closest = mozilla::closest(&standings);
        let mut profiles = vec![("profile", Value::from(closest.map_or("none", |standing| standing.profile)))];
        // What a short survey does not ask is not asked; of a full one, it is the server that did not say.
        let silent = match assessment.survey.depth {
            SurveyDepth::Full => &mut gaps.unknown,
            SurveyDepth::Quick | SurveyDepth::Jarm => &mut gaps.unasked,
        };
        silent.extend(closest.is_some_and(|standing| !standing.open.is_empty()).then_some("mozilla.profile"));
        for standing in standings.iter().filter(|standing| !standing.open.is_empty()) {
            let name = MOZILLA.iter().find(|name| last(name) == standing.profile);
            let place = if standing.changes.is_empty() { &mut *silent } else { &mut gaps.open };
            place.extend(name);
        }
        profiles.extend(standings.into_iter().filter_map(|standing| texts(standing.profile, standing.changes)));
        fields.push(("mozilla", Value::map(profiles)));
    }
    fields
}

/// What is presented to whom: without a name, at other addresses; fingerprints.
fn identity(assessment: &Assessment<'_>, gaps: &mut Gaps) -> Fields {
    let survey = assessment.survey;
    let mut fields = Vec::new();
    match (assessment.nameless(), &survey.without_name) {
        (Some(nameless), _) => fields.push(("without_name", Value::from(nameless.name()))),
        (None, Some(_)) => gaps.unknown.push("without_name"),
        (None, None) if survey.name.is_some() => gaps.unasked.push("without_name"),
        (None, None) => {}
    }
    let taken = survey.alpn.iter().filter(|told| told.told.is_accepted()).map(|told| told.protocol.as_str());
    fields.extend(texts("application_protocols", taken));
    if survey.depth == SurveyDepth::Quick {
        gaps.unasked.extend(["application_protocols", "jarm"]);
    }
    fields.extend(survey.jarm.as_deref().map(|jarm| ("jarm", Value::from(jarm))));
    if let Some(hello) = &survey.server_hello {
        fields.push(("ja3s", Value::from(fingerprint::ja3s(hello))));
        fields.push(("ja4s", Value::from(fingerprint::ja4s(hello))));
    }
    fields.extend(addresses::fields(assessment, gaps));
    fields
}
