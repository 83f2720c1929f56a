//! Certificates: any bytes in place of a chain give facts or none, and what is told of them as a whole is JSON.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use outsight::base::Timestamp;
use outsight::observation::{Observation, OtherProbe, Seen, Timing, TlsProbe, TlsSession};
use outsight::predicate::observed::named;

fuzz_target!(|bytes: &[u8]| {
    let session = TlsSession {
        version: "TLSv1.2".into(),
        cipher: "TLS_RSA_WITH_AES_128_CBC_SHA".into(),
        chain: vec![bytes.to_vec().into(); 2],
        ..TlsSession::default()
    };
    let (least, most, ciphers) = (None, None, Vec::new());
    let probe = TlsProbe { host: "a.example".into(), port: 443, name: None, least, most, ciphers };
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
});
