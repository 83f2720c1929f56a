//! The request behind a finding as a `curl` command.
//!
//! Invariant: the line is one shell command whatever the target or the rule wrote into it, and holds no credential.
//! Must never import a folder above `rule`.

use crate::base::Untrusted;
use crate::observation::HttpProbe;

use super::redact_header;

/// A command that sends the probe again; credentials are replaced by `***`.
pub fn curl_line(probe: &HttpProbe) -> String {
    let mut words = vec!["curl".to_string(), "-sik".to_string(), "--path-as-is".to_string()];
    match &*probe.method.0 {
        "GET" => {}
        "HEAD" => words.push("-I".to_string()),
        method => words.extend(["-X".to_string(), Untrusted(method).shell()]),
    }
    let wire = probe.wire.expose();
    let head_end = memchr::memmem::find(wire, b"\r\n\r\n").unwrap_or(wire.len());
    let (head, rest) = wire.split_at(head_end);
    let authority = probe.origin.authority();
    for line in head.split(|b| *b == b'\n').skip(1).map(<[u8]>::trim_ascii) {
        if let Some(field) = shown_field(line, &authority) {
            words.extend(["-H".to_string(), Untrusted(field).shell()]);
        }
    }
    let body = rest.get(4..).unwrap_or(b"");
    if !body.is_empty() {
        words.extend(["--data-raw".to_string(), Untrusted(super::redact(body)).shell()]);
    }
    let url = super::redact_url(probe.url().as_bytes());
    if url.iter().any(|byte| b"[]{}".contains(byte)) {
        words.push("--globoff".to_string());
    }
    words.push(Untrusted(url).shell());
    words.join(" ")
}

/// A field worth repeating: what curl sends by itself is left out, and so is what it would take for the name of a file.
fn shown_field(line: &[u8], authority: &str) -> Option<Vec<u8>> {
    const OWN: [&str; 3] = ["connection", "accept-encoding", "content-length"];
    let colon = memchr::memchr(b':', line)?;
    let (name, value) = line.split_at(colon);
    let is_host =
        name.eq_ignore_ascii_case(b"host") && value.get(1..).unwrap_or(b"").trim_ascii() == authority.as_bytes();
    let own = is_host || OWN.iter().any(|own| name.eq_ignore_ascii_case(own.as_bytes()));
    (!own && !name.starts_with(b"@"))
        .then(|| [name, b": ", &redact_header(name, value.get(1..).unwrap_or(b"").trim_ascii())].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Origin, Scheme, Secret};
    use bytes::Bytes;
    use std::sync::Arc;

    #[test]
    fn what_curl_would_read_or_unfold_is_told_apart() {
        let wire = "POST /[1-3] HTTP/1.1\r\nHost: evil.example\r\n@/etc/passwd: x\r\n\r\n@/etc/passwd";
        let probe = HttpProbe::new(
            Origin::new(Scheme::Https, "a.example", 443).expect("valid"),
            "POST".into(),
            Bytes::from("/[1-3]"),
            Secret::new(Bytes::from(wire)),
        );
        let line = curl_line(&probe);
        assert!(line.contains("-H 'Host: evil.example' --data-raw @/etc/passwd --globoff "), "{line}");
        assert!(!line.contains("-H @") && !line.contains("-H '@"), "{line}");
    }

    #[test]
    fn the_line_is_one_harmless_command() {
        let wire = "GET /a'b HTTP/1.1\r\nHost: a.example\r\nOrigin: https://x';rm\r\nCookie: sid=1\r\n\r\n";
        let probe = HttpProbe::new(
            Origin::new(Scheme::Https, "a.example", 443).expect("valid"),
            "GET".into(),
            Bytes::from("/a'b"),
            Secret::new(Bytes::from(wire)),
        );
        assert_eq!(
            curl_line(&Arc::new(probe)),
            r"curl -sik --path-as-is -H 'Origin: https://x'\'';rm' -H 'Cookie: ***' 'https://a.example/a'\''b'"
        );
    }
}
