//! Chains with each fault, made for the purpose.

mod paths;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::CertificateDer;

use super::*;
use ChainFault as F;

/// 1 June 2026.
const NOW: i64 = 1_780_272_000;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn params(name: &str, (from, until): (i32, i32)) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::<String>::new()).expect("no names");
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    params.use_authority_key_identifier_extension = true;
    params
}

fn authority_params(name: &str, years: (i32, i32)) -> CertificateParams {
    let mut params = params(name, years);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

fn root(name: &str) -> Authority {
    CertifiedIssuer::self_signed(authority_params(name, (2020, 2040)), key()).expect("signed")
}

fn intermediate(name: &str, years: (i32, i32), by: &Authority) -> Authority {
    CertifiedIssuer::signed_by(authority_params(name, years), key(), by).expect("signed")
}

fn leaf_params(names: &[&str], years: (i32, i32)) -> CertificateParams {
    let mut leaf = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).expect("names");
    leaf.distinguished_name = params("a.example", years).distinguished_name;
    (leaf.not_before, leaf.not_after) = (date_time_ymd(years.0, 1, 1), date_time_ymd(years.1, 1, 1));
    leaf.use_authority_key_identifier_extension = true;
    leaf
}

/// Where the issuer's certificate is (RFC 5280 §4.2.2.1).
fn issuer_at() -> CustomExtension {
    let url = b"\x86\x09http://a/";
    let method = [6, 8, 0x2B, 6, 1, 5, 5, 7, 0x30, 2];
    let content = [&[0x30, 23, 0x30, 21], &method[..], &url[..]].concat();
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], content)
}

/// One signed certificate timestamp (RFC 6962 §3.3).
fn logged() -> CustomExtension {
    let timestamp = [&[0; 1][..], &[7; 32], &[0; 8], &[0, 0], &[4, 3, 0, 1, 9]].concat();
    let length = |bytes: &[u8]| u16::try_from(bytes.len()).expect("short").to_be_bytes();
    let one = [&length(&timestamp)[..], &timestamp].concat();
    let list = [&length(&one)[..], &one].concat();
    let short = u8::try_from(list.len()).expect("short");
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 11_129, 2, 4, 2], [&[4, short], &list[..]].concat())
}

fn leaf(names: &[&str], years: (i32, i32), by: &Authority) -> Vec<u8> {
    leaf_params(names, years).signed_by(&key(), by).expect("signed").der().to_vec()
}

fn roots(own: &[&Authority]) -> Roots {
    let ders: Vec<CertificateDer<'static>> = own.iter().map(|own| own.der().clone()).collect();
    let anchors = ders.iter().map(|der| webpki::anchor_from_trusted_cert(der).expect("a root").to_owned()).collect();
    Roots::new(anchors, own.len())
}

fn judged(chain: &[&[u8]], host: &str, roots: &Roots) -> ChainJudgement {
    judge(case(chain, host), roots)
}

fn case<'a>(chain: &'a [&'a [u8]], host: &'a str) -> Case<'a> {
    Case { chain, staple: None, timestamps: None, host, now: NOW, proof: Proof::Given }
}

fn faults(judgement: &ChainJudgement) -> Vec<(F, Option<usize>)> {
    judgement.problems.iter().map(|problem| (problem.fault, problem.at)).collect()
}

#[test]
fn a_good_chain_has_no_fault_and_names_its_root() {
    let root = root("Root");
    let inter = intermediate("Inter", (2022, 2030), &root);
    let own = leaf(&["a.example", "*.b.example"], (2026, 2027), &inter);
    let good = judged(&[&own, inter.der()], "a.example", &roots(&[&root]));
    assert_eq!((faults(&good), good.path.clone(), good.root.as_deref()), (vec![], vec![0, 1], Some("Root")));
    assert!(good.public && good.distrust().is_none());
    let with_root = judged(&[&own, inter.der(), root.der()], "x.B.example.", &roots(&[&root]));
    assert_eq!(faults(&with_root), [(F::RootSent, Some(2))]);
    assert!(with_root.distrust().is_none());
}

