//! What servers say before TLS, and what comes of it.

use proptest::prelude::*;

use super::*;

/// Everything that is sent, and the end of it; each of the server's words comes byte by byte.
fn talk(protocol: StartTls, words: &[&[u8]]) -> (String, Step) {
    let mut preface = Preface::new(protocol, "a.example");
    let mut sent = preface.start();
    let mut last = Step::Read;
    for byte in words.iter().flat_map(|word| word.iter()) {
        last = preface.push(&[*byte]);
        match &last {
            Step::Send(bytes) | Step::Ready(bytes) => sent.extend(bytes),
            Step::Read => {}
            Step::Refused(_) | Step::PutOff(_) => break,
        }
    }
    (String::from_utf8_lossy(&sent).into_owned(), last)
}

fn ready(protocol: StartTls, words: &[&[u8]]) -> String {
    let (sent, last) = talk(protocol, words);
    assert!(matches!(last, Step::Ready(_)), "{protocol:?}: {last:?} after {sent}");
    sent
}

fn refused(protocol: StartTls, words: &[&[u8]]) -> String {
    match talk(protocol, words).1 {
        Step::Refused(said) => said,
        other => panic!("{protocol:?}: {other:?}"),
    }
}

#[test]
fn protocols_of_lines_are_upgraded() {
    let smtp = ready(
        StartTls::Smtp,
        &[b"220-mx\r\n220 mx ready\r\n", b"250-mx\r\n250-SIZE 1\r\n250 starttls\r\n", b"220 go\r\n"],
    );
    assert_eq!(smtp, "EHLO outsight.invalid\r\nSTARTTLS\r\n");
    assert_eq!(ready(StartTls::Imap, &[b"* OK hi\r\n", b"* CAPABILITY X\r\na1 OK go\r\n"]), "a1 STARTTLS\r\n");
    assert_eq!(ready(StartTls::Pop3, &[b"+OK hi\r\n", b"+OK go\r\n"]), "STLS\r\n");
    assert_eq!(ready(StartTls::Ftp, &[b"220-Hello\r\n  there\r\n220 ready\r\n", b"234 go\r\n"]), "AUTH TLS\r\n");
}

#[test]
fn refusals_are_told_in_the_servers_words() {
    assert_eq!(refused(StartTls::Smtp, &[b"220 mx\r\n", b"250 mx\r\n"]), "the server does not offer STARTTLS");
    assert_eq!(refused(StartTls::Smtp, &[b"554 no\r\n"]), "554 no");
    assert_eq!(refused(StartTls::Imap, &[b"* OK\r\n", b"a1 BAD what\r\n"]), "a1 BAD what");
    assert_eq!(refused(StartTls::Pop3, &[b"+OK\r\n", b"-ERR no\r\n"]), "-ERR no");
    assert_eq!(refused(StartTls::Ftp, &[b"220 hi\r\n", b"530 no\r\n"]), "530 no");
    assert_eq!(refused(StartTls::Postgres, &[b"N"]), "the server answers N: no TLS");
    assert_eq!(refused(StartTls::Mysql, &[b"\x09\0\0\0\xff\x6A\x04Denied"]), "Denied");
    assert_eq!(refused(StartTls::Ldap, &[&ldap_answer(2)]), "the server answers with the result code 2");
    assert!(refused(StartTls::Postgres, &[b"EFATAL: unsupported frontend protocol\0"]).starts_with("FATA"));
    for features in ["<stream:features/>", "<stream:features xmlns:stream='s'/>", "<stream:features></stream:features>"]
    {
        assert!(refused(StartTls::Xmpp, &[features.as_bytes()]).contains("does not offer"), "{features}");
    }
    assert!(refused(StartTls::Xmpp, &[b"<stream:error><host-unknown/></stream:error>"]).contains("host-unknown"));
}

#[test]
fn what_passes_is_no_refusal() {
    let error = |fields: &[u8]| {
        let length = u32::try_from(fields.len() + 4).expect("short").to_be_bytes();
        [&b"E"[..], &length, fields].concat()
    };
    let (greeting, features): (&[u8], &[u8]) = (b"220 mx\r\n", b"250 STARTTLS\r\n");
    let busy = error(b"SFATAL\0C53300\0Msorry, too many clients already\0\0");
    let cases: [(StartTls, Vec<&[u8]>, &str); 12] = [
        (StartTls::Smtp, vec![b"421 4.3.2 All server ports are busy\r\n"], "421 4.3.2"),
        (StartTls::Smtp, vec![greeting, b"421 bye\r\n"], "421 bye"),
        (StartTls::Smtp, vec![greeting, features, b"454 TLS not available\r\n"], "454 TLS"),
        (StartTls::Ftp, vec![b"421 too many users\r\n"], "421 too"),
        (StartTls::Ftp, vec![b"220 hi\r\n", b"431 later\r\n"], "431 later"),
        (StartTls::Imap, vec![b"* BYE too many connections\r\n"], "* BYE too"),
        (StartTls::Imap, vec![b"* OK\r\n", b"a1 NO [UNAVAILABLE] later\r\n"], "a1 NO"),
        (StartTls::Pop3, vec![b"-ERR no room\r\n"], "-ERR no room"),
        (StartTls::Pop3, vec![b"+OK\r\n", b"-ERR [SYS/TEMP] later\r\n"], "-ERR [SYS"),
        (StartTls::Postgres, vec![&busy], "SFATAL C53300"),
        (StartTls::Mysql, vec![b"\x07\0\0\0\xff\x10\x04Full"], "Full"),
        (StartTls::Xmpp, vec![b"<stream:error><system-shutdown/></stream:error>"], "<stream:error>"),
    ];
    for (protocol, words, said) in cases {
        match talk(protocol, &words).1 {
            Step::PutOff(why) => assert!(why.starts_with(said), "{protocol:?}: {why}"),
            other => panic!("{protocol:?}: {other:?}"),
        }
    }
    assert!(matches!(talk(StartTls::Ldap, &[&ldap_answer(52)]).1, Step::PutOff(_)));
}

