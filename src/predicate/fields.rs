//! Descending into values by the names of fields.
//!
//! Must never import a folder above `expr`.

use super::found::Found;
use crate::base::Value;

/// The value reached by these names. Where a map has no such field, the fields of its `value` count as its own, so that
/// the members of a JSON item stand beside its `key`; `value` of a value without fields is itself.
pub(super) fn descend<'a, S: AsRef<str>>(value: &'a Value, path: &[S]) -> Option<&'a Value> {
    let Some((first, rest)) = path.split_first() else { return Some(value) };
    let name = first.as_ref();
    if let Some(field) = value.field(name) {
        return descend(field, rest);
    }
    match value.field("value") {
        Some(inner) => descend(inner, path),
        None if name == "value" && rest.is_empty() => Some(value),
        None => None,
    }
}

/// As [`descend`], as a subject yields it.
pub(super) fn found<S: AsRef<str>>(value: Option<&Value>, path: &[S]) -> Found {
    Found::from(value.and_then(|value| descend(value, path)).cloned())
}
