//! What is offered, and how an answer is weighed. Whole surveys are driven in `tests/survey`.

use super::catalogue::{self, BUNDLE};
use super::plan::Plan;
use crate::observation::TlsVersion;
use crate::tls::suite::{Class, Suite};

#[test]
fn what_no_server_should_take_is_in_the_first_bundle() {
    for version in [TlsVersion::Ssl30, TlsVersion::Tls10, TlsVersion::Tls11, TlsVersion::Tls12] {
        let first: Vec<u16> = catalogue::suites(version).into_iter().take(BUNDLE).collect();
        let short = catalogue::doubtful(version);
        assert!(short.len() <= BUNDLE, "{version:?}: {}", short.len());
        let known = |number: &u16| catalogue::known(*number);
        for class in Class::ALL {
            let is_there = |list: &[u16]| list.iter().filter_map(known).any(|suite| class.holds(suite));
            if class != Class::Static {
                assert!(is_there(&first) && is_there(&short), "{version:?} {class:?}");
            }
        }
        let forbidden: Vec<&Suite> = short.iter().filter_map(known).filter(|suite| suite.is_forbidden()).collect();
        for suite in forbidden {
            assert!(first.contains(&u16::try_from(suite.number).expect("short")), "{version:?} {}", suite.name);
        }
    }
    assert_eq!(catalogue::suites(TlsVersion::Tls13).first(), Some(&0x1301));
}

#[test]
fn hellos_are_never_of_the_length_that_some_boxes_drop() {
    for version in TlsVersion::ALL.into_iter().skip(1) {
        for count in 1..=BUNDLE {
            let suites = catalogue::suites(version).into_iter().take(count).collect();
            let hello = Plan::of(version, suites).hello(Some("www.example.com"), [0; 32]);
            assert!(!hello.has_dropped_length(), "{version:?} with {count} suites");
        }
    }
}

#[test]
fn no_hello_ends_in_an_empty_extension() {
    for version in TlsVersion::ALL.into_iter().filter(|version| *version >= TlsVersion::Tls10) {
        for count in [1, 20, BUNDLE] {
            let suites = catalogue::suites(version).into_iter().take(count).collect();
            let last = Plan { unpadded: true, ..Plan::of(version, suites) }.hello(None, [0; 32]).extensions.pop();
            assert!(last.as_ref().is_some_and(|last| last.bytes().len() > 4), "{version:?} {count}: {last:?}");
        }
    }
}

#[test]
fn finite_fields_and_hybrids_are_offered_to_the_newest_version_alone() {
    let old = catalogue::groups(TlsVersion::Tls12);
    assert!(old.iter().all(|group| *group < 0x0100) && old.contains(&1) && old.contains(&29), "{old:?}");
    let new = catalogue::groups(TlsVersion::Tls13);
    assert!(new.contains(&0x11EC) && new.contains(&0x0100) && !new.contains(&1), "{new:?}");
}
