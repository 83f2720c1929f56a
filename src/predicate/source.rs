//! Sources: where `extract`, `collect` and `for_each` take their items from.
//!
//! Owns the closed set of sources as data; evaluation is in `extractors/`, one file a family.
//! Invariant: an item is a [`crate::base::Value`]; where it has a label, it is a map with `name` and `value`.
//! Must never import a folder above `expr`.

use std::sync::Arc;

use super::{BytePattern, Collection, CssQuery, JsonQuery, Subject, TokenSource};
use crate::expr::Template;

/// Where items come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// Written in the rule.
    Written(Vec<WrittenItem>),
    /// Items of a collection of the judged answer.
    Collection(Collection),
    /// Values of a subject, each reduced by a regex where one is given: group 1, else the whole match.
    Subject {
        /// Whose values.
        subject: Subject,
        /// What of them.
        regex: Option<BytePattern>,
        /// The most items.
        max: Option<usize>,
    },
    /// JSON nodes: scalars as their text, objects as maps; each has `key`, its name or index in its parent.
    Json {
        /// Which.
        path: JsonQuery,
        /// The most items.
        max: Option<usize>,
    },
    /// HTML elements: an attribute or, without one, their text.
    Html {
        /// Which elements.
        select: CssQuery,
        /// Which attribute.
        attr: Option<Arc<str>>,
        /// Whether it is a URL, resolved against the answer's: a map of scheme, host, port, origin, path, query, `value`.
        as_url: bool,
        /// The most items.
        max: Option<usize>,
    },
    /// Tokens of known shapes.
    Tokens(Box<TokenSource>),
    /// From another request's answer: `from: $login.headers.location`.
    OfRequest {
        /// Index of the request.
        request: usize,
        /// The label of the item, where the request repeats.
        label: Option<Arc<str>>,
        /// What of it.
        source: Box<Source>,
    },
}

/// An item that the author wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenItem {
    /// Its label; a plain list has none.
    pub label: Option<Arc<str>>,
    /// Its fields: a scalar has one, named `value`.
    pub fields: Vec<(Arc<str>, Template)>,
}
