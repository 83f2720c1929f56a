//! Groups of key exchanges: curves, finite fields, hybrids with a key encapsulation that quantum computers do not break.
//!
//! Takes numbers of IANA's registry "TLS Supported Groups" and names; gives [`Group`]s. Must never import a folder above
//! `observation`.

/// A group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// IANA's number.
    pub number: u16,
    /// IANA's name.
    pub name: &'static str,
    /// The name by which NIST's curves are known elsewhere: `P-256`.
    pub nist: Option<&'static str>,
    /// Bits of the field.
    pub bits: u32,
    /// Bits of an RSA or Diffie-Hellman key of about the same strength (NIST SP 800-57 part 1, table 2).
    pub like_rsa: u32,
    /// Whether it is a finite field (RFC 7919), not a curve.
    pub is_field: bool,
    /// Whether its key exchange withstands quantum computers as well.
    pub is_post_quantum: bool,
}

/// Bits of an RSA key of about the same strength as one on a curve over a field of so many bits (NIST SP 800-57 part 1,
/// table 2); below what the table has, 768.
pub const fn like_rsa(bits: u32) -> u32 {
    match bits {
        0..=159 => 768,
        160..=223 => 1024,
        224..=251 => 2048,
        252..=383 => 3072,
        384..=511 => 7680,
        _ => 15360,
    }
}

const fn curve(number: u16, name: &'static str, nist: Option<&'static str>, bits: u32) -> Group {
    Group { number, name, nist, bits, like_rsa: like_rsa(bits), is_field: false, is_post_quantum: false }
}

const fn field(number: u16, name: &'static str, bits: u32) -> Group {
    Group { number, name, nist: None, bits, like_rsa: bits, is_field: true, is_post_quantum: false }
}

const fn hybrid(number: u16, name: &'static str, bits: u32) -> Group {
    Group { number, name, nist: None, bits, like_rsa: 3072, is_field: false, is_post_quantum: true }
}

/// Every known group, by number.
pub const GROUPS: [Group; 57] = [
    curve(1, "sect163k1", Some("K-163"), 163),
    curve(2, "sect163r1", None, 163),
    curve(3, "sect163r2", Some("B-163"), 163),
    curve(4, "sect193r1", None, 193),
    curve(5, "sect193r2", None, 193),
    curve(6, "sect233k1", Some("K-233"), 233),
    curve(7, "sect233r1", Some("B-233"), 233),
    curve(8, "sect239k1", None, 239),
    curve(9, "sect283k1", Some("K-283"), 283),
    curve(10, "sect283r1", Some("B-283"), 283),
    curve(11, "sect409k1", Some("K-409"), 409),
    curve(12, "sect409r1", Some("B-409"), 409),
    curve(13, "sect571k1", Some("K-571"), 571),
    curve(14, "sect571r1", Some("B-571"), 571),
    curve(15, "secp160k1", None, 160),
    curve(16, "secp160r1", None, 160),
    curve(17, "secp160r2", None, 160),
    curve(18, "secp192k1", None, 192),
    curve(19, "secp192r1", Some("P-192"), 192),
    curve(20, "secp224k1", None, 224),
    curve(21, "secp224r1", Some("P-224"), 224),
    curve(22, "secp256k1", None, 256),
    curve(23, "secp256r1", Some("P-256"), 256),
    curve(24, "secp384r1", Some("P-384"), 384),
    curve(25, "secp521r1", Some("P-521"), 521),
    curve(26, "brainpoolP256r1", None, 256),
    curve(27, "brainpoolP384r1", None, 384),
    curve(28, "brainpoolP512r1", None, 512),
    curve(29, "x25519", None, 253),
    curve(30, "x448", None, 448),
    curve(31, "brainpoolP256r1tls13", None, 256),
    curve(32, "brainpoolP384r1tls13", None, 384),
    curve(33, "brainpoolP512r1tls13", None, 512),
    curve(34, "GC256A", None, 256),
    curve(35, "GC256B", None, 256),
    curve(36, "GC256C", None, 256),
    curve(37, "GC256D", None, 256),
    curve(38, "GC512A", None, 512),
    curve(39, "GC512B", None, 512),
    curve(40, "GC512C", None, 512),
    curve(41, "curveSM2", None, 256),
    field(256, "ffdhe2048", 2048),
    field(257, "ffdhe3072", 3072),
    field(258, "ffdhe4096", 4096),
    field(259, "ffdhe6144", 6144),
    field(260, "ffdhe8192", 8192),
    hybrid(512, "MLKEM512", 512),
    hybrid(513, "MLKEM768", 768),
    hybrid(514, "MLKEM1024", 1024),
    hybrid(4587, "SecP256r1MLKEM768", 256),
    hybrid(4588, "X25519MLKEM768", 253),
    hybrid(4589, "SecP384r1MLKEM1024", 384),
    hybrid(4590, "curveSM2MLKEM768", 256),
    hybrid(25497, "X25519Kyber768Draft00", 253),
    hybrid(25498, "SecP256r1Kyber768Draft00", 256),
    curve(65281, "arbitrary_explicit_prime_curves", None, 0),
    curve(65282, "arbitrary_explicit_char2_curves", None, 0),
];

/// The group of a number.
pub fn of_number(number: u16) -> Option<&'static Group> {
    GROUPS.iter().find(|group| group.number == number)
}

/// The group of a name, case ignored; names of NIST and OpenSSL's `prime256v1` are understood.
pub fn of_name(name: &str) -> Option<&'static Group> {
    let is_it = |group: &&Group| {
        let known = std::iter::once(group.name).chain(group.nist);
        known.into_iter().any(|known| known.eq_ignore_ascii_case(name))
    };
    let name_of_ansi = match name {
        "prime256v1" => Some(23),
        "prime192v1" => Some(19),
        _ => None,
    };
    name_of_ansi.and_then(of_number).or_else(|| GROUPS.iter().find(is_it))
}

/// The name of a number, known or not: `0x11EC`.
pub fn name_of(number: u16) -> String {
    of_number(number).map_or_else(|| format!("0x{number:04X}"), |group| group.name.to_owned())
}

impl Group {
    /// Whether it is too weak for anything: less than RSA of 2048 bits.
    pub fn is_weak(&self) -> bool {
        self.like_rsa < 2048
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_told_by_number_and_name() {
        assert_eq!(of_name("P-256").map(|group| group.number), Some(23));
        assert_eq!(of_name("prime256v1"), of_name("SECP256R1"));
        assert_eq!((name_of(4588), name_of(0xFAFA)), ("X25519MLKEM768".to_owned(), "0xFAFA".to_owned()));
        assert!(of_number(4588).is_some_and(|group| group.is_post_quantum && !group.is_weak()));
        let weak: Vec<&str> = GROUPS.iter().filter(|group| group.is_weak() && group.bits > 0).map(|g| g.name).collect();
        assert_eq!(weak.len(), 10, "{weak:?}");
        // The shortest curves in use have eighty bits of strength, as RSA of 1024 bits has.
        assert!(weak.iter().all(|name| of_name(name).is_some_and(|group| group.like_rsa == 1024)), "{weak:?}");
        let mut numbers: Vec<u16> = GROUPS.iter().map(|group| group.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), GROUPS.len());
    }
}
