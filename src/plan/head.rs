//! The head of a request under construction: the request line, then fields in the scan's order.
//!
//! Rules of both forms write theirs with it, so that equal requests are equal bytes. Invariant: the bytes are what is
//! given; whoever gives a value has seen to it that it stays on its line. Must never import a folder above `target`.

use bytes::Bytes;

use super::Identity;
use crate::base::Secret;

/// User-given fields, in order.
pub(super) type Given = [(String, Secret<String>)];

/// Whether the user gave a field of that name.
pub(super) fn gives(given: &Given, name: &str) -> bool {
    given.iter().any(|(field, _)| field.eq_ignore_ascii_case(name))
}

/// Whether a text is a token, as names of methods, fields and cookies are (RFC 9110 §5.6.2).
pub(super) fn is_token(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

/// A request head under construction.
pub(super) struct Head(Vec<u8>);

impl Head {
    pub(super) fn new(method: &[u8], target: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(256 + target.len());
        bytes.extend_from_slice(method);
        bytes.push(b' ');
        bytes.extend_from_slice(target);
        bytes.extend_from_slice(b" HTTP/1.1\r\n");
        Self(bytes)
    }

    pub(super) fn field(&mut self, name: &str, value: &[u8]) {
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b": ");
        self.0.extend_from_slice(value);
        self.0.extend_from_slice(b"\r\n");
    }

    /// The scan's own fields. A ranged answer is asked for without content coding, so that its bytes are the file's.
    pub(super) fn identity(&mut self, identity: &Identity, given: &Given, ranged: bool, sets: impl Fn(&str) -> bool) {
        let encoding = if ranged { "identity" } else { "gzip, deflate, br, zstd" };
        let defaults = [("User-Agent", identity.user_agent.as_str()), ("Accept", "*/*"), ("Accept-Encoding", encoding)];
        for (name, value) in defaults {
            if !sets(name) && !gives(given, name) {
                self.field(name, value.as_bytes());
            }
        }
        for (name, value) in given.iter().filter(|(name, _)| !sets(name)) {
            self.field(name, value.expose().as_bytes());
        }
    }

    pub(super) fn finish(mut self, body: &[u8]) -> Bytes {
        self.0.extend_from_slice(b"\r\n");
        self.0.extend_from_slice(body);
        self.0.into_boxed_slice().into()
    }
}
