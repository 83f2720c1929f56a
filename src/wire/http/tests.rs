//! The receiver on exact bytes, and its properties under every cut.

use std::io::Write as _;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::base::{ByteBudget, Limits};
use crate::observation::{Anomaly, ErrorKind, Response, Truncation};

const BUDGET: usize = 64 << 20;

struct Received {
    result: Result<Response, Failure>,
    reusable: bool,
}

impl Received {
    fn response(self) -> Response {
        self.result.expect("a response")
    }
}

/// Receives `pieces`, then the end of the connection where the receiver still wants more.
fn receive_pieces<'a>(limits: &Limits, ask: Ask, pieces: impl IntoIterator<Item = &'a [u8]>) -> Received {
    let budget = ByteBudget::new(BUDGET);
    let reservation = budget.try_reserve(512).expect("fits");
    let mut receiver = Receiver::new(limits, ask, Instant::now() + Duration::from_secs(60), reservation);
    let mut progress = Progress::More;
    for piece in pieces {
        if progress == Progress::More && !piece.is_empty() {
            progress = receiver.push(piece);
        }
    }
    if progress == Progress::More {
        receiver.end();
    }
    let outcome = receiver.finish();
    let held = outcome.result.as_ref().map_or(0, |r| r.body.len() + r.head.len() + r.headers.len() * 80);
    assert!(outcome.reservation.bytes() >= held, "{} are reserved for {held}", outcome.reservation.bytes());
    Received { result: outcome.result, reusable: outcome.reusable }
}

fn receive(bytes: &[u8]) -> Received {
    receive_pieces(&Limits::default(), Ask::default(), [bytes])
}

fn value<'a>(response: &'a Response, name: &'a str) -> Vec<&'a [u8]> {
    response.header(name).map(|value| &value[..]).collect()
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).expect("into memory");
    encoder.finish().expect("into memory")
}

fn zlib(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).expect("into memory");
    encoder.finish().expect("into memory")
}

fn raw_deflate(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).expect("into memory");
    encoder.finish().expect("into memory")
}

fn zstd(plain: &[u8]) -> Vec<u8> {
    zstd::encode_all(plain, 3).expect("into memory")
}

