//! Predicates: what holds of a value, in three-valued truth.
//!
//! Owns [`Pred::test`] and the registry [`PREDICATES`]; each family's file holds its spec, evaluation and decisive bytes
//! together. Takes what a subject found and a scope for its operands. Invariant (Kleene): a truth told of a cut-off
//! answer is the truth of the whole one; where the rest could change it, it is unknown.
//! Must never import a folder above `expr`.

mod characters;
mod checksum;
mod display;
mod entropy;
mod equality;
mod literals;
mod number;
mod operand;
mod presence;
mod regexes;
mod spots;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod token;
mod version;

use super::found::{Extent, Found};
use super::kind::ValueKind;
use super::pred::Pred;
use super::scope::Scope;
use crate::base::{Truth, Unknown, Value};

pub use checksum::{CHECKSUMS, ChecksumSpec, checksum};
pub use literals::Literal;

/// What a predicate's operand is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperandKind {
    /// One text or several, templates.
    Texts,
    /// One regex or several.
    Regexes,
    /// Bytes in hexadecimal, one or several.
    Hex,
    /// A number; also a duration or size with its unit.
    Number,
    /// A whole number, 1 or more.
    Count,
    /// Yes or no.
    Bool,
    /// An instant: `now`, `now+30d`, RFC 3339.
    Time,
    /// A range of versions.
    Versions,
    /// Bounds on a number.
    Bounds,
    /// How many characters of each kind.
    Characters,
    /// The name of a checksum.
    Checksum,
    /// A predicate.
    Pred,
}

/// A predicate as rules write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PredSpec {
    /// The key.
    pub name: &'static str,
    /// What follows it.
    pub operand: OperandKind,
    /// Kinds of values that it makes sense of; empty: every kind.
    pub accepts: &'static [ValueKind],
    /// One sentence without a full stop.
    pub summary: &'static str,
    /// A value for the key, in YAML.
    pub example: &'static str,
}

impl PredSpec {
    /// Whether it makes sense of values of that kind.
    pub fn takes(&self, kind: ValueKind) -> bool {
        self.accepts.is_empty() || kind == ValueKind::Any || self.accepts.contains(&kind)
    }
}

/// Every predicate, in the order of the docs.
pub const PREDICATES: &[&[PredSpec]] = &[
    equality::SPECS,
    text::SPECS,
    regexes::SPECS,
    token::SPECS,
    number::SPECS,
    time::SPECS,
    version::SPECS,
    entropy::SPECS,
    characters::SPECS,
    checksum::SPECS,
    presence::SPECS,
];

/// The predicate of that key.
pub fn predicate(name: &str) -> Option<&'static PredSpec> {
    PREDICATES.iter().copied().flatten().find(|spec| spec.name == name)
}

/// Kinds that are texts.
const TEXTS: &[ValueKind] = &[ValueKind::Text, ValueKind::Word, ValueKind::List];

/// One value under test.
#[derive(Clone, Copy)]
struct Tested<'a> {
    value: &'a Value,
    /// Whether the text goes on, or the number is larger.
    open: bool,
    scope: &'a Scope<'a>,
}

impl Tested<'_> {
    fn is_open_number(self) -> bool {
        self.open && matches!(self.value.scalar(), Value::Int(_) | Value::Float(_))
    }
}

/// True where it holds; where it does not, unknown if the value goes on.
fn unless_open(holds: bool, tested: Tested<'_>) -> Truth {
    if holds { Truth::True } else { falsity(tested.open) }
}

/// False of a whole value, unknown of one that goes on.
fn falsity(open: bool) -> Truth {
    if open { Truth::Unknown(Unknown::CutOff) } else { Truth::False }
}

/// Known of a whole value only.
fn if_whole(tested: Tested<'_>, holds: impl FnOnce() -> bool) -> Truth {
    if tested.open { Truth::Unknown(Unknown::CutOff) } else { holds().into() }
}

/// The disjunction of lazily told truths.
fn any(truths: impl IntoIterator<Item = Truth>) -> Truth {
    let mut told = Truth::False;
    for truth in truths {
        told = told.or(truth);
        if told == Truth::True {
            break;
        }
    }
    told
}

/// What is not known of values that were not seen, for the reason that they have.
fn because(unseen: Truth, extent: Extent) -> Truth {
    match unseen {
        Truth::Unknown(_) => Truth::Unknown(extent.why()),
        known => known,
    }
}

