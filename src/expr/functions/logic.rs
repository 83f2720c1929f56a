//! Functions on values that may be missing.
//!
//! Only a missing value is caught; one that could not be told, and an error, pass through. Must never import a folder
//! above `base`.

use super::{Accepts, Family, Function, param};
use crate::base::Value;
use crate::expr::error::EvalError;
use crate::expr::types::Type;

pub(super) static FAMILY: Family = Family {
    name: "logic",
    summary: "Values that may be missing.",
    functions: &[
        Function {
            name: "default",
            params: &[param("value", Accepts::Any), param("otherwise", Accepts::Any)],
            result: Type::Any,
            summary: "The value, or the other one where it is missing",
            example: "first([]) | default('none')",
            gives: "none",
            run: |args| match args.value(0) {
                Err(EvalError::Missing(_)) => args.value(1),
                other => other,
            },
        },
        Function {
            name: "exists",
            params: &[param("value", Accepts::Any)],
            result: Type::Bool,
            summary: "Whether the value is there",
            example: "exists(first([]))",
            gives: "false",
            run: |args| match args.value(0) {
                Ok(_) => Ok(Value::Bool(true)),
                Err(EvalError::Missing(_)) => Ok(Value::Bool(false)),
                Err(other) => Err(other),
            },
        },
    ],
};
