//! The cipher suites that the laboratory speaks, by how they agree on keys and who vouches for them.

/// How the keys are agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    Rsa,
    Dhe,
    Ecdhe,
}

/// Whose key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    Rsa,
    Ecdsa,
    Nobody,
}

/// How a suite of TLS 1.2 or before agrees on keys, and whose key signs (IANA's TLS cipher suites).
pub fn kind(suite: u16) -> (Exchange, Signer) {
    match suite {
        0x0014..=0x0016 | 0x0033 | 0x0039 | 0x0045 | 0x0067 | 0x006b | 0x0088 | 0x009a | 0x009e | 0x009f | 0xccaa => {
            (Exchange::Dhe, Signer::Rsa)
        }
        0x0017..=0x001b | 0x0034 | 0x003a | 0x0046 | 0x006c | 0x006d | 0x0089 | 0x009b | 0x00a6 | 0x00a7 => {
            (Exchange::Dhe, Signer::Nobody)
        }
        0xc006..=0xc00a | 0xc023 | 0xc024 | 0xc02b | 0xc02c | 0xcca9 => (Exchange::Ecdhe, Signer::Ecdsa),
        0xc010..=0xc014 | 0xc027 | 0xc028 | 0xc02f | 0xc030 | 0xcca8 => (Exchange::Ecdhe, Signer::Rsa),
        0xc015..=0xc019 => (Exchange::Ecdhe, Signer::Nobody),
        _ => (Exchange::Rsa, Signer::Rsa),
    }
}

/// Whether it encrypts block by block and authenticates before that (RFC 7366).
pub fn is_cbc(suite: u16) -> bool {
    matches!(suite, 0x000a | 0x0013 | 0x0016 | 0x002f | 0x0033 | 0x0035 | 0x0039 | 0x003c | 0x003d | 0x0067 | 0x006b)
        || matches!(suite, 0xc008..=0xc00a | 0xc012..=0xc014 | 0xc023 | 0xc024 | 0xc027 | 0xc028)
}

/// Forward secret and authenticated, with ECDSA.
pub const MODERN_ECDSA: [u16; 3] = [0xc02b, 0xc02c, 0xcca9];
/// Forward secret and authenticated, with RSA.
pub const MODERN_RSA: [u16; 3] = [0xc02f, 0xc030, 0xcca8];
/// What TLS 1.0 and 1.1 can do at best, with ECDSA.
pub const CBC_ECDSA: [u16; 2] = [0xc009, 0xc00a];
/// The suites of TLS 1.3.
pub const TLS13: [u16; 3] = [0x1302, 0x1303, 0x1301];