#[test]
fn lengths_of_ldap_are_read_in_every_form_that_fits() {
    // Active Directory writes four bytes, whatever the length.
    let head = [2, 1, 1, 0x78, 0x84, 0, 0, 0, 0x1F, 0x0A, 1, 0, 4, 0, 4, 0, 0x8A, 22];
    let body = [&head[..], b"1.3.6.1.4.1.1466.20037"].concat();
    ready(StartTls::Ldap, &[&[&[0x30, 0x84, 0, 0, 0, 0x28][..], &body].concat()]);
    for count in [1_u8, 2, 3] {
        let length = u32::try_from(body.len()).expect("short").to_be_bytes();
        let length = [&[0x80 | count][..], &length[4 - usize::from(count)..]].concat();
        ready(StartTls::Ldap, &[&[&[0x30][..], &length, &body].concat()]);
    }
    for unfit in [&[0x84, 0, 1, 0, 0][..], &[0x84, 0xFF, 0xFF, 0xFF, 0xFF], &[0x80], &[0x85, 0, 0, 0, 0, 1]] {
        refused(StartTls::Ldap, &[&[&[0x30][..], unfit].concat()]);
    }
}

#[test]
fn nothing_may_follow_the_consent_of_xmpp() {
    let features: &[u8] = b"<stream:features xmlns:stream='s'><starttls/></stream:features>";
    for consent in ["<proceed/>", "<proceed xmlns='x'></proceed>", "<proceed xmlns='x'> </proceed>\n"] {
        ready(StartTls::Xmpp, &[features, consent.as_bytes()]);
    }
    for more in ["<proceed/><message/>", "<proceed></proceed><message/>", "<proceed><message/>", "<proceed/>x"] {
        let mut preface = Preface::new(StartTls::Xmpp, "");
        assert_eq!(preface.push(features), Step::Send(xmpp::ASK.to_vec()));
        assert_eq!(
            preface.push(more.as_bytes()),
            Step::Refused("more was said after the consent".to_owned()),
            "{more}"
        );
    }
}

/// An extended response with a result code.
fn ldap_answer(code: u8) -> Vec<u8> {
    vec![0x30, 12, 2, 1, 1, 0x78, 7, 0x0A, 1, code, 4, 0, 4, 0]
}

#[test]
fn protocols_of_packets_are_upgraded() {
    assert!(ready(StartTls::Postgres, &[b"S"]).starts_with("\0\0\0\u{8}\u{4}"));
    assert!(ready(StartTls::Ldap, &[&ldap_answer(0)]).ends_with("1.3.6.1.4.1.1466.20037"));
    let mut greeting = b"\x0a8.0\0\x01\0\0\0abcdefgh\0".to_vec();
    greeting.extend([0xFF, 0xFF, 0, 0]);
    let length = u8::try_from(greeting.len()).expect("short");
    let packet = [&[length, 0, 0, 0], &greeting[..]].concat();
    let Step::Ready(request) = Preface::new(StartTls::Mysql, "").push(&packet) else { panic!("no request") };
    assert_eq!((request.len(), &request[..4]), (36, &[32, 0, 0, 1][..]));
}

#[test]
fn a_stream_of_xmpp_is_upgraded() {
    let features: &[u8] =
        b"<?xml version='1.0'?><stream:stream><stream:features><starttls xmlns='x'/></stream:features>";
    let sent = ready(StartTls::Xmpp, &[features, b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"]);
    assert!(sent.contains("to='a.example'>") && sent.ends_with("xmpp-tls'/>"), "{sent}");
    assert_eq!(refused(StartTls::Xmpp, &[features, b"<failure/>"]), "<failure");
}

#[test]
fn what_comes_with_the_consent_is_no_consent() {
    let mut preface = Preface::new(StartTls::Pop3, "");
    assert_eq!(preface.push(b"+OK\r\n"), Step::Send(b"STLS\r\n".to_vec()));
    assert!(matches!(preface.push(b"+OK\r\n+OK injected\r\n"), Step::Refused(_)));
    assert!(matches!(Preface::new(StartTls::Postgres, "").push(b"SX"), Step::Refused(_)));
}

#[test]
fn a_server_that_never_stops_is_stopped() {
    let mut preface = Preface::new(StartTls::Smtp, "");
    let steps = (0..1000).map(|_| preface.push(&[b'x'; 100]));
    assert!(steps.into_iter().any(|step| matches!(step, Step::Refused(_))));
}

proptest! {
    #[test]
    fn no_bytes_make_a_preface_panic(which in 0usize..8, words in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..6)) {
        let mut preface = Preface::new(StartTls::ALL[which], "a.example");
        preface.start();
        for word in words {
            preface.push(&word);
        }
    }
}
