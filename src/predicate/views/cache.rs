//! `Cache-Control` of an answer (RFC 9111 §5.2).
//!
//! Names in any case, arguments as token or quoted-string; of a repeated number the first counts (§4.2.1).
//! Invariant: linear in its input. Must never import a folder of this crate but `base`.

use super::lines::{combined, comma_list, digits, lower, split_once, unquote};
use super::record::Record;
use super::spec::{Shape, ViewSpec, field};
use crate::base::Value;

/// The view's fields.
pub static SPEC: ViewSpec = ViewSpec {
    name: "cache",
    summary: "What caches make of `Cache-Control`.",
    fields: &[
        field("present", Shape::Bool, "Whether the field is there."),
        field("no_store", Shape::Bool, "Nobody may store the answer."),
        field("no_cache", Shape::Bool, "A stored answer is checked with the server before every use."),
        field("private", Shape::Bool, "Shared caches may not store the answer, or not the fields named."),
        field("public", Shape::Bool, "Shared caches may store the answer even where they otherwise would not."),
        field("max_age", Shape::Number, "Seconds for which it is fresh; absent where not given or no number."),
        field("s_maxage", Shape::Number, "The same for shared caches; absent where not given or no number."),
        field("must_revalidate", Shape::Bool, "It may not be used stale."),
        field("immutable", Shape::Bool, "It never changes while it is fresh (RFC 8246)."),
        field(
            "storable_shared",
            Shape::Bool,
            "Whether the directives let a shared cache store an answer to a request without `Authorization` (RFC 9111 \
             §3); true without the field, as a 200 may be stored by heuristics.",
        ),
    ],
};

/// A number: `None` not given, `Some(None)` given but no number.
type Seconds = Option<Option<i64>>;

#[derive(Default)]
struct Directives {
    no_store: bool,
    no_cache: bool,
    private: bool,
    public: bool,
    max_age: Seconds,
    s_maxage: Seconds,
    must_revalidate: bool,
    must_understand: bool,
    immutable: bool,
}

/// The view of these field lines.
pub fn cache(lines: &[&[u8]]) -> Value {
    let mut found = Directives::default();
    for member in comma_list(&combined(lines)) {
        found.add(member);
    }
    let storable = !found.private && (!found.no_store || found.must_understand);
    let mut view = Record::default();
    view.set("present", !lines.is_empty());
    view.set("no_store", found.no_store);
    view.set("no_cache", found.no_cache);
    view.set("private", found.private);
    view.set("public", found.public);
    view.set_some("max_age", found.max_age.flatten());
    view.set_some("s_maxage", found.s_maxage.flatten());
    view.set("must_revalidate", found.must_revalidate);
    view.set("immutable", found.immutable);
    view.set("storable_shared", storable);
    view.build()
}

impl Directives {
    fn add(&mut self, member: &[u8]) {
        let (name, argument) = split_once(member, b'=');
        let seconds = || digits(&unquote(argument?)?);
        match lower(name).as_str() {
            "no-store" => self.no_store = true,
            "no-cache" => self.no_cache = true,
            "private" => self.private = true,
            "public" => self.public = true,
            "must-revalidate" => self.must_revalidate = true,
            "must-understand" => self.must_understand = true,
            "immutable" => self.immutable = true,
            "max-age" => drop(self.max_age.get_or_insert_with(seconds)),
            "s-maxage" => drop(self.s_maxage.get_or_insert_with(seconds)),
            _ => {}
        }
    }
}
