//! `verify`: how a rule's token is verified at its provider.
//!
//! Takes a node, gives a [`Verify`]. Invariant: the address is an `https` URL without expressions, so that nothing a target
//! serves can lead a secret elsewhere. Must never import compile or any later folder.

use crate::dialect::yaml::{Map, Node};
use crate::rule::{Verify, Wire};

use super::condition::condition;
use super::context::{Cx, shown};
use super::grammar;
use super::names::{Bare, Place};
use super::text::scalar;
use super::wire::wire;

/// A question to a provider. `place` is where the rule's conditions stand.
pub(super) fn verify<'a>(cx: &mut Cx<'a>, node: &'a Node, place: &Place<'_>) -> Option<Verify> {
    let map = cx.map(node, "a request with `live` and `dead`")?;
    cx.check_keys(map, &grammar::VERIFY, node.span);
    let goes_where_it_says = fixed(cx, map);
    let request = wire(cx, map, node.span, &place.with(Bare::Answer));
    let at = place.with(Bare::Answer);
    let live = map.get("live").map(|node| condition(cx, node, &at));
    let dead = map.get("dead").map(|node| condition(cx, node, &at));
    let Wire::Http(request) = request? else { return None };
    goes_where_it_says.then_some(Verify { request, live: live??, dead: dead?? })
}

/// Whether the address is fixed, encrypted, and a whole URL.
fn fixed(cx: &mut Cx<'_>, map: &Map) -> bool {
    let Some(node) = map.get("get") else { return true };
    let Some(found) = scalar(cx, node, "a URL") else { return false };
    let fits = found.text.starts_with("https://") && !found.text.contains("{{");
    if !fits {
        let title = format!("`{}` is no fixed address of a provider", shown(&found.text));
        let error = cx.error("R0121", title, node.span, "here");
        cx.push(error.help("an https URL without expressions; the token goes into a header field"));
    }
    fits
}
