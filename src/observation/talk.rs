//! Conversations: bytes out, bytes in, turn by turn, over TCP or WebSocket.
//!
//! Invariant: a conversation holds what each turn read, in order, up to the turn that broke it off. Must never import
//! anything but `base`.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::ProbeError;
use crate::base::Origin;

/// A TCP conversation with one port.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TcpProbe {
    /// Name or address, an IPv6 address without brackets.
    pub host: Arc<str>,
    /// The port.
    pub port: u16,
    /// Whether it is inside TLS.
    pub tls: bool,
    /// What is said and read, in order.
    pub turns: Vec<Turn>,
    /// What is read after the last turn.
    pub last: Amount,
    /// How long each read waits for its first byte; the scan's own patience where it is none.
    pub patience: Option<Duration>,
}

/// One turn: bytes out, then bytes in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Turn {
    /// What is sent; may be empty.
    pub send: Bytes,
    /// What is read after it.
    pub read: Amount,
}

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Amount {
    /// Nothing, without waiting.
    Nothing,
    /// What comes at once, at most so many bytes: reading ends with the first lull.
    Some(usize),
    /// Everything until the other side ends, the limit of a body or the patience.
    All,
}

/// A WebSocket conversation (RFC 6455).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WebSocketProbe {
    /// Where to connect to; HTTPS stands for `wss`.
    pub origin: Origin,
    /// Path and query.
    pub target: Bytes,
    /// Fields of the upgrade besides those that every upgrade has.
    pub headers: Vec<(Arc<str>, Bytes)>,
    /// What is sent, a text message each; after each one, one message is awaited.
    pub messages: Vec<Bytes>,
    /// How long each message is waited for; the scan's own patience where it is none.
    pub patience: Option<Duration>,
}

impl WebSocketProbe {
    /// Its URL.
    pub fn url(&self) -> String {
        let origin = self.origin.to_string();
        let rest = origin.split_once("://").map_or(&*origin, |(_, rest)| rest);
        let scheme = if self.origin.scheme == crate::base::Scheme::Https { "wss" } else { "ws" };
        format!("{scheme}://{rest}{}", String::from_utf8_lossy(&self.target))
    }
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// What each turn read; empty for one that reads nothing.
    pub reads: Vec<Bytes>,
    /// What was read after the last turn.
    pub last: Bytes,
    /// Why a turn could not be finished; those after it were not begun.
    pub broken: Option<ProbeError>,
}

impl Talk {
    /// Everything that was read, in order.
    pub fn all(&self) -> Bytes {
        if self.reads.iter().all(Bytes::is_empty) {
            return self.last.clone();
        }
        let parts: Vec<&[u8]> = self.reads.iter().chain([&self.last]).map(|part| &**part).collect();
        parts.concat().into()
    }

    pub(super) fn weight(&self) -> usize {
        self.reads.iter().map(|read| read.len() + size_of::<Bytes>()).sum::<usize>() + self.last.len()
    }
}

/// The answer to an upgrade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upgrade {
    /// The status code; 101 where the server agreed.
    pub status: u16,
    /// The head as received, the empty line excluded.
    pub head: Bytes,
}
