//! Collections: what quantifiers range over.
//!
//! Takes a quantifier's entry, gives the [`Collection`] and what subjects mean inside. Invariant: only what has items is
//! a collection. Must never import compile or any later folder.

use std::sync::Arc;

use crate::dialect::yaml::Entry;
use crate::predicate::Collection;

use super::context::{Cx, list, shown, suggestion};
use super::names::{Bare, Local, Place, Thing};
use super::subjects::{self, Item};

/// What bare subjects speak of inside a quantifier.
pub(super) enum Inside {
    /// An answer, with the names of its request.
    Reply(Arc<[Local]>),
    /// An item.
    Item(Item),
}

/// The collection that an entry's key names.
pub(super) fn collection(cx: &mut Cx<'_>, entry: &Entry, place: &Place<'_>) -> Option<(Collection, Inside)> {
    let key = &*entry.key.text;
    if let Some(name) = key.strip_prefix('$') {
        return named(cx, name, entry, place);
    }
    if let Bare::Item(item) = place.bare {
        if let Some((path, inner)) = item.items(key) {
            let path = path.into_iter().map(Arc::from).collect();
            return Some((Collection::ItemField(path), Inside::Item(inner)));
        }
        let names = item.lists();
        let label = suggestion(key, names.iter().map(String::as_str), "not a collection of this item");
        let error = cx.error("R0116", format!("the item has no collection `{}`", shown(key)), entry.key_span, &label);
        cx.push(match names.as_slice() {
            [] => error.help("inside a quantifier, collections are the item's own; this item has none"),
            names => error.help(format!("its collections are {}", list(names.iter().map(String::as_str)))),
        });
        return None;
    }
    let Some(found) = subjects::collection(key) else {
        let names = subjects::collections();
        let mine: Vec<String> = cx
            .names
            .iter()
            .filter(|named| match &named.thing {
                Thing::Request(request) => request.many,
                Thing::Value(value) => value.many,
                Thing::Define(_) | Thing::Broken => false,
            })
            .map(|named| format!("${}", named.name))
            .collect();
        let all = || names.iter().copied().chain(mine.iter().map(String::as_str));
        let label = suggestion(key, all(), "not a collection");
        let error = cx.error("R0116", format!("`{}` is not a collection", shown(key)), entry.key_span, &label);
        cx.push(error.help(format!("collections are {}", list(all()))));
        return None;
    };
    if found.needs_answer && !super::subject::check_bare(cx, key, entry.key_span, place) {
        return None;
    }
    let inside = match found.item {
        Some(item) => Inside::Item(item),
        None => Inside::Reply(place.locals.into()),
    };
    Some((found.collection, inside))
}

fn named(cx: &mut Cx<'_>, name: &str, entry: &Entry, place: &Place<'_>) -> Option<(Collection, Inside)> {
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let local = place.locals.iter().find(|local| &*local.name == first).map(|local| (local.item.clone(), false));
    let (item, many) = match (local, cx.names.get(first).map(|named| named.thing.clone())) {
        (Some(local), _) => local,
        (None, Some(Thing::Request(request))) if request.many && rest.is_none() => {
            return Some((Collection::Replies(request.index), Inside::Reply(request.locals)));
        }
        (None, Some(Thing::Value(value))) => (value.item, value.many),
        (None, Some(Thing::Broken)) => return None,
        (None, Some(_)) => {
            let error =
                cx.error("R0116", format!("`${}` has no items", shown(name)), entry.key_span, "not a collection");
            cx.push(error.help("collections are requests with `for_each` or `repeat`, and what `collect` names"));
            return None;
        }
        (None, None) => {
            let names = cx.names.iter().map(|named| &*named.name);
            let label = suggestion(first, names, "unknown");
            let error = cx.error("R0108", format!("nothing is named `${}`", shown(first)), entry.key_span, &label);
            cx.push(error);
            return None;
        }
    };
    let inner = match rest {
        None if many => Some((Vec::new(), item)),
        None => matches!(item, Item::Any | Item::Json).then(|| (Vec::new(), item)),
        Some(rest) => item.items(rest),
    };
    let Some((path, inner)) = inner else {
        let error = cx.error("R0116", format!("`${}` has no items", shown(name)), entry.key_span, "not a collection");
        cx.push(error.help("collections are requests with `for_each` or `repeat`, and what `collect` names"));
        return None;
    };
    let path = path.into_iter().map(Arc::from).collect();
    Some((Collection::Var(first.into(), path), Inside::Item(inner)))
}
