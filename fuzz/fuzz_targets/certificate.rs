//! Certificates, and the response and the timestamps that come beside them: any bytes in place of either give facts or none,
//! and what is told of them as a whole is JSON.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use outsight::base::Timestamp;
use outsight::observation::{ChainJudgement, Observation, OtherProbe, Seen, Timing, TlsProbe, TlsSession};
use outsight::predicate::observed::named;
use rcgen::{CertificateParams, KeyPair};

/// A certificate, and itself in place of its issuer.
static GENUINE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let key = KeyPair::generate().expect("a key");
    CertificateParams::default().self_signed(&key).expect("a certificate").der().to_vec()
});

fn told(chain: Vec<u8>, beside: &[u8]) {
    let session = TlsSession {
        version: "TLSv1.2".into(),
        cipher: "TLS_RSA_WITH_AES_128_CBC_SHA".into(),
        chain: vec![chain.into(); 2],
        judgement: ChainJudgement { path: vec![0, 1], ..ChainJudgement::default() },
        staple: Some(beside.to_vec().into()),
        timestamps: Some(beside.to_vec().into()),
        ..TlsSession::default()
    };
    let probe = TlsProbe::of("a.example".into(), 443);
    let observation = Observation {
        probe: Arc::new(OtherProbe::Tls(probe)),
        seen: Ok(Seen::Tls(Arc::new(session))),
        at: Timestamp::UNIX_EPOCH,
        timing: Timing::default(),
        remote: None,
        derived: Default::default(),
    };
    let response = named(&observation, "response", Timestamp::UNIX_EPOCH).expect("there");
    assert!(response.to_text_lossy().starts_with('{'));
}

fuzz_target!(|bytes: &[u8]| {
    told(bytes.to_vec(), &[]);
    told(GENUINE.clone(), bytes);
});
