//! Servers that have nothing wrong but their certificates. TLS 1.2 and 1.3 of today, by a real library, where that
//! library agrees to the key.

use rcgen::ExtendedKeyUsagePurpose;

use super::super::authority::{AUTHORITIES, By, Digest, Identity, Key, Leaf, NAME, issue};
use super::super::fake::{Fake, Names, TLS12};
use super::super::modern::Modern;
use super::super::ocsp::{Status, staple_for};
use super::super::suites::MODERN_RSA;
use super::{Made, Server};

pub const ALL: [Server; 32] = [
    Server { name: "good", make: || modern(|_| {}), raises: &[] },
    Server { name: "expired", make: || modern(|leaf| leaf.days = (-120, -30)), raises: &["tls-certificate-expired"] },
    Server {
        name: "expired-p384-beside",
        make: || beside(|leaf| leaf.days = (-120, -30)),
        raises: &["tls-other-certificate"],
    },
    Server { name: "p384-beside", make: || beside(|_| {}), raises: &[] },
    Server {
        name: "not-yet-valid",
        make: || modern(|leaf| leaf.days = (30, 120)),
        raises: &["tls-certificate-not-yet-valid"],
    },
    Server {
        name: "ends-in-25-days",
        make: || modern(|leaf| leaf.days = (-65, 25)),
        raises: &["tls-certificate-expiring"],
    },
    Server {
        name: "ends-in-8-days",
        make: || modern(|leaf| leaf.days = (-82, 8)),
        raises: &["tls-certificate-expiring"],
    },
    Server {
        name: "ends-in-3-days",
        make: || modern(|leaf| leaf.days = (-87, 3)),
        raises: &["tls-certificate-expiring"],
    },
    Server {
        name: "five-years",
        make: || modern(|leaf| leaf.days = (-20, 5 * 365)),
        raises: &["tls-certificate-lifetime"],
    },
    Server {
        name: "self-signed",
        make: || modern(|leaf| leaf.by = By::Itself),
        raises: &["tls-certificate-self-signed"],
    },
    Server {
        name: "unknown-root",
        make: || modern(|leaf| leaf.by = By::Stranger),
        raises: &["tls-certificate-untrusted"],
    },
    Server {
        name: "wrong-host",
        make: || modern(|leaf| (leaf.names, leaf.common_name) = (vec!["other.example"], "other.example")),
        raises: &["tls-certificate-wrong-host"],
    },
    Server {
        name: "common-name-only",
        make: || modern(|leaf| leaf.names = Vec::new()),
        raises: &["tls-certificate-no-names"],
    },
    Server {
        name: "wildcard",
        make: || modern(|leaf| leaf.names = vec!["*.lab.example", NAME]),
        raises: &["tls-certificate-wildcard"],
    },
    Server {
        name: "rsa-1024",
        make: || {
            let identity = issue(&Leaf { key: Key::Rsa(1024), ..Leaf::good() });
            Fake::tls12(identity).speaking(&[(TLS12, &MODERN_RSA)]).into()
        },
        raises: &["tls-certificate-weak-key", "tls-no-tls13"],
    },
    Server {
        name: "rsa-2048",
        make: || {
            let identity = issue(&Leaf { key: Key::Rsa(2048), ..Leaf::good() });
            Fake::tls12(identity).speaking(&[(TLS12, &MODERN_RSA)]).into()
        },
        raises: &["tls-no-tls13"],
    },
    Server {
        name: "sha1",
        make: || modern(|leaf| leaf.digest = Digest::Sha1),
        raises: &["tls-certificate-weak-signature"],
    },
    Server {
        name: "md5",
        make: || modern(|leaf| leaf.digest = Digest::Md5),
        raises: &["tls-certificate-weak-signature"],
    },
    Server {
        name: "incomplete-chain",
        make: || {
            let at = Some("http://issuer.lab.example/".to_owned());
            let identity = issue(&Leaf { issuer_at: at, logged: true, ..Leaf::good() });
            let alone = identity.chain[..1].to_vec();
            Modern::good(identity.with_chain(alone)).into()
        },
        raises: &["tls-chain-incomplete"],
    },
    Server {
        name: "unlogged-leaf-alone",
        make: || {
            let at = Some("http://issuer.lab.example/".to_owned());
            let identity = issue(&Leaf { issuer_at: at, ..Leaf::good() });
            let alone = identity.chain[..1].to_vec();
            Modern::good(identity.with_chain(alone)).into()
        },
        raises: &["tls-certificate-untrusted"],
    },
    Server {
        name: "unknown-issuer",
        make: || chain(|chain| chain.truncate(1)),
        raises: &["tls-certificate-untrusted"],
    },
    Server {
        name: "misordered-chain",
        make: || {
            chain(|chain| {
                let leaf = chain[0].clone();
                let intermediate = chain[1].clone();
                *chain = vec![leaf, AUTHORITIES.root.der.clone(), intermediate];
            })
        },
        raises: &["tls-chain-order", "tls-chain-surplus"],
    },
    Server {
        name: "expired-intermediate",
        make: || modern(|leaf| leaf.by = By::ExpiredIntermediate),
        raises: &["tls-certificate-expired"],
    },
    Server {
        name: "wrong-purpose",
        make: || modern(|leaf| leaf.purposes = vec![ExtendedKeyUsagePurpose::ClientAuth]),
        raises: &["tls-certificate-wrong-purpose"],
    },
    Server { name: "must-staple", make: || modern(|leaf| leaf.must_staple = true), raises: &["tls-must-staple"] },
    Server { name: "must-staple-stapled", make: || stapled(|leaf| leaf.must_staple = true, Status::Good), raises: &[] },
    Server { name: "stapled-revoked", make: || stapled(|_| {}, Status::Revoked), raises: &["tls-certificate-revoked"] },
    Server {
        name: "other-without-name",
        make: || {
            let other = issue(&Leaf { names: vec!["default.example"], common_name: "default.example", ..Leaf::good() });
            Modern::good(issue(&Leaf::good())).with(|it| it.for_others = Some(Some(other))).into()
        },
        raises: &["tls-without-name"],
    },
    Server {
        name: "refuses-without-name",
        make: || Modern::good(issue(&Leaf::good())).with(|it| it.for_others = Some(None)).into(),
        raises: &[],
    },
    Server {
        name: "canned-refuses-names",
        make: || Fake::tls12(issue(&Leaf::good())).with(|it| it.names = Names::Refused).into(),
        raises: &["tls-no-tls13"],
    },
    Server {
        name: "canned-other-without-name",
        make: || {
            let other = issue(&Leaf { names: vec!["default.example"], common_name: "default.example", ..Leaf::good() });
            Fake::tls12(issue(&Leaf::good())).with(|it| it.names = Names::Without(other)).into()
        },
        raises: &["tls-no-tls13", "tls-without-name"],
    },
    Server {
        name: "canned-warns-of-names",
        make: || Fake::tls12(issue(&Leaf::good())).with(|it| it.names = Names::Warned).into(),
        raises: &["tls-no-tls13"],
    },
];

fn modern(change: impl FnOnce(&mut Leaf)) -> Made {
    let mut leaf = Leaf::good();
    change(&mut leaf);
    Modern::good(issue(&leaf)).into()
}

/// A good leaf, and one with a key on P-384 for those who want that.
fn beside(change: impl FnOnce(&mut Leaf)) -> Made {
    let mut leaf = Leaf { key: Key::P384, ..Leaf::good() };
    change(&mut leaf);
    Modern::good(issue(&Leaf::good())).with(|it| it.beside = Some(issue(&leaf))).into()
}

/// A good leaf with its chain changed.
fn chain(change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Made {
    let identity: Identity = issue(&Leaf::good());
    let mut changed = identity.chain.clone();
    change(&mut changed);
    Modern::good(identity.with_chain(changed)).into()
}

/// A leaf that names a responder, and a response of its authority with it.
fn stapled(change: impl FnOnce(&mut Leaf), status: Status) -> Made {
    let mut leaf = Leaf { ocsp: Some("http://ocsp.lab.example/".to_owned()), ..Leaf::good() };
    change(&mut leaf);
    let staple = staple_for(&leaf, status);
    Modern::good(issue(&leaf)).with(|it| it.staple = staple).into()
}
