//! Operators: their signs, how tightly they bind, and what they compute.
//!
//! Nothing is coerced: texts compare with texts and numbers with numbers, `==` is true of equal values of one type only,
//! and what an operator does not take is an error. Invariant: pure, and never panics. Must never import a folder above
//! `base`.

use super::datum::Datum;
use super::error::EvalError;
use super::syntax::Kind;

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Unequal,
    Greater,
    Less,
    AtLeast,
    AtMost,
    Matches,
    MatchesNot,
    In,
    And,
    Or,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Then,
    Else,
    OrElse,
    Negate,
    Not,
    BitNot,
}

/// Levels of precedence, the loosest first.
pub(super) const LEVELS: u8 = 9;

const INFIX: [(&str, Operator); 25] = [
    ("==", Operator::Equal),
    ("!=", Operator::Unequal),
    (">", Operator::Greater),
    ("<", Operator::Less),
    (">=", Operator::AtLeast),
    ("<=", Operator::AtMost),
    ("=~", Operator::Matches),
    ("!~", Operator::MatchesNot),
    ("in", Operator::In),
    ("&&", Operator::And),
    ("||", Operator::Or),
    ("&", Operator::BitAnd),
    ("|", Operator::BitOr),
    ("^", Operator::BitXor),
    ("<<", Operator::ShiftLeft),
    (">>", Operator::ShiftRight),
    ("+", Operator::Add),
    ("-", Operator::Subtract),
    ("*", Operator::Multiply),
    ("/", Operator::Divide),
    ("%", Operator::Remainder),
    ("**", Operator::Power),
    ("?", Operator::Then),
    (":", Operator::Else),
    ("??", Operator::OrElse),
];

impl Operator {
    /// The operator before one operand that is written so.
    pub fn prefix(symbol: &str) -> Option<Self> {
        match symbol {
            "-" => Some(Self::Negate),
            "!" => Some(Self::Not),
            "~" => Some(Self::BitNot),
            _ => None,
        }
    }

    /// The operator between two operands that is written so.
    pub fn infix(symbol: &str) -> Option<Self> {
        INFIX.iter().find(|(sign, _)| *sign == symbol).map(|(_, operator)| *operator)
    }

    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Negate => "-",
            Self::Not => "!",
            Self::BitNot => "~",
            _ => INFIX.iter().find(|(_, operator)| *operator == self).map_or("?", |(sign, _)| *sign),
        }
    }

    /// The kind of its token.
    pub fn family(self) -> Kind {
        match self.level() {
            0 => Kind::Ternary,
            1 | 2 => Kind::Logic,
            3 => Kind::Compare,
            LEVELS => Kind::Prefix,
            _ => Kind::Modifier,
        }
    }

    /// How tightly it binds, from 0 on; [`LEVELS`] for operators before one operand.
    pub fn level(self) -> u8 {
        match self {
            Self::Then | Self::Else | Self::OrElse => 0,
            Self::Or => 1,
            Self::And => 2,
            Self::Equal
            | Self::Unequal
            | Self::Greater
            | Self::Less
            | Self::AtLeast
            | Self::AtMost
            | Self::Matches
            | Self::MatchesNot
            | Self::In => 3,
            Self::BitAnd | Self::BitOr | Self::BitXor => 4,
            Self::ShiftLeft | Self::ShiftRight => 5,
            Self::Add | Self::Subtract => 6,
            Self::Multiply | Self::Divide | Self::Remainder => 7,
            Self::Power => 8,
            Self::Negate | Self::Not | Self::BitNot => LEVELS,
        }
    }
}

/// The value of an operator before one operand.
pub(super) fn prefixed(operator: Operator, of: &Datum) -> Result<Datum, EvalError> {
    match (operator, of) {
        (Operator::Not, Datum::Bool(yes)) => Ok(Datum::Bool(!yes)),
        (Operator::Negate, Datum::Number(number)) => Ok(Datum::Number(-number)),
        (Operator::BitNot, Datum::Number(number)) => Ok(Datum::Number(!(*number as i64) as f64)),
        _ => refused(operator, of),
    }
}

/// The value of an operator that neither decides by one operand nor makes texts.
pub(super) fn computed(operator: Operator, left: &Datum, right: &Datum) -> Result<Datum, EvalError> {
    match operator {
        Operator::Equal => Ok(Datum::Bool(left.same(right))),
        Operator::Unequal => Ok(Datum::Bool(!left.same(right))),
        Operator::In => is_in(left, right).map(Datum::Bool),
        Operator::Greater | Operator::Less | Operator::AtLeast | Operator::AtMost => {
            compared(operator, left, right).map(Datum::Bool)
        }
        _ => match (left, right) {
            (Datum::Number(left), Datum::Number(right)) => Ok(Datum::Number(arithmetic(operator, *left, *right))),
            (Datum::Number(_), other) | (other, _) => refused(operator, other),
        },
    }
}

fn compared(operator: Operator, left: &Datum, right: &Datum) -> Result<bool, EvalError> {
    let order = match (left, right) {
        (Datum::Number(left), Datum::Number(right)) => left.partial_cmp(right),
        (Datum::Text(left), Datum::Text(right)) => Some(left.cmp(right)),
        _ => return refused(operator, if matches!(left, Datum::Number(_) | Datum::Text(_)) { right } else { left }),
    };
    Ok(order.is_some_and(|order| match operator {
        Operator::Greater => order.is_gt(),
        Operator::Less => order.is_lt(),
        Operator::AtLeast => order.is_ge(),
        _ => order.is_le(),
    }))
}

fn is_in(left: &Datum, right: &Datum) -> Result<bool, EvalError> {
    match right {
        Datum::Tuple(items) => Ok(items.iter().any(|item| match item {
            Datum::Whole(number) => left.same(&Datum::Number(*number as f64)),
            other => left.same(other),
        })),
        other => refused(Operator::In, other),
    }
}

fn arithmetic(operator: Operator, left: f64, right: f64) -> f64 {
    // Bits are those of the whole part, as casts keep them within their range.
    let bits = |number: f64| number as i64;
    let shift = |number: f64| u32::try_from(number as u64).unwrap_or(u32::MAX);
    match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Remainder => left % right,
        Operator::Power => left.powf(right),
        Operator::BitAnd => (bits(left) & bits(right)) as f64,
        Operator::BitOr => (bits(left) | bits(right)) as f64,
        Operator::BitXor => (bits(left) ^ bits(right)) as f64,
        Operator::ShiftLeft => (left as u64).checked_shl(shift(right)).unwrap_or(0) as f64,
        Operator::ShiftRight => (left as u64).checked_shr(shift(right)).unwrap_or(0) as f64,
        _ => f64::NAN,
    }
}

/// The error of an operand that an operator does not take.
pub(super) fn refused<T>(operator: Operator, operand: &Datum) -> Result<T, EvalError> {
    EvalError::failed(format!("`{}` does not take {}", operator.symbol(), operand.kind()))
}