/// The conjunction of lazily told truths.
fn all(truths: impl IntoIterator<Item = Truth>) -> Truth {
    any(truths.into_iter().map(Truth::negate)).negate()
}

impl Pred {
    /// Whether some value of a subject satisfies it.
    pub fn test(&self, found: &Found, scope: &Scope<'_>) -> Truth {
        let (values, extent) = match found {
            Found::Unknown(why) => return Truth::Unknown(*why),
            Found::Values { values, extent } => (values, *extent),
        };
        let open = matches!(extent, Extent::Open | Extent::More);
        let told = any(values.iter().map(|value| self.of_each(Tested { value, open, scope })));
        match (values.is_empty(), extent) {
            (false, Extent::More | Extent::Further | Extent::Quick) => told.or(because(self.of_unseen(), extent)),
            (false, _) => told,
            (true, Extent::Whole) => self.of_missing().into(),
            (true, _) => match (Truth::from(self.of_missing()), self.of_unseen()) {
                (missing, unseen) if missing == unseen => missing,
                _ => Truth::Unknown(extent.why()),
            },
        }
    }

    /// Whether it holds of a value or, of a list, of one of its items.
    fn of_each(&self, tested: Tested<'_>) -> Truth {
        match tested.value.scalar() {
            Value::List(items) if !items.is_empty() => {
                any(items.iter().map(|value| self.of_each(Tested { value, ..tested })))
            }
            _ => self.of_value(tested),
        }
    }

    fn of_value(&self, tested: Tested<'_>) -> Truth {
        match self {
            _ if tested.is_open_number() && self.asks_for_text() => Truth::Unknown(Unknown::CutOff),
            Self::All(preds) => all(preds.iter().map(|pred| pred.of_value(tested))),
            Self::AnyOf(preds) => any(preds.iter().map(|pred| pred.of_value(tested))),
            Self::Equals(operands) => equality::equals(operands, tested),
            Self::StatusClass(class) => equality::status_class(*class, tested),
            Self::Contains { operands, times } => text::contains(operands, *times, tested),
            Self::ContainsAll(operands) => text::contains_all(operands, tested),
            Self::StartsWith(operands) => text::starts_with(operands, tested),
            Self::EndsWith(operands) => text::ends_with(operands, tested),
            Self::StartsWithBytes(starts) => text::starts_with_bytes(starts, tested),
            Self::Matches { patterns, times } => regexes::matches(patterns, *times, tested),
            Self::HasToken(operands) => token::has_token(operands, tested),
            Self::Number(bound) => number::within(bound, tested),
            Self::Time(bound) => time::holds(*bound, tested),
            Self::Version(ranges) => version::within(ranges, tested),
            Self::Entropy(bound) => entropy::within(bound, tested),
            Self::Characters(bound) => characters::within(bound, tested),
            Self::Checksum(name) => checksum::holds(name, tested),
            Self::Exists(wanted) => Truth::from(*wanted),
            Self::Not(pred) => pred.of_value(tested).negate(),
            Self::OrMissing(pred) => pred.of_value(tested),
        }
    }

    /// Whether it looks at the digits of a number rather than at the number.
    fn asks_for_text(&self) -> bool {
        let is_tree = matches!(self, Self::All(_) | Self::AnyOf(_) | Self::Not(_) | Self::OrMissing(_));
        !is_tree && !matches!(self, Self::Exists(_) | Self::Equals(_) | Self::Number(_) | Self::StatusClass(_))
    }

    /// Whether it holds of a value that is missing.
    fn of_missing(&self) -> bool {
        match self {
            Self::All(preds) => preds.iter().all(Self::of_missing),
            Self::AnyOf(preds) => preds.iter().any(Self::of_missing),
            Self::Exists(wanted) => !wanted,
            Self::OrMissing(_) => true,
            _ => false,
        }
    }

    /// Whether it holds of a value that may be there but was not seen.
    fn of_unseen(&self) -> Truth {
        match self {
            Self::All(preds) => all(preds.iter().map(Self::of_unseen)),
            Self::AnyOf(preds) => any(preds.iter().map(Self::of_unseen)),
            Self::Exists(wanted) => Truth::from(*wanted),
            Self::Not(pred) => pred.of_unseen().negate(),
            Self::OrMissing(pred) => pred.of_unseen(),
            _ => Truth::Unknown(Unknown::CutOff),
        }
    }
}
