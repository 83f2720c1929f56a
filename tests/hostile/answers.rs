//! Every way in which a server answers that no server should.

use std::io::Write as _;
use std::sync::LazyLock;

use super::server::Asked;

/// A name, and what is done with a request; the end says whether the connection goes on.
pub type Case = (&'static str, fn(&mut Asked) -> bool);

/// What a bomb becomes where nobody stops it.
const BLAST: usize = 64 << 20;

static GZIP_BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| gzip(&vec![0; BLAST]));
static DEFLATE_BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| deflate(&vec![b' '; BLAST]));
static ZSTD_BOMB: LazyLock<Vec<u8>> =
    LazyLock::new(|| zstd::bulk::compress(&vec![0; BLAST], 1).expect("memory").repeat(8));

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html";

/// All cases of the laboratory.
pub const CASES: &[Case] = &[
    ("gzip bomb", |asked| coded(asked, "gzip", &GZIP_BOMB)),
    ("gzip bomb in a gzip bomb", |asked| coded(asked, "gzip, gzip", &gzip(&GZIP_BOMB))),
    ("gzip named a hundred times", |asked| coded(asked, &["gzip"; 100].join(", "), &gzip(b"hello"))),
    ("deflate bomb", |asked| coded(asked, "deflate", &DEFLATE_BOMB)),
    ("zstd bomb", |asked| coded(asked, "zstd", &ZSTD_BOMB)),
    ("zstd with a window of gigabytes", |asked| coded(asked, "zstd", b"\x28\xb5\x2f\xfd\x00\xf8\x01\x00\x00")),
    ("brotli that is noise", |asked| coded(asked, "br", &[0xff; 100_000])),
    ("brotli with a large window", |asked| coded(asked, "br", &[0x11, 0x3e, 0x00, 0x00, 0xff])),
    ("gzip that is none", |asked| coded(asked, "gzip", b"<html>not gzip</html>")),
    ("gzip cut off", |asked| coded(asked, "gzip", &gzip(b"hello hello hello")[..12])),
    ("gzip of nothing, for ever", |asked| {
        asked.send(format!("{OK}\r\nContent-Encoding: gzip\r\n\r\n"));
        asked.flood(gzip(b"").repeat(1000));
        false
    }),
    ("a coding nobody knows", |asked| coded(asked, "\x1b[31mrot13", b"uryyb")),
    ("endless body", |asked| {
        asked.send(format!("{OK}\r\n\r\n"));
        asked.flood([b'x'; 65536]);
        false
    }),
    ("endless body that was promised", |asked| {
        asked.send(format!("{OK}\r\nContent-Length: 18446744073709551615\r\n\r\n"));
        asked.flood([b'x'; 65536]);
        false
    }),
    ("endless chunks of one byte", |asked| {
        asked.send(format!("{OK}\r\nTransfer-Encoding: chunked\r\n\r\n"));
        asked.flood("1\r\nx\r\n".repeat(8192));
        false
    }),
    ("endless chunk extension", |asked| {
        asked.send(format!("{OK}\r\nTransfer-Encoding: chunked\r\n\r\n5;"));
        asked.flood([b'e'; 65536]);
        false
    }),
    ("endless trailers", |asked| {
        asked.send(format!("{OK}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"));
        asked.flood("Trailer: x\r\n".repeat(4096));
        false
    }),
    ("slow body", |asked| {
        asked.send(format!("{OK}\r\nContent-Length: 1000000\r\n\r\n"));
        asked.drip("x");
        false
    }),
    ("slow head", |asked| {
        asked.send("HTTP/1.1 200 ");
        asked.drip("O");
        false
    }),
    ("slow fields", |asked| {
        asked.send("HTTP/1.1 200 OK\r\n");
        asked.drip("X-Slow: yes\r\n");
        false
    }),
    ("accepted and silent", |asked| {
        asked.hold();
        false
    }),
    ("closed at once", |_| false),
    ("reset in the middle", |asked| {
        // Unread bytes at the end turn the close into a reset.
        asked.send(format!("{OK}\r\nContent-Length: 1000\r\n\r\nhalf"));
        false
    }),
    ("endless status line", |asked| {
        asked.flood([b'H'; 65536]);
        false
    }),
    ("endless field", |asked| {
        asked.send("HTTP/1.1 200 OK\r\nX-Long: ");
        asked.flood([b'a'; 65536]);
        false
    }),
    ("endless fields", |asked| {
        asked.send("HTTP/1.1 200 OK\r\n");
        asked.flood("X-Many: yes\r\n".repeat(4096));
        false
    }),
    ("five thousand fields", |asked| asked.answer(&format!("{OK}{}", "\r\nX-A: b".repeat(5000)), "x")),
    ("three thousand cookies", |asked| {
        let cookies: String = (0..3000).map(|nth| format!("\r\nSet-Cookie: c{nth}=v; Path=/{nth}")).collect();
        asked.answer(&format!("{OK}{cookies}"), "x")
    }),
    ("a cookie of a hundred thousand attributes", |asked| {
        asked.answer(&format!("{OK}\r\nSet-Cookie: a=b{}", ";x".repeat(100_000)), "x")
    }),
    ("cookies with dates beyond time", |asked| {
        asked.answer(
            &format!(
                "{OK}\r\nSet-Cookie: a=b; Expires=Wed, 99 Foo 999999999999 99:99:99; Max-Age=99999999999999999999\
                 \r\nSet-Cookie: =; ; ;=;\r\nSet-Cookie: {}\r\nDate: (((((((((((((((((\
                 \r\nStrict-Transport-Security: max-age=-99999999999999999999; max-age\
                 \r\nRetry-After: 99999999999999999999999",
                "9".repeat(1000)
            ),
            "x",
        )
    }),
    ("interim answers for ever", |asked| {
        asked.flood("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(1000));
        false
    }),
    ("switching protocols", |asked| {
        asked.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: nothing\r\n\r\n");
        asked.hold();
        false
    }),
    ("two lengths", |asked| asked.send(format!("{OK}\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nhello"))),
    ("a negative length", |asked| asked.send(format!("{OK}\r\nContent-Length: -5\r\n\r\nhello"))),
    ("a length of words", |asked| asked.send(format!("{OK}\r\nContent-Length: five\r\n\r\nhello"))),
    ("length and chunks", |asked| {
        asked.send(format!("{OK}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
    }),
    ("a chunk larger than memory", |asked| {
        asked.send(format!("{OK}\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello"));
        false
    }),
    ("a chunk size that overflows", |asked| {
        asked.send(format!("{OK}\r\nTransfer-Encoding: chunked\r\n\r\n1{}\r\nhello", "0".repeat(100)));
        false
    }),
    ("a chunk that does not end", |asked| {
        asked.send(format!("{OK}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloworld\r\n0\r\n\r\n"))
    }),
    ("a body with 204 and 304", |asked| {
        let status = if asked.nth.is_multiple_of(2) { "204 No Content" } else { "304 Not Modified" };
        asked.send(format!("HTTP/1.1 {status}\r\nContent-Length: 5\r\n\r\nhello"))
    }),
    ("two answers to each question", |asked| {
        let one = format!("{OK}\r\nContent-Length: 2\r\n\r\nhi");
        asked.send(format!("{one}{one}"))
    }),
    ("HTTP/0.9", |asked| {
        asked.send("<html>no head at all</html>");
        false
    }),
    ("a version of its own", |asked| asked.answer("HTTP/9.9 200 OK", "x")),
    ("a status of its own", |asked| asked.answer("HTTP/1.1 999 \x1b[2Jwow", "x")),
    ("no status", |asked| asked.answer("HTTP/1.1 \x00\x00\x00", "x")),
    ("control characters in the head", |asked| {
        asked.answer(
            "HTTP/1.1 200 \x1b]0;owned\x07\r\nContent-Type: text/html\x00\r\nServer: \x1b[31mApache/2.4.1\x1b[0m\x08\
             \r\nX-Powered-By: \u{202e}PHP/5.1\r\n: empty\r\n folded\r\nbroken line\r\nSet-Cookie: \x1b[1mid=\x07; Path=/",
            "\x1b]0;owned\x07<title>\x1b[31mIndex of /\x00</title>",
        )
    }),
    ("bytes that are no text", |asked| {
        asked.send(b"HTTP/1.1 200 \xff\xfe\r\nServer: \xc3\x28\xff\r\nSet-Cookie: \xff=\xfe; P\xff=\x80\r\n");
        asked.send(
            b"Content-Type: text/html; charset=\xff\r\nLocation: /\xff\r\nContent-Length: 4\r\n\r\n\xff\xfe\x80\xc0",
        )
    }),
    ("a charset of its own", |asked| {
        asked.answer("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-16le", b"<\0h\0t\0\xd8\xff\xdc")
    }),
    ("deep JSON", |asked| asked.answer("HTTP/1.1 200 OK\r\nContent-Type: application/json", "[".repeat(100_000))),
    ("deep JSON that is closed", |asked| {
        let (open, close) = ("{\"a\":[".repeat(50_000), "]}".repeat(50_000));
        asked.answer("HTTP/1.1 200 OK\r\nContent-Type: application/json", format!("{open}{close}"))
    }),
    ("numbers beyond all types", |asked| {
        let body = format!("{{\"a\": 1e999999, \"b\": {}, \"a\": -0.0}}", "9".repeat(100_000));
        asked.answer("HTTP/1.1 200 OK\r\nContent-Type: application/json", body)
    }),
    ("JSON of millions of numbers", |asked| {
        asked.answer("HTTP/1.1 200 OK\r\nContent-Type: application/json", format!("[{}0]", "0,".repeat(4 << 20)))
    }),
    ("JSON of millions of objects", |asked| {
        asked.answer("HTTP/1.1 200 OK\r\nContent-Type: application/json", format!("[{}0]", "{\"\":0},".repeat(1 << 20)))
    }),
    ("JSON of millions of keys", |asked| {
        let keys: String = (0..500_000).map(|nth| format!("\"{nth:x}\":{{}},")).collect();
        asked.answer("HTTP/1.1 200 OK\r\nContent-Type: application/json", format!("{{{keys}\"z\":0}}"))
    }),
    ("HTML of a million elements", |asked| asked.answer(OK, "<a b=c>d</a>".repeat(1_000_000))),
    ("HTML of a million lines", |asked| asked.answer(OK, "<br>\n".repeat(1_000_000))),
    ("HTML of entities", |asked| asked.answer(OK, "&CounterClockwiseContourIntegral;&amp&#x41;".repeat(200_000))),
    ("deep HTML", |asked| asked.answer(OK, "<div><b><table>".repeat(100_000))),
    ("HTML of attributes", |asked| {
        let attributes: String = (0..100_000).map(|nth| format!(" a{nth}=\"{nth}\"")).collect();
        asked.answer(OK, format!("<html{attributes}>"))
    }),
    ("a megabyte of hostile text", |asked| {
        asked.answer(OK, "=+-@|cmd'\u{202e}\u{2066}\x1b[31m</script><script>alert(1)</script>,\"\t\n".repeat(15_000))
    }),
    ("429 for ever", |asked| {
        asked.answer("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0", "slow down");
        true
    }),
    ("another answer each time", |asked| {
        let status = 200 + (asked.nth * 97) % 400;
        let body = format!("{}{}", asked.nth, "root:x:0:0:\nDB_PASSWORD=".repeat(asked.nth % 7));
        let head = format!("HTTP/1.1 {status} Any\r\nSet-Cookie: s={}\r\nX-Nth: {}", asked.nth, asked.nth);
        asked.answer(&head, body)
    }),
    ("an echo of everything", |asked| {
        let echo = String::from_utf8_lossy(&asked.head).replace("\r\n", "<br>");
        let origin = String::from_utf8_lossy(&asked.head)
            .lines()
            .find_map(|line| line.strip_prefix("Origin: ").map(str::to_owned))
            .unwrap_or_default();
        let head = format!(
            "{OK}\r\nX-Path: {}\r\nAccess-Control-Allow-Origin: {origin}\r\nAccess-Control-Allow-Credentials: true",
            asked.path()
        );
        asked.answer(&head, echo)
    }),
    ("HTTP/2 without being asked", |asked| {
        asked.send(b"\0\0\x06\x04\0\0\0\0\0\0\x05\0\0\x40\0");
        asked.flood(b"\0\0\x08\x06\0\0\0\0\0\0\0\0\0\0\0\0\0".repeat(1000));
        false
    }),
    ("a TLS alert", |asked| {
        asked.send(b"\x15\x03\x01\x00\x02\x02\x28");
        false
    }),
    ("the greeting of a mail server", |asked| {
        asked.send("220 mail ESMTP\r\n500 what?\r\n");
        false
    }),
];

fn coded(asked: &mut Asked, coding: &str, body: &[u8]) -> bool {
    asked.answer(&format!("{OK}\r\nContent-Encoding: {coding}"), body)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}
