//! The method is held to an independent implementation of it (pyjarm 0.0.5): its ten hellos, and what it makes of answers.

use bytes::Bytes;

use super::*;
use crate::observation::{Refusal, TlsSurvey};

#[test]
fn lists_are_ordered_as_the_method_has_it() {
    let of = |order: Order, list: &str| order.of(&list.chars().collect::<Vec<_>>()).into_iter().collect::<String>();
    assert_eq!(of(Order::Reverse, "abcde"), "edcba");
    assert_eq!((of(Order::TopHalf, "abcde"), of(Order::TopHalf, "abcd")), ("cba".into(), "ba".into()));
    assert_eq!((of(Order::BottomHalf, "abcde"), of(Order::BottomHalf, "abcd")), ("de".into(), "cd".into()));
    assert_eq!((of(Order::MiddleOut, "abcde"), of(Order::MiddleOut, "abcd")), ("cdbea".into(), "cbda".into()));
}

#[test]
fn a_fingerprint_is_places_versions_and_a_digest() {
    let hello = Hello {
        legacy_version: 0x0303,
        is_retry: false,
        session_id: Bytes::new(),
        suite: 0xC02F,
        compression: 0,
        extensions: vec![(0xFF01, Bytes::from_static(&[0])), (16, Bytes::from_static(b"\0\x03\x02h2"))],
    };
    let mut answers = vec![Some(hello)];
    answers.resize(10, None);
    let text = fingerprint(&answers);
    assert_eq!((text.len(), text.get(..6)), (62, Some("29d000")));
    let digest = Sha256::digest(b"h2ff01-0010");
    assert!(text.ends_with(&data_encoding::HEXLOWER.encode(&digest)[..32]));
    assert_eq!(fingerprint(&vec![None; 10]), "0".repeat(62));
}

/// SHA-256 of the reference's records, its random bytes all 0x5A and its meaningless numbers 0x0A0A, for `a.example`.
const HELLOS: [&str; 10] = [
    "7984d5eddb9a7d4cf713465481abcc63f81a01dc80e40ea3c3b6e72522bf34fa",
    "6c520170f868df111b2ae5eb00fde339ffc457a2d408562cd4521367a5a91f2c",
    "ed4360522b6cc00adcdafd01e4d6e625e9087707bf7c49ebf616efb660faa9e4",
    "3323b228480ce4aad36b471e246f59d1359437770de76b598c8fa2a8c64fc89b",
    "15ee7ea9378e60826c711d1a5b9512c334b2f40706a677f7cc291297cbc2dbac",
    "ec7d94df303b8ac0a1b75096df4ce1f2263e15cba768dc80c622ddeb2765dbba",
    "dd1c4fdc31a1a592c5ce266bb461903d7ecd35b3947b4f303f8e2543e9abc1be",
    "dbe4d165a664a75eb9c0f886332ecd6acec54c827877a4b12483d4a31794d7ba",
    "0c78d7bb8d1c14bb69ccf769fee324fa02fffaf52beafece99976409a7f9da1c",
    "851d60e84f6709dff2267900df251dd53925c236e3a99e26e08487a00c313573",
];

#[test]
fn the_ten_hellos_are_those_of_the_reference() {
    for (nth, (shape, digest)) in TEN.iter().zip(HELLOS).enumerate() {
        let record = shape.hello("a.example").record();
        assert_eq!(data_encoding::HEXLOWER.encode(&Sha256::digest(record)), digest, "hello {nth}");
    }
}

