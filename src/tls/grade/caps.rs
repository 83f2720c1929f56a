//! What caps the letter, each with the rule that reports it.
//!
//! Must never import a folder above `observation`.

use super::{GradeLine, Letter};
use crate::observation::{ChainFault, RevocationStatus, TlsVersion};
use crate::tls::assessment::{Assessment, Attack};
use crate::tls::suite::Class;

/// What is wrong, in the order of asking.
pub(super) fn lines(assessment: &Assessment<'_>) -> Vec<GradeLine> {
    let mut lines = Vec::new();
    trust(assessment, &mut lines);
    certificate(assessment, &mut lines);
    protocols(assessment, &mut lines);
    suites(assessment, &mut lines);
    exchange(assessment, &mut lines);
    lines
}

fn cap(lines: &mut Vec<GradeLine>, holds: bool, letter: Letter, why: &str, rule: &str) {
    if holds {
        lines.push(GradeLine { cap: Some(letter), why: why.to_owned(), rule: Some(rule.to_owned()) });
    }
}

fn trust(assessment: &Assessment<'_>, lines: &mut Vec<GradeLine>) {
    const FAULTS: [(ChainFault, &str); 15] = [
        (ChainFault::NoCertificate, "tls-chain-broken"),
        (ChainFault::Malformed, "tls-chain-broken"),
        (ChainFault::Revoked, "tls-certificate-revoked"),
        (ChainFault::Expired, "tls-certificate-expired"),
        (ChainFault::NotYetValid, "tls-certificate-not-yet-valid"),
        (ChainFault::WrongName, "tls-certificate-wrong-host"),
        (ChainFault::NoNames, "tls-certificate-no-names"),
        (ChainFault::SelfSigned, "tls-certificate-self-signed"),
        (ChainFault::UntrustedRoot, "tls-certificate-untrusted"),
        (ChainFault::Unproven, "tls-chain-broken"),
        (ChainFault::BadSignature, "tls-chain-broken"),
        (ChainFault::WeakSignature, "tls-certificate-weak-signature"),
        (ChainFault::WrongPurpose, "tls-certificate-wrong-purpose"),
        (ChainFault::NotAnAuthority, "tls-chain-broken"),
        (ChainFault::Invalid, "tls-chain-broken"),
    ];
    let Some(judgement) = assessment.chain.judgement else { return };
    for (fault, rule) in FAULTS {
        let letter = match fault {
            ChainFault::WrongName | ChainFault::NoNames => Letter::M,
            _ => Letter::T,
        };
        cap(lines, judgement.has(fault), letter, fault.words(), rule);
    }
    let told = assessment.survey.revocation.as_ref().map(|told| told.status());
    let revoked = told == Some(RevocationStatus::Revoked) && !judgement.has(ChainFault::Revoked);
    cap(lines, revoked, Letter::T, ChainFault::Revoked.words(), "tls-certificate-revoked");
    let others = assessment.survey.other_chains.iter().filter_map(|other| other.judgement.as_ref());
    let faults: Vec<ChainFault> = others
        .filter(|judged| !judged.is_unverified())
        .filter_map(|judged| Some(judged.distrust()?.fault))
        .filter(|fault| !judgement.has(*fault))
        .collect();
    let bad = faults.iter().any(|fault| *fault != ChainFault::Incomplete);
    let why = "another certificate, which other clients are presented with, is not trusted";
    cap(lines, bad, Letter::T, why, "tls-other-certificate");
    let why = "the chain of another certificate, which other clients are presented with, is incomplete";
    cap(lines, !bad && !faults.is_empty(), Letter::B, why, "tls-other-certificate");
    let incomplete = judgement.has(ChainFault::Incomplete);
    cap(lines, incomplete, Letter::B, ChainFault::Incomplete.words(), "tls-chain-incomplete");
}

fn certificate(assessment: &Assessment<'_>, lines: &mut Vec<GradeLine>) {
    let Some(leaf) = assessment.chain.leaf() else { return };
    let broken = leaf.signature.is_broken();
    cap(lines, broken, Letter::F, "the certificate is signed with MD5 or MD2", "tls-certificate-weak-signature");
    let bits = leaf.key.like_rsa().unwrap_or(2048);
    cap(
        lines,
        bits < 1024,
        Letter::F,
        "the certificate's key is weaker than RSA of 1024 bits",
        "tls-certificate-weak-key",
    );
    let short = (1024..2048).contains(&bits);
    cap(lines, short, Letter::B, "the certificate's key is weaker than RSA of 2048 bits", "tls-certificate-weak-key");
}

