//! Names: what expressions in templates and conditions can speak of.
//!
//! Order: what the rule bound, fields of the innermost item, then what is built in: `nonce`, `path` and every subject
//! by its dotted name. Invariant: a name means the same in a template as in a condition. Must never import a folder
//! above `expr`.

use std::sync::Arc;

use super::fields::descend;
use super::found::{Extent, Found};
use super::lookup::{lookup, names as subject_names};
use super::scope::Scope;
use crate::base::{Unknown, Value};
use crate::expr::{Env, Lookup, Names, Type};

/// Names that are not subjects.
const OTHERS: [(&str, Type, &str); 2] = [
    ("nonce", Type::Text, "A random label of letters and digits, one a run and host"),
    ("path", Type::Text, "The path with which requests are sent"),
];

impl Names for Scope<'_> {
    fn lookup(&self, path: &[Arc<str>]) -> Lookup {
        let Some((first, rest)) = path.split_first() else { return Lookup::Missing };
        if let Some(value) = self.bound(first) {
            return descend(value, rest).cloned().map_or(Lookup::Missing, Lookup::Value);
        }
        if let Some(field) = self.item.and_then(|item| descend(item, path)) {
            return Lookup::Value(field.clone());
        }
        match (&**first, rest) {
            ("nonce", []) => Lookup::Value(Value::from(&*self.host.nonce)),
            ("path", []) => Lookup::Value(Value::from(&*self.endpoint.path)),
            _ => match lookup(&path.join(".")) {
                Ok(subject) => to_lookup(subject.resolve(self)),
                // Names are checked when a rule is read: this one is bound later, or is a field that this item lacks.
                Err(_) if self.item.is_none() => Lookup::Unknown(Unknown::NotSent),
                Err(_) => Lookup::Missing,
            },
        }
    }
}

/// One value as itself, several as a list. A text that goes on is not known.
fn to_lookup(found: Found) -> Lookup {
    match found {
        Found::Unknown(why) => Lookup::Unknown(why),
        Found::Values { extent: Extent::Whole, mut values } => match values.len() {
            0 => Lookup::Missing,
            1 => values.pop().map_or(Lookup::Missing, Lookup::Value),
            _ => Lookup::Value(Value::list(values)),
        },
        Found::Values { extent, .. } => Lookup::Unknown(extent.why()),
    }
}

impl<'a> Scope<'a> {
    /// The scope as expressions see it.
    pub fn env(&'a self) -> Env<'a> {
        Env { names: self, now: self.host.now, seed: &self.host.nonce, limits: &self.host.limits }
    }
}

/// The type of a built-in name; `None` where there is no such name.
pub fn builtin_type<S: AsRef<str>>(path: &[S]) -> Option<Type> {
    let names: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
    match names[..] {
        [name] if OTHERS.iter().any(|(other, ..)| *other == name) => Some(Type::Text),
        _ => lookup(&names.join(".")).ok().map(|subject| subject.kind().to_type()),
    }
}

/// Every built-in name, dotted, for suggestions.
pub fn builtin_names() -> Vec<String> {
    OTHERS.iter().map(|(name, ..)| (*name).to_owned()).chain(subject_names()).collect()
}
