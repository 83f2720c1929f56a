//! Hellos as they go on the wire.

use proptest::prelude::*;

use super::super::flight::Cursor;
use super::*;

/// A hello read back: version, suites and the extensions' numbers.
fn read(record: &[u8]) -> Option<(u16, Vec<u16>, Vec<u16>)> {
    let mut cursor = Cursor::new(record);
    (cursor.byte()? == 22).then_some(())?;
    cursor.number()?;
    let mut message = Cursor::new(cursor.counted::<2>()?);
    (cursor.is_empty() && message.byte()? == 1).then_some(())?;
    let mut body = Cursor::new(message.counted::<3>()?);
    let version = body.number()?;
    body.take(32)?;
    body.counted::<1>()?;
    let suites = Cursor::new(body.counted::<2>()?).numbers()?;
    body.counted::<1>()?;
    let mut extensions = Vec::new();
    if !body.is_empty() {
        let mut list = Cursor::new(body.counted::<2>()?);
        while !list.is_empty() {
            extensions.push(list.number()?);
            list.counted::<2>()?;
        }
    }
    body.is_empty().then_some((version, suites, extensions))
}

#[test]
fn hellos_say_what_is_offered() {
    let mut hello = ClientHello::of(TlsVersion::Tls10, [7; 32]);
    hello.suites = vec![0x000A, NO_RENEGOTIATION];
    let bare = hello.record();
    assert_eq!(bare[..11], [22, 3, 1, 0, u8::try_from(bare.len() - 5).expect("short"), 1, 0, 0, bare[8], 3, 1]);
    assert_eq!(bare[43..], [0, 0, 4, 0, 0x0A, 0, 0xFF, 1, 0], "no list of extensions where there is none");
    hello.extensions = vec![Extension::ServerName("a.example".to_owned()), Extension::Alpn(vec![b"h2".to_vec()])];
    assert_eq!(read(&hello.record()), Some((0x0301, vec![0x000A, 0x00FF], vec![0, 16])));
    let oldest = ClientHello::of(TlsVersion::Ssl30, [0; 32]).record();
    assert_eq!((&oldest[1..3], &oldest[9..11]), (&[3, 0][..], &[3, 0][..]));
    let newest = ClientHello::of(TlsVersion::Tls13, [0; 32]).record();
    assert_eq!((&newest[1..3], &newest[9..11]), (&[3, 1][..], &[3, 3][..]), "as older servers know it");
}

#[test]
fn extensions_are_written_as_their_standards_say() {
    let hex = |extension: Extension| data_encoding::HEXLOWER.encode(&extension.bytes());
    assert_eq!(hex(Extension::ServerName("a.b".into())), "000000080006000003612e62");
    assert_eq!(hex(Extension::Groups(vec![29, 23])), "000a00060004001d0017");
    assert_eq!(hex(Extension::Alpn(vec![b"h2".to_vec(), b"x".to_vec()])), "001000070005026832".to_owned() + "0178");
    assert_eq!(hex(Extension::Versions(vec![0x0304])), "002b0003020304");
    assert_eq!(hex(Extension::KeyShare(Vec::new())), "003300020000");
    assert_eq!(hex(Extension::KeyShare(vec![(29, vec![1, 2])])), "0033000800 06001d00020102".replace(' ', ""));
    assert_eq!(hex(Extension::StatusRequest), "000500050100000000");
    assert_eq!(
        (hex(Extension::PskModes), hex(Extension::PointFormats)),
        ("002d00020101".into(), "000b00020100".into())
    );
    assert_eq!(
        (hex(Extension::Renegotiation), hex(Extension::Padding(2))),
        ("ff01000100".into(), "001500020000".into())
    );
}

#[test]
fn padding_is_never_empty() {
    for name in 0..600 {
        let mut hello = ClientHello::of(TlsVersion::Tls12, [1; 32]);
        hello.extensions = vec![Extension::ServerName("a".repeat(name))];
        let length = hello.message().len();
        let padded = hello.padded();
        let added = padded.message().len() - length;
        assert!(!padded.has_dropped_length() && (added == 0 || added > 4), "{length}: {added}");
    }
}

#[test]
fn a_hello_of_ssl_2_and_its_answers() {
    let hello = ssl2_hello(&[0x0001_0080, 0x0007_00C0], [9; 16]);
    assert_eq!(hello[..17], [0x80, 31, 1, 0, 2, 0, 6, 0, 0, 0, 16, 1, 0, 0x80, 7, 0, 0xC0]);
    assert_eq!(hello.len(), 33);
    let body = [&[4, 0, 1, 0, 2, 0, 3, 0, 3, 0, 1][..], b"der", &[7, 0, 0xC0], &[1]].concat();
    let answer = [&[0x80, u8::try_from(body.len()).expect("short")], &body[..]].concat();
    assert_eq!(Ssl2Answer::read(&answer[..5]), None);
    let expected = Ssl2Answer::Hello { kinds: vec![0x0007_00C0], certificate: "der".into() };
    assert_eq!(Ssl2Answer::read(&answer), Some(expected));
    assert_eq!(Ssl2Answer::read(&[0x80, 3, 0, 0, 1]), Some(Ssl2Answer::Error(1)));
    assert_eq!(Ssl2Answer::read(&[21, 3, 1, 0, 2, 2, 70]), Some(Ssl2Answer::Alert(70)));
    assert_eq!(Ssl2Answer::read(b"HTTP"), Some(Ssl2Answer::Other));
}

proptest! {
    /// What is written can be read, and padding makes it longer than what some boxes drop, and changes nothing else.
    #[test]
    fn what_is_written_can_be_read(
        suites in proptest::collection::vec(any::<u16>(), 0..200),
        name in "[a-z.]{0,60}",
        groups in proptest::collection::vec(any::<u16>(), 0..40),
    ) {
        let mut hello = ClientHello::of(TlsVersion::Tls12, [1; 32]);
        hello.suites = suites;
        hello.extensions = vec![Extension::ServerName(name), Extension::Groups(groups)];
        prop_assert_eq!(read(&hello.record()), Some((0x0303, hello.suites.clone(), vec![0, 10])));
        let padded = hello.clone().padded();
        prop_assert!(!padded.has_dropped_length());
        prop_assert_eq!(read(&padded.record()).map(|(_, suites, _)| suites), Some(hello.suites.clone()));
    }

    #[test]
    fn no_bytes_make_the_reader_of_ssl_2_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = Ssl2Answer::read(&bytes);
        let _ = Ssl2Answer::read(&[&[0x80, 40, 4][..], &bytes].concat());
    }
}
