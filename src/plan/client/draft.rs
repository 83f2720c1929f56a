//! Requests as a sequence says them, before the scan adds who it is.
//!
//! A draft is an address, fields and a body; [`Draft::wire`] makes the bytes. Fields come in one order whatever order they
//! were written in (Host, User-Agent, Accept, Accept-Encoding, user-given, the rule's own by name, Cookie, length), so
//! that equal requests of different rules are equal bytes. Fields of the rule's own that change nothing are left out:
//! `Connection: close` and `keep-alive` say how a connection is kept and nothing about the answer; `Accept: */*` says
//! what its absence says (RFC 9110 §12.5.1) and stands in all requests that name no other; content codings are undone
//! before anything is asked of a body, so that those a rule accepts are among those that every request accepts. Every
//! other field is sent as written: a server may look at it.
//!
//! Invariant: no value can start a new line of the head. Must never import a folder above `target`.

use bytes::Bytes;

use super::address::{Address, Flaw};
use crate::base::Origin;
use crate::plan::head::{Head, gives, is_token};
use crate::plan::{Identity, Jar};

/// What follows the head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plan) enum Body {
    /// Nothing.
    None,
    /// A body that turned out to be empty: methods that come with one send it in chunks, of which there are none.
    Empty,
    /// These bytes.
    Bytes(Bytes),
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plan) struct Draft {
    pub(in crate::plan) method: String,
    pub(in crate::plan) address: Address,
    /// The `Host` field's value, where it is not the address's own.
    pub(in crate::plan) host: Option<Bytes>,
    /// The rule's own fields, each name once, without `Host` and those that frame the body.
    pub(in crate::plan) fields: Vec<(String, Bytes)>,
    pub(in crate::plan) body: Body,
}

/// Fields that are written from what they speak of, or not at all.
const FRAMING: [&str; 3] = ["Content-Length", "Transfer-Encoding", "Trailer"];
/// Methods that usually come without a body.
const BODILESS: [&str; 6] = ["GET", "HEAD", "DELETE", "OPTIONS", "PROPFIND", "SEARCH"];