fn protocols(assessment: &Assessment<'_>, lines: &mut Vec<GradeLine>) {
    use TlsVersion as V;
    let speaks = |version| assessment.speaks(version) == Some(true);
    let lacks = |version| assessment.speaks(version) == Some(false);
    cap(lines, speaks(V::Ssl20), Letter::F, "SSL 2.0 is spoken (DROWN)", "tls-ssl2");
    let newer = [V::Tls10, V::Tls11, V::Tls12, V::Tls13];
    let nothing_newer = speaks(V::Ssl30) && newer.into_iter().all(lacks);
    cap(lines, nothing_newer, Letter::F, "nothing newer than SSL 3.0 is spoken", "tls-ssl3");
    let poodle = assessment.attacks().contains(&Attack::Poodle);
    cap(lines, poodle, Letter::C, "SSL 3.0 is spoken with CBC (POODLE)", "tls-ssl3");
    cap(lines, speaks(V::Ssl30) && !poodle, Letter::B, "SSL 3.0 is spoken", "tls-ssl3");
    cap(lines, lacks(V::Tls12) && lacks(V::Tls13), Letter::C, "neither TLS 1.2 nor 1.3 is spoken", "tls-old-protocol");
    cap(lines, speaks(V::Tls10) || speaks(V::Tls11), Letter::B, "TLS 1.0 or 1.1 is spoken", "tls-old-protocol");
    cap(lines, lacks(V::Tls13) && speaks(V::Tls12), Letter::AMinus, "TLS 1.3 is not spoken", "tls-no-tls13");
    let insecure = assessment.secure_renegotiation() == Some(false);
    cap(lines, insecure, Letter::AMinus, "renegotiation is not bound to the connection", "tls-insecure-renegotiation");
    let open = insecure && assessment.client_renegotiation() == Some(true);
    cap(lines, open, Letter::F, "insecure renegotiation by clients is taken", "tls-insecure-renegotiation");
    let compressed = assessment.compression() == Some(true);
    cap(lines, compressed, Letter::C, "TLS compression is on (CRIME)", "tls-compression");
    let unnoticed = assessment.survey.fallback_scsv == crate::observation::Fallback::Unprotected
        && (speaks(V::Ssl30) || speaks(V::Tls10) || speaks(V::Tls11));
    cap(lines, unnoticed, Letter::AMinus, "falling back to an old protocol is not noticed", "tls-no-fallback-scsv");
}

fn suites(assessment: &Assessment<'_>, lines: &mut Vec<GradeLine>) {
    let has = |class: Class| !assessment.class(class).names.is_empty();
    // With TLS 1.1 and newer there is always something better.
    let lately = |class: Class| {
        assessment.suites.iter().any(|used| {
            let late = used.versions.iter().any(|version| *version >= TlsVersion::Tls11);
            late && used.suite.is_some_and(|suite| class.holds(suite))
        })
    };
    cap(lines, has(Class::Null), Letter::F, "a suite without encryption is taken", "tls-suite-null");
    cap(lines, has(Class::Anonymous), Letter::F, "a suite without a certificate is taken", "tls-suite-anonymous");
    cap(
        lines,
        has(Class::Export),
        Letter::F,
        "a suite made weak for export is taken (FREAK, LOGJAM)",
        "tls-suite-export",
    );
    let short = assessment.suites.iter().filter_map(|used| used.suite).any(|suite| (1..112).contains(&suite.bits));
    cap(lines, short && !has(Class::Export), Letter::F, "a suite of less than 112 bits is taken", "tls-suite-des");
    let rc4 = lately(Class::Rc4);
    cap(lines, rc4, Letter::C, "RC4 is taken with TLS 1.1 or newer", "tls-suite-rc4");
    cap(lines, has(Class::Rc4) && !rc4, Letter::B, "RC4 is taken", "tls-suite-rc4");
    let blocks = lately(Class::TripleDes) || lately(Class::Block64);
    let why = "blocks of 64 bits are taken with TLS 1.1 or newer (SWEET32)";
    cap(lines, blocks, Letter::C, why, "tls-suite-64-bit-block");
    let plain = assessment.authenticated() == Some(false);
    cap(lines, plain, Letter::B, "no suite has authenticated encryption", "tls-suite-cbc-only");
    let lasting = assessment.forward_secret() == Some(false);
    cap(lines, lasting, Letter::B, "no suite is forward secret", "tls-no-forward-secrecy");
}

fn exchange(assessment: &Assessment<'_>, lines: &mut Vec<GradeLine>) {
    if let Some(dh) = assessment.dh() {
        cap(lines, dh.bits < 1024, Letter::F, "Diffie-Hellman has less than 1024 bits (LOGJAM)", "tls-weak-dh");
        let short = (1024..2048).contains(&dh.bits);
        cap(lines, short, Letter::B, "Diffie-Hellman has less than 2048 bits", "tls-weak-dh");
    }
    let weak = !assessment.weak_groups().is_empty();
    cap(lines, weak, Letter::B, "a curve weaker than RSA of 2048 bits is taken", "tls-weak-curve");
}
