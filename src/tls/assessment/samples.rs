//! Surveys for tests: a good one, and changes to it.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};

use crate::observation::{
    ChainJudgement, DhParameters, Fallback, GroupTold, Refusal, SurveyDepth, TlsSession, TlsSurvey, TlsVersion, Told,
    VersionSurvey,
};

/// 1 June 2026.
pub(crate) const NOW: i64 = 1_780_272_000;

const NO: Told = Told::Refused(Refusal::Alert(40));

/// A chain of two certificates, well judged: ends on 1 August 2026.
pub(crate) fn chain() -> (Vec<bytes::Bytes>, ChainJudgement) {
    let mut root = CertificateParams::new(Vec::<String>::new()).expect("no names");
    root.distinguished_name.push(DnType::CommonName, "Inter");
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate().expect("a key")).expect("signed");
    let mut own = CertificateParams::new(vec!["a.example".to_owned()]).expect("names");
    own.distinguished_name.push(DnType::CommonName, "a.example");
    // The last second belongs to it, so that these are ninety days.
    own.not_before = date_time_ymd(2026, 5, 3) + std::time::Duration::from_secs(1);
    own.not_after = date_time_ymd(2026, 8, 1);
    let own = own.signed_by(&KeyPair::generate().expect("a key"), &root).expect("signed");
    let judgement =
        ChainJudgement { path: vec![0, 1], root: Some("Root".into()), public: true, ..ChainJudgement::default() };
    (vec![own.der().to_vec().into(), root.der().to_vec().into()], judgement)
}

/// A version that is spoken with these suites, and all were asked.
pub(crate) fn spoken(version: TlsVersion, suites: &[u32]) -> VersionSurvey {
    VersionSurvey {
        told: Told::Accepted,
        suites: suites.to_vec(),
        complete: true,
        forbidden: NO,
        forward_secret: Told::Accepted,
        authenticated: Told::Accepted,
        compression: NO,
        secure_renegotiation: (version < TlsVersion::Tls13).then_some(true),
        ..VersionSurvey::unknown(version)
    }
}

/// A version that is refused.
pub(crate) fn refused(version: TlsVersion) -> VersionSurvey {
    VersionSurvey { told: NO, ..VersionSurvey::unknown(version) }
}

/// A server with which nothing is the matter, surveyed in full.
pub(crate) fn good() -> TlsSurvey {
    let (chain, judgement) = chain();
    let session = TlsSession {
        version: "TLSv1.3".into(),
        cipher: "TLS_AES_128_GCM_SHA256".into(),
        chain,
        judgement,
        group: Some(29),
        ..TlsSession::default()
    };
    let old = [TlsVersion::Ssl20, TlsVersion::Ssl30, TlsVersion::Tls10, TlsVersion::Tls11].map(refused);
    let new = [spoken(TlsVersion::Tls12, &[0xC02B, 0xC02F]), spoken(TlsVersion::Tls13, &[0x1301, 0x1302, 0x1303])];
    TlsSurvey {
        depth: SurveyDepth::Full,
        name: Some("a.example".into()),
        session: Some(Arc::new(session)),
        versions: old.into_iter().chain(new).collect(),
        groups: vec![GroupTold { group: 29, tls13: Told::Accepted, tls12: Told::Accepted }],
        fallback_scsv: Fallback::NotNeeded,
        hellos: 12,
        connections: 12,
        ..TlsSurvey::default()
    }
}

/// The good server with one version changed.
pub(crate) fn with(version: VersionSurvey) -> TlsSurvey {
    let mut survey = good();
    survey.versions.retain(|known| known.version != version.version);
    survey.versions.push(version);
    survey.versions.sort_by_key(|known| known.version);
    survey
}

/// Parameters of Diffie-Hellman with a prime of so many bits, which nobody shares.
pub(crate) fn dh(bits: u32) -> DhParameters {
    let mut prime = vec![0xFF; bits as usize / 8];
    prime.push(1);
    prime.remove(0);
    DhParameters { prime: prime.into(), generator: vec![2].into(), bits }
}
