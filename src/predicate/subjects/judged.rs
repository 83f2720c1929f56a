//! The answer that bare subjects speak of, and the ways of having none.
//!
//! Must never import a folder above `expr`.

use crate::base::{Unknown, Value};
use crate::observation::ProbeError;
use crate::predicate::answer::Answer;
use crate::predicate::found::Found;
use crate::predicate::reply::ReplyState;
use crate::predicate::scope::Scope;

/// The judged answer; `None` where everything about it is missing: it was not asked for, or the server refused.
///
/// # Errors
/// Why it is not known.
pub(in crate::predicate) fn judged<'a>(scope: &Scope<'a>) -> Result<Option<&'a Answer>, Unknown> {
    let Some(reply) = scope.reply else { return Err(Unknown::NotSent) };
    match &reply.state {
        ReplyState::Called(_) | ReplyState::NotAsked => Ok(None),
        ReplyState::Unknown(why) => Err(*why),
        ReplyState::Observed(observation) => match &observation.seen {
            Ok(_) => Ok(None),
            Err(error) if error.kind.is_answer() => Ok(None),
            Err(error) => Err(why(error)),
        },
        ReplyState::Answered(hops) => match &hops.last().exchange().response {
            Ok(_) => Ok(Some(hops.last())),
            Err(error) if error.kind.is_answer() => Ok(None),
            Err(error) => Err(why(error)),
        },
    }
}

/// The kind of a failure that is itself an answer.
pub(super) fn error(scope: &Scope<'_>) -> Found {
    let Some(reply) = scope.reply else { return Found::Unknown(Unknown::NotSent) };
    match (&reply.state, reply.state.failure()) {
        (ReplyState::Unknown(why), _) => Found::Unknown(*why),
        (_, None) => Found::missing(),
        (_, Some(error)) if error.kind.is_answer() => Found::one(Value::from(error.kind.name())),
        (_, Some(error)) => Found::Unknown(why(error)),
    }
}

fn why(error: &ProbeError) -> Unknown {
    if error.kind.is_not_sent() { Unknown::NotSent } else { Unknown::Failed }
}
