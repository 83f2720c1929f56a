//! What operators do to values.
//!
//! Invariant: no operator guesses: `+` joins only what is alike, two texts have no order, and numbers that overflow or
//! are not finite are errors. Must never import a folder above `base`.

use std::cmp::Ordering;

use bytes::Bytes;

use super::dates::parse_time;
use super::error::EvalError;
use crate::base::{Timestamp, Value};

/// Operators on numbers; `Add` also joins texts and lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Arithmetic {
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

/// The text of a value that is one text, number, bool or time, or a map with such a `value`.
pub(super) fn text(value: &Value) -> Result<Bytes, EvalError> {
    match value.scalar() {
        Value::Text(bytes) => Ok(bytes.clone()),
        one @ (Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Time(_)) => {
            Ok(one.as_text().into_owned().into())
        }
        many @ (Value::List(_) | Value::Map(_)) => EvalError::failed(format!("a {} is no text", many.type_name())),
    }
}

/// The number that a value is, or that its whole text spells.
pub(super) fn number(value: &Value) -> Result<f64, EvalError> {
    match value.as_number() {
        Some(number) => Ok(number),
        None => EvalError::failed(format!("{} is no number", shown(value))),
    }
}

/// The whole number that a value is, or that its whole text spells.
pub(super) fn whole(value: &Value) -> Result<i64, EvalError> {
    let whole = match value.scalar() {
        Value::Int(number) => Some(*number),
        Value::Text(bytes) => std::str::from_utf8(bytes).ok().and_then(|text| text.trim().parse().ok()),
        Value::Float(number) => float_to_int(*number).filter(|_| number.fract() == 0.0),
        _ => None,
    };
    whole.map_or_else(|| EvalError::failed(format!("{} is no whole number", shown(value))), Ok)
}

/// The integer part of a float, where it fits.
pub(super) fn float_to_int(number: f64) -> Option<i64> {
    let limit = 9_223_372_036_854_775_808.0; // 2^63, exactly
    (number >= -limit && number < limit).then_some(number as i64)
}

/// The time that a value is: an instant, seconds since 1970, or a date in one of the formats of `time_parse`.
pub(super) fn time(value: &Value) -> Result<Timestamp, EvalError> {
    let at = match value.scalar() {
        Value::Time(at) => Some(*at),
        Value::Int(seconds) => Timestamp::from_second(*seconds).ok(),
        Value::Float(seconds) => float_to_int(*seconds).and_then(|seconds| Timestamp::from_second(seconds).ok()),
        Value::Text(bytes) => parse_time(bytes),
        _ => None,
    };
    at.map_or_else(|| EvalError::failed(format!("{} is no time", shown(value))), Ok)
}

/// A value in an error: its type, and its text where that is short.
fn shown(value: &Value) -> String {
    match value.scalar() {
        Value::Text(bytes) if bytes.len() <= 40 => format!("the text '{}'", bytes.escape_ascii()),
        other => format!("a {}", other.type_name()),
    }
}

/// A float as a value, where it is finite.
pub(super) fn finite(number: f64) -> Result<Value, EvalError> {
    if number.is_finite() { Ok(Value::Float(number)) } else { EvalError::failed("the number is too large") }
}

/// Whether two values are equal: numbers by value, also where one of them is spelt as a text; times as instants; lists and
/// maps by their parts; all else by text.
pub(super) fn equal(left: &Value, right: &Value) -> bool {
    match (left.scalar(), right.scalar()) {
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Int(_) | Value::Float(_), b) => {
            matches!((left.as_number(), b.as_number()), (Some(a), Some(b)) if a == b)
        }
        (a, Value::Int(_) | Value::Float(_)) => equal(right, a),
        (Value::Time(a), b) => time(b).is_ok_and(|b| *a == b),
        (a, Value::Time(_)) => equal(right, a),
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b)),
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|((k, a), (l, b))| k == l && equal(a, b))
        }
        (Value::List(_) | Value::Map(_), _) | (_, Value::List(_) | Value::Map(_)) => false,
        (a, b) => a.as_text() == b.as_text(),
    }
}

/// The order of two values, of which at least one is a number or a time.
pub(super) fn order(left: &Value, right: &Value) -> Result<Ordering, EvalError> {
    let (a, b) = (left.scalar(), right.scalar());
    if let (Value::Int(a), Value::Int(b)) = (a, b) {
        return Ok(a.cmp(b));
    }
    if matches!(a, Value::Time(_)) || matches!(b, Value::Time(_)) {
        return Ok(time(a)?.cmp(&time(b)?));
    }
    if matches!(a, Value::Text(_)) && matches!(b, Value::Text(_)) {
        return EvalError::failed("two texts have no order; int(x) makes a number, time_parse(x) a time");
    }
    Ok(number(a)?.partial_cmp(&number(b)?).unwrap_or(Ordering::Equal))
}

/// Whether a list holds an item, a map a field, a text a text.
pub(super) fn holds(outer: &Value, inner: &Value) -> Result<bool, EvalError> {
    match outer.scalar() {
        Value::List(items) => Ok(items.iter().any(|item| equal(item, inner))),
        Value::Map(fields) => {
            let name = text(inner)?;
            Ok(fields.iter().any(|(key, _)| key.as_bytes() == name))
        }
        one => Ok(memchr::memmem::find(&text(one)?, &text(inner)?).is_some()),
    }
}

/// `left + right` for numbers and lists; texts are joined by the evaluator, which knows their limit.
pub(super) fn arithmetic(operator: Arithmetic, left: &Value, right: &Value) -> Result<Value, EvalError> {
    let (a, b) = (left.scalar(), right.scalar());
    if let (Arithmetic::Subtract, true) = (operator, matches!(a, Value::Time(_)) || matches!(b, Value::Time(_))) {
        return Ok(Value::Int(time(a)?.as_second().saturating_sub(time(b)?.as_second())));
    }
    if operator == Arithmetic::Add && !(is_number(a) && is_number(b)) {
        let why = format!("`+` cannot join a {} and a {}; text(x) and int(x) convert", a.type_name(), b.type_name());
        return EvalError::failed(why);
    }
    match (whole(a), whole(b)) {
        (Ok(a), Ok(b)) => whole_arithmetic(operator, a, b),
        _ => float_arithmetic(operator, number(a)?, number(b)?),
    }
}

fn is_number(value: &Value) -> bool {
    matches!(value, Value::Int(_) | Value::Float(_))
}

fn whole_arithmetic(operator: Arithmetic, a: i64, b: i64) -> Result<Value, EvalError> {
    if b == 0 && matches!(operator, Arithmetic::Divide | Arithmetic::Remainder) {
        return EvalError::failed("division by zero");
    }
    let result = match operator {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::Remainder => a.checked_rem(b),
        Arithmetic::Divide => match a.checked_rem(b) {
            Some(0) => a.checked_div(b),
            _ => return finite(a as f64 / b as f64),
        },
    };
    result.map_or_else(|| EvalError::failed("the number does not fit into 64 bits"), |number| Ok(Value::Int(number)))
}

fn float_arithmetic(operator: Arithmetic, a: f64, b: f64) -> Result<Value, EvalError> {
    match operator {
        Arithmetic::Add => finite(a + b),
        Arithmetic::Subtract => finite(a - b),
        Arithmetic::Multiply => finite(a * b),
        Arithmetic::Divide | Arithmetic::Remainder if b == 0.0 => EvalError::failed("division by zero"),
        Arithmetic::Divide => finite(a / b),
        Arithmetic::Remainder => finite(a % b),
    }
}
