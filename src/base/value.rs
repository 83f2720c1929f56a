//! Values: what subjects yield, expressions compute and templates render.
//!
//! Texts are bytes, because answers are. A map that has a field `value` stands for that value wherever a text is
//! wanted, so a named list item, a cookie or a token can be written `{{x}}` and asked for its fields as `x.name`.
//! Invariant: cloning is cheap (shared storage). Must never import another folder.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;

use super::clock::Timestamp;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Bytes of text, not necessarily UTF-8.
    Text(Bytes),
    /// An instant.
    Time(Timestamp),
    /// Several values in order.
    List(Arc<[Value]>),
    /// Fields by name, in order.
    Map(Arc<[(Arc<str>, Value)]>),
}

impl Value {
    /// A text.
    pub fn text(text: impl AsRef<[u8]>) -> Self {
        Self::Text(Bytes::copy_from_slice(text.as_ref()))
    }

    /// A map of these fields.
    pub fn map<K: Into<Arc<str>>>(fields: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Map(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// A list of these values.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Self {
        Self::List(items.into_iter().collect())
    }

    /// The field of that name, where this is a map that has it.
    pub fn field(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Map(fields) => fields.iter().find(|(key, _)| &**key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The value reached by descending through these field names. A name that holds dots itself is tried whole first.
    pub fn descend<S: AsRef<str>>(&self, path: &[S]) -> Option<&Value> {
        match path {
            [] => Some(self),
            [first, rest @ ..] => self.field(first.as_ref())?.descend(rest),
        }
    }

    /// The value itself, or the `value` field of a map.
    pub fn scalar(&self) -> &Value {
        match self.field("value") {
            Some(inner) => inner.scalar(),
            None => self,
        }
    }

    /// The text of the value, as templates render it and predicates compare it.
    pub fn as_text(&self) -> Cow<'_, [u8]> {
        match self.scalar() {
            Self::Bool(yes) => Cow::Borrowed(if *yes { b"true" } else { b"false" }),
            Self::Int(number) => Cow::Owned(number.to_string().into_bytes()),
            Self::Float(number) => Cow::Owned(number.to_string().into_bytes()),
            Self::Text(bytes) => Cow::Borrowed(bytes),
            Self::Time(at) => Cow::Owned(at.to_string().into_bytes()),
            Self::List(items) => {
                let texts: Vec<_> = items.iter().map(|item| item.as_text().into_owned()).collect();
                Cow::Owned(texts.join(&b", "[..]))
            }
            Self::Map(fields) => {
                let texts: Vec<_> =
                    fields.iter().map(|(key, value)| [key.as_bytes(), b"=", &value.as_text()].concat()).collect();
                Cow::Owned(texts.join(&b", "[..]))
            }
        }
    }

    /// The text as a string, invalid UTF-8 replaced.
    pub fn to_text_lossy(&self) -> String {
        String::from_utf8_lossy(&self.as_text()).into_owned()
    }

    /// The number that this is, or that its whole text spells.
    pub fn as_number(&self) -> Option<f64> {
        match self.scalar() {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Text(bytes) => std::str::from_utf8(bytes).ok()?.trim().parse().ok().filter(|n: &f64| n.is_finite()),
            _ => None,
        }
    }

    /// The name of the value's type, as diagnostics show it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::Float(_) => "number",
            Self::Text(_) => "text",
            Self::Time(_) => "time",
            Self::List(_) => "list",
            Self::Map(_) => "map",
        }
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Bytes::from(text))
    }
}

impl From<Bytes> for Value {
    fn from(bytes: Bytes) -> Self {
        Self::Text(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_with_a_value_stands_for_it() {
        let cookie = Value::map([("name", Value::from("sid")), ("value", Value::from("s1"))]);
        assert_eq!(&*cookie.as_text(), b"s1");
        assert_eq!(cookie.descend(&["name"]), Some(&Value::from("sid")));
        assert_eq!(cookie.descend(&["nope"]), None);
    }

    #[test]
    fn numbers_are_read_from_whole_texts_only() {
        assert_eq!(Value::from(" 12 ").as_number(), Some(12.0));
        assert_eq!(Value::from("12px").as_number(), None);
        assert_eq!(Value::from("nan").as_number(), None);
    }
}
