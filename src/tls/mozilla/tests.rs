//! Profiles as data, and servers against them.

use super::*;
use crate::observation::{GroupTold, Refusal, SurveyDepth, Told, Unheard, VersionSurvey};
use crate::tls::assessment::samples::{NOW, dh, good, refused, spoken, with};

fn stand(survey: &crate::observation::TlsSurvey) -> Vec<Standing> {
    standings(&Assessment::new(survey, NOW), Hsts::For(63_072_000))
}

#[test]
fn the_data_name_what_is_known() {
    let names: Vec<(&str, &str, usize)> =
        profiles().iter().map(|p| (p.name.as_str(), p.version.as_str(), p.suites.len())).collect();
    assert_eq!(names, [("modern", "6.0", 3), ("intermediate", "6.0", 9), ("old", "5.8", 24)]);
    for profile in profiles() {
        assert!(profile.suites.iter().all(|name| suite::of_name(name).is_some()), "{}", profile.name);
        assert!(profile.groups.iter().all(|name| group::of_name(name).is_some()), "{}", profile.name);
        let known = |name: &String| TlsVersion::ALL.into_iter().any(|version| version.name() == *name);
        assert!(profile.versions.iter().all(known), "{}", profile.name);
    }
}

#[test]
fn a_good_server_is_intermediate_and_can_be_modern() {
    let standings = stand(&good());
    assert_eq!(kept(&standings), Some("intermediate"));
    assert_eq!(standings[0].changes, ["switch TLS 1.2 off"]);
    let modern = with(refused(TlsVersion::Tls12));
    assert_eq!(kept(&stand(&modern)), Some("modern"));
}

#[test]
fn nothing_is_kept_as_long_as_something_was_not_told() {
    let open = |survey: &crate::observation::TlsSurvey| {
        let standings = stand(survey);
        assert_eq!(kept(&standings), None);
        closest(&standings).map(|standing| (standing.profile, standing.open.join("; ")))
    };
    let told = |profile, open: &str| Some((profile, open.to_owned()));
    // A short survey asks for neither: who takes DHE beside ECDHE looks as good.
    let mut quick = good();
    quick.depth = SurveyDepth::Quick;
    quick.groups.clear();
    quick.versions.iter_mut().for_each(|version| version.complete = false);
    assert_eq!(open(&quick), told("intermediate", "all suites of TLS 1.2, TLS 1.3; all groups"));
    let silent = VersionSurvey { told: Told::Unknown(Unheard::TimedOut), ..VersionSurvey::unknown(TlsVersion::Tls12) };
    assert_eq!(open(&with(silent)), told("modern", "whether TLS 1.2 is spoken"));
    let cut = VersionSurvey { complete: false, ..spoken(TlsVersion::Tls12, &[0xC02F]) };
    assert_eq!(open(&with(cut)), told("intermediate", "all suites of TLS 1.2"));
    let old = with(spoken(TlsVersion::Tls12, &[0xC02F, 0x009E]));
    assert_eq!(stand(&old)[2].open, ["the prime of Diffie-Hellman", "whose order of suites decides"]);
    let mut lost = good();
    let group = GroupTold { group: 24, tls13: Told::Unknown(Unheard::Reset), tls12: Told::Refused(Refusal::Closed) };
    lost.groups.push(group);
    assert_eq!(open(&lost), told("intermediate", "all groups"));
    // What is known against a profile is so whatever else was not asked.
    let bad = VersionSurvey { complete: false, ..spoken(TlsVersion::Tls12, &[0x0005]) };
    assert_eq!(stand(&with(bad))[1].changes, ["take off the list of suites at least: TLS_RSA_WITH_RC4_128_SHA"]);
}

#[test]
fn what_to_change_is_told() {
    let survey = with(VersionSurvey {
        dh: Some(dh(1024)),
        group: Some(1),
        preference: Some(Preference::Client),
        ..spoken(TlsVersion::Tls12, &[0xC02F, 0x0005])
    });
    let standings = stand(&survey);
    let expected = [
        "take off the list of suites: TLS_RSA_WITH_RC4_128_SHA",
        "take off the list of groups: sect163k1",
        "use a Diffie-Hellman prime of 2048 bits instead of 1024",
    ];
    assert_eq!(standings[1].changes, expected);
    assert!(standings[2].changes.contains(&"have the server's order of suites decide".to_owned()));
    assert_eq!(kept(&standings), None);
    let more = stand(&with(VersionSurvey { group: Some(30), ..spoken(TlsVersion::Tls12, &[0xC02F]) }));
    assert_eq!(more[1].notes, ["groups beside those of the profile: x448"]);
    assert!(more[1].changes.is_empty());
}

