//! What a handshake offers: versions, suites, groups, protocols, the name.
//!
//! Takes the map of `tls`, gives a [`TlsRequest`]. Invariant: what is given can be sent, and some version that is offered
//! can choose it; anything else is an error that says what to ask instead. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::base::suggest::closest;
use crate::dialect::yaml::{Map, Node};
use crate::observation::{TlsProbe, TlsVersion};
use crate::rule::{SentName, TlsRequest};
use crate::tls::group::{self, Group};
use crate::tls::suite::{self, Suite};

use super::context::{Cx, shown};
use super::grammar;
use super::names::Place;
use super::text::{keep, scalar, template, texts, word};

/// Versions, as rules write them.
const VERSIONS: [(&str, TlsVersion); 4] =
    [("1.0", TlsVersion::Tls10), ("1.1", TlsVersion::Tls11), ("1.2", TlsVersion::Tls12), ("1.3", TlsVersion::Tls13)];
/// The most items of a list.
const MOST: usize = 256;
/// The most bytes of an application protocol (RFC 7301 §3.1).
const PROTOCOL: usize = 255;
/// How everything can be asked that a handshake cannot be made with.
const SURVEY: &str = "use `request: { tls: survey }`";

/// A handshake with options.
pub(super) fn handshake(cx: &mut Cx<'_>, map: &Map, span: Span, place: &Place<'_>) -> Option<TlsRequest> {
    cx.check_keys(map, &grammar::TLS, span);
    let least = map.get("min_version").map(|node| word(cx, node, &VERSIONS));
    let most = map.get("max_version").map(|node| word(cx, node, &VERSIONS));
    let (least, most) = (keep(least), keep(most));
    let bounds = (least.flatten().unwrap_or(TlsVersion::Tls10), most.flatten().unwrap_or(TlsVersion::Tls13));
    check_bounds(cx, map, bounds);
    let ciphers = map.get("ciphers").map_or(Some(Vec::new()), |node| ciphers(cx, node, bounds));
    let groups = map.get("groups").map_or(Some(Vec::new()), |node| groups(cx, node, bounds.1));
    let alpn = map.get("alpn").map_or(Some(Vec::new()), |node| protocols(cx, node));
    let name = map.get("server_name").map_or(Some(SentName::OfHost), |node| name(cx, node, place));
    Some(TlsRequest { least: least?, most: most?, ciphers: ciphers?, groups: groups?, alpn: alpn?, name: name? })
}

fn check_bounds(cx: &mut Cx<'_>, map: &Map, (least, most): (TlsVersion, TlsVersion)) {
    if let (true, Some(entry)) = (least > most, map.entry("min_version")) {
        let title = format!("no version is both {} or newer and {} or older", least.name(), most.name());
        cx.push(cx.error("R0121", title, entry.value.span, "nothing could be offered"));
    }
}

/// The items of a list, each with its text.
fn items<'n>(cx: &mut Cx<'_>, node: &'n Node, wanted: &str) -> Option<Vec<(&'n Node, &'n str)>> {
    let nodes = texts(cx, node, wanted)?;
    if nodes.len() > MOST {
        let title = format!("{} items in a list", nodes.len());
        cx.push(cx.error("R0105", title, node.span, "here").help(format!("at most {MOST}")));
        return None;
    }
    nodes.into_iter().map(|node| Some((node, &*node.scalar()?.text))).collect()
}

fn unknown(cx: &mut Cx<'_>, node: &Node, what: &str, near: Option<&str>, help: &str) {
    let text = node.scalar().map_or("", |found| &found.text);
    let label = near.map_or_else(|| "unknown".to_owned(), |near| format!("did you mean `{near}`?"));
    let title = format!("`{}` is no {what}", shown(text));
    cx.push(cx.error("R0104", title, node.span, &label).help(help));
}

fn cannot(cx: &mut Cx<'_>, node: &Node, title: String, label: &str, help: String) {
    cx.push(cx.error("R0121", title, node.span, label).help(help));
}

