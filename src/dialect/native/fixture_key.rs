//! Keys of a fixture: which request an answer is for.
//!
//! Invariant: a key names a request that the rule has, or a path. Must never import compile or any later folder.

use std::sync::Arc;

use crate::dialect::yaml::Entry;
use crate::rule::FixtureKey;

use super::context::{Cx, list, shown};
use super::names::{Local, Thing};
use super::reply::at_request;

/// The key, and the names that its request binds.
pub(super) fn fixture_key(cx: &mut Cx<'_>, entry: &Entry) -> Option<(FixtureKey, Arc<[Local]>)> {
    let key = &entry.key.text;
    let Some(name) = key.strip_prefix('$') else {
        let locals = cx.all_locals();
        let key = if &**key == "else" { FixtureKey::Else } else { FixtureKey::Path(Arc::clone(key)) };
        return Some((key, locals));
    };
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let thing = cx.names.get(first).map(|named| named.thing.clone());
    if matches!(thing, Some(Thing::Broken)) {
        return None;
    }
    let Some(Thing::Request(request)) = thing else {
        let error = cx.error("R0126", format!("the rule has no request `{}`", shown(key)), entry.key_span, "unknown");
        let names = request_names(cx);
        cx.push(error.help(format!("requests: {names}; a path is a key too: `/a`")));
        return None;
    };
    let label = match rest {
        Some(_) => at_request(cx, first, rest, &request, entry.key_span)?.label,
        None => None,
    };
    if rest.is_some() && label.is_none() {
        let error = cx.error("R0126", format!("`${first}` has one answer"), entry.key_span, "no items");
        cx.push(error.help(format!("write `${first}`")));
        return None;
    }
    Some((FixtureKey::Request(first.into(), label), request.locals))
}

/// What the names of a rule's requests mean in a message.
fn request_names(cx: &Cx<'_>) -> String {
    let names: Vec<String> = cx.names.requests().map(|name| format!("${name}")).collect();
    if names.is_empty() { "the rule has no named requests".into() } else { list(names.iter().map(String::as_str)) }
}
