//! The way from a server's certificate to a root, through what was sent.
//!
//! Takes certificates, the roots and the time; gives the best [`Path`] of all that there are, as clients find it: an authority
//! may have several certificates (RFC 4158), of which one is over or leads to a root that nobody knows. Invariant: a root that
//! is trusted ends a path as soon as one fits, so that certificates for older clients beyond it do no harm. Must never import
//! a folder above `observation`.

use super::{Roots, Sent, own_faults};
use crate::observation::ChainFault;
use crate::tls::certificate::verified_by;

/// Certificates that are stepped on in search of paths. Each has one issuer that signed it, in at most so many certificates
/// of the sixteen, which makes a few hundred; more there are only where signatures cannot be checked.
const STEPS: usize = 512;

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
    /// Finds the best path at a time: to a root with every date in order, else to a root, else one whose signatures are
    /// genuine, else what there is; of equals the first in the order sent.
    pub(super) fn find(sent: &[Sent<'_>], roots: &Roots, now: i64) -> Self {
        let start = Self { steps: vec![0], forged: Vec::new(), unchecked: Vec::new(), top: Top::Missing };
        let above = (0..sent.len()).map(|at| Above::of(sent, at, roots)).collect();
        let mut search = Search { sent, above, now, left: STEPS, best: None };
        search.go_on(start.clone());
        search.best.map_or(start, |(_, path)| path)
    }

    /// The last certificate.
    pub(super) fn last(&self) -> usize {
        self.steps.last().copied().unwrap_or(0)
    }
}

/// What stands above a certificate.
#[derive(Default)]
struct Above {
    /// Where paths end with it, and whether its signature could be checked.
    end: Option<(Top, bool)>,
    /// Else the certificates that may have issued it, and whether they did.
    issuers: Vec<(usize, Option<bool>)>,
}

impl Above {
    fn of(sent: &[Sent<'_>], at: usize, roots: &Roots) -> Self {
        let Some(current) = sent.get(at) else { return Self::default() };
        // A certificate that is a root itself ends the path as surely as one that a root signed.
        let root = roots.find(&current.parsed).map(|root| (root, true)).or_else(|| roots.issuer_of(&current.parsed));
        let end = root.map(|(root, checked)| (Top::Root(root), checked));
        if end.is_some_and(|(_, checked)| checked) {
            return Self { end, issuers: Vec::new() };
        }
        if end.is_none() && current.facts.is_self_issued && current.facts.is_self_signed {
            return Self { end: Some((Top::Stranger, true)), issuers: Vec::new() };
        }
        let issuers = issuers_of(sent, at, current);
        // Whoever signed it outweighs a root that may have.
        let is_proven = issuers.iter().any(|(_, genuine)| *genuine == Some(true));
        Self { end: end.filter(|_| !is_proven), issuers }
    }
}

/// The certificates that signed `current`, which is at `at`. Where there are none, those by its issuer's name and key
/// identifier whose signature cannot be checked here; else the first by these that did not sign it.
fn issuers_of(sent: &[Sent<'_>], at: usize, current: &Sent<'_>) -> Vec<(usize, Option<bool>)> {
    let is_named = |found: &Sent<'_>| found.parsed.subject().as_raw() == current.parsed.issuer().as_raw();
    let named = sent.iter().enumerate().filter(|(place, found)| *place != at && is_named(found));
    let told: Vec<(usize, Option<bool>)> =
        named.map(|(place, found)| (place, verified_by(&current.parsed, found.parsed.public_key()))).collect();
    // A key identifier is a hint (RFC 5280 §4.2.1.1): it says nothing against a signature.
    let is_hinted = |place: usize| {
        let own = sent.get(place).and_then(|found| found.facts.extensions.key_id.as_ref());
        own.zip(current.facts.extensions.issuer_key_id.as_ref()).is_none_or(|(own, wanted)| own == wanted)
    };
    let all = |wanted: Option<bool>| -> Vec<(usize, Option<bool>)> {
        let fits = |(place, genuine): &(usize, Option<bool>)| {
            *genuine == wanted && (wanted == Some(true) || is_hinted(*place))
        };
        told.iter().filter(|it| fits(it)).copied().collect()
    };
    let candidates = [all(Some(true)), all(None), all(Some(false)).into_iter().take(1).collect()];
    candidates.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// How far a path is from what clients take, the lowest the least: where it ends, dates that are wrong, other faults,
/// signatures that could not be checked.
type Rank = (u8, usize, usize, usize);

/// A path that cannot be bettered.
const PERFECT: Rank = (0, 0, 0, 0);

/// A search, depth first.
struct Search<'a> {
    sent: &'a [Sent<'a>],
    above: Vec<Above>,
    now: i64,
    left: usize,
    best: Option<(Rank, Path)>,
}

impl Search<'_> {
    /// Follows a path from its last certificate to all its ends.
    fn go_on(&mut self, mut path: Path) {
        let at = path.last();
        let is_done = self.left == 0 || self.best.as_ref().is_some_and(|(rank, _)| *rank == PERFECT);
        let Some(above) = self.above.get(at).filter(|_| !is_done) else { return };
        self.left -= 1;
        if let Some((top, checked)) = above.end {
            path.unchecked.extend((!checked).then_some(at));
            path.top = if top == Top::Stranger && path.steps.len() == 1 { Top::Itself } else { top };
            return self.offer(path);
        }
        let issuers = above.issuers.iter().filter(|(issuer, _)| !self.repeats(&path, *issuer));
        let issuers: Vec<(usize, Option<bool>)> = issuers.copied().collect();
        if issuers.is_empty() {
            return self.offer(path);
        }
        for (issuer, genuine) in issuers {
            let mut longer = path.clone();
            match genuine {
                Some(true) => {}
                Some(false) => longer.forged.push(at),
                None => longer.unchecked.push(at),
            }
            longer.steps.push(issuer);
            self.go_on(longer);
        }
    }

    /// Whether a path has a certificate of that authority already (RFC 4158 §5.2): name and key are the authority.
    fn repeats(&self, path: &Path, issuer: usize) -> bool {
        let authority =
            |at: usize| self.sent.get(at).map(|sent| (sent.parsed.subject().as_raw(), sent.parsed.public_key().raw));
        path.steps.iter().any(|step| authority(*step) == authority(issuer))
    }

    /// Keeps a path that is better than what was found so far.
    fn offer(&mut self, path: Path) {
        let rank = self.rank(&path);
        if self.best.as_ref().is_none_or(|(best, _)| rank < *best) {
            self.best = Some((rank, path));
        }
    }

    fn rank(&self, path: &Path) -> Rank {
        let steps = path.steps.iter().enumerate();
        let facts = steps.filter_map(|(height, step)| Some((height, &self.sent.get(*step)?.facts)));
        let faults: Vec<ChainFault> = facts.flat_map(|(height, facts)| own_faults(facts, height, self.now)).collect();
        let is_dated = |fault: &&ChainFault| matches!(fault, ChainFault::Expired | ChainFault::NotYetValid);
        let dated = faults.iter().filter(is_dated).count();
        let end = match path.top {
            _ if !path.forged.is_empty() => 3,
            Top::Root(_) if dated == 0 => 0,
            Top::Root(_) => 1,
            Top::Itself | Top::Stranger | Top::Missing => 2,
        };
        (end, dated, faults.len() - dated, path.unchecked.len())
    }
}
