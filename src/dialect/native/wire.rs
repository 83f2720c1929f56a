//! The wire of a request: HTTP, or a handshake, query or conversation instead.
//!
//! Takes the map of a request, gives its [`Wire`]. Invariant: exactly one wire, and only keys that belong to it. Must
//! never import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::{Entry, Kind, Map, Node};
use crate::expr::Template;
use crate::observation::Method;
use crate::rule::{DnsRequest, HttpRequest, TcpStep, TlsRequest, Wire};

use super::context::{Cx, shown};
use super::handshake::handshake;
use super::names::Place;
use super::text::{scalar, template, texts, whole};

/// Keys that say which wire.
const KINDS: [&str; 11] = ["get", "head", "options", "post", "put", "patch", "delete", "raw", "tls", "dns", "tcp"];
/// Keys that go with one wire only, and with which.
const HTTP: [&str; 4] = ["query", "headers", "body", "range"];
const SENT: [&str; 3] = ["redirects", "cookies", "auth"];

/// The wire.
pub(super) fn wire(cx: &mut Cx<'_>, map: &Map, span: Span, place: &Place<'_>) -> Option<Wire> {
    let kinds: Vec<&Entry> = map.entries.iter().filter(|entry| KINDS.contains(&&*entry.key.text)).collect();
    let entry = match kinds.as_slice() {
        [entry] => *entry,
        [] if map.entries.iter().any(|entry| super::grammar::REQUEST.key(&entry.key.text).is_none()) => return None,
        [] => {
            let error = cx.error("R0121", "the request does not say what is sent", span, "in this request");
            cx.push(error.help("add `get: /path`, or `head`, `options`, `post`, `raw`, `tls`, `dns`, `tcp`"));
            return None;
        }
        [first, second, ..] => {
            let title = format!("`{}` and `{}` exclude each other", first.key.text, second.key.text);
            let error = cx.error("R0121", title, second.key_span, "the other one").at(cx.source, first.key_span, "one");
            cx.push(error.help("one request is sent one way; `requests` takes several"));
            return None;
        }
    };
    match &*entry.key.text {
        "raw" => raw(cx, map, entry, place),
        "tls" => tls(cx, map, &entry.value, place),
        "dns" => dns(cx, map, &entry.value, place),
        "tcp" => tcp(cx, map, &entry.value, place),
        method => http(cx, map, method, entry, place),
    }
}

/// Reports keys that do not go with the wire.
fn exclude(cx: &mut Cx<'_>, map: &Map, wire: &str, groups: &[&[&str]]) {
    for entry in &map.entries {
        let key = &*entry.key.text;
        if groups.iter().any(|group| group.contains(&key)) {
            let error = cx.error("R0121", format!("`{key}` does not go with `{wire}`"), entry.key_span, "here");
            cx.push(error.help("delete it, or send the request another way"));
        }
    }
}

fn http(cx: &mut Cx<'_>, map: &Map, method: &str, entry: &Entry, place: &Place<'_>) -> Option<Wire> {
    exclude(cx, map, method, &[&["name", "send", "read"]]);
    let target = target(cx, &entry.value, place);
    let query = map.get("query").map_or(Some(Vec::new()), |node| {
        let pairs = pairs(cx, node, place, "a map of parameters")?;
        Some(
            pairs
                .into_iter()
                .flat_map(|(name, values)| values.into_iter().map(move |v| (Arc::clone(&name), v)))
                .collect(),
        )
    });
    let headers = map.get("headers").map_or(Some(Vec::new()), |node| headers(cx, node, place));
    let body = map.get("body").map(|node| template(cx, node, place));
    let range = map.get("range").map(|node| range(cx, node));
    Some(Wire::Http(HttpRequest {
        method: Method(method.to_ascii_uppercase().into()),
        target: target?,
        query: query?,
        headers: headers?,
        body: super::text::keep(body)?,
        raw: None,
        range: super::text::keep(range)?,
    }))
}

/// A path or URL.
fn target(cx: &mut Cx<'_>, node: &Node, place: &Place<'_>) -> Option<Template> {
    let text = &scalar(cx, node, "a path or URL")?.text;
    let fits = ["/", "{{", "http://", "https://", "*"].iter().any(|start| text.starts_with(start));
    if !fits || text.contains(['\r', '\n']) {
        let error = cx.error("R0121", format!("`{}` is no path", shown(text)), node.span, "here");
        cx.push(error.help("a path begins with `/` and is sent byte for byte; other bytes are for `raw`"));
        return None;
    }
    template(cx, node, place)
}

/// Names with one text or several.
fn pairs(cx: &mut Cx<'_>, node: &Node, place: &Place<'_>, wanted: &str) -> Option<Vec<(Arc<str>, Vec<Template>)>> {
    let map = cx.map(node, wanted)?;
    let mut pairs = Vec::new();
    let mut whole = true;
    for entry in &map.entries {
        let values = texts(cx, &entry.value, "a text").map(|items| {
            let values: Vec<Option<Template>> = items.into_iter().map(|item| template(cx, item, place)).collect();
            values.into_iter().collect::<Option<Vec<Template>>>()
        });
        match values.flatten() {
            Some(values) => pairs.push((Arc::clone(&entry.key.text), values)),
            None => whole = false,
        }
    }
    whole.then_some(pairs)
}

