//! Requests of sequences: from a block's step and the values of variables to the exact bytes.
//!
//! Owns how paths and raw requests become wire requests, their redirects, cookies and digest authentication. Templates
//! are written for one client, so what that client does with a text is part of what the text means; the modules
//! here say which habits those are. Takes a step and a [`StepContext`]; gives a [`Prepared`] request or why there is
//! none. Invariant: equal requests of different rules render to equal probes, and nothing that an answer held can
//! start a new line of a request's head, raw requests that go out byte for byte excepted. Must never import a folder
//! above `target`, and never a socket.

mod connection;
pub mod digest;
mod exact;
mod path;
mod raw;
mod vars;
mod wires;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use vars::TargetVars;
pub use wires::{PreparedOther, WireContext, render_other};

use super::client::{Chain, Draft, Flaw};
use super::{Follow, Identity, Jar};
use crate::dsl::{Env, leftovers};
use crate::observation::{HttpProbe, Method};
use crate::predicate::{EndpointFacts, Hops, HostFacts};
use crate::rule::sequence::{HttpBlock, HttpStep};

/// What a step is rendered with.
#[derive(Clone, Copy)]
pub struct StepContext<'a> {
    /// The host under test.
    pub host: &'a HostFacts,
    /// The endpoint under test.
    pub endpoint: &'a EndpointFacts,
    /// What every request says of us.
    pub identity: &'a Identity,
    /// The cookies that earlier answers set.
    pub jar: &'a Jar,
    /// Variables; those of the target as [`TargetVars::for_step`] gives them for this step.
    pub env: &'a Env<'a>,
    /// Whether a request goes out although a name in it has no value.
    pub sends_unresolved: bool,
}

/// A request that is ready to be sent.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The bytes, and where they go.
    pub probe: HttpProbe,
    /// Which redirects are followed, and how.
    pub follow: Follow,
    /// The URL as it is reported where the answer matches.
    pub matched_at: String,
}

/// Why a step is not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// Names in it have no value.
    #[error("no value for {}", .0.join(", "))]
    Unresolved(Vec<Arc<str>>),
    /// It is no request, as one sentence.
    #[error("{0}")]
    Malformed(String),
    /// It is a request that no client sends, as one sentence: those that follow are sent all the same.
    #[error("{0}")]
    Unsendable(String),
}

impl From<Flaw> for StepError {
    fn from(Flaw(why): Flaw) -> Self {
        Self::Malformed(why)
    }
}

/// The request of a step.
///
/// # Errors
/// Where a name in it has no value, or what it renders to is no request.
pub fn render(block: &HttpBlock, step: &HttpStep, cx: &StepContext<'_>) -> Result<Prepared, StepError> {
    match step {
        HttpStep::Path(text) => prepare(block, path::draft(block, text, cx)?, cx),
        HttpStep::Raw(raw) if block.exact => exact::prepare(block, raw, cx),
        HttpStep::Raw(raw) => {
            let mut draft = raw::draft(block, raw, cx)?;
            connection::redirect_to(&mut draft, raw, cx)?;
            let sni = connection::server_name(&draft, raw, cx)?;
            let prepared = prepare(block, draft, cx)?;
            let probe = HttpProbe { timeout: raw.timeout, sni, ..prepared.probe };
            Ok(Prepared { probe, ..prepared })
        }
    }
}

fn prepare(block: &HttpBlock, draft: Draft, cx: &StepContext<'_>) -> Result<Prepared, StepError> {
    let target = draft.address.target()?;
    check_resolved(&draft.said(&target), cx)?;
    let wire = draft.wire(&target, cx.identity, &cx.host.origin, cx.jar);
    let matched_at = draft.address.shown();
    let probe = HttpProbe {
        window: window(block, cx),
        ..HttpProbe::new(
            draft.address.origin.clone(),
            Method::from(draft.method.as_str()),
            target.into(),
            crate::base::Secret::new(wire),
        )
    };
    let follow = Follow::of_chain(Chain::begin(block, draft, cx.jar, &cx.host.origin));
    Ok(Prepared { probe, follow, matched_at })
}

/// Bytes of the body after which reading stops, where that is before the scan's own bound.
fn window(block: &HttpBlock, cx: &StepContext<'_>) -> Option<u64> {
    block.max_size.filter(|size| *size > 0 && usize::try_from(*size).is_ok_and(|size| size < cx.host.limits.body))
}

/// Refuses a request with a name in braces that has no value, percent-encoded braces among them.
fn check_resolved(said: &[u8], cx: &StepContext<'_>) -> Result<(), StepError> {
    let open = if cx.sends_unresolved { Vec::new() } else { leftovers(said) };
    let names = open.iter().map(|open| open.split(['{', '}', '%']).next().unwrap_or_default().trim().into());
    if open.is_empty() { Ok(()) } else { Err(StepError::Unresolved(names.collect())) }
}

impl Prepared {
    /// The URL to report for the hop of that number, the request's own first.
    pub fn matched_at_hop(&self, hops: &Hops, nth: usize) -> String {
        let before = hops.all().get(..nth).filter(|before| !before.is_empty());
        before.and_then(|before| self.follow.address_after(before)).unwrap_or_else(|| self.matched_at.clone())
    }
}