#[test]
fn every_fault_is_told_with_its_certificate() {
    let root = root("Root");
    let old = intermediate("Old", (2020, 2025), &root);
    let own = leaf(&["a.example"], (2030, 2031), &old);
    let found = judged(&[&own, old.der()], "c.example", &roots(&[]));
    let expected =
        [(F::Expired, Some(1)), (F::NotYetValid, Some(0)), (F::WrongName, Some(0)), (F::UntrustedRoot, Some(1))];
    assert_eq!(faults(&found), expected);
    assert_eq!(found.missing.as_deref(), Some("Root"));
    let found = judged(&[&own, old.der()], "a.example", &roots(&[&root]));
    assert_eq!(faults(&found), expected[..2]);
}

#[test]
fn what_is_missing_is_told_apart_from_what_is_not_trusted() {
    let root = root("Root");
    let inter = intermediate("Inter", (2022, 2030), &root);
    let own = leaf(&["a.example"], (2026, 2027), &inter);
    let found = judged(&[&own], "a.example", &roots(&[&root]));
    assert_eq!((faults(&found), found.missing.as_deref()), (vec![(F::UntrustedRoot, Some(0))], Some("Inter")));
    let telling = |more: Vec<CustomExtension>, by: &Authority| {
        let mut own = leaf_params(&["a.example"], (2026, 2027));
        own.custom_extensions = [vec![issuer_at()], more].concat();
        own.signed_by(&key(), by).expect("signed").der().to_vec()
    };
    // It is a root that is left out, unless logs know better.
    let own = telling(vec![], &inter);
    let found = judged(&[&own], "a.example", &roots(&[&root]));
    assert_eq!((faults(&found), found.missing.as_deref()), (vec![(F::UntrustedRoot, Some(0))], Some("Inter")));
    let alone: &[&[u8]] = &[&own];
    let beside = Case { timestamps: Some(&[0, 3, 0, 1, 9]), ..case(alone, "a.example") };
    assert_eq!(faults(&judge(beside, &roots(&[&root]))), [(F::Incomplete, Some(0))]);
    let own = telling(vec![logged()], &inter);
    let found = judged(&[&own], "a.example", &roots(&[&root]));
    assert_eq!((faults(&found), found.missing.as_deref()), (vec![(F::Incomplete, Some(0))], Some("Inter")));
    let mut upper = authority_params("Upper", (2022, 2030));
    upper.custom_extensions = vec![issuer_at()];
    let upper = CertifiedIssuer::signed_by(upper, key(), &inter).expect("signed");
    let own = telling(vec![], &upper);
    let found = judged(&[&own, upper.der()], "a.example", &roots(&[&root]));
    assert_eq!(faults(&found), [(F::UntrustedRoot, Some(1))]);
    let own = telling(vec![logged()], &upper);
    let found = judged(&[&own, upper.der()], "a.example", &roots(&[&root]));
    assert_eq!(faults(&found), [(F::Incomplete, Some(1))]);
    let own = leaf(&["a.example"], (2026, 2027), &inter);
    let found = judged(&[&own, inter.der(), root.der()], "a.example", &roots(&[]));
    assert_eq!(faults(&found), [(F::UntrustedRoot, Some(2)), (F::RootSent, Some(2))]);
    assert_eq!(found.missing, None);
    let alone = leaf_params(&["a.example"], (2026, 2027)).self_signed(&key()).expect("signed").der().to_vec();
    assert_eq!(faults(&judged(&[&alone], "a.example", &roots(&[]))), [(F::SelfSigned, Some(0))]);
    assert_eq!(faults(&judged(&[], "a.example", &roots(&[]))), [(F::NoCertificate, None)]);
    assert_eq!(faults(&judged(&[b"x"], "a.example", &roots(&[]))), [(F::Malformed, Some(0))]);
}

#[test]
fn order_and_company_are_judged() {
    let root = root("Root");
    let inter = intermediate("Inter", (2022, 2030), &root);
    let own = leaf(&["a.example"], (2026, 2027), &inter);
    let stranger = leaf(&["b.example"], (2020, 2021), &inter);
    let found = judged(&[&own, root.der(), inter.der()], "a.example", &roots(&[&root]));
    assert_eq!((faults(&found), found.path), (vec![(F::Misordered, None), (F::RootSent, Some(1))], vec![0, 2]));
    let found = judged(&[&own, inter.der(), &stranger, b"?"], "a.example", &roots(&[&root]));
    assert_eq!(faults(&found), [(F::Superfluous, Some(2)), (F::Superfluous, Some(3))]);
    // The root under an older authority, long over, for clients that do not know the root: nobody else needs it.
    let older = super::tests::root("Older");
    let cross = authority_params("Root", (2015, 2021)).signed_by(root.key(), &older).expect("signed");
    let found = judged(&[&own, inter.der(), cross.der()], "a.example", &roots(&[&root]));
    assert_eq!((faults(&found), found.root.as_deref()), (vec![], Some("Root")));
}

