//! The JARM fingerprint of the target, which expressions ask for by `jarm(Hostname)`.
//!
//! Owns when it is asked for: before the first request of a block whose operators read it, once a run. Invariant: every rule that asks
//! gives the same probe, so that it is taken once a host. Must never import a folder above `plan`.

use std::sync::Arc;

use super::super::ask::{Ask, AskId, Wanted};
use crate::base::{Unknown, Value};
use crate::observation::{OtherProbe, Seen, SurveyDepth, TlsSurveyProbe};
use crate::predicate::{HostFacts, ReplyState};
use crate::rule::sequence::{Block, ExtractorKind, MatcherKind};

/// The port where the target names none and has no scheme of its own.
const HTTPS: u16 = 443;

/// What is known of the fingerprint.
#[derive(Debug, Default)]
pub(super) enum Fingerprint {
    /// Nobody asked.
    #[default]
    Unasked,
    /// It is being taken.
    Awaited(AskId),
    /// It was taken; none where the port does not answer as TLS does.
    Taken(Option<Arc<str>>),
}

impl Fingerprint {
    /// Whether a reply is awaited.
    pub fn is_awaited(&self) -> bool {
        matches!(self, Self::Awaited(_))
    }

    /// Whether it is still to be asked for, for this block.
    pub fn is_wanted(&self, block: &Block) -> bool {
        matches!(self, Self::Unasked) && reads_it(block)
    }

    /// The ask for it.
    pub fn ask(&mut self, id: AskId, host: &HostFacts) -> Ask {
        *self = Self::Awaited(id);
        let nameless: Arc<str> = "".into();
        let probe = OtherProbe::TlsSurvey(TlsSurveyProbe {
            host: host.origin.host().into(),
            port: port(host),
            name: None,
            depth: SurveyDepth::Jarm,
            starttls: None,
        });
        let wanted = Wanted::Other { probe: Arc::new(probe), unshared: None };
        Ask { id, wanted, request: "JARM".into(), label: nameless, bindings: Vec::new() }
    }

    /// Takes a reply where it is the one awaited; says so, and why nothing is known where that is so.
    pub fn take(&mut self, id: AskId, state: &ReplyState) -> Option<Option<Unknown>> {
        if !matches!(self, Self::Awaited(awaited) if *awaited == id) {
            return None;
        }
        let (taken, trouble) = match state {
            ReplyState::Observed(observation) => match &observation.seen {
                Ok(Seen::TlsSurvey(survey)) => (survey.jarm.as_deref().map(Arc::from), None),
                Ok(_) => (None, None),
                Err(_) => (None, Some(Unknown::Failed)),
            },
            ReplyState::Unknown(why) => (None, Some(*why)),
            _ => (None, None),
        };
        *self = Self::Taken(taken);
        Some(trouble)
    }

    /// The value of the name under which the function `jarm` asks for what it was given.
    pub fn value(&self, name: &str, host: &HostFacts) -> Option<Value> {
        let Self::Taken(taken) = self else { return None };
        let asked = name.strip_prefix("jarm(")?.strip_suffix(')')?;
        taken.as_deref().filter(|_| asked == host.origin.authority()).map(Value::from)
    }
}

/// The port of a host's fingerprint: its own, or that of HTTPS where it has none of its own.
fn port(host: &HostFacts) -> u16 {
    if host.origin.port == host.origin.scheme.default_port() { HTTPS } else { host.origin.port }
}

/// Whether an operator of the block reads it.
fn reads_it(block: &Block) -> bool {
    let operators = &block.operators;
    let by_matchers = operators.matchers.iter().flat_map(|matcher| match &matcher.kind {
        MatcherKind::Dsl(exprs) => exprs.as_slice(),
        _ => &[],
    });
    let by_extractors = operators.extractors.iter().flat_map(|extractor| match &extractor.kind {
        ExtractorKind::Dsl(exprs) => exprs.as_slice(),
        _ => &[],
    });
    by_matchers.chain(by_extractors).any(|expr| expr.source().contains("jarm("))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Origin, Scheme};

    fn host(scheme: Scheme, port: u16) -> HostFacts {
        let origin = Origin::new(scheme, "a.example", port).expect("valid");
        HostFacts::new(origin, "n0nce", "2026-01-01T00:00:00Z".parse().expect("valid"))
    }

    #[test]
    fn it_is_taken_of_the_port_that_is_named_or_of_https() {
        for (scheme, own, asked) in [(Scheme::Http, 80, 443), (Scheme::Https, 443, 443), (Scheme::Http, 8080, 8080)] {
            let ask = Fingerprint::default().ask(AskId::new(1), &host(scheme, own));
            let Wanted::Other { probe, unshared: None } = ask.wanted else { panic!("a probe that is shared") };
            assert_eq!(probe.peer(), Some(("a.example", asked)));
        }
    }

    #[test]
    fn what_is_not_known_is_no_value_and_says_why() {
        let (host, mut fingerprint) = (host(Scheme::Https, 443), Fingerprint::default());
        fingerprint.ask(AskId::new(1), &host);
        assert!(fingerprint.take(AskId::new(2), &ReplyState::NotAsked).is_none() && fingerprint.is_awaited());
        let why = fingerprint.take(AskId::new(1), &ReplyState::Unknown(Unknown::NotSent));
        assert_eq!((why, fingerprint.value("jarm(a.example)", &host)), (Some(Some(Unknown::NotSent)), None));
        let known = Fingerprint::Taken(Some("0a1b".into()));
        assert_eq!(known.value("jarm(a.example)", &host), Some(Value::from("0a1b")));
        assert_eq!(known.value("jarm(b.example)", &host), None);
    }
}
