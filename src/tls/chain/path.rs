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
    /// Those whose signature cannot be checked here.
    pub(super) unchecked: Vec<usize>,
    /// Where it ends.
    pub(super) top: Top,
}

impl Path {
    /// Finds the path. Each certificate is used once, so it ends.
    pub(super) fn find(sent: &[Sent<'_>], roots: &Roots) -> Self {
        let mut path = Self { steps: vec![0], forged: Vec::new(), unchecked: Vec::new(), top: Top::Missing };
        while let Some(at) = path.steps.last().copied() {
            let Some(current) = sent.get(at) else { break };
            // A certificate that is a root itself ends the path as surely as one that a root signed.
            let root = roots.find(&current.parsed).map(|root| (root, true));
            if let Some((root, checked)) = root.or_else(|| roots.issuer_of(&current.parsed)) {
                path.unchecked.extend((!checked).then_some(at));
                path.top = Top::Root(root);
                break;
            }
            if current.facts.is_self_issued && current.facts.is_self_signed {
                path.top = if path.steps.len() == 1 { Top::Itself } else { Top::Stranger };
                break;
            }
            let Some((issuer, genuine)) = issuer_of(sent, &path.steps, current) else { break };
            match genuine {
                Some(true) => {}
                Some(false) => path.forged.push(at),
                None => path.unchecked.push(at),
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

/// The certificate that issued `current`, and whether it did: one that signed it, else one by its name and key identifier,
/// rather one whose signature cannot be checked here than one that did not sign.
fn issuer_of(sent: &[Sent<'_>], used: &[usize], current: &Sent<'_>) -> Option<(usize, Option<bool>)> {
    let named = |candidate: &Sent<'_>| {
        let ids = current.facts.extensions.issuer_key_id.as_ref().zip(candidate.facts.extensions.key_id.as_ref());
        candidate.parsed.subject().as_raw() == current.parsed.issuer().as_raw()
            && ids.is_none_or(|(wanted, own)| wanted == own)
    };
    let candidates = sent.iter().enumerate().filter(|(at, found)| !used.contains(at) && named(found));
    let told = candidates.map(|(at, candidate)| (at, verified_by(&current.parsed, candidate.parsed.public_key())));
    told.min_by_key(|(_, genuine)| match genuine {
        Some(true) => 0,
        None => 1,
        Some(false) => 2,
    })
}
