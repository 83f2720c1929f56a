//! Functions on numbers.
//!
//! Must never import a folder above `base`.

use std::cmp::Ordering;

use super::{Accepts, Args, Family, Function, Param, param};
use crate::base::Value;
use crate::expr::error::EvalError;
use crate::expr::operators;
use crate::expr::types::Type;

const NUMBER: Param = param("number", Accepts::Number);

pub(super) static FAMILY: Family = Family {
    name: "numbers",
    summary: "Numbers; a text that spells a number will do.",
    functions: &[
        Function {
            name: "int",
            params: &[NUMBER],
            result: Type::Number,
            summary: "The whole number of a number or of a text that spells one, what follows the point cut off",
            example: "int('41') + 1",
            gives: "42",
            run: int,
        },
        Function {
            name: "number",
            params: &[NUMBER],
            result: Type::Number,
            summary: "The number that a text spells",
            example: "number('1.5') * 2",
            gives: "3",
            run: |args| {
                let value = args.value(0)?;
                match operators::whole(&value) {
                    Ok(whole) => Ok(Value::Int(whole)),
                    Err(_) => operators::finite(operators::number(&value)?),
                }
            },
        },
        Function {
            name: "min",
            params: &[param("values", Accepts::Any).many()],
            result: Type::Number,
            summary: "The smallest of its arguments, or of the items of a list",
            example: "min(3, 1, 2)",
            gives: "1",
            run: |args| extreme(args, Ordering::Less),
        },
        Function {
            name: "max",
            params: &[param("values", Accepts::Any).many()],
            result: Type::Number,
            summary: "The largest of its arguments, or of the items of a list",
            example: "max([3, 1, 2])",
            gives: "3",
            run: |args| extreme(args, Ordering::Greater),
        },
        Function {
            name: "abs",
            params: &[NUMBER],
            result: Type::Number,
            summary: "The number without its sign",
            example: "abs(-3)",
            gives: "3",
            run: |args| {
                let value = args.value(0)?;
                match operators::whole(&value).ok().and_then(i64::checked_abs) {
                    Some(whole) => Ok(Value::Int(whole)),
                    None => operators::finite(operators::number(&value)?.abs()),
                }
            },
        },
        Function {
            name: "round",
            params: &[NUMBER, param("digits", Accepts::Whole).optional()],
            result: Type::Number,
            summary: "The nearest number with that many digits after the point, else the nearest whole number",
            example: "round(2.345, 1)",
            gives: "2.3",
            run: round,
        },
    ],
};

fn int(args: &mut Args) -> Result<Value, EvalError> {
    let value = args.value(0)?;
    if let Ok(whole) = operators::whole(&value) {
        return Ok(Value::Int(whole));
    }
    whole_of(operators::number(&value)?.trunc())
}

fn whole_of(number: f64) -> Result<Value, EvalError> {
    let whole = operators::float_to_int(number);
    whole.map_or_else(|| EvalError::failed("the number does not fit into 64 bits"), |whole| Ok(Value::Int(whole)))
}

fn extreme(args: &mut Args, wanted: Ordering) -> Result<Value, EvalError> {
    let mut values = Vec::new();
    for place in 0..args.count() {
        match args.value(place)? {
            Value::List(items) => values.extend(items.iter().cloned()),
            one => values.push(one),
        }
    }
    let mut best: Option<(f64, &Value)> = None;
    for value in &values {
        args.charge(1)?;
        let number = operators::number(value)?;
        if best.is_none_or(|(least, _)| number.partial_cmp(&least) == Some(wanted)) {
            best = Some((number, value));
        }
    }
    match best {
        Some((_, value)) => Ok(value.scalar().clone()),
        None => Err(EvalError::Missing(format!("{}([])", args.function))),
    }
}

fn round(args: &mut Args) -> Result<Value, EvalError> {
    let value = args.value(0)?;
    let digits = if args.has(1) { args.length(1)? } else { 0 };
    if let Ok(whole) = operators::whole(&value) {
        return Ok(Value::Int(whole));
    }
    let number = operators::number(&value)?;
    match i32::try_from(digits) {
        Ok(0) => whole_of(number.round()),
        Ok(digits @ 1..=15) => {
            let scale = 10_f64.powi(digits);
            let scaled = number * scale;
            operators::finite(if scaled.is_finite() { scaled.round() / scale } else { number })
        }
        _ => EvalError::failed("`round` keeps 0 to 15 digits"),
    }
}