fn ciphers(cx: &mut Cx<'_>, node: &Node, bounds: (TlsVersion, TlsVersion)) -> Option<Vec<u16>> {
    let (mut numbers, mut known) = (Vec::new(), Vec::new());
    let mut whole = true;
    for (node, text) in items(cx, node, "a cipher suite")? {
        let found = suite::of_name(text);
        match found {
            None => {
                let names = || suite::all().iter().flat_map(|suite| std::iter::once(suite.name).chain(suite.openssl));
                unknown(cx, node, "cipher suite", closest(text, names()), "suites go by IANA's names or by OpenSSL's");
            }
            Some(suite) => known.push(suite),
        }
        let number = found.and_then(|suite| offered(cx, node, suite));
        whole &= number.is_some();
        numbers.extend(number);
    }
    if whole && !known.iter().any(|suite| is_within(suite, bounds)) {
        let title =
            format!("no version from {} to {} can choose any of these suites", bounds.0.name(), bounds.1.name());
        cannot(cx, node, title, "never chosen", "change `min_version`, `max_version` or the suites".to_owned());
        return None;
    }
    whole.then_some(numbers)
}

/// The number of a suite that can be offered.
fn offered(cx: &mut Cx<'_>, node: &Node, suite: &Suite) -> Option<u16> {
    let Ok(number) = u16::try_from(suite.number) else {
        let title = format!("no handshake can be made with `{}`", suite.name);
        cannot(cx, node, title, "a suite of SSL 2.0", format!("{SURVEY}: `tls.suites` has those of SSL 2.0 too"));
        return None;
    };
    if suite.goes_with(TlsVersion::Tls13) && !TlsProbe::WHOLE_SUITES.contains(&number) {
        let title = format!("no handshake of TLS 1.3 can be made with `{}`", suite.name);
        cannot(cx, node, title, "not in our library", format!("{SURVEY}: `some: {{ tls.suites: {{ name: … }} }}`"));
        return None;
    }
    Some(number)
}

fn is_within(suite: &Suite, (least, most): (TlsVersion, TlsVersion)) -> bool {
    TlsVersion::ALL.into_iter().any(|version| (least..=most).contains(&version) && suite.goes_with(version))
}

fn groups(cx: &mut Cx<'_>, node: &Node, most: TlsVersion) -> Option<Vec<u16>> {
    let mut numbers = Vec::new();
    let mut whole = true;
    for (node, text) in items(cx, node, "a group")? {
        let Some(group) = group::of_name(text) else {
            let near = closest(text, group::GROUPS.iter().map(|group| group.name));
            unknown(
                cx,
                node,
                "group of key exchanges",
                near,
                "groups go by IANA's names or by NIST's: `x25519`, `P-256`",
            );
            whole = false;
            continue;
        };
        whole &= can_be_asked(cx, node, group, most);
        numbers.push(group.number);
    }
    whole.then_some(numbers)
}

/// Whether a handshake can be asked for with a group: of TLS 1.3 the library has to have it.
fn can_be_asked(cx: &mut Cx<'_>, node: &Node, group: &Group, most: TlsVersion) -> bool {
    if TlsProbe::WHOLE_GROUPS.contains(&group.number) || (most < TlsVersion::Tls13 && !group.is_post_quantum) {
        return true;
    }
    let title = format!("no handshake of TLS 1.3 can be made with `{}`", group.name);
    let older = if group.is_post_quantum { "" } else { "write `max_version: \"1.2\"`, or " };
    cannot(cx, node, title, "not in our library", format!("{older}{SURVEY}: `tls.groups` has every group"));
    false
}

fn protocols(cx: &mut Cx<'_>, node: &Node) -> Option<Vec<Arc<str>>> {
    let mut protocols = Vec::new();
    for (node, text) in items(cx, node, "an application protocol")? {
        if text.is_empty() || text.len() > PROTOCOL {
            let title = format!("`{}` is no application protocol", shown(text));
            cx.push(cx.error("R0105", title, node.span, "here").help("from 1 to 255 bytes: `h2`, `http/1.1`"));
            return None;
        }
        protocols.push(Arc::from(text));
    }
    Some(protocols)
}

/// The name sent: none, or a text.
fn name(cx: &mut Cx<'_>, node: &Node, place: &Place<'_>) -> Option<SentName> {
    if &*scalar(cx, node, "a name, or none")?.text == "none" {
        return Some(SentName::Nobody);
    }
    template(cx, node, place).map(SentName::Other)
}