impl Draft {
    /// Takes the rule's fields: the last of a name counts, `Host` is set apart, and what frames the body is left out.
    ///
    /// # Errors
    /// Where a name is no token or a value holds a control character.
    pub(in crate::plan) fn set_fields(&mut self, fields: Vec<(String, Bytes)>) -> Result<(), Flaw> {
        for (name, value) in fields {
            let value = trim(&value);
            if name == "Host" {
                check_value(&name, &value)?;
                // A name ends where no name goes on.
                let end = value.iter().position(|byte| b" /".contains(byte)).unwrap_or(value.len());
                let host = value.slice(..end);
                if !host.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!$%&'()*+,-.:;=[]_~".contains(byte)) {
                    return Err(Flaw(format!("`{}` is no host", String::from_utf8_lossy(&host))));
                }
                self.host = Some(host).filter(|host| !host.is_empty());
                continue;
            }
            if name.is_empty() || FRAMING.contains(&&*name) {
                continue;
            }
            self.fields.retain(|(known, _)| *known != name);
            self.fields.push((name, value));
        }
        for (name, value) in &self.fields {
            check_name(name)?;
            check_value(name, value)?;
        }
        self.fields.retain(|(name, value)| !changes_nothing(name, value));
        self.fields.sort();
        Ok(())
    }

    /// The value of a field of the rule's own.
    pub(in crate::plan) fn field(&self, name: &str) -> Option<&Bytes> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    /// What the request says, without what the scan and earlier answers add: for looking at what is left open in it.
    pub(in crate::plan) fn said(&self, target: &[u8]) -> Vec<u8> {
        let mut head = Head::new(self.method.as_bytes(), target);
        head.field("Host", self.host.as_deref().unwrap_or_default());
        for (name, value) in &self.fields {
            head.field(name, value);
        }
        match &self.body {
            Body::Bytes(body) => head.finish(body).into(),
            Body::None | Body::Empty => head.finish(b"").into(),
        }
    }

    /// The bytes to send. User-given fields go along to `own`, the origin that the user named.
    pub(in crate::plan) fn wire(&self, target: &[u8], identity: &Identity, own: &Origin, jar: &Jar) -> Bytes {
        let given = if self.address.origin == *own { identity.headers.as_slice() } else { &[] };
        let mut head = Head::new(self.method.as_bytes(), target);
        let sets = |name: &str| self.fields.iter().any(|(field, _)| field.eq_ignore_ascii_case(name));
        let cookie = self.cookie(jar, target);
        if !gives(given, "host") {
            head.field("Host", &self.host_value());
        }
        let ranged = sets("range");
        head.identity(identity, given, ranged, |name| {
            sets(name) || (name.eq_ignore_ascii_case("cookie") && cookie.is_some())
        });
        for (name, value) in &self.fields {
            let is_joined = name == "Cookie" && cookie.is_some();
            let is_silent = name == "User-Agent" && value.is_empty();
            if !is_joined && !is_silent {
                head.field(name, value);
            }
        }
        if let Some(cookie) = cookie {
            let users = given.iter().filter(|(name, _)| name.eq_ignore_ascii_case("cookie"));
            let pairs: Vec<&[u8]> = users.map(|(_, value)| value.expose().as_bytes()).chain([&*cookie]).collect();
            head.field("Cookie", &pairs.join(&b"; "[..]));
        }
        self.frame(head)
    }

    /// The value of the `Host` field.
    pub(in crate::plan) fn host_value(&self) -> Bytes {
        let port = if self.address.origin.port == 443 { ":443" } else { ":80" };
        match &self.host {
            None => self.address.origin.authority().into(),
            Some(host) if self.address.origin.port == self.address.origin.scheme.default_port() => {
                host.strip_suffix(port.as_bytes()).map_or_else(|| host.clone(), Bytes::copy_from_slice)
            }
            Some(host) => host.clone(),
        }
    }

    /// The rule's own cookies, then the jar's; `None` where there are none.
    fn cookie(&self, jar: &Jar, target: &[u8]) -> Option<Vec<u8>> {
        let own = self.field("Cookie").filter(|own| !own.is_empty());
        let kept = jar.field(&self.address.origin, target);
        let parts: Vec<&[u8]> = own.map(|own| &own[..]).into_iter().chain(kept.as_deref()).collect();
        (!parts.is_empty()).then(|| parts.join(&b"; "[..]))
    }

    fn frame(&self, mut head: Head) -> Bytes {
        let expects = matches!(&*self.method, "POST" | "PUT" | "PATCH");
        match &self.body {
            Body::Bytes(body) => {
                head.field("Content-Length", body.len().to_string().as_bytes());
                head.finish(body)
            }
            Body::Empty if !BODILESS.contains(&&*self.method) => {
                head.field("Transfer-Encoding", b"chunked");
                head.finish(b"0\r\n\r\n")
            }
            Body::None if expects => {
                head.field("Content-Length", b"0");
                head.finish(b"")
            }
            Body::None | Body::Empty => head.finish(b""),
        }
    }
}

fn trim(value: &Bytes) -> Bytes {
    value.slice_ref(value.trim_ascii())
}

fn changes_nothing(name: &str, value: &[u8]) -> bool {
    let any_of = |of: &[&str]| of.iter().any(|known| value.eq_ignore_ascii_case(known.as_bytes()));
    match name.to_ascii_lowercase().as_str() {
        "connection" => any_of(&["close", "keep-alive"]),
        "accept" => value == b"*/*",
        "accept-encoding" => {
            let ours = |coding: &[u8]| matches!(coding, b"gzip" | b"deflate" | b"br" | b"zstd");
            !value.is_empty() && value.split(|byte| *byte == b',').all(|coding| ours(coding.trim_ascii()))
        }
        _ => false,
    }
}

fn check_name(name: &str) -> Result<(), Flaw> {
    if is_token(name.as_bytes()) { Ok(()) } else { Err(Flaw(format!("`{name}` is no field name"))) }
}

fn check_value(name: &str, value: &[u8]) -> Result<(), Flaw> {
    match value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
        true => Err(Flaw(format!("the value of `{name}` holds a control character"))),
        false => Ok(()),
    }
}
