//! Several certificates of one authority: which way is taken.

use super::*;

fn twin(key: &KeyPair) -> KeyPair {
    KeyPair::try_from(key.serialize_der()).expect("a key")
}

fn by(params: CertificateParams, key: &KeyPair, issuer: &Authority) -> Authority {
    CertifiedIssuer::signed_by(params, twin(key), issuer).expect("signed")
}

/// What is wrong, the way, and the root.
type Way = (Vec<(F, Option<usize>)>, Vec<usize>, Option<String>);

fn way(chain: &[&[u8]], roots: &Roots) -> Way {
    let found = judged(chain, "a.example", roots);
    (faults(&found), found.path, found.root)
}

#[test]
fn an_old_certificate_of_an_issuer_does_not_hide_the_new_one() {
    let (root, key) = (root("Root"), key());
    let old = by(authority_params("Inter", (2020, 2025)), &key, &root);
    let new = by(authority_params("Inter", (2024, 2030)), &key, &root);
    let own = leaf(&["a.example"], (2026, 2027), &new);
    let anchors = roots(&[&root]);
    let superfluous = |at| vec![(F::Superfluous, Some(at))];
    assert_eq!(way(&[&own, old.der(), new.der()], &anchors), (superfluous(1), vec![0, 2], Some("Root".into())));
    assert_eq!(way(&[&own, new.der(), old.der()], &anchors), (superfluous(2), vec![0, 1], Some("Root".into())));
    // Where there is nothing better, the root decides.
    assert_eq!(way(&[&own, old.der()], &anchors), (vec![(F::Expired, Some(1))], vec![0, 1], Some("Root".into())));
}

#[test]
fn a_root_that_nobody_knows_does_not_hide_one_that_is_trusted() {
    let (trusted, dead, key) = (root("Root"), root("Dead"), key());
    let anchors = roots(&[&trusted]);
    let lost = by(authority_params("Inter", (2022, 2030)), &key, &dead);
    let good = by(authority_params("Inter", (2022, 2030)), &key, &trusted);
    let own = leaf(&["a.example"], (2026, 2027), &good);
    let superfluous = |at| vec![(F::Superfluous, Some(at))];
    assert_eq!(way(&[&own, lost.der(), good.der()], &anchors), (superfluous(1), vec![0, 2], Some("Root".into())));
    let all: &[&[u8]] = &[&own, lost.der(), dead.der(), good.der()];
    let (found, path, root) = way(all, &anchors);
    assert_eq!((path, root.as_deref()), (vec![0, 3], Some("Root")));
    assert!(found.contains(&(F::Superfluous, Some(1))) && found.contains(&(F::Superfluous, Some(2))), "{found:?}");
}

#[test]
fn a_root_under_another_is_followed_to_it() {
    let (trusted, key) = (root("Root"), key());
    let alone = CertifiedIssuer::self_signed(authority_params("New", (2022, 2040)), twin(&key)).expect("signed");
    let cross = by(authority_params("New", (2022, 2030)), &key, &trusted);
    let inter = intermediate("Inter", (2022, 2030), &alone);
    let own = leaf(&["a.example"], (2026, 2027), &inter);
    let found = way(&[&own, inter.der(), alone.der(), cross.der()], &roots(&[&trusted]));
    assert_eq!(found, (vec![(F::Superfluous, Some(2))], vec![0, 1, 3], Some("Root".into())));
    // Where neither is trusted, the first is the way.
    let found = way(&[&own, inter.der(), alone.der(), cross.der()], &roots(&[]));
    assert_eq!((found.1, found.2), (vec![0, 1, 2], None));
}

#[test]
fn a_key_identifier_says_nothing_against_a_signature() {
    let (root, key) = (root("Root"), key());
    let inter = by(authority_params("Inter", (2022, 2030)), &key, &root);
    let mut other = authority_params("Inter", (2022, 2030));
    other.key_identifier_method = rcgen::KeyIdMethod::PreSpecified(vec![1, 2, 3]);
    let own = leaf(&["a.example"], (2026, 2027), &by(other, &key, &root));
    assert_eq!(way(&[&own, inter.der()], &roots(&[&root])), (vec![], vec![0, 1], Some("Root".into())));
}

#[test]
fn a_search_among_many_that_cannot_be_checked_ends() {
    let unmarked = || {
        let mut params = authority_params("Same", (2022, 2030));
        params.use_authority_key_identifier_extension = false;
        params
    };
    let one = CertifiedIssuer::self_signed(unmarked(), key()).expect("signed");
    let made = |params: CertificateParams| {
        let der = params.signed_by(&key(), &one).expect("signed").der().to_vec();
        resigned(&der, (ECDSA_SHA256, ECDSA_SHA512))
    };
    let mut own = leaf_params(&["a.example"], (2026, 2027));
    own.use_authority_key_identifier_extension = false;
    let chain: Vec<Vec<u8>> = [made(own)].into_iter().chain((1..CHAIN).map(|_| made(unmarked()))).collect();
    let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
    let found = judged(&chain, "a.example", &roots(&[&root("Root")]));
    assert_eq!(found.path[..2], [0, 1]);
    assert!(found.has(F::UntrustedRoot) || found.has(F::Unverified), "{found:?}");
}
