//! Whether a request says plainly where it ends.
//!
//! Rules may send requests with odd framing byte for byte. What a server takes for the rest of such a request would become
//! the beginning of the next one, so its connection serves nobody else. Takes a request's bytes. Invariant: where servers
//! could differ about the end, the answer is no. Must never import sockets.

use memchr::memmem;

/// Whether every server sees the end of the request where its bytes end.
pub fn ends_plainly(wire: &[u8]) -> bool {
    let Some(end) = memmem::find(wire, b"\r\n\r\n") else { return false };
    let (head, body) = (wire.get(..end).unwrap_or_default(), wire.get(end + 4..).unwrap_or_default());
    let (mut length, mut chunked) = (None, false);
    for line in head.split(|byte| *byte == b'\n').skip(1) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if is_about(line, b"content-length") {
            if length.is_some() {
                return false;
            }
            let digits = value(line, b"content-length:").filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
            length = digits.and_then(|text| text.parse::<usize>().ok());
            if length.is_none() {
                return false;
            }
        } else if is_about(line, b"transfer-encoding") {
            if chunked || value(line, b"transfer-encoding:") != Some("chunked") {
                return false;
            }
            chunked = true;
        }
    }
    match (length, chunked) {
        _ if line_ends_alone(head) => false,
        (Some(_), true) => false,
        (None, true) => body == b"0\r\n\r\n" || body.ends_with(b"\r\n0\r\n\r\n"),
        (length, false) => length.unwrap_or(0) == body.len(),
    }
}

/// Whether a line of the head ends without a carriage return, or one stands within a line.
fn line_ends_alone(head: &[u8]) -> bool {
    let lines = memchr::memchr_iter(b'\n', head).count();
    lines != memmem::find_iter(head, b"\r\n").count() || lines != memchr::memchr_iter(b'\r', head).count()
}

/// Whether a field's name is that, however it is disguised.
fn is_about(line: &[u8], name: &[u8]) -> bool {
    line.len() >= name.len() && line.windows(name.len()).take(4).any(|part| part.eq_ignore_ascii_case(name))
}

fn value<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a str> {
    let (own, value) = line.split_at_checked(name.len())?;
    if own.eq_ignore_ascii_case(name) { std::str::from_utf8(value).ok().map(str::trim) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_requests_end_plainly() {
        for wire in [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab",
            "POST / HTTP/1.1\r\nHost: a\r\ncontent-length:0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
        ] {
            assert!(ends_plainly(wire.as_bytes()), "{wire}");
        }
    }

    #[test]
    fn whatever_servers_could_read_differently_does_not() {
        for wire in [
            "GET / HTTP/1.1\r\nHost: a\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody",
            "GET / HTTP/1.1\nHost: a\n\nGET /x HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab",
            "POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab",
            "POST / HTTP/1.1\r\nContent-Length : 2\r\n\r\nab",
            "POST / HTTP/1.1\r\n Content-Length: 2\r\n\r\nab",
            "POST / HTTP/1.1\r\nContent-Length: +2\r\n\r\nab",
            "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /",
        ] {
            assert!(!ends_plainly(wire.as_bytes()), "{wire}");
        }
    }
}