#[test]
fn purposes_authorities_and_constraints_are_judged() {
    let root = root("Root");
    let mut own = leaf_params(&["a.example"], (2026, 2027));
    own.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let own = own.signed_by(&key(), &root).expect("signed").der().to_vec();
    assert_eq!(faults(&judged(&[&own], "a.example", &roots(&[&root]))), [(F::WrongPurpose, Some(0))]);
    // For anything is not for servers, whoever says so.
    let mut any = leaf_params(&["a.example"], (2026, 2027));
    any.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any];
    let any = any.signed_by(&key(), &root).expect("signed").der().to_vec();
    assert_eq!(faults(&judged(&[&any], "a.example", &roots(&[&root]))), [(F::WrongPurpose, Some(0))]);
    let mut any = authority_params("Any", (2022, 2030));
    any.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any];
    let any = CertifiedIssuer::signed_by(any, key(), &root).expect("signed");
    let own = leaf(&["a.example"], (2026, 2027), &any);
    let found = judged(&[&own, any.der()], "a.example", &roots(&[&root]));
    assert_eq!(faults(&found), [(F::WrongPurpose, Some(1))]);
    let imposter = CertifiedIssuer::signed_by(leaf_params(&["b.example"], (2026, 2027)), key(), &root).expect("signed");
    let own = leaf(&["c.example"], (2026, 2027), &imposter);
    assert_eq!(faults(&judged(&[&own, imposter.der()], "c.example", &roots(&[&root]))), [(F::NotAnAuthority, Some(1))]);
    let mut short = authority_params("Short", (2022, 2030));
    short.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let short = CertifiedIssuer::signed_by(short, key(), &root).expect("signed");
    let below = intermediate("Below", (2022, 2030), &short);
    let own = leaf(&["a.example"], (2026, 2027), &below);
    let found = judged(&[&own, below.der(), short.der()], "a.example", &roots(&[&root]));
    assert_eq!(faults(&found), [(F::Invalid, None)]);
}

#[test]
fn a_forged_signature_and_names_by_common_name_alone_are_told() {
    let root = root("Root");
    // The same name and another key, and no key identifiers to tell them apart.
    let mut params = authority_params("Root", (2020, 2040));
    params.use_authority_key_identifier_extension = false;
    let other = CertifiedIssuer::self_signed(params, key()).expect("signed");
    let mut own = leaf_params(&[], (2026, 2027));
    own.use_authority_key_identifier_extension = false;
    let own = own.signed_by(&key(), &other).expect("signed").der().to_vec();
    let found = judged(&[&own, root.der()], "a.example", &roots(&[]));
    let expected =
        [(F::NoNames, Some(0)), (F::UntrustedRoot, Some(1)), (F::BadSignature, Some(0)), (F::RootSent, Some(1))];
    assert_eq!(faults(&found), expected);
}

/// A certificate whose signature is said to be by another algorithm, both times it says so. Its object identifier is as long.
fn resigned(der: &[u8], (from, to): (&[u8], &[u8])) -> Vec<u8> {
    let places: Vec<usize> =
        (0..der.len()).filter(|at| der.get(*at..).is_some_and(|rest| rest.starts_with(from))).collect();
    assert_eq!((places.len(), from.len()), (2, to.len()));
    let mut der = der.to_vec();
    for at in places {
        der.splice(at..at + to.len(), to.iter().copied());
    }
    der
}

const ECDSA_SHA256: &[u8] = &[6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2];
const ECDSA_SHA512: &[u8] = &[6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 4];