fn headers(cx: &mut Cx<'_>, node: &Node, place: &Place<'_>) -> Option<Vec<(Arc<str>, Vec<Template>)>> {
    let mut whole = true;
    for entry in node.map().map(|map| map.entries.as_slice()).unwrap_or_default() {
        whole &= check_field_name(cx, &entry.key.text, entry.key_span);
        let lines = match &entry.value.kind {
            Kind::List(items) => items.iter().collect(),
            _ => vec![&entry.value],
        };
        for line in lines {
            if line.scalar().is_some_and(|found| found.text.contains(['\r', '\n'])) {
                let error = cx.error("R0121", "a field's value is one line", line.span, "a line break in it");
                cx.push(error.help("a list sends the field repeatedly; line breaks on purpose are for `raw`"));
                whole = false;
            }
        }
    }
    let headers = pairs(cx, node, place, "a map of fields")?;
    whole.then_some(headers)
}

/// Whether a text is a field name (RFC 9110 §5.1); reports where it is not.
pub(super) fn check_field_name(cx: &mut Cx<'_>, name: &str, span: Span) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !name.is_empty() && name.bytes().all(token) {
        return true;
    }
    let error = cx.error("R0121", format!("`{}` is no field name", shown(name)), span, "here");
    cx.push(error.help("letters, digits and hyphens; other bytes on purpose are for `raw`"));
    false
}

fn range(cx: &mut Cx<'_>, node: &Node) -> Option<(u64, u64)> {
    let text = &scalar(cx, node, "a range of bytes")?.text;
    let parts = text.split_once('-').and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    let range = parts.filter(|(first, last): &(u64, u64)| first <= last && *last < 1 << 40);
    if range.is_none() {
        let error = cx.error("R0105", format!("`{}` is no range of bytes", shown(text)), node.span, "here");
        cx.push(error.help("first and last byte, from 0: `0-4095`"));
    }
    range
}

/// Exact bytes; method and target are read from the first line.
fn raw(cx: &mut Cx<'_>, map: &Map, entry: &Entry, place: &Place<'_>) -> Option<Wire> {
    exclude(cx, map, "raw", &[&HTTP, &["name", "send", "read"]]);
    let found = scalar(cx, &entry.value, "the bytes of a request")?;
    let first = found.text.lines().next().unwrap_or("");
    let method = first.split(' ').next().unwrap_or("");
    let target =
        first.split_once(' ').map_or("", |(_, rest)| rest.rsplit_once(" HTTP/").map_or(rest, |(target, _)| target));
    if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_alphabetic()) || target.is_empty() {
        let error =
            cx.error("R0121", "the first line of a raw request names method and target", entry.value.span, "here");
        cx.push(
            error.help("`GET /path HTTP/1.1\\r\\nHost: {{url.host}}\\r\\n\\r\\n`, in double quotes or as a `|-` block"),
        );
        return None;
    }
    let raw = template(cx, &entry.value, place)?;
    let target = Template::parse(target, cx.limits).unwrap_or_else(|_| Template::literal(target));
    let http = HttpRequest {
        method: Method(method.into()),
        target,
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        raw: Some(raw),
        range: None,
    };
    Some(Wire::Http(http))
}

fn tls(cx: &mut Cx<'_>, map: &Map, node: &Node, place: &Place<'_>) -> Option<Wire> {
    exclude(cx, map, "tls", &[&HTTP, &SENT, &["name", "send", "read"]]);
    if let Some(found) = node.scalar() {
        match &*found.text {
            "handshake" => return Some(Wire::Tls(TlsRequest::default())),
            "survey" => return Some(Wire::TlsSurvey),
            _ => {}
        }
        let error = cx.error("R0104", format!("`{}` is no handshake", shown(&found.text)), node.span, "here");
        cx.push(error.help("write `tls: handshake`, `tls: survey`, or a map such as `{ max_version: \"1.0\" }`"));
        return None;
    }
    let options = cx.map(node, "`handshake` or a map")?;
    handshake(cx, options, node.span, place).map(Wire::Tls)
}

fn dns(cx: &mut Cx<'_>, map: &Map, node: &Node, place: &Place<'_>) -> Option<Wire> {
    exclude(cx, map, "dns", &[&HTTP, &SENT, &["send", "read"]]);
    let kind = Arc::clone(&scalar(cx, node, "a record type")?.text);
    if kind.is_empty() || !kind.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        let error = cx.error("R0104", format!("`{}` is no record type", shown(&kind)), node.span, "here");
        cx.push(error.help("in capitals: `A`, `AAAA`, `CNAME`, `MX`, `TXT`, `CAA`"));
        return None;
    }
    let name = map.get("name").map(|node| template(cx, node, place));
    Some(Wire::Dns(DnsRequest { kind, name: super::text::keep(name)? }))
}

fn tcp(cx: &mut Cx<'_>, map: &Map, node: &Node, place: &Place<'_>) -> Option<Wire> {
    exclude(cx, map, "tcp", &[&HTTP, &SENT, &["name"]]);
    let address = template(cx, node, place);
    let read = map.get("read").map_or(Some(4096), |node| whole(cx, node, 1, 1 << 20))?;
    let read = TcpStep::Read(usize::try_from(read).unwrap_or(4096));
    let mut steps = Vec::new();
    match map.get("send") {
        Some(node) => {
            for item in texts(cx, node, "bytes to send")? {
                steps.push(TcpStep::Send(template(cx, item, place)?));
                steps.push(read.clone());
            }
        }
        None => steps.push(read),
    }
    Some(Wire::Tcp(address?, steps))
}
