//! Queries of resolvers that answer, lie, cut off, babble or stay silent; messages against their text.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};

use super::message::{encode, parse};
use super::{ask, message_text};
use crate::base::ByteBudget;
use crate::observation::{DnsMessage, DnsProbe, ErrorKind, ProbeError, RecordType};

/// Messages in hexadecimal, each before its text as `miekg/dns` writes it.
const MESSAGES: &str = include_str!("messages.txt");

#[test]
fn messages_have_the_text_that_zone_files_and_dig_have() {
    let mut parts = MESSAGES.split("== ").skip(1).peekable();
    assert!(parts.peek().is_some());
    for part in parts {
        let (hex, text) = part.split_once('\n').expect("bytes, then text");
        let bytes = HEXLOWER.decode(hex.as_bytes()).expect("hexadecimal");
        assert_eq!(message_text(&bytes).expect("a message"), text);
        for cut in 0..bytes.len() {
            let _ = parse(&bytes[..cut]);
        }
    }
}

#[test]
fn names_that_point_in_circles_or_grow_without_end_are_malformed() {
    let header = [0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    let with = |name: &[u8]| parse(&[&header, name, &[0, 1, 0, 1]].concat());
    assert!(with(&[1, b'a', 0]).is_ok());
    assert!(with(&[0xC0, 12]).is_err(), "points at itself");
    assert!(with(&[1, b'a', 0xC0, 12]).is_err(), "grows in a circle");
    assert!(with(&[0x80, 1]).is_err() && with(&[63, b'a']).is_err());
    let long: Vec<u8> = [[63].as_slice(), &[b'a'; 63]].concat().repeat(4).into_iter().chain([0]).collect();
    assert!(with(&long).is_err(), "longer than a name may be");
}

#[test]
fn names_that_are_none_are_not_asked_for() {
    let encodes = |name: &str| encode(&probe(name), 1).is_some();
    assert!(encodes("a.example") && encodes("a.example.") && encodes(".") && encodes(""));
    assert!(!encodes("a..example") && !encodes(&"a".repeat(64)) && !encodes(&"a.".repeat(128)));
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = message_text(&bytes);
    }

    #[test]
    fn no_change_of_a_message_makes_the_parser_panic(at in 0usize..1000, to in any::<u8>()) {
        let hex = MESSAGES.split("== ").nth(1).and_then(|part| part.lines().next()).expect("a message");
        let mut bytes = HEXLOWER.decode(hex.as_bytes()).expect("hexadecimal");
        let at = at % bytes.len();
        bytes[at] = to;
        let _ = message_text(&bytes);
    }
}

fn probe(name: &str) -> DnsProbe {
    let kind = RecordType::of_name("TXT").expect("known");
    DnsProbe { name: name.into(), kind, class: 1, recursion: true, servers: Vec::new(), attempts: 2 }
}

/// An answer to a query: its identifier and question, the code, records of the answer in bytes.
fn answer(query: &[u8], bits: u16, records: &[&[u8]]) -> Vec<u8> {
    let question = query[12..].split(|byte| *byte == 0).next().expect("a name").len() + 5;
    let counts = [0, 1, 0, u8::try_from(records.len()).expect("few"), 0, 0, 0, 0];
    [&query[..2], &bits.to_be_bytes(), &counts, &query[12..12 + question], &records.concat()].concat()
}

/// A TXT record of the name asked for.
fn txt(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).expect("short");
    [&[0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, length + 1, length][..], text.as_bytes()].concat()
}

/// A resolver that answers the nth datagram as `act` says.
async fn resolver(act: impl Fn(usize, &[u8]) -> Vec<Vec<u8>> + Send + 'static) -> (SocketAddr, Arc<AtomicUsize>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let (at, asked) = (socket.local_addr().expect("bound"), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut datagram = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut datagram).await {
            for reply in act(count.fetch_add(1, Ordering::Relaxed), &datagram[..length]) {
                let _ = socket.send_to(&reply, from).await;
            }
        }
    });
    (at, asked)
}

