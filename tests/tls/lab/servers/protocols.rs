//! Servers with versions and suites that nobody should speak any more.

use super::super::authority::{Leaf, issue};
use super::super::fake::{Fake, SSL3, TLS10, TLS11, TLS12};
use super::super::modern::Modern;
use super::super::suites::CBC_ECDSA;
use super::{Made, Server, with_rsa};

/// Suites with RSA of every age, and the anonymous ones.
pub const WIDE: [u16; 74] = [
    0xc030, 0xc02f, 0xcca8, 0xc028, 0xc027, 0xc014, 0xc013, 0xc012, 0xc011, 0xc010, 0x009f, 0x009e, 0xccaa, 0x006b,
    0x0067, 0x0039, 0x0033, 0x0016, 0x0015, 0x0014, 0x0088, 0x0045, 0x009a, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035,
    0x002f, 0x0041, 0x0084, 0x0096, 0x0007, 0x000a, 0x0005, 0x0004, 0x0009, 0x0008, 0x0006, 0x0003, 0x003b, 0x0002,
    0x0001, 0xc019, 0xc018, 0xc017, 0xc016, 0xc015, 0x00a7, 0x00a6, 0x006d, 0x006c, 0x003a, 0x0034, 0x001b, 0x001a,
    0x0019, 0x0018, 0x0017, 0x0046, 0x0089, 0x009b, 0xc09c, 0xc09d, 0xc0a0, 0xc0a1, 0xc050, 0xc051, 0xc07a, 0xc07b,
    0x00ba, 0x00c0, 0xc03c, 0xc03d,
];