#[test]
fn a_signature_of_another_kind_than_the_issuers_key_is_none() {
    // The root of that name has a key of RSA, and this is signed with a curve's.
    let mut name = rcgen::DistinguishedName::new();
    for (kind, text) in [
        (DnType::CountryName, "US"),
        (DnType::OrganizationName, "Internet Security Research Group"),
        (DnType::CommonName, "ISRG Root X1"),
    ] {
        name.push(kind, rcgen::DnValue::PrintableString(text.try_into().expect("printable")));
    }
    let mut params = authority_params("", (2020, 2040));
    params.distinguished_name = name;
    let impostor = CertifiedIssuer::self_signed(params, key()).expect("signed");
    let mozilla = Roots::mozilla();
    let (_, parsed) = X509Certificate::from_der(impostor.der()).expect("read");
    assert!(mozilla.named(parsed.subject()).next().is_some(), "the root is there by that name");
    let own = leaf(&["a.example"], (2026, 2027), &impostor);
    for chain in [&[&own[..]][..], &[&own, impostor.der()]] {
        let found = judged(chain, "a.example", &mozilla);
        assert!(found.distrust().is_some() && !found.public && found.root.is_none(), "{found:?}");
        assert!(!found.is_unverified(), "{found:?}");
    }
    let inter = intermediate("Inter", (2022, 2030), &impostor);
    let own = leaf(&["a.example"], (2026, 2027), &inter);
    let found = judged(&[&own, inter.der()], "a.example", &mozilla);
    assert!(found.has(F::UntrustedRoot) && !found.public, "{found:?}");
}

#[test]
fn what_cannot_be_checked_here_is_neither_trusted_nor_a_fault_of_the_server() {
    let root = root("Root");
    let own = resigned(&leaf(&["a.example"], (2026, 2027), &root), (ECDSA_SHA256, ECDSA_SHA512));
    let found = judged(&[&own], "a.example", &roots(&[&root]));
    assert_eq!(faults(&found), [(F::Unverified, Some(0))]);
    assert!(found.distrust().is_some() && found.is_unverified());
    let inter = intermediate("Inter", (2022, 2030), &root);
    let own = resigned(&leaf(&["a.example"], (2026, 2027), &inter), (ECDSA_SHA256, ECDSA_SHA512));
    let found = judged(&[&own, inter.der()], "a.example", &roots(&[&root]));
    assert_eq!(faults(&found), [(F::Unverified, Some(0))]);
    // What cannot be checked is not preferred to what is genuine, and another fault is the reason.
    let found = judged(&[&own, inter.der()], "b.example", &roots(&[&root]));
    assert_eq!(
        (faults(&found), found.is_unverified()),
        (vec![(F::WrongName, Some(0)), (F::Unverified, Some(0))], false)
    );
    // A handshake whose signature cannot be checked proves no more.
    let own = leaf(&["a.example"], (2026, 2027), &root);
    let chain: &[&[u8]] = &[&own];
    let case = Case { proof: Proof::Unchecked, ..case(chain, "a.example") };
    assert_eq!(faults(&judge(case, &roots(&[&root]))), [(F::Unverified, None)]);
    let case = Case { proof: Proof::Wrong, ..case };
    assert_eq!(faults(&judge(case, &roots(&[&root]))), [(F::Unproven, None)]);
}

#[test]
fn a_name_counts_however_many_stand_before_it() {
    let root = root("Root");
    let names: Vec<String> = (0..1500).map(|number| format!("n{number}.example")).collect();
    let own = leaf(&names.iter().map(String::as_str).collect::<Vec<_>>(), (2026, 2027), &root);
    assert_eq!(faults(&judged(&[&own], "n1200.example", &roots(&[&root]))), []);
    assert_eq!(faults(&judged(&[&own], "n1500.example", &roots(&[&root]))), [(F::WrongName, Some(0))]);
}

#[test]
fn a_root_of_the_users_own_may_serve_by_itself() {
    let own = CertifiedIssuer::self_signed(authority_params("Self", (2020, 2030)), key()).expect("signed");
    let found = judged(&[own.der()], "a.example", &roots(&[&own]));
    assert_eq!((faults(&found), found.root.as_deref()), (vec![(F::NoNames, Some(0))], Some("Self")));
}

#[test]
fn the_roots_of_browsers_have_names() {
    let mozilla = Roots::mozilla();
    let names: Vec<String> = (0..mozilla.anchors().len()).map(|at| mozilla.name(at)).collect();
    assert!(names.len() > 100 && names.iter().all(|name| !name.is_empty()));
    assert!(names.iter().any(|name| name == "ISRG Root X1"));
}
