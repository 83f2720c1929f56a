//! The upgrade of XMPP (RFC 6120 §5).
//!
//! Looks for the few elements that matter and reads no XML. Must never open a socket.

use memchr::memmem;

use super::{Step, shown};

const ASK: &[u8] = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

/// The talk.
#[derive(Debug)]
pub(super) struct Xmpp {
    name: String,
    waiting: Vec<u8>,
    asked: bool,
}

impl Xmpp {
    /// To the server of a name.
    pub(super) fn to(name: &str) -> Self {
        // What a name cannot hold would be markup.
        let name = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-._:".contains(*c)).collect();
        Self { name, waiting: Vec::new(), asked: false }
    }

    /// The opening of a stream.
    pub(super) fn start(&self) -> Vec<u8> {
        let opening = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
                       xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='";
        format!("{opening}{}'>", self.name).into_bytes()
    }

    /// Takes what the server says.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Step {
        self.waiting.extend_from_slice(bytes);
        let find = |element: &[u8]| memmem::find(&self.waiting, element);
        if self.asked {
            let Some(at) = find(b"<proceed") else {
                return if find(b"<failure").is_some() { Step::Refused(shown(&self.waiting)) } else { Step::Read };
            };
            let end = self.waiting.get(at..).and_then(|rest| memchr::memchr(b'>', rest));
            let is_closed = |end: usize| {
                let rest = self.waiting.get(at + end + 1..).unwrap_or_default();
                let empty = self.waiting.get(at + end - 1) == Some(&b'/');
                if empty { rest.trim_ascii().is_empty() } else { rest.trim_ascii() == b"</proceed>" }
            };
            return match end {
                Some(end) if is_closed(end) => Step::Ready(Vec::new()),
                _ => Step::Read,
            };
        }
        if find(b"<stream:error").is_some() {
            return Step::Refused(shown(&self.waiting));
        }
        if find(b"</stream:features>").is_none() && find(b"<stream:features/>").is_none() {
            return Step::Read;
        }
        if find(b"<starttls").is_none() {
            return Step::Refused("the server does not offer STARTTLS".to_owned());
        }
        self.asked = true;
        self.waiting.clear();
        Step::Send(ASK.to_vec())
    }
}
