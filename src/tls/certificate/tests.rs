//! Facts of certificates made for the purpose.

use std::net::IpAddr;

use proptest::prelude::*;
use rcgen::{
    CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, date_time_ymd,
};

use super::*;

fn made(change: impl FnOnce(&mut CertificateParams)) -> Certificate {
    let mut params = CertificateParams::new(vec!["a.example".to_owned(), "*.b.example".to_owned()]).expect("names");
    params.distinguished_name.push(DnType::CommonName, "a.example");
    (params.not_before, params.not_after) = (date_time_ymd(2026, 1, 1), date_time_ymd(2026, 4, 1));
    change(&mut params);
    let key = KeyPair::generate().expect("a key");
    facts(params.self_signed(&key).expect("signed").der()).expect("read")
}

#[test]
fn a_certificate_tells_what_is_in_it() {
    let read = made(|params| {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let feature = [0x30, 3, 2, 1, 5].to_vec();
        params.custom_extensions = vec![
            CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 24], feature),
            // A policy of domain validation.
            CustomExtension::from_oid_content(
                &[2, 5, 29, 32],
                [&[0x30, 10, 0x30, 8, 6, 6][..], &[0x67, 0x81, 0x0C, 1, 2, 1]].concat(),
            ),
        ];
    });
    let extensions = &read.extensions;
    assert_eq!(
        (&*extensions.usages, &extensions.purposes[..]),
        (&["digital-signature"][..], &["server-auth".to_owned()][..])
    );
    assert_eq!((extensions.must_staple, extensions.validation), (true, Some(Validation::Domain)));
    assert_eq!((read.valid_days(), read.days_left(read.not_after - 86_401)), (91, 1));
    assert_eq!((read.key.kind, read.key.bits, read.key.curve), (KeyKind::Ec, Some(256), Some("secp256r1")));
    assert_eq!((&*read.signature.name, read.signature.hash), ("ecdsa-with-SHA256", Some("SHA-256")));
    assert!(read.is_self_issued && read.is_self_signed && read.is_wildcard && !read.key.is_weak());
    assert_eq!((read.sha256.len(), read.pin.len(), read.title()), (64, 44, "a.example".to_owned()));
    assert!(read.is_for_servers());
}

#[test]
fn names_are_compared_as_rfc_9525_says() {
    let dns = |name: &str| SubjectName::Dns(name.to_owned());
    let ip = |ip: &str| SubjectName::Ip(ip.parse::<IpAddr>().expect("an address"));
    let names = [
        dns("a.example"),
        dns("*.b.example"),
        dns("x*.c.example"),
        dns("*.com"),
        dns("192.0.2.9"),
        ip("192.0.2.7"),
        ip("::1"),
    ];
    for good in ["A.example", "a.example.", "x.b.example", "192.0.2.7", "[::1]"] {
        assert!(names::fits(names.iter().cloned(), good), "{good}");
    }
    for bad in ["b.example", "x.y.b.example", "xy.c.example", "example.com", "192.0.2.9", "192.0.2.8", ".b.example"] {
        assert!(!names::fits(names.iter().cloned(), bad), "{bad}");
    }
}

#[test]
fn names_beyond_those_that_are_told_count() {
    let dns = |name: String| rcgen::SanType::DnsName(name.try_into().expect("a name"));
    let mut many: Vec<_> = (0..1200).map(|number| dns(format!("n{number}.example"))).collect();
    many.push(dns("*.w.example".to_owned()));
    let read = made(|params| params.subject_alt_names = many);
    assert_eq!((read.names.len(), read.has_more_names, read.is_wildcard), (1000, true, true));
    let read = made(|_| {});
    assert_eq!((read.names.len(), read.has_more_names), (2, false));
}

#[test]
fn distinguished_names_are_told_as_rfc_4514_says() {
    use rcgen::string::{BmpString, UniversalString};
    let subject = |change: &dyn Fn(&mut rcgen::DistinguishedName)| {
        let read = made(|params| {
            params.distinguished_name = rcgen::DistinguishedName::new();
            change(&mut params.distinguished_name);
        });
        (read.subject.clone(), read.issuer.clone(), read.title())
    };
    let (own, issuer, title) = subject(&|name| {
        name.push(DnType::CountryName, "US");
        name.push(DnType::OrganizationName, "#1 Example, \"Inc.\" ");
        name.push(DnType::CommonName, "a.example");
    });
    assert_eq!(own, "CN=a.example,O=\\#1 Example\\, \\\"Inc.\\\"\\ ,C=US");
    assert_eq!((issuer, title), (own, "a.example".to_owned()));
    let (own, _, title) = subject(&|name| {
        let wide = BmpString::try_from("Žluťoučký kůň").expect("a text");
        name.push(DnType::OrganizationName, rcgen::DnValue::BmpString(wide));
        let wider = UniversalString::try_from("木 😀").expect("a text");
        name.push(DnType::CommonName, rcgen::DnValue::UniversalString(wider));
    });
    assert_eq!((&*own, &*title), ("CN=木 😀,O=Žluťoučký kůň", "木 😀"));
    // A part that has no short name is told by its identifier and its bytes.
    let (own, ..) = subject(&|name| {
        name.push(DnType::CustomDnType(vec![1, 2, 3, 4]), "x");
        name.push(DnType::CommonName, "a\0b");
    });
    assert_eq!(own, "CN=a\\00b,1.2.3.4=#0c0178");
}

