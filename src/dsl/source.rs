//! What expressions, texts and regexes have in common: they are their source text.
//!
//! Owns equality, printing and serialisation by source; parsing waits for the first use. A literal text that holds
//! braces is written behind a NUL, which no other source begins with. Must never import another module of this folder.

use std::sync::Arc;

/// Something that is known by its source text.
pub(super) trait Written: Sized {
    /// The source, and whether it is to be taken as it is.
    fn written(&self) -> (&str, bool);
    /// What that source is.
    fn read(source: Arc<str>, literal: bool) -> Self;
}

/// Shared text as an owner of bytes.
pub(super) struct Shared(pub Arc<str>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The serialised form of a source.
pub(super) fn encode(source: &str, literal: bool) -> Option<String> {
    (literal || source.starts_with('\0')).then(|| format!("\0{}{source}", if literal { 'L' } else { 'S' }))
}

/// The source of a serialised form, and whether it is to be taken as it is.
pub(super) fn decode(text: &str) -> (&str, bool) {
    match text.strip_prefix("\0L") {
        Some(literal) => (literal, true),
        None => (text.strip_prefix("\0S").unwrap_or(text), false),
    }
}

/// The traits that follow from a source.
macro_rules! by_source {
    ($name:ident) => {
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                use $crate::dsl::source::Written;
                self.written() == other.written()
            }
        }

        impl Eq for $name {}

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.source())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use $crate::dsl::source::{Written, encode};
                let (source, literal) = self.written();
                serializer.serialize_str(encode(source, literal).as_deref().unwrap_or(source))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use $crate::dsl::source::{Written, decode};
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                let (source, literal) = decode(&text);
                Ok(Self::read(source.into(), literal))
            }
        }
    };
}

pub(super) use by_source;
