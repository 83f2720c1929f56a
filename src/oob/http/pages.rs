//! What callers are answered.
//!
//! Takes a path and the id that was found, gives a response: the id backwards, in the form that the path's ending asks
//! for, as interactsh's servers do, so that rules can tell a page that was fetched from an address that was only echoed.
//! Invariant: nothing of the request comes back but the digits of an id. Must never import another folder.

use crate::observation::InteractionId;

/// For people who find us in their logs.
const BANNER: &str = "This server notes who calls it. It belongs to a security test with Outsight: somebody asked a \
    system to contact an address of this server, to find out whether that system contacts addresses that strangers \
    choose. If that was not agreed with you, the time of the call will tell you where it came from.\n";

/// A response.
pub(super) struct Response {
    pub status: &'static str,
    pub content_type: &'static str,
    pub body: String,
}

impl Response {
    /// An answer in JSON.
    pub fn json(status: &'static str, body: &serde_json::Value) -> Self {
        Self { status, content_type: "application/json; charset=utf-8", body: body.to_string() }
    }

    /// The bytes to send.
    pub fn render(&self, server: &str, without_body: bool) -> Vec<u8> {
        let body = if without_body { "" } else { &self.body };
        let Self { status, content_type, .. } = self;
        format!(
            "HTTP/1.1 {status}\r\nServer: {server}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\
             X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{body}",
            self.body.len()
        )
        .into_bytes()
    }
}

/// The page for that path.
pub(super) fn page(path: &str, id: Option<&InteractionId>) -> Response {
    let said = id.map(InteractionId::reversed).unwrap_or_default();
    let path = path.to_ascii_lowercase();
    let (content_type, body) = if path == "/robots.txt" {
        ("text/plain; charset=utf-8", format!("User-agent: *\nDisallow: / # {said}"))
    } else if path.ends_with(".json") {
        ("application/json", format!("{{\"data\":\"{said}\"}}"))
    } else if path.ends_with(".xml") {
        ("application/xml", format!("<data>{said}</data>"))
    } else if id.is_none() {
        ("text/plain; charset=utf-8", BANNER.to_owned())
    } else {
        ("text/html; charset=utf-8", format!("<html><head></head><body>{said}</body></html>"))
    };
    Response { status: "200 OK", content_type, body }
}
