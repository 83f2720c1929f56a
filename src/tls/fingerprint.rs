//! Fingerprints of servers by their ServerHello: JA3S and JA4S.
//!
//! Takes a ServerHello, gives the text by which others know its like. Must never import a folder above `observation`.

use data_encoding::HEXLOWER;
use md5::Md5;
use sha2::{Digest as _, Sha256};

use crate::observation::ServerHello;

/// JA3S: the MD5 of version, suite and extensions.
pub fn ja3s(hello: &ServerHello) -> String {
    let extensions: Vec<String> = hello.extensions.iter().map(ToString::to_string).collect();
    let text = format!("{},{},{}", hello.legacy_version, hello.suite, extensions.join("-"));
    HEXLOWER.encode(&Md5::digest(text))
}

/// JA4S: protocol, version, number of extensions and ALPN; suite; the beginning of a hash of the extensions.
pub fn ja4s(hello: &ServerHello) -> String {
    let version = match hello.version {
        0x0304 => "13",
        0x0303 => "12",
        0x0302 => "11",
        0x0301 => "10",
        0x0300 => "s3",
        0x0002 => "s2",
        _ => "00",
    };
    let alpn = hello.alpn.as_deref().filter(|alpn| !alpn.is_empty());
    let ends = alpn.and_then(|alpn| Some([alpn.chars().next()?, alpn.chars().next_back()?].iter().collect::<String>()));
    let extensions: Vec<String> = hello.extensions.iter().map(|extension| format!("{extension:04x}")).collect();
    let hash = match extensions.is_empty() {
        true => "000000000000".to_owned(),
        false => HEXLOWER.encode(&Sha256::digest(extensions.join(",")).iter().copied().take(6).collect::<Vec<u8>>()),
    };
    let count = extensions.len().min(99);
    format!("t{version}{count:02}{}_{:04x}_{hash}", ends.as_deref().unwrap_or("00"), hello.suite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hello_has_the_fingerprints_that_others_give_it() {
        let hello = ServerHello {
            legacy_version: 771,
            version: 0x0304,
            suite: 0x1301,
            extensions: vec![0x33, 0x2B],
            alpn: None,
        };
        assert_eq!(ja4s(&hello), "t130200_1301_234ea6891581");
        // The MD5 of "771,4865,51-43".
        assert_eq!(ja3s(&hello), "eb1d94daa7e0344597e756a1fb6e7054");
        let bare = ServerHello { extensions: Vec::new(), alpn: Some("h2".into()), version: 0x0303, ..hello };
        assert_eq!(ja4s(&bare), "t1200h2_1301_000000000000");
    }
}
