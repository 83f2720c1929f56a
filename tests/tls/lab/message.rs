//! What a server writes in a handshake, in the clear.

/// Bytes after their length in `N` bytes.
pub fn counted<const N: usize>(bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len().to_be_bytes();
    [&length[length.len() - N..], bytes].concat()
}

/// A list of numbers, two bytes each.
pub fn numbers(all: &[u16]) -> Vec<u8> {
    all.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// A record of that kind; what is longer than a record holds takes several.
pub fn record(kind: u8, version: u16, content: &[u8], longest: usize) -> Vec<u8> {
    let one = |part: &[u8]| [&[kind], &version.to_be_bytes()[..], &counted::<2>(part)].concat();
    content.chunks(longest).flat_map(one).collect()
}

/// A handshake message of that kind.
pub fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &counted::<3>(body)[..]].concat()
}

/// An alert in its record; 2 is fatal.
pub fn alert(version: u16, level: u8, description: u8) -> Vec<u8> {
    record(21, version, &[level, description], 1 << 14)
}

/// Extensions after their length; nothing where there are none.
pub fn extensions(all: &[(u16, Vec<u8>)]) -> Vec<u8> {
    if all.is_empty() {
        return Vec::new();
    }
    let one = |(kind, data): &(u16, Vec<u8>)| [&kind.to_be_bytes()[..], &counted::<2>(data)].concat();
    counted::<2>(&all.iter().flat_map(one).collect::<Vec<u8>>())
}

/// A ServerHello (RFC 5246 §7.4.1.3).
pub struct ServerHello<'a> {
    pub version: u16,
    pub random: [u8; 32],
    pub session: &'a [u8],
    pub suite: u16,
    pub compression: u8,
    pub extensions: Vec<(u16, Vec<u8>)>,
}

impl ServerHello<'_> {
    pub fn message(&self) -> Vec<u8> {
        let fixed = [&self.version.to_be_bytes()[..], &self.random, &counted::<1>(self.session)].concat();
        let chosen = [&self.suite.to_be_bytes()[..], &[self.compression]].concat();
        message(2, &[fixed, chosen, extensions(&self.extensions)].concat())
    }
}

/// The random of a ServerHello that is a HelloRetryRequest (RFC 8446 §4.1.3).
pub const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// A Certificate message of TLS 1.2 and before.
pub fn certificate(chain: &[Vec<u8>]) -> Vec<u8> {
    let all: Vec<u8> = chain.iter().flat_map(|der| counted::<3>(der)).collect();
    message(11, &counted::<3>(&all))
}

/// A CertificateStatus message with an OCSP response (RFC 6066 §8).
pub fn certificate_status(response: &[u8]) -> Vec<u8> {
    message(22, &[&[1], &counted::<3>(response)[..]].concat())
}

/// A CertificateRequest message that names authorities (RFC 5246 §7.4.4, RFC 4346 §7.4.4).
pub fn certificate_request(version: u16, authorities: &[Vec<u8>]) -> Vec<u8> {
    let algorithms = if version >= 0x0303 { counted::<2>(&[4, 1, 4, 3]) } else { Vec::new() };
    let names: Vec<u8> = authorities.iter().flat_map(|name| counted::<2>(name)).collect();
    message(13, &[counted::<1>(&[1, 64]), algorithms, counted::<2>(&names)].concat())
}

/// The end of the server's first flight.
pub fn hello_done() -> Vec<u8> {
    message(14, &[])
}
