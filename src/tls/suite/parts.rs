//! What a suite's name says: key exchange, proof, cipher, MAC.
//!
//! Takes a name, gives its parts. Invariant: a name that says nothing of a part gives the weakest reading of it.
//! Must never import a folder above `observation`.

/// How the key of a connection is agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyExchange {
    /// Encrypted to the certificate's key.
    Rsa,
    /// Diffie-Hellman of a key in the certificate.
    Dh,
    /// Diffie-Hellman, a key for each connection.
    Dhe,
    /// Diffie-Hellman on a curve, of a key in the certificate.
    Ecdh,
    /// Diffie-Hellman on a curve, a key for each connection.
    Ecdhe,
    /// A pre-shared key alone, or encrypted to the certificate's key.
    Psk,
    /// A password (RFC 5054).
    Srp,
    /// A password on a curve (RFC 8492).
    Eccpwd,
    /// Kerberos (RFC 2712).
    Krb5,
    /// GOST R 34.10.
    Gost,
    /// FORTEZZA's key exchange.
    Kea,
    /// Agreed on apart from the suite, always forward secret (RFC 8446).
    Tls13,
    /// None.
    None,
}

impl KeyExchange {
    /// The name as rules write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rsa => "RSA",
            Self::Dh => "DH",
            Self::Dhe => "DHE",
            Self::Ecdh => "ECDH",
            Self::Ecdhe => "ECDHE",
            Self::Psk => "PSK",
            Self::Srp => "SRP",
            Self::Eccpwd => "ECCPWD",
            Self::Krb5 => "KRB5",
            Self::Gost => "GOST",
            Self::Kea => "KEA",
            Self::Tls13 => "any",
            Self::None => "NULL",
        }
    }
}

/// What proves who a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Authentication {
    /// An RSA key.
    Rsa,
    /// A DSA key.
    Dss,
    /// A key on a curve.
    Ecdsa,
    /// A key that both sides know.
    Psk,
    /// A password.
    Password,
    /// Kerberos.
    Krb5,
    /// GOST R 34.10.
    Gost,
    /// FORTEZZA.
    Kea,
    /// Chosen apart from the suite (RFC 8446).
    Tls13,
    /// Nothing.
    None,
}

impl Authentication {
    /// The name as rules write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rsa => "RSA",
            Self::Dss => "DSS",
            Self::Ecdsa => "ECDSA",
            Self::Psk => "PSK",
            Self::Password => "password",
            Self::Krb5 => "KRB5",
            Self::Gost => "GOST",
            Self::Kea => "KEA",
            Self::Tls13 => "any",
            Self::None => "none",
        }
    }
}

/// What a name says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts {
    pub(super) key_exchange: KeyExchange,
    pub(super) authentication: Authentication,
    /// Cipher, bits, MAC.
    pub(super) protection: (&'static str, u16, &'static str),
    pub(super) is_export: bool,
}

/// What a suite's name says.
pub(super) fn of_name(name: &'static str) -> Parts {
    use Authentication as A;
    use KeyExchange as K;
    let is_export = name.contains("_EXPORT") || name.contains("_40_");
    let bare = name.trim_start_matches("TLS_").trim_start_matches("SSL_");
    let (key, protected) = bare.split_once("_WITH_").unwrap_or(("", bare));
    let plain = key.trim_end_matches("_EXPORT1024").trim_end_matches("_EXPORT");
    let (key_exchange, authentication) = match plain {
        // SSLv2 names its ciphers before `WITH`; its key exchange is always RSA.
        _ if key.starts_with("CK_") => (K::Rsa, A::Rsa),
        "" => (K::Tls13, A::Tls13),
        "NULL" => (K::None, A::None),
        "RSA" | "RSA_FIPS" => (K::Rsa, A::Rsa),
        "DH_RSA" => (K::Dh, A::Rsa),
        "DH_DSS" => (K::Dh, A::Dss),
        "DH_anon" => (K::Dhe, A::None),
        "DHE_RSA" => (K::Dhe, A::Rsa),
        "DHE_DSS" => (K::Dhe, A::Dss),
        "ECDH_RSA" => (K::Ecdh, A::Rsa),
        "ECDH_ECDSA" => (K::Ecdh, A::Ecdsa),
        "ECDH_anon" => (K::Ecdhe, A::None),
        "ECDHE_RSA" => (K::Ecdhe, A::Rsa),
        "ECDHE_ECDSA" => (K::Ecdhe, A::Ecdsa),
        "DHE_PSK" | "PSK_DHE" => (K::Dhe, A::Psk),
        "ECDHE_PSK" => (K::Ecdhe, A::Psk),
        "PSK" => (K::Psk, A::Psk),
        "RSA_PSK" => (K::Psk, A::Rsa),
        "SRP_SHA" => (K::Srp, A::Password),
        "SRP_SHA_RSA" => (K::Srp, A::Rsa),
        "SRP_SHA_DSS" => (K::Srp, A::Dss),
        "ECCPWD" => (K::Eccpwd, A::Password),
        "KRB5" => (K::Krb5, A::Krb5),
        "FORTEZZA_KEA" => (K::Kea, A::Kea),
        gost if gost.starts_with("GOST") && protected.contains("_MGM_") => (K::Tls13, A::Tls13),
        gost if gost.starts_with("GOST") => (K::Gost, A::Gost),
        _ => (K::None, A::None),
    };
    // Without a key agreed on there is nothing to prove and nothing is encrypted; of suites by name alone, RFC 9150's.
    let protection = if key.starts_with("CK_") { of_ssl2(key) } else { of_protection(protected) };
    Parts { key_exchange, authentication, protection, is_export }
}