#[test]
fn strings_of_old_kinds_are_read_and_what_is_none_is_not_guessed() {
    let mut params = CertificateParams::new(vec!["a.example".to_owned()]).expect("names");
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "M_ller");
    let der = params.self_signed(&KeyPair::generate().expect("a key")).expect("signed").der().to_vec();
    let with = |string: &[u8]| {
        let from = [&[0x0C, 6][..], b"M_ller"].concat();
        let mut der = der.clone();
        for at in (0..der.len()).rev().filter(|at| der[*at..].starts_with(&from)).collect::<Vec<_>>() {
            der.splice(at..at + 8, string.iter().copied());
        }
        let read = facts(&der).expect("read");
        (read.subject, read.common_name, read.issuer_name)
    };
    let latin = Some("Müller".to_owned());
    assert_eq!(with(b"\x14\x06M\xFCller"), ("CN=Müller".to_owned(), latin.clone(), latin));
    assert_eq!(with(b"\x04\x06M_ller"), ("CN=#04064d5f6c6c6572".to_owned(), None, None));
    // A surrogate alone.
    assert_eq!(with(b"\x1E\x06\xD8\x00\x00a\x00b"), ("CN=#1e06d80000610062".to_owned(), None, None));
}

#[test]
fn days_since_the_end_are_whole_ones() {
    let read = made(|_| {});
    let since = |seconds: i64| read.days_since_end(read.not_after + seconds);
    assert_eq!((since(-5), since(0), since(1)), (None, None, Some(0)));
    assert_eq!((since(10 * 86_400 - 1), since(10 * 86_400 + 600)), (Some(9), Some(10)));
}

#[test]
fn how_long_a_certificate_may_last_depends_on_when_it_began() {
    let limit =
        |year, month, day| made(|params| params.not_before = date_time_ymd(year, month, day)).longest_valid_days();
    assert_eq!(limit(2012, 6, 30), None);
    assert_eq!((limit(2020, 8, 31), limit(2020, 9, 1)), (Some(825), Some(398)));
    assert_eq!((limit(2026, 3, 14), limit(2026, 3, 15)), (Some(398), Some(200)));
    assert_eq!((limit(2027, 3, 15), limit(2029, 3, 15)), (Some(100), Some(47)));
}

#[test]
fn a_second_more_than_the_limit_is_a_day_more() {
    let lasting = |seconds: i64| {
        let mut read = made(|params| params.not_before = date_time_ymd(2026, 3, 15));
        read.not_after = read.not_before + seconds - 1;
        read.valid_days()
    };
    assert_eq!((lasting(200 * 86_400), lasting(200 * 86_400 + 1)), (200, 201));
    assert_eq!((lasting(199 * 86_400 + 1), lasting(1), lasting(0)), (200, 1, 0));
}

proptest! {
    #[test]
    fn no_bytes_make_the_readers_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Some(read) = facts(&bytes) {
            let _ = (read.title(), read.days_left(0));
        }
        let key = KeyPair::generate().expect("a key");
        let leaf = CertificateParams::new(vec![]).expect("none").self_signed(&key).expect("signed");
        let (_, leaf) = X509Certificate::from_der(leaf.der()).expect("read");
        let _ = crate::tls::ocsp::status(&bytes, &leaf, Some(&leaf), 0);
    }

    #[test]
    fn no_change_of_a_certificate_makes_the_readers_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        length in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        static REAL: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
            let mut params = CertificateParams::new(vec!["a.example".to_owned()]).expect("names");
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            params.self_signed(&KeyPair::generate().expect("a key")).expect("signed").der().to_vec()
        });
        let mut der = REAL.clone();
        for (at, byte) in changes {
            let at = at.index(der.len());
            der[at] = byte;
        }
        if is_cut {
            der.truncate(length.index(der.len()));
        }
        if let Some(read) = facts(&der) {
            let _ = (read.title(), read.days_left(0), read.valid_days(), read.key.like_rsa());
        }
    }
}
