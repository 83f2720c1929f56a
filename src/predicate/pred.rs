//! Predicates: what must hold of a subject's value.
//!
//! Owns the closed set of predicates as data. Their specs, required literals and evaluation stand together in `tests/`-free
//! files of `preds/`, one a family. Invariant: a missing value fails every predicate but `exists: false` and
//! `or_missing`; unknown stays unknown. Must never import a folder above `expr`.

use crate::expr::Template;

use super::{BytePattern, TimeBound, VersionRange};

/// What must hold of a value. Of several values, some one must satisfy it.
#[derive(Debug, Clone, PartialEq)]
pub enum Pred {
    /// All of them, of the same value.
    All(Vec<Pred>),
    /// Equal, as text (numbers and status classes by their own rules), to any operand.
    Equals(Operands),
    /// Contains any operand at least `times` times.
    Contains {
        /// What is looked for.
        operands: Operands,
        /// How often at least.
        times: u32,
    },
    /// Contains every operand.
    ContainsAll(Operands),
    /// Starts with any operand.
    StartsWith(Operands),
    /// Ends with any operand.
    EndsWith(Operands),
    /// Starts with any of these bytes.
    StartsWithBytes(Vec<Vec<u8>>),
    /// Any pattern matches at least `times` times.
    Matches {
        /// Patterns.
        patterns: Vec<BytePattern>,
        /// How often at least, not overlapping.
        times: u32,
    },
    /// Member of the comma list, case ignored.
    HasToken(Operands),
    /// A number (also durations in seconds and sizes in bytes) in these bounds.
    Number(NumberBound),
    /// A status code of this class (2 for 2xx) or one of several predicates: used for lists such as `[200, 4xx]`.
    StatusClass(u16),
    /// Any of these predicates.
    AnyOf(Vec<Pred>),
    /// An instant before or after a bound.
    Time(TimeBound),
    /// A dotted version in a range.
    Version(Vec<VersionRange>),
    /// Shannon entropy in bits per byte in these bounds.
    Entropy(NumberBound),
    /// At least so many characters of these kinds.
    Characters(CharacterBound),
    /// A built-in check of digits, by its registered name.
    Checksum(&'static str),
    /// Whether there is a value at all.
    Exists(bool),
    /// The value is there and does not satisfy it.
    Not(Box<Pred>),
    /// Satisfied, or missing.
    OrMissing(Box<Pred>),
}

impl Pred {
    /// The texts that are rendered before they are compared.
    pub fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Equals(operands)
            | Self::Contains { operands, .. }
            | Self::ContainsAll(operands)
            | Self::StartsWith(operands)
            | Self::EndsWith(operands)
            | Self::HasToken(operands) => operands.any.iter().collect(),
            Self::All(preds) | Self::AnyOf(preds) => preds.iter().flat_map(Self::templates).collect(),
            Self::Not(pred) | Self::OrMissing(pred) => pred.templates(),
            _ => Vec::new(),
        }
    }
}

/// Operands of a comparison: any of these texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Operands {
    /// Templates, rendered in the scope where they are compared.
    pub any: Vec<Template>,
    /// Whether ASCII case is ignored.
    pub ignore_case: bool,
}

/// Bounds on a number; all that are given must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct NumberBound {
    /// `<`
    pub less_than: Option<f64>,
    /// `<=`
    pub at_most: Option<f64>,
    /// `>`
    pub more_than: Option<f64>,
    /// `>=`
    pub at_least: Option<f64>,
}

/// How many characters of each kind a text has at least.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CharacterBound {
    /// 0 to 9.
    pub digits: u32,
    /// A to Z.
    pub upper: u32,
    /// a to z.
    pub lower: u32,
    /// Neither letters nor digits.
    pub other: u32,
    /// Different ones.
    pub distinct: u32,
}

impl std::fmt::Display for CharacterBound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kinds = [
            (self.digits, "digits"),
            (self.upper, "capital letters"),
            (self.lower, "small letters"),
            (self.other, "other characters"),
            (self.distinct, "different characters"),
        ];
        let parts = kinds.iter().filter(|(least, _)| *least > 0).map(|(least, kind)| format!("{least} {kind}"));
        write!(f, "has at least {}", parts.collect::<Vec<_>>().join(", "))
    }
}

impl std::fmt::Display for NumberBound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = [
            ("less than", self.less_than),
            ("at most", self.at_most),
            ("more than", self.more_than),
            ("at least", self.at_least),
        ];
        let parts = words.iter().filter_map(|(word, number)| number.map(|number| format!("{word} {number}")));
        write!(f, "is {}", parts.collect::<Vec<_>>().join(" and "))
    }
}

/// How often a text has to occur, in words after a verb; nothing where once is enough.
pub fn often(times: u32) -> String {
    if times > 1 { format!(" at least {times} times") } else { String::new() }
}

impl NumberBound {
    /// Whether a number is within the bounds.
    pub fn holds(&self, number: f64) -> bool {
        self.less_than.is_none_or(|bound| number < bound)
            && self.at_most.is_none_or(|bound| number <= bound)
            && self.more_than.is_none_or(|bound| number > bound)
            && self.at_least.is_none_or(|bound| number >= bound)
    }
}
