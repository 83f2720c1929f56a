//! Instants, before or after a bound.
//!
//! Invariant: a text that is no date fails every bound. Must never import a folder above `expr`.

use super::{OperandKind, PredSpec, Tested, if_whole};
use crate::base::{Timestamp, Truth, Value};
use crate::predicate::instant::parse_time;
use crate::predicate::kind::ValueKind;
use crate::predicate::pattern::{TimeBound, TimeOperand};
use crate::predicate::scope::Scope;

const TIMES: &[ValueKind] = &[ValueKind::Time, ValueKind::Text, ValueKind::List];

pub(super) const SPECS: &[PredSpec] = &[
    PredSpec {
        name: "before",
        operand: OperandKind::Time,
        accepts: TIMES,
        summary: "Earlier than this instant: `now`, `now+30d`, or a date of RFC 3339",
        example: "now",
    },
    PredSpec {
        name: "after",
        operand: OperandKind::Time,
        accepts: TIMES,
        summary: "Later than this instant",
        example: "now+30d",
    },
];

pub(super) fn holds(bound: TimeBound, tested: Tested<'_>) -> Truth {
    if_whole(tested, || {
        let at = match tested.value.scalar() {
            Value::Time(at) => Some(*at),
            value => parse_time(&value.as_text()),
        };
        at.is_some_and(|at| match bound {
            TimeBound::Before(operand) => at < instant(operand, tested.scope),
            TimeBound::After(operand) => at > instant(operand, tested.scope),
        })
    })
}

fn instant(operand: TimeOperand, scope: &Scope<'_>) -> Timestamp {
    let now = scope.host.now;
    match operand {
        TimeOperand::At(at) => at,
        TimeOperand::Now(offset) => {
            let second = now.as_second().saturating_add(offset);
            let edge = if offset < 0 { Timestamp::MIN } else { Timestamp::MAX };
            Timestamp::new(second, now.subsec_nanosecond()).unwrap_or(edge)
        }
    }
}
