//! Requests: what goes on the wire, as rules write it.
//!
//! Takes a node, gives a [`Request`] and what its name means in conditions. Invariant: a request goes over exactly one
//! wire, and what it needs is known before it is sent. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::{Entry, Kind, Map, Node};
use crate::rule::{Binding, CookieUse, Extract, Redirects, Request};

use super::condition::condition;
use super::context::{Cx, shown};
use super::grammar;
use super::items::Role;
use super::name::declare;
use super::names::{Bare, Local, Named, Place, RequestName, Thing, ValueName};
use super::refusal;
use super::source::source;
use super::subjects::Item;
use super::text::{keep, scalar, whole, word};
use super::wire::wire;

/// Which request is lowered.
pub(super) struct Which {
    /// Its name.
    pub name: Arc<str>,
    /// Its index in the rule.
    pub index: usize,
    /// The case that owns it.
    pub case: Option<usize>,
}

/// A request and what its name means.
pub(super) struct LoweredRequest {
    /// The request.
    pub request: Request,
    /// What `$name` means.
    pub meaning: RequestName,
    /// The most times it is sent for one item of the rule, where that is known.
    pub most: u64,
}

/// A request.
pub(super) fn request<'a>(cx: &mut Cx<'a>, node: &'a Node, which: Which) -> Option<LoweredRequest> {
    let map = cx.map(node, "a request (a map)")?;
    cx.check_keys(map, &grammar::REQUEST, node.span);
    let each = match map.entry("for_each") {
        Some(entry) => for_each(cx, &entry.value, &which),
        None => Each::once(),
    };
    let place = Place::before(which.index, &each.locals);
    let repeat = map.get("repeat").map_or(Some(1), |node| whole(cx, node, 1, 1000));
    let wire = wire(cx, map, node.span, &place);
    let redirects = map.get("redirects").map_or(Some(Redirects::None), |node| word(cx, node, &REDIRECTS));
    let cookies = map.get("cookies").map_or(Some(CookieUse::Auto), |node| word(cx, node, &COOKIES));
    let auth = map.get("auth").and_then(|node| auth(cx, node));
    let run_if = map.get("if").map(|node| condition(cx, node, &place));
    let own = Place { locals: &each.locals, ..Place::new(Bare::Answer) };
    let own = Place { before: Some(which.index + 1), ..own };
    let stop_when = map.get("stop_when").map(|node| condition(cx, node, &own));
    let extract = match map.entry("extract") {
        Some(entry) => extracts(cx, &entry.value, &own, Some(which.index))?,
        None => Vec::new(),
    };
    if !each.sound {
        return None;
    }
    let repeat = u32::try_from(repeat?).unwrap_or(1);
    if let Some(wire) = &wire {
        refusal::note_wire(cx, wire);
    }
    let many = repeat > 1 || map.get("for_each").is_some();
    let labels = if map.get("for_each").is_some() { each.labels } else { Some(Vec::new()) };
    let meaning = RequestName { index: which.index, many, labels, locals: each.locals.into() };
    let request = Request {
        name: which.name,
        case: which.case,
        for_each: each.bindings,
        repeat,
        wire: wire?,
        redirects: redirects?,
        cookies: cookies?,
        auth,
        run_if: keep(run_if)?,
        stop_when: keep(stop_when)?,
        extract,
        span: cx.span(node.span),
    };
    let most = each.most.saturating_mul(u64::from(repeat));
    Some(LoweredRequest { request, meaning, most })
}

const REDIRECTS: [(&str, Redirects); 3] =
    [("none", Redirects::None), ("same-host", Redirects::SameHost), ("all", Redirects::All)];
const COOKIES: [(&str, CookieUse); 2] = [("rule", CookieUse::Rule), ("none", CookieUse::None)];

fn auth(cx: &mut Cx<'_>, node: &Node) -> Option<Arc<str>> {
    let found = scalar(cx, node, "none or the name of a profile")?;
    if &*found.text == "none" {
        return None;
    }
    refusal::note_auth(cx);
    super::meta::kebab(cx, node, "the name of a profile")
}

/// The items over which one request repeats.
struct Each {
    bindings: Vec<Binding>,
    locals: Vec<Local>,
    labels: Option<Vec<Arc<str>>>,
    most: u64,
    /// Whether nothing is wrong with it.
    sound: bool,
}

impl Each {
    /// A request that does not repeat.
    fn once() -> Self {
        Self { bindings: Vec::new(), locals: Vec::new(), labels: Some(Vec::new()), most: 1, sound: true }
    }
}