async fn asking(servers: &[SocketAddr]) -> Result<DnsMessage, ProbeError> {
    let mut paid = ByteBudget::new(1 << 20).try_reserve(0).expect("room");
    ask(&probe("a.example"), servers, Duration::from_millis(300), &mut paid).await.map(|(message, _)| message)
}

#[tokio::test]
async fn an_answer_is_read_and_strays_before_it_are_passed_over() {
    let (at, asked) = resolver(|_, query| {
        let mut forged = answer(query, 0x8180, &[&txt("forged")]);
        forged[0] ^= 1;
        vec![b"garbage".to_vec(), forged, answer(query, 0x8180, &[&txt("v=spf1 -all")])]
    })
    .await;
    let message = asking(&[at]).await.expect("an answer");
    assert_eq!(message.answer[0].to_string(), "a.example.\t60\tIN\tTXT\t\"v=spf1 -all\"");
    assert_eq!((message.code_name().as_str(), asked.load(Ordering::Relaxed)), ("NOERROR", 1));
}

#[tokio::test]
async fn a_name_that_is_not_there_is_final_and_a_failure_is_not() {
    let (at, asked) = resolver(|_, query| vec![answer(query, 0x8183, &[])]).await;
    assert_eq!(asking(&[at]).await.expect("an answer").code_name(), "NXDOMAIN");
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    let (failing, asked) = resolver(|_, query| vec![answer(query, 0x8182, &[])]).await;
    assert_eq!(asking(&[failing]).await.expect("an answer").code_name(), "SERVFAIL");
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    assert_eq!(asking(&[failing, at]).await.expect("an answer").code_name(), "NXDOMAIN", "the next one knows");
}

#[tokio::test]
async fn what_is_cut_off_is_asked_for_over_tcp() {
    // Somebody else may have the port for TCP: then another one is tried.
    let mut tried = 0;
    let (at, listener) = loop {
        let (at, _) = resolver(|_, query| vec![answer(query, 0x8380, &[])]).await;
        match TcpListener::bind(at).await {
            Ok(listener) => break (at, listener),
            Err(_) if tried < 50 => tried += 1,
            Err(error) => panic!("no port is free for both: {error}"),
        }
    };
    let (alone, _) = resolver(|_, query| vec![answer(query, 0x8380, &[])]).await;
    if std::net::TcpStream::connect(alone).is_err() {
        assert!(asking(&[alone]).await.expect("what fits").is_truncated(), "no TCP there");
    }
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a caller");
        let mut query = vec![0; usize::from(stream.read_u16().await.expect("a length"))];
        stream.read_exact(&mut query).await.expect("a query");
        let reply = answer(&query, 0x8180, &[&txt("one"), &txt("two")]);
        let _ = stream.write_u16(u16::try_from(reply.len()).expect("short")).await;
        let _ = stream.write_all(&reply).await;
    });
    let message = asking(&[at]).await.expect("the whole");
    assert_eq!((message.answer.len(), message.is_truncated()), (2, false));
}

#[tokio::test]
async fn a_resolver_that_is_silent_babbles_or_is_not_there_is_an_error_in_time() {
    let kind = async |servers: &[SocketAddr]| asking(servers).await.map_err(|error| error.kind).err();
    let (babbling, _) = resolver(|_, query| vec![[&query[..2], &[0x81, 0x80, 0, 9][..]].concat()]).await;
    assert_eq!(kind(&[babbling]).await, Some(ErrorKind::Malformed));
    let gone = UdpSocket::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("bound");
    assert_eq!(kind(&[gone]).await, Some(ErrorKind::ResolveFailed));
    assert_eq!(kind(&[]).await, Some(ErrorKind::ResolveFailed));
    let (silent, asked) = resolver(|_, _| Vec::new()).await;
    let start = Instant::now();
    assert_eq!(kind(&[silent]).await, Some(ErrorKind::ResponseTimeout));
    assert!(asked.load(Ordering::Relaxed) <= 2 && start.elapsed() < Duration::from_secs(2));
}
