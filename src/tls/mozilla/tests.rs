//! Profiles as data, and servers against them.

use super::*;
use crate::observation::{GroupTold, Refusal, SurveyDepth, Told, Unheard, VersionSurvey};
use crate::tls::assessment::samples::{NOW, dh, good, refused, spoken, with};

fn stand(survey: &crate::observation::TlsSurvey) -> Vec<Standing> {
    standings(&Assessment::new(survey, NOW))
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
    assert_eq!(stand(&with(bad))[1].changes, ["take off the list of suites: TLS_RSA_WITH_RC4_128_SHA"]);
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
