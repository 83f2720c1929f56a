//! Functions on lists.
//!
//! Must never import a folder above `base`.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::{Accepts, Args, Family, Function, Param, param};
use crate::base::Value;
use crate::expr::error::EvalError;
use crate::expr::types::Type;

const LIST: Param = param("list", Accepts::List);

pub(super) static FAMILY: Family = Family {
    name: "lists",
    summary: "Lists; `list[0]` takes an item from the front, `list[-1]` from the back.",
    functions: &[
        Function {
            name: "first",
            params: &[LIST],
            result: Type::Any,
            summary: "The first item; missing where there is none",
            example: "first(['a', 'b'])",
            gives: "a",
            run: |args| item(args, |items| items.first()),
        },
        Function {
            name: "last",
            params: &[LIST],
            result: Type::Any,
            summary: "The last item; missing where there is none",
            example: "last(['a', 'b'])",
            gives: "b",
            run: |args| item(args, |items| items.last()),
        },
        Function {
            name: "unique",
            params: &[LIST],
            result: Type::List,
            summary: "The items without those whose text came before",
            example: "unique(['b', 'a', 'b']) | join(' ')",
            gives: "b a",
            run: |args| {
                let items = args.list(0)?;
                args.charge(items.len())?;
                let mut seen = HashSet::new();
                Ok(Value::list(items.iter().filter(|item| seen.insert(item.as_text())).cloned()))
            },
        },
        Function {
            name: "sort",
            params: &[LIST],
            result: Type::List,
            summary: "The items in order: by number where all are numbers, else by the bytes of their texts",
            example: "sort([10, 9]) | join(' ')",
            gives: "9 10",
            run: sort,
        },
    ],
};

fn item(args: &mut Args, which: fn(&[Value]) -> Option<&Value>) -> Result<Value, EvalError> {
    let items = args.list(0)?;
    which(&items).cloned().ok_or_else(|| EvalError::Missing(format!("{}([])", args.function)))
}

fn sort(args: &mut Args) -> Result<Value, EvalError> {
    let items = args.list(0)?;
    let rounds = usize::try_from(items.len().checked_ilog2().unwrap_or(0)).unwrap_or(0) + 1;
    args.charge(items.len().saturating_mul(rounds))?;
    let numbers: Option<Vec<f64>> = items.iter().map(Value::as_number).collect();
    let mut order: Vec<usize> = (0..items.len()).collect();
    match numbers {
        Some(numbers) => order.sort_by(|a, b| match (numbers.get(*a), numbers.get(*b)) {
            (Some(a), Some(b)) => a.total_cmp(b),
            _ => Ordering::Equal,
        }),
        None => order.sort_by_cached_key(|at| items.get(*at).map(|item| item.as_text().into_owned())),
    }
    Ok(Value::list(order.iter().filter_map(|at| items.get(*at).cloned())))
}
