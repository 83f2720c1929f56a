//! What surveys come to.

use super::samples::{NOW, dh, good, refused, spoken, with};
use super::*;
use crate::observation::{GroupTold, Preference, Refusal, VersionSurvey, WithoutName};
use crate::tls::suite::Class;

fn names(attacks: &[Attack]) -> Vec<&'static str> {
    attacks.iter().map(|attack| attack.name()).collect()
}

#[test]
fn a_good_server_has_no_weakness() {
    let survey = good();
    let known = Assessment::new(&survey, NOW);
    assert_eq!(known.protocols(), [TlsVersion::Tls12, TlsVersion::Tls13]);
    assert!(known.attacks().is_empty() && known.weak_groups().is_empty());
    for class in Class::ALL {
        assert_eq!(known.class(class), ClassUse { names: Vec::new(), open: false }, "{class:?}");
    }
    let told = (known.forward_secret(), known.authenticated(), known.compression(), known.secure_renegotiation());
    assert_eq!(told, (Some(true), Some(true), Some(false), Some(true)));
    assert_eq!((known.dh(), known.nameless(), known.post_quantum()), (None, None, None));
    assert_eq!(known.chain.leaf().map(|leaf| leaf.days_left(NOW)), Some(61));
}

#[test]
fn weak_suites_are_told_once_each_and_name_their_attacks() {
    let survey =
        with(VersionSurvey { dh: Some(dh(1024)), ..spoken(TlsVersion::Tls10, &[0x0003, 0x0005, 0x000A, 0x002F]) });
    let known = Assessment::new(&survey, NOW);
    assert_eq!(known.class(Class::Rc4).names.len(), 2);
    assert_eq!(known.worst(Class::Rc4).names, ["TLS_RSA_WITH_RC4_128_SHA"]);
    assert_eq!(known.worst(Class::Export).names, ["TLS_RSA_EXPORT_WITH_RC4_40_MD5"]);
    assert_eq!(known.worst(Class::StaticRsa).names.len(), 4);
    let expected = ["freak", "logjam", "rc4", "sweet32", "beast", "robot-prone", "lucky13"];
    assert_eq!(names(&known.attacks()), expected);
    assert_eq!(known.dh().map(|dh| (dh.bits, dh.origin)), Some((1024, None)));
}

#[test]
fn ssl_2_is_its_own_fault() {
    let survey = with(spoken(TlsVersion::Ssl20, &[0x02_0080, 0x07_00C0]));
    let known = Assessment::new(&survey, NOW);
    let last: Vec<String> = known.suites.iter().rev().take(2).map(SuiteUse::name).collect();
    assert_eq!(last, ["SSL_CK_DES_192_EDE3_CBC_WITH_MD5", "SSL_CK_RC4_128_EXPORT40_WITH_MD5"]);
    assert!(known.worst(Class::Export).names.is_empty());
    assert_eq!(names(&known.attacks())[0], "drown");
    let ssl3 = with(spoken(TlsVersion::Ssl30, &[0x002F]));
    assert!(Assessment::new(&ssl3, NOW).attacks().contains(&Attack::Poodle));
}

#[test]
fn silence_is_no_refusal() {
    let silent = VersionSurvey { told: Told::Unknown(Unheard::TimedOut), ..VersionSurvey::unknown(TlsVersion::Tls10) };
    let survey = with(silent);
    let known = Assessment::new(&survey, NOW);
    assert_eq!(known.speaks(TlsVersion::Tls10), None);
    assert!(known.class(Class::Rc4).open && known.class(Class::Cbc).open);
    let quick = with(VersionSurvey { complete: false, ..spoken(TlsVersion::Tls12, &[0xC02F]) });
    let known = Assessment::new(&quick, NOW);
    assert!(!known.class(Class::Rc4).open && known.class(Class::Cbc).open && known.class(Class::StaticRsa).open);
    let mut survey = with(VersionSurvey {
        complete: false,
        forward_secret: Told::Unknown(Unheard::Reset),
        ..spoken(TlsVersion::Tls12, &[0x009C])
    });
    survey.versions.retain(|known| known.version != TlsVersion::Tls13);
    survey.versions.push(refused(TlsVersion::Tls13));
    let known = Assessment::new(&survey, NOW);
    assert_eq!((known.forward_secret(), known.authenticated()), (None, Some(true)));
}

