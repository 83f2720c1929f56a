//! The way from a server's certificate to a root, through what was sent.
//!
//! Takes certificates and roots, gives a [`Path`]. Invariant: a root that is trusted ends it as soon as one fits, so that
//! certificates for older clients beyond it do no harm. Must never import a folder above `observation`.

use super::{Roots, Sent};
use crate::tls::certificate::verified_by;

/// Where a path ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Top {
    /// At a root, by its place among the roots.
    Root(usize),
    /// The server's certificate is signed with its own key.
    Itself,
    /// At a certificate that signs itself and is no root.
    Stranger,
    /// At a certificate whose issuer is neither sent nor a root.
    Missing,
}

/// A path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    /// The certificates, the server's own first, by their place among those sent.
    pub(super) steps: Vec<usize>,
    /// Those whose signature is not their issuer's.
    pub(super) forged: Vec<usize>,
    /// Where it ends.
    pub(super) top: Top,
}

impl Path {
    /// Finds the path. Each certificate is used once, so it ends.
    pub(super) fn find(sent: &[Sent<'_>], roots: &Roots) -> Self {
        let mut path = Self { steps: vec![0], forged: Vec::new(), top: Top::Missing };
        while let Some(at) = path.steps.last().copied() {
            let Some(current) = sent.get(at) else { break };
            // A certificate that is a root itself ends the path as surely as one that a root signed.
            let root = roots.find(&current.parsed).or_else(|| roots.issuer_of(&current.parsed));
            if let Some(root) = root {
                path.top = Top::Root(root);
                break;
            }
            if current.facts.is_self_issued && current.facts.is_self_signed {
                path.top = if path.steps.len() == 1 { Top::Itself } else { Top::Stranger };
                break;
            }
            let Some((issuer, genuine)) = issuer_of(sent, &path.steps, current) else { break };
            if !genuine {
                path.forged.push(at);
            }
            path.steps.push(issuer);
        }
        path
    }

    /// The last certificate.
    pub(super) fn last(&self) -> usize {
        self.steps.last().copied().unwrap_or(0)
    }
}

/// The certificate that issued `current`, and whether it did: one that signed it, else one by its name and key identifier.
fn issuer_of(sent: &[Sent<'_>], used: &[usize], current: &Sent<'_>) -> Option<(usize, bool)> {
    let named = |candidate: &Sent<'_>| {
        let ids = current.facts.extensions.issuer_key_id.as_ref().zip(candidate.facts.extensions.key_id.as_ref());
        candidate.parsed.subject().as_raw() == current.parsed.issuer().as_raw()
            && ids.is_none_or(|(wanted, own)| wanted == own)
    };
    let candidates = || sent.iter().enumerate().filter(|(at, found)| !used.contains(at) && named(found));
    let signed = |candidate: &Sent<'_>| verified_by(&current.parsed, candidate.parsed.public_key());
    let genuine = candidates().find(|(_, candidate)| signed(candidate) != Some(false));
    genuine.map(|(at, _)| (at, true)).or_else(|| candidates().next().map(|(at, _)| (at, false)))
}