/// What the reference read of real servers (suite, version, protocol and extensions of each answer), and what it made of it:
/// OpenSSL 3.0 twice, Node.js 20 with HTTP/1.1, nginx 1.22 with HTTP/2, nginx with old versions, GnuTLS 3.7.
const RECORDED: [(&str, &str); 6] = [
    (
        "0033|0303||ff01-0001-0023-0017,009d|0303||ff01-0001-0023-0017,009f|0303||ff01-0001-0023-0017,\
         c013|0303||ff01-0001-000b-0023-0017,c013|0303||ff01-0001-000b-0023-0017,|||,1302|0303||002b-0033,\
         1303|0303||002b-0033,|||,|||",
        "07d14d16d21d21d00042d43d000000aa99ce74e2c6d013c745aa52b5cc042d",
    ),
    (
        "0033|0303||ff01-0001-0023-0017,009d|0303||ff01-0001-0023-0017,009f|0303||ff01-0001-0023-0017,\
         c013|0303||ff01-0001-000b-0023-0017,c013|0303||ff01-0001-000b-0023-0017,|||,0033|0303||ff01-0001-0023-0017,\
         009d|0303||ff01-0001-0023-0017,0033|0303||ff01-0001-0023-0017,c013|0303||ff01-0001-000b-0023-0017",
        "07d14d16d21d21d00007d14d07d21d0ae59125bcd90b8876b50928af8f6cd4",
    ),
    (
        "c02b|0303|http/1.1|ff01-0001-000b-0023-0010-0017,c02b|0303|http/1.1|ff01-0001-000b-0023-0010-0017,\
         c02b|0303|http/1.1|ff01-0001-000b-0023-0010-0017,|||,|||,|||,1302|0303||002b-0033,1302|0303||002b-0033,|||,|||",
        "27d27d27d00000000042d42d0000001f361a1bf80ed39a1e352adeb016a07b",
    ),
    (
        "c013|0303|h2|ff01-0000-0001-000b-0023-0010-0017,00c0|0303|h2|ff01-0000-0001-0023-0010-0017,|||,\
         c013|0303|http/1.0|ff01-0000-0001-000b-0023-0010-0017,c013|0303|http/1.0|ff01-0000-0001-000b-0023-0010-0017,\
         |||,c013|0303|h2|ff01-0000-0001-000b-0023-0010-0017,00c0|0303|h2|ff01-0000-0001-0023-0010-0017,\
         c013|0303|h2|ff01-0000-0001-000b-0023-0010-0017,c013|0303|h2|ff01-0000-0001-000b-0023-0010-0017",
        "21d19d00021d21d00021d19d21d21d43557f863337159163ca547c5ea19523",
    ),
    (
        "c013|0303|http/1.1|ff01-0000-0001-000b-0023-0010-0017,00c0|0303|http/1.1|ff01-0000-0001-0023-0010-0017,|||,\
         c013|0303|http/1.0|ff01-0000-0001-000b-0023-0010-0017,c013|0303|http/1.0|ff01-0000-0001-000b-0023-0010-0017,\
         c013|0302|http/1.1|ff01-0000-0001-000b-0023-0010-0017,c013|0303|http/1.1|ff01-0000-0001-000b-0023-0010-0017,\
         00c0|0303|http/1.1|ff01-0000-0001-0023-0010-0017,c013|0303|http/1.1|ff01-0000-0001-000b-0023-0010-0017,\
         c013|0303|http/1.1|ff01-0000-0001-000b-0023-0010-0017",
        "21d19d00021d21d21c21d19d21d21dddc75ea8bb053134e7478e004d03ff65",
    ),
    (
        "0033|0303||0017-0023-ff01-0001,009d|0303||0017-0023-ff01-0001,009f|0303||0017-0023-ff01-0001,\
         c013|0303||000b-0017-0023-ff01-0001,c013|0303||000b-0017-0023-ff01-0001,0033|0302||0017-0023-ff01-0001,\
         1302|0303||0033-002b,1303|0303||0033-002b,|||,1301|0303||0033-002b",
        "07d14d16d21d21d07c42d43d00041d36306f2057c26814d9a42800491239a4",
    ),
];

/// The answer that the reference read so; nothing where there was none.
fn answer(text: &str) -> Option<Hello> {
    let [suite, version, protocol, extensions]: [&str; 4] =
        text.split('|').collect::<Vec<_>>().try_into().expect("four parts");
    let number = |digits: &str| u16::from_str_radix(digits, 16).expect("a number");
    let chosen = |kind: u16| match kind {
        16 => {
            let length = u8::try_from(protocol.len()).expect("short");
            Bytes::from([&[0, length + 1, length], protocol.as_bytes()].concat())
        }
        _ => Bytes::new(),
    };
    (!suite.is_empty()).then(|| Hello {
        legacy_version: number(version),
        is_retry: false,
        session_id: Bytes::new(),
        suite: number(suite),
        compression: 0,
        extensions: extensions.split('-').map(number).map(|kind| (kind, chosen(kind))).collect(),
    })
}

#[test]
fn fingerprints_of_real_servers_are_those_of_the_reference() {
    for (answers, digest) in RECORDED {
        let answers: Vec<Option<Hello>> = answers.split(',').map(|text| answer(text.trim())).collect();
        assert_eq!((answers.len(), fingerprint(&answers).as_str()), (10, digest));
    }
}

/// The fingerprint of answers that all are the same but the fourth.
fn with_fourth(fourth: Said) -> Option<String> {
    let mut known = Known::new(TlsSurvey::default(), Vec::new());
    let mut line = Jarm::default();
    for nth in 0.. {
        let Some(Wanted::Fixed(_)) = line.next(&mut known) else { break };
        let usual = Answer { hello: answer("c02f|0303||ff01-0017"), ..Answer::default() };
        line.told(if nth == 3 { fourth.clone() } else { Said::Accepted(Box::new(usual)) }, &mut known);
    }
    known.survey.jarm
}

#[test]
fn whatever_is_no_answer_stands_for_a_refusal_but_silence() {
    let refused = with_fourth(Said::Refused(Refusal::Alert(40))).expect("a fingerprint");
    assert_eq!(refused.get(6..12), Some("29d000"));
    let warned = Answer { hello: answer("c02f|0303||ff01-0017"), warnings: vec![112], ..Answer::default() };
    assert_eq!(with_fourth(Said::Accepted(Box::new(warned))).as_ref(), Some(&refused), "an alert came first");
    for trouble in [Unheard::Reset, Unheard::Lied] {
        assert_eq!(with_fourth(Said::Unknown(trouble, None)).as_ref(), Some(&refused), "{trouble:?}");
    }
    assert_eq!(with_fourth(Said::Unknown(Unheard::TimedOut, None)), None);
}
