//! Interactions: what a target said to our own servers, out of band, because a probe asked it to.
//!
//! Owns the ids that tie an interaction to the probe that provoked it, and the names that carry them. An id is a
//! correlation id of 20 characters, one for each scan, and a nonce of 13, one for each use; the alphabets are those of
//! interactsh, so that rules written for its names hold for ours. Invariant: an [`InteractionId`] is well-formed and in
//! lower case, and [`CallbackNames`] gives the same id for the same owner and number, and recognises what it gave.
//! Must never import anything but `base`.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::base::{Secret, Timestamp};

/// Base 32 with extended hex digits (RFC 4648 §7), of which correlation ids are made.
const HEX_DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
/// z-base-32, of which nonces are made.
const NONCE_DIGITS: &[u8; 32] = b"ybndrfg8ejkmcpqxot1uwisza345h769";

/// A scan's part of every id it gives out: 20 digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CorrelationId(Arc<str>);

impl CorrelationId {
    /// Digits of a correlation id.
    pub const LENGTH: usize = 20;

    /// The id that these bytes spell, as interactsh spells them: 96 bits.
    pub fn from_bytes(bytes: [u8; 12]) -> Self {
        Self(data_encoding::BASE32_DNSSEC.encode(&bytes).into())
    }

    /// Reads one, case ignored; `None` where it has another length or alphabet.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == Self::LENGTH && text.bytes().all(|byte| is_digit(HEX_DIGITS, byte));
        fits.then(|| Self(text.to_ascii_lowercase().into()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What ties an interaction to a probe: 33 digits in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct InteractionId(Arc<str>);

impl InteractionId {
    /// Digits of an id.
    pub const LENGTH: usize = CorrelationId::LENGTH + Self::NONCE;
    /// Digits of the nonce.
    const NONCE: usize = 13;

    /// Reads one, case ignored; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        is_id(text.as_bytes()).then(|| Self(text.to_ascii_lowercase().into()))
    }

    /// Every text in these bytes that has the form of an id, from left to right, with its offset. Digits that run on
    /// hold several, of which one at most was given out: who asks knows which.
    pub fn find_in(bytes: &[u8]) -> impl Iterator<Item = (usize, Self)> {
        bytes.windows(Self::LENGTH).enumerate().filter(|(_, window)| is_id(window)).filter_map(|(offset, window)| {
            let text = std::str::from_utf8(window).ok()?;
            Some((offset, Self(text.to_ascii_lowercase().into())))
        })
    }

    /// The scan's part.
    pub fn correlation(&self) -> CorrelationId {
        CorrelationId(self.0.get(..CorrelationId::LENGTH).unwrap_or_default().into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id read backwards: what our HTTP server answers, so that a rule can tell an answer that was fetched from
    /// an address that was only shown again.
    pub fn reversed(&self) -> String {
        self.0.chars().rev().collect()
    }
}

impl std::fmt::Display for InteractionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

fn is_digit(alphabet: &[u8; 32], byte: u8) -> bool {
    alphabet.contains(&byte.to_ascii_lowercase())
}

fn is_id(bytes: &[u8]) -> bool {
    bytes.len() == InteractionId::LENGTH
        && bytes.iter().enumerate().all(|(nth, byte)| {
            let alphabet = if nth < CorrelationId::LENGTH { HEX_DIGITS } else { NONCE_DIGITS };
            is_digit(alphabet, *byte)
        })
}

/// One time that somebody talked to our servers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interaction {
    /// `dns`, `http`, `smtp`; other servers than ours know more.
    pub protocol: Arc<str>,
    /// The id that was found in it.
    pub id: InteractionId,
    /// The id with what was written before it: the labels up to and including it, or the id alone.
    pub full_id: Arc<str>,
    /// The type of record that was asked for, over DNS: `A`, `TXT` ….
    pub query_type: Option<Arc<str>>,
    /// What was received: of DNS the message as text, of HTTP and SMTP the bytes, as far as they were kept.
    pub request: Bytes,
    /// What was answered, likewise.
    pub response: Bytes,
    /// Who wrote the mail, over SMTP.
    pub mail_from: Option<Arc<str>>,
    /// Who it was; over DNS most often a resolver.
    pub remote: Option<IpAddr>,
    /// When it was received.
    pub at: Timestamp,
}

impl Interaction {
    /// Bytes that keeping it in memory costs, roughly.
    pub fn weight(&self) -> usize {
        self.request.len() + self.response.len() + self.full_id.len() + 256
    }
}

/// Where names lead that carry an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallbackSite {
    /// To a domain whose DNS is ours: `ID.DOMAIN`.
    Domain(Arc<str>),
    /// To an HTTP server without a name of its own, as `HOST:PORT`: `HOST:PORT/ID`.
    Server(Arc<str>),
}

/// The names that a scan hands to its rules.
#[derive(Debug, Clone)]
pub struct CallbackNames {
    correlation: CorrelationId,
    site: CallbackSite,
    seed: Secret<[u8; 32]>,
}

impl CallbackNames {
    /// Names of that scan. Who knows the seed can tell every id beforehand.
    pub fn new(correlation: CorrelationId, site: CallbackSite, seed: [u8; 32]) -> Self {
        Self { correlation, site, seed: Secret::new(seed) }
    }

    /// The scan's part of the ids.
    pub fn correlation(&self) -> &CorrelationId {
        &self.correlation
    }

    /// The domain or server, without an id.
    pub fn site(&self) -> &str {
        match &self.site {
            CallbackSite::Domain(site) | CallbackSite::Server(site) => site,
        }
    }

    /// The `nth` id of an owner, who is a rule's run on a host.
    pub fn id(&self, owner: &str, nth: u32) -> InteractionId {
        let parts: [&[u8]; 3] = [b"id", owner.as_bytes(), &nth.to_be_bytes()];
        let mut text = String::with_capacity(InteractionId::LENGTH);
        text.push_str(self.correlation.as_str());
        text.extend(self.digits(&parts, InteractionId::NONCE - Self::CHECK));
        let check: Vec<char> = self.check(&text).collect();
        text.extend(check);
        InteractionId(text.into())
    }

    /// What a rule writes where it wants to be called back: a host name, or a server's address and a path.
    pub fn address(&self, id: &InteractionId) -> String {
        match &self.site {
            CallbackSite::Domain(domain) => format!("{id}.{domain}"),
            CallbackSite::Server(server) => format!("{server}/{id}"),
        }
    }

    /// Whether the id is one that these names give: a target that makes ids up cannot fill what we keep.
    pub fn gave(&self, id: &InteractionId) -> bool {
        let Some((said, check)) = id.as_str().split_at_checked(InteractionId::LENGTH - Self::CHECK) else {
            return false;
        };
        said.starts_with(self.correlation.as_str()) && self.check(said).eq(check.chars())
    }

    /// Digits at the end of a nonce that depend on those before them.
    const CHECK: usize = 3;

    fn check(&self, said: &str) -> impl Iterator<Item = char> {
        self.digits(&[b"check", said.as_bytes()], Self::CHECK)
    }

    fn digits(&self, parts: &[&[u8]], count: usize) -> impl Iterator<Item = char> + use<> {
        let mut hash = Sha256::new_with_prefix(self.seed.expose());
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest: [u8; 32] = hash.finalize().into();
        digest
            .into_iter()
            .take(count)
            .filter_map(|byte| NONCE_DIGITS.get(usize::from(byte & 31)).map(|d| char::from(*d)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(seed: u8) -> CallbackNames {
        let site = CallbackSite::Domain("oob.test".into());
        CallbackNames::new(CorrelationId::from_bytes([seed; 12]), site, [seed; 32])
    }

    #[test]
    fn ids_depend_on_owner_and_number_alone_and_are_recognised() {
        let (ours, others) = (names(1), names(2));
        let id = ours.id("http://a|rule", 0);
        assert_eq!(id, names(1).id("http://a|rule", 0));
        assert_ne!(id, ours.id("http://a|rule", 1));
        assert_ne!(id, ours.id("http://b|rule", 0));
        assert!(ours.gave(&id) && !others.gave(&id));
        assert_eq!(id.as_str().len(), 33);
        assert_eq!(id.correlation(), *ours.correlation());
        assert_eq!(ours.address(&id), format!("{id}.oob.test"));
        let server =
            CallbackNames::new(ours.correlation().clone(), CallbackSite::Server("127.0.0.1:80".into()), [0; 32]);
        assert_eq!(server.address(&id), format!("127.0.0.1:80/{id}"));
    }

    #[test]
    fn an_id_is_found_in_any_case_and_place() {
        let id = names(3).id("x", 0);
        for text in [format!("a.b.{id}.oob.test"), format!("GET /{id}/x HTTP/1.1"), id.as_str().to_uppercase()] {
            let found: Vec<_> = InteractionId::find_in(text.as_bytes()).map(|(_, id)| id).collect();
            assert!(found.contains(&id), "{text}");
        }
        assert_eq!(InteractionId::find_in(b"nothing here").count(), 0);
        assert_eq!(InteractionId::find_in(&[0xff; 64]).count(), 0);
    }

    proptest! {
        #[test]
        fn every_id_reads_back(owner in ".{0,40}", nth: u32, seed: u8) {
            let names = names(seed);
            let id = names.id(&owner, nth);
            prop_assert_eq!(InteractionId::parse(&id.as_str().to_uppercase()), Some(id.clone()));
            prop_assert!(names.gave(&id));
            prop_assert_eq!(CorrelationId::parse(id.correlation().as_str()), Some(id.correlation()));
        }

        #[test]
        fn arbitrary_bytes_are_searched_without_harm(bytes: Vec<u8>) {
            prop_assert!(InteractionId::find_in(&bytes).count() <= bytes.len());
        }
    }
}