pub const ALL: [Server; 20] = [
    Server {
        name: "tls10-only",
        make: || rsa(&[(TLS10, &[0xc013, 0xc014, 0x002f, 0x0035])]),
        raises: &["tls-old-protocol", "tls-suite-static-rsa"],
    },
    Server { name: "tls11-only", make: || rsa(&[(TLS11, &[0xc013, 0xc014])]), raises: &["tls-old-protocol"] },
    Server {
        name: "tls10-to-tls13",
        make: || {
            let identity = issue(&Leaf::good());
            let config = Modern::good(identity.clone()).config();
            let old: &[(u16, &[u16])] =
                &[(TLS10, &CBC_ECDSA), (TLS11, &CBC_ECDSA), (TLS12, &[0xc02b, 0xc02c, 0xcca9, 0xc009, 0xc00a])];
            Fake::tls12(identity).speaking(old).with(|it| it.modern = Some(config)).into()
        },
        raises: &["tls-old-protocol"],
    },
    Server {
        name: "ssl3-only",
        make: || rsa(&[(SSL3, &[0x002f, 0x0035])]),
        raises: &["tls-no-forward-secrecy", "tls-ssl3"],
    },
    Server {
        name: "ssl3-to-tls12",
        make: || {
            let old: &[u16] = &[0xc013, 0x002f, 0x000a];
            rsa(&[(SSL3, &old[1..]), (TLS10, old), (TLS11, old), (TLS12, &[0xc02f, 0xc030, 0xc013, 0x002f, 0x000a])])
        },
        raises: &["tls-no-tls13", "tls-old-protocol", "tls-ssl3", "tls-suite-64-bit-block", "tls-suite-static-rsa"],
    },
    Server {
        name: "ssl2-export-des",
        make: || {
            let fake = rsa_fake(&[(TLS10, &[0x0009, 0x0008, 0x0006, 0x0003, 0x002f])]);
            fake.with(|it| it.ssl2 = vec![[7, 0, 0xc0], [1, 0, 0x80], [2, 0, 0x80], [6, 0, 0x40]]).into()
        },
        raises: &["tls-no-forward-secrecy", "tls-old-protocol", "tls-ssl2", "tls-suite-des", "tls-suite-export"],
    },
    Server {
        name: "ssl2-only",
        make: || rsa_fake(&[]).with(|it| it.ssl2 = vec![[1, 0, 0x80]]).into(),
        raises: &["tls-no-forward-secrecy", "tls-ssl2"],
    },
    Server { name: "tls12-only", make: || Fake::tls12(issue(&Leaf::good())).into(), raises: &["tls-no-tls13"] },
    Server {
        name: "tls13-only",
        make: || Modern::good(issue(&Leaf::good())).with(|it| it.versions = vec![&rustls::version::TLS13]).into(),
        raises: &[],
    },
    Server {
        name: "wide",
        make: || rsa(&[(TLS12, &WIDE)]),
        raises: &[
            "tls-no-tls13",
            "tls-suite-64-bit-block",
            "tls-suite-anonymous",
            "tls-suite-des",
            "tls-suite-export",
            "tls-suite-null",
            "tls-suite-rc4",
            "tls-suite-static-rsa",
        ],
    },
    Server {
        name: "null",
        make: || rsa(&[(TLS12, &[0x003b, 0x0002, 0x0001, 0xc010])]),
        raises: &["tls-no-tls13", "tls-suite-cbc-only", "tls-suite-null", "tls-suite-static-rsa"],
    },
    Server {
        name: "anonymous",
        make: || rsa(&[(TLS12, &[0x00a6, 0x0034, 0xc018, 0xc019])]),
        raises: &["tls-no-tls13", "tls-suite-anonymous"],
    },
    Server {
        name: "anonymous-beside",
        make: || rsa(&[(TLS12, &[0xc02f, 0xc030, 0xcca8, 0xc018])]),
        raises: &["tls-no-tls13", "tls-suite-anonymous"],
    },
    Server {
        name: "export",
        make: || rsa(&[(TLS12, &[0xc02f, 0x0014, 0x0003, 0x0008])]),
        raises: &["tls-no-tls13", "tls-suite-export", "tls-suite-static-rsa"],
    },
    Server {
        name: "rc4-and-3des",
        make: || rsa(&[(TLS10, &[0x0005, 0x0004, 0x000a]), (TLS12, &[0xc02f, 0x0005, 0x0004, 0x000a])]),
        raises: &[
            "tls-no-tls13",
            "tls-old-protocol",
            "tls-suite-64-bit-block",
            "tls-suite-rc4",
            "tls-suite-static-rsa",
        ],
    },
    Server {
        name: "3des-last",
        make: || rsa(&[(TLS12, &[0xc02f, 0xc030, 0xcca8, 0xc012])]),
        raises: &["tls-no-tls13", "tls-suite-64-bit-block"],
    },
    Server {
        name: "cbc-only",
        make: || rsa(&[(TLS12, &[0xc027, 0xc028, 0xc013, 0xc014])]),
        raises: &["tls-no-tls13", "tls-suite-cbc-only"],
    },
    Server {
        name: "static-rsa",
        make: || rsa(&[(TLS12, &[0x009c, 0x009d, 0x003c, 0x002f])]),
        raises: &["tls-no-forward-secrecy", "tls-no-tls13"],
    },
    Server {
        name: "static-rsa-beside",
        make: || rsa(&[(TLS12, &[0xc02f, 0xc030, 0xcca8, 0x009c, 0x002f])]),
        raises: &["tls-no-tls13", "tls-suite-static-rsa"],
    },
    Server {
        name: "clients-order",
        make: || rsa_fake(&[(TLS12, &[0xc02f, 0xc030, 0xc013, 0x002f, 0x000a])]).with(|it| it.prefers = false).into(),
        raises: &["tls-no-server-preference", "tls-no-tls13", "tls-suite-64-bit-block", "tls-suite-static-rsa"],
    },
];

fn rsa_fake(spoken: &[(u16, &[u16])]) -> Fake {
    with_rsa().speaking(spoken).with(|it| it.prime = super::keys::group14())
}

fn rsa(spoken: &[(u16, &[u16])]) -> Made {
    rsa_fake(spoken).into()
}
