//! The check of a tree against what is known before anything is sent.
//!
//! Invariant: what the check refuses could only fail when evaluated; what it accepts may still fail where a type is only
//! known later ([`Type::Any`]). Must never import a folder above `base`.

use std::ops::Range;
use std::sync::Arc;

use super::ast::{Call, Comparison, Kind, Node};
use super::error::{ExprError, Fault};
use super::functions::{self, Accepts, Function};
use super::names::path_text;
use super::operators::Arithmetic;
use super::types::Type;
use crate::base::suggest::closest;

/// What names there are.
pub trait Known {
    /// The type of that name; `None` where there is no such name.
    fn type_of(&self, path: &[Arc<str>]) -> Option<Type>;
    /// Names to suggest where one is misspelt, with dots between their segments.
    fn candidates(&self) -> Vec<String>;
}

/// Knows every name, of no particular type.
pub(super) struct Anything;

impl Known for Anything {
    fn type_of(&self, _: &[Arc<str>]) -> Option<Type> {
        Some(Type::Any)
    }

    fn candidates(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Checks a node and gives its type.
pub(super) fn infer(node: &Node, known: &dyn Known) -> Result<Type, Fault> {
    match &node.kind {
        Kind::Bool(_) => Ok(Type::Bool),
        Kind::Int(_) | Kind::Float(_) => Ok(Type::Number),
        Kind::Text(_) | Kind::Pattern(_) => Ok(Type::Text),
        Kind::List(items) => {
            items.iter().try_for_each(|item| infer(item, known).map(drop))?;
            Ok(Type::List)
        }
        Kind::Name(path) => known.type_of(path).ok_or_else(|| unknown_name(path, &node.at, known)),
        Kind::Index(of, keys) => index(of, keys, known),
        Kind::Call(call) => infer_call(call, None, known),
        Kind::Pipe(first, calls) => {
            let given = infer(first, known)?;
            calls.iter().try_fold(given, |given, call| infer_call(call, Some((given, &first.at)), known))
        }
        Kind::Not(of) => condition(of, known),
        Kind::Negate(of) => {
            expect(infer(of, known)?, Accepts::Number, "`-`", &of.at)?;
            Ok(Type::Number)
        }
        Kind::Sum(first, rest) | Kind::Product(first, rest) => {
            let given = infer(first, known)?;
            rest.iter().try_fold(given, |left, (operator, operand)| {
                arithmetic(*operator, left, infer(operand, known)?, &(first.at.start..operand.at.end))
            })
        }
        Kind::Compare(operator, sides) => compare(*operator, sides, &node.at, known),
        Kind::All(operands) | Kind::Any(operands) => {
            operands.iter().try_for_each(|operand| condition(operand, known).map(drop))?;
            Ok(Type::Bool)
        }
    }
}

fn mismatch(at: &Range<usize>, message: impl Into<String>) -> Fault {
    Fault::new(ExprError::TYPE, at.clone(), message)
}

fn unknown_name(path: &[Arc<str>], at: &Range<usize>, known: &dyn Known) -> Fault {
    let name = path_text(path);
    let error = Fault::new(ExprError::NAME, at.clone(), format!("there is no `{name}` here"));
    if let Some((left, right)) = name.split_once('-') {
        let path: Vec<Arc<str>> = left.split('.').map(Arc::from).collect();
        if known.type_of(&path).is_some() {
            return error.help(format!("a subtraction needs spaces: `{left} - {right}`"));
        }
    }
    let candidates = known.candidates();
    if let Some(near) = closest(&name, candidates.iter().map(String::as_str)) {
        return error.help(format!("did you mean `{near}`?"));
    }
    match functions::find(&name) {
        Some(function) => error.help(format!("`{name}` is a function: {}", function.signature())),
        None => error,
    }
}

fn expect(given: Type, accepts: Accepts, who: &str, at: &Range<usize>) -> Result<(), Fault> {
    if accepts.takes(given) {
        return Ok(());
    }
    let error = mismatch(at, format!("{who} wants a {}, this is a {}", accepts.name(), given.name()));
    Err(match (accepts, given) {
        (Accepts::Text, Type::List) => error.help("take one item, or join them: list | join(', ')"),
        (Accepts::Number | Accepts::Whole, Type::Time) => error.help("unix(time) gives its seconds"),
        (Accepts::Bool, _) => error.help("compare it: `x == 'value'`"),
        _ => error,
    })
}

fn condition(node: &Node, known: &dyn Known) -> Result<Type, Fault> {
    expect(infer(node, known)?, Accepts::Bool, "a condition", &node.at)?;
    Ok(Type::Bool)
}

fn index(of: &Node, keys: &[Node], known: &dyn Known) -> Result<Type, Fault> {
    let mut given = infer(of, known)?;
    for key in keys {
        let key_type = infer(key, known)?;
        match (given, key_type) {
            (Type::Any, _) | (Type::List, Type::Number | Type::Any) | (Type::Map, Type::Text | Type::Any) => {}
            (Type::List, _) => return Err(mismatch(&key.at, "items of a list are taken by number, from 0")),
            (Type::Map, _) => return Err(mismatch(&key.at, "fields of a map are taken by name")),
            (other, _) => return Err(mismatch(&key.at, format!("a {} has neither items nor fields", other.name()))),
        }
        given = Type::Any;
    }
    Ok(given)
}

fn infer_call(call: &Call, piped: Option<(Type, &Range<usize>)>, known: &dyn Known) -> Result<Type, Fault> {
    if let Some((given, at)) = piped {
        argument(call.function, 0, given, at)?;
    }
    for (place, arg) in call.args.iter().enumerate() {
        argument(call.function, place + usize::from(piped.is_some()), infer(arg, known)?, &arg.at)?;
    }
    Ok(call.function.result)
}

fn argument(function: &Function, place: usize, given: Type, at: &Range<usize>) -> Result<(), Fault> {
    let Some(param) = function.param(place) else { return Ok(()) };
    expect(given, param.accepts, &format!("`{}` of {}", param.name, function.signature()), at)
}

fn arithmetic(operator: Arithmetic, left: Type, right: Type, at: &Range<usize>) -> Result<Type, Fault> {
    let open = |given: Type| matches!(given, Type::Any | Type::Map);
    match (operator, left, right) {
        (Arithmetic::Add, left, right) if left == right && matches!(left, Type::Number | Type::Text | Type::List) => {
            Ok(left)
        }
        (Arithmetic::Add, left, right) if open(left) || open(right) => {
            let known = if open(left) { right } else { left };
            match known {
                Type::Bool | Type::Time => Err(mismatch(at, format!("`+` does not take a {}", known.name()))),
                known => Ok(if open(known) { Type::Any } else { known }),
            }
        }
        (Arithmetic::Add, left, right) => {
            Err(mismatch(at, format!("`+` cannot join a {} and a {}", left.name(), right.name()))
                .help("text(x) makes a text of a number, int(x) a number of a text; time_add moves a time"))
        }
        (Arithmetic::Subtract, Type::Time, Type::Time) => Ok(Type::Number),
        (Arithmetic::Subtract, Type::Time, other) | (Arithmetic::Subtract, other, Type::Time) if open(other) => {
            Ok(Type::Number)
        }
        (operator, left, right) => {
            let who = format!("`{}`", operator.symbol());
            expect(left, Accepts::Number, &who, at)?;
            expect(right, Accepts::Number, &who, at)?;
            Ok(Type::Number)
        }
    }
}

fn compare(operator: Comparison, sides: &(Node, Node), at: &Range<usize>, known: &dyn Known) -> Result<Type, Fault> {
    let (left, right) = (infer(&sides.0, known)?, infer(&sides.1, known)?);
    let who = format!("`{}`", operator.symbol());
    match operator {
        Comparison::Equal | Comparison::Unequal => {}
        Comparison::Less | Comparison::LessOrEqual | Comparison::Greater | Comparison::GreaterOrEqual => {
            for (given, side) in [(left, &sides.0), (right, &sides.1)] {
                expect(given, Accepts::Time, &who, &side.at).map_err(|_| {
                    mismatch(&side.at, format!("{who} orders numbers and times, this is a {}", given.name()))
                })?;
            }
            if left == Type::Text && right == Type::Text {
                let help = "int(x) makes a number of a text, time_parse(x) a time";
                return Err(mismatch(at, "two texts have no order").help(help));
            }
        }
        Comparison::In => container(&who, right, left, sides.1.at.clone())?,
        Comparison::Contains => container(&who, left, right, sides.0.at.clone())?,
        Comparison::Matches | Comparison::StartsWith | Comparison::EndsWith => {
            expect(left, Accepts::Text, &who, &sides.0.at)?;
            expect(right, Accepts::Text, &who, &sides.1.at)?;
        }
    }
    Ok(Type::Bool)
}

/// A list holds values, a text holds texts, a map holds fields.
fn container(who: &str, outer: Type, inner: Type, at: Range<usize>) -> Result<(), Fault> {
    match outer {
        Type::Any | Type::List | Type::Map => Ok(()),
        Type::Text => expect(inner, Accepts::Text, who, &at),
        other => Err(mismatch(&at, format!("{who} looks into lists, maps and texts, this is a {}", other.name()))),
    }
}
