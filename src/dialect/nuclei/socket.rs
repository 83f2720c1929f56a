//! TCP and WebSocket blocks.
//!
//! Invariant: every read is bounded. Must never import compile or any later folder.

use std::sync::Arc;

use crate::base::Span;
use crate::dialect::yaml::{Map, Node};
use crate::dsl::Text;
use crate::rule::sequence::{Block, Protocol, TcpBlock, TcpData, TcpInput, WebSocketBlock, WebSocketInput};

use super::context::{Cx, shown};
use super::fields;
use super::matcher::unhex;
use super::operators::operators;
use super::payload::payloads;
use super::refusal;

/// Bytes read at the end where the template does not say.
const READ: usize = 1024;

/// The most bytes that one read can ask for.
const MOST_READ: usize = 1 << 20;

/// Ports of web servers and resolvers: a target that names one of them does not mean the block's service.
const EXCLUDED: [u16; 6] = [80, 443, 8080, 8443, 8081, 53];

/// Ports of services that templates name by word (IANA service names).
const SERVICES: [(&str, u16); 22] = [
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("smtp", 25),
    ("domain", 53),
    ("http", 80),
    ("pop3", 110),
    ("sunrpc", 111),
    ("ntp", 123),
    ("imap", 143),
    ("snmp", 161),
    ("ldap", 389),
    ("https", 443),
    ("smtps", 465),
    ("rsync", 873),
    ("ldaps", 636),
    ("imaps", 993),
    ("pop3s", 995),
    ("mysql", 3306),
    ("postgresql", 5432),
    ("redis", 6379),
    ("mongodb", 27017),
];

/// Lowers a TCP block.
pub(super) fn tcp(cx: &mut Cx<'_>, map: &Map, span: Span) -> Block {
    cx.check_fields(map, &fields::TCP);
    let hosts = cx.texts_of(map, "host");
    if hosts.is_empty() {
        cx.refuse(refusal::NO_REQUEST, span, "the block has no `host`");
    }
    let mut encrypted = false;
    let address = |(host, span): (Arc<str>, Span)| -> Text {
        // Once an address asks for TLS, those after it speak TLS too.
        let bare = host.strip_prefix("tls://");
        encrypted |= bare.is_some();
        let host = if encrypted { format!("tls://{}", bare.unwrap_or(&host)).into() } else { host };
        cx.marked(&(host, span))
    };
    let addresses: Vec<Text> = hosts.into_iter().map(address).collect();
    let excluded = ports(cx, map, "exclude-ports");
    let conversation = TcpBlock {
        ports: ports(cx, map, "port"),
        excluded_ports: if excluded.is_empty() { EXCLUDED.into() } else { excluded },
        inputs: cx.list_of(map, "inputs").iter().filter_map(|node| tcp_input(cx, node)).collect(),
        read_size: read_size(cx, map, "read-size").unwrap_or(READ),
        read_all: cx.flag_of(map, "read-all"),
        addresses,
    };
    let payloads = payloads(cx, map, conversation.addresses.len(), None);
    Block {
        id: cx.name_of(map, "id"),
        payloads,
        operators: operators(cx, map),
        stop_at_first_match: cx.flag_of(map, "stop-at-first-match"),
        iterate_all: false,
        sends_unresolved: false,
        protocol: Protocol::Tcp(conversation),
    }
}

fn read_size(cx: &mut Cx<'_>, map: &Map, key: &str) -> Option<usize> {
    cx.count_of(map, key).map(|count| usize::try_from(count).unwrap_or(MOST_READ).min(MOST_READ))
}

/// Ports as a text: numbers or names of services, with commas between them; each once.
fn ports(cx: &mut Cx<'_>, map: &Map, key: &str) -> Vec<u16> {
    let Some((text, span)) = cx.text_of(map, key) else { return Vec::new() };
    let mut ports = Vec::new();
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let named = || SERVICES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, port)| *port);
        match word.parse().ok().filter(|port| *port > 0).or_else(named) {
            Some(port) if !ports.contains(&port) => ports.push(port),
            Some(_) => {}
            None => {
                let title = format!("`{}` is no port", shown(word));
                cx.error("R0105", title, span, "here", "ports are numbers from 1 to 65535, or names as `ftp`");
            }
        }
    }
    ports
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Text,
    Hex,
}

fn tcp_input(cx: &mut Cx<'_>, node: &Node) -> Option<TcpInput> {
    let Some(map) = node.map() else {
        cx.wrong(node, "an input: a map with `data` or `read`");
        return None;
    };
    cx.check_fields(map, &fields::TCP_INPUT);
    let written = cx.choice_of(map, "type", &[("text", Written::Text), ("hex", Written::Hex)], true);
    let data = cx.text_of(map, "data").filter(|(text, _)| !text.is_empty()).and_then(|data| match written {
        Some(Written::Hex) if data.0.contains("{{") => Some(TcpData::Hex(cx.marked(&data))),
        Some(Written::Hex) => {
            let bytes = unhex(&data.0);
            if bytes.is_none() {
                cx.error("R0113", "the input is no text of hexadecimal digits", data.1, "here", "");
            }
            bytes.map(TcpData::Bytes)
        }
        _ => Some(TcpData::Text(cx.marked(&data))),
    });
    Some(TcpInput { data, read: read_size(cx, map, "read"), name: cx.name_of(map, "name") })
}

/// Lowers a WebSocket block.
pub(super) fn websocket(cx: &mut Cx<'_>, map: &Map, span: Span) -> Block {
    cx.check_fields(map, &fields::WEBSOCKET);
    let address = cx.marked_of(map, "address");
    if address.is_none() {
        cx.refuse(refusal::NO_REQUEST, span, "the block has no `address`");
    }
    let headers = cx.named_texts_of(map, "headers");
    let conversation = WebSocketBlock {
        address: address.unwrap_or_else(|| Text::literal("")),
        headers: cx.named_marked(headers),
        inputs: cx.list_of(map, "inputs").iter().filter_map(|node| websocket_input(cx, node)).collect(),
    };
    Block {
        id: cx.name_of(map, "id"),
        protocol: Protocol::WebSocket(conversation),
        payloads: payloads(cx, map, 1, None),
        operators: operators(cx, map),
        stop_at_first_match: false,
        iterate_all: false,
        sends_unresolved: false,
    }
}

fn websocket_input(cx: &mut Cx<'_>, node: &Node) -> Option<WebSocketInput> {
    let Some(map) = node.map() else {
        cx.wrong(node, "an input: a map with `data`");
        return None;
    };
    cx.check_fields(map, &fields::WEBSOCKET_INPUT);
    let data = cx.marked_of(map, "data").unwrap_or_else(|| Text::literal(""));
    Some(WebSocketInput { data, name: cx.name_of(map, "name") })
}
