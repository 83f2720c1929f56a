//! Kinds of values: what a subject or field holds, as schema, checks and docs speak of it.
//!
//! Invariant: a kind says which predicates make sense of it; what a value really is, its [`Value`] says.
//! Must never import a folder above `expr`.
//!
//! [`Value`]: crate::base::Value

use super::views::{Brought, Field, Shape};
use crate::expr::Type;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueKind {
    /// Bytes of text.
    Text,
    /// One word of a closed list.
    Word,
    /// Yes or no.
    Bool,
    /// A number; durations are in seconds, sizes in bytes.
    Number,
    /// A status code.
    Status,
    /// An instant.
    Time,
    /// Values in order: a predicate holds where it holds of one, quantifiers range over them.
    List,
    /// Fields by name.
    Map,
    /// Whatever the answer says.
    Any,
}

impl ValueKind {
    /// The kind of a shape.
    pub fn of(shape: &Shape) -> Self {
        match shape {
            Shape::Bool => Self::Bool,
            Shape::Number => Self::Number,
            Shape::Text => Self::Text,
            Shape::OneOf(_) => Self::Word,
            Shape::Time => Self::Time,
            Shape::List(_) => Self::List,
            Shape::Map(_) | Shape::Names(_) => Self::Map,
        }
    }

    /// The name as docs and diagnostics write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Word => "word",
            Self::Bool => "bool",
            Self::Number => "number",
            Self::Status => "status",
            Self::Time => "time",
            Self::List => "list",
            Self::Map => "map",
            Self::Any => "any",
        }
    }

    /// The type that expressions see.
    pub fn to_type(self) -> Type {
        match self {
            Self::Text | Self::Word => Type::Text,
            Self::Bool => Type::Bool,
            Self::Number | Self::Status => Type::Number,
            Self::Time => Type::Time,
            Self::List => Type::List,
            Self::Map => Type::Map,
            Self::Any => Type::Any,
        }
    }
}

/// A field.
pub(super) const fn field(name: &'static str, shape: Shape, description: &'static str) -> Field {
    Field { name, shape, description, brought: Brought::Anyhow }
}

/// A field that only surveys tell.
pub(super) const fn surveyed(name: &'static str, shape: Shape, description: &'static str) -> Field {
    field(name, shape, description).by(Brought::Survey)
}

/// A field that a quick survey leaves open.
pub(super) const fn in_full(name: &'static str, shape: Shape, description: &'static str) -> Field {
    field(name, shape, description).by(Brought::FullSurvey)
}

/// The shape at a dotted path below these fields, and the path's names; `None` where there is no such field. Where names
/// come from the answer, the rest of the path is one name, whatever it holds.
pub fn field_at<'a>(fields: &'static [Field], dotted: &'a str) -> Option<(Vec<&'a str>, &'static Shape)> {
    let (name, rest) = dotted.split_once('.').map_or((dotted, None), |(name, rest)| (name, Some(rest)));
    let shape = &fields.iter().find(|field| field.name == name)?.shape;
    let (below, found) = match (shape, rest) {
        (_, None) => (Vec::new(), shape),
        (Shape::Map(fields), Some(rest)) => field_at(fields, rest)?,
        (Shape::Names(Shape::Map(fields)), Some(rest)) => match rest.split_once('.') {
            None => (vec![rest], shape_of_names(shape)),
            Some((name, rest)) => {
                let (below, found) = field_at(fields, rest)?;
                ([vec![name], below].concat(), found)
            }
        },
        (Shape::Names(_), Some(rest)) => (vec![rest], shape_of_names(shape)),
        (_, Some(_)) => return None,
    };
    Some(([vec![name], below].concat(), found))
}

/// What is needed to know the field at a path below these fields: what each part of the path needs.
pub(super) fn brought_at<S: AsRef<str>>(fields: &'static [Field], path: &[S]) -> Brought {
    let (mut fields, mut brought) = (fields, Brought::Anyhow);
    for name in path {
        let Some(field) = fields.iter().find(|field| field.name == name.as_ref()) else { break };
        brought = brought.max(field.brought);
        fields = match field.shape {
            Shape::Map(below) => below,
            _ => &[],
        };
    }
    brought
}

fn shape_of_names(shape: &'static Shape) -> &'static Shape {
    match shape {
        Shape::Names(inner) => inner,
        other => other,
    }
}

/// Every dotted path below these fields that holds no name of the answer's choice.
pub fn paths(fields: &'static [Field]) -> Vec<String> {
    let below = |field: &'static Field| {
        let nested = match field.shape {
            Shape::Map(fields) => paths(fields),
            _ => Vec::new(),
        };
        let nested = nested.into_iter().map(|path| format!("{}.{path}", field.name));
        std::iter::once(field.name.to_owned()).chain(nested).collect::<Vec<_>>()
    };
    fields.iter().flat_map(below).collect()
}
