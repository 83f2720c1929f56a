//! The values that expressions compute with.
//!
//! The language tells apart what [`Value`] does not: bytes that a function made (`Raw`) from texts, whole numbers that a
//! function gave from numbers, lists of texts from the tuples that commas build; operators accept some and refuse others.
//! Invariant: cloning is cheap; a value of a variable is never `Whole`, `Raw` or a `Tuple`. Must never import a folder
//! above `base`.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;

use super::numbers;
use crate::base::Value;

/// A value within an expression.
#[derive(Debug, Clone)]
pub(super) enum Datum {
    /// Nothing: what `()` and a ternary without a second half give.
    Nil,
    Bool(bool),
    Number(f64),
    /// A whole number of a function; operators do not take it for a number.
    Whole(i64),
    Text(Bytes),
    /// Bytes of a function; operators do not take them for a text.
    Raw(Bytes),
    /// Texts of a function or a variable.
    Texts(Arc<[Bytes]>),
    /// Values between commas.
    Tuple(Vec<Datum>),
}

impl Datum {
    pub fn text(text: impl Into<Bytes>) -> Self {
        Self::Text(text.into())
    }

    /// The text that functions read, and that markers put in place.
    pub fn to_text(&self) -> Bytes {
        match self {
            Self::Nil => Bytes::new(),
            Self::Bool(yes) => Bytes::from_static(if *yes { b"true" } else { b"false" }),
            Self::Number(number) => numbers::plain(*number).into(),
            Self::Whole(number) => number.to_string().into(),
            Self::Text(bytes) | Self::Raw(bytes) => bytes.clone(),
            Self::Texts(_) | Self::Tuple(_) => self.shown().into_owned().into(),
        }
    }

    /// The text that `+` concatenates and that extractors print: numbers with exponents, lists in brackets.
    pub fn shown(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Nil => Cow::Borrowed(b"<nil>"),
            Self::Bool(yes) => Cow::Borrowed(if *yes { b"true" } else { b"false" }),
            Self::Number(number) => Cow::Owned(numbers::general(*number).into_bytes()),
            Self::Whole(number) => Cow::Owned(number.to_string().into_bytes()),
            Self::Text(bytes) => Cow::Borrowed(bytes),
            Self::Raw(bytes) => Cow::Owned(listed(bytes.iter().map(|byte| byte.to_string().into_bytes()))),
            Self::Texts(texts) => Cow::Owned(listed(texts.iter().map(|text| text.to_vec()))),
            Self::Tuple(items) => Cow::Owned(listed(items.iter().map(|item| item.shown().into_owned()))),
        }
    }

    /// Bytes that [`Self::shown`] takes at most.
    pub fn shown_length(&self) -> usize {
        match self {
            Self::Nil | Self::Bool(_) | Self::Number(_) | Self::Whole(_) => 32,
            Self::Text(bytes) => bytes.len(),
            Self::Raw(bytes) => bytes.len().saturating_mul(4).saturating_add(2),
            Self::Texts(texts) => texts.iter().fold(2, |sum: usize, text| sum.saturating_add(text.len() + 1)),
            Self::Tuple(items) => items.iter().fold(2, |sum: usize, item| sum.saturating_add(item.shown_length() + 1)),
        }
    }

    /// Whether two values are the same, type included.
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nil, Self::Nil) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Whole(a), Self::Whole(b)) => a == b,
            (Self::Text(a), Self::Text(b)) | (Self::Raw(a), Self::Raw(b)) => a == b,
            (Self::Texts(a), Self::Texts(b)) => a == b,
            (Self::Tuple(a), Self::Tuple(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b)),
            _ => false,
        }
    }

    /// What errors call it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Nil => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Whole(_) => "a whole number",
            Self::Text(_) => "a text",
            Self::Raw(_) => "bytes",
            Self::Texts(_) => "a list of texts",
            Self::Tuple(_) => "a list",
        }
    }
}

fn listed(items: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut out = vec![b'['];
    for (nth, item) in items.enumerate() {
        if nth > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(&item);
    }
    out.push(b']');
    out
}

impl From<Value> for Datum {
    /// The value of a variable.
    fn from(value: Value) -> Self {
        match value {
            Value::Bool(yes) => Self::Bool(yes),
            Value::Int(number) => Self::Number(number as f64),
            Value::Float(number) => Self::Number(number),
            Value::Text(bytes) => Self::Text(bytes),
            Value::List(items) => Self::Texts(items.iter().map(|item| Self::from(item.clone()).to_text()).collect()),
            Value::Time(_) | Value::Map(_) => Self::text(value.as_text().into_owned()),
        }
    }
}

impl From<Datum> for Value {
    fn from(datum: Datum) -> Self {
        match datum {
            Datum::Nil => Self::Text(Bytes::new()),
            Datum::Bool(yes) => Self::Bool(yes),
            Datum::Number(number) => Self::Float(number),
            Datum::Whole(number) => Self::Int(number),
            Datum::Text(bytes) | Datum::Raw(bytes) => Self::Text(bytes),
            Datum::Texts(texts) => Self::List(texts.iter().cloned().map(Self::Text).collect()),
            Datum::Tuple(items) => Self::List(items.into_iter().map(Self::from).collect()),
        }
    }
}
