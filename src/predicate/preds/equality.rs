//! Equality: texts byte for byte, numbers by their value, status codes also by their class.
//!
//! Must never import a folder above `expr`.

use super::operand::with_text;
use super::{OperandKind, PredSpec, Tested, any, falsity};
use crate::base::{Truth, Unknown, Value};
use crate::predicate::instant::parse_time;
use crate::predicate::pred::Operands;

pub(super) const SPECS: &[PredSpec] = &[PredSpec {
    name: "equals",
    operand: OperandKind::Texts,
    accepts: &[],
    summary: "Equal to one of these; a status also takes `2xx`. A value without a key means this",
    example: "nosniff",
}];

pub(super) fn equals(operands: &Operands, tested: Tested<'_>) -> Truth {
    any(operands
        .any
        .iter()
        .map(|template| with_text(template, tested, |operand| equals_text(operand, operands.ignore_case, tested))))
}

fn equals_text(operand: &[u8], ignore_case: bool, tested: Tested<'_>) -> Truth {
    match tested.value.scalar() {
        Value::Int(_) | Value::Float(_) => equals_number(operand, tested),
        Value::Time(at) => Truth::from(parse_time(operand) == Some(*at)),
        value => {
            let text = value.as_text();
            let is_same = |a: &[u8], b: &[u8]| if ignore_case { a.eq_ignore_ascii_case(b) } else { a == b };
            if tested.open {
                // A text that goes on can only become the operand where it is a part of it.
                return match operand.get(..text.len()) {
                    Some(start) if is_same(&text, start) => Truth::Unknown(Unknown::CutOff),
                    _ => Truth::False,
                };
            }
            Truth::from(is_same(&text, operand))
        }
    }
}

fn equals_number(operand: &[u8], tested: Tested<'_>) -> Truth {
    let wanted = std::str::from_utf8(operand).ok().and_then(|text| text.trim().parse::<f64>().ok());
    match (tested.value.as_number(), wanted) {
        (Some(number), Some(wanted)) if number > wanted => Truth::False,
        (Some(number), Some(wanted)) if tested.open || number != wanted => falsity(tested.open),
        (Some(_), Some(_)) => Truth::True,
        _ => Truth::False,
    }
}

pub(super) fn status_class(class: u16, tested: Tested<'_>) -> Truth {
    let status = tested.value.as_number().unwrap_or(0.0);
    Truth::from((status / 100.0).floor() == f64::from(class))
}