#[test]
fn hsts_belongs_to_every_profile() {
    let with = |survey: &crate::observation::TlsSurvey, hsts| {
        let standings = standings(&Assessment::new(survey, NOW), hsts);
        let told = [&standings[1].changes, &standings[1].open].map(|told| told.join("; "));
        (kept(&standings), told)
    };
    let told = |changes: &str, open: &str| [changes.to_owned(), open.to_owned()];
    let known = "how long Strict-Transport-Security lasts";
    assert_eq!(with(&good(), Hsts::For(63_072_000)), (Some("intermediate"), told("", "")));
    assert_eq!(with(&good(), Hsts::Unknown), (None, told("", known)));
    let short = "have Strict-Transport-Security last 63072000 seconds instead of 63071999";
    assert_eq!(with(&good(), Hsts::For(63_071_999)), (None, told(short, "")));
    for hsts in [Hsts::Missing, Hsts::Malformed] {
        assert_eq!(with(&good(), hsts), (None, told("send Strict-Transport-Security for 63072000 seconds", "")));
    }
    // An address has none, and neither has a port that upgrades to TLS.
    assert_eq!(with(&good(), Hsts::NotApplicable).0, Some("intermediate"));
    let mail = crate::observation::TlsSurvey { starttls: crate::observation::StartTls::of_scheme("smtp"), ..good() };
    assert!(mail.starttls.is_some());
    assert_eq!(with(&mail, Hsts::Unknown).0, Some("intermediate"));
}

#[test]
fn the_oldest_profile_has_rsa_keys_alone() {
    let change = "get a certificate whose key is rsa".to_owned();
    let standings = stand(&good());
    assert_eq!(standings.iter().map(|it| it.changes.contains(&change)).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn a_list_that_is_not_whole_is_one_of_some_and_a_long_one_is_told_by_what_stays() {
    let of = |suites: &[u32], complete| {
        let survey = with(VersionSurvey { complete, ..spoken(TlsVersion::Tls12, suites) });
        stand(&survey)[1].changes.clone()
    };
    assert_eq!(of(&[0xC02F, 0x000A], false), ["take off the list of suites at least: TLS_RSA_WITH_3DES_EDE_CBC_SHA"]);
    assert_eq!(of(&[0xC02F, 0x000A], true), ["take off the list of suites: TLS_RSA_WITH_3DES_EDE_CBC_SHA"]);
    let many = [0xC02F, 0x002F, 0x0035, 0x000A, 0x0005, 0x0004, 0x003C, 0x003D, 0x009C, 0x009D];
    let new = "TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256";
    let kept = format!("keep only these suites: {new}, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    assert_eq!(of(&many, true), [kept]);
    // Of a list that is not whole, and of one that has nothing of the profile, what the profile has.
    let twelve = [&many[..], &[0x0096, 0x0041, 0x0084]].concat();
    let all = of(&twelve, false).remove(0);
    assert!(all.starts_with(&format!("keep only suites of these: {new}, TLS_ECDHE_ECDSA_WITH")), "{all}");
    assert_eq!(all.split(", ").count(), 9);
}

#[test]
fn who_has_neither_of_the_new_versions_is_told_of_both() {
    let mut survey = with(spoken(TlsVersion::Tls10, &[0x002F]));
    survey.versions.retain(|known| known.version < TlsVersion::Tls12);
    survey.versions.extend([TlsVersion::Tls12, TlsVersion::Tls13].map(refused));
    let standings = stand(&survey);
    assert_eq!(standings[0].changes[..2], ["switch TLS 1.0 off", "switch TLS 1.3 on"]);
    assert_eq!(standings[1].changes[..2], ["switch TLS 1.0 off", "switch TLS 1.2 and TLS 1.3 on"]);
    assert_eq!(standings[2].changes[0], "switch TLS 1.2 and TLS 1.3 on");
    let new = with(refused(TlsVersion::Tls12));
    assert!(stand(&new)[1].changes.is_empty(), "who has the newest alone keeps to it");
}
