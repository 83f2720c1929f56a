//! The types of values.
//!
//! Invariant: every value but an unknown one has exactly one type other than [`Type::Any`]. Must never import another module
//! of this folder.

/// The type of a value, as far as it is known beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// Not known, or differing.
    Any,
    /// Yes or no.
    Bool,
    /// A number.
    Number,
    /// Bytes of text.
    Text,
    /// An instant.
    Time,
    /// Several values in order.
    List,
    /// Fields by name. A map with a field `value` stands for that value wherever a text or number is wanted.
    Map,
}

impl Type {
    /// The name as docs and diagnostics write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Bool => "bool",
            Self::Number => "number",
            Self::Text => "text",
            Self::Time => "time",
            Self::List => "list",
            Self::Map => "map",
        }
    }
}