fn coded(coding: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[test]
fn a_plain_answer_is_kept_byte_for_byte() {
    let bytes =
        b"HTTP/1.1 404 Not Found\r\nServer: a\r\nX-Weird:\x1b[31m\0 b \r\nx-weird: c\r\nContent-Length: 5\r\n\r\nhello";
    let received = receive(bytes);
    assert!(received.reusable);
    let response = received.response();
    assert_eq!((response.status, response.version, &response.reason[..]), (404, "HTTP/1.1", &b"Not Found"[..]));
    assert_eq!(value(&response, "X-WEIRD"), [&b"\x1b[31m\0 b"[..], b"c"]);
    assert_eq!(&response.headers[1].name[..], b"X-Weird");
    assert_eq!((&response.body[..], response.truncated), (&b"hello"[..], None));
    assert_eq!(&response.head[..], &bytes[..bytes.len() - 7]);
    assert_eq!((response.wire_bytes, response.anomalies.len()), (bytes.len() as u64, 0));
}

#[test]
fn heads_are_read_leniently() {
    let head = b"\r\nHTTP/1.0  200\nName : v\nFolded: a\n b\n\t c\nno colon here\n: no name\nEmpty:\n\nrest";
    let received = receive(head);
    assert!(!received.reusable);
    let response = received.response();
    assert_eq!((response.status, response.version, &response.body[..]), (200, "HTTP/1.0", &b"rest"[..]));
    assert_eq!(value(&response, "name"), [b"v"]);
    assert_eq!(value(&response, "folded"), [b"a b c"]);
    assert_eq!(value(&response, "empty"), [b""]);
    assert_eq!(response.headers.len(), 3);
    assert_eq!(receive(b"HTTP/1.1 200OK\r\nContent-Length: 0\r\n\r\n").response().status, 200);
}

#[test]
fn what_cannot_be_parsed_is_still_an_observation() {
    for bytes in [&b"HTTP/1.1 abc\r\n\r\n<body>"[..], b"HTTP/9.x 200 OK\r\n\r\n", b"HTTP/1.1 2000 OK\r\n\r\n"] {
        let response = receive(bytes).response();
        assert_eq!((response.status, &response.anomalies[..]), (0, &[Anomaly::MalformedHead][..]));
        assert_eq!(&response.body[..], bytes);
    }
    let response = receive(b"<html>old</html>").response();
    assert_eq!((response.version, &response.anomalies[..]), ("HTTP/0.9", &[Anomaly::Http09][..]));
    let response = receive(b"HTTP/1.1 200 OK\r\nServ").response();
    assert_eq!((response.status, response.truncated), (0, Some(Truncation::Interrupted)));
    assert_eq!(receive(b"").result, Err(Failure::Silent));
    assert_eq!(receive(b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0d").result, Err(Failure::SpeaksHttp2));
    let tls = receive(b"\x15\x03\x01\0\x02\x02\x46").result.expect_err("no HTTP");
    assert!(matches!(tls, Failure::Error(error) if error.kind == ErrorKind::NotHttp));
}

#[test]
fn bodies_end_where_the_head_says() {
    let chunked =
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n1\n!\n0\r\nTrailer: x\r\n\r\n";
    let received = receive(chunked);
    assert!(received.reusable);
    let response = received.response();
    assert_eq!((&response.body[..], response.headers.len()), (&b"hello!"[..], 1));

    for (head, ask) in [
        ("HTTP/1.1 204 No\r\n\r\n", Ask::default()),
        ("HTTP/1.1 304 No\r\nContent-Length: 9\r\n\r\n", Ask::default()),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", Ask { head: true, ..Ask::default() }),
    ] {
        let received = receive_pieces(&Limits::default(), ask, [head.as_bytes()]);
        assert!(received.reusable && received.response().body.is_empty(), "{head}");
        let noisy = format!("{head}surplus");
        let received = receive_pieces(&Limits::default(), ask, [noisy.as_bytes()]);
        assert!(!received.reusable);
        assert_eq!(received.response().anomalies, [Anomaly::Unsolicited], "{head}");
    }
    assert!(!receive(b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n").reusable);
    assert!(receive(b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n").reusable);
    let cut = receive(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").response();
    assert_eq!((&cut.body[..], cut.truncated), (&b"half"[..], Some(Truncation::Interrupted)));
}

#[test]
fn framing_lies_are_named_and_end_the_connection() {
    let cases: [(&str, Anomaly, &str); 8] = [
        ("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", Anomaly::ConflictingLength, "a"),
        ("Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", Anomaly::ConflictingLength, "abc"),
        ("Content-Length: 3, 4\r\n\r\nabc", Anomaly::ConflictingLength, "abc"),
        ("Content-Length: -1\r\n\r\nabc", Anomaly::ConflictingLength, "abc"),
        ("Content-Length: 99999999999999999999\r\n\r\nabc", Anomaly::ConflictingLength, "abc"),
        ("Transfer-Encoding: chunked\r\n\r\nzz\r\n", Anomaly::BadChunk, ""),
        ("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc", Anomaly::BadChunk, ""),
        ("Content-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n\r\n", Anomaly::Unsolicited, "abc"),
    ];
    for (rest, anomaly, body) in cases {
        let received = receive(format!("HTTP/1.1 200 OK\r\n{rest}").as_bytes());
        assert!(!received.reusable, "{rest}");
        let response = received.response();
        assert_eq!((&response.anomalies[..], &response.body[..]), (&[anomaly][..], body.as_bytes()), "{rest}");
    }
    let agreed = receive(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc");
    assert!(agreed.reusable && agreed.response().anomalies.is_empty());
}

#[test]
fn every_limit_holds() {
    let limits = Limits { head: 4096, header_count: 8, body: 1000, chunks: 4, interim: 2, ..Limits::default() };
    let get = |bytes: &[u8]| receive_pieces(&limits, Ask::default(), [bytes]);

    let many = format!("HTTP/1.1 200 OK\r\n{}Content-Length: 2\r\n\r\nok", "a: b\r\n".repeat(20));
    let response = get(many.as_bytes()).response();
    assert_eq!((response.headers.len(), &response.anomalies[..]), (8, &[Anomaly::HeadLimit][..]));
    assert_eq!(&response.body[..], b"ok", "fields beyond the limit still count for framing");

    let long = format!("HTTP/1.1 200 OK\r\nA: 1\r\nB: {}\r\n\r\nbody", "x".repeat(9000));
    let response = get(long.as_bytes()).response();
    assert_eq!((response.headers.len(), &response.anomalies[..]), (1, &[Anomaly::HeadLimit][..]));
    assert_eq!(response.truncated, Some(Truncation::Interrupted));

    let body = format!("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n{}", "x".repeat(1001));
    let response = get(body.as_bytes()).response();
    assert_eq!((response.body.len(), response.truncated), (1000, Some(Truncation::BodyLimit)));
    let exact = format!("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}", "x".repeat(1000));
    assert_eq!(get(exact.as_bytes()).response().truncated, None);

    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunks = format!("{chunked}{}0\r\n\r\n", "1\r\na\r\n".repeat(9));
    assert_eq!(get(chunks.as_bytes()).response().anomalies, [Anomaly::BadChunk]);
    let extension = format!("{chunked}1;{}\r\na\r\n0\r\n\r\n", "x".repeat(9000));
    assert_eq!(get(extension.as_bytes()).response().anomalies, [Anomaly::BadChunk]);
    let trailers = format!("{chunked}1\r\na\r\n0\r\n{}\r\n", "t: v\r\n".repeat(2000));
    let response = get(trailers.as_bytes()).response();
    assert_eq!((&response.anomalies[..], response.truncated), (&[Anomaly::HeadLimit][..], None));

    let interim = "HTTP/1.1 103 Early\r\n\r\n";
    let two = format!("{}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", interim.repeat(2));
    assert_eq!(get(two.as_bytes()).response().status, 200);
    let response = get(interim.repeat(9).as_bytes()).response();
    assert_eq!((response.status, &response.anomalies[..]), (103, &[Anomaly::HeadLimit][..]));
}

#[test]
fn every_coding_is_undone() {
    let plain = b"hello hello hello\n";
    let brotli = brotli_of_plain();
    let cases = [
        ("gzip", gzip(plain)),
        ("x-gzip, identity", gzip(plain)),
        ("deflate", zlib(plain)),
        ("deflate", raw_deflate(plain)),
        ("zstd", zstd(plain)),
        ("br", brotli),
        ("gzip, deflate", zlib(&gzip(plain))),
        ("gzip", [gzip(b"hello hello "), gzip(b"hello\n")].concat()),
    ];
    for (coding, body) in cases {
        let received = receive(&coded(coding, &body));
        assert!(received.reusable, "{coding}");
        let response = received.response();
        assert_eq!((&response.body[..], response.truncated), (&plain[..], None), "{coding}");
    }
}

/// An uncompressed metablock and an empty last one (RFC 7932 §9.2), written by hand.
fn brotli_of_plain() -> Vec<u8> {
    let plain = b"hello hello hello\n";
    // WBITS 0 (one bit), ISLAST 0, MNIBBLES 4 (two zero bits), MLEN-1 = 17 in 16 bits, ISUNCOMPRESSED 1.
    let bits: u32 = (17 << 4) | (1 << 20);
    let mut bytes = bits.to_le_bytes()[..3].to_vec();
    bytes.extend_from_slice(plain);
    bytes.push(0b11);
    bytes
}

#[test]
fn bad_codings_keep_what_was_decoded() {
    let plain: Vec<u8> = (0..200_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    for (coding, mut body) in [("gzip", gzip(&plain)), ("deflate", zlib(&plain)), ("zstd", zstd(&plain))] {
        let whole = body.len();
        body.truncate(whole / 2);
        let response = receive(&coded(coding, &body)).response();
        assert_eq!(response.truncated, Some(Truncation::BadEncoding), "{coding}");
        assert!(response.body.len() > plain.len() / 4 && plain.starts_with(&response.body), "{coding}");
    }
    let mut wrong_sum = gzip(b"hello");
    let at = wrong_sum.len() - 5;
    wrong_sum[at] ^= 1;
    let response = receive(&coded("gzip", &wrong_sum)).response();
    assert_eq!((&response.body[..], response.truncated), (&b"hello"[..], Some(Truncation::BadEncoding)));

    let response = receive(&coded("gzip", b"<html>not packed at all</html>")).response();
    assert_eq!(&response.body[..], b"<html>not packed at all</html>");
    assert_eq!(response.truncated, Some(Truncation::BadEncoding));

    let response = receive(&coded("snappy", b"raw")).response();
    assert_eq!((&response.body[..], &response.anomalies[..]), (&b"raw"[..], &[Anomaly::UnknownEncoding][..]));
    let response = receive(&coded("gzip, gzip, gzip", b"raw")).response();
    assert_eq!((&response.body[..], &response.anomalies[..]), (&b"raw"[..], &[Anomaly::TooManyEncodings][..]));
}

#[test]
fn bombs_cost_no_more_than_their_limit() {
    let zeros = vec![0u8; 64 << 20];
    let limits = Limits { body: 1 << 20, ..Limits::default() };
    let bombs = [
        ("gzip", gzip(&zeros)),
        ("deflate", zlib(&zeros)),
        ("zstd", zstd(&zeros)),
        ("gzip, gzip", gzip(&gzip(&zeros))),
    ];
    for (coding, bomb) in bombs {
        let budget = ByteBudget::new(BUDGET);
        let reservation = budget.try_reserve(512).expect("fits");
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut receiver = Receiver::new(&limits, Ask::default(), deadline, reservation);
        assert_eq!(receiver.push(&coded(coding, &bomb)), Progress::Done, "{coding}");
        let outcome = receiver.finish();
        let response = outcome.result.expect("a response");
        assert_eq!((response.body.len(), response.truncated), (1 << 20, Some(Truncation::BodyLimit)), "{coding}");
        assert!(budget.peak() < 4 << 20, "{coding}: {}", budget.peak());
    }
    let bomb = coded("zstd", &{
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("an encoder");
        encoder.window_log(25).expect("a window");
        encoder.write_all(&zeros).expect("into memory");
        encoder.finish().expect("into memory")
    });
    assert_eq!(receive(&bomb).response().truncated, Some(Truncation::BadEncoding), "a window above 8 MiB");
}

#[test]
fn a_window_is_a_whole_answer() {
    let ask = Ask { window: Some(4), ..Ask::default() };
    let small = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123456789";
    let received = receive_pieces(&Limits::default(), ask, [&small[..]]);
    assert!(received.reusable, "little remains, so it is drained");
    let response = received.response();
    assert_eq!((&response.body[..], response.truncated), (&b"1234"[..], None));

    let large = format!("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n{}", "x".repeat(50));
    let received = receive_pieces(&Limits::default(), ask, [large.as_bytes()]);
    assert!(!received.reusable);
    let response = received.response();
    assert_eq!((response.body.len(), response.truncated), (4, None));

    let packed = coded("gzip", &gzip(b"abcdefgh"));
    let received = receive_pieces(&Limits::default(), ask, [&packed[..]]);
    assert!(received.reusable);
    assert_eq!(&received.response().body[..], b"abcd");
}

#[test]
fn an_exhausted_budget_is_an_error_and_gives_its_bytes_back() {
    let budget = ByteBudget::new(4096);
    let limits = Limits::default();
    let reservation = budget.try_reserve(512).expect("fits");
    let mut receiver = Receiver::new(&limits, Ask::default(), Instant::now() + Duration::from_secs(60), reservation);
    receiver.push(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n");
    assert_eq!(receiver.push(&[b'x'; 9000]), Progress::Done);
    let outcome = receiver.finish();
    assert!(matches!(&outcome.result, Err(Failure::Error(error)) if error.kind == ErrorKind::Budget));
    assert!(!outcome.reusable);
    drop(outcome);
    assert_eq!(budget.used(), 0);
}

#[test]
fn decoding_stops_at_the_deadline() {
    let budget = ByteBudget::new(BUDGET);
    let limits = Limits::default();
    let mut receiver = Receiver::new(&limits, Ask::default(), Instant::now(), budget.try_reserve(512).expect("fits"));
    assert_eq!(receiver.push(&coded("gzip", &gzip(&vec![7; 1 << 20]))), Progress::Done);
    let response = receiver.finish().result.expect("a response");
    assert_eq!(response.truncated, Some(Truncation::Late));
}

#[test]
fn interruptions_keep_a_body_but_not_half_a_head() {
    let run = |bytes: &[u8]| {
        let budget = ByteBudget::new(BUDGET);
        let limits = Limits::default();
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut receiver = Receiver::new(&limits, Ask::default(), deadline, budget.try_reserve(512).expect("fits"));
        receiver.push(bytes);
        receiver.interrupt(ErrorKind::ResponseTimeout, "too slow");
        receiver.finish().result
    };
    let response = run(b"HTTP/1.1 200 OK\r\n\r\nhalf").expect("a response");
    assert_eq!((&response.body[..], response.truncated), (&b"half"[..], Some(Truncation::Late)));
    assert!(
        matches!(run(b"HTTP/1.1 200 OK\r\nA"), Err(Failure::Error(error)) if error.kind == ErrorKind::ResponseTimeout)
    );
}

/// Bytes that look much like an answer.
fn answer() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        Just("Content-Length: 5".to_owned()),
        Just("Content-Length: 70".to_owned()),
        Just("Transfer-Encoding: chunked".to_owned()),
        Just("Content-Encoding: gzip".to_owned()),
        Just("Content-Encoding: deflate, br".to_owned()),
        Just("Connection: close".to_owned()),
        Just(" folded".to_owned()),
        "[a-zA-Z:\\x00-\\x20]{0,20}",
    ];
    let body = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..80),
        Just(gzip(b"some text, some text, some text")),
        Just(zlib(b"some text, some text, some text")),
        Just(b"3\r\nabc\r\n5;x\r\nhello\r\n0\r\nT: v\r\n\r\n".to_vec()),
    ];
    let first = prop_oneof![
        4 => Just("HTTP/1.1 200 OK".to_owned()),
        1 => Just("HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 404".to_owned()),
        1 => "(HTTP/)?[0-9A-Z. /]{0,12}",
    ];
    (first, proptest::collection::vec(line, 0..6), body).prop_map(|(first, lines, body)| {
        let mut bytes = first.into_bytes();
        for line in lines {
            bytes.extend_from_slice(b"\r\n");
            bytes.extend_from_slice(line.as_bytes());
        }
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.extend_from_slice(&body);
        bytes
    })
}

/// The same result, but for what depends on when the connection is given up.
fn comparable(received: Received) -> Result<Response, Failure> {
    received.result.map(|mut response| {
        response.wire_bytes = 0;
        response.anomalies.retain(|anomaly| *anomaly != Anomaly::Unsolicited);
        response
    })
}

proptest! {
    #[test]
    fn any_bytes_are_received_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = receive(&bytes).result;
        let _ = receive(&[b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: br\r\n\r\n", &bytes[..]].concat());
        let _ = receive(&[b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd, deflate\r\n\r\n", &bytes[..]].concat());
    }

    #[test]
    fn cuts_do_not_matter(bytes in answer(), cuts in proptest::collection::vec(1usize..40, 1..20)) {
        let limits = Limits { head: 200, body: 60, header_count: 4, chunks: 3, ..Limits::default() };
        let whole = comparable(receive_pieces(&limits, Ask::default(), [&bytes[..]]));
        let mut pieces = Vec::new();
        let mut rest = &bytes[..];
        for cut in cuts.iter().cycle() {
            if rest.is_empty() { break; }
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        let cut = comparable(receive_pieces(&limits, Ask::default(), pieces));
        prop_assert_eq!(whole, cut);
    }

    #[test]
    fn heads_agree_with_httparse(bytes in answer()) {
        let mut fields = [httparse::EMPTY_HEADER; 32];
        let mut theirs = httparse::Response::new(&mut fields);
        if let Ok(httparse::Status::Complete(used)) = theirs.parse(&bytes) {
            prop_assume!(theirs.code.is_some_and(|code| code >= 100));
            let HeadStep::Complete(head, ours) = parse_head(&bytes, &Limits::default()) else {
                return Err(TestCaseError::fail("httparse reads it"));
            };
            prop_assert_eq!((used, theirs.code), (ours, Some(head.status)));
            let ours: Vec<_> = head.headers.iter().map(|h| (h.name.to_vec(), h.value.to_vec())).collect();
            let theirs: Vec<_> = theirs.headers.iter().map(|h| (h.name.as_bytes().to_vec(), h.value.to_vec())).collect();
            prop_assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn codings_round_trip(plain in proptest::collection::vec(any::<u8>(), 0..5000), piece in 1usize..700) {
        for (coding, packed) in [
            (decode::Coding::Gzip, gzip(&plain)), (decode::Coding::Deflate, zlib(&plain)),
            (decode::Coding::Deflate, raw_deflate(&plain)), (decode::Coding::Zstd, zstd(&plain)),
        ] {
            let mut decoder = ContentDecoder::new(&[coding], &Limits::default()).expect("a decoder");
            let mut out = Vec::new();
            for input in packed.chunks(piece) {
                let pushed = decoder.push(input, &mut |block| { out.extend_from_slice(block); true });
                prop_assert_eq!(pushed, Ok(()), "{:?}", coding);
            }
            prop_assert!(decoder.is_complete(), "{:?}", coding);
            prop_assert_eq!(&out, &plain);
        }
    }
}

/// Found by fuzzing: line breaks in the first nine bytes of a frame ended a head that was none.
#[test]
fn a_frame_is_a_frame_however_it_is_cut() {
    let frame = b"\x00\n\n\x07\x00\x00\x00\x00\x00rest";
    let whole = receive(frame);
    for size in 1..frame.len() {
        let pieces = receive_pieces(&Limits::default(), Ask::default(), frame.chunks(size));
        assert_eq!(format!("{:?}", pieces.result), format!("{:?}", whole.result), "in pieces of {size}");
    }
}