fn of_ssl2(key: &str) -> (&'static str, u16, &'static str) {
    let (cipher, bits) = match key {
        "CK_RC4_128" => ("RC4", 128),
        "CK_RC4_128_EXPORT40" => ("RC4", 40),
        "CK_RC2_128_CBC" => ("RC2-CBC", 128),
        "CK_RC2_128_CBC_EXPORT40" => ("RC2-CBC", 40),
        "CK_IDEA_128_CBC" => ("IDEA-CBC", 128),
        "CK_DES_64_CBC" => ("DES-CBC", 56),
        _ => ("3DES-EDE-CBC", 112),
    };
    (cipher, bits, "MD5")
}

/// Cipher, its bits and the MAC of what stands after `WITH`. The first line whose beginning fits counts.
fn of_protection(protected: &str) -> (&'static str, u16, &'static str) {
    const CIPHERS: &[(&str, &str, u16)] = &[
        ("NULL", "NULL", 0),
        ("SHA", "NULL", 0),
        ("RC4_40", "RC4", 40),
        ("RC4_56", "RC4", 56),
        ("RC4_128", "RC4", 128),
        ("RC2_CBC_40", "RC2-CBC", 40),
        ("RC2_CBC_56", "RC2-CBC", 56),
        ("DES40_CBC", "DES-CBC", 40),
        ("DES_CBC_40", "DES-CBC", 40),
        ("DES_CBC", "DES-CBC", 56),
        ("3DES_EDE_CBC", "3DES-EDE-CBC", 112),
        ("IDEA_CBC", "IDEA-CBC", 128),
        ("FORTEZZA_CBC", "FORTEZZA-CBC", 80),
        ("SEED_CBC", "SEED-CBC", 128),
        ("AES_128_CBC", "AES-128-CBC", 128),
        ("AES_256_CBC", "AES-256-CBC", 256),
        ("AES_128_GCM", "AES-128-GCM", 128),
        ("AES_256_GCM", "AES-256-GCM", 256),
        ("AES_128_CCM_8", "AES-128-CCM-8", 128),
        ("AES_256_CCM_8", "AES-256-CCM-8", 256),
        ("AES_128_CCM", "AES-128-CCM", 128),
        ("AES_256_CCM", "AES-256-CCM", 256),
        ("CAMELLIA_128_CBC", "CAMELLIA-128-CBC", 128),
        ("CAMELLIA_256_CBC", "CAMELLIA-256-CBC", 256),
        ("CAMELLIA_128_GCM", "CAMELLIA-128-GCM", 128),
        ("CAMELLIA_256_GCM", "CAMELLIA-256-GCM", 256),
        ("ARIA_128_CBC", "ARIA-128-CBC", 128),
        ("ARIA_256_CBC", "ARIA-256-CBC", 256),
        ("ARIA_128_GCM", "ARIA-128-GCM", 128),
        ("ARIA_256_GCM", "ARIA-256-GCM", 256),
        ("CHACHA20_POLY1305", "CHACHA20-POLY1305", 256),
        ("AEGIS_128L", "AEGIS-128L", 128),
        ("AEGIS_256", "AEGIS-256", 256),
        ("SM4_GCM", "SM4-GCM", 128),
        ("SM4_CCM", "SM4-CCM", 128),
        ("28147_CNT", "GOST-28147-CNT", 256),
        ("MAGMA_CTR", "MAGMA-CTR", 256),
        ("MAGMA_MGM", "MAGMA-MGM", 256),
        ("KUZNYECHIK_CTR", "KUZNYECHIK-CTR", 256),
        ("KUZNYECHIK_MGM", "KUZNYECHIK-MGM", 256),
    ];
    const AEADS: [&str; 6] = ["-GCM", "-CCM", "-CCM-8", "POLY1305", "-MGM", "-128L"];
    let found = CIPHERS.iter().find(|(start, ..)| protected.starts_with(start));
    let (_, cipher, bits) = found.copied().unwrap_or(("", "NULL", 0));
    if AEADS.iter().any(|end| cipher.ends_with(end)) || cipher.starts_with("AEGIS") {
        return (cipher, bits, "AEAD");
    }
    let mac = match protected.rsplit('_').next() {
        Some("MD5") => "MD5",
        Some("SHA") => "SHA1",
        Some("SHA256") => "SHA256",
        Some("SHA384") => "SHA384",
        Some("IMIT" | "OMAC") => "GOST",
        Some("GOSTR3411") => "GOST",
        _ => "none",
    };
    (cipher, bits, mac)
}
