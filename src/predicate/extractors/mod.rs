//! Extractors: where `extract`, `collect` and `for_each` take their items from.
//!
//! Owns [`Source::gather`] and the registry [`SOURCES`], one file a family. Takes a source and a scope; gives items.
//! Invariant: `max` holds, and items of an answer that was cut off are marked as perhaps not all.
//! Must never import a folder above `expr`.

mod html;
mod json;
mod plain;
#[cfg(test)]
mod tests;
mod tokens;

use super::found::{Extent, Found};
use super::scope::Scope;
use super::source::Source;
use super::views::{Field, Shape};
use crate::base::{Unknown, Value};

pub(in crate::predicate) use plain::of_reply;
pub use tokens::OPEN as TOKEN_SAYS;

/// A key of a source's map.
#[derive(Debug, Clone, Copy)]
pub struct SourceKey {
    /// The key.
    pub name: &'static str,
    /// What follows it.
    pub shape: &'static Shape,
    /// Whether it must be there.
    pub required: bool,
    /// One sentence.
    pub summary: &'static str,
}

/// A source as rules write it: `{ from: NAME, … }`. Besides these, `from` takes a collection, a subject, and either of
/// them of another request (`$login.headers.location`).
#[derive(Debug, Clone, Copy)]
pub struct SourceSpec {
    /// The word after `from`.
    pub name: &'static str,
    /// The other keys.
    pub keys: &'static [SourceKey],
    /// Fields that every item has.
    pub fields: &'static [Field],
    /// Whether items have further fields, which the answer or the rule names.
    pub open: bool,
    /// One sentence without a full stop.
    pub summary: &'static str,
    /// An example, in YAML.
    pub example: &'static str,
}

/// Every source with keys of its own.
pub static SOURCES: [&SourceSpec; 4] = [&plain::SPEC, &json::SPEC, &html::SPEC, &tokens::SPEC];

/// The most items: of requests over an answer it is mandatory.
const MAX: SourceKey = key("max", &Shape::Number, false, "The most items.");

const fn key(name: &'static str, shape: &'static Shape, required: bool, summary: &'static str) -> SourceKey {
    SourceKey { name, shape, required, summary }
}

/// The source of that name.
pub fn source(name: &str) -> Option<&'static SourceSpec> {
    SOURCES.into_iter().find(|spec| spec.name == name)
}

/// Items of one source where the rule sets no bound.
const ITEMS: usize = 10_000;

impl Source {
    /// Whether it gives tokens, of whichever answer.
    pub fn is_tokens(&self) -> bool {
        match self {
            Self::Tokens(_) => true,
            Self::OfRequest { source, .. } => source.is_tokens(),
            _ => false,
        }
    }

    /// The items that are there, and whether they are known to be all.
    pub fn gather(&self, scope: &Scope<'_>) -> Found {
        match self {
            Self::Written(items) => Found::from(plain::written(items, scope)),
            Self::Collection(collection) => collection.gather(scope),
            Self::Subject { subject, regex, max } => {
                bounded(plain::of_subject(subject, regex.as_ref(), scope), max.unwrap_or(ITEMS))
            }
            Self::Json { path, max } => bounded(json::nodes(path, scope), max.unwrap_or(ITEMS)),
            Self::Html { select, attr, as_url, max } => {
                let wanted = html::Wanted { select, attr: attr.as_deref(), as_url: *as_url };
                html::elements(&wanted, max.unwrap_or(ITEMS), scope)
            }
            Self::Tokens(source) => tokens::find(source, scope),
            Self::OfRequest { request, label, source } => of_request(*request, label.as_deref(), source, scope),
        }
    }

    /// All items.
    ///
    /// # Errors
    /// Where they are not known to be all.
    pub fn items(&self, scope: &Scope<'_>) -> Result<Vec<Value>, Unknown> {
        self.gather(scope).into_whole()
    }

    /// The first item; `None` where there is none.
    ///
    /// # Errors
    /// Where there may be one that was not seen.
    pub fn first(&self, scope: &Scope<'_>) -> Result<Option<Value>, Unknown> {
        match self.gather(scope) {
            Found::Unknown(why) => Err(why),
            // A text that goes on may go on differently.
            Found::Values { extent: Extent::Open, .. } => Err(Unknown::CutOff),
            Found::Values { extent: extent @ (Extent::More | Extent::Further | Extent::Quick), values }
                if values.is_empty() =>
            {
                Err(extent.why())
            }
            Found::Values { values, .. } => Ok(values.into_iter().next()),
        }
    }
}

fn of_request(request: usize, label: Option<&str>, source: &Source, scope: &Scope<'_>) -> Found {
    let replies = scope.requests.get(request).map(Vec::as_slice).unwrap_or_default();
    let reply = match label {
        Some(label) => replies.iter().find(|reply| *reply.label == *label),
        None => replies.first(),
    };
    reply.map_or(Found::Unknown(Unknown::NotSent), |reply| source.gather(&scope.at(reply)))
}

/// The first `max` items; where there are so many, it does not matter what was not seen.
fn bounded(found: Found, max: usize) -> Found {
    match found {
        Found::Values { mut values, extent: Extent::Whole | Extent::More | Extent::Further | Extent::Quick }
            if values.len() >= max =>
        {
            values.truncate(max);
            Found::many(values)
        }
        found => found,
    }
}
