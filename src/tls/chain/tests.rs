//! Chains with each fault, made for the purpose.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
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

fn leaf(names: &[&str], years: (i32, i32), by: &Authority) -> Vec<u8> {
    leaf_params(names, years).signed_by(&key(), by).expect("signed").der().to_vec()
}

fn roots(own: &[&Authority]) -> Roots {
    let ders: Vec<CertificateDer<'static>> = own.iter().map(|own| own.der().clone()).collect();
    let anchors = ders.iter().map(|der| webpki::anchor_from_trusted_cert(der).expect("a root").to_owned()).collect();
    Roots::new(anchors, own.len())
}

fn judged(chain: &[&[u8]], host: &str, roots: &Roots) -> ChainJudgement {
    judge(Case { chain, staple: None, host, now: NOW, unproven: false }, roots)
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
    assert_eq!((faults(&found), found.missing.as_deref()), (vec![(F::Incomplete, Some(0))], Some("Inter")));
    let found = judged(&[&own, inter.der(), root.der()], "a.example", &roots(&[]));
    assert_eq!(faults(&found), [(F::UntrustedRoot, Some(2)), (F::RootSent, Some(2))]);
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