#[test]
fn what_was_not_asked_may_allow_attacks_and_short_primes() {
    let survey = good();
    let known = Assessment::new(&survey, NOW);
    assert!(!known.are_attacks_open() && !known.is_dh_open());
    let quick = |finite_field: Told, dh| {
        let suites = spoken(TlsVersion::Tls12, &[0xC02F]);
        with(VersionSurvey { complete: false, classes_complete: true, finite_field, dh, ..suites })
    };
    let opens = |survey: &TlsSurvey| {
        let known = Assessment::new(survey, NOW);
        (known.is_dh_open(), known.are_attacks_open())
    };
    let no = Told::Refused(Refusal::Alert(40));
    assert_eq!(opens(&quick(Told::default(), None)), (true, true));
    assert_eq!(opens(&quick(Told::Accepted, None)), (true, true), "taken, and no parameters seen");
    assert_eq!(opens(&quick(Told::Accepted, Some(dh(2048)))), (false, false));
    assert_eq!(opens(&quick(no, None)), (false, false));
    let silent = VersionSurvey { told: Told::Unknown(Unheard::Reset), ..VersionSurvey::unknown(TlsVersion::Ssl30) };
    assert_eq!(opens(&with(silent)), (true, true));
    // A short survey finds one suite of a class, which says nothing of another key exchange with it.
    let export = spoken(TlsVersion::Tls12, &[0xC02F, 0x0003]);
    let survey = with(VersionSurvey { complete: false, classes_complete: true, finite_field: no, ..export });
    let known = Assessment::new(&survey, NOW);
    assert!(known.attacks().contains(&Attack::Freak) && !known.attacks().contains(&Attack::Logjam));
    assert!(known.are_attacks_open(), "an export of the other kind may be there");
}

#[test]
fn what_is_presented_without_a_name_is_compared() {
    let mut survey = good();
    let own = survey.session.as_ref().expect("a session").chain.clone();
    let mut without = |told: Told, chain: &[Bytes]| {
        survey.without_name = Some(WithoutName { told, chain: chain.to_vec() });
        Assessment::new(&survey, NOW).nameless()
    };
    assert_eq!(without(Told::Accepted, &own), Some(Nameless::Same));
    assert_eq!(without(Told::Accepted, &own[1..]), Some(Nameless::Other));
    assert_eq!(without(Told::Refused(Refusal::Alert(112)), &[]), Some(Nameless::Refused));
    assert_eq!(without(Told::Accepted, &[]), None);
}

#[test]
fn what_came_with_another_certificate_says_nothing_of_this_one() {
    let list = Bytes::from_static(&[0, 3, 0, 1, 9]);
    let staple = Bytes::from_static(&[0x30, 3, 0x0A, 1, 3]);
    let own = good().session.expect("a session").chain.clone();
    let seen = |version, chain: Vec<Bytes>, list: Option<&Bytes>| {
        let mut survey = with(VersionSurvey {
            chain,
            timestamps: list.cloned(),
            staple: Some(staple.clone()),
            ..spoken(version, &[0xC02F])
        });
        std::sync::Arc::make_mut(survey.session.as_mut().expect("a session")).chain.clone_from(&own);
        let facts = ChainFacts::of_survey(&survey, NOW);
        (facts.staple.map(|staple| staple.word), facts.timestamps)
    };
    let (other, _) = super::samples::chain();
    assert_eq!(seen(TlsVersion::Tls12, other, Some(&list)), (None, None));
    let error = Some(ocsp::Word::Error);
    assert_eq!(seen(TlsVersion::Tls12, own.clone(), Some(&list)), (error, Some(1)));
    assert_eq!(seen(TlsVersion::Tls12, own.clone(), None), (error, Some(0)));
    // Hellos of SSL 3.0 have no room for the question.
    assert_eq!(seen(TlsVersion::Ssl30, own.clone(), None), (error, None));
}

