//! Structured field values (RFC 9651): lists, dictionaries and items, as data and in their canonical text.
//!
//! Takes the lines of one field, gives what the RFC's algorithms make of them; [`parse_list`] and its siblings are in
//! `parse`, the canonical text (§4.1) is what `Display` writes. Invariant: what the algorithms refuse is refused here too,
//! and the text of a parsed value parses to the same value. Must never import another folder.

mod parse;
#[cfg(test)]
mod tests;
mod text;

pub use parse::{parse_dictionary, parse_item, parse_list};

/// A value without parameters (§3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BareItem {
    /// A whole number of at most fifteen digits.
    Integer(i64),
    /// A number with at most three decimals, counted in thousandths.
    Decimal(i64),
    /// Printable ASCII.
    String(String),
    /// A word.
    Token(String),
    /// Bytes, written in base64.
    Bytes(Vec<u8>),
    /// Yes or no.
    Boolean(bool),
    /// Seconds since 1970.
    Date(i64),
    /// Text for people, in any script.
    Display(String),
}

/// Names with values, in order, each name once (§3.1.2).
pub type Parameters = Vec<(String, BareItem)>;

/// A value with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The value.
    pub value: BareItem,
    /// Its parameters.
    pub parameters: Parameters,
}

/// What stands in a list or a dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Member {
    /// One item.
    Item(Item),
    /// Several in brackets, and the parameters of the brackets (§3.1.1).
    Inner(Vec<Item>, Parameters),
}

/// A list (§3.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List(pub Vec<Member>);

/// A dictionary (§3.2): members by name, in order, each name once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dictionary(pub Vec<(String, Member)>);

impl BareItem {
    /// The word, where it is one.
    pub fn token(&self) -> Option<&str> {
        match self {
            Self::Token(token) => Some(token),
            _ => None,
        }
    }

    /// The text of a string.
    pub fn string(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

impl Item {
    /// The value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&BareItem> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

impl Member {
    /// The items: of brackets all, else the one.
    pub fn items(&self) -> &[Item] {
        match self {
            Self::Item(item) => std::slice::from_ref(item),
            Self::Inner(items, _) => items,
        }
    }
}
