//! Reading a request, whoever wrote it.
//!
//! Takes a stream, gives a request: anything with a first line will do, since a target that calls back with a broken
//! request has called back all the same. Invariant: head and body are bounded, and a body that does not come in time is
//! left where it is. Must never import a folder above `engine`.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::time::timeout;

use crate::oob::bounds::{BODY, HEAD};

/// Time for the body, after the head.
const BODY_TIME: Duration = Duration::from_secs(5);

/// A request.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    pub method: String,
    pub target: String,
    /// Name and value of each field, in order.
    pub fields: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
    /// The first line as received.
    line: Vec<u8>,
    /// Whether the head was longer than we read.
    pub too_long: bool,
}

impl Request {
    /// Reads one; `None` where nothing came.
    pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Self>> {
        let mut held = Vec::new();
        let (end, too_long) = loop {
            if let Some(end) = end_of_head(&held) {
                break (end, false);
            }
            if held.len() >= HEAD {
                break (HEAD, true);
            }
            if stream.read_buf(&mut held).await? == 0 {
                break (held.len(), false);
            }
        };
        let body = held.split_off(end.min(held.len()));
        let mut request = Self::parse(&held);
        request.too_long = too_long;
        if held.is_empty() {
            return Ok(None);
        }
        request.body = body;
        if !too_long {
            let _ = timeout(BODY_TIME, request.read_body(stream)).await;
        }
        request.body.truncate(BODY);
        Ok(Some(request))
    }

    /// Reads a head. What is no field is left out.
    fn parse(head: &[u8]) -> Self {
        let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
        let line = lines.next().unwrap_or_default().to_vec();
        let words: Vec<String> =
            line.split(u8::is_ascii_whitespace).map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        let fields = lines.filter_map(|line| {
            let colon = memchr::memchr(b':', line)?;
            let (name, value) = line.split_at_checked(colon)?;
            let value = value.get(1..).unwrap_or_default().trim_ascii();
            Some((canonical(&String::from_utf8_lossy(name.trim_ascii())), value.to_vec()))
        });
        let fields = fields.collect();
        let mut words = words.into_iter();
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        Self { method, target, fields, line, ..Self::default() }
    }

    async fn read_body(&mut self, stream: &mut (impl AsyncRead + Unpin)) {
        let length = self.field("Content-Length").and_then(|length| length.trim().parse::<usize>().ok()).unwrap_or(0);
        let chunked = self.field("Transfer-Encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
        let is_whole =
            |body: &[u8]| if chunked { body.ends_with(b"0\r\n\r\n") } else { body.len() >= length } || body.len() >= BODY;
        while !is_whole(&self.body) {
            match stream.read_buf(&mut self.body).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }

    /// The value of the first field of that name, which is given in its usual spelling.
    pub fn field(&self, name: &str) -> Option<String> {
        let (_, value) = self.fields.iter().find(|(known, _)| known == name)?;
        Some(String::from_utf8_lossy(value).into_owned())
    }

    /// The host asked for, without its port.
    pub fn host(&self) -> String {
        let host = self.field("Host").unwrap_or_default();
        let (name, port) = host.rsplit_once(':').unwrap_or((&host, ""));
        if port.bytes().all(|byte| byte.is_ascii_digit()) { name.to_owned() } else { host }
    }

    /// Path and query of the target.
    pub fn path_and_query(&self) -> (&str, &str) {
        let target = match self.target.split_once("://") {
            Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
            None => &self.target,
        };
        target.split_once('?').unwrap_or((target, ""))
    }

    /// The request as rules read it: names of fields in their usual spelling, everything else as received.
    pub fn transcript(&self) -> Vec<u8> {
        let mut out = self.line.clone();
        out.extend_from_slice(b"\r\n");
        for (name, value) in &self.fields {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&self.body);
        out
    }
}

/// `user-agent` as `User-Agent`.
fn canonical(name: &str) -> String {
    let mut start = true;
    let spelled = name.chars().map(|letter| {
        let upper = std::mem::replace(&mut start, letter == '-');
        if upper { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
    });
    spelled.collect()
}

/// Where the body begins.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let crlf = memchr::memmem::find(bytes, b"\r\n\r\n").map(|at| at + 4);
    let lf = memchr::memmem::find(bytes, b"\n\n").map(|at| at + 2);
    crlf.into_iter().chain(lf).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(mut bytes: &[u8]) -> Request {
        Request::read(&mut bytes).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn a_request_is_read_whatever_its_form() {
        let request = read(b"POST http://x/a?b=c HTTP/1.1\r\nhost: A.b:80\r\ncontent-length: 3\r\n\r\nabcdef").await;
        assert_eq!((request.host().as_str(), request.path_and_query()), ("A.b", ("/a", "b=c")));
        assert_eq!(
            String::from_utf8(request.transcript()).unwrap(),
            "POST http://x/a?b=c HTTP/1.1\r\nHost: A.b:80\r\nContent-Length: 3\r\n\r\nabcdef"
        );
        assert_eq!(read(b"GET /x\n\n").await.target, "/x");
        assert_eq!(read(b"GET /x").await.target, "/x");
        assert_eq!(read(b"\xff\xfe\r\n: \r\n\r\n").await.target, "");
        assert_eq!(read(b"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n").await.host(), "[::1]");
        let chunked = read(b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n").await;
        assert_eq!(chunked.body, b"3\r\nabc\r\n0\r\n\r\n");
        assert!(Request::read(&mut &b""[..]).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn endless_requests_end() {
        let endless = read(&vec![b'a'; HEAD * 2]).await;
        assert!(endless.too_long);
        let mut long = b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n".to_vec();
        long.resize(BODY * 3, b'x');
        assert_eq!(read(&long).await.body.len(), BODY);
    }
}