fn for_each<'a>(cx: &mut Cx<'a>, node: &'a Node, which: &Which) -> Each {
    let mut each = Each::once();
    let Some(map) = cx.map(node, "names and where their items come from") else {
        return Each { sound: false, ..each };
    };
    let mut labels = Vec::new();
    for entry in &map.entries {
        let place = Place::before(which.index, &each.locals);
        let lowered = source(cx, &entry.value, Role::RequestEach, &place);
        let free = local_name(cx, entry);
        let Some(lowered) = lowered.filter(|_| free) else {
            each.sound = false;
            each.locals.push(Local { name: Arc::clone(&entry.key.text), item: Item::Any });
            continue;
        };
        if lowered.found && lowered.most.is_none() {
            max_missing(cx, entry.value.span);
            each.sound = false;
        }
        each.most = each.most.saturating_mul(lowered.most.unwrap_or(1));
        let name = Arc::clone(&entry.key.text);
        each.bindings.push(Binding { name: Arc::clone(&name), source: lowered.source, span: cx.span(entry.key_span) });
        each.locals.push(Local { name, item: lowered.item });
        labels.push(lowered.labels);
    }
    if map.entries.is_empty() {
        cx.push(cx.error("R0118", "`for_each` names nothing", node.span, "an empty map"));
        each.sound = false;
    }
    // Only a request with one name has items that a label tells apart.
    each.labels = if labels.len() == 1 { labels.pop().flatten() } else { Some(Vec::new()) };
    each
}

/// Whether the name of a request's item is free. Two requests may use the same name, as their items never meet.
fn local_name(cx: &mut Cx<'_>, entry: &Entry) -> bool {
    if !super::name::check_name(cx, entry) {
        return false;
    }
    let name = &*entry.key.text;
    let taken = cx.names.get(name).map(|named| (named.source.clone(), named.span));
    if let Some((source, span)) = taken {
        let error = cx.error("R0107", format!("`{name}` has a meaning already"), entry.key_span, "again here");
        cx.push(error.at(&source, span, "first here").help("choose another name: nothing is shadowed"));
        return false;
    }
    true
}

fn max_missing(cx: &mut Cx<'_>, span: Span) {
    let error = cx.error("R0120", "requests for items of an answer need `max`", span, "how many at most?");
    cx.push(error.help("add `max: 20`, so that the number of requests is known before the first"));
}

/// `extract`: values of an answer; `after` is the request whose answer it is, `None` for the judged one.
pub(super) fn extracts<'a>(
    cx: &mut Cx<'a>,
    node: &'a Node,
    place: &Place<'_>,
    after: Option<usize>,
) -> Option<Vec<Extract>> {
    let map = cx.map(node, "names and where their values come from")?;
    let mut extracts = Vec::new();
    let mut whole = true;
    for entry in &map.entries {
        let lowered = source(cx, &entry.value, Role::Extract, place);
        let Some(lowered) = lowered else {
            whole = false;
            declare(cx, entry, Thing::Broken);
            continue;
        };
        if place.locals.iter().any(|local| local.name == entry.key.text) {
            let error = cx.error("R0107", "an item of this request has that name", entry.key_span, "again here");
            cx.push(error.help("choose another name: nothing is shadowed"));
            whole = false;
        }
        let value = ValueName { item: lowered.item, many: false, after: Some(after.unwrap_or(usize::MAX)) };
        whole &= declare(cx, entry, Thing::Value(value));
        let name = Arc::clone(&entry.key.text);
        let binding = Binding { name, source: lowered.source, span: cx.span(entry.key_span) };
        extracts.push(Extract { binding, optional: lowered.optional });
    }
    whole.then_some(extracts)
}

/// `requests`: several by name, in the order of the file; `$name` takes one of `shared.yaml`.
pub(super) fn requests<'a>(cx: &mut Cx<'a>, map: &'a Map) -> Option<Vec<LoweredRequest>> {
    let mut all: Vec<LoweredRequest> = Vec::new();
    let mut whole = true;
    for entry in &map.entries {
        let which = Which { name: Arc::clone(&entry.key.text), index: all.len(), case: None };
        let lowered = one_of(cx, entry, which);
        let Some(lowered) = lowered else {
            whole = false;
            declare(cx, entry, Thing::Broken);
            continue;
        };
        whole &= declare(cx, entry, Thing::Request(lowered.meaning.clone()));
        all.push(lowered);
    }
    whole.then_some(all)
}

fn one_of<'a>(cx: &mut Cx<'a>, entry: &'a Entry, which: Which) -> Option<LoweredRequest> {
    let Kind::Scalar(found) = &entry.value.kind else { return request(cx, &entry.value, which) };
    let Some(name) = found.text.strip_prefix('$') else {
        cx.wrong(&entry.value, "a request (a map)", "write `{ get: / }`, or `$name` for one of shared.yaml");
        return None;
    };
    let folder = cx.folder;
    let Some(part) = folder.request(name) else {
        let names: Vec<String> = folder.requests().map(|name| format!("${name}")).collect();
        let label = super::context::suggestion(&found.text, names.iter().map(String::as_str), "unknown");
        let title = format!("no request of shared.yaml is named `{}`", shown(&found.text));
        let error = cx.error("R0108", title, entry.value.span, &label);
        cx.push(error.help("`requests` in the shared.yaml of this folder gives names to requests"));
        return None;
    };
    cx.elsewhere(part.source, entry.value.span, |cx| request(cx, part.node, which))
}

/// The name of the rule's one unnamed request.
pub(super) fn name_single<'a>(cx: &mut Cx<'a>, entry: &'a Entry, meaning: RequestName) {
    let named =
        Named { name: "request".into(), span: entry.key_span, source: cx.source, thing: Thing::Request(meaning) };
    cx.names.push(named);
}
