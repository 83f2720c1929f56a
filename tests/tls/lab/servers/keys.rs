//! Servers whose key exchange or whose options are weak.

use super::super::authority::{Leaf, issue, prime};
use super::super::fake::{Fake, TLS10, TLS11, TLS12, TLS13};
use super::super::modern::Modern;
use super::super::suites::{CBC_ECDSA, MODERN_RSA, TLS13 as SUITES13};
use super::{Made, Server, with_rsa};

/// The well-known prime of 1024 bits (RFC 2409 §6.2).
const OAKLEY2: &str = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3\
    cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5\
    ae9f24117c4b1fe649286651ece65381ffffffffffffffff";
/// Its sibling of 2048 bits (RFC 3526 §3).
const GROUP14: &str = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3\
    cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5\
    ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356\
    208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28f\
    b5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff";

pub const ALL: [Server; 17] = [
    Server { name: "dh-512", make: || dhe(prime(512)), raises: &["tls-no-tls13", "tls-weak-dh"] },
    Server { name: "dh-1024", make: || dhe(prime(1024)), raises: &["tls-no-tls13", "tls-weak-dh"] },
    Server { name: "dh-1024-common", make: || dhe(unhex(OAKLEY2)), raises: &["tls-no-tls13", "tls-weak-dh"] },
    Server { name: "dh-2048", make: || dhe(group14()), raises: &["tls-no-tls13"] },
    Server {
        name: "dh-512-beside",
        make: || rsa(|it| (it.spoken[0].suites, it.prime) = (vec![0xc02f, 0xc030, 0x009e], prime(512))),
        raises: &["tls-no-tls13", "tls-weak-dh"],
    },
    Server {
        name: "dh-512-strict",
        make: || dhe_fake(prime(512)).with(|it| it.strict_ffdhe = true).into(),
        raises: &["tls-no-tls13", "tls-weak-dh"],
    },
    Server {
        name: "weak-curve",
        make: || rsa(|it| it.groups = vec![0x0001, 0x0013, 0x0015]),
        raises: &["tls-no-tls13", "tls-weak-curve"],
    },
    Server { name: "p521-only", make: || tls13(&[0x0019]), raises: &[] },
    Server { name: "hybrid", make: || tls13(&[0x11ec, 0x001d, 0x0017]), raises: &[] },
    Server {
        name: "compression",
        make: || rsa(|it| it.compression = true),
        raises: &["tls-compression", "tls-no-tls13"],
    },
    Server {
        name: "no-renegotiation-info",
        make: || rsa(|it| it.renegotiation_info = false),
        raises: &["tls-insecure-renegotiation", "tls-no-tls13"],
    },
    Server {
        name: "client-renegotiation",
        make: || modern(|it| (it.versions, it.renegotiates) = (vec![&rustls::version::TLS12], true)),
        raises: &["tls-client-renegotiation", "tls-no-tls13"],
    },
    Server {
        name: "no-fallback-scsv",
        make: || {
            let identity = issue(&Leaf::good());
            let config = Modern::good(identity.clone()).config();
            let old: &[(u16, &[u16])] =
                &[(TLS10, &CBC_ECDSA), (TLS11, &CBC_ECDSA), (TLS12, &[0xc02b, 0xc02c, 0xcca9, 0xc009])];
            let fake = Fake::tls12(identity).speaking(old).with(|it| it.modern = Some(config));
            fake.with(|it| it.fallback_scsv = false).into()
        },
        raises: &["tls-no-fallback-scsv", "tls-old-protocol"],
    },
    Server { name: "no-resumption", make: || modern(|it| it.resumes = false), raises: &[] },
    Server {
        name: "no-extended-master-secret",
        make: || rsa(|it| (it.extended_master_secret, it.encrypt_then_mac) = (false, false)),
        raises: &["tls-no-tls13"],
    },
    Server { name: "early-data", make: || modern(|it| it.early_data = 16_384), raises: &["tls-early-data"] },
    Server { name: "asks-for-certificates", make: || modern(|it| it.asks_client = true), raises: &[] },
];

fn unhex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).expect("hexadecimal")
}

/// The prime of 2048 bits that most servers use.
pub fn group14() -> Vec<u8> {
    unhex(GROUP14)
}

fn dhe_fake(prime: Vec<u8>) -> Fake {
    with_rsa().speaking(&[(TLS12, &[0x009e, 0x009f])]).with(|it| it.prime = prime)
}

fn dhe(prime: Vec<u8>) -> Made {
    dhe_fake(prime).into()
}

fn rsa(change: impl FnOnce(&mut Fake)) -> Made {
    with_rsa().speaking(&[(TLS12, &MODERN_RSA)]).with(change).into()
}

fn tls13(groups: &[u16]) -> Made {
    Fake::tls12(issue(&Leaf::good())).speaking(&[(TLS13, &SUITES13)]).with(|it| it.groups = groups.to_vec()).into()
}

fn modern(change: impl FnOnce(&mut Modern)) -> Made {
    Modern::good(issue(&Leaf::good())).with(change).into()
}
