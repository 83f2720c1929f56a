//! Profiles as data, and servers against them.

use super::*;
use crate::observation::VersionSurvey;
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
