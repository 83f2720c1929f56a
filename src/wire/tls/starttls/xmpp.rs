//! The upgrade of XMPP (RFC 6120 §5).
//!
//! Looks for the few elements that matter and reads no XML. Must never open a socket.

use memchr::memmem;

use super::{Step, shown};

/// The wish for TLS.
pub(super) const ASK: &[u8] = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
/// The end of a consent that is not closed in itself.
const PROCEEDED: &[u8] = b"</proceed>";
/// Errors of a server that may take us another time.
const PASSING: [&[u8]; 4] = [b"<resource-constraint", b"<system-shutdown", b"<internal-server-error", b"<reset"];

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
        if self.asked {
            return self.weigh_consent();
        }
        if self.find(b"<stream:error").is_some() {
            return if self.find(b"</stream:error>").is_some() { self.weigh_error() } else { Step::Read };
        }
        let Some((_, rest)) = self.element(b"<stream:features") else { return Step::Read };
        if rest.is_some_and(|rest| memmem::find(rest, b"</stream:features>").is_none()) {
            return Step::Read;
        }
        if self.find(b"<starttls").is_none() {
            return Step::Refused("the server does not offer STARTTLS".to_owned());
        }
        self.asked = true;
        self.waiting.clear();
        Step::Send(ASK.to_vec())
    }

    /// What follows the wish for TLS: nothing may come after the consent.
    fn weigh_consent(&self) -> Step {
        let Some((end, rest)) = self.element(b"<proceed") else {
            let fails = self.find(b"<failure").is_some();
            return if fails { Step::Refused(shown(&self.waiting)) } else { Step::Read };
        };
        let after = self.waiting.get(end..).unwrap_or_default().trim_ascii();
        match rest {
            None if after.is_empty() => Step::Ready(Vec::new()),
            Some(_) if after == PROCEEDED => Step::Ready(Vec::new()),
            Some(_) if PROCEEDED.starts_with(after) => Step::Read,
            _ => Step::Refused("more was said after the consent".to_owned()),
        }
    }

    /// An error of the stream: some pass (RFC 6120 §4.9.3).
    fn weigh_error(&self) -> Step {
        let passes = PASSING.iter().any(|condition| self.find(condition).is_some());
        let said = shown(&self.waiting);
        if passes { Step::PutOff(said) } else { Step::Refused(said) }
    }

    fn find(&self, text: &[u8]) -> Option<usize> {
        memmem::find(&self.waiting, text)
    }

    /// Where the tag of an element ends that begins so, and what follows it where it is not closed in itself; `None` while it
    /// is not whole.
    fn element(&self, start: &[u8]) -> Option<(usize, Option<&[u8]>)> {
        let at = self.find(start)?;
        let end = at + memchr::memchr(b'>', self.waiting.get(at..)?)? + 1;
        let is_closed = self.waiting.get(at..end)?.ends_with(b"/>");
        Some((end, self.waiting.get(end..).filter(|_| !is_closed)))
    }
}
