//! Conversations by name: what was sent, what was read last, everything.
//!
//! Must never import a folder above `expr`.

use bytes::Bytes;

use crate::base::Value;
use crate::observation::{Talk, TcpProbe, Upgrade, WebSocketProbe};

/// The value of a name, over TCP.
pub(super) fn named_tcp(probe: &TcpProbe, talk: &Talk, name: &str) -> Option<Value> {
    Some(Value::Text(match name {
        "data" => talk.last.clone(),
        "raw" => talk.all(),
        "request" => probe.turns.iter().flat_map(|turn| turn.send.iter().copied()).collect(),
        _ => return None,
    }))
}

/// The value of a name, over WebSocket; fields of the answer to the upgrade among them, `lower_snake`.
pub(super) fn named_websocket(probe: &WebSocketProbe, upgrade: &Upgrade, talk: &Talk, name: &str) -> Option<Value> {
    match name {
        "success" => (upgrade.status == 101).then(|| Value::from("true")),
        "response" => Some(Value::Text(talk.all())),
        "request" => Some(Value::Text(probe.messages.concat().into())),
        name => field(&upgrade.head, name).map(Value::Text),
    }
}

/// The value of the first field whose name reads so in lower case with underscores.
fn field(head: &Bytes, name: &str) -> Option<Bytes> {
    let lines = head.split(|byte| *byte == b'\n').skip(1);
    let mut fields = lines.filter_map(|line| {
        let colon = memchr::memchr(b':', line)?;
        Some((line.get(..colon)?, line.get(colon + 1..)?.trim_ascii()))
    });
    let is = |written: &[u8]| String::from_utf8_lossy(written).trim().to_lowercase().replace('-', "_") == name;
    fields.find(|(written, _)| is(written)).map(|(_, value)| head.slice_ref(value))
}

/// The facts of `tcp.*`.
pub(super) fn facts(talk: &Talk) -> Value {
    Value::map([("open", Value::Bool(true)), ("read", Value::Text(talk.all()))])
}
