//! Flights as servers send them, however they are cut, and as no server should.

use proptest::prelude::*;

use super::*;

fn counted<const N: usize>(bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len().to_be_bytes();
    [&length[length.len() - N..], bytes].concat()
}

/// A server's messages in a record.
fn record(kind: u8, payload: &[u8]) -> Vec<u8> {
    [&[kind, 3, 1], &counted::<2>(payload)[..]].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &counted::<3>(body)[..]].concat()
}

fn hello(version: u16, suite: u16, extensions: &[(u16, &[u8])]) -> Vec<u8> {
    let list: Vec<u8> = extensions
        .iter()
        .flat_map(|(number, data)| [&number.to_be_bytes()[..], &counted::<2>(data)].concat())
        .collect();
    let fixed = [&version.to_be_bytes()[..], &[0; 32], &[2, 9, 9], &suite.to_be_bytes(), &[0]].concat();
    message(SERVER_HELLO, &[fixed, counted::<2>(&list)].concat())
}

/// Everything that a server of TLS 1.2 says with ECDHE.
fn flight() -> Vec<u8> {
    let list = [counted::<3>(b"own"), counted::<3>(b"root")].concat();
    let exchange = [&[3, 0, 29][..], &counted::<1>(&[4; 32]), &[0x08, 0x04], &counted::<2>(&[5; 64])].concat();
    let request = [&counted::<1>(&[1])[..], &counted::<2>(&[4, 3]), &counted::<2>(&counted::<2>(b"CA"))].concat();
    let all = [
        hello(0x0303, 0xC02F, &[(16, b"\0\x03\x02h2"), (18, b"scts"), (0xFF01, &[0])]),
        message(CERTIFICATE, &counted::<3>(&list)),
        message(CERTIFICATE_STATUS, &[&[1][..], &counted::<3>(b"ocsp")].concat()),
        message(KEY_EXCHANGE, &exchange),
        message(CERTIFICATE_REQUEST, &request),
        message(HELLO_DONE, &[]),
    ]
    .concat();
    // Messages do not end where records do.
    all.chunks(50).flat_map(|part| record(HANDSHAKE, part)).collect()
}

fn read(until: Until, bytes: &[u8]) -> Result<Option<Answer>, Broken> {
    Flight::new(until).push(bytes)
}

#[test]
fn a_flight_is_read_however_it_is_cut() {
    let mut server = Flight::new(Until::Done);
    let bytes = flight();
    let (last, before) = bytes.split_last().expect("bytes");
    for byte in before {
        assert_eq!(server.push(&[*byte]), Ok(None));
    }
    let answer = server.push(&[*last]).expect("no refusal").expect("whole");
    let hello = answer.hello.expect("a hello");
    assert_eq!((hello.version(), hello.suite, hello.alpn().as_deref()), (0x0303, 0xC02F, Some("h2")));
    assert_eq!(hello.timestamps().as_deref(), Some(&b"scts"[..]));
    assert_eq!(answer.chain, ["own", "root"]);
    assert_eq!(answer.staple.as_deref(), Some(&b"ocsp"[..]));
    assert_eq!((answer.exchange, answer.signature), (Some(Parameters::Group(29)), Some(0x0804)));
    let asked = ClientCertificate { authorities: vec!["CA".into()], schemes: vec![0x0403] };
    assert_eq!(answer.asked, Some(asked));
}

#[test]
fn reading_ends_where_enough_is_known() {
    let bytes = flight();
    let hello = read(Until::Hello, &bytes[..60]).expect("no refusal");
    assert!(hello.is_none(), "the hello is longer");
    assert!(read(Until::Hello, &bytes[..110]).is_ok_and(|answer| answer.is_some()));
    assert!(read(Until::Certificate, &bytes[..100]).is_ok_and(|answer| answer.is_none()));
    let certified = read(Until::Certificate, &bytes[..110]).expect("no refusal").expect("whole");
    assert!(certified.chain.len() == 2 && certified.exchange.is_none());
    let new = record(HANDSHAKE, &hello_13(29));
    let answer = read(Until::Done, &new).expect("no refusal").expect("whole: the rest is encrypted");
    assert_eq!(answer.hello.map(|hello| (hello.version(), hello.group())), Some((0x0304, Some(29))));
}

fn hello_13(group: u16) -> Vec<u8> {
    hello(0x0303, 0x1301, &[(43, &[3, 4]), (51, &group.to_be_bytes())])
}

