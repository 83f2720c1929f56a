//! Numbers, sizes and durations in bounds.
//!
//! Must never import a folder above `expr`.

use super::{OperandKind, PredSpec, Tested, falsity};
use crate::base::{Truth, Unknown, Value};
use crate::predicate::kind::ValueKind;
use crate::predicate::pred::NumberBound;

const NUMBERS: &[ValueKind] = &[ValueKind::Number, ValueKind::Status, ValueKind::Text, ValueKind::List];

const fn spec(name: &'static str, summary: &'static str, example: &'static str) -> PredSpec {
    PredSpec { name, operand: OperandKind::Number, accepts: NUMBERS, summary, example }
}

pub(super) const SPECS: &[PredSpec] = &[
    spec("less_than", "A smaller number, shorter duration (`5s`) or smaller size (`10KiB`)", "15552000"),
    spec("at_most", "Not a larger one", "10KiB"),
    spec("more_than", "A larger one", "5s"),
    spec("at_least", "Not a smaller one", "0"),
];

pub(super) fn within(bound: &NumberBound, tested: Tested<'_>) -> Truth {
    let Some(number) = tested.value.as_number() else {
        return falsity(tested.open);
    };
    if !tested.open {
        return bound.holds(number).into();
    }
    if matches!(tested.value.scalar(), Value::Text(_)) {
        return Truth::Unknown(Unknown::CutOff);
    }
    // The number can only be larger.
    let floor = NumberBound { less_than: None, at_most: None, ..*bound };
    let ceiling = NumberBound { more_than: None, at_least: None, ..*bound };
    if !ceiling.holds(number) {
        Truth::False
    } else if floor.holds(number) && ceiling == NumberBound::default() {
        Truth::True
    } else {
        Truth::Unknown(Unknown::CutOff)
    }
}