#[test]
fn groups_that_were_not_asked_are_no_complete_list() {
    let no = Told::Refused(Refusal::Ignored);
    let told = |group, tls13, tls12| GroupTold { group, tls13, tls12 };
    let open = |survey: &TlsSurvey| Assessment::new(survey, NOW).groups().1;
    let mut survey = good();
    survey.groups = vec![told(29, Told::Accepted, Told::Accepted), told(256, no, Told::default())];
    assert!(!open(&survey), "finite fields are asked of TLS 1.3 alone");
    survey.groups.push(told(1, Told::default(), Told::Unknown(Unheard::Lied)));
    assert!(open(&survey));
    // The line of questions of one version never came about.
    survey.groups = vec![told(29, Told::Accepted, Told::default())];
    assert!(open(&survey));
    survey.groups = vec![told(29, Told::default(), Told::Accepted)];
    assert!(open(&survey));
    // Who takes RSA key exchanges alone has no groups.
    let mut plain = with(spoken(TlsVersion::Tls12, &[0x002F]));
    plain.versions.retain(|known| known.version != TlsVersion::Tls13);
    plain.versions.push(refused(TlsVersion::Tls13));
    plain.groups.clear();
    assert!(!open(&plain));
}

#[test]
fn of_a_version_that_was_not_heard_nothing_is_denied() {
    let silent = |version| VersionSurvey { told: Told::Unknown(Unheard::TimedOut), ..VersionSurvey::unknown(version) };
    let told = |survey: &TlsSurvey| {
        let known = Assessment::new(survey, NOW);
        (known.compression(), known.secure_renegotiation(), known.client_renegotiation())
    };
    assert_eq!(told(&with(silent(TlsVersion::Tls12))), (None, None, None));
    assert_eq!(told(&with(refused(TlsVersion::Tls12))), (Some(false), None, Some(false)));
    assert_eq!(told(&with(silent(TlsVersion::Tls10))), (None, None, None));
    // What is known of one suffices for a yes to compression and a no to RFC 5746.
    let bad = spoken(TlsVersion::Tls11, &[0x002F]);
    let mut survey = with(VersionSurvey { compression: Told::Accepted, secure_renegotiation: Some(false), ..bad });
    survey.versions.retain(|known| known.version != TlsVersion::Tls12);
    survey.versions.push(silent(TlsVersion::Tls12));
    assert_eq!(told(&survey), (Some(true), Some(false), None));
}

#[test]
fn the_order_of_suites_is_that_of_the_version_where_it_matters() {
    use crate::observation::Preference::{Client, Server};
    let survey = |old: Option<Preference>, new: Option<Preference>| {
        let mut survey = with(VersionSurvey { preference: old, ..spoken(TlsVersion::Tls12, &[0xC02F, 0x0005]) });
        survey.versions.last_mut().expect("a version").preference = new;
        survey
    };
    let told = |survey: &TlsSurvey| {
        let order = Assessment::new(survey, NOW).order();
        (order.preference, order.open)
    };
    assert_eq!(told(&survey(Some(Server), Some(Client))), (Some(Server), false));
    assert_eq!(told(&survey(Some(Client), Some(Server))), (Some(Client), false));
    // Not told where it was asked in vain, though that of TLS 1.3 is known.
    assert_eq!(told(&survey(None, Some(Server))), (None, true));
    let mut one = survey(None, Some(Client));
    one.versions.retain(|known| known.version != TlsVersion::Tls12);
    one.versions.insert(4, spoken(TlsVersion::Tls12, &[0xC02F]));
    assert_eq!(told(&one), (None, false), "there is no choice where it matters");
    one.versions[4] = refused(TlsVersion::Tls12);
    assert_eq!(told(&one), (Some(Client), false), "nothing older is spoken");
    one.versions[4].told = Told::Unknown(Unheard::TimedOut);
    assert_eq!(told(&one), (None, true));
}