#[test]
fn finite_fields_are_waited_for_and_measured() {
    let prime = [&[0x00, 0x80][..], &[0xFF; 127]].concat();
    let body = [counted::<2>(&prime), counted::<2>(&[2]), counted::<2>(&[9; 128])].concat();
    let start = record(HANDSHAKE, &[hello(0x0301, 0x0033, &[]), message(CERTIFICATE, &[0, 0, 0])].concat());
    let mut server = Flight::new(Until::Field);
    assert_eq!(server.push(&start), Ok(None));
    let answer = server.push(&record(HANDSHAKE, &message(KEY_EXCHANGE, &body))).expect("fine").expect("whole");
    let Some(Parameters::Field(field)) = answer.exchange else { panic!("{answer:?}") };
    assert_eq!((field.bits, &*field.generator), (1024, &[2][..]));
    assert!(read(Until::Field, &record(HANDSHAKE, &hello(0x0301, 0x002F, &[]))).is_ok_and(|answer| answer.is_some()));
}

#[test]
fn alerts_and_other_protocols_are_told_apart() {
    let read = |bytes: &[u8]| read(Until::Done, bytes);
    assert_eq!(read(&record(ALERT, &[2, 70])), Err(Broken::Alert(70)));
    assert_eq!(read(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Err(Broken::NotTls));
    assert_eq!(read(b"S"), Err(Broken::NotTls), "told by the first byte");
    assert_eq!(read(&record(HANDSHAKE, &message(SERVER_HELLO, b"short"))), Err(Broken::Lied));
    assert_eq!(read(&record(HANDSHAKE, &message(CERTIFICATE, &[0, 0, 0]))), Err(Broken::Lied), "before the hello");
    let warned = [record(ALERT, &[1, 112]), flight()].concat();
    let answer = read(&warned).expect("a warning is no end").expect("whole");
    assert_eq!(answer.warnings, [112]);
    let many = record(ALERT, &[1, 112]).repeat(9);
    assert_eq!(read(&many), Err(Broken::Alert(112)), "warnings without end are an end");
    assert_eq!(Flight::new(Until::Done).push(&vec![22; MAX_BYTES + 1]), Err(Broken::TooLong));
}

#[test]
fn a_record_of_a_handshake_that_holds_nothing_is_a_lie() {
    let begun = record(HANDSHAKE, &flight()[5..20]);
    assert_eq!(read(Until::Done, &begun), Ok(None));
    assert_eq!(read(Until::Done, &[begun, record(HANDSHAKE, &[])].concat()), Err(Broken::Lied));
    assert_eq!(read(Until::Done, &record(HANDSHAKE, &[])), Err(Broken::Lied));
}

/// However a server cuts what it says, no byte of it is moved more than once on the way to be read.
#[test]
fn what_is_read_is_moved_once_at_most() {
    let ask = message(CERTIFICATE_REQUEST, &[0; 3]);
    // One message after the other, a byte in a record, and in the end one that is never whole.
    let messages = [hello(0x0303, 0xC02F, &[]), ask.repeat(2000), vec![CERTIFICATE, 0xFF, 0xFF, 0xFF]].concat();
    let bytes: Vec<u8> = messages.iter().chain(&vec![0; 20_000]).flat_map(|byte| record(HANDSHAKE, &[*byte])).collect();
    for length in [1, 7, 4096, bytes.len()] {
        let mut server = Flight::new(Until::Done);
        for part in bytes.chunks(length) {
            assert_eq!(server.push(part), Ok(None));
        }
        let moved = (server.records.moved(), server.messages.moved());
        assert!(moved.0 <= bytes.len() && moved.1 <= messages.len(), "{length}: {moved:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0usize..400, to in any::<u8>()) {
        let _ = read(Until::Done, &bytes);
        let mut changed = flight();
        let at = at % changed.len();
        changed[at] = to;
        let _ = read(Until::Done, &changed);
        let _ = read(Until::Done, &changed[..at]);
    }

    /// Where records and packets end makes no difference.
    #[test]
    fn cuts_make_no_difference(cuts in proptest::collection::vec(1usize..90, 1..30)) {
        let whole = read(Until::Done, &flight());
        let mut server = Flight::new(Until::Done);
        let bytes = flight();
        let mut rest = &bytes[..];
        let mut last = Ok(None);
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at((*cut).min(rest.len()));
            last = server.push(now);
            rest = later;
        }
        prop_assert_eq!(whole, last);
    }
}
