//! Roots: the authorities that a chain has to lead to.
//!
//! Takes trust anchors, those that browsers ship first and the user's after them. Invariant: a root is its name and its key
//! together. Must never read a file.

use std::fmt;

use rustc_hash::FxHashMap;
use rustls::pki_types::TrustAnchor;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::x509::{SubjectPublicKeyInfo, X509Name};

use crate::tls::certificate::{distinguished, title_of, verified_by};

/// Roots, found by their names.
pub struct Roots {
    anchors: Vec<TrustAnchor<'static>>,
    by_subject: FxHashMap<Vec<u8>, Vec<usize>>,
    /// How many of them browsers ship.
    public: usize,
}

impl fmt::Debug for Roots {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Roots({} of {} public)", self.public, self.anchors.len())
    }
}

impl Roots {
    /// Roots, the first `public` of them those that browsers ship.
    pub fn new(anchors: Vec<TrustAnchor<'static>>, public: usize) -> Self {
        let mut by_subject: FxHashMap<Vec<u8>, Vec<usize>> = FxHashMap::default();
        for (at, anchor) in anchors.iter().enumerate() {
            by_subject.entry(anchor.subject.to_vec()).or_default().push(at);
        }
        Self { anchors, by_subject, public }
    }

    /// The roots that browsers ship (Mozilla's).
    pub fn mozilla() -> Self {
        Self::new(webpki_roots::TLS_SERVER_ROOTS.to_vec(), webpki_roots::TLS_SERVER_ROOTS.len())
    }

    pub(super) fn anchors(&self) -> &[TrustAnchor<'static>] {
        &self.anchors
    }

    /// Whether browsers ship it.
    pub(super) fn is_public(&self, at: usize) -> bool {
        at < self.public
    }

    /// The root's common name, else its organisation.
    pub(super) fn name(&self, at: usize) -> String {
        let subject = self.anchors.get(at).map(|anchor| sequence(&anchor.subject)).unwrap_or_default();
        let Ok((_, name)) = X509Name::from_der(&subject) else { return String::new() };
        title_of(&name).unwrap_or_else(|| distinguished::text(&name))
    }

    /// The root that a certificate is.
    pub(super) fn find(&self, parsed: &X509Certificate<'_>) -> Option<usize> {
        let key = parsed.public_key().raw;
        self.named(parsed.subject())
            .find(|at| self.anchors.get(*at).is_some_and(|anchor| key.ends_with(&anchor.subject_public_key_info)))
    }

    /// The root that issued a certificate, and whether its signature could be checked: one that signed it, else one by its
    /// name whose signature cannot be checked here.
    pub(super) fn issuer_of(&self, parsed: &X509Certificate<'_>) -> Option<(usize, bool)> {
        let signed = |at: &usize| {
            let key = sequence(&self.anchors.get(*at)?.subject_public_key_info);
            let (_, key) = SubjectPublicKeyInfo::from_der(&key).ok()?;
            Some(verified_by(parsed, &key))
        };
        let mut unchecked = None;
        for at in self.named(parsed.issuer()) {
            match signed(&at) {
                Some(Some(true)) => return Some((at, true)),
                Some(None) => unchecked = unchecked.or(Some((at, false))),
                Some(Some(false)) | None => {}
            }
        }
        unchecked
    }

    /// Whether a certificate is a root's under another authority, for clients that do not know the root.
    pub(super) fn is_cross_signed(&self, parsed: &X509Certificate<'_>) -> bool {
        parsed.subject().as_raw() != parsed.issuer().as_raw() && self.find(parsed).is_some()
    }

    pub(super) fn named<'a>(&'a self, name: &X509Name<'_>) -> impl Iterator<Item = usize> + 'a {
        self.by_subject.get(contents(name.as_raw())).into_iter().flatten().copied()
    }
}

/// What is in a sequence: trust anchors hold the contents of their fields, without what announces them.
fn contents(whole: &[u8]) -> &[u8] {
    crate::tls::der::Elements(whole).next().map_or(&[], |element| element.content)
}

/// The sequence that has these contents.
fn sequence(contents: &[u8]) -> Vec<u8> {
    let length = contents.len().to_be_bytes();
    let digits: Vec<u8> = length.iter().copied().skip_while(|digit| *digit == 0).collect();
    let short = u8::try_from(contents.len()).ok().filter(|length| *length < 0x80);
    let header = match short {
        Some(length) => vec![crate::tls::der::SEQUENCE, length],
        None => {
            let count = u8::try_from(digits.len()).unwrap_or(8);
            [&[crate::tls::der::SEQUENCE, 0x80 | count], &digits[..]].concat()
        }
    };
    [&header[..], contents].concat()
}
